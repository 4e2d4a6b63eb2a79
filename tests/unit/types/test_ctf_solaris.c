/* CTF of illumos, out of a real core: prototypes of functions of its C library as POSIX has them. */
#include "tests/support/spaces.h"

#include "lib/space/objects.h"
#include "lib/types/type.h"

#include <inquest/inquest.h>
#include <inquest/space.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char path[4096];

static void check_prototype(struct inq_space *space, struct inq_object *object, const char *name, const char *expected)
{
	uint64_t address;
	struct inq_function function;
	struct inq_type_unit *unit;
	struct inq_str str = { 0 };
	ck_assert_msg(inq_symbol_find(space, object, name, strlen(name), &address), "no symbol %s", name);
	ck_assert_msg(inq_type_of_function(space, address, 0, false, &function, &unit), "no type of %s", name);
	inq_type_declare(&str, inq_type_get(unit, function.returns), NULL);
	for (size_t i = 0; i < function.local_count; i++) {
		inq_str_puts(&str, i ? ", " : " (");
		inq_type_declare(&str, inq_type_get(unit, function.locals[i].type), NULL);
	}
	inq_str_puts(&str, function.variadic ? ", ...)" : function.local_count ? ")" : " (void)");
	ck_assert_str_eq(str.text, expected);
	inq_str_release(&str);
}

START_TEST(prototypes_are_those_of_posix)
{
	struct inq_incident *incident;
	ck_assert_int_eq(inq_incident_create(NULL, &incident), INQ_OK);
	ck_assert_int_eq(inq_incident_add(incident, path), INQ_OK);
	ck_assert_int_eq(inq_incident_analyse(incident, INQ_OBJECTS), INQ_OK);
	struct inq_space *space = inq_incident_space(incident);
	struct inq_object *libc = inq_object_by_name(space, "libc.so.1", 9);
	ck_assert_ptr_nonnull(libc);
	check_prototype(space, libc, "pause", "int (void)");
	check_prototype(space, libc, "malloc", "void * (size_t)");
	check_prototype(space, libc, "getenv", "char * (const char *)");
	check_prototype(space, libc, "qsort", "void (void *, size_t, size_t, int (*)(const void *, const void *))");
	inq_incident_destroy(incident);
}
END_TEST

int main(void)
{
	const char *corpus = getenv("CORPUS");
	snprintf(path, sizeof path, "%s/public/core-solaris/illumos-x86/pause-sigquit.core", corpus ? corpus : "");
	if (access(path, R_OK) != 0) {
		fprintf(stderr, "SKIPPED: no corpus: set CORPUS to its folder\n");
		return 77;
	}
	Suite *suite = suite_create("ctf-solaris");
	TCase *tests = tcase_create("ctf-solaris");
	tcase_add_test(tests, prototypes_are_those_of_posix);
	suite_add_tcase(suite, tests);
	return test_run(suite);
}
