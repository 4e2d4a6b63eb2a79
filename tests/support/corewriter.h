/* Makes an ELF core in memory, of any machine, word size and byte order, with the notes and segments that a test needs.
 *
 *   struct corewriter w = corewriter(EM_X86_64, 64, false);
 *   uint8_t status[336] = { 0 };
 *   corewriter_put(&w, status, 32, 4, 1234);
 *   corewriter_note(&w, "CORE", 1, status, sizeof status - 1); // a byte short
 *   struct coreread core;
 *   coreread(&core, &w);
 *   … core.space …
 *   coreread_release(&core);
 *
 * The file: ELF header, program headers (PT_NOTEs first), notes, the bytes of the segments, and section header 0 when
 * `many_segments` asks for PN_XNUM. */
#ifndef INQ_TESTS_COREWRITER_H
#define INQ_TESTS_COREWRITER_H

#include "formats/format.h"

#include <stdbool.h>

struct corewriter_segment {
	uint64_t start, memory, bytes;
	uint32_t flags;
};

enum { COREWRITER_NOTE_SEGMENTS = 2 };

struct corewriter {
	uint16_t machine;
	unsigned bits;
	bool big, many_segments;
	uint8_t osabi, version;
	uint16_t type;
	struct inq_view notes[COREWRITER_NOTE_SEGMENTS]; /* bytes on the heap */
	size_t note_segment;				 /* where corewriter_note writes */
	struct corewriter_segment *segments;
	size_t segment_count;
};

struct corewriter corewriter(uint16_t machine, unsigned bits, bool big);
void corewriter_release(struct corewriter *w);

/* Writes an integer of the target into `desc`. */
void corewriter_put(const struct corewriter *w, void *desc, size_t offset, unsigned size, uint64_t value);
/* A word of the target at word number `index`. */
void corewriter_word(const struct corewriter *w, void *desc, size_t index, uint64_t value);

void corewriter_note(struct corewriter *w, const char *owner, uint32_t type, const void *desc, size_t size);
/* Bytes between the notes that are no note. */
void corewriter_raw(struct corewriter *w, const void *bytes, size_t size);
/* A PT_LOAD. Its bytes in the file are all 'm'. Flags: PF_R 4, PF_W 2, PF_X 1. */
void corewriter_segment(struct corewriter *w, uint64_t start, uint64_t memory, uint64_t bytes, uint32_t flags);

/* The file, on the heap. */
uint8_t *corewriter_finish(const struct corewriter *w, size_t *size);

/* A core as the reader read it. */
struct coreread {
	struct inq_ctx ctx;
	struct inq_source source;
	struct inq_space *space;
	enum inq_status status;
	uint8_t *owned;
};

/* Reads what the writer has, and releases the writer. */
void coreread(struct coreread *core, struct corewriter *w);
/* Reads `size` bytes, which must live as long as `core`. */
void coreread_bytes(struct coreread *core, const uint8_t *bytes, size_t size);
void coreread_release(struct coreread *core);

bool coreread_warned(const struct coreread *core, const char *what);
/* The value of a thread's register by name; fails the test when it is not known. */
uint64_t coreread_register(const struct coreread *core, size_t thread, const char *name);

#endif
