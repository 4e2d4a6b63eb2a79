/* The names of os.arch (HotSpot's arguments.cpp, OpenJ9's omrsysinfo.c), and e_machine of the gABI. */
#include "formats/logs/java_machine.h"

bool inq_java_machine(struct inq_builder *builder, struct inq_span name)
{
	static const struct {
		const char *name;
		uint16_t machine;
		uint8_t bits;
		bool big;
	} machines[] = { { "amd64", 62, 64, false },	{ "x86", 3, 32, false },   { "aarch64", 183, 64, false },
			 { "ppc64le", 21, 64, false },	{ "ppc64", 21, 64, true }, { "s390x", 22, 64, true },
			 { "riscv64", 243, 64, false }, { "sparc", 43, 64, true }, { "arm", 40, 32, false } };
	for (size_t i = 0; i < sizeof machines / sizeof *machines; i++)
		if (inq_span_starts(name, machines[i].name)) {
			inq_build_machine(builder, machines[i].machine, machines[i].bits, machines[i].big);
			return true;
		}
	return false;
}
