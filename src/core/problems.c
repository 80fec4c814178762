#include "core/problems.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <uthash.h>

#include "core/server_clock.h"

#define LOG_AGAIN_MS (INT64_C(24) * 3600 * 1000)

struct problem_entry {
	UT_hash_handle hh; /* by subject */
	struct problem row;
	int64_t logged_ms;
	size_t subject_size;
	char subject[PROBLEM_SUBJECT];
	char detail[PROBLEM_DETAIL];
};

/* A kind's table is in the order of the latest occurrence: the first one ends first. */
struct problems {
	pthread_mutex_t lock;
	struct problem_entry *of_kind[PROBLEM_KINDS];
	_Atomic size_t count[PROBLEM_KINDS]; /* may be read without the lock */
	int64_t last_id;
	uint64_t dropped;
};

struct problems *problems_new(void)
{
	struct problems *ps = calloc(1, sizeof(*ps));

	if (ps)
		pthread_mutex_init(&ps->lock, NULL);
	return ps;
}

static void entry_remove(struct problems *ps, struct problem_entry *e)
{
	HASH_DEL(ps->of_kind[e->row.kind], e);
	atomic_fetch_sub(&ps->count[e->row.kind], 1);
	free(e);
}

void problems_free(struct problems *ps)
{
	struct problem_entry *e, *next;

	if (ps == NULL)
		return;
	for (size_t kind = 0; kind < PROBLEM_KINDS; kind++)
		HASH_ITER(hh, ps->of_kind[kind], e, next)
		{
			entry_remove(ps, e);
		}
	pthread_mutex_destroy(&ps->lock);
	free(ps);
}

static gh_slice subject_cut(gh_slice subject)
{
	if (subject.n > PROBLEM_SUBJECT)
		subject.n = PROBLEM_SUBJECT;
	return subject;
}

static struct problem_entry *entry_find(struct problems *ps, enum problem_kind kind,
					gh_slice subject)
{
	struct problem_entry *e = NULL;

	subject = subject_cut(subject);
	if (subject.n)
		HASH_FIND(hh, ps->of_kind[kind], subject.p, subject.n, e);
	return e;
}

static void entry_enter(struct problems *ps, struct problem_entry *e)
{
	HASH_ADD(hh, ps->of_kind[e->row.kind], subject, e->subject_size, e);
}

/* NULL: no memory. */
static struct problem_entry *problem_entry_new(struct problems *ps, enum problem_kind kind,
					       gh_slice subject, int64_t now_ms)
{
	struct problem_entry *e;

	subject = subject_cut(subject);
	if (subject.n == 0)
		return NULL;
	if (atomic_load(&ps->count[kind]) >= PROBLEM_SUBJECTS) {
		entry_remove(ps, ps->of_kind[kind]);
		ps->dropped++;
	}
	e = calloc(1, sizeof(*e));
	if (e == NULL)
		return NULL;
	memcpy(e->subject, subject.p, subject.n);
	e->subject_size = subject.n;
	e->row = (struct problem){ .id = ++ps->last_id,
				   .kind = kind,
				   .subject = { (const uint8_t *)e->subject, subject.n },
				   .since_ms = now_ms };
	atomic_fetch_add(&ps->count[kind], 1);
	entry_enter(ps, e);
	return e;
}

/* Whether it is to be logged. */
static bool entry_happened(struct problems *ps, struct problem_entry *e, const char *detail,
			   int64_t now_ms)
{
	bool changed = strcmp(e->detail, detail) != 0;

	HASH_DEL(ps->of_kind[e->row.kind], e);
	entry_enter(ps, e);
	e->row.last_ms = now_ms;
	e->row.count++;
	if (changed && e->row.snoozed_until_ms == PROBLEM_UNTIL_CHANGE)
		e->row.snoozed_until_ms = 0;
	memcpy(e->detail, detail, strlen(detail) + 1);
	e->row.detail = gh_slice_of(e->detail);
	if (e->logged_ms && now_ms - e->logged_ms < LOG_AGAIN_MS)
		return false;
	e->logged_ms = now_ms;
	return true;
}

