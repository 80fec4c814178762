/* Packed rows: the body is a window that moves over the unpacked bytes, made on a reader thread. The records of
 * one window are stored before the next is unpacked (Security PUSH 3.1.2, 9.2). */
#include <stdio.h>

#include "base/base64.h"
#include "core/packed.h"
#include "core/problems.h"
#include "session/access/upload.h"

#define COPIED_MAX (1u << 20) /* of malformed records */
#define SHOWN_MAX 4096	      /* of a refused package, in its row */
#define REASON_MAX 192

bool access_more_unpacks(const struct access_upload *u)
{
	return u->file.n && !(u->packed && packed_ended(u->packed));
}

gh_slice access_window_copy(struct access_upload *u, gh_slice raw)
{
	if (raw.n > COPIED_MAX - u->copied) {
		u->keep_raw = true;
		return GH_LIT("");
	}
	u->copied += raw.n;
	return ghi_arena_copy(u->x->arena, raw);
}

static enum gh_err package_decode(struct access_upload *u)
{
	uint8_t *bytes = ghi_arena_alloc(u->x->arena, u->file.n + 1);

	if (bytes == NULL)
		return GH_ENOMEM;
	return base64_decode(u->file, bytes, &u->file);
}

/* On a reader thread. */
static void access_window_make(struct access_upload *u)
{
	u->before.lines += u->lines.number;
	u->before.bytes += (int64_t)u->body.n;
	u->unpacked = u->packed == NULL && u->base64 ? package_decode(u) : GH_OK;
	if (u->unpacked == GH_OK && u->packed == NULL) {
		u->packed = packed_open(u->file, u->x->arena->share);
		u->unpacked = u->packed ? GH_OK : GH_ENOMEM;
	}
	if (u->unpacked == GH_OK)
		u->unpacked = packed_next(u->packed, 0, &u->window);
}

/* That the store cannot be read does not matter here. */
static void access_window_run(struct read_job *job, struct store_reader *reader,
			      enum gh_err err)
{
	struct access_upload *u = (struct access_upload *)job;

	(void)reader;
	(void)err;
	u->unpacked = (enum gh_err)atomic_load(&job->stopped);
	if (u->unpacked == GH_OK)
		access_window_make(u);
}

static void access_window_made(struct read_job *job)
{
	struct exchange *x = ((struct access_upload *)job)->x;

	exchange_resume_with(x, x->next);
}

enum gh_err access_window_begin(struct access_upload *u, void (*next)(struct exchange *x))
{
	struct readers *readers = u->x->server->readers;

	u->x->next = next;
	u->unpacking =
		(struct read_job){ .run = access_window_run, .done = access_window_made };
	if (readers)
		return readers_put(readers, READERS_LIST, &u->unpacking);
	/* A server without reader threads, in tests. */
	access_window_make(u);
	access_window_made(&u->unpacking);
	return GH_OK;
}

/* The records of earlier windows are valid and stay. */
static enum gh_err access_package_refuse(struct access_upload *u)
{
	struct exchange *x = u->x;
	gh_slice shown = x->body;
	char *why = ghi_arena_alloc(x->arena, REASON_MAX);

	if (why == NULL)
		return GH_ENOMEM;
	snprintf(why, REASON_MAX, "the package %s; it is kept raw",
		 u->packed ? packed_reason(u->packed) : "is not base64");
	problem_raise(x->server, PROBLEM_PACKAGE_REFUSED, x->sn, "%s", why);
	x->note = why;
	if (shown.n > SHOWN_MAX)
		shown.n = SHOWN_MAX;
	u->body = u->file = (gh_slice){ 0 };
	u->ended = u->refused = true;
	u->quarantined++;
	u->keep_raw = true;
	return ingest_quarantine(u->in, u->before.lines + 1, u->before.bytes, shown, why);
}

enum gh_err access_window_take(struct access_upload *u)
{
	if (u->unpacked == GH_ETOOBIG || u->unpacked == GH_EMALFORMED)
		return access_package_refuse(u);
	if (u->unpacked == GH_OK) {
		u->body = u->window;
		u->lines = ghi_lines_of(u->body);
		u->ended = false;
	}
	return u->unpacked;
}
