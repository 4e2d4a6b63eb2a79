/* Layouts found by arithmetic. The four listings of 2008 are held to the figures that were worked out from them by hand; the
 * made maps to the size rules of HotSpot's sources: young = heap / (NewRatio + 1) down to 64 KiB (Parallel: 512 KiB), and so on. */
#include "lib/jvm/jvm.h"

#include "tests/support/listings.h"
#include "tests/support/spaces.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct inq_jvm_source inq_jvm_source_layout;

struct generation {
	const char *name;
	uint64_t start, end, committed; /* KiB */
};

struct expected {
	const char *collector;
	uint64_t start, end;
	enum inq_confidence confidence;
	struct generation generations[3];
};

static void expect_generation(const struct inq_jvm_area *found, const struct generation *expected)
{
	ck_assert_str_eq(found->name, expected->name);
	ck_assert_uint_eq(found->start, expected->start);
	ck_assert_uint_eq(found->end, expected->end);
	ck_assert_uint_eq(found->committed, expected->committed << 10);
	ck_assert_uint_eq(found->reserved, found->end - found->start);
	ck_assert_uint_ge(found->evidence.count, 2);
}

static void expect(const struct inq_jvm *jvm, const struct expected *expected, const char *what)
{
	size_t count = 0;
	ck_assert_msg(jvm->has_heap, "%s: no heap", what);
	ck_assert_msg(strcmp(jvm->collector, expected->collector) == 0, "%s: %s", what, jvm->collector);
	ck_assert_msg(jvm->heap.start == expected->start && jvm->heap.end == expected->end, "%s: %" PRIx64 "-%" PRIx64,
		      what, jvm->heap.start, jvm->heap.end);
	ck_assert_msg(jvm->confidence == expected->confidence, "%s: %s", what, inq_confidence_name(jvm->confidence));
	while (count < 3 && expected->generations[count].name)
		count++;
	ck_assert_msg(jvm->heap.part_count == count, "%s: %zu generations", what, jvm->heap.part_count);
	for (size_t i = 0; i < count; i++)
		expect_generation(&jvm->heap.parts[i], &expected->generations[i]);
}

static bool has_sentence(const struct inq_evidence *evidence, const char *text)
{
	for (size_t i = 0; i < evidence->count; i++)
		if (strstr(evidence->items[i], text))
			return true;
	return false;
}

static const char *flag(const struct inq_jvm *jvm, const char *name, const char *origin)
{
	for (size_t i = 0; i < jvm->flag_count; i++)
		if (strcmp(jvm->flags[i].name, name) == 0 && strcmp(jvm->flags[i].origin, origin) == 0)
			return jvm->flags[i].value;
	return NULL;
}

/* A map and the JVM in it. */
struct tried {
	struct test_listings listings;
	struct inq_jvm jvm;
	char *owned;
	bool found;
};

static void try_text(struct tried *tried, const char *text, size_t size, const char *args, const char *version)
{
	memset(&tried->jvm, 0, sizeof tried->jvm);
	test_listings_read(&tried->listings, "map", (const uint8_t *)text, size);
	ck_assert_uint_ge(tried->listings.count, 1);
	struct inq_space *space = tried->listings.items[0].space;
	space->jvm_hints = (struct inq_jvm_hints) { .args = args, .version = version };
	tried->found = inq_jvm_source_layout.read(space, &tried->jvm);
}

static void try_end(struct tried *tried)
{
	test_listings_end(&tried->listings);
	free(tried->owned);
}

static void try_seed(struct tried *tried, const char *name)
{
	char path[4096];
	size_t size;
	const char *source = getenv("SOURCE_DIR");
	memset(tried, 0, sizeof *tried);
	snprintf(path, sizeof path, "%s/testdata/pmap-linux/%s.in", source ? source : ".", name);
	char *text = test_file(path, &size);
	ck_assert_ptr_nonnull(text);
	try_text(tried, text, size, NULL, NULL);
	tried->owned = text;
	ck_assert(tried->found);
}

START_TEST(seed_server)
{
	struct tried tried;
	try_seed(&tried, "jvm-1.4.2-1052");
	expect(&tried.jvm,
	       &(struct expected) { "serial",
				    0xce740000,
				    0xee740000,
				    INQ_CERTAIN,
				    { { "young", 0xce740000, 0xd2020000, 5248 },
				      { "old", 0xd2020000, 0xee740000, 41500 },
				      { "perm", 0xee740000, 0xf2740000, 23040 } } },
	       "1052");
	ck_assert_uint_eq(tried.jvm.major, 4);
	ck_assert_str_eq(flag(&tried.jvm, "NewRatio", "inferred"), "8");
	ck_assert(has_sentence(&tried.jvm.heap.evidence, "young + old = 512 MiB = -Xmx exactly"));
	ck_assert(has_sentence(&tried.jvm.heap.evidence, "the 4 KiB at ce73f000 are a neighbour's"));
	ck_assert(has_sentence(&tried.jvm.heap.parts[2].evidence, "perm = 65536K"));
	ck_assert(tried.jvm.has_code_cache && tried.jvm.code_cache.start == 0xf2834000);
	try_end(&tried);
}
END_TEST

