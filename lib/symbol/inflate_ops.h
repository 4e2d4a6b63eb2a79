/* A faster decoder for compressed sections: what the module `inflate` does for the library. */
#ifndef INQ_SYMBOL_INFLATE_OPS_H
#define INQ_SYMBOL_INFLATE_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inq_inflate_ops {
	/* One zlib stream that unpacks to exactly `unpacked_size` bytes. */
	bool (*inflate)(const uint8_t *packed, size_t packed_size, uint8_t *ret, size_t unpacked_size);
};

#endif
