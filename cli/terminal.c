/* What the terminal can do. */
#include "cli/command.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { STANDARD_WIDTH = 80, WIDEST = 160 };

bool inq_terminal_color(const struct inq_cli *cli, int fd)
{
	const char *never = getenv("NO_COLOR"), *term = getenv("TERM"); /* no-color.org */
	switch (cli->color) {
	case INQ_COLOR_ALWAYS:
		return true;
	case INQ_COLOR_NEVER:
		return false;
	case INQ_COLOR_AUTO:
		break;
	}
	return !(never && *never) && term && strcmp(term, "dumb") != 0 && isatty(fd);
}

/* Wide lines are hard to read: not all of a very wide terminal is used. */
unsigned inq_terminal_width(int fd)
{
	struct winsize size;
	if (!isatty(fd) || ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return STANDARD_WIDTH;
	return size.ws_col < WIDEST ? size.ws_col : WIDEST;
}
