/* Names that the system itself gives: [stack], [ heap ], [vdso], /dev/shm/…, [ shmid=0x1 ], and so on.
 * Linux: Documentation/filesystems/proc.rst; Solaris: pmap(1). */
#include "lib/classify/rule.h"

#include <string.h>

enum match { EXACT, PREFIX };

/* `name` is compared without the blanks that pmap and mdb put inside the brackets. pmap prints no folders. */
static const struct label {
	const char *name;
	enum match match;
	enum inq_class class_;
	const char *subclass;
	const char *evidence;
} labels[] = {
	{ "[stack]", EXACT, INQ_CLASS_STACK, NULL, "the map names it the stack" },
	{ "[stack:", PREFIX, INQ_CLASS_THREAD_STACK, NULL, "the map names the thread whose stack it is" },
	{ "[stack tid=", PREFIX, INQ_CLASS_THREAD_STACK, NULL, "the map names the thread whose stack it is" },
	{ "[altstack", PREFIX, INQ_CLASS_THREAD_STACK, "alternate", "the map names it an alternate signal stack" },
	{ "[heap]", EXACT, INQ_CLASS_BRK_HEAP, NULL, "the map names it the heap" },
	{ "[vdso]", EXACT, INQ_CLASS_VDSO, NULL, "the map names it the vdso" },
	{ "[vsyscall]", EXACT, INQ_CLASS_VDSO, "vsyscall", "the map names it the vsyscall page" },
	{ "[vvar", PREFIX, INQ_CLASS_VVAR, NULL, "the map names it the vdso's data" },
	{ "[shmid=", PREFIX, INQ_CLASS_SHARED_MEMORY, "sysv", "the map names its System V shared memory id" },
	{ "[ism shmid=", PREFIX, INQ_CLASS_SHARED_MEMORY, "sysv", "the map names its System V shared memory id" },
	{ "[dism shmid=", PREFIX, INQ_CLASS_SHARED_MEMORY, "sysv", "the map names its System V shared memory id" },
	{ "[shmem]", EXACT, INQ_CLASS_SHARED_MEMORY, NULL, "the map names it shared memory" },
	{ "[anon_shmem:", PREFIX, INQ_CLASS_SHARED_MEMORY, NULL, "the map names it anonymous shared memory" },
	{ "/SYSV", PREFIX, INQ_CLASS_SHARED_MEMORY, "sysv", "its name is that of System V shared memory" },
	{ "/dev/shm/", PREFIX, INQ_CLASS_SHARED_MEMORY, "posix", "its file is in /dev/shm" },
	{ "/memfd:doublemapper", PREFIX, INQ_CLASS_SHARED_MEMORY, "dotnet", "the name of .NET's memory for code" },
	{ "/memfd:", PREFIX, INQ_CLASS_SHARED_MEMORY, "memfd", "its file was made by memfd_create" },
	{ "/run/shm/", PREFIX, INQ_CLASS_SHARED_MEMORY, "posix", "its file is in /run/shm" },
	{ "/dev/hugepages/", PREFIX, INQ_CLASS_SHARED_MEMORY, "hugetlb", "its file is in /dev/hugepages" },
	{ "/anon_hugepage", PREFIX, INQ_CLASS_SHARED_MEMORY, "hugetlb", "the kernel's name of anonymous huge pages" },
	{ "memfd:doublemapper", PREFIX, INQ_CLASS_SHARED_MEMORY, "dotnet", "the name of .NET's memory for code" },
	{ "memfd:", PREFIX, INQ_CLASS_SHARED_MEMORY, "memfd", "its file was made by memfd_create" },
	{ "SYSV0", PREFIX, INQ_CLASS_SHARED_MEMORY, "sysv", "its name is that of System V shared memory" },
	{ "zero (deleted)", EXACT, INQ_CLASS_SHARED_MEMORY, NULL, "a shared mapping of /dev/zero is anonymous memory" },
	{ "anon_hugepage (deleted)", EXACT, INQ_CLASS_SHARED_MEMORY, "hugetlb", "the kernel's name of huge pages" },
	{ "/i915", PREFIX, INQ_CLASS_DEVICE, "gpu", "the kernel's name of a graphics buffer" },
	{ "/drm mm object", PREFIX, INQ_CLASS_DEVICE, "gpu", "the kernel's name of a graphics buffer" },
	{ "/dmabuf:", PREFIX, INQ_CLASS_DEVICE, "dmabuf", "a buffer shared between devices (dma-buf)" },
	{ "anon_inode:", PREFIX, INQ_CLASS_DEVICE, "kernel", "memory shared with the kernel (io_uring, perf, …)" },
	{ "/[aio]", PREFIX, INQ_CLASS_DEVICE, "kernel", "the ring of asynchronous input and output" },
	{ "socket:[", PREFIX, INQ_CLASS_DEVICE, "kernel", "a packet socket's ring" },
	{ "/dev/dri/", PREFIX, INQ_CLASS_DEVICE, "gpu", "its file is a graphics device's" },
	{ "/dev/nvidia", PREFIX, INQ_CLASS_DEVICE, "gpu", "its file is a graphics device's" },
	{ "/dev/kfd", PREFIX, INQ_CLASS_DEVICE, "gpu", "its file is a graphics device's" },
	{ "/dev/zero", PREFIX, INQ_CLASS_SHARED_MEMORY, NULL, "a shared mapping of /dev/zero is anonymous memory" },
	{ "/dev/", PREFIX, INQ_CLASS_DEVICE, NULL, "its file is a device node in /dev" },
	{ "[anon: glibc: malloc arena]", EXACT, INQ_CLASS_MALLOC_ARENA, NULL, "the C library named it a malloc arena" },
	{ "[anon: glibc: malloc]", EXACT, INQ_CLASS_MALLOC_LARGE, NULL, "the C library named it malloc's" },
	{ "[anon: glibc: loader malloc]", EXACT, INQ_CLASS_DATA, "loader", "the C library named it the loader's" },
	{ "[anon: glibc: pthread stack", PREFIX, INQ_CLASS_THREAD_STACK, NULL, "the C library named it a stack" },
	{ "[anon:stack_and_tls:", PREFIX, INQ_CLASS_THREAD_STACK, NULL, "the C library named it a thread's stack" },
	{ "[anon:thread signal stack]", EXACT, INQ_CLASS_THREAD_STACK, "alternate", "the C library named it so" },
	{ "[anon:libc_malloc]", EXACT, INQ_CLASS_ALLOCATOR, NULL, "the C library named it malloc's" },
	{ "[anon:scudo:", PREFIX, INQ_CLASS_ALLOCATOR, "scudo", "the allocator named it" },
	{ "[anon:jemalloc", PREFIX, INQ_CLASS_ALLOCATOR, "jemalloc", "the allocator named it" },
	{ "[anon:tcmalloc", PREFIX, INQ_CLASS_ALLOCATOR, "tcmalloc", "the allocator named it" },
	{ "[anon:partition_alloc", PREFIX, INQ_CLASS_ALLOCATOR, "partition-alloc", "the allocator named it" },
	{ "[anon: Go:", PREFIX, INQ_CLASS_ALLOCATOR, "go", "the Go runtime named it" },
	{ "[anon:v8", PREFIX, INQ_CLASS_ALLOCATOR, "v8", "V8 named it" },
	{ "[anon:dalvik-jit-code", PREFIX, INQ_CLASS_TEXT, "jit", "the Android runtime named it" },
	{ "[anon:dalvik-", PREFIX, INQ_CLASS_ALLOCATOR, "art", "the Android runtime named it" },
	{ "[anon:.bss]", EXACT, INQ_CLASS_BSS, NULL, "the dynamic linker named it" },
	{ "[anon:cfi shadow]", EXACT, INQ_CLASS_RESERVED, "shadow", "the dynamic linker named it" },
	{ "[gate]", EXACT, INQ_CLASS_VDSO, "gate", "the map names it the gate page" },
	{ "[vectors]", EXACT, INQ_CLASS_VDSO, "vectors", "the map names it the vectors page" },
	{ "[sigpage]", EXACT, INQ_CLASS_VDSO, "sigpage", "the map names it the signal trampoline page" },
};

