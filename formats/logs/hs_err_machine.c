/* The machine of an hs_err log, and its registers. */
#include "formats/logs/hs_err.h"

#include "formats/logs/java_machine.h"

void inq_hs_err_machine(struct inq_hs_err *log, struct inq_span line)
{
	static const struct {
		const char *prefix;
		enum inq_os os;
	} systems[] = { { "linux-", INQ_OS_LINUX },
			{ "solaris-", INQ_OS_SOLARIS },
			{ "bsd-", INQ_OS_UNKNOWN }, /* of macOS too */
			{ "windows-", INQ_OS_UNKNOWN } };
	for (size_t i = 0; i < sizeof systems / sizeof *systems; i++) {
		ptrdiff_t at = inq_span_find(line, systems[i].prefix);
		if (at < 0)
			continue;
		inq_build_os(log->listing.builder, systems[i].os);
		struct inq_span name = inq_span_after(line, (size_t)at + strlen(systems[i].prefix));
		if (inq_java_machine(log->listing.builder, name))
			return;
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
