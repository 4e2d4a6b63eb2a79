/* Asking debuginfod. Facts: debuginfod-find(1), debuginfod-client-config(7). */
#include "lib/io/fetch.h"

#include "lib/io/fetch_ops.h"
#include "lib/io/provider.h"

#include <stdlib.h>
#include <string.h>

static void warn_once(struct inq_ctx *ctx, const char *text)
{
	for (size_t i = 0; i < ctx->warnings.count; i++)
		if (text && strstr(ctx->warnings.items[i], text))
			return;
	if (text)
		inq_warn(ctx, INQ_PLACE_NONE, 0, "%s", text);
}

int inq_fetch(struct inq_ctx *ctx, const uint8_t *id, size_t size, bool executable)
{
	const char *why, *servers = secure_getenv("DEBUGINFOD_URLS");
	if (!size)
		return -1;
	if (!servers || !*servers) {
		warn_once(ctx, "no debuginfod server is known; set DEBUGINFOD_URLS to its address");
		return -1;
	}
	const struct inq_fetch_ops *ops = inq_provider_open("debuginfod", INQ_PROVIDER_FETCH, &why);
	if (!ops)
		warn_once(ctx, inq_arena_printf(ctx->arena,
						"nothing was fetched: the module debuginfod.so is needed (%s); install "
						"the package libdebuginfod1",
						why));
	return ops ? ops->fetch(id, size, executable) : -1;
}
