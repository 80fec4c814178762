/* /api/people/{person}/credentials: what people show, such as their cards. */
#include "api/access/person_name.h"
#include "render/rights.h"

bool credentials_check(struct call *c, struct list_question *q)
{
	int64_t id;

	if (!person_find(c, &id))
		return false;
	q->term[q->rows.terms++] =
		(struct store_term){ store_column_find(STORE_ENTITIES + ENTITY_CARD,
						       GH_LIT("person")),
				     MATCH_EQUAL,
				     { .i = id } };
	return true;
}

/* The person of the path, for the check on the store thread. */
struct credential_person {
	int64_t id;
	bool by_pin;
	union model_record key;
};

static void credential_read(struct resource_call *g, const struct body *b)
{
	struct card *card = (struct card *)&g->record;
	struct credential_person *person = ghi_arena_alloc(call_arena(g->c), sizeof(*person));

	if (person == NULL)
		return;
	person->by_pin = person_named(g->c, &person->key);
	if (!person->by_pin && !call_number(g->c, PATH_person, &person->id))
		return;
	g->change.more = person;
	resource_bool(g, b, "lost", CARD_lost, &card->lost);
	resource_int(g, b, "bits", CARD_bits, MODEL_NO_VALUE, &card->bits);
	resource_int(g, b, "siteCode", CARD_site_code, MODEL_NO_VALUE, &card->site_code);
	resource_text(g, b, "imie", CARD_imie, &card->imie);
}

static enum gh_err credential_permit(struct entity_change *c, const struct store_ops *ops,
				     struct store *s)
{
	struct credential_person *person = c->more;
	enum gh_err err = person == NULL ? GH_ENOTFOUND : GH_OK;

	if (person && person->by_pin)
		err = ops->entity_find(s, ENTITY_PEOPLE, &person->key, &person->id);
	return err ? err : person_permit(c, ops, s, person->id);
}

static enum gh_err credential_owner_check(struct entity_change *c, const struct store_ops *ops,
					  struct store *s, const void *record)
{
	const struct card *card = record;
	struct credential_person *person = c->more;
	enum gh_err err = person == NULL ? GH_ENOTFOUND : GH_OK;

	if (person && person->by_pin)
		err = ops->entity_find(s, ENTITY_PEOPLE, &person->key, &person->id);
	if (err)
		return err;
	return card->people == person->id ? GH_OK : GH_ENOTFOUND;
}

static const struct resource credential_resource = {
	.kind = ENTITY_CARD,
	.fields = &credential_fields,
	.one = "credential",
	.used_by = "something",
	.number = PATH_credential,
	.unknown = ERROR_credential_unknown,
	.in_use = ERROR_wrong_state,
	.read = credential_read,
	.permit = credential_permit,
	.check = credential_owner_check,
};

void handle_credential_patch(struct call *c)
{
	resource_patch(c, &credential_resource);
}
