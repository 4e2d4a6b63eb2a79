/* The JVM as people read it: version, collector, generations. */
#include "lib/render/text.h"

void inq_text_jvm(struct inq_text *text)
{
	(void)text;
}
