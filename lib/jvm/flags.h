/* A Java command line, as far as it shapes memory. Read as HotSpot does (arguments.cpp): the last one wins, k, m, g
 * and t are powers of two, and what stands after the main class or the jar is the program's own. */
#ifndef INQ_JVM_FLAGS_H
#define INQ_JVM_FLAGS_H

#include <stdbool.h>
#include <stdint.h>

enum inq_jvm_option_id {
#define INQ_JVM_OPTION(id, name) INQ_JVM_OPTION_##id,
#include "lib/jvm/flags.def"
#undef INQ_JVM_OPTION
	INQ_JVM_OPTION_COUNT
};

struct inq_jvm_option {
	bool set;
	uint64_t value;
};

struct inq_jvm_options {
	struct inq_jvm_option items[INQ_JVM_OPTION_COUNT];
	bool server, client, interpreted;
	bool java; /* the first word is the path of a java launcher */
	bool any;  /* some option of a JVM was seen */
	bool cut;  /* it ends before the program: there may have been more options */
};

/* Adds what `text` tells to *options; zero it before the first text. */
void inq_jvm_options_read(struct inq_jvm_options *options, const char *text);

/* The value of an option, or `otherwise` when it is not set. */
uint64_t inq_jvm_option(const struct inq_jvm_options *options, enum inq_jvm_option_id id, uint64_t otherwise);
/* Whether a switch is set and on. */
bool inq_jvm_option_on(const struct inq_jvm_options *options, enum inq_jvm_option_id id);
/* "NewRatio". */
const char *inq_jvm_option_name(enum inq_jvm_option_id id);

#endif
