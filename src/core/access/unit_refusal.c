#include "core/access/unit_refusal.h"

#include <stdlib.h>

#include "core/command_job.h"
#include "wire/access/words.h"

#define FIELDS_ROOM 2048

enum {
	RETURN_BUFFER = -3,
	RETURN_TOO_MUCH = -106,
	RETURN_MEMORY = -604,
	RETURN_FIELD = -621,
	RETURN_TABLE = -629,
};

/* A state with the memory of its fields. */
struct refusal {
	struct unit_table_state state;
	uint8_t fields[FIELDS_ROOM];
};

static bool refusal_note(void *ctx, int64_t device, const struct unit_table_state *state)
{
	struct refusal *f = ctx;
	size_t n = state->fields.n < FIELDS_ROOM ? state->fields.n : 0;

	(void)device;
	f->state = *state;
	if (n)
		memcpy(f->fields, state->fields.p, n);
	f->state.fields = (gh_slice){ f->fields, n };
	return false;
}

static enum gh_err refusal_find(const struct store_ops *ops, struct store *s, int64_t device,
				const struct ghi_access_table *t, struct refusal *f)
{
	enum gh_err err;

	f->state = (struct unit_table_state){ 0 };
	err = ops->unit_state_find(s, device, gh_slice_of(t->name), refusal_note, f);
	f->state.table = gh_slice_of(t->name);
	return err == GH_ENOTFOUND ? GH_OK : err;
}

static bool fields_have(gh_slice list, gh_slice name)
{
	gh_slice one;
	bool more = list.n != 0;

	while (more) {
		more = gh_slice_cut(list, ',', &one, &list);
		if (gh_slice_eq(one, name))
			return true;
	}
	return false;
}

/* --- commands that are sent again --- */

/* Commands that wait about rows of the same table: what is sent again comes after them. */
struct waits {
	int64_t id;
	const struct ghi_access_table *table;
	gh_slice records; /* of the command that was refused */
	bool any;
};

static void refused_row_key(const struct ghi_access_table *t, gh_slice line,
			    struct ghi_writer *w)
{
	struct ghi_table_row row = ghi_table_row_of(t);

	(void)ghi_table_row_read(&row, line, false);
	ghi_table_key_write(w, &row);
}

/* Whether a row of the one has the key of a row of the other. */
static bool rows_meet(const struct ghi_access_table *t, gh_slice a, gh_slice b)
{
	gh_slice line, other, rest;
	bool more = true;

	while (more) {
		uint8_t text[256], text_2[256];
		struct ghi_writer key = ghi_writer_on(text, sizeof(text));
		bool others = true;

		more = gh_slice_cut(a, '\n', &line, &a);
		refused_row_key(t, line, &key);
		for (rest = b; others;) {
			struct ghi_writer k = ghi_writer_on(text_2, sizeof(text_2));

			others = gh_slice_cut(rest, '\n', &other, &rest);
			refused_row_key(t, other, &k);
			if (key.err || k.err || gh_slice_eq(ghi_written(&key), ghi_written(&k)))
				return true;
		}
	}
	return false;
}

static bool waits_see(void *ctx, const struct command *c)
{
	struct waits *w = ctx;
	size_t room = ghi_access_words_room(c->arguments);
	struct ghi_data_command d;
	gh_slice table;
	uint8_t *text;

	if (c->id == w->id ||
	    (c->kind != COMMAND_KIND_UPDATE_TABLE && c->kind != COMMAND_KIND_DELETE_TABLE) ||
	    !command_argument(c->arguments, ARGUMENT_table, &table) ||
	    !gh_slice_ieq(table, gh_slice_of(w->table->name)))
		return true;
	text = c->kind == COMMAND_KIND_UPDATE_TABLE ? malloc(room) : NULL;
	struct ghi_writer words = ghi_writer_on(text, text ? room : 0);

	if (text)
		ghi_access_words_write(&words, c->kind, c->arguments);
	w->any = text == NULL || words.err ||
		 ghi_data_command_parse(ghi_written(&words), &d) != GH_OK ||
		 rows_meet(w->table, w->records, d.records);
	free(text);
	return !w->any;
}

static bool command_is_of_plan(const struct command *c)
{
	return gh_slice_eq(c->requested_by, COMMAND_BY_PLAN);
}

