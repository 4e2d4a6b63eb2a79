/* Bugs in a shared library, of which `host.c` is the program. */
#include <stdlib.h>
#include <string.h>

#include "tests/live/triage_bugs/codec.h"

#ifdef OTHER_BUILD
int codec_padding(int x)
{
	return x * x + 7;
}
#endif

struct codec {
	int *table;
	int width, height;
	char *name;
};

static volatile int codec_sink;

static int clamp(int value, int most)
{
	return value % most;
}

static int sample(struct codec *codec, int x)
{
	int got = codec->table[x & 3];
	codec_sink += got;
	return got;
}

static int scale_row(struct codec *codec, int row)
{
	int got = sample(codec, row) + row;
	codec_sink++;
	return got;
}

static int blur_row(struct codec *codec, int row)
{
	int got = sample(codec, row + 1) - row;
	codec_sink--;
	return got;
}

int codec_scale(int data)
{
	struct codec codec = { .width = data };
	int got = 0;
	for (int row = 0; row < 2; row++)
		got += scale_row(&codec, row + data);
	return got;
}

int codec_blur(int data)
{
	struct codec codec = { .height = data };
	int got = 0;
	for (int row = 0; row < 2; row++)
		got += blur_row(&codec, row + data);
	return got;
}

int codec_clamp(int data)
{
	struct codec codec = { .width = codec_sink };
	int got = clamp(data + 5, codec.width);
	codec_sink += got;
	return got;
}

int codec_name(int data)
{
	struct codec *codec = malloc(sizeof *codec);
	codec->name = (char *)(0x6161UL << 32 | (unsigned)data);
	int got = (int)strlen(codec->name);
	codec_sink += got;
	return got;
}

static int visit(int level)
{
	volatile char room[512];
	room[level & 511] = 1;
	return visit(level + 1) + room[5];
}

int codec_visit(int data)
{
	int got = visit(data);
	codec_sink++;
	return got;
}

int codec_twice(int data)
{
	char *block = malloc((size_t)data % 16 + 8);
	codec_sink += data;
	free(block);
	free(block);
	codec_sink++;
	return 1;
}
