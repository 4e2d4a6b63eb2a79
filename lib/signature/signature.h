/* The signature of the crash in a report: see <inquest/signature.h>. An analysis of the report alone: the crash and the stacks
 * must have been worked out (INQ_CRASH, INQ_FIRST_STACK; INQ_STACKS for deadlocks). docs/triage.md describes how it is made.
 *
 * rules      which frames are runtime and library plumbing, by a file that users may edit (share/inquest/signature.rules)
 * normalise  the name of a frame: template arguments, clone suffixes, versions of objects
 * bucket     crashes whose stack says nothing
 * hash       the stable hash, with its version */
#ifndef INQ_SIGNATURE_SIGNATURE_H
#define INQ_SIGNATURE_SIGNATURE_H

#include "lib/base/ctx.h"

#include <inquest/report.h>
#include <inquest/signature.h>

/* The version in front of every hash: another one as soon as the same crash would give another hash. */
enum { INQ_SIGNATURE_VERSION = 1 };
/* Most frames of a signature. */
enum { INQ_SIGNATURE_FRAMES = 32 };

struct inq_rules;

/* The rules of a file, or the built-in ones (`path` NULL). A line that cannot be read is a warning and left out;
 * INQ_UNUSABLE when the file cannot be. In ctx's arena. */
enum inq_status inq_rules_load(struct inq_ctx *ctx, const char *path, const struct inq_rules **ret);

/* Fills *ret, its strings in ctx's arena; hash NULL when the report has neither crash nor stack. */
enum inq_status inq_signature_make(struct inq_ctx *ctx, const struct inq_rules *rules, const struct inq_report *report,
				   struct inq_signature *ret);

#endif