START_TEST(seed_client)
{
	struct tried tried;
	try_seed(&tried, "jvm-1.4.2-7142");
	expect(&tried.jvm,
	       &(struct expected) { "serial",
				    0xcf990000,
				    0xef990000,
				    INQ_CERTAIN,
				    { { "young", 0xcf990000, 0xd20f0000, 640 },
				      { "old", 0xd20f0000, 0xef990000, 1408 },
				      { "perm", 0xef990000, 0xf3990000, 4096 } } },
	       "7142");
	ck_assert_str_eq(flag(&tried.jvm, "NewRatio", "inferred"), "12");
	try_end(&tried);
}
END_TEST

/* The row of what perm had committed is not in the listing. */
START_TEST(seed_elided)
{
	struct tried tried;
	try_seed(&tried, "jvm-1.4.2-7127");
	expect(&tried.jvm,
	       &(struct expected) { "serial",
				    0xcf990000,
				    0xef990000,
				    INQ_CERTAIN,
				    { { "young", 0xcf990000, 0xdf990000, 262144 },
				      { "old", 0xdf990000, 0xef990000, 1408 },
				      { "perm", 0xef990000, 0xf3990000, 4096 } } },
	       "7127");
	ck_assert(has_sentence(&tried.jvm.heap.parts[2].evidence, "4096K at ef990000"));
	try_end(&tried);
}
END_TEST

/* No border shows between the generations. */
START_TEST(seed_by_flags)
{
	struct tried tried;
	try_seed(&tried, "jvm-1.4.2-7113");
	expect(&tried.jvm,
	       &(struct expected) { "serial",
				    0xcf990000,
				    0xef990000,
				    INQ_LIKELY,
				    { { "young", 0xcf990000, 0xdf990000, 262144 },
				      { "old", 0xdf990000, 0xef990000, 262144 },
				      { "perm", 0xef990000, 0xf3990000, 4096 } } },
	       "7113");
	try_end(&tried);
}
END_TEST

#define LIBJVM "7f0000000000-7f0001000000 r-xp 00000000 fe:00 9 /opt/jdk/lib/server/libjvm.so\n"
#define STACK  "7ffd302ed000-7ffd3030e000 rw-p 00000000 00:00 0 [stack]\n"
#define ANON   " 00000000 00:00 0 \n"

