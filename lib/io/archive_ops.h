/* Archives: what the module `archive` does for the library. Formats only: compressions are taken off around it. */
#ifndef INQ_IO_ARCHIVE_OPS_H
#define INQ_IO_ARCHIVE_OPS_H

#include <inquest/types.h>

/* What an archive tells of a member. */
struct inq_archive_entry {
	const char *name; /* as it stands there; until the next call */
	uint64_t size;	  /* INQ_UNKNOWN when it is not told before the bytes */
	uint64_t mtime;	  /* seconds since 1970; INQ_UNKNOWN */
	bool is_file;	  /* a regular file with bytes of its own, not a folder, link or device */
	const char *
		link; /* the name that it is a link to; of a file with bytes, one that has the same; NULL; until the next call */
	bool is_symbolic; /* the link is, and its name counts from its own folder */
	bool is_encrypted;
};

enum inq_archive_step {
	INQ_ARCHIVE_MEMBER,
	INQ_ARCHIVE_END,
	INQ_ARCHIVE_DAMAGED, /* nothing more can be read */
	INQ_ARCHIVE_NO_MEMORY
};

/* Where the archive is read from: also at other places than the next one, when it is a file. */
struct inq_archive_input {
	struct inq_reader reader;
	/* Moves to a place and gives it; negative when that cannot be. NULL: it comes as a stream. `whence` as lseek's. */
	int64_t (*seek)(void *data, int64_t offset, int whence);
};

struct inq_archive_ops {
	/* `input` lives as long as the archive. NULL: no memory. */
	void *(*open)(const struct inq_archive_input *input);
	enum inq_archive_step (*next)(void *archive, struct inq_archive_entry *ret);
	/* The bytes of the present member, as struct inq_reader's `read`. */
	int64_t (*read)(void *archive, void *buffer, size_t size);
	const char *(*why)(void *archive); /* the last failure, in words; NULL */
	void (*close)(void *archive);
};

#endif
