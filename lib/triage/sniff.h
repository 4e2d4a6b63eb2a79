/* What a file may be to a batch, by its first bytes. */
#ifndef INQ_TRIAGE_SNIFF_H
#define INQ_TRIAGE_SNIFF_H

#include "lib/triage/item.h"

/* False when it is nothing for a batch: neither core, compressed, archive nor problem report. */
bool inq_sniff(const uint8_t *head, size_t size, enum inq_item_kind *ret);

/* An archive that cannot be read in one stream, because it begins at its end. */
bool inq_sniff_begins_at_end(const uint8_t *head, size_t size);

/* Enough bytes for that. */
enum { INQ_SNIFF_HEAD = 512 };

/* True for a name that systems give to cores: "core", "core.1234", "core-vim-42", "vim.core". */
bool inq_sniff_is_core_name(const char *name);
/* True for a file of such a name whose bytes are no text: a core whose head is damaged must not be passed over in silence. */
bool inq_sniff_was_core(const char *name, const uint8_t *head, size_t size);

#endif
