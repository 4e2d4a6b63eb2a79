/* Temporary main. */
#include <inquest/inquest.h>
#include <stdio.h>

int main(void)
{
	puts(inq_format_name(0) ? "inquest" : "");
	return 0;
}
