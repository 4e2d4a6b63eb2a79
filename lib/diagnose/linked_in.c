/* Two marks: a program has debug information where the library, as distributors build it, has none; and names: those that C keeps for
 * its library (C17 7.1.3), and the library's own, of which a program cannot have a second. */
#include "lib/diagnose/linked_in.h"

#include <stdlib.h>
#include <string.h>

/* Sorted. Those that touch memory for their callers, or end a program. */
static const char *const names[] = {
	"abort",
	"asprintf",
	"atof",
	"atoi",
	"atol",
	"bcmp",
	"bcopy",
	"bsearch",
	"bzero",
	"calloc",
	"cfree",
	"closedir",
	"exit",
	"fclose",
	"fflush",
	"fgetc",
	"fgets",
	"fopen",
	"fprintf",
	"fputc",
	"fputs",
	"fread",
	"free",
	"freeaddrinfo",
	"fscanf",
	"fseek",
	"fwrite",
	"getc",
	"getenv",
	"getline",
	"gmtime",
	"kill",
	"localtime",
	"longjmp",
	"malloc",
	"memchr",
	"memcmp",
	"memcpy",
	"memmem",
	"memmove",
	"mempcpy",
	"memrchr",
	"memset",
	"mktime",
	"perror",
	"printf",
	"printf_core",
	"pthread_cond_signal",
	"pthread_cond_wait",
	"pthread_join",
	"pthread_kill",
	"pthread_mutex_destroy",
	"pthread_mutex_lock",
	"pthread_mutex_unlock",
	"putc",
	"puts",
	"qsort",
	"qsort_r",
	"raise",
	"readdir",
	"realloc",
	"regexec",
	"regfree",
	"sem_post",
	"sem_wait",
	"setenv",
	"sigqueue",
	"snprintf",
	"sprintf",
	"sscanf",
	"stpcpy",
	"strcasecmp",
	"strcat",
	"strchr",
	"strcmp",
	"strcpy",
	"strcspn",
	"strdup",
	"strftime",
	"strlen",
	"strncat",
	"strncmp",
	"strncpy",
	"strndup",
	"strnlen",
	"strrchr",
	"strspn",
	"strstr",
	"strtod",
	"strtok",
	"strtok_r",
	"strtol",
	"strtoul",
	"vasprintf",
	"vfprintf",
	"vprintf",
	"vsnprintf",
	"vsprintf",
	"wcscpy",
	"wcslen",
	"wmemset",
};

static int compare(const void *name, const void *row)
{
	return strcmp(name, *(const char *const *)row);
}

/* "_int_free" and the like are static functions of glibc. */
static bool is_reserved(const char *name)
{
	static const char *const beginnings[] = { "__", "_IO_", "_int_", "_dl_", "_nl_", "_itoa", "msort_with_tmp" };
	for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
		if (strncmp(name, beginnings[i], strlen(beginnings[i])) == 0)
			return true;
	return bsearch(name, names, sizeof names / sizeof *names, sizeof *names, compare);
}

bool inq_is_static(const struct inq_space *space)
{
	for (size_t i = 0; i < space->objects.count; i++)
		if (space->objects.items[i].kind == INQ_OBJECT_INTERPRETER ||
		    space->objects.items[i].kind == INQ_OBJECT_LIBRARY)
			return false;
	return space->objects.count > 0;
}

/* Some function further out has source lines. */
static bool has_lines(const struct inq_frame_info *frames, size_t count, size_t from)
{
	for (size_t i = from; i < count; i++)
		if (frames[i].location.file)
			return true;
	return false;
}

bool inq_is_linked_in(const struct inq_case *crash, const struct inq_frame_info *frames, size_t count, size_t index)
{
	const struct inq_location *at = &frames[index].location;
	if (!at->symbol || at->file || !inq_is_static(crash->space))
		return false;
	return has_lines(frames, count, index + 1) || is_reserved(at->symbol);
}
