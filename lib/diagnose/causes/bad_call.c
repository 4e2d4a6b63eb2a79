/* A call or return to where no code is: through a null or damaged function pointer, or over a damaged stack. */
#include "lib/diagnose/cause.h"

#include <inttypes.h>
#include <string.h>

enum { FIRST_PAGE = 4096 };

/* A return leaves its address just below the stack pointer (x86), and above it nothing that a call has put there. */
static bool is_return(const struct inq_case *crash)
{
	const struct inq_arch *arch = crash->space->machine.arch;
	unsigned size = crash->space->machine.bits / 8;
	uint64_t word;
	const char *found_by = crash->frame_count > 1 ? crash->frames[1].found_by : NULL;
	bool called = found_by && strcmp(found_by, "link-register") == 0; /* lib/unwind/bad_call.c */
	const struct inq_mapping *mapping = inq_space_mapping_at(crash->space, crash->fault->pc);
	bool was_code = mapping && mapping->file;
	return !called && !was_code && arch && arch->lr == INQ_NO_REGISTER && crash->fault->sp != INQ_UNKNOWN &&
	       inq_space_integer(crash->space, crash->fault->sp - size, size, &word) && word == crash->fault->pc;
}

static void say_return(const struct inq_case *crash, struct inq_finding *ret)
{
	const char *text = inq_case_address_text(crash, crash->fault->pc);
	ret->id = "bad-return-address";
	ret->text = inq_case_text(crash, "a return to 0x%" PRIx64 ", where no code is: the stack was overwritten",
				  crash->fault->pc);
	ret->confidence = INQ_LIKELY;
	inq_find_evidence(crash, ret, "the word just below the stack pointer is the pc, as a return leaves it");
	if (text)
		inq_find_evidence(crash, ret, "its bytes are the text \"%s\": a string was written over it", text);
}

static void say_target(const struct inq_case *crash, struct inq_finding *ret)
{
	uint64_t pc = crash->fault->pc;
	const struct inq_region *region = inq_case_region(crash, pc);
	if (pc < FIRST_PAGE) {
		ret->id = "jump-to-null";
		ret->text = pc ? inq_case_text(crash, "a call through a null pointer: the pc is 0x%" PRIx64, pc)
			       : "a call through a null function pointer";
	} else if (region) {
		ret->id = "jump-to-data";
		ret->text = inq_case_text(crash, "a jump into memory that is not executable (%s)",
					  inq_class_name(region->class_));
	} else if (inq_is_non_canonical(crash->space, pc)) {
		ret->text = inq_case_text(crash, "a jump to 0x%" PRIx64 ", which is no address at all", pc);
	} else {
		ret->text = inq_case_text(crash, "a jump to 0x%" PRIx64 ", where nothing is mapped", pc);
	}
}

/* The caller, by the stack's next frame: only one that was not guessed names the call site. */
static void say_caller(const struct inq_case *crash, struct inq_finding *ret)
{
	if (crash->frame_count < 2 || !crash->frames[1].location.object) {
		inq_find_evidence(crash, ret,
				  "no caller is known: the stack holds no return address there, as after a return over "
				  "a damaged stack");
		return;
	}
	inq_find_evidence(crash, ret, "the return address on the stack follows a call in %s",
			  inq_case_place(crash, &crash->frames[1].location));
}

/* The jump itself faulted: its target is no address at all, so that the pc is still at it. */
static bool find_refused(const struct inq_case *crash, struct inq_finding *ret)
{
	const struct inq_fault *fault = crash->fault;
	const struct inq_instruction *instruction = &fault->instruction;
	if (!fault->computed || fault->tried != INQ_ACCESS_EXECUTE || !instruction->decoded)
		return false;
	bool returns = instruction->details.kind == INQ_INSTRUCTION_RETURN;
	const char *text = inq_case_address_text(crash, fault->address);
	ret->id = returns ? "bad-return-address" : "jump-to-unmapped";
	ret->text =
		inq_case_text(crash, "a %s to 0x%" PRIx64 ", which is no address at all%s", returns ? "return" : "jump",
			      fault->address, returns ? ": the stack was overwritten" : "");
	ret->confidence = INQ_CERTAIN;
	inq_find_evidence(crash, ret, "%s would have gone there", instruction->info.text);
	if (text)
		inq_find_evidence(crash, ret, "its bytes are the text \"%s\": a string was written over it", text);
	return true;
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	if (!inq_case_bad_pc(crash))
		return find_refused(crash, ret);
	ret->confidence = INQ_CERTAIN;
	inq_find_evidence(crash, ret, "the pc is 0x%" PRIx64 ", where nothing can be executed", crash->fault->pc);
	if (is_return(crash)) {
		say_return(crash, ret);
		return true;
	}
	say_target(crash, ret);
	say_caller(crash, ret);
	return true;
}

const struct inq_cause inq_cause_bad_call = { .id = "jump-to-unmapped", .find = find };
