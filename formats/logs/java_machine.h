/* Processors, as Java calls them. */
#ifndef INQ_FORMATS_LOGS_JAVA_MACHINE_H
#define INQ_FORMATS_LOGS_JAVA_MACHINE_H

#include "formats/text.h"
#include "lib/space/build.h"

/* Whether `name` begins with one; then the machine is set. */
bool inq_java_machine(struct inq_builder *builder, struct inq_span name);

#endif
