/* Reading single pages of small files. */
#include "lib/io/pages.h"

#include "lib/base/arena.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES = INQ_PAGES_MOST / PAGE };

struct inq_pages {
	uint8_t *bytes; /* INQ_PAGES_MOST of them */
	uint64_t size;	/* of the file */
	int fd;		/* -1: none is open */
	bool there[PAGES];
};

struct inq_pages *inq_pages_create(void)
{
	struct inq_pages *pages = inq_alloc(sizeof *pages);
	if (!pages)
		return NULL;
	void *bytes = mmap(NULL, INQ_PAGES_MOST, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (bytes == MAP_FAILED) {
		free(pages);
		return NULL;
	}
	pages->bytes = bytes;
	pages->fd = -1;
	return pages;
}

void inq_pages_destroy(struct inq_pages *pages)
{
	if (!pages)
		return;
	inq_pages_close(pages);
	munmap(pages->bytes, INQ_PAGES_MOST);
	free(pages);
}

const uint8_t *inq_pages_open(struct inq_pages *pages, int fd, uint64_t size)
{
	if (pages->fd >= 0 || size > INQ_PAGES_MOST)
		return NULL;
	pages->fd = fd;
	pages->size = size;
	return pages->bytes;
}

void inq_pages_close(struct inq_pages *pages)
{
	if (pages->fd < 0)
		return;
	for (size_t page = 0; page < PAGES && page * PAGE < pages->size; page++)
		if (pages->there[page])
			memset(pages->bytes + page * PAGE, 0, PAGE);
	memset(pages->there, 0, sizeof pages->there);
	pages->fd = -1;
}

static void read_pages(const struct inq_pages *pages, size_t first, size_t end)
{
	size_t at = first * PAGE, stop = end * PAGE < pages->size ? end * PAGE : pages->size;
	while (at < stop) {
		ssize_t got = pread(pages->fd, pages->bytes + at, stop - at, (off_t)at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return;
		at += (size_t)got;
	}
}

void inq_pages_need(struct inq_pages *pages, uint64_t at, uint64_t size)
{
	if (at >= pages->size || !size)
		return;
	size = size < pages->size - at ? size : pages->size - at;
	size_t end = (at + size - 1) / PAGE + 1;
	for (size_t page = at / PAGE; page < end; page++) {
		size_t first = page;
		while (page < end && !pages->there[page])
			pages->there[page++] = true;
		if (page > first)
			read_pages(pages, first, page);
	}
}
