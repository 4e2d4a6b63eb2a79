/* A fatal log message of glog, CHECK among them: its text is kept in the library's static data. It begins as every line of
 * glog does: "F20261122 12:19:06.702898  3063 glog.cc:5] ", before 0.5 without the year. Source: glog's logging.cc
 * (fatal_msg_data_exclusive, fatal_message, LogMessage::Init). */
#include "lib/diagnose/cause.h"

#include "lib/diagnose/text.h"

#include <ctype.h>
#include <string.h>

enum { MOST_SEARCHED = 1 << 20, HEADER = 32 };

/* Whether such a line begins there: the letter, 8 or 4 digits, a space, the time. */
static bool begins_line(const struct inq_view *bytes, uint64_t at)
{
	const uint8_t *text = bytes->data + at;
	size_t digits = 0;
	if (bytes->size - at < HEADER || (at && isprint(text[-1])))
		return false;
	while (digits <= 8 && isdigit(text[1 + digits]))
		digits++;
	const uint8_t *time = text + 2 + digits;
	return (digits == 8 || digits == 4) && time[-1] == ' ' && isdigit(time[0]) && isdigit(time[1]) &&
	       time[2] == ':' && time[5] == ':' && time[8] == '.';
}

static const char *line_in(const struct inq_case *crash, const struct inq_mapping *mapping)
{
	struct inq_view bytes;
	uint64_t size = mapping->data_size < MOST_SEARCHED ? mapping->data_size : MOST_SEARCHED;
	if (!(mapping->permissions & INQ_PERM_WRITE) || !size ||
	    !inq_space_view(crash->space, mapping->start, size, &bytes))
		return NULL;
	for (uint64_t at = 0; at < size; at++) {
		const uint8_t *found = memchr(bytes.data + at, 'F', size - at);
		if (!found)
			return NULL;
		at = (uint64_t)(found - bytes.data);
		const char *line = begins_line(&bytes, at) ? inq_line_around(crash->space, &bytes, at) : NULL;
		if (line)
			return line;
	}
	return NULL;
}

/* In the writable mappings of the object, and what follows them, its zeroed data. */
static const char *find_line(const struct inq_case *crash, const struct inq_frame_info *frame)
{
	const struct inq_space *space = crash->space;
	const struct inq_object *object = inq_space_object_at(space, frame->pc);
	if (!object)
		return NULL;
	for (uint32_t i = object->first_mapping; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		const char *line = mapping->start <= object->end ? line_in(crash, mapping) : NULL;
		if (line || mapping->start > object->end)
			return line;
	}
	return NULL;
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	const struct inq_frame_info *frame = inq_case_frame(crash, "google::LogMessage::Fail");
	if (!frame)
		frame = inq_case_frame(crash, "_ZN6google10LogMessage4Fail");
	const char *line = frame ? find_line(crash, frame) : NULL;
	const char *said = line ? strstr(line, "] ") : NULL;
	if (!said || !inq_fault_self_sent(crash->space, crash->fault))
		return false;
	ret->text = inq_case_text(crash, "a fatal log message (glog): %s", said + 2);
	ret->confidence = frame->confidence == INQ_CERTAIN ? INQ_CERTAIN : INQ_LIKELY;
	inq_find_evidence(crash, ret, "frame %u is %s", frame->index, inq_case_place(crash, &frame->location));
	inq_find_evidence(crash, ret, "the library keeps the line \"%s\"", line);
	return true;
}

const struct inq_cause inq_cause_fatal_log = { .id = "fatal-log", .find = find };
