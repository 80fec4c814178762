/* The question of a list, read from the parameters of its call. */
#include <stdio.h>

#include "api/day_list.h"
#include "api/found_list.h"
#include "api/list.h"
#include "api/list_cursor.h"
#include "api/list_filter.h"
#include "base/number.h"

/* --- filters --- */

/* Two names of the same bound are one too many. */
static bool filters_agree(struct call *c, enum param_id a, enum param_id b)
{
	if (!call_param(c, a)->present || !call_param(c, b)->present)
		return true;
	call_fail(c, ERROR_parameter_invalid,
		  "Parameters \"%s\" and \"%s\" mean the same; send one.", params[a].name,
		  params[b].name);
	return false;
}

/* A device that was deleted is unknown, but for its punches, which stay. */
static bool device_filter_read(struct call *c, struct list_question *q)
{
	const struct param_value *v = call_param(c, PARAM_device);
	struct device *d = v->present ? call_device_find(c, v->s) : NULL;

	if (d == NULL && v->present && c->areas == 0 &&
	    (q->resource->source == STORE_PUNCHES || q->resource->source == STORE_ACCESS) &&
	    c->server->db.ops->device_number(c->reader, v->s, &q->rows.device) == GH_OK)
		return true;
	device_unref(d);
	return call_device_filter(c, &q->rows.device);
}

/* --- filters: groups of devices --- */

/* Whether its rows are selected by what their devices are, or where people belong. Devices themselves are, too, by their
 * area (device_list.c); their tags are a column. */
static bool list_has_groups(const struct list_question *q)
{
	return q->resource->source == STORE_PUNCHES || q->resource->source == LIST_DAYS ||
	       q->resource->source == STORE_ENTITIES + ENTITY_PEOPLE;
}

static bool area_found(void *ctx, const void *row, const struct store_key *key)
{
	int64_t *id = ctx;

	(void)row;
	*id = key->number;
	return false;
}

/* By number, where the text is one. GH_OK with 0: there is none. */
static enum gh_err area_find(struct call *c, gh_slice text, int64_t *id)
{
	struct store_term name = { store_column_find(STORE_ENTITIES + ENTITY_AREA,
						     GH_LIT("name")),
				   MATCH_EQUAL,
				   { .is_text = true, .s = text } };
	struct store_term number = { store_column_find(STORE_ENTITIES + ENTITY_AREA,
						       GH_LIT("id")),
				     MATCH_EQUAL,
				     { .i = 0 } };
	struct store_rows rows = {
		.list = STORE_ENTITIES + ENTITY_AREA, .limit = 1, .term = &name, .terms = 1
	};
	uint64_t n;

	*id = 0;
	if (ghi_number_parse(text, INT64_MAX, &n) == GH_OK) {
		number.value.i = (int64_t)n;
		rows.term = &number;
	}
	return c->server->db.ops->rows_read(c->reader, &rows, area_found, id);
}

static bool area_filter_read(struct call *c, struct list_question *q)
{
	const struct param_value *v = call_param(c, PARAM_area);
	enum gh_err err = v->present ? area_find(c, v->s, &q->rows.group.area) : GH_OK;

	if (err)
		call_fail_err(c, err);
	else if (v->present && !call_area_inside(c, q->rows.group.area))
		q->rows.group.area = 0;
	if (err == GH_OK && v->present && q->rows.group.area == 0)
		call_fail(c, ERROR_area_unknown, "There is no area \"%.*s\".", GH_FMT(v->s));
	return err == GH_OK && (!v->present || q->rows.group.area);
}

static bool group_read(struct call *c, struct list_question *q)
{
	if (q->resource->source == LIST_DEVICES)
		return area_filter_read(c, q);
	if (!list_has_groups(q))
		return true;
	q->rows.group.tag = call_param(c, PARAM_tag)->s;
	return area_filter_read(c, q);
}

static bool filters_read(struct call *c, struct list_question *q)
{
	bool groups = list_has_groups(q);

	if (!filters_agree(c, PARAM_from, PARAM_startDate) ||
	    !filters_agree(c, PARAM_to, PARAM_endDate) ||
	    !filters_agree(c, PARAM_pin, PARAM_person) || !device_filter_read(c, q) ||
	    !group_read(c, q))
		return false;
	if (!list_filters_read(c, q, !groups))
		return false;
	q->rows.text = call_param(c, PARAM_q)->s;
	return true;
}

/* --- order and place --- */

/* 400: what a parameter names is no field with that use. */
static void column_refuse(struct call *c, const struct list_question *q, enum param_id param,
			  gh_slice name, enum store_column_use use, const char *must)
{
	struct suggestion near = suggestion_for(name);
	char what[160];
	struct fault f;
	size_t n;

	for (const struct store_column *k = list_columns(q->resource, &n); n; n--, k++)
		if (k->use & use)
			suggestion_offer(&near, gh_slice_of(k->name));
	name.n = name.n > 40 ? 40 : name.n;
	snprintf(what, sizeof(what), "%s, not \"%.*s\"", must, GH_FMT(name));
	suggestion_fault(&near, &f, gh_slice_of(params[param].name), what);
	call_fail_parameter(c, &f);
}

/* "-field" or "field". The first column numbers the rows, and is their order anyway. */
static bool sort_read(struct call *c, struct list_question *q)
{
	gh_slice name = call_param(c, PARAM_sort)->s;
	size_t n;
	const struct store_column *first = list_columns(q->resource, &n), *column;
	bool descending = name.n && name.p[0] == '-';

	if (!call_param(c, PARAM_sort)->present) {
		q->rows.descending = q->resource->newest_first;
		if (q->resource->source == LIST_DAYS)
			q->rows.sort = day_order();
		return true;
	}
	name = gh_slice_from(name, descending);
	column = list_column(q->resource, name, COLUMN_SORT);
	if (column == NULL) {
		column_refuse(c, q, PARAM_sort, name, COLUMN_SORT,
			      "must be a field this list can be sorted by");
		return false;
	}
	q->rows.descending = descending;
	if (column != first)
		q->rows.sort = column;
	return true;
}

