/* What the answer is made of: areas, and sentences of evidence as they are gathered. */
#ifndef INQ_JVM_LAYOUT_TELL_H
#define INQ_JVM_LAYOUT_TELL_H

#include "lib/jvm/layout/layout.h"

enum { INQ_MOST_SENTENCES = 12 };

struct inq_sentences {
	struct inq_ctx *ctx;
	const char *items[INQ_MOST_SENTENCES];
	size_t count;
};

void inq_sentence(struct inq_sentences *sentences, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct inq_evidence inq_sentences_end(const struct inq_sentences *sentences);
/* "512 MiB", "58240 KiB". */
const char *inq_exact_size_text(struct inq_ctx *ctx, uint64_t bytes);

/* [start, end) with the sums that the map has of it; the caller adds the evidence. */
struct inq_jvm_area inq_layout_area(const struct inq_layout_case *jvm, const char *name, uint64_t start, uint64_t end,
				    enum inq_confidence confidence);

/* The flags of the command line, and those that the fit (or NULL) infers. */
void inq_layout_tell_flags(const struct inq_layout_case *jvm, const struct inq_layout_fit *fit, struct inq_jvm *ret);

#endif
