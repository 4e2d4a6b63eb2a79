/* The machine of an hs_err log, and its registers. */
#include "formats/logs/hs_err.h"

void inq_hs_err_machine(struct inq_hs_err *log, struct inq_span line)
{
	static const struct {
		const char *prefix;
		enum inq_os os;
	} systems[] = { { "linux-", INQ_OS_LINUX },
			{ "solaris-", INQ_OS_SOLARIS },
			{ "bsd-", INQ_OS_UNKNOWN }, /* of macOS too */
			{ "windows-", INQ_OS_UNKNOWN } };
	/* HotSpot's names of processors; e_machine of the gABI. */
	static const struct {
		const char *name;
		uint16_t machine;
		uint8_t bits;
		bool big;
	} machines[] = { { "amd64", 62, 64, false },	{ "x86", 3, 32, false },   { "aarch64", 183, 64, false },
			 { "ppc64le", 21, 64, false },	{ "ppc64", 21, 64, true }, { "s390x", 22, 64, true },
			 { "riscv64", 243, 64, false }, { "sparc", 43, 64, true }, { "arm", 40, 32, false } };
	for (size_t i = 0; i < sizeof systems / sizeof *systems; i++) {
		ptrdiff_t at = inq_span_find(line, systems[i].prefix);
		if (at < 0)
			continue;
		inq_build_os(log->listing.builder, systems[i].os);
		struct inq_span name = inq_span_after(line, (size_t)at + strlen(systems[i].prefix));
		for (size_t m = 0; m < sizeof machines / sizeof *machines; m++)
			if (inq_span_starts(name, machines[m].name)) {
				inq_build_machine(log->listing.builder, machines[m].machine, machines[m].bits,
						  machines[m].big);
				return;
			}
	}
}

/* "RAX=0x…, RBX=0x…", "R8 =0x…", "pc =0x… lr =0x…": pairs, with or without commas. */
static bool take_pairs(struct inq_hs_err *log, struct inq_span line)
{
	bool found = false;
	for (ptrdiff_t equal; (equal = inq_span_find(line, "=0x")) > 0;) {
		struct inq_span name = inq_span_trim_end((struct inq_span) { line.text, (size_t)equal });
		for (size_t i = name.length; i > 0; i--)
			if (name.text[i - 1] == ' ' || name.text[i - 1] == ',') {
				name = inq_span_after(name, i);
				break;
			}
		line = inq_span_after(line, (size_t)equal + 1);
		uint64_t value;
		found = true;
		if (!inq_take_hex(&line, &value) || log->register_count == INQ_MAX_REGISTERS)
			continue;
		log->registers[log->register_count++] = (struct inq_hs_err_register) { name, value };
	}
	return found;
}

void inq_hs_err_registers(struct inq_hs_err *log, struct inq_span heading)
{
	(void)heading;
	while (inq_text_next(&log->listing.text) && take_pairs(log, log->listing.text.line))
		;
}

void inq_hs_err_build_registers(struct inq_hs_err *log, struct inq_thread *thread)
{
	const struct inq_arch *arch = log->listing.builder->artefact->machine.arch;
	if (!arch || (!log->register_count && !log->has_pc))
		return;
	static const struct inq_span pc = { "pc", 2 };
	struct inq_builder *builder = log->listing.builder;
	for (size_t i = 0; i < log->register_count; i++)
		inq_set_register(builder, thread, log->registers[i].name, log->registers[i].value);
	if (log->has_pc && arch->pc < arch->register_count && !(thread->valid >> arch->pc & 1))
		inq_set_register(builder, thread, pc, log->pc);
}
