#include "app/serve/open_files.h"

#include <errno.h>
#include <sys/resource.h>

#include "app/serve/open_files_count.h"
#include "core/problems.h"

#define RESERVE 64  /* descriptors that no connection gets; of a small limit a quarter */
#define COUNTS 3    /* attempts at a count, when connections come and go */
#define OTHERS 4096 /* descriptors of everything but connections, at the most */

static size_t files_limit(void)
{
	struct rlimit limit = { .rlim_cur = RLIM_INFINITY };

	(void)getrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_cur > INT32_MAX ? INT32_MAX : (size_t)limit.rlim_cur;
}

void open_files_raise(struct serve *s)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
		return;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		LOG(&s->log, LOG_WARNING, "cannot raise the limit of open files",
		    { "why", gh_slice_of(strerror(errno)) });
}

/* How many are open; 0: they cannot be counted, as that takes one. */
static size_t files_open(void)
{
	GDir *dir = g_dir_open("/proc/self/fd", 0, NULL);
	size_t n = 0;

	if (dir == NULL)
		return 0;
	while (g_dir_read_name(dir))
		n++;
	g_dir_close(dir);
	return n - 1;
}

static size_t connections_open(struct http_listener *l)
{
	struct http_stats stats = { 0 };

	if (l)
		http_listener_stats(l, &stats);
	return stats.connections;
}

/* Of so many descriptors, those that connections of people, and of devices, may take. */
static void connections_part(const struct serve *s, size_t room, size_t *people,
			     size_t *devices)
{
	*people = s->admin == NULL		 ? 0
		  : room / 4 < ADMIN_CONNECTIONS ? room / 4
						 : ADMIN_CONNECTIONS;
	*devices = room - *people < s->settings->connections ? room - *people
							     : s->settings->connections;
}

/* false: connections come and go too fast for a count. */
static bool others_count(const struct serve *s, size_t *others)
{
	for (int i = 0; i < COUNTS; i++) {
		size_t before = connections_open(s->devices) + connections_open(s->admin),
		       open = files_open(),
		       after = connections_open(s->devices) + connections_open(s->admin);

		if (open_files_others(before, open, after, others))
			return true;
	}
	return false;
}

/* How many connections there may be. false: there are too few descriptors for any. */
static bool connections_most(const struct serve *s, size_t limit, size_t others, size_t *people,
			     size_t *devices)
{
	size_t reserve = limit / 4 < RESERVE ? limit / 4 : RESERVE;

	if (others < limit - reserve) {
		connections_part(s, limit - reserve - others, people, devices);
		return true;
	}
	*people = *devices = 1;
	return false;
}

void open_files_watch(struct serve *s)
{
	size_t limit = files_limit(), open, others, people = ADMIN_CONNECTIONS,
	       devices = s->settings->connections;
	bool was = atomic_load(&s->server.files_exhausted), exhausted = false;

	/* Where there is room for all that the settings allow, nothing is counted. */
	if (limit < people + devices + OTHERS) {
		if (!others_count(s, &others))
			return; /* the limits stay as they are */
		exhausted = !connections_most(s, limit, others, &people, &devices);
	}
	open = connections_open(s->devices);
	serve_connections_limit(s, devices, people);
	/* Shares of addresses do not add up to all; and once there was no room, there is some when it is not
	 * about to be taken again. */
	if (devices < s->settings->connections)
		exhausted |= open >= devices - devices / (was ? 4 : 8);
	atomic_store(&s->server.files_exhausted, exhausted);
	if (exhausted)
		problem_raise(&s->server, PROBLEM_FILES_EXHAUSTED, PROBLEM_OF_SERVER,
			      "of %zu files that may be open, devices hold %zu", limit, open);
	else if (was)
		problem_clear(&s->server, PROBLEM_FILES_EXHAUSTED, PROBLEM_OF_SERVER);
}
