#include "core/audit.h"

#include <stdlib.h>

#include "base/number.h"
#include "base/writer.h"

enum gh_err audit_put(const struct store_ops *ops, struct store *s, const struct audit_row *row)
{
	return row ? ops->audit_put(s, row) : GH_OK;
}

/* --- a row alone --- */

struct note_job {
	struct store_job job;
	struct server *server;
	struct audit_row row;
	struct arena arena;
};

static enum gh_err note_run(struct store_job *job, const struct store_ops *ops, struct store *s)
{
	return ops->audit_put(s, &((struct note_job *)job)->row);
}

static void note_free(struct note_job *j)
{
	ghi_arena_clear(&j->arena);
	free(j);
}

static void note_log(struct server *server, const struct audit_row *row, enum gh_err err)
{
	LOG(server->log, LOG_WARNING, "audit row not stored", { "action", row->action },
	    { "subject", row->subject }, { "outcome", row->outcome }, { "by", row->by },
	    { "peer", row->from }, { "why", gh_slice_of(gh_strerror(err)) });
}

static void note_done(struct store_job *job, enum gh_err err)
{
	struct note_job *j = (struct note_job *)job;

	if (err)
		note_log(j->server, &j->row, err);
	note_free(j);
}

static bool row_copy(struct arena *a, const struct audit_row *from, struct audit_row *to)
{
	*to = *from;
	to->by = ghi_arena_copy(a, from->by);
	to->from = ghi_arena_copy(a, from->from);
	to->action = ghi_arena_copy(a, from->action);
	to->subject = ghi_arena_copy(a, from->subject);
	to->outcome = ghi_arena_copy(a, from->outcome);
	to->before = ghi_arena_copy(a, from->before);
	to->after = ghi_arena_copy(a, from->after);
	to->reason = ghi_arena_copy(a, from->reason);
	return !a->failed;
}

void audit_note(struct server *server, const struct audit_row *row)
{
	struct note_job *j = calloc(1, sizeof(*j));
	enum gh_err err = GH_ENOMEM;

	if (j && row_copy(&j->arena, row, &j->row)) {
		j->job = (struct store_job){ .run = note_run, .done = note_done };
		j->server = server;
		err = store_put(server->queue, &j->job);
	}
	if (err == GH_OK)
		return;
	note_log(server, row, err);
	if (j)
		note_free(j);
}

/* --- what a row is about --- */

/* No part of it is left out by a name that is long. */
static gh_slice subject_make(struct arena *a, const char *noun, gh_slice name, int64_t number)
{
	uint8_t *text = ghi_arena_alloc(a, AUDIT_SUBJECT);
	struct ghi_writer w = ghi_writer_on(text, text ? AUDIT_SUBJECT : 0);
	size_t most = AUDIT_SUBJECT - 24 - strlen(noun);

	if (text == NULL)
		return (gh_slice){ 0 };
	name.n = name.n < most ? name.n : most;
	ghi_put(&w, gh_slice_of(noun));
	ghi_put_u8(&w, ':');
	ghi_put(&w, name);
	if (name.n && number >= 0)
		ghi_put_u8(&w, ':');
	if (number >= 0)
		ghi_put_signed(&w, number);
	return ghi_written(&w);
}

gh_slice audit_subject(struct arena *a, const char *noun, gh_slice name)
{
	return subject_make(a, noun, name, -1);
}

gh_slice audit_subject_number(struct arena *a, const char *noun, int64_t number)
{
	return subject_make(a, noun, (gh_slice){ 0 }, number);
}

gh_slice audit_subject_door(struct arena *a, gh_slice sn, int64_t door)
{
	return subject_make(a, "door", sn, door);
}
