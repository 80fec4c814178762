#include "app/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

enum { PROGRESS_FIRST_US = 300000, PROGRESS_US = 100000 };

bool progress_is_due(struct progress *p)
{
	int64_t now;

	if (p->next == INT64_MAX)
		return false;
	now = ghi_clock_monotonic_us();
	if (p->next == 0)
		p->next = isatty(STDERR_FILENO) ? now + PROGRESS_FIRST_US : INT64_MAX;
	if (now < p->next)
		return false;
	p->next = now + PROGRESS_US;
	p->shown = true;
	return true;
}

void progress_end(struct progress *p)
{
	if (p->shown)
		fprintf(stderr, PROGRESS_LINE);
	*p = (struct progress){ 0 };
}
