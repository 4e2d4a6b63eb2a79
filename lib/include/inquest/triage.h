/* Triage: many cores in, one result each and a short list of bugs out.
 *
 *     inputs      folders, lists, archives ─► items, found by content           lib/triage/inputs
 *     pool        one sandboxed process per CPU ─► a result for each item       lib/triage/pool
 *     store       results that a later run need not work out again              lib/triage/store
 *     group       results of like signature, ranked                             lib/group
 *
 * A result has one form outside a run, its line of JSON (inquest.triage/1): what the store keeps, shards exchange and the user
 * reads. */
#ifndef INQUEST_TRIAGE_H
#define INQUEST_TRIAGE_H

#include <inquest/incident.h>
#include <inquest/signature.h>

#ifdef __cplusplus
extern "C" {
#endif

enum inq_triage_status { INQ_TRIAGE_OK, INQ_TRIAGE_PARTIAL, INQ_TRIAGE_FAILED };

/* One core: a line of the output. Strings and numbers that are not known are NULL and INQ_UNKNOWN. */
struct inq_triage_result {
	const char *path; /* as found: "cores/core.1.zst"; in an archive "cores.tar.zst//a/core.1" */
	enum inq_triage_status status;
	const char *reason;	 /* why it failed, or is partial */
	uint64_t size, mtime_ns; /* of the file that holds it: what a later run tells a changed one by */
	uint64_t seen; /* when it crashed, seconds since 1970: by the core, its metadata, else its file's time */
	struct {
		uint64_t pid;
		const char *name, *exe, *exe_build_id, *version, *host, *os, *arch;
	} process;
	struct {
		int signal; /* of the real fault; 0: none */
		const char *signal_name, *code_name;
		const char *object, *function; /* the culprit */
		const char *diagnosis, *text;  /* id and sentence of the likeliest cause */
		enum inq_confidence confidence;
	} crash;
	struct inq_signature signature;
	const char *companions; /* other artefacts that joined its incident, joined by ", "; NULL */
	uint64_t elapsed_ms;
};

/* Crashes that are one bug. */
struct inq_triage_group {
	uint64_t number;		       /* 1 is the most urgent */
	const struct inq_signature *signature; /* of the representative */
	enum inq_severity severity;	       /* the worst of the members' */
	const char *representative;	       /* path of the member that is nearest to all others */
	const char *const *members;	       /* paths, in the order of their names */
	size_t size;
	uint64_t hosts, programs, versions; /* how many different ones */
	uint64_t first_seen, last_seen;	    /* seconds since 1970; INQ_UNKNOWN */
	const char *const *explanation;	    /* which frames agree, how near the farthest member is */
	size_t explanation_count;
};

struct inq_triage_progress {
	uint64_t found, done, skipped, partial, failed, groups;
	bool all_found;	 /* `found` will not grow any more */
	uint64_t missed; /* objects of which the symbol cache had nothing; the next run will find it there */
	double seconds;
	const char *current; /* what was begun last */
};

/* All zero is the default. */
struct inq_triage_options {
	unsigned jobs;		     /* workers; 0: one for each CPU */
	uint64_t memory;	     /* most bytes of one worker; 0: 256 MiB */
	double seconds;		     /* CPU time that one core may take; 0: 60 */
	uint64_t shard, shard_count; /* take only the items of this shard (counted from 0); count 0: all */
	const char *store;	     /* SQLite file to resume from and add to; NULL */
	const char *cache;	     /* folder of the symbol cache; NULL: the user's own; "none" */
	const char *rules;	     /* file of signature rules; NULL: the built-in ones */
	const char *from_file;	     /* list of paths, one a line; "-" is standard input; NULL */
	uint64_t since;		     /* only what crashed at or after it, seconds since 1970; 0: all */
	bool no_sandbox;	     /* for systems where it gets in the way; the limits stay */
};

/* What happens during a run. Each may be NULL. `data` is passed on. A `false` stops the run. */
struct inq_triage_events {
	bool (*result)(void *data, const struct inq_triage_result *result, const char *line);
	bool (*group)(void *data, const struct inq_triage_group *group);
	void (*progress)(void *data, const struct inq_triage_progress *progress); /* a few times a second */
	void (*warning)(void *data, const char *text);
	bool (*flush)(void *data); /* nothing more is known for the moment: what was kept back is to be written */
	void *data;
};

/* Analyses every core that `paths` lead to (files, folders, archives), then groups all. Each input gives exactly one result,
 * whatever becomes of it. `analysis` are the options for each core. INQ_PARTIAL: a core failed or was partial;
 * INQ_UNUSABLE: nothing was found, the output was refused or the store cannot be used. */
INQ_API enum inq_status inq_triage_run(const char *const *paths, size_t count, const struct inq_options *analysis,
				       const struct inq_triage_options *options,
				       const struct inq_triage_events *events);

/* Groups the results of stores and of files of lines (NDJSON): the shards of one run, in any order. With options->store they
 * are put in there as well. */
INQ_API enum inq_status inq_triage_merge(const char *const *paths, size_t count,
					 const struct inq_triage_options *options,
					 const struct inq_triage_events *events);

/* Reads what part of the inputs a process shall take: "3/8" is the third of eight; "auto" asks the environment of a Slurm job
 * array, an indexed job of Kubernetes or an array of AWS Batch; "auto/8" asks it for the index alone. *shard counts from 0. False:
 * *why says what is wrong or missing. */
INQ_API bool inq_triage_parse_shard(const char *text, uint64_t *shard, uint64_t *count, const char **why);

/* "ok", "partial", "failed". */
INQ_API const char *inq_triage_status_name(enum inq_triage_status status);

#ifdef __cplusplus
}
#endif
#endif
