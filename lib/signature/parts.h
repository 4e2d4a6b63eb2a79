/* The pieces that a signature is made with. */
#ifndef INQ_SIGNATURE_PARTS_H
#define INQ_SIGNATURE_PARTS_H

#include "lib/signature/signature.h"

/* Longest name of a frame; what is beyond is cut. */
enum { INQ_NAME_MOST = 255 };

/* normalise.c: a function's name without all that changes from build to build: parameters, template arguments, return type,
 * clone suffixes, hashes, anonymous namespaces. In the arena; NULL without memory, "" when nothing is left. */
const char *inq_normal_function(struct inq_ctx *ctx, const char *name);
/* normalise.c: the name of an object's file without its folder and all versions but that of its ABI. */
const char *inq_normal_object(struct inq_ctx *ctx, const char *path);

/* qualify.c: the function with the namespace that the linker's name tells, where it has none; NULL without memory. */
const char *inq_qualify(struct inq_ctx *ctx, const char *function, const char *symbol);

enum inq_rule_action {
	INQ_RULE_KEEP,	/* as where no rule fits */
	INQ_RULE_SKIP,	/* left out */
	INQ_RULE_INNER, /* left out with all that it called: how the program was ended */
	INQ_RULE_OUTER, /* left out with all that called it: how the thread was begun */
	INQ_RULE_ENTRY	/* left out while there is another */
};

/* rules.c: what is to become of a frame, and by which rule's name (*section). `function` NULL: it has no name. */
enum inq_rule_action inq_rule_of(const struct inq_rules *rules, const char *object, const char *function,
				 const char **section);
/* rules.c: the name that a rule gives it; NULL for none. */
const char *inq_rule_rename(const struct inq_rules *rules, const char *object, const char *function,
			    const char **section);
/* rules.c: true when `text` is like `pattern`, in which * stands for any text and ? for any character. */
bool inq_is_like_pattern(const char *text, const char *pattern);

/* kind.c: kind, bucket and severity of the crash. */
enum inq_status inq_signature_kind(struct inq_ctx *ctx, const struct inq_report *report, struct inq_signature *ret);

/* hang.c: the first thread of those that wait for each other in a ring; INQ_UNKNOWN. */
uint64_t inq_signature_ring(const struct inq_report *report);

/* A frame as it is compared. */
struct inq_picked {
	const struct inq_frame_info *frame; /* NULL for the program as a whole */
	const char *object, *function;	    /* normalised; NULL: not known */
	const char *section;		    /* the rule that decided */
	enum inq_rule_action action;
	const char *name;
	const char *places; /* where it is in its build; with recursion several, a blank between */
	uint64_t count;	    /* times it is on the stack */
};

/* What frames are made with: the rules that applied are noted in it. */
struct inq_picking {
	struct inq_ctx *ctx;
	const struct inq_rules *rules;
	const struct inq_report *report;
	struct inq_string_vec sections;
	struct inq_picked *items;
	size_t count;
};

/* stack.c: items = the frames of a stack that count, innermost first. `raised`: the program itself raised the signal. */
enum inq_status inq_pick_stack(struct inq_picking *picking, const struct inq_frame_info *frames, size_t count,
			       bool raised);
/* stack.c: items = the functions that call each other for ever, by their names; none when no recursion is to be seen. */
enum inq_status inq_pick_cycle(struct inq_picking *picking, const struct inq_frame_info *frames, size_t count);
/* hang.c: items = where the threads of a ring wait, by their names; of a lock that is held, where its holder is. */
enum inq_status inq_pick_hang(struct inq_picking *picking);
/* stack.c: puts the items in the order of their names, each once. */
enum inq_status inq_pick_sort(struct inq_picking *picking);
/* stack.c: notes that a rule applied. */
void inq_pick_note(struct inq_picking *picking, const char *section);

#endif