/* One for each row of layouts.def, and each way of placing a heap. */
static const struct {
	const char *what, *map, *args, *version;
	struct expected expected;
} made[] = {
	/* 512 MiB / 3 = 170.67 MiB: 0xaaa0000 of 64 KiB, 0xaa80000 of 512 KiB */
	{ "serial of 17",
	  "e0000000-e2ac0000 rw-p" ANON "e2ac0000-eaaa0000 ---p" ANON "eaaa0000-f0000000 rw-p" ANON
	  "f0000000-100000000 ---p" ANON LIBJVM STACK,
	  "-Xmx512m -Xms128m -XX:+UseSerialGC",
	  "17",
	  { "serial",
	    0xe0000000,
	    0x100000000,
	    INQ_CERTAIN,
	    { { "young", 0xe0000000, 0xeaaa0000, 43776 }, { "old", 0xeaaa0000, 0x100000000, 87424 } } } },
	{ "parallel of 25",
	  "e0000000-e5580000 rw-p" ANON "e5580000-f5580000 ---p" ANON "f5580000-fa080000 rw-p" ANON
	  "fa080000-100000000 ---p" ANON LIBJVM STACK,
	  "-Xmx512m -XX:+UseParallelGC",
	  "25",
	  { "parallel",
	    0xe0000000,
	    0x100000000,
	    INQ_CERTAIN,
	    { { "old", 0xe0000000, 0xf5580000, 87552 }, { "young", 0xf5580000, 0x100000000, 76800 } } } },
	{ "parallel of 25 without a command line",
	  "e0000000-e5580000 rw-p" ANON "e5580000-f5580000 ---p" ANON "f5580000-fa080000 rw-p" ANON
	  "fa080000-100000000 ---p" ANON LIBJVM STACK,
	  NULL,
	  "25",
	  { "parallel",
	    0xe0000000,
	    0x100000000,
	    INQ_LIKELY,
	    { { "old", 0xe0000000, 0xf5580000, 87552 }, { "young", 0xf5580000, 0x100000000, 76800 } } } },
	/* both generations are full: one mapping, and -Xmn says where they meet */
	{ "serial of 8, all committed",
	  "c0000000-100000000 rw-p" ANON "100000000-100100000 rw-p" ANON "100100000-140000000 ---p" ANON LIBJVM STACK,
	  "-Xmx1g -Xms1g -Xmn100m -XX:+UseSerialGC",
	  "1.8.0_262",
	  { "serial",
	    0xc0000000,
	    0x100000000,
	    INQ_CERTAIN,
	    { { "young", 0xc0000000, 0xc6400000, 102400 }, { "old", 0xc6400000, 0x100000000, 946176 } } } },
	/* 1 GiB below 32 GiB: the mark of 8, whose class space follows */
	{ "cms of 8",
	  "6c0000000-6d0000000 rw-p" ANON "6d0000000-700000000 rw-p" ANON "700000000-7c0000000 ---p" ANON
	  "7c0000000-7c0100000 rw-p" ANON "7c0100000-800000000 ---p" ANON LIBJVM STACK,
	  "-Xmx4g -Xms1g -Xmn256m -XX:+UseConcMarkSweepGC",
	  "8",
	  { "cms",
	    0x6c0000000,
	    0x7c0000000,
	    INQ_CERTAIN,
	    { { "young", 0x6c0000000, 0x6d0000000, 262144 }, { "old", 0x6d0000000, 0x7c0000000, 786432 } } } },
	/* 64 bits before 8: perm is 64 MiB × 13/10 down to 2 MiB: 82 MiB */
	{ "serial of 6",
	  "7f1000000000-7f1002000000 rw-p" ANON "7f1002000000-7f100aaa0000 ---p" ANON
	  "7f100aaa0000-7f1010000000 rw-p" ANON "7f1010000000-7f1020000000 ---p" ANON
	  "7f1020000000-7f1021500000 rw-p" ANON "7f1021500000-7f1025200000 ---p" ANON
	  "7f2000000000-7f2001000000 r-xp 00000000 fe:00 9 /opt/jdk1.6.0_45/jre/lib/amd64/server/libjvm.so\n" STACK,
	  "-Xmx512m -XX:+UseSerialGC",
	  NULL,
	  { "serial",
	    0x7f1000000000,
	    0x7f1020000000,
	    INQ_CERTAIN,
	    { { "young", 0x7f1000000000, 0x7f100aaa0000, 32768 },
	      { "old", 0x7f100aaa0000, 0x7f1020000000, 87424 },
	      { "perm", 0x7f1020000000, 0x7f1025200000, 21504 } } } },
	{ "parallel of 7: perm, old, young",
	  "7f1000000000-7f1001500000 rw-p" ANON "7f1001500000-7f1004000000 ---p" ANON
	  "7f1004000000-7f1009580000 rw-p" ANON "7f1009580000-7f1019580000 ---p" ANON
	  "7f1019580000-7f101e080000 rw-p" ANON "7f101e080000-7f1024000000 ---p" ANON LIBJVM STACK,
	  "-Xmx512m -XX:MaxPermSize=64m -XX:+UseParallelGC",
	  "1.7.0_80",
	  { "parallel",
	    0x7f1004000000,
	    0x7f1024000000,
	    INQ_CERTAIN,
	    { { "perm", 0x7f1000000000, 0x7f1004000000, 21504 },
	      { "old", 0x7f1004000000, 0x7f1019580000, 87552 },
	      { "young", 0x7f1019580000, 0x7f1024000000, 76800 } } } },
	{ "parnew of 6, i386: what is reserved has the same permissions",
	  "b0000000-b1000000 rwxp" ANON "b1000000-b5550000 rwxp" ANON "b5550000-b6000000 rwxp" ANON
	  "b6000000-c0000000 rwxp" ANON "c0000000-c0c00000 rwxp" ANON "c0c00000-c4000000 rwxp" ANON
	  "f7000000-f7600000 r-xp 00000000 fe:00 9 /opt/jdk1.6.0/jre/lib/i386/server/libjvm.so\n",
	  "-Xmx256m -XX:+UseParNewGC",
	  NULL,
	  { "parnew",
	    0xb0000000,
	    0xc0000000,
	    INQ_CERTAIN,
	    { { "young", 0xb0000000, 0xb5550000, 16384 },
	      { "old", 0xb5550000, 0xc0000000, 10944 },
	      { "perm", 0xc0000000, 0xc4000000, 12288 } } } },
	{ "g1 of 17: pieces of the archive inside",
	  "e0000000-e9100000 rw-p" ANON "e9100000-ffe00000 ---p" ANON
	  "ffe00000-ffe75000 rw-p 00c7b000 fe:00 5 /opt/jdk/lib/server/classes.jsa\n"
	  "ffe75000-100000000 rw-p" ANON LIBJVM STACK,
	  "-Xmx512m",
	  "17",
	  { "g1", 0xe0000000, 0x100000000, INQ_CERTAIN, { { NULL, 0, 0, 0 } } } },
	{ "shenandoah of 17",
	  "e0000000-e7fc0000 rw-p" ANON "e7fc0000-fffc0000 ---p" ANON "fffc0000-100000000 rw-p" ANON LIBJVM STACK,
	  "-Xmx512m -XX:+UseShenandoahGC",
	  "17",
	  { "shenandoah", 0xe0000000, 0x100000000, INQ_CERTAIN, { { NULL, 0, 0, 0 } } } },
	/* jcmd GC.heap_info: 1563 x 256 K regions; what precedes the heap in the map is not its neighbour */
	{ "shenandoah of 25: a multiple of its regions",
	  "85050000-c5000000 ---p" ANON "e7940000-edb00000 rw-p" ANON "edb00000-100000000 ---p" ANON LIBJVM STACK,
	  "-Xmx400000k -Xms100000k -XX:+UseShenandoahGC",
	  "25",
	  { "shenandoah", 0xe7940000, 0x100000000, INQ_CERTAIN, { { NULL, 0, 0, 0 } } } },
	/* jcmd counts 258048K of the old generation as committed, to fa6a0000: the map shows the page of 2 MiB that this is in */
	{ "serial of 25 in transparent huge pages",
	  "e0000000-e7e00000 rw-p" ANON "e7e00000-eaaa0000 ---p" ANON "eaaa0000-eac00000 rw-p" ANON
	  "eac00000-fa800000 rw-p" ANON "fa800000-100000000 ---p" ANON LIBJVM STACK,
	  "-Xmx512m -XX:+UseSerialGC -XX:+UseTransparentHugePages",
	  "25",
	  { "serial",
	    0xe0000000,
	    0x100000000,
	    INQ_LIKELY,
	    { { "young", 0xe0000000, 0xeaaa0000, 129024 }, { "old", 0xeaaa0000, 0x100000000, 259456 } } } },
	{ "epsilon of 17, no compressed references: the code cache follows",
	  "7fe0d9400000-7fe0f0ca7000 rw-p" ANON "7fe0f0ca7000-7fe0f9400000 ---p" ANON
	  "7fe0f9400000-7fe0f9670000 rwxp" ANON "7fe0f9670000-7fe108400000 ---p" ANON LIBJVM STACK,
	  "-Xmx512m -XX:+UnlockExperimentalVMOptions -XX:+UseEpsilonGC -XX:-UseCompressedOops",
	  "17",
	  { "epsilon", 0x7fe0d9400000, 0x7fe0f9400000, INQ_CERTAIN, { { NULL, 0, 0, 0 } } } },
	/* without an archive the class space follows the heap; 167,772,160 / 10 × 13 is what CMS gives young for 2 threads, by pages */
	{ "cms of 11, by its threads",
	  "e0000000-e2aa0000 rw-p" ANON "e2aa0000-ea660000 ---p" ANON "ea660000-efbc0000 rw-p" ANON
	  "efbc0000-100000000 ---p" ANON "100000000-100080000 rw-p" ANON "100080000-140000000 ---p" ANON LIBJVM STACK,
	  "-Xmx512m -Xms128m -XX:+UseConcMarkSweepGC",
	  "11",
	  { "cms",
	    0xe0000000,
	    0x100000000,
	    INQ_CERTAIN,
	    { { "young", 0xe0000000, 0xea660000, 43648 }, { "old", 0xea660000, 0x100000000, 87424 } } } },
	/* jcmd of 8 says young 0xe0000000-0xea660000, by its two threads: without a border nobody can tell */
	{ "cms of 8, all committed",
	  "e0000000-100000000 rw-p" ANON "100000000-100080000 rw-p" ANON "100080000-140000000 ---p" ANON LIBJVM STACK,
	  "-Xmx512m -Xms512m -XX:+UseConcMarkSweepGC",
	  "8",
	  { "cms",
	    0xe0000000,
	    0x100000000,
	    INQ_POSSIBLE,
	    { { "young", 0xe0000000, 0xeaaa0000, 174720 }, { "old", 0xeaaa0000, 0x100000000, 349568 } } } },
	{ "cms of 11, the command line cut off before it says so",
	  "da800000-de800000 rw-p" ANON "de800000-e7000000 ---p" ANON "e7000000-eb000000 rw-p" ANON
	  "eb000000-100000000 ---p" ANON LIBJVM STACK "7f0000000000-7f0000020000 rw-p" ANON
	  "7f0000020000-7f0000064000 ---p" ANON "7f0000064000-7f0000084000 rw-p" ANON
	  "7f0000084000-7f000012c000 ---p" ANON,
	  "-Xmx600m -Xms128m -XX:NewSize=64m -XX:MaxNewSize=200m -XX:+UseConcMa",
	  "11",
	  { "serial",
	    0xda800000,
	    0x100000000,
	    INQ_LIKELY,
	    { { "young", 0xda800000, 0xe7000000, 65536 }, { "old", 0xe7000000, 0x100000000, 65536 } } } },
	/* what Shenandoah of 11 has beside its heap: small, so that it is not believed for sure */
	{ "two small reservations that look like generations",
	  "7fd082000000-7fd0824c0000 rw-p" ANON "7fd0824c0000-7fd083000000 ---p" ANON
	  "7fd083000000-7fd083100000 rw-p" ANON "7fd083100000-7fd083800000 ---p" ANON LIBJVM STACK,
	  NULL,
	  "11",
	  { "parallel",
	    0x7fd082000000,
	    0x7fd083800000,
	    INQ_POSSIBLE,
	    { { "old", 0x7fd082000000, 0x7fd083000000, 4864 }, { "young", 0x7fd083000000, 0x7fd083800000, 1024 } } } },
	{ "epsilon of 11: with the class space behind it, it looks like two generations",
	  "e0000000-e8000000 rw-p" ANON "e8000000-100000000 ---p" ANON "100000000-100080000 rw-p" ANON
	  "100080000-140000000 ---p" ANON LIBJVM STACK,
	  NULL,
	  "11",
	  { "epsilon", 0xe0000000, 0x100000000, INQ_POSSIBLE, { { NULL, 0, 0, 0 } } } },
	{ "g1 of 11: what the class space has committed is one mapping with the heap",
	  "e0000000-100080000 rw-p" ANON "100080000-140000000 ---p" ANON LIBJVM STACK,
	  "-Xmx512m -Xms512m -XX:+UseG1GC",
	  "11",
	  { "g1", 0xe0000000, 0x100000000, INQ_CERTAIN, { { NULL, 0, 0, 0 } } } },
	{ "z of 17: three views",
	  "40000000000-40008000000 rw-s 00000000 00:01 39 /memfd:java_heap (deleted)\n40008000000-40200000000 ---p" ANON
	  "80000000000-80008000000 rw-s 00000000 00:01 39 /memfd:java_heap (deleted)\n80008000000-80200000000 ---p" ANON
	  "100000000000-100008000000 rw-s 00000000 00:01 39 /memfd:java_heap "
	  "(deleted)\n100008000000-100200000000 ---p" ANON LIBJVM STACK,
	  NULL,
	  "17",
	  { "z", 0x40000000000, 0x40200000000, INQ_CERTAIN, { { NULL, 0, 0, 0 } } } },
};

