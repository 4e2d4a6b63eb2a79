/* Which JVM this is. Paths tell it: libjvm.so lies in the folder of its JDK, whose name has the version in it;
 * lib/modules came with 9, rt.jar went with it. An hs_err log says it in its banner. */
#include "lib/jvm/identity.h"

#include "lib/base/str.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>

static unsigned number_at(const char *text)
{
	unsigned value = 0;
	for (; isdigit((unsigned char)*text) && value < 1000; text++)
		value = value * 10 + (unsigned)(*text - '0');
	return value;
}

static const char *skip_digits(const char *text)
{
	while (isdigit((unsigned char)*text))
		text++;
	return text;
}

/* HotSpot numbered itself until JDK 8: 25.x is 8, 24.x is 7 (hotspot_version of each). */
static unsigned major_of_hotspot(unsigned own)
{
	return own == 25 ? 8 : own >= 21 ? 7 : own >= 10 ? 6 : 0;
}

unsigned inq_jvm_major(const char *version)
{
	unsigned first = number_at(version);
	const char *rest = skip_digits(version);
	if (first == 1 && (*rest == '.' || *rest == '_'))
		return number_at(rest + 1);
	const char *build = *rest == '.' ? skip_digits(rest + 1) : rest;
	if (first <= 25 && *rest == '.' && build[0] == '-' && build[1] == 'b' && major_of_hotspot(first))
		return major_of_hotspot(first);
	return first < 100 ? first : 0;
}

/* The version in one component of a path: the digits behind "jdk", "java" and the like. */
static const char *version_in(const char *component, size_t length)
{
	static const char *const words[] = { "jdk", "jre",     "j2sdk", "j2re",	    "java", "jvm",
					     "sdk", "temurin", "zulu",	"corretto", NULL };
	for (size_t i = 0; words[i]; i++) {
		size_t size = strlen(words[i]);
		for (size_t at = 0; at + size < length; at++) {
			size_t digit = at + size;
			if (strncasecmp(component + at, words[i], size) != 0)
				continue;
			while (digit < length && strchr("-_", component[digit]))
				digit++;
			if (digit < length && isdigit((unsigned char)component[digit]) &&
			    inq_jvm_major(component + digit))
				return component + digit;
		}
	}
	return NULL;
}

static const char *version_in_path(struct inq_ctx *ctx, const char *path)
{
	for (const char *at = path; at && *at;) {
		size_t length = strcspn(at, "/");
		const char *version = version_in(at, length);
		if (version)
			return inq_arena_copy(ctx->arena, version, (size_t)(at + length - version));
		at += length + (at[length] == '/');
	}
	return NULL;
}

static bool has_component(const char *path, const char *component)
{
	size_t length = strlen(component);
	for (const char *at = strstr(path, component); at; at = strstr(at + 1, component))
		if (at > path && at[-1] == '/' && at[length] == '/')
			return true;
	return false;
}

static void take_version(struct inq_ctx *ctx, struct inq_jvm_identity *ret, const char *version, const char *from)
{
	if (ret->version || !version || !inq_jvm_major(version))
		return;
	ret->version = inq_arena_copy(ctx->arena, version, strspn(version, "0123456789._+ub"));
	ret->version_from = from;
	ret->major = inq_jvm_major(version);
}

/* The files that a JVM maps, and what each shows. */
static const struct {
	const char *name; /* the base name begins so */
	const char *kind, *sign;
	unsigned at_least, at_most;
} files[] = {
	{ "libjvm.so", "hotspot", "libjvm.so is mapped", 0, 0 },
	{ "libj9vm", "openj9", "libj9vm is mapped: Eclipse OpenJ9 or IBM J9", 0, 0 },
	{ "libj9gc", "openj9", "libj9gc is mapped: Eclipse OpenJ9 or IBM J9", 0, 0 },
	{ "rt.jar", NULL, NULL, 0, 8 },
	{ "libhpi.so", NULL, NULL, 0, 6 },
	{ "libjimage.so", NULL, NULL, 9, 0 },
};

