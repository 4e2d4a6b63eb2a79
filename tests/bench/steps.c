/* Analyses artefacts in one process, again and again, each as an incident of its own: `steps ROUNDS FILE…` prints the processor
 * time of each step in microseconds, in the first round, where modules are opened, and the least of the later ones. */
#include <inquest/inquest.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const struct step {
	const char *name;
	unsigned parts;
} steps[] = {
	{ "read", 0 },
	{ "objects", INQ_OBJECTS },
	{ "files", INQ_FILES },
	{ "regions", INQ_REGIONS },
	{ "threads", INQ_THREADS },
	{ "JVM", INQ_JVM },
	{ "crash", INQ_CRASH },
	{ "stacks", INQ_STACKS },
	{ "JSON", 0 },
	{ "all", 0 },
};

enum { STEPS = sizeof steps / sizeof *steps, READ = 0, JSON = STEPS - 2, ALL = STEPS - 1 };

static bool discard(void *data, const char *bytes, size_t size)
{
	(void)data, (void)bytes, (void)size;
	return true;
}

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

/* Adds what the time since *since was to the step. */
static void stop(double *since, double *time)
{
	double end = now();
	*time += end - *since;
	*since = end;
}

static void analyse(const char *path, double times[STEPS])
{
	struct inq_incident *incident;
	const struct inq_output output = { .write = discard };
	double start = now(), since = start;
	unsigned parts = 0;
	if (inq_incident_create(NULL, &incident) != INQ_OK)
		exit(EXIT_FAILURE);
	enum inq_status status = inq_incident_add(incident, path);
	stop(&since, &times[READ]);
	for (int i = READ + 1; i < JSON && status != INQ_UNUSABLE; i++) {
		parts |= steps[i].parts;
		inq_incident_analyse(incident, parts);
		stop(&since, &times[i]);
	}
	inq_render("json", INQ_DOCUMENT_REPORT, inq_incident_report(incident), &output);
	inq_incident_destroy(incident);
	stop(&since, &times[JSON]);
	times[ALL] += since - start;
}

int main(int count, char **arguments)
{
	double first[STEPS] = { 0 }, least[STEPS];
	int rounds = count > 2 ? atoi(arguments[1]) : 0;
	for (int round = 0; round < rounds; round++) {
		double times[STEPS] = { 0 };
		for (int i = 2; i < count; i++)
			analyse(arguments[i], times);
		for (int i = 0; i < STEPS; i++) {
			if (round == 0)
				first[i] = times[i];
			if (round <= 1 || times[i] < least[i])
				least[i] = times[i];
		}
	}
	for (int i = 0; i < STEPS && rounds > 0; i++)
		printf("%-8s %9.0f %9.0f\n", steps[i].name, first[i] / (count - 2), least[i] / (count - 2));
	return rounds > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
