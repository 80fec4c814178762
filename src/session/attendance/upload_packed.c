/* Packed uploads: the body is a window that moves over the unpacked bytes. The records of one
 * window are stored before the next is unpacked. */
#include "session/attendance/upload.h"

#include <stdio.h>

#include "core/packed.h"
#include "core/problems.h"

#define COPIED_MAX (1u << 20) /* of malformed records */
#define SHOWN_MAX 4096	      /* of a refused package, in its row */
#define REASON_MAX 192

void upload_body_set(struct upload *u, gh_slice body)
{
	u->body = body;
	u->lines = ghi_lines_of(body);
	u->operlog = ghi_operlog_of(body, u->table);
	u->settings = body;
}

bool upload_more_comes(const struct upload *u)
{
	return u->packed && !packed_ended(u->packed);
}

void upload_stop_at(struct upload *u, size_t offset)
{
	u->window_read = true;
	u->stop = offset;
}

gh_slice upload_window_copy(struct upload *u, gh_slice raw)
{
	if (raw.n > COPIED_MAX - u->copied) {
		u->keep_raw = true;
		return GH_LIT("");
	}
	u->copied += raw.n;
	return ghi_arena_copy(u->x->arena, raw);
}

enum gh_err upload_unpack(struct upload *u)
{
	/* Some firmware names the type and sends plain text. */
	if (!gh_slice_ieq(exchange_param(u->x, "ContentType"), GH_LIT("tgz")) ||
	    !gh_slice_starts(u->x->body, GH_LIT("\x1f\x8b")))
		return GH_OK;
	u->packed = packed_open(u->x->body, u->x->arena->share);
	if (u->packed == NULL)
		return GH_ENOMEM;
	upload_body_set(u, (gh_slice){ 0 });
	upload_stop_at(u, 0);
	return GH_OK;
}

/* The records of earlier windows are valid and stay. */
static enum gh_err package_refuse(struct upload *u)
{
	struct exchange *x = u->x;
	gh_slice shown = x->body;
	char *why = ghi_arena_alloc(x->arena, REASON_MAX);

	if (why == NULL)
		return GH_ENOMEM;
	snprintf(why, REASON_MAX, "the package %s; it is kept raw", packed_reason(u->packed));
	u->ended = true;
	if (u->again)
		return upload_quarantine(u, 1, 0, shown, why);
	problem_raise(x->server, PROBLEM_PACKAGE_REFUSED, x->sn, "%s", why);
	x->note = why;
	if (shown.n > SHOWN_MAX)
		shown.n = SHOWN_MAX;
	u->quarantined++;
	u->keep_raw = true;
	return ingest_quarantine(u->in, u->before.lines + 1, (int64_t)u->before.bytes, shown,
				 why);
}

/* On a reader thread. */
void upload_window_make(struct upload *u)
{
	for (size_t i = 0; i < u->stop; i++)
		u->before.lines += u->body.p[i] == '\n';
	u->before.bytes += u->stop;
	u->unpacked = packed_next(u->packed, u->body.n - u->stop, &u->window);
}

/* That the store cannot be read does not matter here. */
static void window_make(struct read_job *job, struct store_reader *reader, enum gh_err err)
{
	struct upload *u = (struct upload *)job;

	(void)reader;
	(void)err;
	u->unpacked = (enum gh_err)atomic_load(&job->stopped);
	if (u->unpacked == GH_OK)
		upload_window_make(u);
}

static void window_made(struct read_job *job)
{
	struct exchange *x = ((struct upload *)job)->x;

	exchange_resume_with(x, x->next);
}

enum gh_err upload_window_begin(struct upload *u, void (*next)(struct exchange *x))
{
	struct readers *readers = u->x->server->readers;

	u->x->next = next;
	u->unpacking = (struct read_job){ .run = window_make, .done = window_made };
	if (readers)
		return readers_put(readers, READERS_LIST, &u->unpacking);
	/* A server without reader threads, in tests. */
	window_make(&u->unpacking, NULL, GH_OK);
	window_made(&u->unpacking);
	return GH_OK;
}

enum gh_err upload_window_take(struct upload *u)
{
	u->window_read = false;
	if (u->unpacked == GH_ETOOBIG || u->unpacked == GH_EMALFORMED)
		return package_refuse(u);
	if (u->unpacked == GH_OK)
		upload_body_set(u, u->window);
	return u->unpacked;
}
