/* The frames of a stack as text, and what they are called by. */
#ifndef INQ_RENDER_TEXT_FRAMES_H
#define INQ_RENDER_TEXT_FRAMES_H

#include "lib/render/text.h"

enum { INQ_FRAME_COLUMN = 4 }; /* where a frame's line begins */

/* A line or more for each; `culprit`, one of them or NULL, is pointed at. Notes the marks used, for the legend. */
void inq_text_frames(struct inq_text *text, const struct inq_frame_info *frames, size_t count,
		     const struct inq_frame_info *culprit);

/* Whether it is of a kind of the contract, such as "inline". */
bool inq_frame_is(const struct inq_frame_info *frame, const char *kind);
/* The function, or else the symbol; NULL. */
const char *inq_frame_name(const struct inq_frame_info *frame);
/* The object; with the offset in it when no name is known; what is there when it is no object. */
void inq_put_frame_place(struct inq_str *str, const struct inq_frame_info *frame);

#endif
