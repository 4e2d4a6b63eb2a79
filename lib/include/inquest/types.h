/* The words that every part of Inquest shares: status codes, confidence, region classes, sizes.
 *
 * Conventions of the whole library: addresses are 64-bit whatever the target; sizes are bytes; ranges are
 * half-open (`end` is the first address after); strings are NUL-terminated, as found in the input (not yet
 * cleaned for a terminal), and belong to the handle that gave them; a NULL string or INQ_UNKNOWN means "not known". */
#ifndef INQUEST_TYPES_H
#define INQUEST_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Marks what the shared library exports; everything else is hidden. */
#define INQ_API __attribute__((visibility("default")))

/* The value of a size, count, offset or id that no artefact tells. */
#define INQ_UNKNOWN UINT64_MAX

enum inq_status {
	INQ_OK = 0,
	INQ_PARTIAL,  /* done, but some of the input was damaged or missing: see the warnings */
	INQ_UNUSABLE, /* the artefact gave nothing: not of a known kind, unreadable, or empty */
	INQ_NO_MEMORY,
	INQ_BAD_ARGUMENT /* the caller's mistake: unknown kind, unknown format, no artefact added */
};

/* Where bytes come from, one after the other: a caller's function, a member of an archive, a file. */
struct inq_reader {
	/* Puts the next bytes (at most `size`, which is not 0) into the buffer and says how many; 0 at the end; a
	 * negative number, -errno, when there are no more for another reason. */
	int64_t (*read)(void *data, void *buffer, size_t size);
	/* What went wrong, in words, after a negative number; may be NULL, and may give NULL. */
	const char *(*why)(void *data);
	void *data;
};

enum inq_confidence { INQ_POSSIBLE = 1, INQ_LIKELY, INQ_CERTAIN };

/* Region classes of the contract, in its order. */
enum inq_class {
#define INQ_CLASS(id, name) INQ_CLASS_##id,
#include <inquest/classes.def>
#undef INQ_CLASS
	INQ_CLASS_COUNT
};

/* Permission bits of a mapping. Without INQ_PERM_KNOWN the artefact does not print permissions. */
enum { INQ_PERM_READ = 1, INQ_PERM_WRITE = 2, INQ_PERM_EXECUTE = 4, INQ_PERM_SHARED = 8, INQ_PERM_KNOWN = 16 };

/* What an instruction did, or tried, to memory. */
enum { INQ_ACCESS_READ = 1, INQ_ACCESS_WRITE = 2, INQ_ACCESS_EXECUTE = 4 };

/* Short sentences that say why a conclusion was drawn. */
struct inq_evidence {
	const char *const *items;
	size_t count;
};

/* A conclusion: a likely cause of a crash, a remark on figures. */
struct inq_diagnosis {
	const char *id; /* stable, for scripts: "null-pointer" */
	const char *text;
	enum inq_confidence confidence;
	struct inq_evidence evidence;
};

/* "text", "brk-heap", …: the names of the contract; never NULL for a valid class. */
INQ_API const char *inq_class_name(enum inq_class class_);
/* "possible", "likely", "certain". */
INQ_API const char *inq_confidence_name(enum inq_confidence confidence);
/* The library's version, such as "0.1.0". */
INQ_API const char *inq_version(void);

#ifdef __cplusplus
}
#endif
#endif