START_TEST(layouts)
{
	struct tried tried = { 0 };
	try_text(&tried, made[_i].map, strlen(made[_i].map), made[_i].args, made[_i].version);
	ck_assert_msg(tried.found, "%s", made[_i].what);
	expect(&tried.jvm, &made[_i].expected, made[_i].what);
	try_end(&tried);
}
END_TEST

/* The same memory in three views: 128 MiB are committed, not 384; 8 GiB of addresses are 16 times -Xmx. */
START_TEST(views_count_once)
{
	struct tried tried = { 0 };
	const char *map = made[sizeof made / sizeof *made - 1].map;
	try_text(&tried, map, strlen(map), NULL, "17");
	ck_assert_uint_eq(tried.jvm.heap.committed, 128 << 20);
	ck_assert_uint_eq(tried.jvm.heap.reserved, 512 << 20);
	ck_assert_uint_eq(tried.jvm.view_count, 2);
	ck_assert_uint_eq(tried.jvm.views[0], 0x80000000000);
	ck_assert_uint_eq(tried.jvm.views[1], 0x100000000000);
	try_end(&tried);
}
END_TEST

/* The card table of the first of `made`: a byte for 512, 1 MiB; committed [0, 0x15600) and [0x55500, 0x80000), by pages. The old
 * generation's offset table: 0xaab00 bytes, of which 0x2ab00 committed. */
