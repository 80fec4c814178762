/* Figures of this process from the system. */
#ifndef GH_API_PROCESS_H
#define GH_API_PROCESS_H

#include <stdint.h>

struct process {
	int64_t resident_bytes, virtual_bytes;
	int64_t open_fds, max_fds;
	int64_t cpu_ms; /* user and system time */
};

/* What cannot be found out is 0. */
void process_read(struct process *out);

#endif
