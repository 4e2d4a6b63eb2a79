/* Mapped files: the segments of programs and libraries by their permissions, jars, and other files. */
#include "lib/classify/rule.h"

#include "lib/space/image.h"

#include <string.h>

static const uint64_t PAGE = 4096;

static bool ends_in(const char *name, const char *const *endings)
{
	size_t length = strlen(name);
	for (; *endings; endings++) {
		size_t end = strlen(*endings);
		if (length > end && strcmp(name + length - end, *endings) == 0)
			return true;
	}
	return false;
}

static bool is_code(const struct inq_object *object)
{
	return object->kind == INQ_OBJECT_EXE || object->kind == INQ_OBJECT_LIBRARY ||
	       object->kind == INQ_OBJECT_INTERPRETER || object->kind == INQ_OBJECT_VDSO;
}

/* The flags of the PT_LOAD that the mapping lies in, by the object's own header. */
static bool header_flags(struct inq_space *space, const struct inq_object *object, const struct inq_mapping *mapping,
			 uint32_t *ret)
{
	struct inq_image image;
	struct inq_elf_segment segment;
	if (!inq_image_open(space, &space->mappings.items[object->first_mapping], &image))
		return false;
	uint64_t address = mapping->start - image.bias, end;
	for (uint64_t i = 0; inq_elf_next_segment(&image.elf, INQ_PT_LOAD, &i, &segment);) {
		bool whole = inq_add(segment.vaddr, segment.memsz, &end) && inq_align_up(end, PAGE, &end);
		if (!whole || address < (segment.vaddr & ~(PAGE - 1)) || address >= end)
			continue;
		*ret = segment.flags;
		return true;
	}
	return false;
}

/* gdb's gcore leaves out of its segments what it did not dump, and mdb prints no permissions. */
static void claim_untold(struct inq_space *space, struct inq_claims *claims, size_t index,
			 const struct inq_object *object)
{
	uint32_t flags;
	if (header_flags(space, object, &space->mappings.items[index], &flags)) {
		enum inq_class class_ = flags & INQ_PF_W   ? INQ_CLASS_DATA
					: flags & INQ_PF_X ? INQ_CLASS_TEXT
							   : INQ_CLASS_RODATA;
		inq_claim(claims, index, class_, NULL, INQ_LIKELY,
			  "its segment's flags in the object's program header");
	} else if (object->first_mapping == index) {
		inq_claim(claims, index, INQ_CLASS_TEXT, NULL, INQ_LIKELY,
			  "the first row of a program or library is its text");
	} else {
		inq_claim(claims, index, INQ_CLASS_DATA, NULL, INQ_LIKELY,
			  "a later row of a program or library is its data");
	}
}

/* What goes on in the file where the row below ends is of the same segment, or rodata behind text; a writable
 * segment begins with the page that it shares. */
static bool begins_anew(const struct inq_mapping *mapping)
{
	const struct inq_mapping *below = mapping - 1;
	uint64_t goes_on;
	return below->file_offset != INQ_UNKNOWN && mapping->file_offset != INQ_UNKNOWN &&
	       inq_add(below->file_offset, below->end - below->start, &goes_on) && mapping->file_offset != goes_on;
}

static bool is_read_only_of(const struct inq_mapping *mapping, const struct inq_file *file)
{
	return mapping->file == file && (mapping->permissions & INQ_PERM_READ) &&
	       !(mapping->permissions & (INQ_PERM_WRITE | INQ_PERM_EXECUTE));
}

/* A listing without offsets: rodata stands either behind text (GNU ld: the rows are headers, text, rodata, relro,
 * data), or before it, with the headers (lld) or in one segment with text, and then what is behind text is RELRO. Of
 * the kinds with one read-only row behind text, those with rodata there have little before text: headers alone. */
static bool has_rodata_before(const struct inq_space *space, const struct inq_mapping *mapping)
{
	const struct inq_mapping *text = mapping - 1, *first = mapping - 2;
	bool below = text > space->mappings.items && first->end == text->start && first->file == text->file;
	if (mapping->file_offset != INQ_UNKNOWN)
		return false;
	return !below ||
	       (is_read_only_of(first, text->file) && first->end - first->start > mapping->end - mapping->start);
}

/* Read-only pages that belong to a writable segment: the link editor's RELRO, made read-only after relocation. */
static bool is_relro(struct inq_space *space, const struct inq_object *object, const struct inq_mapping *mapping,
		     enum inq_confidence *sure)
{
	uint32_t flags;
	*sure = INQ_CERTAIN;
	if (header_flags(space, object, mapping, &flags))
		return flags & INQ_PF_W;
	const struct inq_mapping *next = mapping + 1, *last = space->mappings.items + space->mappings.count;
	bool between = mapping > space->mappings.items && next < last && next->file == mapping->file &&
		       next->start == mapping->end && next->permissions & INQ_PERM_WRITE &&
		       mapping[-1].file == mapping->file;
	*sure = between ? INQ_LIKELY : INQ_CERTAIN; /* of what it is, this or rodata */
	return between && (!(mapping[-1].permissions & INQ_PERM_EXECUTE) || begins_anew(mapping) ||
			   has_rodata_before(space, mapping));
}

