/* Spaces made by hand. */
#include "tests/support/spaces.h"

#include <string.h>

void test_space_begin(struct test_space *test, const char *path, const uint8_t *data, size_t size)
{
	memset(test, 0, sizeof *test);
	test->ctx.arena = inq_arena_create();
	test->source = (struct inq_source) { .path = path, .data = data, .size = size };
	ck_assert_int_eq(inq_build_create(&test->ctx, &test->source, "test", &test->builder), INQ_OK);
	test->builder.artefact->holds_memory = data != NULL;
	inq_build_at(&test->builder, INQ_PLACE_LINE, 0);
}

void test_space_row(struct test_space *test, uint64_t start, uint64_t end, const char *permissions, const char *name)
{
	struct inq_mapping mapping = inq_mapping_unknown();
	mapping.start = start;
	mapping.end = end;
	if (permissions) {
		mapping.permissions = INQ_PERM_KNOWN;
		mapping.permissions |= permissions[0] == 'r' ? INQ_PERM_READ : 0;
		mapping.permissions |= permissions[1] == 'w' ? INQ_PERM_WRITE : 0;
		mapping.permissions |= permissions[2] == 'x' ? INQ_PERM_EXECUTE : 0;
		mapping.permissions |= permissions[3] == 's' ? INQ_PERM_SHARED : 0;
	}
	mapping.name = name;
	if (name && name[0] == '/')
		mapping.file =
			inq_build_file(&test->builder, name, strlen(name), INQ_UNKNOWN, INQ_UNKNOWN, INQ_UNKNOWN);
	inq_build_at(&test->builder, INQ_PLACE_LINE, test->builder.place.at + 1);
	ck_assert_int_eq(inq_build_mapping(&test->builder, &mapping), INQ_OK);
}

struct inq_space *test_space_seal(struct test_space *test)
{
	return inq_build_seal(&test->builder);
}

void test_space_end(struct test_space *test)
{
	inq_string_vec_release(&test->ctx.warnings);
	inq_arena_destroy(test->ctx.arena);
}

int test_run(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
