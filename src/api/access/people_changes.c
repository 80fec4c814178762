/* /api/people/{person}/changes: what became of a person, and by whom. */
#include "api/access/person_name.h"
#include "model/record.h"

static bool people_found(void *ctx, int64_t id, const void *record)
{
	(void)ctx;
	(void)id;
	(void)record;
	return true;
}

bool people_changes_check(struct call *c, struct list_question *q)
{
	struct store_reader *reader;
	enum gh_err err;
	int64_t id;

	if (!person_find(c, &id) || (reader = call_reader(c)) == NULL)
		return false;
	err = c->server->db.ops->entity_get(reader, ENTITY_PEOPLE, id, people_found, NULL);
	if (err == GH_ENOTFOUND)
		call_fail(c, ERROR_people_unknown, "There is no person %.*s.",
			  GH_FMT(call_path(c, PATH_person)));
	else if (err)
		call_fail_err(c, err);
	q->term[q->rows.terms++] =
		(struct store_term){ store_column_find(STORE_ENTITIES + ENTITY_PEOPLE_CHANGE,
						       GH_LIT("person")),
				     MATCH_EQUAL,
				     { .i = id } };
	return err == GH_OK;
}
