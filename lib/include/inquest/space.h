/* The address space of an incident, for those who want the bytes: mappings, and memory by address. */
#ifndef INQUEST_SPACE_H
#define INQUEST_SPACE_H

#include <inquest/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct inq_space;
struct inq_incident;

/* Why a read of memory gave bytes, or did not. */
enum inq_read {
	INQ_READ_OK = 0,
	INQ_READ_FILE, /* given, out of the matched file that is mapped there: the artefact itself does not hold it */
	INQ_READ_UNMAPPED, /* nothing is mapped there */
	INQ_READ_NOT_DUMPED, /* mapped, but the writer of the core left it out (coredump_filter, MADV_DONTDUMP, a text map) */
	INQ_READ_CUT_OFF, /* was dumped, but the core file ends before it */
	INQ_READ_NO_FILE, /* belongs to a mapped file that is missing or is another build */
	INQ_READ_NOT_KEPT /* was dumped, but passed over as the core was read within a bound of memory */
};

/* The joined space; NULL before inq_incident_analyse. Belongs to the incident. */
INQ_API struct inq_space *inq_incident_space(struct inq_incident *incident);

/* Copies `size` bytes at `address`. The bytes may come from several mappings; all or nothing. */
INQ_API enum inq_read inq_space_read(struct inq_space *space, uint64_t address, void *buffer, size_t size);

/* A pointer to `size` bytes at `address` within one mapping, without copying; NULL with the reason in *why (which may
 * be NULL). Belongs to the space. */
INQ_API const uint8_t *inq_space_peek(struct inq_space *space, uint64_t address, size_t size, enum inq_read *why);

/* "ok", "file", "unmapped", "not dumped", "cut off", "no file", "not kept". */
INQ_API const char *inq_read_name(enum inq_read result);

#ifdef __cplusplus
}
#endif
#endif
