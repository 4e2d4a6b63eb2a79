/* What the fuzz targets share. */
#include "tests/fuzz/support.h"

#include <inquest/inquest.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* The targets do not lie where modules are looked for. */
__attribute__((constructor)) static void use_build_modules(void)
{
	setenv("INQUEST_MODULE_DIR", MODULE_DIR, 1);
}

int fuzz_file(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data, size) == (ssize_t)size)
		return fd;
	close(fd);
	return -1;
}

void fuzz_mapping(struct inq_builder *builder, uint64_t start, uint64_t size, uint8_t permissions)
{
	struct inq_mapping mapping = inq_mapping_unknown();
	mapping.start = start;
	mapping.end = start + ((size + 0xfff) & ~UINT64_C(0xfff));
	mapping.permissions = (uint8_t)(INQ_PERM_KNOWN | INQ_PERM_READ | permissions);
	mapping.data_offset = 0;
	mapping.data_size = size;
	inq_build_mapping(builder, &mapping);
}

static bool swallow(void *data, const char *bytes, size_t size)
{
	uint64_t *sum = data;
	for (size_t i = 0; i < size; i++)
		*sum += (uint8_t)bytes[i];
	return true;
}

static void render_all(const struct inq_report *report)
{
	uint64_t sum = 0;
	const struct inq_output output = { .write = swallow, .data = &sum, .verbose = true, .color = true };
	for (size_t i = 0; inq_renderer_name(i); i++)
		for (int document = INQ_DOCUMENT_REPORT; document <= INQ_DOCUMENT_IDENTIFY; document++)
			inq_render(inq_renderer_name(i), (enum inq_document)document, report, &output);
}

static void look_up(struct inq_incident *incident)
{
	static const char *const texts[] = { "0", "ffffffffffffffff", "libc.so.6+0x10", "a.out`main" };
	const struct inq_report *report = inq_incident_report(incident);
	struct inq_location location;
	const char *why;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		inq_incident_ask(incident, texts[i], &why);
	for (size_t i = 0; i < report->region_count && i < 64; i++) {
		inq_incident_locate(incident, report->regions[i].start, &location);
		inq_incident_locate(incident, report->regions[i].end, &location);
	}
}

static void investigate(const char *path, const char *kind)
{
	const struct inq_options options = { .kind = kind, .no_files = true };
	struct inq_incident *incident;
	if (inq_incident_create(&options, &incident) != INQ_OK)
		return;
	inq_incident_identify(incident, path);
	inq_incident_add(incident, path);
	inq_incident_analyse(incident, INQ_ALL);
	look_up(incident);
	render_all(inq_incident_report(incident));
	inq_incident_destroy(incident);
}

void fuzz_investigate(const uint8_t *data, size_t size, const char *kind)
{
	char path[64];
	int fd = fuzz_file(data, size);
	if (fd < 0)
		return;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	investigate(path, kind);
	close(fd);
}
