/* Asks the causes, puts the answers in order, and what several causes need to say. */
#include "lib/diagnose/cause.h"

#include "lib/base/str.h"
#include "lib/diagnose/registers.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#define INQ_CAUSE(name) extern const struct inq_cause inq_cause_##name;
#include "lib/diagnose/causes.def"
#undef INQ_CAUSE

static const struct inq_cause *const causes[] = {
#define INQ_CAUSE(name) &inq_cause_##name,
#include "lib/diagnose/causes.def"
#undef INQ_CAUSE
};

enum { CAUSE_COUNT = sizeof causes / sizeof *causes };

static bool keep(struct inq_ctx *ctx, const struct inq_finding *finding, struct inq_diagnosis *ret)
{
	const char **items = inq_arena_array(ctx->arena, finding->evidence_count, sizeof *items);
	if (!items || !finding->text)
		return false;
	memcpy(items, finding->evidence, finding->evidence_count * sizeof *items);
	*ret = (struct inq_diagnosis) { .id = finding->id,
					.text = finding->text,
					.confidence = finding->confidence,
					.evidence = { items, finding->evidence_count } };
	return true;
}

/* What one cause found, another need not say again. */
static bool is_told(const struct inq_diagnosis *all, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(all[i].id, id) == 0)
			return true;
	return false;
}

/* Insertion keeps the order of the rows among equals. */
static void insert(struct inq_diagnosis *all, size_t count, struct inq_diagnosis one)
{
	size_t at = count;
	for (; at > 0 && all[at - 1].confidence < one.confidence; at--)
		all[at] = all[at - 1];
	all[at] = one;
}

enum inq_status inq_diagnose(const struct inq_case *crash, const struct inq_diagnosis **ret, size_t *count)
{
	struct inq_ctx *ctx = crash->space->ctx;
	struct inq_diagnosis *all = inq_arena_array(ctx->arena, CAUSE_COUNT, sizeof *all), one;
	*ret = all;
	*count = 0;
	if (!all)
		return inq_no_memory(ctx);
	for (int fallback = 0; fallback <= 1 && !*count; fallback++)
		for (size_t i = 0; i < CAUSE_COUNT; i++) {
			struct inq_finding finding = { .id = causes[i]->id };
			if (causes[i]->fallback != (fallback != 0) || !causes[i]->find(crash, &finding) ||
			    is_told(all, *count, finding.id))
				continue;
			if (crash->fault->again)
				inq_find_evidence(
					crash, &finding,
					"the process sent the signal to itself, but not from here: its handler raised "
					"it again and returned to this instruction, which would fault anew");
			if (!keep(ctx, &finding, &one))
				return inq_no_memory(ctx);
			insert(all, (*count)++, one);
		}
	return INQ_OK;
}

const char *inq_case_text(const struct inq_case *crash, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	const char *text = inq_arena_vprintf(crash->space->ctx->arena, format, arguments);
	va_end(arguments);
	return text;
}

void inq_find_evidence(const struct inq_case *crash, struct inq_finding *finding, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	const char *text = inq_arena_vprintf(crash->space->ctx->arena, format, arguments);
	va_end(arguments);
	if (text && finding->evidence_count < INQ_MOST_EVIDENCE)
		finding->evidence[finding->evidence_count++] = text;
}

bool inq_case_memory_fault(const struct inq_case *crash)
{
	const struct inq_fault *fault = crash->fault;
	return fault->has_address && (inq_fault_is(fault, "SIGSEGV") || inq_fault_is(fault, "SIGBUS")) &&
	       inq_fault_by_processor(crash->space, fault);
}

bool inq_case_trap(const struct inq_case *crash)
{
	const struct inq_instruction *instruction = &crash->fault->instruction;
	bool trap = instruction->decoded && instruction->details.kind == INQ_INSTRUCTION_TRAP;
	bool signal = inq_fault_is(crash->fault, "SIGTRAP") || (inq_fault_is(crash->fault, "SIGILL") && trap);
	return signal && inq_fault_by_processor(crash->space, crash->fault) && !inq_case_bad_pc(crash);
}

bool inq_case_bad_pc(const struct inq_case *crash)
{
	bool judged;
	const struct inq_fault *fault = crash->fault;
	if (!inq_fault_by_processor(crash->space, fault) || fault->pc == INQ_UNKNOWN ||
	    inq_is_vsyscall(crash->space, fault->pc))
		return false;
	bool permitted = inq_access_permitted(crash->space, fault->pc, INQ_ACCESS_EXECUTE, &judged);
	return judged && !permitted;
}

