#include "store/sql/audit.h"

#include <stdlib.h>

#include "base/writer.h"
#include "store/sql/rows.h"

struct audit_waiting {
	struct audit_row row;
	struct audit_waiting *next;
	uint8_t text[];
};

static gh_slice *audit_texts(struct audit_row *row, size_t i)
{
	gh_slice *const text[] = { &row->by,	  &row->from,	&row->action, &row->subject,
				   &row->outcome, &row->before, &row->after,  &row->reason };

	return i < sizeof(text) / sizeof(text[0]) ? text[i] : NULL;
}

/* A copy that owns its texts. NULL: no memory. */
static struct audit_waiting *audit_waiting_new(const struct audit_row *row)
{
	struct audit_row copy = *row;
	struct audit_waiting *w;
	size_t room = 0;
	gh_slice *text;

	for (size_t i = 0; (text = audit_texts(&copy, i)); i++)
		room += text->n;
	w = calloc(1, sizeof(*w) + room);
	if (w == NULL)
		return NULL;
	struct ghi_writer to = ghi_writer_on(w->text, room);

	w->row = copy;
	for (size_t i = 0; (text = audit_texts(&w->row, i)); i++) {
		uint8_t *at = w->text + to.n;

		ghi_put(&to, *text);
		*text = (gh_slice){ at, text->n };
	}
	return w;
}

enum gh_err sql_audit_put(struct store *s, const struct audit_row *row)
{
	struct audit_rows *rows = &s->audit;
	struct audit_waiting *w = audit_waiting_new(row);

	if (w == NULL)
		return GH_ENOMEM;
	if (rows->last)
		rows->last->next = w;
	else
		rows->first = w;
	rows->last = w;
	rows->n++;
	return GH_OK;
}

/* With the number of what was stored in this transaction. */
static gh_slice audit_subject_of(const struct audit_row *row, uint8_t *room, size_t n)
{
	struct ghi_writer w = ghi_writer_on(room, n);

	if (row->subject_at == NULL)
		return row->subject;
	ghi_put(&w, row->subject);
	ghi_put_signed(&w, *row->subject_at);
	return w.err ? row->subject : ghi_written(&w);
}

static enum gh_err audit_row_write(struct sql *c, const struct audit_row *row, int64_t behind)
{
	struct sql_call q = sql_call(c, SQL_AUDIT_PUT);
	uint8_t subject[AUDIT_SUBJECT];

	sql_put_int(&q, behind);
	sql_put_int(&q, row->at_ms);
	sql_put_int(&q, row->command_at ? *row->command_at : row->command);
	sql_put_text(&q, gh_slice_of(audit_actor_word(row->actor)));
	sql_put_int(&q, row->actor_id);
	sql_put_text(&q, row->by);
	sql_put_text(&q, row->from);
	sql_put_text(&q, row->action);
	sql_put_text(&q, audit_subject_of(row, subject, sizeof(subject)));
	sql_put_text(&q, row->outcome);
	sql_put_text(&q, row->before);
	sql_put_text(&q, row->after);
	sql_put_text(&q, row->reason);
	return sql_run(&q);
}

enum gh_err audit_rows_write(struct store *s)
{
	struct audit_rows *rows = &s->audit;
	int64_t behind = (int64_t)rows->n;
	enum gh_err err;

	if (rows->n == 0)
		return GH_OK;
	struct sql_call last = sql_call(s->sql, SQL_AUDIT_LAST);

	sql_put_int(&last, behind);
	err = sql_run(&last);
	for (struct audit_waiting *w = rows->first; w && err == GH_OK; w = w->next) {
		err = audit_row_write(s->sql, &w->row, --behind);
	}
	audit_rows_clear(rows);
	return err;
}

void audit_rows_clear(struct audit_rows *rows)
{
	struct audit_waiting *next;

	for (struct audit_waiting *w = rows->first; w; w = next) {
		next = w->next;
		free(w);
	}
	*rows = (struct audit_rows){ 0 };
}

static enum audit_actor audit_actor_of(gh_slice word)
{
	for (size_t i = 0; i < AUDIT_ACTORS; i++)
		if (gh_slice_eq(word, gh_slice_of(audit_actor_word(i))))
			return (enum audit_actor)i;
	return AUDIT_SERVER;
}

struct audit_row sql_audit_of(const struct sql_call *q)
{
	return (struct audit_row){
		.seq = sql_int(q, 0),
		.at_ms = sql_int(q, 1),
		.command = sql_int(q, 2),
		.actor = audit_actor_of(sql_text(q, 3)),
		.actor_id = sql_int(q, 4),
		.by = sql_text(q, 5),
		.from = sql_text(q, 6),
		.action = sql_text(q, 7),
		.subject = sql_text(q, 8),
		.outcome = sql_text(q, 9),
		.before = sql_text(q, 10),
		.after = sql_text(q, 11),
		.reason = sql_text(q, 12),
	};
}
