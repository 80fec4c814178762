/* Plans of many people: their fields are set, or they are deleted. A plan has an item for each person, with what it
 * changes, and is applied in pieces, each a transaction, which go on when the request has been answered. One that the end
 * of the program cut off is applied once more, and goes on where it was. */
#include "api/access/people.h"
#include "api/plan_call.h"
#include "core/audit.h"
#include "model/text_list.h"
#include "render/rights.h"

#define UPDATE GH_LIT("update_people")
#define ERASE GH_LIT("erase_people")
#define ITEM_JSON 16384

bool people_plan_is(gh_slice kind)
{
	return gh_slice_eq(kind, UPDATE) || gh_slice_eq(kind, ERASE);
}

/* --- a new one --- */

struct people_making {
	struct call *c;
	bool erases;
	const struct body *set, *except;
	gh_slice after; /* `set` as JSON */
	int64_t *id;
	size_t ids, room;
	struct plan_item *item;
	size_t items;
	bool too_many;
	enum gh_err err;
};

static bool number_is_same(const struct value *v, const struct body *to)
{
	gh_slice rest = v->s;
	size_t n = 0;
	int64_t id;
	bool list;

	for (; number_list_next(&rest, &id, &list); n++)
		if (n == to->parts || to->part[n].i != id)
			return false;
	return n == to->parts;
}

/* Whether the field is so already; where that is not known, it is not. */
static bool member_is_same(const struct value *v, const struct body *to)
{
	switch (v->kind) {
	case VALUE_NULL:
		return to->kind == BODY_NULL || (to->kind == BODY_TEXT && to->s.n == 0);
	case VALUE_TEXT:
		return to->kind == BODY_TEXT && gh_slice_eq(v->s, to->s);
	case VALUE_INT:
	case VALUE_BOOL:
		return (to->kind == BODY_INT || to->kind == BODY_BOOL) && v->i == to->i;
	case VALUE_NUMBERS:
		return to->kind == BODY_ARRAY && number_is_same(v, to);
	default:
		return false;
	}
}

static void before_field(struct json *j, const struct record_view *row, gh_slice name)
{
	const struct field *f = fields_find(&people_fields, name);
	struct value v;

	if (f == NULL)
		return;
	v = field_value(f, row);
	json_key(j, f->name);
	value_json(j, &v);
}

/* What is there of what is changed. *same: all of it is so already. */
static gh_slice item_before(struct people_making *m, const struct record_view *row, bool *same)
{
	struct json j = json_with_limit(ITEM_JSON);
	gh_slice text = { 0 };

	*same = !m->erases;
	json_object(&j);
	before_field(&j, row, GH_LIT("name"));
	for (size_t i = 0; !m->erases && i < m->set->parts; i++) {
		const struct body *to = &m->set->part[i];
		const struct field *f = fields_find(&people_fields, to->name);
		struct value v = f ? field_value(f, row) : value_null();

		*same = *same && f && member_is_same(&v, to);
		before_field(&j, row, to->name);
	}
	json_object_end(&j);
	if (j.text.err == GH_OK)
		text = ghi_arena_copy(call_arena(m->c), json_text(&j));
	json_clear(&j);
	return text;
}

static bool people_item_add(void *ctx, int64_t id, const void *record)
{
	struct people_making *m = ctx;
	const struct people *p = record;
	struct record_view row = { .id = id, .record = record };
	bool same;
	gh_slice before = item_before(m, &row, &same);

	if (same)
		return true;
	m->item[m->items] = (struct plan_item){
		.item = (int64_t)m->items + 1,
		.people = id,
		.version = p->version,
		.pin = ghi_arena_copy(call_arena(m->c), p->pin),
		.before = before,
		.after = m->after,
	};
	m->items++;
	return true;
}

static bool id_is_excepted(const struct people_making *m, int64_t id)
{
	for (size_t i = 0; m->except && i < m->except->parts; i++)
		if (m->except->part[i].i == id)
			return true;
	return false;
}

static bool id_add(struct people_making *m, int64_t id)
{
	m->too_many = m->ids == PEOPLE_PLAN_ITEMS;
	if (m->too_many)
		return false;
	m->id[m->ids++] = id;
	return true;
}

static bool filtered_see(void *ctx, const void *row, const struct store_key *key)
{
	struct people_making *m = ctx;

	(void)row;
	return id_is_excepted(m, key->number) || id_add(m, key->number);
}

/* "area=3&q=Ann", as of GET /api/people. */
static gh_slice filter_text(struct people_making *m, const struct body *filter)
{
	struct buffer text = buffer_with_limit(ITEM_JSON);
	gh_slice out = { 0 };

	for (size_t i = 0; i < filter->parts; i++) {
		const struct body *f = &filter->part[i];

		buffer_print(&text, "%s%.*s=", i ? "&" : "", GH_FMT(f->name));
		if (f->kind == BODY_INT)
			buffer_add_signed(&text, f->i);
		for (size_t k = 0; f->kind == BODY_TEXT && k < f->s.n; k++)
			buffer_print(&text, "%%%02X", f->s.p[k]);
	}
	if (text.err == GH_OK)
		out = ghi_arena_copy(call_arena(m->c), (gh_slice){ text.p, text.n });
	buffer_clear(&text);
	return out;
}

