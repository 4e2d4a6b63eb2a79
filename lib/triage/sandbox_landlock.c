/* Landlock: a process takes from itself the right to files, for good. Linux' Documentation/userspace-api/landlock.rst and
 * <linux/landlock.h>; the C library has no functions for it. */
#include "lib/triage/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Rights by the version of the interface that brought them; an older kernel refuses those that it does not know. Values as
 * in <linux/landlock.h>, whose older editions lack the later ones. */
enum {
	RIGHTS_1 = (1 << 13) - 1, /* LANDLOCK_ACCESS_FS_EXECUTE … LANDLOCK_ACCESS_FS_MAKE_SYM */
	RIGHT_REFER = 1 << 13,	  /* version 2 */
	RIGHT_TRUNCATE = 1 << 14, /* version 3 */
	RIGHT_IOCTL = 1 << 15,	  /* version 5 */
	NET_RIGHTS = 3,		  /* version 4: bind and connect, TCP */
	SCOPES = 3		  /* version 6: abstract Unix sockets, signals */
};

/* struct landlock_ruleset_attr as of version 6. */
struct ruleset {
	uint64_t fs, net, scoped;
};

int inq_landlock_version(void)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	return version < 0 ? 0 : (int)version;
}

/* What this kernel can forbid: all of it is forbidden. */
static int create_ruleset(int version)
{
	struct ruleset all = { .fs = RIGHTS_1 };
	size_t size = sizeof all.fs;
	all.fs |= version >= 2 ? RIGHT_REFER : 0;
	all.fs |= version >= 3 ? RIGHT_TRUNCATE : 0;
	all.fs |= version >= 5 ? RIGHT_IOCTL : 0;
	if (version >= 4) {
		all.net = NET_RIGHTS;
		size += sizeof all.net;
	}
	if (version >= 6) {
		all.scoped = SCOPES;
		size += sizeof all.scoped;
	}
	return (int)syscall(SYS_landlock_create_ruleset, &all, size, 0);
}

enum {
	READ_RIGHTS = LANDLOCK_ACCESS_FS_READ_FILE,
	FOLDER_RIGHTS = LANDLOCK_ACCESS_FS_READ_DIR, /* more of a folder */
	WRITE_RIGHTS = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE
};

/* A path that is not there needs no right. `more`: rights that only a folder can give. */
static bool allow(int ruleset, const char *path, uint64_t more)
{
	struct stat st;
	struct landlock_path_beneath_attr rule = { .parent_fd = open(path, O_PATH | O_CLOEXEC) };
	if (rule.parent_fd < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == EACCES;
	rule.allowed_access = READ_RIGHTS;
	if (fstat(rule.parent_fd, &st) == 0 && S_ISDIR(st.st_mode))
		rule.allowed_access |= more;
	bool added = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
	close(rule.parent_fd);
	return added;
}

bool inq_landlock_enter(const char *const *readable, const char *writable)
{
	int ruleset = create_ruleset(inq_landlock_version());
	bool good = ruleset >= 0;
	for (size_t i = 0; good && readable[i]; i++)
		good = allow(ruleset, readable[i], FOLDER_RIGHTS);
	if (good && writable)
		good = allow(ruleset, writable, FOLDER_RIGHTS | WRITE_RIGHTS);
	good = good && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
	if (ruleset >= 0)
		close(ruleset);
	return good;
}
