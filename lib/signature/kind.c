/* How a crash ended: one word made of the signal and the likeliest cause, coarse enough that other data give the same, with
 * what the program itself said of it; the bucket and the severity go by the same row. */
#include "lib/signature/parts.h"

#include <string.h>

enum { DETAIL_MOST = 80 };

/* What of the cause's text belongs to the bug and not to its data. */
enum detail {
	PLAIN,
	ASSERTION, /* the asserted expression */
	EXCEPTION, /* the exception's type */
	PANIC,	   /* the message, up to its first value */
	CALL	   /* the system call */
};

/* Of a diagnosis (lib/diagnose/causes): `word` ending in "-" is followed by what was tried, "read", "write" or "access". */
static const struct row {
	const char *id, *word, *bucket;
	enum inq_severity severity, writing; /* writing: where it was a write */
	enum detail detail;
} rows[] = {
	{ "null-pointer", "null-", "stack", INQ_SEVERITY_MEDIUM, INQ_SEVERITY_MEDIUM, PLAIN },
	{ "near-null", "null-", "stack", INQ_SEVERITY_MEDIUM, INQ_SEVERITY_MEDIUM, PLAIN },
	{ "wild-pointer", "wild-", "stack", INQ_SEVERITY_HIGH, INQ_SEVERITY_CRITICAL, PLAIN },
	{ "non-canonical-address", "wild-", "stack", INQ_SEVERITY_HIGH, INQ_SEVERITY_CRITICAL, PLAIN },
	{ "poisoned-pointer", "wild-", "stack", INQ_SEVERITY_HIGH, INQ_SEVERITY_CRITICAL, PLAIN },
	{ "use-after-free", "wild-", "stack", INQ_SEVERITY_HIGH, INQ_SEVERITY_CRITICAL, PLAIN },
	{ "read-of-unreadable", "wild-", "stack", INQ_SEVERITY_HIGH, INQ_SEVERITY_CRITICAL, PLAIN },
	{ "no-access-page", "wild-", "stack", INQ_SEVERITY_HIGH, INQ_SEVERITY_CRITICAL, PLAIN },
	{ "buffer-overrun", "wild-", "stack", INQ_SEVERITY_HIGH, INQ_SEVERITY_CRITICAL, PLAIN },
	{ "write-to-read-only", "wild-", "stack", INQ_SEVERITY_HIGH, INQ_SEVERITY_HIGH, PLAIN },
	{ "misaligned-address", "misaligned", "stack", INQ_SEVERITY_MEDIUM, INQ_SEVERITY_MEDIUM, PLAIN },
	{ "bus-error-in-file", "file-cut", "stack", INQ_SEVERITY_LOW, INQ_SEVERITY_LOW, PLAIN },
	{ "jump-to-null", "jump-to-null", "jump-to-null", INQ_SEVERITY_MEDIUM, INQ_SEVERITY_MEDIUM, PLAIN },
	{ "jump-to-data", "bad-jump", "stack", INQ_SEVERITY_CRITICAL, INQ_SEVERITY_CRITICAL, PLAIN },
	{ "jump-to-unmapped", "bad-jump", "stack", INQ_SEVERITY_CRITICAL, INQ_SEVERITY_CRITICAL, PLAIN },
	{ "bad-return-address", "bad-jump", "stack", INQ_SEVERITY_CRITICAL, INQ_SEVERITY_CRITICAL, PLAIN },
	{ "stack-smashing", "stack-smashing", "stack", INQ_SEVERITY_CRITICAL, INQ_SEVERITY_CRITICAL, PLAIN },
	{ "stack-overflow", "stack-overflow", "stack-overflow", INQ_SEVERITY_MEDIUM, INQ_SEVERITY_MEDIUM, PLAIN },
	{ "fortify", "fortify", "stack", INQ_SEVERITY_HIGH, INQ_SEVERITY_HIGH, PLAIN },
	{ "heap-corruption", "heap-corruption", "heap-corruption", INQ_SEVERITY_HIGH, INQ_SEVERITY_HIGH, PLAIN },
	{ "allocator-abort", "heap-corruption", "heap-corruption", INQ_SEVERITY_HIGH, INQ_SEVERITY_HIGH, PLAIN },
	{ "sanitizer", "sanitizer", "stack", INQ_SEVERITY_HIGH, INQ_SEVERITY_HIGH, PANIC },
	{ "division-by-zero", "division", "stack", INQ_SEVERITY_MEDIUM, INQ_SEVERITY_MEDIUM, PLAIN },
	{ "division-overflow", "division", "stack", INQ_SEVERITY_MEDIUM, INQ_SEVERITY_MEDIUM, PLAIN },
	{ "assertion", "assertion", "stack", INQ_SEVERITY_MEDIUM, INQ_SEVERITY_MEDIUM, ASSERTION },
	{ "uncaught-exception", "exception", "stack", INQ_SEVERITY_MEDIUM, INQ_SEVERITY_MEDIUM, EXCEPTION },
	{ "rust-panic", "rust-panic", "stack", INQ_SEVERITY_MEDIUM, INQ_SEVERITY_MEDIUM, PANIC },
	{ "go-panic", "go-panic", "stack", INQ_SEVERITY_MEDIUM, INQ_SEVERITY_MEDIUM, PANIC },
	{ "out-of-memory", "out-of-memory", "out-of-memory", INQ_SEVERITY_LOW, INQ_SEVERITY_LOW, PLAIN },
	{ "seccomp", "seccomp", "stack", INQ_SEVERITY_LOW, INQ_SEVERITY_LOW, CALL },
	{ "deadlock", "deadlock", "deadlock", INQ_SEVERITY_LOW, INQ_SEVERITY_LOW, PLAIN },
	{ "held-lock", "deadlock", "deadlock", INQ_SEVERITY_LOW, INQ_SEVERITY_LOW, PLAIN },
	{ "killed", "killed", "killed", INQ_SEVERITY_NONE, INQ_SEVERITY_NONE, PLAIN },
	{ "quit", "killed", "killed", INQ_SEVERITY_NONE, INQ_SEVERITY_NONE, PLAIN },
};

