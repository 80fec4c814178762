#include "api/process.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static void process_memory_read(struct process *p)
{
	long pages = 0, resident = 0, size = sysconf(_SC_PAGESIZE);
	FILE *f = fopen("/proc/self/statm", "re");

	if (f == NULL)
		return;
	if (fscanf(f, "%ld %ld", &pages, &resident) == 2) {
		p->virtual_bytes = (int64_t)pages * size;
		p->resident_bytes = (int64_t)resident * size;
	}
	fclose(f);
}

static void process_files_read(struct process *p)
{
	struct rlimit limit;
	DIR *dir = opendir("/proc/self/fd");

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
		p->max_fds = (int64_t)limit.rlim_cur;
	if (dir == NULL)
		return;
	/* Less "." and ".." and the directory that is being read. */
	for (p->open_fds = -3; readdir(dir); p->open_fds++)
		;
	closedir(dir);
}

void process_read(struct process *out)
{
	struct rusage use;

	*out = (struct process){ 0 };
	process_memory_read(out);
	process_files_read(out);
	if (getrusage(RUSAGE_SELF, &use) == 0)
		out->cpu_ms = (use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1000 +
			      (use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1000;
}
