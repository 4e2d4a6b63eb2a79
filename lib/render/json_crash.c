/* The JSON of a crash: signal, instruction, what was behind a handler, whom to blame, and why; and its signature. */
#include "lib/render/json_parts.h"

void inq_json_signal(struct inq_json *json, const struct inq_signal_info *signal)
{
	if (!signal->number)
		return;
	inq_json_open(json, "signal", '{');
	inq_json_key(json, "number");
	inq_json_signed(json, signal->number);
	inq_json_text(json, "name", signal->name);
	if (signal->has_code) {
		inq_json_key(json, "code");
		inq_json_signed(json, signal->code);
	}
	inq_json_text(json, "code_name", signal->code_name);
	inq_json_text(json, "meaning", signal->meaning);
	inq_json_count(json, "sender_pid", signal->sender_pid);
	inq_json_count(json, "sender_uid", signal->sender_uid);
	inq_json_end(json);
}

/* "read", "write", "execute"; the contract has one word, so a read-and-write is a write. */
static const char *access_name(unsigned access)
{
	if (access & INQ_ACCESS_EXECUTE)
		return "execute";
	return access & INQ_ACCESS_WRITE ? "write" : "read";
}

static void put_access(struct inq_json *json, const struct inq_access_info *access)
{
	inq_json_begin(json, '{');
	inq_json_text(json, "access", access_name(access->access));
	inq_json_address(json, "address", access->has_address ? access->address : INQ_UNKNOWN);
	if (access->size)
		inq_json_count(json, "size", access->size);
	inq_json_text(json, "operand", access->operand);
	if (access->judged)
		inq_json_flag(json, "permitted", access->permitted);
	inq_json_end(json);
}

static void put_bytes(struct inq_json *json, const struct inq_instruction_info *instruction)
{
	static const char digits[] = "0123456789abcdef";
	char text[2 * 16 + 1] = "";
	for (size_t i = 0; i < instruction->size && 2 * i + 2 < sizeof text; i++) {
		text[2 * i] = digits[instruction->bytes[i] >> 4];
		text[2 * i + 1] = digits[instruction->bytes[i] & 15];
	}
	inq_json_text(json, "bytes", text);
}

static void put_instruction(struct inq_json *json, const struct inq_instruction_info *instruction)
{
	if (!instruction->size && !instruction->access_count)
		return;
	inq_json_open(json, "instruction", '{');
	if (instruction->size)
		put_bytes(json, instruction);
	inq_json_text(json, "text", instruction->text);
	inq_json_open(json, "accesses", '[');
	for (size_t i = 0; i < instruction->access_count; i++)
		put_access(json, &instruction->accesses[i]);
	inq_json_end(json);
	inq_json_end(json);
}

/* The members that the crash and what was behind it have in common. */
static void put_fault(struct inq_json *json, const struct inq_fault_info *fault)
{
	inq_json_signal(json, &fault->signal);
	inq_json_count(json, "thread", fault->thread);
	inq_json_address(json, "pc", fault->pc);
	inq_json_address(json, "sp", fault->sp);
	if (fault->pc != INQ_UNKNOWN || fault->location.told) {
		inq_json_key(json, "location");
		inq_json_location(json, &fault->location);
	}
	if (fault->has_fault_address) {
		inq_json_key(json, "fault_address");
		inq_json_hex(json, fault->fault_address);
		inq_json_key(json, "fault_location");
		inq_json_location(json, &fault->fault_location);
	}
	put_instruction(json, &fault->instruction);
}

static void put_original(struct inq_json *json, const struct inq_report *report)
{
	const struct inq_original_info *original = &report->crash.original;
	inq_json_open(json, "original", '{');
	put_fault(json, &original->fault);
	inq_json_text(json, "found_by", original->found_by);
	inq_json_text(json, "confidence", inq_confidence_name(original->confidence));
	inq_json_address(json, "context", original->context);
	inq_json_open(json, "registers", '{');
	for (size_t i = 0; i < original->register_count; i++) {
		inq_json_name(json, original->registers[i].name);
		inq_json_hex(json, original->registers[i].value);
	}
	inq_json_end(json);
	inq_json_open(json, "frames", '[');
	for (size_t i = 0; i < original->frame_count; i++)
		inq_json_frame(json, report, &original->frames[i]);
	inq_json_end(json);
	inq_json_text(json, "truncated_by", original->truncated_by);
	inq_json_text(json, "truncated_why", original->truncated_why);
	inq_json_end(json);
}

static void put_bit_flips(struct inq_json *json, const struct inq_crash_info *crash)
{
	inq_json_open(json, "bit_flips", '[');
	for (size_t i = 0; i < crash->bit_flip_count; i++) {
		const struct inq_bit_flip *flip = &crash->bit_flips[i];
		inq_json_begin(json, '{');
		inq_json_text(json, "register", flip->register_name);
		inq_json_address(json, "address", flip->address);
		inq_json_address(json, "corrected", flip->corrected);
		inq_json_text(json, "confidence", inq_confidence_name(flip->confidence));
		inq_json_end(json);
	}
	inq_json_end(json);
}

static void put_culprit(struct inq_json *json, const struct inq_culprit_info *culprit)
{
	const struct inq_location *at = &culprit->location;
	inq_json_open(json, "culprit", '{');
	inq_json_count(json, "thread", culprit->thread);
	inq_json_count(json, "frame", culprit->frame);
	inq_json_text(json, "object", at->object);
	if (at->object)
		inq_json_address(json, "offset", at->offset);
	inq_json_text(json, "function", at->function ? at->function : at->symbol);
	inq_json_text(json, "file", at->file);
	if (at->file)
		inq_json_count(json, "line", at->line);
	inq_json_text(json, "why", culprit->why);
	inq_json_text(json, "confidence", inq_confidence_name(culprit->confidence));
	inq_json_end(json);
}

static void put_last_error(struct inq_json *json, const struct inq_crash_info *crash)
{
	if (!crash->last_error)
		return;
	inq_json_open(json, "errno", '{');
	inq_json_count(json, "number", crash->last_error);
	inq_json_text(json, "name", crash->last_error_name);
	inq_json_text(json, "text", crash->last_error_text);
	inq_json_end(json);
}

void inq_json_crash(struct inq_json *json, const struct inq_report *report)
{
	const struct inq_crash_info *crash = &report->crash;
	inq_json_open(json, "crash", '{');
	put_fault(json, &crash->last);
	put_bit_flips(json, crash);
	put_last_error(json, crash);
	inq_json_flag(json, "behind_handler", crash->behind_handler);
	if (crash->behind_handler)
		put_original(json, report);
	if (crash->has_culprit)
		put_culprit(json, &crash->culprit);
	inq_json_findings(json, "diagnosis", crash->diagnosis, crash->diagnosis_count);
	inq_json_end(json);
}

void inq_json_signature(struct inq_json *json, const struct inq_signature *signature)
{
	if (!signature->hash)
		return;
	inq_json_open(json, "signature", '{');
	inq_json_text(json, "hash", signature->hash);
	inq_json_text(json, "text", signature->text);
	inq_json_text(json, "kind", signature->kind);
	inq_json_text(json, "bucket", signature->bucket);
	inq_json_text(json, "severity", inq_severity_name(signature->severity));
	inq_json_strings(json, "frames", signature->frames, signature->frame_count);
	inq_json_strings(json, "places", signature->places, signature->frame_count);
	inq_json_flag(json, "inlines_known", signature->inlines_known);
	inq_json_strings(json, "rules", signature->rules, signature->rule_count);
	inq_json_end(json);
}
