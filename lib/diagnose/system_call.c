/* Where processors keep a system call's number and arguments: syscall(2), "Architecture calling conventions". x86 overwrites
 * the register that held the number by the result, and keeps the number in orig_…, which is negative outside of a call
 * (arch/x86/entry/entry_64.S). The others keep it where it was: there the instruction before tells. */
#include "lib/diagnose/system_call.h"

#include "lib/diagnose/registers.h"

#include <string.h>

enum { X86_64, I386, GENERIC, TABLES };

static const struct {
	int numbers[TABLES];
	const char *name;
} calls[] = {
#define INQ_SYSTEM_CALL(name, x86_64, i386, generic) { { x86_64, i386, generic }, #name },
#include "lib/diagnose/system_calls.def"
#undef INQ_SYSTEM_CALL
};

static const struct convention {
	const char *arch;
	int table; /* TABLES: its numbers are not known here */
	const char *number, *arguments[INQ_CALL_ARGUMENTS];
	uint32_t instruction; /* of 4 bytes, that makes a call; 0: the number's register tells */
} conventions[] = {
	{ "x86_64", X86_64, "orig_rax", { "rdi", "rsi" }, 0 },	  { "i386", I386, "orig_eax", { "ebx", "ecx" }, 0 },
	{ "aarch64", GENERIC, "x8", { "x0", "x1" }, 0xd4000001 }, /* svc #0 */
	{ "riscv64", GENERIC, "a7", { "a0", "a1" }, 0x00000073 }, /* ecall */
	{ "arm", TABLES, "r7", { "r0", "r1" }, 0xef000000 },	  /* svc 0 */
};

static const struct convention *convention_of(const struct inq_space *space)
{
	const struct inq_arch *arch = space->machine.arch;
	for (size_t i = 0; arch && space->os == INQ_OS_LINUX && i < sizeof conventions / sizeof *conventions; i++)
		if (strcmp(conventions[i].arch, arch->name) == 0)
			return &conventions[i];
	return NULL;
}

static bool is_negative(uint64_t number) /* the sign bit, of 32 bits or of 64 */
{
	return number >> 31 & 1;
}

static const char *name_of(int table, uint64_t number)
{
	if (table == TABLES || is_negative(number))
		return NULL;
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		if (calls[i].numbers[table] >= 0 && (uint64_t)calls[i].numbers[table] == number)
			return calls[i].name;
	return NULL;
}

bool inq_system_call(const struct inq_space *space, const struct inq_registers *registers, struct inq_system_call *ret)
{
	const struct convention *convention = convention_of(space);
	const struct inq_arch *arch = space->machine.arch;
	*ret = (struct inq_system_call) { 0 };
	if (!convention || !inq_register_value(arch, registers, convention->number, &ret->number))
		return false;
	for (size_t i = 0; i < INQ_CALL_ARGUMENTS; i++)
		inq_register_value(arch, registers, convention->arguments[i], &ret->arguments[i]);
	ret->name = name_of(convention->table, ret->number);
	return true;
}

/* True when x86's instruction before `pc` is there, and makes no system call (syscall, int $0x80, sysenter). */
static bool is_behind_none(struct inq_space *space, uint64_t pc)
{
	static const uint8_t made_by[][2] = { { 0x0f, 0x05 }, { 0xcd, 0x80 }, { 0x0f, 0x34 } };
	const uint8_t *code = inq_space_peek(space, pc - 2, 2, NULL);
	bool none = code;
	for (size_t i = 0; none && i < sizeof made_by / sizeof *made_by; i++)
		none = memcmp(code, made_by[i], 2) != 0;
	return none;
}

/* kill, tgkill, rt_sigqueueinfo …; and what lets a signal through that had to wait (rt_sigprocmask, with which older C libraries end
 * raise). After a handler that interrupted a call the number is gone (rt_sigreturn): there the code tells that one was made. */
bool inq_sends_no_signal(struct inq_space *space, const struct inq_registers *registers)
{
	const struct convention *convention = convention_of(space);
	struct inq_system_call call;
	const struct inq_arch *arch = space->machine.arch;
	if (!convention || convention->instruction || !inq_system_call(space, registers, &call))
		return false;
	if (!is_negative(call.number))
		return call.name && !strstr(call.name, "kill") && !strstr(call.name, "sig");
	return registers->valid >> arch->pc & 1 && is_behind_none(space, registers->values[arch->pc]);
}

static bool is_at(struct inq_space *space, uint64_t address, uint32_t instruction)
{
	struct inq_view code;
	return inq_space_view(space, address, sizeof instruction, &code) &&
	       inq_view_get(&code, 0, sizeof instruction) == instruction;
}

bool inq_in_system_call(struct inq_space *space, const struct inq_registers *registers)
{
	const struct convention *convention = convention_of(space);
	const struct inq_arch *arch = space->machine.arch;
	uint64_t number;
	if (!convention || !inq_register_value(arch, registers, convention->number, &number))
		return false;
	if (!convention->instruction)
		return !is_negative(number);
	/* The kernel steps back to the instruction when it will make the call again. */
	uint64_t pc = registers->values[arch->pc];
	return registers->valid >> arch->pc & 1 &&
	       (is_at(space, pc - sizeof convention->instruction, convention->instruction) ||
		is_at(space, pc, convention->instruction));
}
