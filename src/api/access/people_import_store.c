/* Rows of an import on the store thread: who they are about, and what is stored of them. A piece is one transaction.
 * Of a trial all is found out likewise, and nothing is written. */
#include <stdio.h>

#include "api/access/people_import.h"
#include "core/audit.h"

char *import_key(char kind, gh_slice namespace, gh_slice text)
{
	return g_strdup_printf("%c%.*s\n%.*s", kind, GH_FMT(namespace), GH_FMT(text));
}

/* --- a trial: what would be free --- */

static bool key_is_going(const struct people_import *m, const char *key)
{
	if (g_hash_table_contains(m->gone, key))
		return true;
	for (guint i = 0; i < m->going->len; i++)
		if (g_str_equal(g_ptr_array_index(m->going, i), key))
			return true;
	return false;
}

static bool would_be_free(struct people_import *m, char kind, gh_slice namespace, gh_slice text)
{
	char *key;
	bool is;

	if (!m->trial || (m->going->len == 0 && g_hash_table_size(m->gone) == 0))
		return false;
	key = import_key(kind, namespace, text);
	is = key_is_going(m, key);
	g_free(key);
	return is;
}

static void note_going(struct people_import *m, char kind, gh_slice namespace, gh_slice text)
{
	if (m->trial)
		g_ptr_array_add(m->going, import_key(kind, namespace, text));
}

static bool watch_free(struct people_watch *w, gh_slice namespace, gh_slice number)
{
	struct people_import *m =
		(struct people_import *)((char *)w - offsetof(struct people_import, watch));

	return would_be_free(m, 'c', namespace, number);
}

static void watch_goes(struct people_watch *w, gh_slice namespace, gh_slice number)
{
	note_going((struct people_import *)((char *)w - offsetof(struct people_import, watch)),
		   'c', namespace, number);
}

/* --- who it is about --- */

__attribute__((format(printf, 3, 4))) static enum gh_err row_refuse(struct import_row *r,
								    const char *field,
								    const char *text, ...)
{
	char message[FAULT_MESSAGE];
	va_list ap;

	va_start(ap, text);
	vsnprintf(message, sizeof(message), text, ap);
	va_end(ap);
	fault_set(&r->fault, gh_slice_of(field), "%s", message);
	r->refused = true;
	r->action = PEOPLE_ERROR;
	return GH_OK;
}

static struct people key_of(gh_slice pin, gh_slice namespace)
{
	return (struct people){ .present = UINT64_C(1) << PEOPLE_pin |
					   UINT64_C(1) << PEOPLE_namespace,
				.pin = pin,
				.namespace = namespace };
}

/* 0: no one. */
static enum gh_err pin_find(const struct store_ops *ops, struct store *s, gh_slice pin,
			    gh_slice namespace, int64_t *id)
{
	struct people key = key_of(pin, namespace);
	enum gh_err err = ops->entity_find(s, ENTITY_PEOPLE, &key, id);

	if (err == GH_OK)
		return err;
	*id = 0;
	return err == GH_ENOTFOUND ? GH_OK : err;
}

struct code_check {
	gh_slice code;
	bool same;
};

static bool code_compare(void *ctx, int64_t id, const void *record)
{
	const struct people *p = record;
	struct code_check *c = ctx;

	(void)id;
	c->same = gh_slice_eq(p->code, c->code);
	return true;
}

static enum gh_err code_find(struct import_row *r, const struct store_ops *ops, struct store *s)
{
	char *code = g_strndup((const char *)r->file.code.p, r->file.code.n);
	gpointer found = NULL;
	bool known = g_hash_table_lookup_extended(r->of->code, code, NULL, &found);
	int64_t id = (int64_t)(intptr_t)found;
	struct code_check check = { .code = r->file.code };
	enum gh_err err;

	g_free(code);
	if (!known)
		return GH_OK;
	if (id == 0)
		return row_refuse(r, "code", "is that of several people, and there is no PIN");
	err = ops->entity_hold(s, ENTITY_PEOPLE, id, code_compare, &check);
	if (err == GH_OK && check.same)
		r->id = id;
	return err == GH_ENOTFOUND ? GH_OK : err;
}

