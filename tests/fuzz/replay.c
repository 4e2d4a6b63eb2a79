/* Runs a fuzz target over the files of a folder, each whole and cut at 64 places: for compilers without libFuzzer, and
 * so that every test run replays what fuzzing found. */
#include "tests/fuzz/support.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CUTS = 64 };

static uint8_t *read_file(const char *folder, const char *name, size_t *size)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	FILE *file = fopen(path, "rb");
	if (!file)
		return NULL;
	enum { MOST = 1 << 20 };
	uint8_t *bytes = malloc(MOST);
	if (bytes)
		*size = fread(bytes, 1, MOST, file);
	fclose(file);
	return bytes;
}

/* Each piece in memory of its own size, so that the sanitizer sees a read behind it. */
static bool run_cut(const uint8_t *bytes, size_t size)
{
	uint8_t *piece = malloc(size ? size : 1);
	if (!piece)
		return false;
	memcpy(piece, bytes, size);
	LLVMFuzzerTestOneInput(piece, size);
	free(piece);
	return true;
}

static bool replay(const char *folder, const char *name)
{
	size_t size;
	uint8_t *bytes = read_file(folder, name, &size);
	bool done = bytes != NULL;
	for (size_t i = 0; done && i <= CUTS; i++)
		done = run_cut(bytes, size * i / CUTS);
	free(bytes);
	return done;
}

int main(int count, char **arguments)
{
	unsigned files = 0;
	DIR *folder = count == 2 ? opendir(arguments[1]) : NULL;
	if (!folder)
		return EXIT_FAILURE;
	for (struct dirent *entry; (entry = readdir(folder));) {
		if (entry->d_name[0] == '.')
			continue;
		if (!replay(arguments[1], entry->d_name))
			return EXIT_FAILURE;
		files++;
	}
	closedir(folder);
	printf("%u files, each cut at %d places\n", files, CUTS);
	return files ? EXIT_SUCCESS : EXIT_FAILURE; /* an empty corpus tests nothing */
}
