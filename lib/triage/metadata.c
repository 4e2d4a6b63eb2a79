/* Names, attributes and files that crash handlers leave with a core.
 * Sources: systemd-coredump(8) and coredump.c (file names; user.coredump.* attributes, time in microseconds); ABRT's
 * problem data (one file for each fact: "coredump", "executable", "time" in seconds, "hostname", "package", "pid"). */
#include "lib/triage/metadata.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { MOST_BYTES = 4096, SECOND = 1000000 };

uint64_t inq_metadata_number(const char *text, size_t length)
{
	uint64_t value = 0;
	for (size_t i = 0; i < length; i++) {
		unsigned digit = (unsigned)text[i] - '0';
		if (digit > 9 || value > (INQ_UNKNOWN - digit) / 10)
			return INQ_UNKNOWN;
		value = value * 10 + digit;
	}
	return length ? value : INQ_UNKNOWN;
}

static uint64_t in_seconds(uint64_t microseconds)
{
	return microseconds == INQ_UNKNOWN ? INQ_UNKNOWN : microseconds / SECOND;
}

/* One line of text without its end, or NULL when it is empty. */
static const char *line(struct inq_arena *arena, const char *bytes, size_t size)
{
	size_t length = 0;
	while (length < size && bytes[length] && bytes[length] != '\n')
		length++;
	return length ? inq_arena_copy(arena, bytes, length) : NULL;
}

static const char *attribute(struct inq_arena *arena, int fd, const char *name)
{
	char value[MOST_BYTES];
	ssize_t size = fgetxattr(fd, name, value, sizeof value);
	return size > 0 ? line(arena, value, (size_t)size) : NULL;
}

static uint64_t number_attribute(struct inq_arena *arena, int fd, const char *name)
{
	const char *value = attribute(arena, fd, name);
	return value ? inq_metadata_number(value, strlen(value)) : INQ_UNKNOWN;
}

/* core.COMM.UID.BOOTID.PID.MICROSECONDS, and an ending when it is compressed; COMM may have points in it, so that the parts
 * are counted from the boot ID, which has 32 digits. */
static void by_name(struct inq_arena *arena, const char *name, struct inq_item *item)
{
	enum { BOOT_ID = 32 };
	if (strncmp(name, "core.", 5) != 0)
		return;
	for (const char *at = strchr(name + 5, '.'); at; at = strchr(at + 1, '.')) {
		size_t digits = strspn(at + 1, "0123456789abcdef");
		if (digits != BOOT_ID || at[1 + BOOT_ID] != '.')
			continue;
		const char *pid = at + 1 + BOOT_ID + 1, *time = strchr(pid, '.');
		const char *user = memrchr(name + 5, '.', (size_t)(at - (name + 5)));
		if (!time || !user || user == name + 5)
			return;
		item->pid = inq_metadata_number(pid, (size_t)(time - pid));
		item->seen = in_seconds(inq_metadata_number(time + 1, strcspn(time + 1, ".")));
		item->name = inq_arena_copy(arena, name + 5, (size_t)(user - (name + 5)));
		return;
	}
}

static void by_attributes(struct inq_arena *arena, int fd, struct inq_item *item)
{
	const char *comm = attribute(arena, fd, "user.coredump.comm");
	uint64_t pid = number_attribute(arena, fd, "user.coredump.pid");
	uint64_t time = number_attribute(arena, fd, "user.coredump.timestamp");
	item->exe = attribute(arena, fd, "user.coredump.exe");
	item->host = attribute(arena, fd, "user.coredump.hostname");
	if (comm)
		item->name = comm;
	if (pid != INQ_UNKNOWN)
		item->pid = pid;
	if (time != INQ_UNKNOWN)
		item->seen = in_seconds(time);
}

void inq_metadata_of_file(struct inq_arena *arena, int fd, const char *name, struct inq_item *item)
{
	by_name(arena, name, item);
	/* One look-up tells whether there are any. */
	if (flistxattr(fd, NULL, 0) > 0)
		by_attributes(arena, fd, item);
}

/* The first line of a small file of the folder; NULL when there is none. */
static const char *fact(struct inq_arena *arena, int folder, const char *name)
{
	char bytes[MOST_BYTES];
	struct stat st;
	int fd = openat(folder, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return NULL;
	ssize_t size = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? read(fd, bytes, sizeof bytes) : -1;
	close(fd);
	return size > 0 ? line(arena, bytes, (size_t)size) : NULL;
}

static uint64_t number_fact(struct inq_arena *arena, int folder, const char *name)
{
	const char *value = fact(arena, folder, name);
	return value ? inq_metadata_number(value, strlen(value)) : INQ_UNKNOWN;
}

void inq_metadata_of_folder(struct inq_arena *arena, int folder, struct inq_item *item)
{
	if (!fact(arena, folder, "executable"))
		return;
	item->exe = fact(arena, folder, "executable");
	item->host = fact(arena, folder, "hostname");
	item->version = fact(arena, folder, "package");
	item->pid = number_fact(arena, folder, "pid");
	item->seen = number_fact(arena, folder, "time");
}
