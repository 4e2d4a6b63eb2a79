/* Java command lines, by what java(1) and arguments.cpp say of them. */
#include "lib/jvm/flags.h"
#include "lib/jvm/identity.h"

#include "tests/support/spaces.h"

static const uint64_t K = 1 << 10, M = 1 << 20, G = 1 << 30;

static uint64_t value(const char *text, enum inq_jvm_option_id id)
{
	struct inq_jvm_options options = { 0 };
	inq_jvm_options_read(&options, text);
	return inq_jvm_option(&options, id, UINT64_MAX);
}

START_TEST(sizes)
{
	ck_assert_uint_eq(value("java -Xmx512m Test", INQ_JVM_OPTION_max_heap), 512 * M);
	ck_assert_uint_eq(value("java -Xmx2G Test", INQ_JVM_OPTION_max_heap), 2 * G);
	ck_assert_uint_eq(value("java -Xmx1t Test", INQ_JVM_OPTION_max_heap), 1024 * G);
	ck_assert_uint_eq(value("java -Xmx65536k Test", INQ_JVM_OPTION_max_heap), 64 * M);
	ck_assert_uint_eq(value("java -Xmx1048576 Test", INQ_JVM_OPTION_max_heap), M);
	ck_assert_uint_eq(value("-XX:HeapBaseMinAddress=0x80000000", INQ_JVM_OPTION_heap_base), 2 * G);
	ck_assert_uint_eq(value("-XX:MaxPermSize=128m", INQ_JVM_OPTION_max_perm_size), 128 * M);
	ck_assert_uint_eq(value("-Xss320k", INQ_JVM_OPTION_stack_size), 320 * K);
}
END_TEST

