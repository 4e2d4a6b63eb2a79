/* Bytes that were dear to make of an object's file, kept in a folder for the next run, and for other processes at the same time.
 *
 * One file for each build ID and kind of content. They appear whole under their names or not at all; they are read in place
 * after a check of their size and checksum. What is in them is trusted no more than any input: a reader must bound what it
 * finds. The folder must be the user's own; when it grows too large the files that were not used for longest go.
 *
 * A process that reads hostile input writes nothing: it has a reader of the folder, and asks another process for what it
 * misses. */
#ifndef INQ_IO_CACHE_FOLDER_H
#define INQ_IO_CACHE_FOLDER_H

#include "lib/base/view.h"

struct inq_cache_folder;
struct inq_ctx;
struct inq_source;

/* What a file may be found by: the object's build ID, and the kind of content ("symtab.index"; letters, points and dashes). */
struct inq_cache_name {
	const uint8_t *build_id;
	uint8_t build_id_size;
	const char *kind;
	const char *path; /* the object's file, as the artefact names it: to ask for it */
	struct inq_view
		made_of; /* bytes that the content was made of, where it can only be good for these; size 0: any */
};

/* Called for what a reader misses. */
struct inq_cache_wants {
	void (*want)(void *data, const struct inq_cache_name *name);
	void *data;
};

/* Opens the folder, made when it is not there. NULL with the reason in *why: it cannot be made, or others may write to it. */
struct inq_cache_folder *inq_cache_folder_open(const char *path, const char **why);
/* A reader of the folder, which may not be there yet. `path` and `wants` must live as long. NULL: memory is out. */
struct inq_cache_folder *inq_cache_folder_open_reader(const char *path, const struct inq_cache_wants *wants);
void inq_cache_folder_close(struct inq_cache_folder *folder); /* NULL is fine */

/* *bytes lies in *ret, which the caller closes. False when there is none, or it is damaged: it is then removed. */
bool inq_cache_folder_get(struct inq_cache_folder *folder, struct inq_ctx *ctx, const struct inq_cache_name *name,
			  struct inq_view *bytes, struct inq_source **ret);
/* Keeps the bytes; a reader asks for them. What goes wrong (a full disk, no right to write) costs the next run the work again,
 * and nothing else. */
void inq_cache_folder_put(struct inq_cache_folder *folder, const struct inq_cache_name *name, const void *bytes,
			  size_t size);
/* True in a reader, which then has asked for it: there is no use in making it to be kept. */
bool inq_cache_folder_want(struct inq_cache_folder *folder, const struct inq_cache_name *name);

#endif
