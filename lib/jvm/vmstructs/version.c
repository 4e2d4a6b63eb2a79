/* Which JVM it is: Abstract_VM_Version, whose fields are in all releases since 6 (vm_version.hpp). */
#include "lib/jvm/vmstructs/facts.h"

#include <stdlib.h>

/* "OpenJDK 64-Bit Server VM (17.0.21+9) for linux-amd64 JRE …": the name is what stands before the bracket. */
static const char *vm_name(const struct inq_vm *vm, const char *info)
{
	const char *bracket = info ? strstr(info, " (") : NULL;
	return bracket ? inq_arena_copy(vm->space->ctx->arena, info, (size_t)(bracket - info)) : info;
}

/* HotSpot counted for itself until 8, which was 25.0 to 25.x; its type of a flag was still called Flag. Since 9 the
 * number is the JDK's, 25 among them. */
static unsigned release(const struct inq_vm *vm, const char *version)
{
	unsigned long major = version ? strtoul(version, NULL, 10) : 0;
	if (inq_vm_field(vm, "Flag::flags") && major >= 20 && major <= 25)
		return major == 25 ? 8 : major >= 23 ? 7 : 6;
	return major < 1000 ? (unsigned)major : 0;
}

void inq_vm_fill_version(const struct inq_vm *vm, struct inq_jvm *ret)
{
	ret->version = inq_vm_string(vm, 0, "Abstract_VM_Version::_s_vm_release|VM_Version::_s_vm_release");
	ret->vm_name = vm_name(vm, inq_vm_string(vm, 0,
						 "Abstract_VM_Version::_s_internal_vm_info_string|"
						 "VM_Version::_s_internal_vm_info_string"));
	ret->major = release(vm, ret->version);
}