START_TEST(side_tables)
{
	struct tried tried = { 0 };
	static const char map[] =
		"e0000000-e2ac0000 rw-p" ANON "e2ac0000-eaaa0000 ---p" ANON "eaaa0000-f0000000 rw-p" ANON
		"f0000000-100000000 ---p" ANON "7ffa4c729000-7ffa4c73f000 rw-p" ANON
		"7ffa4c73f000-7ffa4c77e000 ---p" ANON "7ffa4c77e000-7ffa4c7a9000 rw-p" ANON
		"7ffa4c7a9000-7ffa4c829000 ---p" ANON "7ffa4c829000-7ffa4c82a000 rw-p" ANON
		"7ffa60000000-7ffa6002b000 rw-p" ANON "7ffa6002b000-7ffa600ab000 ---p" ANON LIBJVM;
	try_text(&tried, map, sizeof map - 1, "-Xmx512m", "17");
	ck_assert_str_eq(tried.jvm.collector, "serial");
	ck_assert_int_eq(tried.jvm.confidence, INQ_CERTAIN);
	ck_assert_uint_eq(tried.jvm.side_table_count, 2);
	ck_assert_str_eq(tried.jvm.side_tables[0].name, "card table");
	ck_assert_uint_eq(tried.jvm.side_tables[0].start, 0x7ffa4c729000);
	ck_assert_uint_eq(tried.jvm.side_tables[0].end, 0x7ffa4c829000);
	ck_assert_str_eq(tried.jvm.side_tables[1].name, "block offset table");
	try_end(&tried);
}
END_TEST