/* The people of a filter. false: answered. */
static bool people_filter(struct people_making *m, const struct body *filter)
{
	struct call of = *m->c;
	struct list_question q;
	char allow[ALLOW_MAX];
	enum gh_err err;

	of.route = route_find(GH_LIT("GET"), GH_LIT("/api/people"), &of.path, allow);
	of.form = (gh_slice){ 0 };
	err = query_parse(filter_text(m, filter), "q area pin", call_arena(m->c), &of.query);
	if (err) {
		call_fail_field(m->c, ERROR_field_invalid, "select.filter", "%s %s",
				of.query.fault.field, of.query.fault.message);
		return false;
	}
	if (!list_question_read(&of, &q))
		return false;
	q.rows.limit = PEOPLE_PLAN_ITEMS + 1;
	m->err = list_rows_read(m->c->server, m->c->reader, &q, &q.rows, filtered_see, m);
	return true;
}

/* Those that are named, each once. false: answered. */
static bool people_named(struct people_making *m, const struct body *ids)
{
	for (size_t i = 0; i < ids->parts && !m->too_many; i++) {
		const struct body *id = &ids->part[i];

		if (id->kind != BODY_INT || id->i < 1) {
			call_fail_field(m->c, ERROR_field_invalid, "select.ids",
					"must be numbers of people");
			return false;
		}
		(void)id_add(m, id->i);
	}
	return true;
}

static bool people_set_fits(struct people_making *m)
{
	if (m->erases ? m->set == NULL : m->set && m->set->parts)
		return true;
	call_fail_field(m->c, ERROR_field_invalid, "set",
			m->erases ? "goes with update_people" : "is missing");
	return false;
}

/* false: answered. */
static bool people_select(struct people_making *m)
{
	const struct body *select = body_find(m->c->body, GH_LIT("select")),
			  *ids = select ? body_find(select, GH_LIT("ids")) : NULL,
			  *filter = select ? body_find(select, GH_LIT("filter")) : NULL;

	m->except = select ? body_find(select, GH_LIT("except")) : NULL;
	m->id = ghi_arena_alloc(call_arena(m->c), PEOPLE_PLAN_ITEMS * sizeof(*m->id));
	m->item = ghi_arena_alloc(call_arena(m->c), PEOPLE_PLAN_ITEMS * sizeof(*m->item));
	if (m->id == NULL || m->item == NULL) {
		call_fail_err(m->c, GH_ENOMEM);
		return false;
	}
	if ((ids == NULL) == (filter == NULL)) {
		call_fail_field(m->c, ERROR_field_invalid, "select",
				"must have either `ids` or `filter`");
		return false;
	}
	return ids ? people_named(m, ids) : people_filter(m, filter);
}

static void people_items_make(struct people_making *m)
{
	const struct store_ops *ops = m->c->server->db.ops;
	enum gh_err err = m->err;

	for (size_t i = 0; i < m->ids && err == GH_OK; i++) {
		err = ops->entity_get(m->c->reader, ENTITY_PEOPLE, m->id[i], people_item_add,
				      m);
		if (err == GH_ENOTFOUND) {
			call_fail_field(m->c, ERROR_people_unknown, "select.ids",
					"There is no person %lld.", (long long)m->id[i]);
			return;
		}
	}
	if (err == GH_OK && call_arena(m->c)->failed)
		err = GH_ENOMEM;
	if (err) {
		call_fail_err(m->c, err);
	} else if (m->too_many) {
		call_fail(m->c, ERROR_plan_too_large, "That is more than %d people.",
			  PEOPLE_PLAN_ITEMS);
	} else if (m->items == 0) {
		call_fail(m->c, ERROR_plan_empty, "No person would be changed.");
	} else {
		m->c->task = m->c;
		m->c->extra = m;
	}
}

/* On the listener's thread. */
static void people_plan_store(struct call *c)
{
	struct people_making *m = c->extra;
	struct plan_call *p = plan_call_new(c, "create_plan");

	if (p == NULL)
		return;
	p->request.kind = m->erases ? ERASE : UPDATE;
	p->request.item = m->item;
	p->request.items = m->items;
	p->request.audit->after = body_json(c->body, call_arena(c));
	p->items = m->items;
	plan_call_put(p, plan_create);
}

void people_plan_create(struct call *c)
{
	struct people_making *m = ghi_arena_alloc(call_arena(c), sizeof(*m));

	if (m == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return;
	}
	*m = (struct people_making){ .c = c,
				     .erases = gh_slice_eq(
					     body_find(c->body, GH_LIT("kind"))->s, ERASE),
				     .set = body_find(c->body, GH_LIT("set")) };
	if (!people_set_fits(m) || call_reader(c) == NULL || !people_select(m))
		return;
	if (m->set)
		m->after = body_json(m->set, call_arena(c));
	people_items_make(m);
	if (c->extra == m)
		c->then = people_plan_store;
}