/* Some lines of an update, without the fields in `without`, as a command of its own. */
static enum gh_err resend_add(struct unit_resend *r, const struct command *c,
			      const struct ghi_access_table *t, gh_slice lines, size_t skip,
			      size_t take, gh_slice without)
{
	struct command *to = &r->command[r->n];
	size_t room = c->arguments.n + 256;
	uint8_t *text = ghi_arena_alloc(r->a, room), *shown;
	struct ghi_writer w = ghi_writer_on(text, text ? room : 0);
	gh_slice line, pair, name, value;
	size_t shown_n;
	bool more = true;

	*to = (struct command){
		.device = c->device,
		.serial = ghi_arena_copy(r->a, c->serial),
		.kind = c->kind,
		.requested_by = ghi_arena_copy(r->a, c->requested_by),
		.state = COMMAND_QUEUED,
		.created_ms = r->now_ms,
		.expires_ms = r->now_ms + (c->expires_ms - c->created_ms),
	};
	command_argument_put(&w, "table", gh_slice_of(t->name));
	for (size_t i = 0; more && take; i++) {
		bool first = true, pairs = true;

		more = gh_slice_cut(lines, '\n', &line, &lines);
		if (i < skip)
			continue;
		uint8_t *row = ghi_arena_alloc(r->a, line.n + 64);
		struct ghi_writer out = ghi_writer_on(row, row ? line.n + 64 : 0);

		if (i == skip) {
			ghi_put(&out, GH_LIT("DATA UPDATE "));
			ghi_put(&out, gh_slice_of(t->name));
			ghi_put_u8(&out, ' ');
		}
		while (pairs) {
			pairs = gh_slice_cut(line, '\t', &pair, &line);
			gh_slice_cut(pair, '=', &name, &value);
			int f = ghi_table_field_find(t, name);

			if (f >= 0 && fields_have(without, gh_slice_of(t->field[f].name)))
				continue;
			if (!first)
				ghi_put_u8(&out, '\t');
			first = false;
			ghi_put(&out, pair);
		}
		if (out.err)
			return GH_ENOMEM;
		command_argument_put(&w, "written", ghi_written(&out));
		take--;
	}
	to->arguments = ghi_written(&w);
	if (w.err)
		return GH_ENOMEM;
	shown = command_shown_new(DEVICE_ACCESS, to->kind, to->arguments, &shown_n);
	if (shown == NULL)
		return GH_ENOMEM;
	to->shown = ghi_arena_copy(r->a, (gh_slice){ shown, shown_n });
	free(shown);
	r->n++;
	return r->a->failed ? GH_ENOMEM : GH_OK;
}

/* --- a field --- */

/* The last field that the row has, and that may be left out. NULL: none is left. */
static const struct ghi_table_field *field_to_try(const struct ghi_access_table *t,
						  gh_slice records, gh_slice left_out)
{
	struct ghi_table_row row = ghi_table_row_of(t);
	gh_slice line, rest;

	gh_slice_cut(records, '\n', &line, &rest);
	(void)ghi_table_row_read(&row, line, false);
	for (size_t i = t->fields; i-- > 0;)
		if (row.has[i] && !(t->field[i].flags & GHI_FIELD_KEY) &&
		    !fields_have(left_out, gh_slice_of(t->field[i].name)))
			return &t->field[i];
	return NULL;
}

/* Whether a row has a field that is left out by now: it was queued before. */
static bool row_has_left_out(const struct ghi_access_table *t, gh_slice records,
			     gh_slice left_out)
{
	struct ghi_table_row row = ghi_table_row_of(t);
	gh_slice line, rest;

	gh_slice_cut(records, '\n', &line, &rest);
	(void)ghi_table_row_read(&row, line, false);
	for (size_t i = 0; i < t->fields; i++)
		if (row.has[i] && fields_have(left_out, gh_slice_of(t->field[i].name)))
			return true;
	return false;
}

/* Those of a list that the row does not have. */
static void fields_without(const struct ghi_access_table *t, gh_slice records, gh_slice list,
			   struct ghi_writer *w)
{
	struct ghi_table_row row = ghi_table_row_of(t);
	gh_slice line, rest, one;
	bool more = list.n != 0;

	gh_slice_cut(records, '\n', &line, &rest);
	(void)ghi_table_row_read(&row, line, false);
	while (more) {
		more = gh_slice_cut(list, ',', &one, &list);
		int f = ghi_table_field_find(t, one);

		if (one.n == 0 || (f >= 0 && row.has[f]))
			continue;
		if (w->n)
			ghi_put_u8(w, ',');
		ghi_put(w, one);
	}
}

/* Those that are being tried stand behind the ones that are known, and behind an empty name. */
static gh_slice fields_settled(gh_slice fields, bool trying)
{
	const uint8_t *at = trying && fields.n ? memmem(fields.p, fields.n, ",,", 2) : NULL;

	if (!trying)
		return fields;
	return at ? (gh_slice){ fields.p, (size_t)(at - fields.p) } : (gh_slice){ 0 };
}

static gh_slice fields_last(gh_slice fields)
{
	size_t n = fields.n;

	while (n && fields.p[n - 1] != ',')
		n--;
	return gh_slice_from(fields, n);
}

static enum gh_err field_refused(const struct store_ops *ops, struct store *s,
				 const struct command *c, const struct ghi_data_command *d,
				 const struct ghi_access_table *t, struct unit_resend *r)
{
	struct refusal f;
	enum gh_err err = refusal_find(ops, s, c->device, t, &f);
	uint8_t text[FIELDS_ROOM];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	const struct ghi_table_field *next;
	gh_slice settled;

	if (err)
		return err;
	if (!row_has_left_out(t, d->records, f.state.fields)) {
		settled = fields_settled(f.state.fields, f.state.trying);
		next = field_to_try(t, d->records, f.state.fields);
		ghi_put(&w, next ? f.state.fields : settled);
		if (next && !f.state.trying)
			ghi_put(&w, GH_LIT(","));
		if (next) {
			ghi_put(&w, GH_LIT(","));
			ghi_put(&w, gh_slice_of(next->name));
		}
		/* Whichever is left out, it refuses: it is none of them. */
		f.state.trying = next != NULL;
		f.state.fields = ghi_written(&w);
		f.state.refused_ms = r->now_ms;
		f.state.present = UNIT_STATE_REFUSED;
		err = w.err ? w.err : ops->unit_state_put(s, c->device, &f.state);
		if (err || next == NULL)
			return err;
	}
	if (command_is_of_plan(c) || r->overtaken)
		return GH_OK;
	return resend_add(r, c, t, d->records, 0, SIZE_MAX, f.state.fields);
}

