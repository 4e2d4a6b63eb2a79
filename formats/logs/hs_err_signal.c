/* What an hs_err log says of the signal: the line "siginfo:", which every release prints in its own way (os_posix.cpp,
 * os_windows.cpp). */
#include "formats/logs/hs_err.h"

/* A pointer has all its digits (globalDefinitions.hpp, PTR_FORMAT). With fewer at the end of a line, that was broken within
 * the number. */
static bool take_pointer(struct inq_span text, uint64_t *ret)
{
	struct inq_span rest = text;
	if (!inq_take_hex(&rest, ret))
		return false;
	size_t length = text.length - rest.length;
	return rest.length || length == strlen("0x") + 8 || length == strlen("0x") + 16;
}

/* 9 and later: "siginfo: si_signo: 11 (SIGSEGV), si_code: 1 (SEGV_MAPERR), si_addr: 0x…"; 6 and 7: "siginfo:si_signo=
 * SIGSEGV: si_errno=0, si_code=1 (SEGV_MAPERR), si_addr=0x…". */
static bool siginfo_field(struct inq_span line, const char *name, bool hex, uint64_t *ret)
{
	ptrdiff_t at = inq_span_find(line, name);
	if (at < 0)
		return false;
	struct inq_span rest = inq_span_after(line, (size_t)at + strlen(name));
	if (!inq_take_char(&rest, ':') && !inq_take_char(&rest, '='))
		return false;
	rest = inq_span_skip_blanks(rest);
	return hex ? take_pointer(rest, ret) : inq_take_decimal(&rest, ret);
}

/* Windows: "siginfo: ExceptionCode=0xc0000005, reading address 0x10"; since JDK 9 the name and the code stand first. */
static void take_exception(struct inq_hs_err *log, struct inq_span line)
{
	static const struct {
		const char *words;
		unsigned tried;
	} accesses[] = { { "reading address ", INQ_ACCESS_READ },
			 { "writing address ", INQ_ACCESS_WRITE },
			 { "data execution prevention violation at address ", INQ_ACCESS_EXECUTE } };
	struct inq_span name = inq_hs_err_after_colon(line);
	ptrdiff_t comma = inq_span_find(name, ", ");
	if (!log->error.length && comma > 0 && inq_span_starts(name, "EXCEPTION_"))
		log->error = (struct inq_span) { name.text, (size_t)comma };
	for (size_t i = 0; i < sizeof accesses / sizeof *accesses; i++) {
		ptrdiff_t at = inq_span_find(line, accesses[i].words);
		if (at < 0)
			continue;
		struct inq_span rest = inq_span_after(line, (size_t)at);
		log->message = rest;
		rest = inq_span_after(rest, strlen(accesses[i].words));
		log->signal.has_address =
			take_pointer(rest, &log->signal.address) && log->signal.address != INQ_UNKNOWN;
		log->signal.tried = accesses[i].tried;
	}
}

void inq_hs_err_siginfo(struct inq_hs_err *log, struct inq_span line)
{
	if (inq_span_find(line, "si_") < 0) {
		take_exception(log, line);
		return;
	}
	uint64_t value;
	struct inq_signal *signal = &log->signal;
	bool negative = inq_span_find(line, "si_code: -") > 0 || inq_span_find(line, "si_code=-") > 0;
	if (siginfo_field(line, "si_signo", false, &value) && value < 128)
		signal->number = (int)value;
	if (siginfo_field(line, "si_code", false, &value) && value <= INT32_MAX) {
		signal->has_code = true;
		signal->code = (int)value;
	} else if (negative) { /* SI_USER is 0, what other senders set is negative */
		struct inq_span rest = inq_span_between(line, "si_code", "(");
		ptrdiff_t minus = inq_span_find(rest, "-");
		rest = inq_span_after(rest, minus < 0 ? rest.length : (size_t)minus + 1);
		signal->has_code = inq_take_decimal(&rest, &value) && value <= INT32_MAX;
		signal->code = signal->has_code ? -(int)value : 0;
	}
	signal->has_address = siginfo_field(line, "si_addr", true, &signal->address);
	if (!siginfo_field(line, "si_pid", false, &signal->sender_pid)) /* 8: "sent from pid: 12346 (uid: 0)" */
		siginfo_field(line, "sent from pid", false, &signal->sender_pid);
	if (!siginfo_field(line, "si_uid", false, &signal->sender_uid))
		siginfo_field(line, "(uid", false, &signal->sender_uid);
}
