/* Look-up of the fault in a report. */
#include <inquest/report.h>

const struct inq_fault_info *inq_report_fault(const struct inq_report *report)
{
	return report->crash.behind_handler ? &report->crash.original.fault : &report->crash.last;
}

const struct inq_frame_info *inq_report_fault_stack(const struct inq_report *report, size_t *count)
{
	const struct inq_original_info *original = &report->crash.original;
	const struct inq_thread_info *first = report->thread_count ? &report->threads[0] : NULL;
	bool behind = report->crash.behind_handler;
	*count = behind ? original->frame_count : first ? first->frame_count : 0;
	return behind ? original->frames : first ? first->frames : NULL;
}