/* Pages of a writable segment that the program made read-only afterwards: data stands before them, and goes on in
 * the file. */
static bool is_closed_data(const struct inq_space *space, const struct inq_mapping *mapping)
{
	const struct inq_mapping *below = mapping - 1;
	return mapping > space->mappings.items && below->file == mapping->file && below->end == mapping->start &&
	       (below->permissions & INQ_PERM_WRITE) && !begins_anew(mapping);
}

static void claim_read_only(struct inq_space *space, struct inq_claims *claims, size_t index,
			    const struct inq_object *object)
{
	enum inq_confidence sure;
	if (is_relro(space, object, &space->mappings.items[index], &sure))
		inq_claim(claims, index, INQ_CLASS_DATA, "relro", sure,
			  sure == INQ_CERTAIN ? "read-only pages of a writable segment (RELRO)"
					      : "read-only pages directly before an object's writable data");
	else if (is_closed_data(space, &space->mappings.items[index]))
		inq_claim(claims, index, INQ_CLASS_DATA, NULL, INQ_LIKELY,
			  "read-only pages that go on where an object's writable data ends");
	else
		inq_claim(claims, index, INQ_CLASS_RODATA, NULL, sure, "read-only pages of a program or library");
}

/* A segment of an ELF object. */
static void claim_segment(struct inq_space *space, struct inq_claims *claims, size_t index,
			  const struct inq_object *object)
{
	unsigned permissions = space->mappings.items[index].permissions;
	if (!(permissions & INQ_PERM_KNOWN)) {
		claim_untold(space, claims, index, object);
	} else if (permissions & INQ_PERM_WRITE) {
		/* Old link editors for 32-bit x86 make data executable as well. */
		bool code = permissions & INQ_PERM_EXECUTE;
		inq_claim(claims, index, INQ_CLASS_DATA, NULL, code ? INQ_LIKELY : INQ_CERTAIN,
			  code ? "writable pages of a program or library, though executable too"
			       : "writable pages of a program or library");
	} else if (permissions & INQ_PERM_EXECUTE) {
		inq_claim(claims, index, INQ_CLASS_TEXT, NULL, INQ_CERTAIN, "executable pages of a program or library");
	} else if (permissions & INQ_PERM_READ) {
		claim_read_only(space, claims, index, object);
	}
}

/* What other files are for, by the end of their path or a folder in it. */
static const char *kind_of_file(const char *path)
{
	static const struct kind {
		const char *piece;
		bool ending;
		const char *name;
	} kinds[] = {
		{ ".ttf", true, "font" },
		{ ".ttc", true, "font" },
		{ ".otf", true, "font" },
		{ ".pfb", true, "font" },
		{ ".pcf", true, "font" },
		{ ".pcf.gz", true, "font" },
		{ "/fontconfig/", false, "font" },
		{ "/locale-archive", true, "locale" },
		{ "/lib/locale/", false, "locale" },
		{ "/share/locale/", false, "locale" },
		{ "/gconv-modules.cache", true, "locale" },
		{ "/icon-theme.cache", true, "icons" },
		{ "/mime.cache", true, "cache" },
		{ "/lib/modules", true, "java-modules" },
	};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const char *const ending[] = { kinds[i].piece, NULL };
		if (kinds[i].ending ? ends_in(path, ending) : strstr(path, kinds[i].piece) != NULL)
			return kinds[i].name;
	}
	return NULL;
}

static void run(struct inq_space *space, struct inq_claims *claims)
{
	static const char *const jars[] = { ".jar", ".zip", ".war", ".ear", ".jmod", ".apk", NULL };
	static const char *const archives[] = { ".jsa", NULL };
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		if (!mapping->file || mapping->object >= space->objects.count)
			continue;
		const struct inq_object *object = &space->objects.items[mapping->object];
		if (is_code(object))
			claim_segment(space, claims, i, object);
		else if (object->kind == INQ_OBJECT_JAR)
			inq_claim(claims, i, INQ_CLASS_JAR, NULL, INQ_CERTAIN, "a mapped archive of Java classes");
		else if (ends_in(mapping->file->path, jars))
			inq_claim(claims, i, INQ_CLASS_JAR, NULL, INQ_LIKELY, "its file is named like a Java archive");
		else if (ends_in(mapping->file->path, archives))
			inq_claim(claims, i, INQ_CLASS_JVM_CDS, NULL, INQ_LIKELY,
				  "its file is named like an archive of class data");
		else
			inq_claim(claims, i, INQ_CLASS_FILE, kind_of_file(mapping->file->path), INQ_CERTAIN,
				  "mapped from a file that is no program or library");
	}
}

const struct inq_rule inq_rule_mapped_file = { "mapped-file", run };
