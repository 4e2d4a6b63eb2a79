/* A small file of which few pages are looked at, read page by page into memory that the next such file takes over.
 *
 * To map a file that is in the page cache, the kernel maps all 64 KiB around a page that is touched, looks at each page of
 * them, and undoes it all afterwards: for a core of a few hundred KiB, of which a dozen pages are looked at, that takes three
 * times as long as to read these pages. The bytes lie where they would lie in a map of the whole. What was not read is zero, so
 * whoever looks at bytes asks for them first. */
#ifndef INQ_IO_PAGES_H
#define INQ_IO_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Larger files are better mapped. */
enum { INQ_PAGES_MOST = 1 << 20 };

struct inq_pages;

/* NULL without memory. */
struct inq_pages *inq_pages_create(void);
void inq_pages_destroy(struct inq_pages *pages);

/* The bytes of a file, up to inq_pages_close; NULL when another file is open or this one is larger than INQ_PAGES_MOST. The
 * descriptor stays the caller's, and open as long. */
const uint8_t *inq_pages_open(struct inq_pages *pages, int fd, uint64_t size);
/* Nothing of one file is ever seen in the next. */
void inq_pages_close(struct inq_pages *pages);

/* Reads what is not there yet of the `size` bytes at `at`. What cannot be read, as it is behind the end, stays zero. */
void inq_pages_need(struct inq_pages *pages, uint64_t at, uint64_t size);

#endif