void problem_raise(struct server *server, enum problem_kind kind, gh_slice subject,
		   const char *detail, ...)
{
	static const enum log_level level[PROBLEM_SEVERITIES] = {
		[PROBLEM_NOTICE] = LOG_INFO,
		[PROBLEM_WARNING] = LOG_WARNING,
		[PROBLEM_ERROR] = LOG_ERROR,
	};
	struct problems *ps = server->problems;
	char text[PROBLEM_DETAIL];
	bool log = false;
	va_list args;

	if (ps == NULL)
		return;
	va_start(args, detail);
	vsnprintf(text, sizeof(text), detail, args);
	va_end(args);
	pthread_mutex_lock(&ps->lock);
	int64_t now = server->now_ms();
	struct problem_entry *e = entry_find(ps, kind, subject);

	if (e == NULL)
		e = problem_entry_new(ps, kind, subject, now);
	if (e)
		log = entry_happened(ps, e, text, now);
	pthread_mutex_unlock(&ps->lock);
	if (log)
		LOG(server->log, level[problem_kinds[kind].severity], "problem",
		    { "kind", gh_slice_of(problem_kinds[kind].word) }, { "subject", subject },
		    { "detail", gh_slice_of(text) });
}

static void problem_log_end(struct server *server, enum problem_kind kind, gh_slice subject)
{
	LOG(server->log, LOG_INFO, "problem ended",
	    { "kind", gh_slice_of(problem_kinds[kind].word) }, { "subject", subject });
}

/* times 0: however often it happened. */
static void problem_end(struct server *server, enum problem_kind kind, gh_slice subject,
			uint64_t times)
{
	struct problems *ps = server->problems;

	if (ps == NULL || atomic_load(&ps->count[kind]) == 0)
		return;
	pthread_mutex_lock(&ps->lock);
	struct problem_entry *e = entry_find(ps, kind, subject);
	bool over = e && (times == 0 || (uint64_t)e->row.count == times);

	if (over)
		entry_remove(ps, e);
	pthread_mutex_unlock(&ps->lock);
	if (over)
		problem_log_end(server, kind, subject);
}

void problem_clear(struct server *server, enum problem_kind kind, gh_slice subject)
{
	problem_end(server, kind, subject, 0);
}

uint64_t problem_times(struct server *server, enum problem_kind kind, gh_slice subject)
{
	struct problems *ps = server->problems;

	if (ps == NULL || atomic_load(&ps->count[kind]) == 0)
		return 0;
	pthread_mutex_lock(&ps->lock);
	const struct problem_entry *e = entry_find(ps, kind, subject);
	uint64_t times = e ? (uint64_t)e->row.count : 0;

	pthread_mutex_unlock(&ps->lock);
	return times;
}

void problem_clear_unless_again(struct server *server, enum problem_kind kind, gh_slice subject,
				uint64_t times)
{
	problem_end(server, kind, subject, times);
}

void problem_clear_subject(struct server *server, gh_slice subject)
{
	for (enum problem_kind kind = 0; kind < PROBLEM_KINDS; kind++)
		problem_clear(server, kind, subject);
}

/* One that is over, taken out; false: there is none. A clock that was set ends none early, and
 * one that was set back keeps one for no longer than from then on. */
static bool problem_expire(struct problems *ps, enum problem_kind kind, struct server *server,
			   char subject[PROBLEM_SUBJECT], size_t *n)
{
	int64_t keep_ms = problem_kinds[kind].keep_ms;
	int64_t now_ms = server->now_ms(), aging_ms = server_aging_ms(server);
	bool over = false;

	if (keep_ms == 0 || atomic_load(&ps->count[kind]) == 0)
		return false;
	pthread_mutex_lock(&ps->lock);
	struct problem_entry *e = ps->of_kind[kind];

	if (e && e->row.last_ms > now_ms)
		e->row.last_ms = now_ms;
	if (e && aging_ms - e->row.last_ms >= keep_ms) {
		over = true;
		*n = e->subject_size;
		memcpy(subject, e->subject, e->subject_size);
		entry_remove(ps, e);
	}
	pthread_mutex_unlock(&ps->lock);
	return over;
}

