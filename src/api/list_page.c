/* A page of a list, as JSON. */
#include "api/list.h"

#include "api/list_cursor.h"

struct list_page {
	const struct list_question *q;
	struct list_viewer viewer;
	struct json j;
	int64_t n;
	bool more; /* there are further rows */
	struct store_key last;
	uint8_t text[1024]; /* of `last` */
};

static void key_keep(struct list_page *p, const struct store_key *key)
{
	p->last = *key;
	if (key->value.s.n > sizeof(p->text))
		p->last.value.s.n = sizeof(p->text);
	if (p->last.value.s.n)
		memcpy(p->text, key->value.s.p, p->last.value.s.n);
	p->last.value.s.p = p->text;
}

static bool page_row_add(void *ctx, const void *row, const struct store_key *key)
{
	struct list_page *p = ctx;
	const void *view;

	/* One row more than the limit was requested, to detect whether there are more. */
	if (p->n == p->q->rows.limit || p->j.text.n > LIST_BYTES) {
		p->more = true;
		return false;
	}
	view = list_view(&p->viewer, p->q->resource, row);
	if (view == NULL)
		return false;
	fields_json(&p->j, p->q->resource->fields, view);
	key_keep(p, key);
	p->n++;
	return p->j.text.err == GH_OK;
}

static enum gh_err page_rows(struct call *c, struct list_page *p)
{
	struct store_rows rows = p->q->rows;
	enum gh_err err;

	rows.limit++;
	err = list_rows_read(c->server, c->reader, p->q, &rows, page_row_add, p);
	return err ? err : p->viewer.err;
}

/* --- where the next page begins --- */

/* A list that grows at its end goes on from where this page ended, be it empty; one with the
 * newest first has an end. With another order only the cursor leads on. */
static void list_next_write(struct call *c, struct list_page *p)
{
	const struct store_rows *rows = &p->q->rows;

	json_key(&p->j, "next");
	if (rows->sort || (rows->descending && !p->more))
		json_null(&p->j);
	else
		json_int(&p->j, p->n	     ? p->last.number
				: rows->from ? rows->from->number
					     : call_param(c, PARAM_after)->i);
}

static void cursor_put(struct call *c, struct list_page *p)
{
	const struct param_value *sort = call_param(c, PARAM_sort);
	gh_slice order = sort->present		 ? sort->s
			 : p->q->rows.descending ? GH_LIT("newest first")
						 : GH_LIT("oldest first");
	uint8_t text[CURSOR_MAX];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	json_key(&p->j, "cursor");
	if (!p->more) {
		json_null(&p->j);
		return;
	}
	cursor_write(&w, gh_slice_of(p->q->resource->path), order, &p->last);
	if (w.err)
		buffer_fail(&p->j.text, w.err);
	else
		json_string(&p->j, ghi_written(&w));
}

/* --- the whole list: how many rows, which values --- */

static bool page_is_all(const struct list_page *p)
{
	const struct store_rows *rows = &p->q->rows;

	return !p->more && rows->from == NULL && rows->after == 0 && rows->before == 0;
}

static enum gh_err total_write(struct call *c, struct list_page *p)
{
	int64_t n = p->n;
	enum gh_err err = GH_OK;

	if (!page_is_all(p))
		err = list_rows_count(c->server, c->reader, p->q, LIST_TOTAL + 1, &n);
	json_key(&p->j, "total");
	if (n <= LIST_TOTAL) {
		json_int(&p->j, n);
	} else {
		json_object(&p->j);
		json_key(&p->j, "atLeast");
		json_int(&p->j, LIST_TOTAL);
		json_object_end(&p->j);
	}
	return err;
}

struct facet_writer {
	struct json *j;
	const struct field *field;
	int64_t absent; /* this and smaller numbers stand for no value */
};

/* As a row shows it; what is absent is null. */
static struct value facet_value(const struct field *f, const struct store_value *v,
				int64_t absent)
{
	if (v->is_text)
		return f->nullable ? value_text_if(v->s) : value_text(v->s);
	if (f->word)
		return field_word_value(f, v->i);
	return f->nullable && v->i <= absent ? value_null() : value_of(f->kind, v->i);
}

static bool facet_add(void *ctx, const struct store_value *v, int64_t n)
{
	struct facet_writer *w = ctx;
	struct value value = facet_value(w->field, v, w->absent);

	json_object(w->j);
	json_key(w->j, "value");
	value_json(w->j, &value);
	json_key(w->j, "count");
	json_int(w->j, n);
	json_object_end(w->j);
	return w->j->text.err == GH_OK;
}

static enum gh_err facets_write(struct call *c, struct list_page *p)
{
	const struct list_question *q = p->q;
	enum gh_err err = GH_OK;

	json_key(&p->j, "facets");
	json_object(&p->j);
	for (size_t i = 0; i < q->facets && err == GH_OK; i++) {
		const char *name = q->facet[i]->name;
		struct facet_writer w = {
			.j = &p->j,
			.field = fields_find(q->resource->fields, gh_slice_of(name)),
			.absent = q->rows.list == STORE_PUNCHES ? PUNCH_ABSENT : -INT64_MAX,
		};

		json_key(&p->j, name);
		json_array(&p->j);
		err = list_rows_facet(c->server, c->reader, q, q->facet[i], LIST_FACET_ROWS,
				      facet_add, &w);
		json_array_end(&p->j);
	}
	json_object_end(&p->j);
	return err;
}

static enum gh_err page_write(struct call *c, struct list_page *p)
{
	enum gh_err err;

	json_array(&p->j);
	err = page_rows(c, p);
	json_array_end(&p->j);
	json_key(&p->j, "count");
	json_int(&p->j, p->n);
	list_next_write(c, p);
	json_key(&p->j, "more");
	json_bool(&p->j, p->more);
	cursor_put(c, p);
	if (err == GH_OK && p->q->total)
		err = total_write(c, p);
	if (err == GH_OK && p->q->facets)
		err = facets_write(c, p);
	return err;
}

void list_page_answer(struct call *c, const struct list_question *q)
{
	struct list_page p = { .q = q, .j = call_data() };
	enum gh_err err;

	p.viewer.server = c->server;
	p.viewer.scopes = c->scopes;
	p.viewer.limit = q->limit;
	p.viewer.reader = c->reader;
	err = page_write(c, &p);
	list_viewer_clear(&p.viewer);
	if (err) {
		json_clear(&p.j);
		call_fail_err(c, err);
		return;
	}
	if (q->resource->more && !q->resource->more(c, q, &p.j)) {
		json_clear(&p.j);
		return;
	}
	call_data_end(c, 200, &p.j);
}