/* By its number, which other servers give to others: a PIN that no one has is no other one of that person. */
static enum gh_err number_find(struct import_row *r, const struct store_ops *ops,
			       struct store *s)
{
	struct code_check there = { 0 };
	enum gh_err err = ops->entity_hold(s, ENTITY_PEOPLE, r->file.id, code_compare, &there);

	if (err && err != GH_ENOTFOUND)
		return err;
	if (err == GH_OK && r->file.pin.n)
		return row_refuse(r, "id",
				  "is the number of a person with another PIN; without it "
				  "the row makes a new person, and a code, or PATCH, changes a "
				  "PIN");
	if (err == GH_OK)
		r->id = r->file.id;
	else if (r->file.pin.n == 0)
		return row_refuse(r, "id",
				  "is the number of no one, and a new person needs a "
				  "pin");
	return GH_OK;
}

static enum gh_err person_resolve(struct import_row *r, const struct store_ops *ops,
				  struct store *s)
{
	enum gh_err err = GH_OK;

	r->id = 0;
	if (r->file.pin.n && !would_be_free(r->of, 'p', r->file.namespace, r->file.pin))
		err = pin_find(ops, s, r->file.pin, r->file.namespace, &r->id);
	if (err || r->id)
		return err;
	if (r->file.code.n && r->of->by_code)
		err = code_find(r, ops, s);
	if (err || r->id || r->refused)
		return err;
	if (r->file.id)
		return number_find(r, ops, s);
	if (r->file.pin.n == 0)
		return row_refuse(r, "pin", "is missing, and neither code nor number is given");
	return GH_OK;
}

static enum gh_err person_is_fresh(struct import_row *r)
{
	const struct people_import *m = r->of;
	int64_t before = r->id ? (int64_t)(intptr_t)g_hash_table_lookup(
					 m->taken, GSIZE_TO_POINTER((gsize)r->id))
			       : 0;

	for (size_t i = m->at; i < m->at + m->step && before == 0 && &m->row[i] < r; i++)
		if (r->id && m->row[i].id == r->id && m->row[i].action != PEOPLE_ERROR)
			before = m->row[i].row;
	if (before)
		return row_refuse(r,
				  r->file.pin.n	   ? "pin"
				  : r->file.code.n ? "code"
						   : "id",
				  "is of the person whom row %lld is about, too",
				  (long long)before);
	return GH_OK;
}

/* --- what is stored --- */

struct people_compare {
	struct import_row *r;
	const void *record; /* as it will be stored */
	bool same;
};

static bool field_same(const struct model_kind *k, size_t i, const void *a, const void *b)
{
	bool text = k->field[i].type == MODEL_TEXT || k->field[i].type == MODEL_BYTES;

	if (text)
		return gh_slice_eq(*(const gh_slice *)model_at_const(k, a, i),
				   *(const gh_slice *)model_at_const(k, b, i));
	return *(const int64_t *)model_at_const(k, a, i) ==
	       *(const int64_t *)model_at_const(k, b, i);
}

static bool people_compare(void *ctx, int64_t id, const void *stored)
{
	const struct model_kind *k = &model_entities[ENTITY_PEOPLE];
	const struct people *old = stored, *now;
	struct people_compare *c = ctx;
	struct import_row *r = c->r;
	struct arena *a = &r->of->piece;

	(void)id;
	now = c->record;
	c->same = true;
	for (size_t i = 0; i < k->fields && c->same; i++)
		c->same = i == PEOPLE_version || !model_has(c->record, i) ||
			  field_same(k, i, c->record, stored);
	r->old_pin = ghi_arena_copy(a, old->pin);
	r->old_namespace = ghi_arena_copy(a, old->namespace);
	r->pin_goes = (model_has(now, PEOPLE_pin) && !gh_slice_eq(now->pin, old->pin)) ||
		      (model_has(now, PEOPLE_namespace) &&
		       !gh_slice_eq(now->namespace, old->namespace));
	return true;
}

/* Another one has the PIN that they get, or take along into another namespace. */
static enum gh_err pin_check(struct entity_change *c, const struct store_ops *ops,
			     struct store *s, const struct people *now)
{
	struct import_row *r = ((const struct people_more *)c->more)->row;
	gh_slice pin = model_has(now, PEOPLE_pin) ? now->pin : r->old_pin;
	gh_slice namespace =
		model_has(now, PEOPLE_namespace) ? now->namespace : r->old_namespace;
	int64_t other = 0;
	enum gh_err err = GH_OK;