/* Signals by which watchdogs end what hangs, and limits what runs for too long. */
static const char *const watchdog_signals[] = { "SIGABRT", "SIGXCPU", "SIGALRM", "SIGVTALRM" };

static bool is_one_of(const char *name, const char *const *names, size_t count)
{
	for (size_t i = 0; name && i < count; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static const struct row *row_of(const char *id)
{
	for (size_t i = 0; id && i < sizeof rows / sizeof *rows; i++)
		if (strcmp(rows[i].id, id) == 0)
			return &rows[i];
	return NULL;
}

static const char *access_word(unsigned access)
{
	if (access & INQ_ACCESS_WRITE)
		return "write";
	return access & INQ_ACCESS_READ ? "read" : "access";
}

/* A call or jump whose target was to be read by the bad pointer: who controls that, controls the program. */
static bool is_call(const struct inq_fault_info *fault)
{
	const char *text = fault->instruction.text;
	return text && (strncmp(text, "call", 4) == 0 || strncmp(text, "jmp", 3) == 0);
}

/* A cause that nothing is known of: by its signal, or by its own id. */
static struct row fallback(const struct inq_fault_info *fault, const char *id)
{
	static const char *const memory[] = { "SIGSEGV", "SIGBUS" };
	struct row row = { .word = "fault", .bucket = "stack", .severity = INQ_SEVERITY_MEDIUM };
	row.writing = row.severity;
	if (id)
		row.word = id;
	else if (is_one_of(fault->signal.name, memory, 2))
		row.word = "wild-";
	return row;
}

/* Where something that is printed has a value in it. */
static size_t up_to_value(const char *text)
{
	size_t length = strcspn(text, "0123456789\"[");
	const char *colon = strstr(text, ": ");
	if (colon && strncmp(text, "runtime error: ", 15) != 0 && (size_t)(colon - text) < length)
		length = (size_t)(colon - text);
	while (length && (text[length - 1] == ' ' || text[length - 1] == ':'))
		length--;
	return length;
}

/* What stands between the words, as in "Assertion `x > 0' failed"; NULL when they do not. */
static const char *between(struct inq_ctx *ctx, const char *text, const char *before, const char *after)
{
	const char *begin = strstr(text, before);
	const char *end = begin ? strstr(begin + strlen(before), after) : NULL;
	if (!end)
		return NULL;
	begin += strlen(before);
	size_t length = (size_t)(end - begin);
	return inq_arena_copy(ctx->arena, begin, length < DETAIL_MOST ? length : DETAIL_MOST);
}

/* glibc, musl and the BSDs have a form each. */
static const char *assertion(struct inq_ctx *ctx, const char *text)
{
	static const char *const forms[][2] = { { "Assertion `", "' failed" },
						{ "assertion \"", "\" failed" },
						{ "Assertion failed: ", " (" },
						{ "assertion failed: (", ")" } };
	const char *found = NULL;
	for (size_t i = 0; i < sizeof forms / sizeof *forms && !found; i++)
		found = between(ctx, text, forms[i][0], forms[i][1]);
	return found;
}

/* Behind the panic's own place, "a Rust panic at src/a.rs:2:77: no such key". */
static const char *panic(struct inq_ctx *ctx, const char *text)
{
	static const char *const heads[] = { "a Rust panic at ", "panic: ", "fatal error: ", "program: " };
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		const char *at = strstr(text, heads[i]);
		if (!at)
			continue;
		at += strlen(heads[i]);
		if (i == 0) {
			at = strstr(at, ": ");
			if (!at)
				return NULL;
			at += 2;
		}
		size_t length = up_to_value(at);
		return length ? inq_arena_copy(ctx->arena, at, length < DETAIL_MOST ? length : DETAIL_MOST) : NULL;
	}
	return NULL;
}

/* .NET's, whose managed frames have no names: "HResult 0x80131509: System.InvalidOperationException, or a type derived from it". */
static const char *dotnet_exception(struct inq_ctx *ctx, const char *text)
{
	static const char head[] = "HResult 0x";
	const char *at = strstr(text, head);
	if (!at)
		return NULL;
	at += strlen("HResult ");
	size_t digits = strspn(at, "0x123456789abcdef");
	const char *name = at[digits] == ':' ? between(ctx, at + digits, ": ", ",") : NULL;
	return name ? name : inq_arena_copy(ctx->arena, at, digits < DETAIL_MOST ? digits : DETAIL_MOST);
}

static const char *exception(struct inq_ctx *ctx, const char *text)
{
	static const char head[] = "C++ exception ";
	const char *at = strstr(text, head);
	if (!at)
		return dotnet_exception(ctx, text);
	at += strlen(head);
	const char *end = strstr(at, ": ");
	size_t length = end ? (size_t)(end - at) : strlen(at);
	const char *copy = inq_arena_copy(ctx->arena, at, length < DETAIL_MOST ? length : DETAIL_MOST);
	return copy ? inq_normal_function(ctx, copy) : NULL;
}

static const char *detail_in(struct inq_ctx *ctx, enum detail detail, const char *text)
{
	switch (detail) {
	case ASSERTION:
		return assertion(ctx, text);
	case EXCEPTION:
		return exception(ctx, text);
	case PANIC:
		return panic(ctx, text);
	case CALL:
		return between(ctx, text, "the system call ", " (");
	case PLAIN:
		break;
	}
	return NULL;
}

static const char *detail_of(struct inq_ctx *ctx, enum detail detail, const struct inq_diagnosis *diagnosis)
{
	const char *found = diagnosis ? detail_in(ctx, detail, diagnosis->text) : NULL;
	for (size_t i = 0; diagnosis && !found && i < diagnosis->evidence.count; i++)
		found = detail_in(ctx, detail, diagnosis->evidence.items[i]);
	return found;
}

/* A process that nothing ended: the core of one that runs, unless its threads hang. */
static enum inq_status living(const struct inq_report *report, struct inq_signature *ret)
{
	bool hangs = inq_signature_ring(report) != INQ_UNKNOWN;
	ret->kind = ret->bucket = hangs ? "deadlock" : "no-crash";
	ret->severity = hangs ? INQ_SEVERITY_LOW : INQ_SEVERITY_NONE;
	return INQ_OK;
}

enum inq_status inq_signature_kind(struct inq_ctx *ctx, const struct inq_report *report, struct inq_signature *ret)
{
	const struct inq_fault_info *fault = inq_report_fault(report);
	const struct inq_diagnosis *diagnosis = report->crash.diagnosis_count ? report->crash.diagnosis : NULL;
	const struct row *found = row_of(diagnosis ? diagnosis->id : NULL);
	if (!report->has_crash)
		return living(report, ret);
	struct row row = found ? *found : fallback(fault, diagnosis ? diagnosis->id : NULL);
	bool killed = strcmp(row.bucket, "killed") == 0;
	if (killed && is_one_of(fault->signal.name, watchdog_signals, 4)) {
		row.word = row.bucket = "watchdog";
		row.severity = INQ_SEVERITY_LOW;
	}
	bool tried = row.word[strlen(row.word) - 1] == '-';
	bool hang = strcmp(row.bucket, "deadlock") == 0; /* whatever ended it */
	const char *signal = hang ? "" : fault->signal.name ? fault->signal.name : "error";
	const char *detail = detail_of(ctx, row.detail, diagnosis);
	ret->kind = inq_arena_printf(ctx->arena, "%s%s%s%s%s%s", signal, hang ? "" : " ", row.word,
				     tried ? access_word(fault->access) : "", detail ? " " : "", detail ? detail : "");
	ret->bucket = row.bucket;
	ret->severity = fault->access & INQ_ACCESS_WRITE ? row.writing : row.severity;
	if (strcmp(row.word, "wild-") == 0 && is_call(fault))
		ret->severity = INQ_SEVERITY_CRITICAL;
	return ret->kind ? INQ_OK : inq_no_memory(ctx);
}
