#include "render/account.h"

#include "model/record.h"
#include "model/role.h"
#include "render/entity_field.h"
#include "render/record.h"

static struct value moment_read(const struct field *f, const void *row)
{
	const struct record_view *v = row;
	int64_t ms;

	memcpy(&ms, (const uint8_t *)v->record + f->offset, sizeof(ms));
	return ms > 0 ? value_of(VALUE_UTC_MS, ms) : value_null();
}

#define MOMENT(type, member, json, text)           \
	{ .name = json,                            \
	  .key = FIELD_KEY(json),                  \
	  .kind = VALUE_UTC_MS,                    \
	  .nullable = true,                        \
	  .offset = offsetof(struct type, member), \
	  .about = text,                           \
	  .get = moment_read },

#define ROW struct record_view
/* clang-format off */
static const struct field account_field[] = {
	FIELD_AT(id, INT, always, "Its number", id)
	ENTITY(ACCOUNT, account, name, "name", TEXT, 0, TEXT, "What they sign in with")
	ENTITY_WORD(ACCOUNT, account, role, "role", role_word, "What they may do; GET /api/roles has what that is")
	ENTITY(ACCOUNT, account, areas, "areas", NUMBERS, 0, LISTED, "Numbers of the areas they are limited to, with those within; none: they are not limited")
	ENTITY(ACCOUNT, account, disabled, "disabled", BOOL, 0, BOOL, "Whether they may not sign in")
	MOMENT(account, created_ms, "createdAt", "When it was made")
	MOMENT(account, password_ms, "passwordChangedAt", "When its password was set last")
};

static const struct field session_field[] = {
	FIELD_AT(id, INT, always, "Its number", id)
	ENTITY(LOGIN, login, account, "account", INT, 0, REFERENCE, "Number of the account")
	ENTITY(LOGIN, login, name, "name", TEXT, 0, TEXT, "The account's name when it began")
	ENTITY(LOGIN, login, peer, "from", TEXT, 0, TEXT, "The address from which it was begun")
	MOMENT(login, created_ms, "createdAt", "When it was begun")
	MOMENT(login, used_ms, "usedAt", "When it was used last, to the minute")
};
/* clang-format on */
#undef ROW

const struct fields account_fields = { "Account", account_field,
				       sizeof(account_field) / sizeof(account_field[0]), NULL };
const struct fields session_fields = { "SessionRow", session_field,
				       sizeof(session_field) / sizeof(session_field[0]), NULL };
