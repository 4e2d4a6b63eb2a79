/* What the files of the ELF core reader share.
 *
 *   elf_core.c    the story: header, notes, segments, the sentence about it
 *   system.c      whose core is it: told by the notes
 *   notes.c       the walk along the notes, the table (notes.def)
 *   layouts.c     where each system keeps what: offsets as data
 *   state.c       threads and process facts out of a note by such a layout
 *   linux.c freebsd.c solaris.c bsd.c   what is peculiar to one system
 *   segments.c    segments and the names of ranges become mappings
 *   keep.c        what to keep of a core that is larger than the memory it may take
 *
 * A note is read by one function, found by system, owner and type. It may be short, cut or hostile: what is there is
 * taken, and the rest is told. */
#ifndef INQ_FORMATS_CORE_CORE_H
#define INQ_FORMATS_CORE_CORE_H

#include "formats/core/layouts.h"
#include "lib/elf/elf.h"
#include "lib/space/build.h"

/* What a note tells of a range of addresses: the mapped file, mostly. */
struct inq_core_range {
	uint64_t start, end;
	uint64_t file_offset;
	const char *path; /* in the artefact, not NUL-terminated; NULL for none */
	size_t path_length;
	const char *vm_flags;
	uint64_t resident; /* bytes; INQ_UNKNOWN */
	uint64_t place;
	uint8_t permissions; /* 0: not told */
};

INQ_VEC(inq_core_range_vec, struct inq_core_range)

struct inq_core_note_row;

struct inq_core {
	struct inq_ctx *ctx;
	struct inq_builder *builder;
	struct inq_elf elf;
	enum inq_os os;
	bool kernel;		       /* the memory of a kernel (kdump), not of a process */
	bool new_process, new_threads; /* Solaris: the /proc style notes are there, the old ones are not needed */
	bool partial;

	const struct inq_core_note_row *row; /* of the note being read */
	uint64_t lwp;			     /* the N of an owner "NetBSD-CORE@N" */
	struct inq_thread *thread;	     /* whom the notes that follow speak of; NULL before the first */
	bool died;			     /* a signal ended the process: not a snapshot of a living one */
	uint64_t crashed_tid;		     /* INQ_UNKNOWN or not there: the first thread */
	struct inq_signal signal;	     /* told once for the process: number 0 for none */

	const struct inq_core_layout *layout; /* whose `slots` are these */
	struct inq_register_slots slots;
	const char *last_owner; /* in the arena */

	struct inq_core_range_vec names;
	uint64_t vdso, entry; /* from the auxiliary vector; 0 unknown */
	uint64_t promised;    /* where the file would end if it were whole */
	size_t segments;      /* PT_LOADs */
};

typedef enum inq_status inq_core_note_reader(struct inq_core *core, const struct inq_elf_note *note);

struct inq_core_note_row {
	enum inq_os os;
	const char *owner; /* with '@' at its end: followed by the number of a thread */
	uint32_t type;
	const char *name;
	inq_core_note_reader *read;
};

/* Every reader of the table; inq_core_note_listed stands where a note is only named. */
#define INQ_CORE_NOTE(os, owner, type, name, reader) inq_core_note_reader reader;
#include "formats/core/notes.def"
#undef INQ_CORE_NOTE

/* elf_core.c: the ELF header, and how many segments there are. */
enum inq_status inq_core_open(struct inq_core *core, const struct inq_source *source);

/* system.c: looks at the notes until one of them tells. Fills os, kernel, new_process, new_threads. */
void inq_core_find_system(struct inq_core *core);

/* notes.c */
enum inq_status inq_core_read_notes(struct inq_core *core);
/* The PT_NOTE segments one by one: *index begins with 0. False after the last. */
bool inq_core_next_note_segment(struct inq_core *core, uint64_t *index, struct inq_view *notes, uint64_t *align);
/* The next note, past zero bytes that some kernels leave between them. *skipped: how many bytes that were. */
bool inq_core_next_note(struct inq_view *notes, uint64_t align, struct inq_elf_note *note, uint64_t *skipped);
/* Warns when a note is shorter than it should be. INQ_OK or INQ_PARTIAL. */
enum inq_status inq_core_expect(struct inq_core *core, const struct inq_elf_note *note, uint64_t size);

/* state.c */
/* The thread that the notes speak of: the current one if it has this tid and no registers yet, else a new one. NULL
 * when memory is out. */
struct inq_thread *inq_core_thread(struct inq_core *core, uint64_t tid);
enum inq_status inq_core_read_registers(struct inq_core *core, struct inq_thread *thread,
					const struct inq_core_layout *layout, const struct inq_view *desc);
/* Sets one register of the current thread by its name, where the processor has it. */
enum inq_status inq_core_set_register(struct inq_core *core, const char *name, uint64_t value);
/* An auxiliary vector; type_size: bytes of a_type. */
enum inq_status inq_core_read_aux(struct inq_core *core, const struct inq_view *vector, unsigned type_size);
/* A field of `size` characters, NUL-terminated or not. NULL when it is empty or outside. */
const char *inq_core_string(struct inq_core *core, const struct inq_view *desc, uint64_t offset, uint64_t size);
/* Once all notes are read: marks the thread that died, names the main one. */
void inq_core_settle_threads(struct inq_core *core);

/* Number, code, and fault address or sender out of a siginfo_t; nothing when it holds no signal. */
void inq_core_read_siginfo(struct inq_core *core, const struct inq_view *info, struct inq_signal *signal);

/* segments.c: writes the mappings. Fills promised and segments. */
enum inq_status inq_core_map(struct inq_core *core);

#endif
