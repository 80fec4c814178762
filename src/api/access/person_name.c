#include "api/access/person_name.h"

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

bool person_find(struct call *c, int64_t *id)
{
	union model_record key;
	const struct people *p = (const struct people *)&key;
	struct store_term term[2];
	struct store_rows rows = {
		.list = STORE_ENTITIES + ENTITY_PEOPLE, .limit = 1, .term = term, .terms = 2
	};
	struct store_reader *reader;
	enum gh_err err;

	if (!person_named(c, &key))
		return call_number(c, PATH_person, id);
	reader = call_reader(c);
	if (reader == NULL)
		return false;
	*id = 0;
	term[0] = key_term("pin", p->pin);
	term[1] = key_term("namespace", p->namespace);
	err = c->server->db.ops->rows_read(reader, &rows, person_take, id);
	if (err)
		call_fail_err(c, err);
	else if (*id == 0)
		call_fail(c, ERROR_people_unknown, "There is no person %.*s.",
			  GH_FMT(call_path(c, PATH_person)));
	return err == GH_OK && *id;
}
