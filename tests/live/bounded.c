/* Reads a core through the library as a program does that has its bytes but no file, and little memory:
 * bounded BYTES file|stream PATH prints the report of the crash as JSON. */
#include <inquest/inquest.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t read_input(void *data, void *buffer, size_t size)
{
	size_t got = fread(buffer, 1, size, data);
	return got || !ferror((FILE *)data) ? (int64_t)got : -EIO;
}

static bool write_output(void *data, const char *bytes, size_t size)
{
	return fwrite(bytes, 1, size, data) == size;
}

static enum inq_status add(struct inq_incident *incident, const char *how, const char *path)
{
	if (strcmp(how, "file") == 0)
		return inq_incident_add(incident, path);
	FILE *file = fopen(path, "rb");
	const struct inq_reader reader = { .read = read_input, .data = file };
	enum inq_status status = file ? inq_incident_add_stream(incident, "the stream", &reader) : INQ_UNUSABLE;
	if (file)
		fclose(file);
	return status;
}

int main(int count, char **arguments)
{
	if (count != 4)
		return 2;
	const struct inq_options options = { .memory = strtoull(arguments[1], NULL, 10) };
	const struct inq_output output = { .write = write_output, .data = stdout };
	struct inq_incident *incident;
	if (inq_incident_create(&options, &incident) != INQ_OK)
		return 1;
	enum inq_status status = add(incident, arguments[2], arguments[3]);
	if (status == INQ_OK || status == INQ_PARTIAL)
		status = inq_incident_analyse(incident, INQ_FILES | INQ_THREADS | INQ_CRASH | INQ_STACKS);
	inq_render("json", INQ_DOCUMENT_REPORT, inq_incident_report(incident), &output);
	inq_incident_destroy(incident);
	return status == INQ_OK ? 0 : status == INQ_PARTIAL ? 3 : 1;
}
