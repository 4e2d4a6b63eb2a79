/* x86: an instruction that only the kernel may execute, for which the general protection fault tells no address. musl ends a program
 * by one on purpose: a_crash() is hlt (arch/x86_64/atomic_arch.h), which its malloc calls when its records are damaged.
 * The instructions: Intel SDM, volume 3, "Privileged Instructions". */
#include "lib/diagnose/cause.h"

#include <string.h>

enum { SI_KERNEL = 0x80 };

static const char *const names[] = { "hlt", "cli",  "sti",  "in",   "out",    "int",	"lgdt",	 "lidt",  "lldt",
				     "ltr", "lmsw", "clts", "invd", "wbinvd", "invlpg", "rdmsr", "wrmsr", "swapgs" };

static bool is_privileged(const char *text)
{
	size_t length = text ? strcspn(text, " ") : 0;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (length == strlen(names[i]) && memcmp(text, names[i], length) == 0)
			return true;
	return false;
}

static bool find(const struct inq_case *crash, struct inq_finding *ret)
{
	const struct inq_fault *fault = crash->fault;
	const char *text = fault->instruction.info.text;
	if (!inq_fault_is(fault, "SIGSEGV") || !fault->signal.has_code || fault->signal.code != SI_KERNEL ||
	    fault->has_address || inq_case_bad_pc(crash) || !is_privileged(text))
		return false;
	bool halt = strcmp(text, "hlt") == 0;
	ret->id = halt ? "trap-instruction" : ret->id;
	ret->text =
		halt ? "the program stopped itself by hlt, as musl does when its heap is damaged; or code that must "
		       "not be "
		       "reached"
		     : inq_case_text(crash,
				     "%s is an instruction that only the kernel may execute: damaged code, or a jump "
				     "to the wrong place",
				     text);
	ret->confidence = INQ_LIKELY;
	inq_find_evidence(crash, ret, "the instruction is %s, and the kernel tells no address", text);
	return true;
}

const struct inq_cause inq_cause_privileged_instruction = { .id = "privileged-instruction", .find = find };