START_TEST(not_sizes)
{
	static const char *const texts[] = { "-Xmx",
					     "-Xmxm",
					     "-Xmx5x",
					     "-Xmx-1m",
					     "-Xmx1mm",
					     "-Xmx1.5g",
					     "-Xmx99999999999999999999",
					     "-Xmx18446744073709551615k" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		ck_assert_uint_eq(value(texts[i], INQ_JVM_OPTION_max_heap), UINT64_MAX);
}
END_TEST

START_TEST(young)
{
	ck_assert_uint_eq(value("-Xmn100m", INQ_JVM_OPTION_new_size), 100 * M);
	ck_assert_uint_eq(value("-Xmn100m", INQ_JVM_OPTION_max_new_size), 100 * M);
	ck_assert_uint_eq(value("-XX:NewSize=5m", INQ_JVM_OPTION_max_new_size), UINT64_MAX);
	ck_assert_uint_eq(value("-XX:NewRatio=8", INQ_JVM_OPTION_new_ratio), 8);
}
END_TEST

START_TEST(last_one_wins)
{
	ck_assert_uint_eq(value("-Xmx1g -Xmx2g", INQ_JVM_OPTION_max_heap), 2 * G);
	ck_assert_uint_eq(value("-XX:+UseG1GC -XX:-UseG1GC", INQ_JVM_OPTION_g1), 0);
	ck_assert_uint_eq(value("-Xmx1g -XX:MaxHeapSize=64m", INQ_JVM_OPTION_max_heap), 64 * M);
}
END_TEST

/* What the program is given is not the JVM's. */
START_TEST(ends_at_the_program)
{
	ck_assert_uint_eq(value("java Test -Xmx1g", INQ_JVM_OPTION_max_heap), UINT64_MAX);
	ck_assert_uint_eq(value("/usr/bin/java -jar a.jar -Xmx1g", INQ_JVM_OPTION_max_heap), UINT64_MAX);
	ck_assert_uint_eq(value("java -cp x:y -Xmx1g a.b.Main$C -Xmx2g", INQ_JVM_OPTION_max_heap), G);
	ck_assert_uint_eq(value("java -Dpath=/a b/c -Xmx1g Main", INQ_JVM_OPTION_max_heap), G);
}
END_TEST

/* The last word of a cut command line may be half of one. */
START_TEST(cut_off)
{
	struct inq_jvm_options options = { 0 };
	inq_jvm_options_read(&options, "/usr/bin/java -Xmx512m -Xms51");
	ck_assert(options.cut);
	ck_assert_uint_eq(inq_jvm_option(&options, INQ_JVM_OPTION_max_heap, 0), 512 * M);
	ck_assert_uint_eq(inq_jvm_option(&options, INQ_JVM_OPTION_min_heap, 0), 0);
	inq_jvm_options_read(&options, "-Xms512m");
	ck_assert_uint_eq(inq_jvm_option(&options, INQ_JVM_OPTION_min_heap, 0), 512 * M);
}
END_TEST

START_TEST(launchers)
{
	static const struct {
		const char *text;
		bool java, any;
	} cases[] = { { "java -Xmx1g Test", true, true },
		      { "/opt/jdk/bin/java Test", true, false },
		      { "/usr/bin/javac -J-Xmx1g", false, false },
		      { "sleep 1000", false, false },
		      { "", false, false } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct inq_jvm_options options = { 0 };
		inq_jvm_options_read(&options, cases[i].text);
		ck_assert_int_eq(options.java, cases[i].java);
		ck_assert_int_eq(options.any, cases[i].any);
	}
}
END_TEST

START_TEST(versions)
{
	static const struct {
		const char *text;
		unsigned major;
	} cases[] = { { "1.4.2_17", 4 }, { "1.8.0_262", 8 }, { "8u292", 8 },	  { "17.0.15+6", 17 },
		      { "25", 25 },	 { "25.0.1+8", 25 }, { "25.262-b10", 8 }, { "24.51-b03", 7 },
		      { "20.1-b02", 6 }, { "x", 0 },	     { "", 0 },		  { "4000000000000", 0 } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		ck_assert_msg(inq_jvm_major(cases[i].text) == cases[i].major, "%s: %u", cases[i].text,
			      inq_jvm_major(cases[i].text));
}
END_TEST

/* A JDK is known by where its libjvm lies. */
START_TEST(identities)
{
	static const struct {
		const char *path, *kind;
		unsigned major;
		bool server, client;
	} cases[] = {
		{ "/usr/lib/jvm/java-17-openjdk-amd64/lib/server/libjvm.so", "hotspot", 17, true, false },
		{ "/usr/lib/jvm/java-1.8.0-openjdk-1.8.0.262.b10-0.el8.x86_64/jre/lib/amd64/server/libjvm.so",
		  "hotspot", 8, true, false },
		{ "/usr/local/j2sdk1.4.2_17/jre/lib/i386/client/libjvm.so", "hotspot", 4, false, true },
		{ "/opt/temurin-25-jdk-amd64/lib/server/libjvm.so", "hotspot", 25, true, false },
		{ "/opt/zulu8.48.0.53-ca/jre/lib/amd64/server/libjvm.so", "hotspot", 8, true, false },
		{ "/opt/java/lib/server/libjvm.so", "hotspot", 0, true, false },
		{ "/opt/semeru-jdk-17.0.5/lib/default/libj9vm29.so", "openj9", 17, false, false },
		{ "/lib/libc.so.6", NULL, 0, false, false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct test_space test;
		struct inq_jvm_identity identity;
		test_space_begin(&test, "maps", NULL, 0);
		test_space_row(&test, 0x10000, 0x20000, "r-xp", cases[i].path);
		struct inq_space *space = test_space_seal(&test);
		inq_jvm_identify(space, &identity);
		ck_assert_pstr_eq(identity.kind, cases[i].kind);
		ck_assert_uint_eq(identity.major, cases[i].major);
		if (cases[i].kind)
			ck_assert(identity.server == cases[i].server && identity.client == cases[i].client);
		inq_space_destroy(space);
		test_space_end(&test);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("jvm flags");
	TCase *tests = tcase_create("command lines");
	tcase_add_test(tests, sizes);
	tcase_add_test(tests, not_sizes);
	tcase_add_test(tests, young);
	tcase_add_test(tests, last_one_wins);
	tcase_add_test(tests, ends_at_the_program);
	tcase_add_test(tests, cut_off);
	tcase_add_test(tests, launchers);
	tcase_add_test(tests, versions);
	tcase_add_test(tests, identities);
	suite_add_tcase(suite, tests);
	return test_run(suite);
}