/* "[ stack ]" and "  [ stack ]" are "[stack]". */
static size_t normalise(const char *name, char *out, size_t room)
{
	size_t length = 0;
	const char *last = name + strlen(name);
	while (*name == ' ')
		name++;
	for (; name < last && length + 1 < room; name++) {
		bool after_bracket = length == 1 && out[0] == '[' && *name == ' ';
		bool before_bracket = name[0] == ' ' && name[1] == ']' && name[2] == '\0';
		if (!after_bracket && !before_bracket)
			out[length++] = *name;
	}
	out[length] = '\0';
	return length;
}

static const struct label *find(const char *name)
{
	char plain[64];
	if (!strchr("[/ asmSz", name[0]))
		return NULL;
	normalise(name, plain, sizeof plain);
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
		size_t length = strlen(labels[i].name);
		if (strncmp(plain, labels[i].name, length) == 0 && (labels[i].match == PREFIX || !plain[length]))
			return &labels[i];
	}
	return NULL;
}

static uint64_t thread_in(const char *name)
{
	const char *digits = strpbrk(name, "0123456789");
	uint64_t tid = 0;
	for (; digits && *digits >= '0' && *digits <= '9' && tid < UINT32_MAX; digits++)
		tid = tid * 10 + (uint64_t)(*digits - '0');
	return digits ? tid : INQ_UNKNOWN;
}

static void run(struct inq_space *space, struct inq_claims *claims)
{
	const char *last = NULL;
	const struct label *label = NULL;
	for (size_t i = 0; i < space->mappings.count; i++) {
		const char *name = space->mappings.items[i].name;
		if (!name)
			continue;
		if (name != last)
			label = find(name);
		last = name;
		bool runs = space->mappings.items[i].permissions & INQ_PERM_EXECUTE;
		if (label && runs && label->subclass && strcmp(label->subclass, "dotnet") == 0)
			inq_claim(claims, i, INQ_CLASS_TEXT, "jit", INQ_CERTAIN, label->evidence);
		else if (label && label->class_ == INQ_CLASS_THREAD_STACK && !label->subclass)
			inq_claim_thread(claims, i, thread_in(name), label->class_, INQ_CERTAIN, label->evidence);
		else if (label)
			inq_claim(claims, i, label->class_, label->subclass, INQ_CERTAIN, label->evidence);
	}
}

const struct inq_rule inq_rule_label = { "label", run };
