/* A program that dies a while after a call has failed, for test_errno.py; it prints the number that errno has then. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *fail(void *kind)
{
	const char *path = strcmp(kind, "missing") == 0 ? "/nonexistent/folder" : "/dev/null";
	int fd = open(path, O_RDONLY | O_DIRECTORY);
	int number = errno;
	printf("%d\n", number);
	fflush(stdout);
	errno = number;
	if (fd < 0)
		abort();
	return NULL;
}

int main(int count, char **arguments)
{
	pthread_t thread;
	(void)count;
	errno = ERANGE; /* of this thread, which is not the one that dies */
	pthread_create(&thread, NULL, fail, arguments[1]);
	pthread_join(thread, NULL);
	return 0;
}