void problems_tick(struct server *server)
{
	struct problems *ps = server->problems;
	char subject[PROBLEM_SUBJECT];
	size_t n = 0;

	for (enum problem_kind kind = 0; ps && kind < PROBLEM_KINDS; kind++)
		while (problem_expire(ps, kind, server, subject, &n))
			problem_log_end(server, kind, (gh_slice){ (uint8_t *)subject, n });
}

enum gh_err problem_snooze(struct server *server, int64_t id, int64_t until_ms)
{
	struct problems *ps = server->problems;
	struct problem_entry *e, *next;
	enum gh_err err = GH_ENOTFOUND;

	if (ps == NULL)
		return err;
	pthread_mutex_lock(&ps->lock);
	for (enum problem_kind kind = 0; kind < PROBLEM_KINDS; kind++)
		HASH_ITER(hh, ps->of_kind[kind], e, next)
		{
			if (e->row.id != id)
				continue;
			e->row.snoozed_until_ms = until_ms;
			err = GH_OK;
		}
	pthread_mutex_unlock(&ps->lock);
	return err;
}

enum problem_state problem_state_at(const struct problem *p, int64_t now_ms)
{
	return p->snoozed_until_ms > now_ms ? PROBLEM_SNOOZED : PROBLEM_OPEN;
}

static bool entry_is_open(const struct problem_entry *e, struct server *server)
{
	int64_t keep_ms = problem_kinds[e->row.kind].keep_ms;

	return problem_state_at(&e->row, server->now_ms()) == PROBLEM_OPEN &&
	       (keep_ms == 0 || server_aging_ms(server) - e->row.last_ms < keep_ms);
}

size_t problems_open_of(struct server *server, gh_slice subject)
{
	struct problems *ps = server->problems;
	size_t open = 0;

	for (enum problem_kind kind = 0; ps && kind < PROBLEM_KINDS; kind++) {
		if (atomic_load(&ps->count[kind]) == 0)
			continue;
		pthread_mutex_lock(&ps->lock);
		const struct problem_entry *e = entry_find(ps, kind, subject);

		open += e && entry_is_open(e, server);
		pthread_mutex_unlock(&ps->lock);
	}
	return open;
}

void problems_read(struct server *server, bool (*fn)(void *ctx, const struct problem *p),
		   void *ctx)
{
	struct problems *ps = server->problems;
	struct problem_entry *e, *next;
	bool more = true;

	if (ps == NULL)
		return;
	problems_tick(server);
	pthread_mutex_lock(&ps->lock);
	for (enum problem_kind kind = 0; kind < PROBLEM_KINDS && more; kind++)
		HASH_ITER(hh, ps->of_kind[kind], e, next)
		{
			more = more && fn(ctx, &e->row);
		}
	pthread_mutex_unlock(&ps->lock);
}

struct counting {
	struct problem_counts *out;
	int64_t now_ms;
};

static bool counts_add(void *ctx, const struct problem *p)
{
	struct counting *c = ctx;

	if (problem_state_at(p, c->now_ms) == PROBLEM_SNOOZED)
		c->out->snoozed++;
	else
		c->out->open[p->kind]++;
	return true;
}

void problems_count(struct server *server, struct problem_counts *out)
{
	struct counting c = { out, server->now_ms() };

	*out = (struct problem_counts){ .snoozed = 0 };
	problems_read(server, counts_add, &c);
	if (server->problems == NULL)
		return;
	pthread_mutex_lock(&server->problems->lock);
	out->dropped = server->problems->dropped;
	pthread_mutex_unlock(&server->problems->lock);
}
