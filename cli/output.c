/* Writing the answer. A pipe that the reader closed ends the command by SIGPIPE, silently, as for every filter; where
 * that signal is ignored the error is told like any other. */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_HELD = 64 << 10 };

static bool write_all(void *data, const char *bytes, size_t size)
{
	struct inq_sink *sink = data;
	while (size) {
		ssize_t done = write(sink->fd, bytes, size);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0) {
			sink->error = done < 0 ? errno : EIO;
			return false;
		}
		bytes += done;
		size -= (size_t)done;
	}
	return true;
}

bool inq_sink_flush(struct inq_sink *sink)
{
	size_t size = sink->held_size;
	sink->held_size = 0;
	return write_all(sink, sink->held, size);
}

static bool write_held(void *data, const char *bytes, size_t size)
{
	struct inq_sink *sink = data;
	if (size > MOST_HELD - sink->held_size && !inq_sink_flush(sink))
		return false;
	if (size > MOST_HELD)
		return write_all(sink, bytes, size);
	memcpy(sink->held + sink->held_size, bytes, size);
	sink->held_size += size;
	return true;
}

void inq_sink_hold(struct inq_sink *sink)
{
	sink->held = malloc(MOST_HELD);
	if (sink->held)
		sink->output.write = write_held;
}

/* A device or a pipe is written in place: only a regular file can be put there whole. */
static bool open_in_place(struct inq_sink *sink, const char *path)
{
	struct stat status;
	if (stat(path, &status) != 0 || S_ISREG(status.st_mode))
		return false;
	sink->fd = open(path, O_WRONLY | O_CLOEXEC);
	return true;
}

static bool open_temporary(struct inq_sink *sink, const char *path)
{
	sink->path = realpath(path, NULL); /* through a symbolic link, to what it names */
	if (!sink->path)
		sink->path = strdup(path);
	if (!sink->path || asprintf(&sink->temporary, "%s.%ld.tmp", sink->path, (long)getpid()) < 0) {
		sink->temporary = NULL;
		errno = ENOMEM;
		return false;
	}
	sink->fd = open(sink->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	return sink->fd >= 0;
}

static void release(struct inq_sink *sink)
{
	free(sink->path);
	free(sink->temporary);
	free(sink->held);
	sink->path = sink->temporary = sink->held = NULL;
}

bool inq_sink_open(struct inq_sink *sink, const struct inq_cli *cli)
{
	*sink = (struct inq_sink) { .fd = STDOUT_FILENO, .name = cli->output ? cli->output : "standard output" };
	if (cli->output && !open_in_place(sink, cli->output))
		open_temporary(sink, cli->output);
	if (sink->fd < 0) {
		inq_tell("%s: cannot be opened for writing: %s", cli->output, strerror(errno));
		release(sink);
		return false;
	}
	sink->output =
		(struct inq_output) { .write = write_all, .data = sink, .frames = cli->limit, .verbose = cli->verbose };
	sink->output.color = inq_terminal_color(cli, sink->fd);
	sink->output.width = inq_terminal_width(sink->fd);
	return true;
}

static bool finish_file(struct inq_sink *sink, bool good)
{
	if (sink->fd != STDOUT_FILENO && close(sink->fd) != 0 && good) {
		sink->error = errno;
		good = false;
	}
	if (!sink->temporary)
		return good;
	if (good && rename(sink->temporary, sink->path) != 0) {
		sink->error = errno;
		good = false;
	}
	if (!good)
		unlink(sink->temporary);
	return good;
}

bool inq_sink_close(struct inq_sink *sink, enum inq_status rendered)
{
	bool written = inq_sink_flush(sink); /* of an answer that is not whole, too */
	bool good = finish_file(sink, written && rendered == INQ_OK);
	if (!good && sink->error)
		inq_tell("%s: could not be written: %s; what was written is not whole", sink->name,
			 strerror(sink->error));
	else if (!good)
		inq_tell("%s: out of memory", sink->name);
	release(sink);
	return good;
}
