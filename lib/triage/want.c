/* Wants as bytes. */
#include "lib/triage/want.h"

#include "lib/io/cache_folder.h"

#include <string.h>

bool inq_want_encode(const struct inq_cache_name *name, struct inq_bytes *ret)
{
	size_t length = name->path ? strlen(name->path) : 0, size = 1 + name->build_id_size + length;
	char *bytes = length && length < PATH_MAX && name->build_id_size ? inq_alloc(size) : NULL;
	if (!bytes)
		return false;
	bytes[0] = (char)name->build_id_size;
	memcpy(bytes + 1, name->build_id, name->build_id_size);
	memcpy(bytes + 1 + name->build_id_size, name->path, length);
	*ret = (struct inq_bytes) { .bytes = bytes, .end = size, .capacity = size };
	return true;
}

bool inq_want_decode(const char *body, size_t size, struct inq_want *ret)
{
	size_t id_size = size ? (uint8_t)body[0] : 0;
	if (!id_size || size <= 1 + id_size)
		return false;
	const char *path = body + 1 + id_size;
	size_t length = size - 1 - id_size;
	if (length >= sizeof ret->path || memchr(path, '\0', length))
		return false;
	ret->build_id = (const uint8_t *)body + 1;
	ret->build_id_size = id_size;
	memcpy(ret->path, path, length);
	ret->path[length] = '\0';
	return true;
}
