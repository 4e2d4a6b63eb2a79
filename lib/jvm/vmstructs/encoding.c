/* How references are stored in 32 bits: compressedOops.hpp (17, 21: in one struct; 25: plain statics; before: Universe). */
#include "lib/jvm/vmstructs/facts.h"

/* The modes of CompressedOops::mode(): a base that has no bits in common with any shifted offset is disjoint. */
static const char *mode_of(uint64_t base, uint64_t shift)
{
	const uint64_t reach = UINT64_C(1) << (32 + shift);
	if (base == 0)
		return shift == 0 ? "unscaled" : "zero-based";
	return base % reach == 0 ? "disjoint" : "non-zero-based";
}

void inq_vm_fill_encoding(const struct inq_vm *vm, const struct inq_vm_flags *flags, struct inq_jvm *ret)
{
	uint64_t on, base, shift;
	if (!inq_vm_flag(vm, flags, "UseCompressedOops", &on))
		return;
	if (!on) {
		ret->oops_mode = "off";
		return;
	}
	if (!inq_vm_word(vm, 0,
			 "CompressedOops::_base|CompressedOops::_narrow_oop._base|Universe::_narrow_oop._base|"
			 "Universe::_heap_base",
			 &base) ||
	    !inq_vm_number(vm, 0,
			   "CompressedOops::_shift|CompressedOops::_narrow_oop._shift|Universe::_narrow_oop._shift", 4,
			   &shift) ||
	    shift > 8)
		return;
	ret->narrow_oop_base = base;
	ret->narrow_oop_shift = (unsigned)shift;
	ret->oops_mode = mode_of(base, shift);
}
