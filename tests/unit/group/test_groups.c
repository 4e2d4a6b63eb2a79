/* Groups of signatures made by hand and at random: the order in which crashes come changes nothing, one by one is as all at
 * once, no two members are further apart than allowed, crashes of one build meet without symbols, and no set is too large
 * or too odd. */
#include "lib/group/collection.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_FRAMES = 12 };

struct made {
	char path[32], hash[64], names[MOST_FRAMES][32], places[MOST_FRAMES][64];
	const char *frame_list[MOST_FRAMES], *place_list[MOST_FRAMES];
	struct inq_signature signature;
	struct inq_group_member member;
};

/* "f g h" are the frames, in the object "app"; "@10" is a frame without a name, at that place of build b. */
static void make(struct made *ret, unsigned number, const char *kind, const char *frames)
{
	char copy[512], *save = NULL;
	memset(ret, 0, sizeof *ret);
	snprintf(copy, sizeof copy, "%s", frames);
	snprintf(ret->path, sizeof ret->path, "core.%06u", number);
	uint64_t hash = 14695981039346656037ULL;
	for (const char *c = kind; *c; c++)
		hash = (hash ^ (uint8_t)*c) * 1099511628211ULL;
	for (const char *c = frames; *c; c++)
		hash = (hash ^ (uint8_t)*c) * 1099511628211ULL;
	snprintf(ret->hash, sizeof ret->hash, "1-%032llx", (unsigned long long)hash);
	ret->signature = (struct inq_signature) { .hash = ret->hash,
						  .text = kind,
						  .kind = kind,
						  .bucket = strstr(kind, "overflow") ? "stack-overflow" : "stack",
						  .inlines_known = true,
						  .severity = INQ_SEVERITY_MEDIUM };
	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		size_t i = ret->signature.frame_count++;
		char *at = strchr(word, '@');
		ck_assert_uint_lt(i, MOST_FRAMES);
		if (at)
			snprintf(ret->places[i], sizeof ret->places[i], "app@b+0x%s", at + 1);
		if (at)
			*at = '\0';
		snprintf(ret->names[i], sizeof ret->names[i], "%s%.24s", *word ? "app!" : "",
			 *word ? word : ret->places[i]);
		if (!*word)
			ret->signature.inlines_known = false;
		ret->frame_list[i] = ret->names[i];
		ret->place_list[i] = ret->places[i];
	}
	ret->signature.frames = ret->frame_list;
	ret->signature.places = ret->place_list;
	ret->member = (struct inq_group_member) { .path = ret->path,
						  .program = "/opt/app",
						  .host = "one",
						  .seen = 1000 + number,
						  .signature = &ret->signature };
}

static struct inq_groups *collect(const struct made *all, size_t count)
{
	struct inq_groups *groups = inq_groups_create();
	ck_assert_ptr_nonnull(groups);
	for (size_t i = 0; i < count; i++)
		ck_assert_int_eq(inq_groups_add(groups, &all[i].member), INQ_OK);
	return groups;
}

/* One line for each group: its members. The result is the caller's. */
static char *print(struct inq_groups *groups)
{
	const struct inq_triage_group *made;
	size_t count, size, members = 0;
	char *text;
	ck_assert_int_eq(inq_groups_make(groups, &made, &count), INQ_OK);
	FILE *file = open_memstream(&text, &size);
	for (size_t i = 0; i < count; i++) {
		ck_assert_uint_eq(made[i].number, i + 1);
		fprintf(file, "%s %d %s:", made[i].representative, (int)made[i].severity, made[i].signature->text);
		for (size_t k = 0; k < made[i].explanation_count; k++)
			fprintf(file, " [%s]", made[i].explanation[k]);
		for (size_t k = 0; k < made[i].size; k++)
			fprintf(file, " %s", made[i].members[k]);
		fprintf(file, "\n");
		members += made[i].size;
	}
	fclose(file);
	ck_assert_uint_eq(members, groups->rows.count);
	return text;
}

static size_t count_groups(const char *const *rows, size_t count)
{
	struct made all[8];
	const struct inq_triage_group *made;
	size_t got;
	for (size_t i = 0; i < count; i++)
		make(&all[i], (unsigned)i, rows[2 * i], rows[2 * i + 1]);
	struct inq_groups *groups = collect(all, count);
	ck_assert_int_eq(inq_groups_make(groups, &made, &got), INQ_OK);
	inq_groups_destroy(groups);
	return got;
}

#define GROUPS(...)                                                                                                    \
	count_groups((const char *const[]) { __VA_ARGS__ },                                                            \
		     sizeof((const char *const[]) { __VA_ARGS__ }) / (2 * sizeof(char *)))

