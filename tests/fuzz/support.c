/* What the fuzz targets share. */
#include "tests/fuzz/support.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* The targets do not lie where modules are looked for. */
__attribute__((constructor)) static void use_build_modules(void)
{
	setenv("INQUEST_MODULE_DIR", MODULE_DIR, 1);
}

int fuzz_file(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data, size) == (ssize_t)size)
		return fd;
	close(fd);
	return -1;
}

void fuzz_mapping(struct inq_builder *builder, uint64_t start, uint64_t size, uint8_t permissions)
{
	struct inq_mapping mapping = inq_mapping_unknown();
	mapping.start = start;
	mapping.end = start + ((size + 0xfff) & ~UINT64_C(0xfff));
	mapping.permissions = (uint8_t)(INQ_PERM_KNOWN | INQ_PERM_READ | permissions);
	mapping.data_offset = 0;
	mapping.data_size = size;
	inq_build_mapping(builder, &mapping);
}
