/* Tracing a pointer back over a few instructions, without branches: each candidate is checked by types and by the values that
 * memory still holds (lib/types/pointer.h), so a wrong guess names nothing. */
#include "lib/diagnose/pointer_origin.h"

#include "lib/diagnose/registers.h"
#include "lib/types/type.h"

#include <string.h>

enum { LOOKED_BACK = 8, LONGEST_FUNCTION = 32 << 10 };

struct earlier {
	uint64_t pc;
	struct inq_decoded decoded;
};

/* The last instructions before the fault, and the way back so far. */
struct trace {
	struct inq_space *space;
	const struct inq_fault *fault;
	struct earlier ring[LOOKED_BACK];
	size_t count; /* decoded in all; number i is ring[i % LOOKED_BACK] */
	char wanted[INQ_REGISTER_NAME];
	char written[LOOKED_BACK][INQ_REGISTER_NAME]; /* registers that have another value by now */
	size_t written_count;
	struct inq_pointer_origin origin;
};

/* What a pointer is looked for as. */
struct search {
	struct inq_typed_frame frame;
	uint64_t offset, size;
	struct inq_pointer_use *use;
};

static bool try_origin(const struct trace *trace, const struct search *search)
{
	return inq_pointer_use(trace->space, &search->frame, &trace->origin, 0, search->offset, search->size,
			       search->use);
}

/* From the function's beginning, as only so the borders of instructions are known. */
static bool decode_before(struct trace *trace)
{
	struct inq_symbol symbol;
	struct inq_instruction instruction;
	uint64_t pc = trace->fault->pc;
	struct inq_object *object = inq_space_object_at(trace->space, pc);
	if (!object || !inq_symbol_at(trace->space, object, pc, &symbol) || pc - symbol.start > LONGEST_FUNCTION)
		return false;
	for (uint64_t at = symbol.start; at < pc; at += instruction.details.size) {
		instruction = (struct inq_instruction) { 0 };
		if (!inq_instruction_decode(trace->space, &trace->fault->registers, at, &instruction) ||
		    !instruction.details.size || instruction.details.size > pc - at)
			return false;
		trace->ring[trace->count++ % LOOKED_BACK] = (struct earlier) { at, instruction.details };
	}
	return true;
}

/* The register, whole, that the words begin with. "" for none. */
static void take_register(const struct trace *trace, const char *words, char ret[INQ_REGISTER_NAME])
{
	char name[INQ_REGISTER_NAME] = "";
	words += *words == '%';
	size_t length = strcspn(words, ", ");
	*ret = '\0';
	if (length >= sizeof name)
		return;
	memcpy(name, words, length);
	const char *whole = inq_register_whole(trace->space->machine.arch, name);
	if (strlen(whole) < INQ_REGISTER_NAME)
		strcpy(ret, whole);
}

/* What most instructions write: the last operand in the text of x86, the first in that of Arm. */
static void written_register(const struct trace *trace, const struct inq_decoded *decoded, char ret[INQ_REGISTER_NAME])
{
	const char *words = strchr(decoded->text, ' '), *last = strrchr(decoded->text, ' ');
	take_register(trace, strchr(decoded->text, '%') ? last + 1 : words ? words + 1 : "", ret);
}

/* A plain load of a word: mov of x86, ldr of Arm. */
static const struct inq_operand *loaded_from(const struct trace *trace, const struct inq_decoded *decoded)
{
	const struct inq_operand *operand = &decoded->operands[0];
	bool plain = strncmp(decoded->text, "mov ", 4) == 0 || strncmp(decoded->text, "ldr ", 4) == 0;
	return plain && decoded->operand_count == 1 && operand->access == INQ_ACCESS_READ && !*operand->index &&
			       !*operand->segment && operand->size == trace->space->machine.bits / 8
		       ? operand
		       : NULL;
}

static bool is_written(const struct trace *trace, const char *reg)
{
	for (size_t i = 0; i < trace->written_count; i++)
		if (strcmp(trace->written[i], reg) == 0)
			return true;
	return false;
}

/* The load's own base still has its value: the pointer was loaded from a variable, or from behind one in that register. */
static bool try_base(struct trace *trace, const struct earlier *load, const struct inq_operand *operand,
		     const char *base, const struct search *search)
{
	const struct inq_arch *arch = trace->space->machine.arch;
	struct inq_pointer_origin *origin = &trace->origin, after = *origin;
	origin->in_memory = inq_operand_address(trace->space, &trace->fault->registers, load->pc, &load->decoded,
						operand, &origin->address);
	if (origin->in_memory && try_origin(trace, search))
		return true;
	origin->in_memory = false;
	origin->reg = inq_arch_register_index(arch, base);
	if (after.load_count == INQ_MOST_LOADS || origin->reg == INQ_NO_REGISTER)
		return false;
	origin->load_count++;
	memmove(&origin->loads[1], &origin->loads[0], after.load_count * sizeof origin->loads[0]);
	origin->loads[0] = operand->displacement;
	return try_origin(trace, search);
}

/* One instruction back. True to go on; *found when the pointer was named. */
static bool step_back(struct trace *trace, const struct earlier *earlier, const struct search *search, bool *found)
{
	char written[INQ_REGISTER_NAME];
	const struct inq_arch *arch = trace->space->machine.arch;
	unsigned kind = earlier->decoded.kind;
	struct inq_pointer_origin *origin = &trace->origin;
	if (kind == INQ_INSTRUCTION_CALL || kind == INQ_INSTRUCTION_JUMP || kind == INQ_INSTRUCTION_RETURN)
		return false;
	written_register(trace, &earlier->decoded, written);
	strcpy(trace->written[trace->written_count++], written);
	if (strcmp(written, trace->wanted) != 0)
		return true;
	const struct inq_operand *operand = loaded_from(trace, &earlier->decoded);
	const char *base = operand && *operand->base ? inq_register_whole(arch, operand->base) : NULL;
	if (!base || strlen(base) >= INQ_REGISTER_NAME)
		return false;
	if (!is_written(trace, base)) {
		*found = try_base(trace, earlier, operand, base, search);
		return false;
	}
	if (origin->load_count == INQ_MOST_LOADS)
		return false;
	memmove(&origin->loads[1], &origin->loads[0], origin->load_count * sizeof origin->loads[0]);
	origin->loads[0] = operand->displacement;
	origin->load_count++;
	strcpy(trace->wanted, base);
	return true;
}

static bool trace_back(struct trace *trace, const struct search *search)
{
	size_t first = trace->count > LOOKED_BACK ? trace->count - LOOKED_BACK : 0;
	bool found = false;
	for (size_t i = trace->count; i > first; i--)
		if (!step_back(trace, &trace->ring[(i - 1) % LOOKED_BACK], search, &found))
			break;
	return found;
}

bool inq_pointer_at_fault(struct inq_space *space, const struct inq_fault *fault, const char *reg, uint64_t offset,
			  uint64_t size, struct inq_pointer_use *ret)
{
	struct inq_function function;
	struct inq_type_unit *unit;
	struct trace trace = { .space = space, .fault = fault };
	const struct search search = { { .pc = fault->pc, .registers = &fault->registers }, offset, size, ret };
	if (fault->pc == INQ_UNKNOWN || strlen(reg) >= sizeof trace.wanted ||
	    !inq_type_of_function(space, fault->pc, 0, false, &function, &unit))
		return false;
	strcpy(trace.wanted, reg);
	trace.origin.reg = inq_arch_register_index(space->machine.arch, reg);
	return try_origin(&trace, &search) || (decode_before(&trace) && trace_back(&trace, &search));
}
