/* Mapped files: the segments of programs and libraries by their permissions, jars, and other files. */
#include "lib/classify/rule.h"

#include <string.h>

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

/* A segment of an ELF object. Maps without permissions (mdb) list the text first, then the data. */
static void claim_segment(struct inq_claims *claims, size_t index, const struct inq_mapping *mapping, bool first)
{
	unsigned permissions = mapping->permissions;
	if (!(permissions & INQ_PERM_KNOWN)) {
		if (first)
			inq_claim(claims, index, INQ_CLASS_TEXT, NULL, INQ_LIKELY,
				  "the first row of a program or library is its text");
		else
			inq_claim(claims, index, INQ_CLASS_DATA, NULL, INQ_LIKELY,
				  "a later row of a program or library is its data");
	} else if (permissions & INQ_PERM_WRITE) {
		/* Old link editors for 32-bit x86 make data executable as well. */
		bool code = permissions & INQ_PERM_EXECUTE;
		inq_claim(claims, index, INQ_CLASS_DATA, NULL, code ? INQ_LIKELY : INQ_CERTAIN,
			  code ? "writable pages of a program or library, though executable too"
			       : "writable pages of a program or library");
	} else if (permissions & INQ_PERM_EXECUTE) {
		inq_claim(claims, index, INQ_CLASS_TEXT, NULL, INQ_CERTAIN, "executable pages of a program or library");
	} else if (permissions & INQ_PERM_READ) {
		inq_claim(claims, index, INQ_CLASS_RODATA, NULL, INQ_CERTAIN,
			  "read-only pages of a program or library");
	}
}

static void run(struct inq_space *space, struct inq_claims *claims)
{
	static const char *const jars[] = { ".jar", ".zip", ".war", ".ear", ".jmod", ".apk", NULL };
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		if (!mapping->file || mapping->object >= space->objects.count)
			continue;
		const struct inq_object *object = &space->objects.items[mapping->object];
		if (is_code(object))
			claim_segment(claims, i, mapping, object->first_mapping == i);
		else if (object->kind == INQ_OBJECT_JAR)
			inq_claim(claims, i, INQ_CLASS_JAR, NULL, INQ_CERTAIN, "a mapped archive of Java classes");
		else if (ends_in(mapping->file->path, jars))
			inq_claim(claims, i, INQ_CLASS_JAR, NULL, INQ_LIKELY, "its file is named like a Java archive");
		else
			inq_claim(claims, i, INQ_CLASS_FILE, NULL, INQ_CERTAIN,
				  "mapped from a file that is no program or library");
	}
}

const struct inq_rule inq_rule_mapped_file = { "mapped-file", run };
