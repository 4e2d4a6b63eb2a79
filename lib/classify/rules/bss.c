/* The bss: anonymous memory that continues an object's last writable segment, because p_memsz is larger than p_filesz
 * (gABI, "Program Loading"). Certain when the object's program header says so, likely when it only looks like it. */
#include "lib/classify/rule.h"

#include "lib/space/image.h"
#include "lib/space/mapping.h"

/* A library's bss is small, or so is the library. Behind one that has none the kernel may put anything, and merge
 * it. */
enum { PAGE = 4096, SMALL = 512 << 10, LARGEST_SHARE = 8 };

/* The end of the object's memory by its program headers; 0 when they are not in reach. */
static uint64_t memory_end(struct inq_space *space, const struct inq_object *object)
{
	struct inq_image image;
	uint64_t end;
	bool told = inq_image_open(space, &space->mappings.items[object->first_mapping], &image);
	return told && inq_align_up(image.end, PAGE, &end) ? end : 0;
}

/* Writable, or pages of writable data that the program made read-only afterwards. */
static bool is_data(const struct inq_space *space, const struct inq_mapping *data)
{
	const struct inq_mapping *below = data - 1;
	return data->permissions & INQ_PERM_WRITE ||
	       (data > space->mappings.items && below->file == data->file && below->end == data->start &&
		below->permissions & INQ_PERM_WRITE && !(data->permissions & INQ_PERM_EXECUTE));
}

static bool continues(const struct inq_space *space, const struct inq_mapping *data, const struct inq_mapping *bss)
{
	return data->end == bss->start && data->file && inq_mapping_is_plain(bss) && is_data(space, data) &&
	       (bss->permissions & INQ_PERM_WRITE) && !(bss->permissions & INQ_PERM_SHARED);
}

static bool may_have(const struct inq_object *object, uint64_t size)
{
	return object->kind == INQ_OBJECT_EXE || size <= SMALL || size <= (object->end - object->base) / LARGEST_SHARE;
}

static void claim(struct inq_space *space, struct inq_claims *claims, size_t index, const struct inq_object *object)
{
	const struct inq_mapping *bss = &space->mappings.items[index];
	uint64_t end = memory_end(space, object);
	const char *evidence = "within the memory size of the last segment before it (p_memsz)";
	if (end >= bss->end)
		inq_claim(claims, index, INQ_CLASS_BSS, NULL, INQ_CERTAIN, evidence);
	else if (end > bss->start)
		inq_claim_part(claims, index, bss->start, end, INQ_CLASS_BSS, NULL, INQ_CERTAIN, evidence);
	else if (!end && may_have(object, bss->end - bss->start))
		inq_claim(claims, index, INQ_CLASS_BSS, NULL, INQ_LIKELY,
			  "directly continues an object's writable data");
}

static void run(struct inq_space *space, struct inq_claims *claims)
{
	for (size_t i = 0; i + 1 < space->mappings.count; i++) {
		const struct inq_mapping *data = &space->mappings.items[i];
		if (data->object >= space->objects.count || !continues(space, data, data + 1))
			continue;
		const struct inq_object *object = &space->objects.items[data->object];
		if (object->kind != INQ_OBJECT_FILE && object->kind != INQ_OBJECT_JAR)
			claim(space, claims, i + 1, object);
	}
}

const struct inq_rule inq_rule_bss = { "bss", run };
