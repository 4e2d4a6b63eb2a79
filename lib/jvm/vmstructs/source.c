/* The witness `vmstructs`: the JVM out of the tables by which it describes itself. */
#include "lib/jvm/jvm.h"
#include "lib/jvm/vmstructs/facts.h"

#include <stdio.h>

#define INQ_VM_COLLECTOR(name) extern const struct inq_vm_collector inq_vm_collector_##name;
#include "lib/jvm/vmstructs/collectors.def"
#undef INQ_VM_COLLECTOR

static const struct inq_vm_collector *const collectors[] = {
#define INQ_VM_COLLECTOR(name) &inq_vm_collector_##name,
#include "lib/jvm/vmstructs/collectors.def"
#undef INQ_VM_COLLECTOR
};

/* Of "A|B" the flag that is on, if any: each is asked for by itself. */
static bool chosen(const struct inq_vm *vm, const struct inq_vm_flags *flags, const char *names)
{
	char name[64];
	for (size_t length; *names; names += length + (names[length] == '|')) {
		uint64_t on;
		length = strcspn(names, "|");
		snprintf(name, sizeof name, "%.*s", (int)length, names);
		if (inq_vm_flag(vm, flags, name, &on) && on)
			return true;
	}
	return false;
}

static void fill_heap(const struct inq_vm *vm, const struct inq_vm_flags *flags, struct inq_jvm *ret)
{
	uint64_t heap;
	for (size_t i = 0; i < sizeof collectors / sizeof *collectors; i++) {
		if (!chosen(vm, flags, collectors[i]->flags))
			continue;
		ret->collector = collectors[i]->name;
		if (inq_vm_word(vm, 0, "Universe::_collectedHeap", &heap) && heap)
			collectors[i]->read(vm, heap, ret);
		return;
	}
}

static void fill_perfdata(const struct inq_vm *vm, struct inq_jvm *ret)
{
	uint64_t start, size, end;
	if (!inq_vm_word(vm, 0, "PerfMemory::_start", &start) || !inq_vm_word(vm, 0, "PerfMemory::_capacity", &size) ||
	    !inq_add(start, size, &end) || !inq_vm_believable(vm, start, end))
		return;
	ret->perfdata = inq_vm_area(vm, "perfdata", start, end, "PerfMemory::_start and _capacity");
	ret->perfdata.committed = inq_vm_accessible(vm, start, end);
	ret->has_perfdata = true;
}

static bool read_source(struct inq_space *space, struct inq_jvm *ret)
{
	static const char *const evidence[] = { "libjvm's own tables (gHotSpotVMStructs), read in memory" };
	struct inq_vm vm;
	struct inq_vm_flags flags;
	if (!inq_vm_open(space, &vm))
		return false;
	ret->kind = "hotspot";
	ret->confidence = INQ_CERTAIN;
	ret->evidence = (struct inq_evidence) { evidence, 1 };
	inq_vm_fill_version(&vm, ret);
	inq_vm_flags_read(&vm, &flags);
	inq_vm_fill_flags(&vm, &flags, ret);
	fill_heap(&vm, &flags, ret);
	inq_vm_fill_encoding(&vm, &flags, ret);
	inq_vm_fill_code(&vm, &flags, ret);
	inq_vm_fill_classes(&vm, &flags, ret);
	inq_vm_fill_side_tables(&vm, ret);
	inq_vm_fill_threads(&vm, ret);
	fill_perfdata(&vm, ret);
	return ret->has_heap;
}

const struct inq_jvm_source inq_jvm_source_vmstructs = { "vmstructs", true, read_source };
