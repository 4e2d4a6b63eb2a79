/* Whether a series grows steadily: a straight line through it by least squares, and how well it fits (r²). */
#include "lib/diff/diff.h"

static bool never_falls(const uint64_t *values, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (values[i] < values[i - 1])
			return false;
	return true;
}

void inq_diff_fit(const uint64_t *values, size_t count, struct inq_diff_row *row)
{
	static const double good = 0.9;
	double n = (double)count, x = 0, y = 0, xx = 0, xy = 0, yy = 0;
	if (count < 3)
		return;
	for (size_t i = 0; i < count; i++) {
		double at = (double)i, value = (double)values[i];
		x += at;
		y += value;
		xx += at * at;
		xy += at * value;
		yy += value * value;
	}
	double across = n * xx - x * x, up = n * yy - y * y, both = n * xy - x * y;
	row->slope = both / across;
	row->fit = up > 0 ? both * both / (across * up) : 0;
	row->steady = row->slope > 0 && row->fit >= good && never_falls(values, count);
}
