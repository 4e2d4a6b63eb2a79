/* Module: tar, cpio, zip and 7z, by libarchive. Its filters are left alone, for compressions are taken off before, with our own
 * bounds; so are the formats that name other files or run programs. */
#include "lib/io/archive_ops.h"
#include "lib/io/provider.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>

enum { BUFFER_SIZE = 256 << 10 };

struct opened {
	struct archive *archive;
	const struct inq_archive_input *input;
	uint8_t *buffer;
	bool begun;
};

static la_ssize_t read_input(struct archive *archive, void *data, const void **ret)
{
	struct opened *opened = data;
	int64_t got = opened->input->reader.read(opened->input->reader.data, opened->buffer, BUFFER_SIZE);
	*ret = opened->buffer;
	if (got < 0)
		archive_set_error(archive, (int)-got, "cannot be read");
	return got;
}

static la_int64_t seek_input(struct archive *archive, void *data, la_int64_t offset, int whence)
{
	struct opened *opened = data;
	int64_t at = opened->input->seek(opened->input->reader.data, offset, whence);
	if (at < 0)
		archive_set_error(archive, (int)-at, "cannot move in it");
	return at < 0 ? ARCHIVE_FATAL : at;
}

static la_int64_t skip_input(struct archive *archive, void *data, la_int64_t size)
{
	struct opened *opened = data;
	(void)archive;
	int64_t at = opened->input->seek(opened->input->reader.data, size, 1);
	return at < 0 ? 0 : size;
}

static void close_archive(void *state)
{
	struct opened *opened = state;
	if (opened->archive)
		archive_read_free(opened->archive);
	free(opened->buffer);
	free(opened);
}

static bool set_up(struct opened *opened)
{
	struct archive *archive = opened->archive;
	archive_read_set_callback_data(archive, opened);
	archive_read_set_read_callback(archive, read_input);
	if (opened->input->seek) {
		archive_read_set_seek_callback(archive, seek_input);
		archive_read_set_skip_callback(archive, skip_input);
	}
	return archive_read_support_format_tar(archive) == ARCHIVE_OK &&
	       archive_read_support_format_cpio(archive) == ARCHIVE_OK &&
	       archive_read_support_format_zip(archive) == ARCHIVE_OK &&
	       archive_read_support_format_7zip(archive) == ARCHIVE_OK;
}

static void *open_archive(const struct inq_archive_input *input)
{
	struct opened *opened = calloc(1, sizeof *opened);
	if (!opened)
		return NULL;
	opened->input = input;
	opened->buffer = malloc(BUFFER_SIZE);
	opened->archive = archive_read_new();
	if (opened->buffer && opened->archive && set_up(opened))
		return opened;
	close_archive(opened);
	return NULL;
}

/* A name in no known character set is taken as its bytes. */
static const char *name_of(struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry);
	name = name ? name : archive_entry_pathname_utf8(entry);
	return name ? name : "";
}

static enum inq_archive_step next(void *state, struct inq_archive_entry *ret)
{
	struct opened *opened = state;
	struct archive_entry *entry;
	if (!opened->begun && archive_read_open1(opened->archive) != ARCHIVE_OK)
		return INQ_ARCHIVE_DAMAGED;
	opened->begun = true;
	int result = archive_read_next_header(opened->archive, &entry);
	if (result == ARCHIVE_EOF)
		return INQ_ARCHIVE_END;
	if (result == ARCHIVE_FATAL || result == ARCHIVE_FAILED || result == ARCHIVE_RETRY)
		return archive_errno(opened->archive) == ENOMEM ? INQ_ARCHIVE_NO_MEMORY : INQ_ARCHIVE_DAMAGED;
	const char *hard = archive_entry_hardlink(entry);
	const char *soft = archive_entry_filetype(entry) == AE_IFLNK ? archive_entry_symlink(entry) : NULL;
	int64_t size = archive_entry_size_is_set(entry) ? archive_entry_size(entry) : -1;
	int64_t mtime = archive_entry_mtime_is_set(entry) ? archive_entry_mtime(entry) : -1;
	*ret = (struct inq_archive_entry) {
		.name = name_of(entry),
		.size = size < 0 ? INQ_UNKNOWN : (uint64_t)size,
		.mtime = mtime < 0 ? INQ_UNKNOWN : (uint64_t)mtime,
		.is_file = archive_entry_filetype(entry) == AE_IFREG && (!hard || size > 0),
		.link = hard ? hard : soft,
		.is_symbolic = !hard && soft,
		.is_encrypted = archive_entry_is_encrypted(entry),
	};
	return INQ_ARCHIVE_MEMBER;
}

static int64_t read_member(void *state, void *buffer, size_t size)
{
	struct opened *opened = state;
	la_ssize_t got;
	do {
		got = archive_read_data(opened->archive, buffer, size);
	} while (got == ARCHIVE_RETRY);
	if (got >= 0)
		return got;
	int error = archive_errno(opened->archive);
	return error > 0 ? -error : -EIO;
}

static const char *why(void *state)
{
	struct opened *opened = state;
	return archive_error_string(opened->archive);
}

static const struct inq_archive_ops ops = { open_archive, next, read_member, why, close_archive };

const struct inq_module inq_module = { INQ_MODULE_VERSION, INQ_PROVIDER_ARCHIVE, "archive", &ops };
