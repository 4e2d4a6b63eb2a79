/* The whole command line of a process, of which a core's note tells the beginning. */
#ifndef INQ_SPACE_ARGUMENTS_H
#define INQ_SPACE_ARGUMENTS_H

#include "lib/space/model.h"

/* Replaces arguments that were cut off by those that stand on the main stack, if it is held and they begin alike. */
void inq_space_whole_arguments(struct inq_space *space);

#endif
