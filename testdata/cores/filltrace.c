/* A preload library with a bug, for the demo core: it describes each rectangle that the X server fills and counts them.
 * The text of a large rectangle in a bright colour is longer than the field for it, so the pointer behind the field is
 * overwritten with its last characters, "295/8", and the next count goes to 0x382f353932. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>

struct rectangle {
	int x, y, width, height;
};

static unsigned long fills;

static struct {
	char text[24];
	unsigned long *count;
} last = { .count = &fills };

__attribute__((noinline)) static void describe(const struct rectangle *r, uint32_t pixel, int bpp)
{
	sprintf(last.text, "%dx%d+%d+%d:%u/%d", r->width, r->height, r->x, r->y, pixel, bpp);
}

__attribute__((noinline)) static void trace_fill(const struct rectangle *r, uint32_t pixel, int bpp)
{
	describe(r, pixel, bpp);
	++*last.count;
}

/* Stands before libpixman's function of this name. */
int pixman_fill(uint32_t *bits, int stride, int bpp, int x, int y, int width, int height, uint32_t pixel)
{
	int (*next)(uint32_t *, int, int, int, int, int, int, uint32_t);
	*(void **)&next = dlsym(RTLD_NEXT, "pixman_fill");
	const struct rectangle r = { x, y, width, height };
	trace_fill(&r, pixel, bpp);
	return next(bits, stride, bpp, x, y, width, height, pixel);
}