/* What a cursor of this question belongs to. */
static gh_slice order_of(const struct list_question *q, struct call *c)
{
	if (call_param(c, PARAM_sort)->present)
		return call_param(c, PARAM_sort)->s;
	return q->rows.descending ? GH_LIT("newest first") : GH_LIT("oldest first");
}

static bool cursor_find(struct call *c, struct list_question *q)
{
	const struct param_value *v = call_param(c, PARAM_cursor);
	bool is_text = q->rows.sort && q->rows.sort->is_text;
	enum gh_err err;

	if (!v->present)
		return true;
	err = cursor_read(v->s, gh_slice_of(q->resource->path), order_of(q, c), call_arena(c),
			  &q->from);
	if (err == GH_OK && q->from.value.is_text != is_text)
		err = GH_EMALFORMED;
	if (err == GH_ENOMEM)
		call_fail_err(c, err);
	else if (err == GH_EINVALID)
		call_fail_param(c, PARAM_cursor,
				"is of another list, or of another order of this one");
	else if (err)
		call_fail_param(c, PARAM_cursor, "must be the `cursor` of the page before");
	q->rows.from = &q->from;
	return err == GH_OK;
}

/* `after` follows the list's own order; `before` turns it to the newest first. */
static bool place_read(struct call *c, struct list_question *q)
{
	const struct param_value *after = call_param(c, PARAM_after),
				 *before = call_param(c, PARAM_before);

	if (before->present && !call_param(c, PARAM_sort)->present)
		q->rows.descending = true;
	q->rows.before = before->i;
	if (q->resource->newest_first && !before->present && q->rows.sort == NULL)
		q->rows.before = after->i;
	else
		q->rows.after = after->i;
	if (after->pair) {
		call_fail_param(c, PARAM_after, "must be a whole number from 0 on");
		return false;
	}
	if (before->present && before->i == 0) {
		call_fail_param(c, PARAM_before, "must be a whole number from 1 on");
		return false;
	}
	return cursor_find(c, q);
}

/* --- totals and facets --- */

static bool facets_read(struct call *c, struct list_question *q)
{
	gh_slice rest = call_param(c, PARAM_facets)->s, name;

	while (rest.n) {
		gh_slice_cut(rest, ',', &name, &rest);
		if (q->facets == LIST_FACETS) {
			call_fail_param(c, PARAM_facets, "must name %d fields at most",
					LIST_FACETS);
			return false;
		}
		q->facet[q->facets] = list_column(q->resource, name, COLUMN_FACET);
		if (q->facet[q->facets++] == NULL) {
			column_refuse(c, q, PARAM_facets, name, COLUMN_FACET,
				      "must be fields whose values can be counted");
			return false;
		}
	}
	return true;
}

/* What the caller is limited to. */
static bool limit_read(struct call *c, struct list_question *q)
{
	q->limit = call_area_limit(c);
	if (c->areas == 0)
		return true;
	q->rows.group.account = c->account;
	if (area_list_limited(q->resource->source))
		return true;
	call_fail(c, ERROR_area_refused, "This list is not limited to areas.");
	return false;
}

bool list_question_read(struct call *c, struct list_question *q)
{
	const struct param_value *limit = call_param(c, PARAM_limit),
				 *total = call_param(c, PARAM_total);

	*q = (struct list_question){ .resource = list_resource_of(c->route->path),
				     .total = !total->present || total->i };
	q->rows.list = (enum store_list)q->resource->source;
	q->rows.term = q->term;
	if (!limit_read(c, q))
		return false;
	if (!list_form_read(c, q) || !filters_read(c, q) || !sort_read(c, q) ||
	    !place_read(c, q) || !facets_read(c, q))
		return false;
	if (q->format == LIST_JSON)
		q->rows.limit = limit->present ? limit->i : q->resource->usual;
	else
		q->rows.limit = limit->present ? limit->given : INT64_MAX;
	return q->resource->check == NULL || q->resource->check(c, q);
}

static bool text_copy(gh_slice *s, struct arena *a)
{
	gh_slice copy = ghi_arena_copy(a, *s);
	bool ok = copy.p || s->n == 0;

	*s = copy;
	return ok;
}

static bool limit_copy(struct area_limit *l, struct arena *a)
{
	size_t n = l->n * sizeof(*l->area);
	int64_t *copy = l->n ? ghi_arena_alloc(a, n) : NULL;

	if (l->n && copy == NULL)
		return false;
	if (l->n)
		memcpy(copy, l->area, n);
	l->area = copy;
	return true;
}

bool list_question_copy(const struct list_question *q, struct arena *a,
			struct list_question *out)
{
	bool ok;

	*out = *q;
	out->rows.term = out->term;
	out->rows.from = q->rows.from ? &out->from : NULL;
	ok = text_copy(&out->rows.text, a) && text_copy(&out->rows.group.tag, a) &&
	     text_copy(&out->from.value.s, a) && text_copy(&out->serial, a) &&
	     text_copy(&out->doors, a) && limit_copy(&out->limit, a);
	for (size_t i = 0; i < out->rows.terms; i++)
		ok = ok && text_copy(&out->term[i].value.s, a);
	if (ok)
		found_list_ref(out->found);
	return ok;
}
