#include "api/access/person_name.h"

#include "model/text_list.h"

bool person_named(struct call *c, union model_record *key)
{
	gh_slice text = call_path(c, PATH_person), pin = gh_slice_from(text, 4);

	if (!gh_slice_starts(text, GH_LIT("pin:")) || pin.n == 0)
		return false;
	*(struct people *)key = (struct people){ .present = UINT64_C(1) << PEOPLE_pin |
							    UINT64_C(1) << PEOPLE_namespace,
						 .pin = pin,
						 .namespace = NAMESPACE_DEFAULT };
	return true;
}

static bool person_take(void *ctx, const void *row, const struct store_key *key)
{
	(void)row;
	*(int64_t *)ctx = key->number;
	return false;
}

static struct store_term key_term(const char *column, gh_slice text)
{
	return (struct store_term){
		.column =
			store_column_find(STORE_ENTITIES + ENTITY_PEOPLE, gh_slice_of(column)),
		.match = MATCH_EQUAL,
		.value = { .is_text = true, .s = text },
	};
}

static enum gh_err person_seen_read(struct call *c, const struct people *p, int64_t *id)
{
	struct store_term term[2];
	struct store_rows rows = { .list = STORE_ENTITIES + ENTITY_PEOPLE,
				   .limit = 1,
				   .term = term,
				   .terms = p ? 2 : 1,
				   .group = { .account = c->areas ? c->account : 0 } };

	term[0] = (struct store_term){
		store_column_find(STORE_ENTITIES + ENTITY_PEOPLE, GH_LIT("id")),
		MATCH_EQUAL,
		{ .i = *id },
	};
	if (p) {
		term[0] = key_term("pin", p->pin);
		term[1] = key_term("namespace", p->namespace);
	}
	*id = 0;
	return c->server->db.ops->rows_read(c->reader, &rows, person_take, id);
}

static bool person_look(struct call *c, bool reads, int64_t *id)
{
	union model_record key;
	bool named = person_named(c, &key);
	enum gh_err err;

	if (!named && !call_number(c, PATH_person, id))
		return false;
	/* A caller who is limited to areas gets 404 here. */
	if (!named && c->areas == 0 && !reads)
		return true;
	if (call_reader(c) == NULL)
		return false;
	err = person_seen_read(c, named ? (const struct people *)&key : NULL, id);
	if (err)
		call_fail_err(c, err);
	else if (*id == 0)
		call_fail(c, ERROR_people_unknown, "There is no person %.*s.",
			  GH_FMT(call_path(c, PATH_person)));
	return err == GH_OK && *id;
}

bool person_find(struct call *c, int64_t *id)
{
	return person_look(c, false, id);
}

bool person_find_there(struct call *c, int64_t *id)
{
	return person_look(c, true, id);
}

struct person_areas {
	const struct call *c;
	bool inside, outside;
};

static bool person_areas_see(void *ctx, int64_t id, const void *record)
{
	struct person_areas *p = ctx;
	gh_slice rest = ((const struct people *)record)->areas;
	int64_t area;
	bool first;

	(void)id;
	while (number_list_next(&rest, &area, &first))
		*(call_area_inside(p->c, area) ? &p->inside : &p->outside) = true;
	return true;
}

enum gh_err person_permit(struct entity_change *c, const struct store_ops *ops, struct store *s,
			  int64_t person)
{
	struct person_areas p = { .c = ((struct resource_call *)c->ctx)->c };
	enum gh_err err = ops->entity_hold(s, ENTITY_PEOPLE, person, person_areas_see, &p);

	if (err || (p.inside && !p.outside))
		return err;
	if (!p.inside)
		return GH_ENOTFOUND;
	c->refusal = (struct entity_refusal){
		.area = true,
		.why = "This person belongs to another area, too, and is changed by who is "
		       "not limited to areas"
	};
	return GH_ESTATE;
}