static void look_at_file(struct inq_jvm_identity *ret, struct inq_ctx *ctx, const char *path)
{
	const char *base = inq_base_name(path);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		if (strncmp(base, files[i].name, strlen(files[i].name)) != 0)
			continue;
		if (files[i].kind && (!ret->kind || strcmp(files[i].kind, "openj9") == 0)) {
			ret->kind = files[i].kind; /* OpenJ9 has a libjvm.so too */
			ret->sign = files[i].sign;
		}
		if (files[i].at_least > ret->at_least)
			ret->at_least = files[i].at_least;
		if (files[i].at_most && files[i].at_most < ret->at_most)
			ret->at_most = files[i].at_most;
		take_version(ctx, ret, version_in_path(ctx, path), "the path of a file of the JDK");
		ret->server |= has_component(path, "server");
		ret->client |= has_component(path, "client");
	}
}

static void look_at_names(struct inq_space *space, struct inq_jvm_identity *ret)
{
	const char *last = NULL;
	bool counters = false;
	for (size_t i = 0; i < space->mappings.count; i++) {
		const struct inq_mapping *mapping = &space->mappings.items[i];
		const char *path = mapping->file ? mapping->file->path : mapping->name;
		if (!path || path == last)
			continue;
		last = path;
		look_at_file(ret, space->ctx, path);
		counters |= strncmp(path, "/tmp/hsperfdata_", strlen("/tmp/hsperfdata_")) == 0;
	}
	if (!ret->kind && counters) {
		ret->kind = "hotspot";
		ret->sign = "a file of HotSpot's counters (hsperfdata) is mapped";
	}
}

/* "OpenJDK Runtime Environment (17.0.7+7) (build 17.0.7+7-LTS)": the number in the first parentheses. JDK 6: "6.0_20-b02". */
static const char *version_in_log(const char *detail)
{
	if (isdigit((unsigned char)detail[0]))
		return detail;
	const char *open = strchr(detail, '(');
	while (open && !isdigit((unsigned char)open[1]))
		open = strchr(open + 1, '(');
	return open ? open + 1 : NULL;
}

static void look_at_logs(struct inq_space *space, struct inq_jvm_identity *ret)
{
	for (size_t i = 0; i < space->artefacts.count; i++) {
		const struct inq_artefact *artefact = &space->artefacts.items[i];
		if (!artefact->kind || strcmp(artefact->kind, "hs-err") != 0)
			continue;
		ret->kind = "hotspot";
		ret->sign = "an hs_err log is written by HotSpot";
		const char *version = artefact->detail ? version_in_log(artefact->detail) : NULL;
		if (version)
			take_version(space->ctx, ret,
				     inq_arena_copy(space->ctx->arena, version, strcspn(version, ") ,")),
				     "the hs_err log");
	}
}

static void look_at_image(const struct inq_space *space, struct inq_jvm_identity *ret)
{
	uint64_t start, end;
	if (ret->kind || !inq_native_image_heap(space, &start, &end))
		return;
	ret->kind = "native-image";
	ret->sign =
		"the executable is mapped once more into a large reservation, as the heap of a GraalVM native image is";
}

void inq_jvm_identify(struct inq_space *space, struct inq_jvm_identity *ret)
{
	*ret = (struct inq_jvm_identity) { .at_most = UINT_MAX };
	take_version(space->ctx, ret, space->jvm_hints.version, "the user");
	look_at_logs(space, ret);
	look_at_names(space, ret);
	look_at_image(space, ret);
	if (space->process.exe)
		take_version(space->ctx, ret, version_in_path(space->ctx, space->process.exe),
			     "the path of the launcher");
	if (ret->kind && space->process.args) {
		const char *args = space->process.args;
		take_version(space->ctx, ret,
			     version_in_path(space->ctx, inq_arena_copy(space->ctx->arena, args, strcspn(args, " "))),
			     "the path of the launcher");
	}
	if (!ret->kind && (space->jvm_hints.args || space->jvm_hints.version)) {
		ret->kind = "hotspot";
		ret->sign = "the user says that it is a JVM";
	}
}
