#include "render/people_change.h"

#include "model/audit.h"
#include "model/record.h"
#include "render/entity_field.h"
#include "render/record.h"

static struct value change_moment(const struct field *f, const void *row)
{
	const struct people_change *c = ((const struct record_view *)row)->record;

	(void)f;
	return value_of(VALUE_UTC_MS, c->at_ms);
}

/* Stored by its word. */
static struct value change_actor(const struct field *f, const void *row)
{
	const struct people_change *c = ((const struct record_view *)row)->record;

	(void)f;
	return value_text(c->actor);
}

#define ROW struct record_view
/* clang-format off */
static const struct field people_change_field[] = {
	FIELD_AT(id, INT, always, "Its number", id)
	ENTITY(PEOPLE_CHANGE, people_change, people, "person", INT, 0, REFERENCE, "Number of the person")
	FIELD_BY(at, UTC_MS, always, "When it arrived", change_moment)
	FIELD_BY_WORD(byKind, always, "Who made it: a device, a token, an account, an import, or the server by itself", change_actor, audit_actor_word)
	ENTITY(PEOPLE_CHANGE, people_change, actor_id, "byId", INT, 1, REFERENCE, "Number of the token or account; null: it has none")
	ENTITY(PEOPLE_CHANGE, people_change, done_by, "by", TEXT, 1, GIVEN, "Its name, or the serial number of the device")
	ENTITY(PEOPLE_CHANGE, people_change, field, "field", TEXT, 0, TEXT, "What was changed: a field as it is named in a person; validity (validFrom and validTo), credentials, photo; lost: a card was marked as lost, or as found; person: they were made, with this PIN")
	ENTITY(PEOPLE_CHANGE, people_change, was, "before", TEXT, 1, GIVEN, "The value that it had, as text; null: none. Of a password whether there was one (set)")
	ENTITY(PEOPLE_CHANGE, people_change, becomes, "after", TEXT, 1, GIVEN, "The value that it was given")
	ENTITY(PEOPLE_CHANGE, people_change, taken, "taken", BOOL, 0, BOOL, "Whether it was taken; false: a newer one was there, and stayed")
};
/* clang-format on */
#undef ROW

const struct fields people_change_fields = { "PersonChange", people_change_field,
					     sizeof(people_change_field) /
						     sizeof(people_change_field[0]),
					     NULL };
