/* Opening modules: where they are looked for, and what is checked before one is used. */
#include "lib/io/provider.h"

#include "lib/base/arena.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

struct row {
	const char *name;
	enum inq_provider_kind kind;
};

static const struct row rows[] = {
#define INQ_PROVIDER(name, kind) { name, kind },
#include "lib/io/providers.def"
#undef INQ_PROVIDER
};

enum { ROW_COUNT = sizeof rows / sizeof *rows };

/* What became of a row: set once, by whoever is first, and never changed. As with dlopen itself, it is the process's. */
struct outcome {
	_Atomic(const struct inq_module *) module;
	_Atomic(char *) why;
};

static struct outcome outcomes[ROW_COUNT];

/* Writes "FOLDER/NAME.so" and says whether there is such a file. */
static bool in_folder(const char *folder, const char *name, char path[static PATH_MAX])
{
	int length = snprintf(path, PATH_MAX, "%s/%s.so", folder, name);
	return length > 0 && length < PATH_MAX && access(path, F_OK) == 0;
}

/* A folder beside the program counts only when nobody else can put files there. */
static bool is_trusted(const char *folder)
{
	struct stat st;
	return stat(folder, &st) == 0 && (st.st_uid == 0 || st.st_uid == geteuid()) &&
	       !(st.st_mode & (S_IWGRP | S_IWOTH));
}

/* The build folder: tests/TEST and cli/inquest stand beside modules/. A program that runs with more rights than its user takes
 * modules from the installed place only. */
static bool beside_program(char folder[static PATH_MAX])
{
	char program[PATH_MAX];
	ssize_t length = getauxval(AT_SECURE) ? -1 : readlink("/proc/self/exe", program, sizeof program - 1);
	if (length <= 0)
		return false;
	program[length] = '\0';
	char *slash = strrchr(program, '/');
	if (!slash)
		return false;
	*slash = '\0';
	int written = snprintf(folder, PATH_MAX, "%s/../modules", program);
	return written > 0 && written < PATH_MAX && is_trusted(folder);
}

static bool find_module(const char *name, char path[static PATH_MAX])
{
	char folder[PATH_MAX];
	const char *chosen = secure_getenv("INQUEST_MODULE_DIR");
	if (chosen && *chosen && in_folder(chosen, name, path))
		return true;
	if (beside_program(folder) && in_folder(folder, name, path))
		return true;
	return in_folder(INQ_MODULE_DIR, name, path);
}

size_t inq_provider_folders(struct inq_arena *arena, const char *ret[static INQ_PROVIDER_FOLDERS])
{
	char folder[PATH_MAX];
	size_t count = 0;
	const char *chosen = secure_getenv("INQUEST_MODULE_DIR");
	if (chosen && *chosen)
		ret[count++] = chosen;
	const char *beside = beside_program(folder) ? inq_arena_copy(arena, folder, strlen(folder)) : NULL;
	if (beside)
		ret[count++] = beside;
	ret[count++] = INQ_MODULE_DIR;
	return count;
}

/* NULL with the reason in `why`. */
static const struct inq_module *open_module(const struct row *row, char *why, size_t size)
{
	char path[PATH_MAX];
	if (!find_module(row->name, path)) {
		snprintf(why, size, "it is not in %s", INQ_MODULE_DIR);
		return NULL;
	}
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!handle) {
		const char *error = dlerror();
		snprintf(why, size, "%s", error ? error : path);
		return NULL;
	}
	const struct inq_module *module = dlsym(handle, "inq_module");
	if (module && module->version == INQ_MODULE_VERSION && module->kind == row->kind &&
	    strcmp(module->name, row->name) == 0)
		return module;
	snprintf(why, size, "%s is of another version of Inquest", path);
	dlclose(handle);
	return NULL;
}

static const struct inq_module *publish(struct outcome *outcome, const struct inq_module *module, const char *why)
{
	if (module) {
		atomic_store(&outcome->module, module); /* another thread's dlopen gave the same one */
		return module;
	}
	size_t size = strlen(why) + 1;
	char *copy = inq_alloc(size), *none = NULL;
	if (copy)
		memcpy(copy, why, size);
	if (!atomic_compare_exchange_strong(&outcome->why, &none, copy))
		free(copy);
	return NULL;
}

static const struct inq_module *use(size_t index)
{
	struct outcome *outcome = &outcomes[index];
	const struct inq_module *module = atomic_load(&outcome->module);
	if (module || atomic_load(&outcome->why))
		return module;
	char why[PATH_MAX + 256] = "";
	return publish(outcome, open_module(&rows[index], why, sizeof why), why);
}

const void *inq_provider_open(const char *name, enum inq_provider_kind kind, const char **why)
{
	for (size_t i = 0; i < ROW_COUNT; i++) {
		if (rows[i].kind != kind || strcmp(rows[i].name, name) != 0)
			continue;
		const struct inq_module *module = use(i);
		const char *told = atomic_load(&outcomes[i].why);
		*why = module ? NULL : told ? told : "out of memory";
		return module ? module->ops : NULL;
	}
	*why = "there is no such module";
	return NULL;
}
