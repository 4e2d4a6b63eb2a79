/* Archives: which bytes begin one. */
#ifndef INQ_IO_ARCHIVE_H
#define INQ_IO_ARCHIVE_H

#include <inquest/types.h>

/* Enough bytes of a file to tell. */
enum { INQ_ARCHIVE_HEAD = 512 };

/* "tar", "zip", "7z", "cpio", or NULL when the bytes (of a file that is not compressed) begin no archive. */
const char *inq_archive_detect(const uint8_t *head, size_t size);

#endif
