/* Module: files by build ID from debuginfod's servers, by the client library of elfutils. It keeps what it fetched in its own
 * cache, and takes the servers and limits from its own environment variables. */
#include "lib/io/fetch_ops.h"
#include "lib/io/provider.h"

#include <elfutils/debuginfod.h>
#include <stdlib.h>

static int fetch(const uint8_t *id, size_t size, bool executable)
{
	char *path = NULL;
	debuginfod_client *client = size && size <= 64 ? debuginfod_begin() : NULL;
	if (!client)
		return -1;
	int fd = executable ? debuginfod_find_executable(client, id, (int)size, &path)
			    : debuginfod_find_debuginfo(client, id, (int)size, &path);
	free(path);
	debuginfod_end(client);
	return fd < 0 ? -1 : fd;
}

static const struct inq_fetch_ops ops = { fetch };

const struct inq_module inq_module = { INQ_MODULE_VERSION, INQ_PROVIDER_FETCH, "debuginfod", &ops };