	if (!would_be_free(r->of, 'p', namespace, pin))
		err = pin_find(ops, s, pin, namespace, &other);
	if (err || other == 0 || other == c->id)
		return err;
	c->refusal = (struct entity_refusal){ .field = "pin",
					      .why = "is that of another person",
					      .other = other };
	return GH_EEXISTS;
}

static enum gh_err row_check(struct entity_change *c, const struct store_ops *ops,
			     struct store *s, const void *record)
{
	struct import_row *r = ((const struct people_more *)c->more)->row;
	struct people_compare compare = { .r = r, .record = record };
	enum gh_err err = people_check(c, ops, s, record);

	if (err == GH_OK && c->id)
		err = ops->entity_hold(s, ENTITY_PEOPLE, c->id, people_compare, &compare);
	if (err == GH_OK && (c->id == 0 || r->pin_goes))
		err = pin_check(c, ops, s, record);
	if (err)
		return err;
	r->action = c->id == 0 ? PEOPLE_CREATE : compare.same ? PEOPLE_SAME : PEOPLE_UPDATE;
	c->leave = r->of->trial || r->action == PEOPLE_SAME;
	if (r->pin_goes)
		note_going(r->of, 'p', r->old_namespace, r->old_pin);
	return GH_OK;
}

/* A refusal before anything was written is the row's; other errors are the job's. */
static enum gh_err row_refused(struct import_row *r, const struct entity_change *x,
			       enum gh_err err)
{
	const struct entity_refusal *f = &x->refusal;
	char of[48] = "";

	if (f->field == NULL || x->wrote)
		return err;
	if (f->other)
		snprintf(of, sizeof(of), ": number %lld", (long long)f->other);
	return row_refuse(r, f->field, "%s%s", f->why ? f->why : "names what is not there", of);
}

static enum gh_err row_store(struct import_row *r, const struct store_ops *ops, struct store *s)
{
	struct people_import *m = r->of;
	struct resource_call *g;
	struct people_more *more;
	guint going = m->going->len;
	enum gh_err err;

	r->refused = r->pin_goes = r->some.change.wrote = r->whole.change.wrote = false;
	if (r->wrong)
		return GH_OK;
	err = person_resolve(r, ops, s);
	if (err == GH_OK && !r->refused)
		err = person_is_fresh(r);
	if (err || r->refused)
		return err;
	g = r->id ? &r->some : &r->whole;
	more = g->change.more;
	more->watch = m->trial ? &m->watch : NULL;
	more->row = r;
	g->change.kind = ENTITY_PEOPLE;
	g->change.given = r->id;
	g->change.id = r->id;
	g->change.record = &g->record;
	g->change.check = row_check;
	g->change.then = people_then;
	g->change.ctx = g;
	g->change.server = m->c->server;
	err = entity_change_within(&g->change, ops, s);
	if (err)
		err = row_refused(r, &g->change, err);
	if (r->refused)
		g_ptr_array_set_size(m->going, (gint)going);
	return err;
}

/* --- the job --- */

static enum gh_err rows_run(struct store_job *job, const struct store_ops *ops, struct store *s)
{
	struct people_import *m =
		(struct people_import *)((char *)job - offsetof(struct people_import, job));
	bool wrote = false;
	enum gh_err err = GH_OK;

	g_ptr_array_set_size(m->going, 0);
	if (!m->trial)
		entity_changes_begin(m->c->server, ENTITY_PEOPLE);
	for (size_t i = m->at; i < m->at + m->step && err == GH_OK; i++) {
		err = row_store(&m->row[i], ops, s);
		wrote = wrote || m->row[i].some.change.wrote || m->row[i].whole.change.wrote;
	}
	if (err == GH_OK && m->audit.action.n && (m->ended || (wrote && !m->audited)))
		err = audit_put(ops, s, &m->audit);
	return err;
}

enum gh_err import_rows_put(struct people_import *m,
			    void (*done)(struct store_job *job, enum gh_err err))
{
	m->watch = (struct people_watch){ watch_free, watch_goes };
	m->job = (struct store_job){ .run = rows_run, .done = done, .bytes = m->piece.used };
	return store_put(m->c->server->queue, &m->job);
}