START_TEST(other_areas)
{
	struct tried tried = { 0 };
	static const char map[] = "e0000000-e2ac0000 rw-p" ANON "e2ac0000-eaaa0000 ---p" ANON
				  "eaaa0000-f0000000 rw-p" ANON "f0000000-100000000 ---p" ANON LIBJVM
				  "7ff9ec000000-7ff9ec030000 rw-p" ANON "7ff9ec030000-7ff9ec400000 ---p" ANON
				  "7ff9ec400000-7ff9ec410000 rw-p" ANON "7ff9ec410000-7ff9f0000000 ---p" ANON
				  "7ff9f0000000-7ff9f0bcb000 rw-p 00001000 fe:00 5 /opt/jdk/lib/server/classes.jsa\n"
				  "7ff9f0bcb000-7ff9f1000000 ---p" ANON "7ff9f1000000-7ff9f1010000 rw-p" ANON
				  "7ff9f1010000-7ffa31000000 ---p" ANON "7ffa31400000-7ffa31670000 rwxp" ANON
				  "7ffa31670000-7ffa40400000 ---p" ANON "7ffa48000000-7ffa480a6000 rw-p" ANON
				  "7ffa480a6000-7ffa4c000000 ---p" ANON STACK;
	try_text(&tried, map, sizeof map - 1, "-Xmx512m -XX:+UseSerialGC", "17");
	ck_assert(tried.jvm.has_metaspace && tried.jvm.metaspace.start == 0x7ff9ec000000);
	ck_assert_uint_eq(tried.jvm.metaspace.committed, 0x40000);
	ck_assert(tried.jvm.has_class_space && tried.jvm.class_space.start == 0x7ff9f1000000);
	ck_assert_uint_eq(tried.jvm.class_space.reserved, 1 << 30);
	ck_assert(tried.jvm.has_code_cache && tried.jvm.code_cache.start == 0x7ffa31400000);
	ck_assert_uint_eq(tried.jvm.code_cache.reserved, 240 << 20);
	ck_assert(tried.jvm.has_cds && tried.jvm.cds.start == 0x7ff9f0000000);
	ck_assert_str_eq(tried.jvm.oops_mode, "unscaled");
	try_end(&tried);
}
END_TEST

#define LIBJ9 "7f0000000000-7f0001000000 r-xp 00000000 fe:00 9 /opt/jdk-17/lib/default/libj9vm29.so\n"

/* The regions of a Java dump in OpenJ9's documentation: the old one from 87f40000, the new ones up to 4 GiB. */
#define J9_HEAP "87f40000-88540000 rw-p" ANON "88540000-ffe00000 ---p" ANON "ffe00000-100000000 rw-p" ANON

static void expect_j9(const char *text, size_t size, const char *args, uint64_t start, enum inq_confidence confidence)
{
	struct tried tried = { 0 };
	try_text(&tried, text, size, args, NULL);
	ck_assert(tried.found);
	ck_assert_str_eq(tried.jvm.kind, "openj9");
	ck_assert_int_eq(tried.jvm.has_heap, start != 0);
	if (start) {
		ck_assert_uint_eq(tried.jvm.heap.start, start);
		ck_assert_int_eq(tried.jvm.heap.confidence, confidence);
		ck_assert_uint_eq(tried.jvm.heap.part_count, 0); /* no generations are claimed */
		ck_assert_uint_ge(tried.jvm.heap.evidence.count, 1);
	}
	try_end(&tried);
}

