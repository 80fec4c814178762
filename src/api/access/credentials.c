/* /api/people/{person}/credentials: what people show, such as their cards. */
#include <stdio.h>

#include "api/access/person_name.h"
#include "core/roster_change.h"
#include "model/card.h"
#include "render/rights.h"

/* The person of the path, for the check on the store thread. */
struct credential_person {
	int64_t id;
	bool by_pin;
	union model_record key;
	bool lost; /* the card was, before */
	char card[CARD_TEXT + 1];
};

static bool card_keep(void *ctx, int64_t id, const void *record)
{
	struct credential_person *person = ctx;
	const struct card *card = record;

	(void)id;
	person->lost = card->lost != 0;
	snprintf(person->card, sizeof(person->card), "%.*s", GH_FMT(card->number));
	return true;
}

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
	if (card->people != person->id)
		return GH_ENOTFOUND;
	return ops->entity_hold(s, ENTITY_CARD, c->id, card_keep, person);
}

/* The history of the person has it. */
static enum gh_err credential_then(struct entity_change *c, const struct store_ops *ops,
				   struct store *s)
{
	const struct credential_person *person = c->more;
	const struct card *card = (const struct card *)&c->merged;
	struct roster_actor by = { .kind = c->audit.actor,
				   .id = c->audit.actor_id,
				   .by = c->audit.by,
				   .at_ms = c->audit.at_ms };
	gh_slice number = gh_slice_of(person->card), none = { 0 };

	if ((card->lost != 0) == person->lost)
		return GH_OK;
	return roster_change_add(ops, s, &by, person->id, "lost", person->lost ? number : none,
				 card->lost ? number : none);
}

static const struct resource credential_resource = {
	.kind = ENTITY_CARD,
	.fields = &credential_fields,
	.one = "credential",
	.used_by = "something",
	.by_number = true,
	.number = PATH_credential,
	.unknown = ERROR_credential_unknown,
	.in_use = ERROR_wrong_state,
	.read = credential_read,
	.permit = credential_permit,
	.check = credential_owner_check,
	.then = credential_then,
};

void handle_credential_patch(struct call *c)
{
	resource_patch(c, &credential_resource);
}
