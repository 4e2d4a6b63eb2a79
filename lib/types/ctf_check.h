/* Whether a section of CTF may be given to libctf, which writes outside its memory or recurses without end on some damaged
 * ones. */
#ifndef INQ_TYPES_CTF_CHECK_H
#define INQ_TYPES_CTF_CHECK_H

#include "lib/base/view.h"

/* A dictionary, or an archive of them; packed ones are unpacked for it. False also when memory is out. */
bool inq_ctf_is_sound(const struct inq_view *section);

#endif