/* --- a table, and too much --- */

static enum gh_err table_refused(const struct store_ops *ops, struct store *s,
				 const struct command *c, const struct ghi_access_table *t,
				 int64_t now_ms)
{
	struct refusal f;
	enum gh_err err = refusal_find(ops, s, c->device, t, &f);

	f.state.present = UNIT_STATE_REFUSED;
	f.state.refused = true;
	f.state.refused_ms = now_ms;
	return err ? err : ops->unit_state_put(s, c->device, &f.state);
}

static enum gh_err update_halve(const struct store_ops *ops, struct store *s,
				const struct command *c, const struct ghi_data_command *d,
				const struct ghi_access_table *t, struct unit_resend *r)
{
	struct unit_table_state most = { .table = gh_slice_of(t->name),
					 .present = UNIT_STATE_MOST };
	gh_slice rest = d->records, line;
	size_t rows = 0, half;
	struct refusal f;
	bool more = true;
	enum gh_err err;

	while (more) {
		more = gh_slice_cut(rest, '\n', &line, &rest);
		rows++;
	}
	half = rows / 2;
	err = refusal_find(ops, s, c->device, t, &f);
	/* One that was queued before a shorter one was refused; and of one row alone it was not their number. */
	most.rows_most = (int64_t)half;
	if (half && f.state.rows_most > 0 && f.state.rows_most < most.rows_most)
		most.rows_most = f.state.rows_most;
	if (err == GH_OK)
		err = ops->unit_state_put(s, c->device, &most);
	if (err || half == 0 || command_is_of_plan(c) || r->overtaken)
		return err;
	err = resend_add(r, c, t, d->records, 0, half, (gh_slice){ 0 });
	return err ? err : resend_add(r, c, t, d->records, half, SIZE_MAX, (gh_slice){ 0 });
}

enum gh_err unit_refused(const struct store_ops *ops, struct store *s, const struct command *c,
			 const struct ghi_data_command *d, struct unit_resend *r)
{
	const struct ghi_access_table *t = ghi_access_table_find(d->table, NULL);
	struct waits waits = { .id = c->id, .table = t, .records = d->records };
	int64_t code = c->has_return ? c->return_code : 0;
	bool update = d->verb == GHI_DATA_UPDATE && c->kind == COMMAND_KIND_UPDATE_TABLE;
	enum gh_err err = GH_OK;

	if (t == NULL || t->name[0] == '\0')
		return GH_OK;
	if (code == RETURN_TABLE)
		return table_refused(ops, s, c, t, r->now_ms);
	if (!update || (code != RETURN_FIELD && code != RETURN_TOO_MUCH &&
			code != RETURN_MEMORY && code != RETURN_BUFFER))
		return GH_OK;
	if (!command_is_of_plan(c))
		err = ops->commands_open(s, c->device, waits_see, &waits);
	r->overtaken = waits.any;
	if (err)
		return err;
	return code == RETURN_FIELD ? field_refused(ops, s, c, d, t, r)
				    : update_halve(ops, s, c, d, t, r);
}

enum gh_err unit_took(const struct store_ops *ops, struct store *s, int64_t device,
		      const struct ghi_data_command *d)
{
	const struct ghi_access_table *t = ghi_access_table_find(d->table, NULL);
	uint8_t text[FIELDS_ROOM];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	struct refusal f;
	enum gh_err err;

	if (t == NULL || t->name[0] == '\0' || d->verb != GHI_DATA_UPDATE)
		return GH_OK;
	err = refusal_find(ops, s, device, t, &f);
	if (err)
		return err;
	if (!f.state.trying && row_has_left_out(t, d->records, f.state.fields)) {
		/* A plan with resync tried them, and they were taken. */
		fields_without(t, d->records, f.state.fields, &w);
		f.state.fields = ghi_written(&w);
	} else if (!f.state.refused && !f.state.trying) {
		return GH_OK;
	}
	if (f.state.trying && !row_has_left_out(t, d->records, f.state.fields)) {
		gh_slice settled = fields_settled(f.state.fields, true);

		ghi_put(&w, settled);
		if (settled.n)
			ghi_put_u8(&w, ',');
		ghi_put(&w, fields_last(f.state.fields));
		f.state.fields = ghi_written(&w);
		f.state.trying = false;
	}
	f.state.present = UNIT_STATE_REFUSED;
	f.state.refused = false;
	return w.err ? w.err : ops->unit_state_put(s, device, &f.state);
}