START_TEST(test_pairs)
{
	const char *kind = "SIGSEGV wild-read";
	ck_assert_uint_eq(GROUPS(kind, "f g h", kind, "f g h"), 1);
	ck_assert_uint_eq(GROUPS(kind, "f g h", kind, "f h"), 1);	    /* a tail call */
	ck_assert_uint_eq(GROUPS(kind, "f g h i j", kind, "f g h x j"), 1); /* another way there */
	ck_assert_uint_eq(GROUPS(kind, "f g h", kind, "f x h"), 2);	    /* another caller */
	ck_assert_uint_eq(GROUPS(kind, "f g h i", kind, "f g x i"), 2);	    /* another caller's caller */
	ck_assert_uint_eq(GROUPS(kind, "n::f g", kind, "f g"), 1); /* as the linker has it, and debug information */
	ck_assert_uint_eq(GROUPS(kind, "n::f g", kind, "m::f g"), 2);
	ck_assert_uint_eq(GROUPS(kind, "f g h", kind, "x g h"), 2); /* another function */
	ck_assert_uint_eq(GROUPS(kind, "f g h", kind, "g h"), 2);   /* it is in g itself */
	ck_assert_uint_eq(GROUPS(kind, "f g h", "SIGSEGV null-read", "f g h"), 1);
	ck_assert_uint_eq(GROUPS(kind, "f g h", "SIGBUS wild-write", "f g h"), 1);
	ck_assert_uint_eq(GROUPS(kind, "f g h", "SIGFPE division", "f g h"), 2);
	ck_assert_uint_eq(GROUPS(kind, "f g h", "SIGABRT heap-corruption", "f g h"), 1);
	ck_assert_uint_eq(GROUPS("SIGABRT assertion x > 0", "f g", "SIGABRT assertion y > 0", "f g"), 2);
	ck_assert_uint_eq(GROUPS("SIGABRT assertion x > 0", "f g", "SIGABRT assertion", "f g"), 1);
	ck_assert_uint_eq(GROUPS("SIGABRT assertion", "f g", "SIGABRT abort", "f g"), 1);
	ck_assert_uint_eq(GROUPS("SIGSEGV stack-overflow", "a b c", "SIGSEGV stack-overflow", "a c"), 1);
	ck_assert_uint_eq(GROUPS("SIGSEGV stack-overflow", "a b", "SIGSEGV stack-overflow", "x y"), 2);
}
END_TEST

/* A stripped crash of the build whose symbols another one had: "f@10 g@20" tells what "@10 @20" is. */
START_TEST(test_places)
{
	const char *kind = "SIGSEGV wild-read";
	ck_assert_uint_eq(GROUPS(kind, "f@10 g@20", kind, "@10 @20"), 1);
	ck_assert_uint_eq(GROUPS(kind, "i@10 f@10 g@20", kind, "@10 @20"), 1); /* i was inlined */
	ck_assert_uint_eq(GROUPS(kind, "f@10 g@20", kind, "@14 @20"), 2);
	ck_assert_uint_eq(GROUPS(kind, "f@10 g@20", kind, "@10 @20", kind, "f@18 g@28", kind, "@18 @28"), 1);
}
END_TEST

/* Complete linkage: a chain of near neighbours does not hold distant ends together. */
START_TEST(test_chain)
{
	const char *kind = "SIGSEGV wild-read";
	ck_assert_uint_eq(GROUPS(kind, "f g", kind, "f", kind, "f x"), 2);
}
END_TEST

START_TEST(test_failures)
{
	struct inq_groups *groups = inq_groups_create();
	const struct inq_triage_group *made;
	size_t count;
	const char *reasons[] = { "killed after 60 s", "no core: 123 bytes", "killed after 61 s", NULL };
	for (unsigned i = 0; i < 4; i++) {
		char path[8];
		snprintf(path, sizeof path, "p%u", i);
		struct inq_group_member member = {
			.path = path, .seen = INQ_UNKNOWN, .reason = reasons[i], .status = INQ_TRIAGE_FAILED
		};
		ck_assert_int_eq(inq_groups_add(groups, &member), INQ_OK);
	}
	ck_assert_int_eq(inq_groups_make(groups, &made, &count), INQ_OK);
	ck_assert_uint_eq(count, 3);
	ck_assert_uint_eq(made[0].size, 2);
	ck_assert_ptr_null(made[0].signature->hash);
	ck_assert_uint_eq(made[0].first_seen, INQ_UNKNOWN);
	inq_groups_destroy(groups);
	groups = inq_groups_create();
	ck_assert_int_eq(inq_groups_make(groups, &made, &count), INQ_OK);
	ck_assert_uint_eq(count, 0);
	inq_groups_destroy(groups);
}
END_TEST

