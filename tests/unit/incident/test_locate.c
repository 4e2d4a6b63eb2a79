/* Incidents through the public API: where addresses fall, how people write them, and artefacts that do not belong
 * together. The maps are small texts whose arithmetic is done by hand here. */
#include "tests/support/spaces.h"

#include <inquest/inquest.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char first_map[] = "00400000-00401000 r--p 00000000 08:01 11 /opt/prog\n"
				"00401000-00403000 r-xp 00001000 08:01 11 /opt/prog\n"
				"00403000-00404000 rw-p 00003000 08:01 11 /opt/prog\n"
				"7f0000000000-7f0000002000 r-xp 00000000 08:01 12 /lib/libfoo.so.1\n"
				"7f0000002000-7f0000003000 rw-p 00002000 08:01 12 /lib/libfoo.so.1\n"
				"7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0 [stack]\n";

/* Another run of the same program: the library is elsewhere. */
static const char other_map[] = "00400000-00401000 r--p 00000000 08:01 21 /opt/other\n"
				"7f0000000000-7f0000002000 r-xp 00000000 08:01 22 /lib/libbar.so.1\n"
				"7f1111000000-7f1111002000 r-xp 00000000 08:01 12 /lib/libfoo.so.1\n";

static char path[2][64];

static void write_map(int index, const char *text)
{
	snprintf(path[index], sizeof path[index], "incident-%d-%d.maps", (int)getpid(), index);
	FILE *file = fopen(path[index], "w");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(fputs(text, file), 0);
	ck_assert_int_eq(fclose(file), 0);
}

static struct inq_incident *open_incident(const char *one, const char *two)
{
	struct inq_incident *incident;
	ck_assert_int_eq(inq_incident_create(NULL, &incident), INQ_OK);
	write_map(0, one);
	ck_assert_int_eq(inq_incident_add(incident, path[0]), INQ_OK);
	unlink(path[0]);
	if (two) {
		write_map(1, two);
		ck_assert_int_eq(inq_incident_add(incident, path[1]), INQ_OK);
		unlink(path[1]);
	}
	ck_assert_int_eq(inq_incident_analyse(incident, INQ_OBJECTS | INQ_REGIONS), INQ_OK);
	return incident;
}

static struct inq_location locate(struct inq_incident *incident, uint64_t address)
{
	struct inq_location location;
	ck_assert_int_eq(inq_incident_locate(incident, address, &location), INQ_OK);
	return location;
}

START_TEST(inside_and_outside)
{
	struct inq_incident *incident = open_incident(first_map, NULL);
	struct inq_location at = locate(incident, 0x7f0000001abc);
	ck_assert(at.mapped);
	ck_assert_str_eq(at.object, "/lib/libfoo.so.1");
	ck_assert_uint_eq(at.offset, 0x1abc);
	ck_assert_int_eq(at.region_class, INQ_CLASS_TEXT);
	at = locate(incident, 0x402fff);
	ck_assert_uint_eq(at.offset, 0x2fff);
	at = locate(incident, 0x7ffc00020fff);
	ck_assert_int_eq(at.region_class, INQ_CLASS_STACK);
	ck_assert_ptr_null(at.object);
	inq_incident_destroy(incident);
}
END_TEST

START_TEST(holes)
{
	struct inq_incident *incident = open_incident(first_map, NULL);
	struct inq_location at = locate(incident, 0x404000); /* the first byte after the program */
	ck_assert(!at.mapped);
	ck_assert_uint_eq(at.near_count, 2);
	ck_assert_str_eq(at.near[0].what, "/opt/prog");
	ck_assert_str_eq(at.near[0].side, "below");
	ck_assert_uint_eq(at.near[0].distance, 1);
	ck_assert_str_eq(at.near[1].what, "/lib/libfoo.so.1");
	ck_assert_uint_eq(at.near[1].distance, 0x7f0000000000 - 0x404000);
	at = locate(incident, 0);
	ck_assert_uint_eq(at.near_count, 1);
	ck_assert_str_eq(at.near[0].side, "above");
	ck_assert_uint_eq(at.near[0].distance, 0x400000);
	at = locate(incident, UINT64_MAX);
	ck_assert_uint_eq(at.near_count, 1);
	ck_assert_str_eq(at.near[0].what, "stack");
	inq_incident_destroy(incident);
}
END_TEST

