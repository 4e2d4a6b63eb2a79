/* Files that an artefact names: opened inside the sysroot, and only when they are regular.
 *
 * The kernel's own RESOLVE_IN_ROOT (openat2(2), Linux 5.6) does it in one call. Where it is missing or forbidden (old
 * kernels, sandboxes) the path is walked component by component: each is opened with O_PATH | O_NOFOLLOW below the one
 * before, links are read and put in front of what is left of the path, ".." goes one up in the list of open folders and
 * stays at the sysroot. No component is ever looked up by a path that another process could have changed meanwhile. */
#include "lib/io/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	MOST_LINKS = 40, /* as the kernel's MAXSYMLINKS */
	MOST_DEPTH = 64, /* folders below the sysroot: each holds a descriptor during the walk */
	READ_FLAGS = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
	LOOK_FLAGS = O_PATH | O_CLOEXEC /* finds without opening: a device or FIFO notices nothing */
};

struct inq_files {
	const char *sysroot, *exe;
	const char *const *debug_dirs; /* where separate debug files are looked for */
	int root;		       /* the sysroot's descriptor; -1: the machine's root */
	bool off;
};

enum inq_status inq_files_create(struct inq_ctx *ctx, const char *sysroot, const char *exe,
				 const char *const *debug_dirs, bool off, struct inq_files **ret)
{
	struct inq_files *files = inq_arena_alloc(ctx->arena, sizeof *files);
	if (!files)
		return inq_no_memory(ctx);
	*files =
		(struct inq_files) { .sysroot = sysroot, .exe = exe, .debug_dirs = debug_dirs, .root = -1, .off = off };
	if (sysroot && !off) {
		files->root = open(sysroot, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (files->root < 0) {
			inq_warn(ctx, INQ_PLACE_NONE, 0,
				 "the sysroot %s is no folder that can be opened; check --sysroot", sysroot);
			return INQ_UNUSABLE;
		}
	}
	*ret = files;
	return INQ_OK;
}

void inq_files_destroy(struct inq_files *files)
{
	if (!files || files->root < 0)
		return;
	close(files->root);
	files->root = -1;
}

bool inq_files_are_off(const struct inq_files *files)
{
	return files->off;
}

const char *const *inq_files_debug_dirs(const struct inq_files *files)
{
	static const char *const usual[] = { "/usr/lib/debug", NULL };
	return files->debug_dirs ? files->debug_dirs : usual;
}

const char *inq_files_sysroot(const struct inq_files *files)
{
	return files->sysroot;
}

static const char *reason(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
		return "no such file";
	case EACCES:
	case EPERM:
		return "permission denied";
	case ELOOP:
		return "too many symbolic links";
	case ENAMETOOLONG:
		return "the path is too long";
	case EMFILE:
	case ENFILE:
		return "too many open files";
	default:
		return "it cannot be opened";
	}
}

/* The walk without openat2. dirs[0] is the sysroot itself and not ours to close. */
struct walk {
	int dirs[MOST_DEPTH + 1];
	unsigned depth, links;
	int found;	     /* descriptor of the last component; -1 so far */
	char left[PATH_MAX]; /* what is still to be walked */
};

static void walk_up(struct walk *walk, unsigned depth)
{
	while (walk->depth > depth)
		close(walk->dirs[walk->depth--]);
}

/* Puts the target of a link in front of the rest of the path. */
static int walk_link(struct walk *walk, int link)
{
	char target[PATH_MAX];
	ssize_t length = readlinkat(link, "", target, sizeof target);
	if (length < 0)
		return -errno;
	size_t size = (size_t)length, left_size = strlen(walk->left) + 1;
	if (++walk->links > MOST_LINKS)
		return -ELOOP;
	if (size + 1 + left_size > sizeof walk->left)
		return -ENAMETOOLONG;
	if (size && target[0] == '/')
		walk_up(walk, 0);
	memmove(walk->left + size + 1, walk->left, left_size);
	memcpy(walk->left, target, size);
	walk->left[size] = '/';
	return 0;
}

