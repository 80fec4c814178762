/*
 * The clock of a program that a test starts with this library in LD_PRELOAD: real time, moved by the number of
 * seconds in the file $CLOCK_STEP (64 bits, of this machine). The file is mapped, so a test moves the clock while
 * the program runs, and a reading costs one call of the system. The monotonic clock goes on as it is.
 *
 * It calls the system itself: a sanitizer's own functions are not there yet when the program begins.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const int64_t *offset_s;

__attribute__((constructor)) static void offset_map(void)
{
	const char *path = getenv("CLOCK_STEP");
	long file = path ? syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC) : -1;
	if (file < 0)
		return;
	long at = syscall(SYS_mmap, NULL, sizeof *offset_s, PROT_READ, MAP_SHARED, file, 0);
	if (at > 0)
		offset_s = (const int64_t *)at;
	syscall(SYS_close, file);
}

static time_t offset_get(void)
{
	return offset_s ? (time_t)__atomic_load_n(offset_s, __ATOMIC_RELAXED) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *at)
{
	int status = (int)syscall(SYS_clock_gettime, clock, at);
	if (status == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
		at->tv_sec += offset_get();
	return status;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone)
{
	struct timespec now;
	(void)zone;
	if (clock_gettime(CLOCK_REALTIME, &now) != 0)
		return -1;
	*at = (struct timeval){ .tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000 };
	return 0;
}

time_t time(time_t *at)
{
	struct timespec now = { 0 };
	clock_gettime(CLOCK_REALTIME, &now);
	if (at != NULL)
		*at = now.tv_sec;
	return now.tv_sec;
}