START_TEST(openj9)
{
	static const char none[] = LIBJ9 STACK;
	static const char heap[] = J9_HEAP LIBJ9 STACK;
	static const char two[] = "10000000-10400000 rw-p" ANON "10400000-20000000 ---p" ANON
				  "20000000-20400000 rw-p" ANON J9_HEAP LIBJ9 STACK;
	static const char arena[] =
		"7e0000000000-7e0000021000 rw-p" ANON "7e0000021000-7e0004000000 ---p" ANON LIBJ9 STACK;
	static const char high[] =
		"7e0000010000-7e0000210000 rw-p" ANON "7e0000210000-7e0004010000 ---p" ANON LIBJ9 STACK;
	expect_j9(none, sizeof none - 1, "-Xmx512m", 0, 0);
	expect_j9(heap, sizeof heap - 1, "java -Xmx1966848k Main", 0x87f40000, INQ_LIKELY);
	expect_j9(heap, sizeof heap - 1, NULL, 0x87f40000, INQ_POSSIBLE);
	expect_j9(heap, sizeof heap - 1, "java -Xmx1g Main", 0, 0); /* no stretch is so large */
	expect_j9(two, sizeof two - 1, NULL, 0, 0);
	expect_j9(two, sizeof two - 1, "java -Xmx1966848k Main", 0x87f40000, INQ_LIKELY);
	expect_j9(arena, sizeof arena - 1, "java -Xmx64m Main", 0, 0);
	expect_j9(high, sizeof high - 1, "java -Xmx64m -Xnocompressedrefs Main", 0x7e0000010000, INQ_LIKELY);
}
END_TEST

START_TEST(not_hotspot)
{
	/* of GraalVM 25: 32 GiB, and what follows them is another's */
	static const char image[] = "00400000-01905000 r-xp 00000000 fe:00 9 /opt/compiler\n01b04000-03230000 rw-p "
				    "01504000 fe:00 9 /opt/compiler\n"
				    "7f117ca5f000-7f117ca80000 rw-p" ANON "7f117ca80000-7f117cb00000 ---p" ANON
				    "7f117cb00000-7f117d300000 r--p 01520000 fe:00 9 /opt/compiler\n"
				    "7f117d300000-7f117e210000 rw-p 01d20000 fe:00 9 /opt/compiler\n"
				    "7f117e210000-7f117e272000 rw-p" ANON "7f117e272000-7f197ca80000 ---p" ANON
				    "7f197ca80000-7f197ca8d000 rw-p" ANON;
	static const char sleeps[] = "7f0000000000-7f0001000000 r-xp 00000000 fe:00 9 /bin/sleep\n" STACK;
	struct tried tried = { 0 };
	try_text(&tried, image, sizeof image - 1, NULL, NULL);
	ck_assert(tried.found && tried.jvm.has_heap && !tried.jvm.heap.part_count);
	ck_assert_str_eq(tried.jvm.kind, "native-image");
	ck_assert_uint_eq(tried.jvm.heap.start, 0x7f117ca80000);
	ck_assert_uint_eq(tried.jvm.heap.reserved, UINT64_C(32) << 30);
	ck_assert_uint_eq(tried.jvm.heap.committed, 0x7f117e272000 - 0x7f117cb00000);
	try_end(&tried);
	memset(&tried, 0, sizeof tried);
	try_text(&tried, sleeps, sizeof sleeps - 1, NULL, NULL);
	ck_assert(!tried.found);
	try_end(&tried);
}
END_TEST

/* Where no border shows and no flag says it, nothing is certain; a heap that the flags do not describe is not found. */
START_TEST(never_too_sure)
{
	static const char full[] = "e0000000-100000000 rw-p" ANON LIBJVM STACK;
	struct tried tried = { 0 };
	try_text(&tried, full, sizeof full - 1, "-Xmx512m -Xms512m -XX:+UseSerialGC", "17");
	ck_assert_int_eq(tried.jvm.confidence, INQ_LIKELY);
	try_end(&tried);
	memset(&tried, 0, sizeof tried);
	try_text(&tried, full, sizeof full - 1, NULL, "17");
	ck_assert_int_eq(tried.jvm.confidence, INQ_POSSIBLE);
	try_end(&tried);
	memset(&tried, 0, sizeof tried);
	try_text(&tried, full, sizeof full - 1, "-Xmx3g -XX:+UseSerialGC", "17");
	ck_assert(!tried.jvm.has_heap || tried.jvm.confidence == INQ_POSSIBLE);
	try_end(&tried);
}
END_TEST