/* Severity before number, number before age. */
START_TEST(test_rank)
{
	struct made all[5];
	const struct inq_triage_group *made;
	size_t count;
	make(&all[0], 0, "SIGSEGV null-read", "a a1");
	make(&all[1], 1, "SIGSEGV null-read", "b b1");
	make(&all[2], 2, "SIGSEGV null-read", "b b1");
	make(&all[3], 3, "SIGSEGV wild-write", "c c1");
	make(&all[4], 4, "SIGSEGV null-read", "d d1");
	all[3].signature.severity = INQ_SEVERITY_CRITICAL;
	all[2].member.host = "two";
	struct inq_groups *groups = collect(all, 5);
	ck_assert_int_eq(inq_groups_make(groups, &made, &count), INQ_OK);
	ck_assert_uint_eq(count, 4);
	ck_assert_str_eq(made[0].representative, "core.000003");
	ck_assert_uint_eq(made[1].size, 2);
	ck_assert_uint_eq(made[1].hosts, 2);
	ck_assert_uint_eq(made[1].programs, 1);
	ck_assert_uint_eq(made[1].versions, 0);
	ck_assert_uint_eq(made[1].first_seen, 1001);
	ck_assert_uint_eq(made[1].last_seen, 1002);
	ck_assert_str_eq(made[2].representative, "core.000004");
	ck_assert_str_eq(made[3].representative, "core.000000");
	inq_groups_destroy(groups);
}
END_TEST

/* Bugs of four frames, of which some are lost, exchanged or have no name. */
static void make_random(struct made *all, size_t count, unsigned bugs)
{
	static const char *const kinds[] = { "SIGSEGV null-read", "SIGSEGV wild-read", "SIGABRT assertion a",
					     "SIGSEGV stack-overflow" };
	for (size_t i = 0; i < count; i++) {
		unsigned bug = (unsigned)rand() % bugs;
		char frames[256] = "";
		for (unsigned frame = 0; frame < 5; frame++) {
			unsigned what = (unsigned)rand() % 12;
			unsigned name = what == 1 ? (unsigned)rand() % 50 : bug / (frame > 2 ? 4 : 1);
			if (what == 0)
				continue;
			size_t length = strlen(frames);
			if (what == 2)
				snprintf(frames + length, sizeof frames - length, "@%u%03x ", frame + 1, bug);
			else
				snprintf(frames + length, sizeof frames - length, "f%u_%u@%u%03x ", frame, name,
					 frame + 1, bug);
		}
		make(&all[i], (unsigned)i, kinds[(bug + (unsigned)rand() % 2) % 4], *frames ? frames : "f");
	}
}

static void shuffle(size_t count, size_t *order)
{
	for (size_t i = 0; i < count; i++)
		order[i] = i;
	for (size_t i = count; i-- > 1;) {
		size_t k = (size_t)rand() % (i + 1), swap = order[i];
		order[i] = order[k];
		order[k] = swap;
	}
}

/* The same text of groups, explanations and ranks for any order, and when groups are made now and then meanwhile. */
START_TEST(test_order)
{
	enum { COUNT = 300 };
	struct made *all = calloc(COUNT, sizeof *all);
	size_t order[COUNT];
	srand((unsigned)_i);
	make_random(all, COUNT, 40);
	struct inq_groups *groups = collect(all, COUNT);
	char *first = print(groups);
	inq_groups_destroy(groups);
	for (unsigned round = 0; round < 3; round++) {
		shuffle(COUNT, order);
		groups = inq_groups_create();
		for (size_t i = 0; i < COUNT; i++) {
			ck_assert_int_eq(inq_groups_add(groups, &all[order[i]].member), INQ_OK);
			if (i % 97 == 0)
				free(print(groups));
		}
		char *other = print(groups);
		ck_assert_str_eq(first, other);
		free(other);
		inq_groups_destroy(groups);
	}
	free(first);
	free(all);
}
END_TEST

/* Distances do not depend on who is asked, and no cluster holds two that are too far apart. */
START_TEST(test_linkage)
{
	enum { COUNT = 400 };
	struct made *all = calloc(COUNT, sizeof *all);
	size_t cluster[COUNT], count;
	struct inq_stem *stems;
	srand((unsigned)_i + 100);
	make_random(all, COUNT, 30);
	struct inq_groups *groups = collect(all, COUNT);
	ck_assert_int_eq(inq_stems_make(groups->arena, groups->entries.items, groups->entries.count, &stems, &count),
			 INQ_OK);
	ck_assert_int_eq(inq_stems_cluster(stems, count, cluster), INQ_OK);
	for (size_t a = 0; a < count; a++)
		for (size_t b = a + 1; b < count; b++) {
			double distance = inq_stem_distance(&stems[a], &stems[b]).distance;
			ck_assert_double_eq(distance, inq_stem_distance(&stems[b], &stems[a]).distance);
			if (cluster[a] == cluster[b])
				ck_assert_double_le(distance, INQ_GROUP_THRESHOLD);
		}
	inq_groups_destroy(groups);
	free(all);
}
END_TEST

