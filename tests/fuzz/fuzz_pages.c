/* Fuzzes the reading of small cores page by page: what a batch says of a hostile file is what it says of the same bytes in memory.
 * A byte that is looked at without having been read would be zero in one and not in the other. */
#include "formats/format.h"
#include "lib/io/cache.h"
#include "lib/io/reader.h"
#include "tests/fuzz/support.h"

#include <inquest/incident.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_thread(const struct inq_thread_info *a, const struct inq_thread_info *b)
{
	if (a->tid != b->tid || a->frame_count != b->frame_count)
		return false;
	for (size_t i = 0; i < a->frame_count; i++)
		if (a->frames[i].location.address != b->frames[i].location.address ||
		    a->frames[i].sp != b->frames[i].sp)
			return false;
	return true;
}

static bool same(const struct inq_report *a, const struct inq_report *b)
{
	if (a->thread_count != b->thread_count || a->object_count != b->object_count)
		return false;
	for (size_t i = 0; i < a->object_count; i++)
		if (!same_text(a->objects[i].path, b->objects[i].path) ||
		    !same_text(a->objects[i].build_id, b->objects[i].build_id))
			return false;
	for (size_t i = 0; i < a->thread_count; i++)
		if (!same_thread(&a->threads[i], &b->threads[i]))
			return false;
	return true;
}

static enum inq_status analyse(struct inq_incident *incident, enum inq_status status)
{
	if (status == INQ_OK || status == INQ_PARTIAL)
		status = inq_incident_analyse(incident, INQ_OBJECTS | INQ_THREADS);
	if (status == INQ_OK || status == INQ_PARTIAL)
		status = inq_incident_analyse(incident, INQ_CRASH | INQ_STACKS);
	return status;
}

static int write_file(const uint8_t *data, size_t size, char path[static 64])
{
	int fd = memfd_create("core", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, 64, "/proc/self/fd/%d", fd);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct inq_cache *cache; /* as a worker has it: one for all cores */
	const struct inq_view head = { .data = data, .size = size < 8192 ? size : 8192 };
	const char *why;
	char path[64];
	if (!size || !inq_format_beginning(&head) || (!cache && inq_cache_create(NULL, &cache, &why) != INQ_OK))
		return 0;
	const struct inq_options options = { .memory = 64 << 20, .no_files = true, .brief = true, .cache = cache };
	struct inq_incident *paged = NULL, *whole = NULL;
	struct inq_memory_reader reader;
	int fd = write_file(data, size, path);
	inq_memory_reader_on(&reader, data, size);
	if (inq_incident_create(&options, &paged) == INQ_OK && inq_incident_create(&options, &whole) == INQ_OK) {
		enum inq_status one = analyse(paged, inq_incident_add(paged, path));
		enum inq_status two = analyse(whole, inq_incident_add_stream(whole, path, &reader.reader));
		if (one != two || !same(inq_incident_report(paged), inq_incident_report(whole)))
			abort();
	}
	inq_incident_destroy(whole);
	inq_incident_destroy(paged);
	close(fd);
	return 0;
}