/* As many mappings as Linux allows, each as likely a border as the next; the time is the test's own limit. */
START_TEST(hostile_map)
{
	enum { MAPPINGS = 65530, STEP = 0x10000 };
	for (unsigned pattern = 0; pattern < 3; pattern++) {
		struct test_space test;
		struct inq_jvm jvm = { 0 };
		static const char *const permissions[][2] = { { "rw-p", "---p" },
							      { "rwxp", "rw-p" },
							      { "---p", "---p" } };
		test_space_begin(&test, "maps", NULL, 0);
		for (uint64_t i = 0; i < MAPPINGS; i++)
			test_space_row(&test, i * STEP + STEP, i * STEP + 2 * STEP, permissions[pattern][i % 2], NULL);
		struct inq_space *space = test_space_seal(&test);
		space->jvm_hints = (struct inq_jvm_hints) { .args = "-Xmx512m", .version = "6" };
		inq_jvm_source_layout.read(space, &jvm);
		ck_assert(!jvm.has_heap || jvm.confidence < INQ_CERTAIN);
		inq_space_destroy(space);
		test_space_end(&test);
	}
}
END_TEST

/* G1 with whole references and 512 MiB of which 128 MiB are committed: no flag and no address tells it, but the two mark
 * bitmaps of 8 MiB (1:64) do, even when 32 MiB of another's memory lie right below. What OpenJDK 8 mapped, as /proc/PID/maps had it. */
START_TEST(heap_by_its_bitmaps)
{
	static const char tail[] = "7f5d60000000-7f5d78000000 ---p 00000000 00:00 0 \n"
				   "7f5d98380000-7f5d98600000 rw-p 00000000 00:00 0 \n"
				   "7f5d98600000-7f5d98c00000 ---p 00000000 00:00 0 \n"
				   "7f5d98c00000-7f5d98e00000 rw-p 00000000 00:00 0 \n"
				   "7f5d98e00000-7f5d99400000 ---p 00000000 00:00 0 \n"
				   "7f5d9a000000-7f5d9a100000 r-xp 00000000 fe:00 1 /jdk8/lib/amd64/server/libjvm.so\n";
	static const struct {
		const char *first;
		const char *what;
	} maps[] = { { "7f5d58000000-7f5d60000000 rw-p 00000000 00:00 0 \n", "alone" },
		     { "7f5d56000000-7f5d60000000 rw-p 00000000 00:00 0 \n", "merged with a neighbour" } };
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
		struct tried tried = { 0 };
		char text[2048];
		int size = snprintf(text, sizeof text, "%s%s", maps[i].first, tail);
		try_text(&tried, text, (size_t)size, NULL, "1.8.0");
		ck_assert_msg(tried.found && tried.jvm.has_heap, "%s", maps[i].what);
		ck_assert_str_eq(tried.jvm.collector, "g1");
		ck_assert_uint_eq(tried.jvm.heap.start, 0x7f5d58000000);
		ck_assert_uint_eq(tried.jvm.heap.end, 0x7f5d78000000);
		ck_assert_uint_eq(tried.jvm.heap.committed, 128 << 20);
		ck_assert_int_ne(tried.jvm.confidence, INQ_CERTAIN);
		try_end(&tried);
	}
}
END_TEST

/* Without the bitmaps the same mappings are no heap. */
START_TEST(no_heap_without_bitmaps)
{
	static const char text[] = "7f5d58000000-7f5d60000000 rw-p 00000000 00:00 0 \n"
				   "7f5d60000000-7f5d78000000 ---p 00000000 00:00 0 \n"
				   "7f5d98600000-7f5d98bff000 ---p 00000000 00:00 0 \n"
				   "7f5d9a000000-7f5d9a100000 r-xp 00000000 fe:00 1 /jdk8/lib/amd64/server/libjvm.so\n";
	struct tried tried = { 0 };
	try_text(&tried, text, sizeof text - 1, NULL, "1.8.0");
	ck_assert(!tried.jvm.has_heap);
	try_end(&tried);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("jvm layout");
	TCase *tests = tcase_create("maps");
	tcase_set_timeout(tests, 20);
	tcase_add_test(tests, seed_server);
	tcase_add_test(tests, seed_client);
	tcase_add_test(tests, seed_elided);
	tcase_add_test(tests, seed_by_flags);
	tcase_add_loop_test(tests, layouts, 0, sizeof made / sizeof *made);
	tcase_add_test(tests, views_count_once);
	tcase_add_test(tests, side_tables);
	tcase_add_test(tests, other_areas);
	tcase_add_test(tests, openj9);
	tcase_add_test(tests, not_hotspot);
	tcase_add_test(tests, never_too_sure);
	tcase_add_test(tests, hostile_map);
	tcase_add_test(tests, heap_by_its_bitmaps);
	tcase_add_test(tests, no_heap_without_bitmaps);
	suite_add_tcase(suite, tests);
	return test_run(suite);
}
