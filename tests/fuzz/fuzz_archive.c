/* Fuzzes archives: both walks over a file, every member read to its end; and apport's reports. libarchive asks for as much
 * memory as a name in a cpio claims to be long, up to 4 GiB, which it does not touch: run it with -malloc_limit_mb=8192. */
#include "lib/io/reader.h"
#include "lib/triage/apport.h"
#include "lib/triage/archive.h"
#include "tests/fuzz/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* More than any archive of this size gives by fair means. */
enum { MOST_READ = 64 << 20 };

static uint64_t drain(const struct inq_reader *reader)
{
	static uint8_t buffer[4096];
	uint64_t size = 0;
	int64_t got;
	while (size < MOST_READ && (got = reader->read(reader->data, buffer, sizeof buffer)) > 0)
		size += (uint64_t)got;
	return size;
}

static bool take(void *data, const struct inq_archive_member *member)
{
	uint64_t *left = data;
	if (!member->path || (!member->reader && !member->reason))
		abort();
	uint64_t size = member->reader ? drain(member->reader) : 0;
	*left -= size < *left ? size : *left;
	return *left;
}

static void read_archive(struct inq_ctx *ctx, const uint8_t *data, size_t size)
{
	uint64_t left = MOST_READ;
	char path[64];
	int fd = fuzz_file(data, size);
	if (fd < 0)
		return;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (inq_archive_is(ctx, path))
		inq_archive_each(ctx, path, NULL, true, take, &left);
	close(fd);
}

static void read_report(struct inq_ctx *ctx, const uint8_t *data, size_t size)
{
	struct inq_memory_reader reader;
	struct inq_apport *apport;
	inq_memory_reader_on(&reader, data, size);
	if (inq_apport_open(ctx, &reader.reader, &apport) != INQ_OK)
		return;
	drain(inq_apport_core(apport));
	inq_apport_close(apport);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct inq_ctx ctx = { .arena = inq_arena_create(), .artefact = "input" };
	read_archive(&ctx, data, size);
	read_report(&ctx, data, size);
	inq_string_vec_release(&ctx.warnings);
	inq_arena_destroy(ctx.arena);
	return 0;
}