/* Many signatures that are all alike, that are all different, and that share their innermost frame. */
START_TEST(test_many)
{
	enum { COUNT = 10000 };
	/* Frames before and behind the one that is another each time, and the groups. */
	static const struct {
		const char *before, *behind;
		size_t groups;
	} forms[] = { { "f g h", "i", 1 }, { "", "g h i", COUNT }, { "f", "h i", COUNT }, { "f g h i j", "", 1 } };
	struct inq_groups *groups = inq_groups_create();
	struct made one;
	const struct inq_triage_group *made;
	size_t count;
	unsigned most = forms[_i].groups == 1 ? COUNT / 8 : COUNT; /* sanitizers are slow */
	clock_t begun = clock();
	for (unsigned i = 0; i < most; i++) {
		char frames[64];
		snprintf(frames, sizeof frames, "%s x%u %s", forms[_i].before, i, forms[_i].behind);
		make(&one, i, "SIGSEGV wild-read", frames);
		ck_assert_int_eq(inq_groups_add(groups, &one.member), INQ_OK);
	}
	ck_assert_uint_eq(inq_groups_hashes(groups), most);
	ck_assert_int_eq(inq_groups_make(groups, &made, &count), INQ_OK);
	ck_assert_uint_eq(count, forms[_i].groups);
	ck_assert_double_lt((double)(clock() - begun) / CLOCKS_PER_SEC, 10);
	inq_groups_destroy(groups);
}
END_TEST

/* Lines that a stranger wrote: no frames, no places, no kind, the same hash for other frames, long names. */
START_TEST(test_hostile)
{
	static char name[20000];
	const char *const frames[] = { name, "", "!", "x!" }, *const places[] = { NULL, "", "a@b+0x1", name };
	struct inq_signature signatures[] = {
		{ .hash = "1-0" },
		{ .hash = "1-1", .text = "", .kind = "", .bucket = "" },
		{ .hash = "1-2", .text = "x", .kind = "null-", .bucket = "?", .frames = frames, .frame_count = 4 },
		{ .hash = "1-2",
		  .text = "y",
		  .kind = "a null-x",
		  .frames = frames,
		  .places = places,
		  .frame_count = 4 },
		{ .hash = "1-2", .kind = "SIGSEGV wild-", .frames = frames, .frame_count = 1 },
		{ .hash = "1-3", .text = "z", .kind = "SIGSEGV ", .frames = frames, .frame_count = 3 },
	};
	const struct inq_triage_group *made;
	size_t count;
	memset(name, 'n', sizeof name - 1);
	struct inq_groups *groups = inq_groups_create();
	for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++)
		ck_assert_int_eq(inq_groups_add(groups, &(struct inq_group_member) { .signature = &signatures[i] }),
				 INQ_OK);
	ck_assert_int_eq(inq_groups_make(groups, &made, &count), INQ_OK);
	ck_assert_uint_ge(count, 1);
	inq_groups_destroy(groups);
}
END_TEST

/* Every allocation fails once. */
START_TEST(test_no_memory)
{
	struct made all[20];
	const struct inq_triage_group *made;
	size_t count;
	srand(1);
	make_random(all, 20, 5);
	for (unsigned long number = 1;; number++) {
		enum inq_status status = INQ_OK;
		inq_alloc_fail_at(number);
		struct inq_groups *groups = inq_groups_create();
		for (size_t i = 0; groups && i < 20 && status == INQ_OK; i++)
			status = inq_groups_add(groups, &all[i].member);
		if (groups && status == INQ_OK)
			status = inq_groups_make(groups, &made, &count);
		inq_alloc_fail_at(0);
		inq_groups_destroy(groups);
		if (groups && status == INQ_OK)
			break;
		ck_assert(!groups || status == INQ_NO_MEMORY);
		ck_assert_uint_lt(number, 100000);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("groups");
	TCase *tc = tcase_create("all");
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, test_pairs);
	tcase_add_test(tc, test_places);
	tcase_add_test(tc, test_chain);
	tcase_add_test(tc, test_failures);
	tcase_add_test(tc, test_rank);
	tcase_add_loop_test(tc, test_order, 0, 4);
	tcase_add_loop_test(tc, test_linkage, 0, 4);
	tcase_add_loop_test(tc, test_many, 0, 4);
	tcase_add_test(tc, test_hostile);
	tcase_add_test(tc, test_no_memory);
	suite_add_tcase(suite, tc);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