bool inq_case_was_ended(const struct inq_case *crash)
{
	const struct inq_fault *fault = crash->fault;
	return fault->signal.number && !inq_fault_by_processor(crash->space, fault) && !inq_fault_is(fault, "SIGSYS") &&
	       !(inq_fault_is(fault, "SIGABRT") && inq_fault_self_sent(crash->space, fault));
}

static const char *verb(unsigned access)
{
	if (access & INQ_ACCESS_EXECUTE)
		return "executes";
	return access & INQ_ACCESS_WRITE ? "writes" : "reads";
}

const char *inq_case_access_text(const struct inq_case *crash)
{
	unsigned access = inq_fault_access(crash->fault);
	const struct inq_operand *operand = inq_fault_operand(crash->fault);
	if (!access)
		return "the instruction accesses it";
	if (!operand)
		return inq_case_text(crash, "the instruction %s it", verb(access));
	return inq_case_text(crash, "%s %s at %s", crash->fault->instruction.info.text, verb(access),
			     inq_operand_text(crash->space, operand));
}

const char *inq_case_registers_text(const struct inq_case *crash)
{
	const struct inq_operand *operand = inq_fault_operand(crash->fault);
	const struct inq_arch *arch = crash->space->machine.arch;
	uint64_t base, index;
	if (!operand || !inq_register_value(arch, &crash->fault->registers, operand->base, &base))
		return NULL;
	if (!*operand->index || !inq_register_value(arch, &crash->fault->registers, operand->index, &index))
		return inq_case_text(crash, "%s = 0x%" PRIx64, operand->base, base);
	return inq_case_text(crash, "%s = 0x%" PRIx64 ", %s = 0x%" PRIx64, operand->base, base, operand->index, index);
}

const char *inq_case_register_with(const struct inq_case *crash, uint64_t value)
{
	const struct inq_arch *arch = crash->space->machine.arch;
	for (uint8_t i = 0; arch && i < arch->register_count; i++)
		if (crash->fault->registers.valid >> i & 1 && crash->fault->registers.values[i] == value)
			return arch->registers[i].name;
	return NULL;
}

const char *inq_case_address_text(const struct inq_case *crash, uint64_t address)
{
	enum { SHORTEST = 4 };
	char text[sizeof address + 1] = "";
	size_t length = 0;
	for (; address; address = crash->space->machine.big ? address << 8 : address >> 8) {
		unsigned char c = (unsigned char)(crash->space->machine.big ? address >> 56 : address);
		if (!isprint(c))
			return NULL;
		text[length++] = (char)c;
	}
	return length < SHORTEST ? NULL : inq_arena_copy(crash->space->ctx->arena, text, length);
}

const struct inq_region *inq_case_region(const struct inq_case *crash, uint64_t address)
{
	return inq_region_at(crash->regions, crash->region_count, address);
}

bool inq_name_is_like(const char *name, const char *pattern)
{
	if (!name)
		return false;
	if (*pattern == '*')
		return strstr(name, pattern + 1) != NULL;
	return *name == *pattern && strncmp(name, pattern, strlen(pattern)) == 0;
}

const struct inq_frame_info *inq_case_frame(const struct inq_case *crash, const char *pattern)
{
	for (size_t i = 0; i < crash->frame_count; i++) {
		const struct inq_location *at = &crash->frames[i].location;
		if (inq_name_is_like(at->symbol, pattern) || inq_name_is_like(at->function, pattern))
			return &crash->frames[i];
	}
	return NULL;
}

const char *inq_case_place(const struct inq_case *crash, const struct inq_location *at)
{
	const char *slash = at->object ? strrchr(at->object, '/') : NULL;
	const char *object = slash && slash[1] ? slash + 1 : at->object;
	const char *function = at->function ? at->function : at->symbol;
	if (function && at->symbol_offset == INQ_UNKNOWN)
		return object ? inq_case_text(crash, "%s: %s", object, function) : function;
	if (object && function)
		return inq_case_text(crash, "%s: %s+0x%" PRIx64, object, function, at->symbol_offset);
	if (object && at->offset == INQ_UNKNOWN)
		return object;
	if (object)
		return inq_case_text(crash, "%s+0x%" PRIx64, object, at->offset);
	return inq_case_text(crash, "0x%" PRIx64, at->address);
}
