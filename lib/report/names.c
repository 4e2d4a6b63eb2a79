/* The names of the enums that outputs print. */
#include <inquest/inquest.h>

const char *inq_version(void)
{
	return INQ_VERSION;
}

const char *inq_class_name(enum inq_class class_)
{
	static const char *const names[] = {
#define INQ_CLASS(id, name) name,
#include <inquest/classes.def>
#undef INQ_CLASS
	};
	return (size_t)class_ < INQ_CLASS_COUNT ? names[class_] : "unknown";
}

const char *inq_confidence_name(enum inq_confidence confidence)
{
	static const char *const names[] = { "unknown", "possible", "likely", "certain" };
	return (size_t)confidence <= INQ_CERTAIN ? names[confidence] : names[0];
}

const char *inq_file_state_name(enum inq_file_state state)
{
	static const char *const names[] = { "unchecked", "matched", "mismatched", "missing" };
	return (size_t)state <= INQ_FILE_MISSING ? names[state] : names[0];
}

const char *inq_object_kind_name(enum inq_object_kind kind)
{
	static const char *const names[] = { "exe", "library", "interpreter", "vdso", "jar", "file" };
	return (size_t)kind <= INQ_OBJECT_FILE ? names[kind] : "file";
}

const char *inq_symbols_name(enum inq_symbols symbols)
{
	static const char *const names[] = { NULL, "none", "dynamic", "mini", "full", "debug" };
	return (size_t)symbols <= INQ_SYMBOLS_DEBUG ? names[symbols] : NULL;
}

const char *inq_severity_name(enum inq_severity severity)
{
	static const char *const names[] = { "critical", "high", "medium", "low", "none" };
	return (size_t)severity < INQ_SEVERITY_COUNT ? names[severity] : "none";
}

const char *inq_triage_status_name(enum inq_triage_status status)
{
	static const char *const names[] = { "ok", "partial", "failed" };
	return (size_t)status <= INQ_TRIAGE_FAILED ? names[status] : names[INQ_TRIAGE_FAILED];
}