/* Keeps an open component: as the next folder, or as what was asked for when nothing is left of the path. */
static int walk_keep(struct walk *walk, int fd, const char *name, int flags)
{
	if (*walk->left && walk->depth == MOST_DEPTH) {
		close(fd);
		return -ENAMETOOLONG;
	}
	if (*walk->left) {
		walk->dirs[++walk->depth] = fd;
		return 0;
	}
	walk->found = fd;
	if (flags != LOOK_FLAGS) {
		walk->found = openat(walk->dirs[walk->depth], name, flags | O_NOFOLLOW);
		close(fd);
	}
	return walk->found < 0 ? -errno : 0;
}

static int walk_into(struct walk *walk, const char *name, int flags)
{
	struct stat stat;
	int fd = openat(walk->dirs[walk->depth], name, LOOK_FLAGS | O_NOFOLLOW);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &stat) == 0 && !S_ISLNK(stat.st_mode))
		return walk_keep(walk, fd, name, flags);
	int result = walk_link(walk, fd);
	close(fd);
	return result;
}

/* Takes the next component off what is left and goes there: 0 or -errno. */
static int walk_step(struct walk *walk, int flags)
{
	char name[NAME_MAX + 1];
	const char *start = walk->left + strspn(walk->left, "/");
	size_t size = strcspn(start, "/");
	if (!size)
		return -EISDIR;
	if (size > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(name, start, size);
	name[size] = '\0';
	const char *rest = start + size + strspn(start + size, "/");
	memmove(walk->left, rest, strlen(rest) + 1);
	if (strcmp(name, ".") == 0)
		return 0;
	if (strcmp(name, "..") != 0)
		return walk_into(walk, name, flags);
	walk_up(walk, walk->depth ? walk->depth - 1 : 0);
	return 0;
}

static int walk_open(int root, const char *path, int flags)
{
	struct walk walk;
	size_t length = strlen(path);
	if (length >= sizeof walk.left)
		return -ENAMETOOLONG;
	memcpy(walk.left, path, length + 1);
	walk.dirs[0] = root;
	walk.depth = walk.links = 0;
	walk.found = -1;
	int result = 0;
	while (!result && walk.found < 0)
		result = walk_step(&walk, flags);
	walk_up(&walk, 0);
	return result ? result : walk.found;
}

/* Opens `path` inside `root`; -errno when that fails. */
static int open_inside(int root, const char *path, int flags)
{
	struct open_how how = { .flags = (unsigned)flags, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
	/* The kernel asks for a new try when something was renamed meanwhile. */
	for (int tries = 0; tries < 3; tries++) {
		long fd = syscall(SYS_openat2, root, path, &how, sizeof how);
		if (fd >= 0)
			return (int)fd;
		if (errno == ENOSYS || errno == EPERM)
			return walk_open(root, path, flags);
		if (errno != EAGAIN)
			break;
	}
	return -errno;
}

static int open_at(int root, const char *path, int flags)
{
	if (root >= 0)
		return open_inside(root, path, flags);
	int fd = open(path, flags);
	return fd < 0 ? -errno : fd;
}

/* A regular file's descriptor, or -errno: -EISDIR for whatever is no regular file. */
static int open_regular(int root, const char *path, int flags)
{
	struct stat stat;
	int fd = open_at(root, path, flags);
	if (fd < 0)
		return fd;
	if (fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode))
		return fd;
	close(fd);
	return -EISDIR;
}

static int open_checked(int root, const char *path, const char **why)
{
	/* Looked at first, because merely opening some devices does something. */
	int fd = open_regular(root, path, LOOK_FLAGS);
	if (fd >= 0) {
		close(fd);
		fd = open_regular(root, path, READ_FLAGS);
	}
	if (fd < 0)
		*why = fd == -EISDIR ? "not a regular file" : reason(-fd);
	return fd < 0 ? -1 : fd;
}

int inq_files_open(const struct inq_files *files, const char *path, const char **why)
{
	*why = "files are not looked at";
	if (files->off)
		return -1;
	*why = "the path is not absolute";
	if (path[0] != '/' && files->root < 0)
		return -1;
	return open_checked(files->root, path, why);
}

int inq_files_open_exe(const struct inq_files *files, const char **path, const char **why)
{
	*why = "no executable was named";
	if (files->off || !files->exe)
		return -1;
	*path = files->exe;
	return open_checked(-1, files->exe, why);
}
