/* Fuzzes every row of formats.def, and all that follows from what it read, through the public interface: detection (and a
 * row that was not detected), reading, analysis, look-ups, and all documents in all forms. */
#include "formats/format.h"
#include "tests/fuzz/support.h"

#include <inquest/inquest.h>

#include <stdio.h>
#include <unistd.h>

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	size_t rows = 0;
	int fd = fuzz_file(data, size);
	if (fd < 0)
		return 0;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	while (inq_format_row(rows))
		rows++;
	investigate(path, NULL);
	investigate(path, inq_format_row(size % rows)->name);
	close(fd);
	return 0;
}
