/* Archives made by hand, and gzip, for tests. */
#ifndef INQ_TESTS_ARCHIVES_H
#define INQ_TESTS_ARCHIVES_H

#include <stddef.h>
#include <stdint.h>

/* Bytes that grow. */
struct bytes {
	uint8_t *data;
	size_t size;
};

void bytes_add(struct bytes *bytes, const void *data, size_t size);
void bytes_release(struct bytes *bytes);

/* A member of a tar (POSIX ustar), of a type ('0': a file), and the blocks of zeros that end one. */
void tar_member(struct bytes *tar, const char *name, char type, const void *data, size_t size);
/* A link, hard ('1') or symbolic ('2'). */
void tar_link(struct bytes *tar, const char *name, char type, const char *target);
void tar_file(struct bytes *tar, const char *name, const void *data, size_t size);
void tar_end(struct bytes *tar);

/* The same bytes in gzip, and in base64. */
struct bytes gzip_of(const void *data, size_t size);
struct bytes base64_of(const void *data, size_t size);

/* A core of x86-64 that says little: a thread with this pid, and a page of memory. */
struct bytes small_core(uint64_t pid);

#endif
