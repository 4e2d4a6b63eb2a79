/* The native heap as people read it. */
#include "lib/render/text.h"

void inq_text_heap(struct inq_text *text)
{
	(void)text;
}
