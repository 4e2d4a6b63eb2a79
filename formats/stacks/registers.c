/* Registers as texts call them. */
#include "formats/stacks/stack_text.h"

#include <ctype.h>

/* Other names that the procedure call standard of 32-bit ARM gives registers. */
static uint8_t arm_index(const struct inq_arch *arch, const char *name)
{
	static const char *const names[][2] = { { "sl", "r10" }, { "fp", "r11" }, { "ip", "r12" } };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(name, names[i][0]) == 0)
			return inq_arch_register_index(arch, names[i][1]);
	return INQ_NO_REGISTER;
}

static uint8_t register_index(const struct inq_arch *arch, struct inq_span name)
{
	char word[16];
	if (name.length >= sizeof word)
		return INQ_NO_REGISTER;
	for (size_t i = 0; i < name.length; i++)
		word[i] = (char)tolower((unsigned char)name.text[i]);
	word[name.length] = '\0';
	uint8_t index = inq_arch_register_index(arch, word);
	if (index != INQ_NO_REGISTER)
		return index;
	if (strcmp(word, "pc") == 0)
		return arch->pc;
	if (strcmp(word, "sp") == 0)
		return arch->sp;
	if (strcmp(word, "lr") == 0)
		return arch->lr;
	if (strcmp(arch->name, "arm") == 0)
		return arm_index(arch, word);
	if (word[0] == 'r' && strcmp(arch->name, "aarch64") == 0) {
		word[0] = 'x';
		return inq_arch_register_index(arch, word);
	}
	return INQ_NO_REGISTER;
}

void inq_set_register(struct inq_builder *builder, struct inq_thread *thread, struct inq_span name, uint64_t value)
{
	const struct inq_arch *arch = builder->artefact->machine.arch;
	uint8_t index = arch ? register_index(arch, name) : INQ_NO_REGISTER;
	if (!arch || index >= arch->register_count || (!thread->registers && !inq_build_registers(builder, thread)))
		return;
	thread->registers[index] = value;
	thread->valid |= (uint64_t)1 << index;
}
