/* Whose core is it? The header does not tell (EI_OSABI is 0 nearly everywhere), the notes do: their owners, the types
 * that only one system uses, and the sizes of the structures that Linux and Solaris both call "CORE" 1 and 3. */
#include "formats/core/core.h"

enum { ELFOSABI_FREEBSD = 9, NT_PRSTATUS = 1, NT_PRPSINFO = 3 };

struct owner_row {
	const char *prefix;
	enum inq_os os;
};

static const struct owner_row owners[] = {
	{ "LINUX", INQ_OS_LINUX },     { "GDB", INQ_OS_LINUX },		 { "VMCOREINFO", INQ_OS_LINUX },
	{ "FreeBSD", INQ_OS_FREEBSD }, { "NetBSD-CORE", INQ_OS_NETBSD }, { "OpenBSD", INQ_OS_OPENBSD },
};

static bool has_prefix(const struct inq_elf_note *note, const char *prefix)
{
	size_t length = strlen(prefix);
	return note->owner_length >= length && memcmp(note->owner, prefix, length) == 0;
}

/* Sizes of prstatus_t and prpsinfo_t: Solaris <sys/old_procfs.h> for i386, amd64, sparc, sparcv9; Linux elfcore.h. */
static enum inq_os by_size(const struct inq_elf_note *note)
{
	uint64_t size = note->desc.size;
	if (note->type == NT_PRSTATUS && (size == 432 || size == 824 || size == 508 || size == 904))
		return INQ_OS_SOLARIS;
	if (note->type == NT_PRPSINFO && (size == 260 || size == 328))
		return INQ_OS_SOLARIS;
	if (note->type == NT_PRPSINFO && (size == 124 || size == 128 || size == 136))
		return INQ_OS_LINUX;
	return INQ_OS_UNKNOWN;
}

static enum inq_os by_type(const struct inq_elf_note *note)
{
	switch (note->type) {
	case 0x46494c45: /* NT_FILE */
	case 0x53494749: /* NT_SIGINFO */
		return INQ_OS_LINUX;
	case 10: /* NT_PSTATUS, NT_PSINFO, NT_UTSNAME … NT_CONTENT of Solaris */
	case 13:
	case 15:
	case 16:
	case 17:
	case 20:
		return INQ_OS_SOLARIS;
	default:
		return by_size(note);
	}
}

static enum inq_os told_by(const struct inq_elf_note *note)
{
	if (has_prefix(note, "CORE") && note->owner_length == 4)
		return by_type(note);
	for (size_t i = 0; i < sizeof owners / sizeof *owners; i++)
		if (has_prefix(note, owners[i].prefix))
			return owners[i].os;
	return INQ_OS_UNKNOWN;
}

/* True when no further note can change the picture. */
static bool look_at(struct inq_core *core, const struct inq_elf_note *note)
{
	enum inq_os os = told_by(note);
	if (core->os == INQ_OS_UNKNOWN)
		core->os = os;
	core->kernel |= has_prefix(note, "VMCOREINFO");
	if (core->os == INQ_OS_SOLARIS) {
		core->new_process |= note->type == 13;
		core->new_threads |= note->type == 16;
		return core->new_process && core->new_threads;
	}
	return core->os != INQ_OS_UNKNOWN;
}

void inq_core_find_system(struct inq_core *core)
{
	struct inq_view notes;
	uint64_t align, zeros;
	bool threads = false;
	if (core->elf.osabi == ELFOSABI_FREEBSD)
		core->os = INQ_OS_FREEBSD;
	for (uint64_t index = 0; inq_core_next_note_segment(core, &index, &notes, &align);) {
		struct inq_elf_note note;
		while (inq_core_next_note(&notes, align, &note, &zeros)) {
			threads |= note.type == NT_PRSTATUS && inq_elf_note_is(&note, "CORE", NT_PRSTATUS);
			if (look_at(core, &note))
				return;
		}
	}
	/* Threads and nothing else: everyone but Linux would have told by now. */
	if (core->os == INQ_OS_UNKNOWN && threads)
		core->os = INQ_OS_LINUX;
}