static uint64_t parse(struct inq_incident *incident, const char *text)
{
	uint64_t address;
	const char *why;
	ck_assert_msg(inq_incident_parse_address(incident, text, &address, &why) == INQ_OK, "%s: %s", text,
		      why ? why : "?");
	return address;
}

static void refuse(struct inq_incident *incident, const char *text)
{
	uint64_t address;
	const char *why = NULL;
	ck_assert_int_eq(inq_incident_parse_address(incident, text, &address, &why), INQ_BAD_ARGUMENT);
	ck_assert_ptr_nonnull(why);
}

START_TEST(forms)
{
	struct inq_incident *incident = open_incident(first_map, NULL);
	ck_assert_uint_eq(parse(incident, "7f0000001abc"), 0x7f0000001abc);
	ck_assert_uint_eq(parse(incident, "0x7F0000001ABC"), 0x7f0000001abc);
	ck_assert_uint_eq(parse(incident, "ffffffffffffffff"), UINT64_MAX);
	ck_assert_uint_eq(parse(incident, "libfoo.so.1+0x123"), 0x7f0000000123);
	ck_assert_uint_eq(parse(incident, "/lib/libfoo.so.1+123"), 0x7f0000000123);
	ck_assert_uint_eq(parse(incident, "libfoo.so.1`0x123"), 0x7f0000000123);
	ck_assert_uint_eq(parse(incident, "libfoo.so.1`0x7f0000001abc"), 0x7f0000001abc);
	ck_assert_uint_eq(parse(incident, "prog+0x10"), 0x400010);
	refuse(incident, "");
	refuse(incident, "0x");
	refuse(incident, "12345678901234567");
	refuse(incident, "libnone.so+0x1");
	refuse(incident, "libfoo.so.1+0x3000");
	refuse(incident, "libfoo.so.1+zz");
	refuse(incident, "libfoo.so.1`nosuch+0x1");
	refuse(incident, "+0x1");
	refuse(incident, "`");
	inq_incident_destroy(incident);
}
END_TEST

START_TEST(other_process_is_kept_apart)
{
	struct inq_incident *incident = open_incident(first_map, other_map);
	const struct inq_report *report = inq_incident_report(incident);
	ck_assert_uint_eq(report->contradiction_count, 2);
	ck_assert_str_eq(report->contradictions[0].what, "process");
	ck_assert_str_eq(report->contradictions[1].what, "map");
	ck_assert(report->artefacts[1].other_process);
	ck_assert(!locate(incident, 0x7f1111000000).mapped);
	inq_incident_destroy(incident);
}
END_TEST

START_TEST(same_process_is_joined)
{
	char more[sizeof first_map + 80];
	snprintf(more, sizeof more, "%s7fff00000000-7fff00001000 r-xp 00000000 00:00 0 [vdso]\n", first_map);
	struct inq_incident *incident = open_incident(first_map, more);
	const struct inq_report *report = inq_incident_report(incident);
	ck_assert_uint_eq(report->contradiction_count, 0);
	ck_assert_uint_eq(report->region_count, 7);
	ck_assert_int_eq(locate(incident, 0x7fff00000000).region_class, INQ_CLASS_VDSO);
	inq_incident_destroy(incident);
}
END_TEST

START_TEST(nothing_usable)
{
	struct inq_incident *incident;
	const char *const *warnings;
	ck_assert_int_eq(inq_incident_create(NULL, &incident), INQ_OK);
	write_map(0, "Dear diary,\nno map today.\n");
	ck_assert_int_eq(inq_incident_add(incident, path[0]), INQ_UNUSABLE);
	unlink(path[0]);
	ck_assert_int_eq(inq_incident_add(incident, "no-such-file"), INQ_UNUSABLE);
	ck_assert_int_eq(inq_incident_analyse(incident, INQ_ALL), INQ_BAD_ARGUMENT);
	ck_assert_uint_eq(inq_incident_warnings(incident, &warnings), 2);
	ck_assert_ptr_null(inq_incident_report(incident)->artefacts[0].kind);
	inq_incident_destroy(incident);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("locate");
	TCase *tcase = tcase_create("locate");
	tcase_add_test(tcase, inside_and_outside);
	tcase_add_test(tcase, holes);
	tcase_add_test(tcase, forms);
	tcase_add_test(tcase, other_process_is_kept_apart);
	tcase_add_test(tcase, same_process_is_joined);
	tcase_add_test(tcase, nothing_usable);
	suite_add_tcase(suite, tcase);
	return test_run(suite);
}
