/* Whether a unit has room for what it is to hold. */
#include "core/access/rights/compiler.h"

#define RIGHTS_EACH \
	16 /* rows of userauthorize that a unit is expected to hold for each person [I] */

#define REPORTED_MOST 100 /* what the unit of its number may be */

/* What the unit reports of its room is a number whose unit is not known: single ones, or hundreds. It is full
 * for certain where it is full by either. */
static void room_check(struct compiler *c, int64_t n, const char *what)
{
	int64_t most = c->facts->people;
	struct unit_rows *u = c->out;
	size_t refused = u->refusals;

	if (most <= 0 || n * 100 < most * 95)
		return;
	if (n <= most * REPORTED_MOST) {
		compiler_refuse(c, REFUSED_UNIT, 0,
				"It is to hold %lld %s, and reports room for %lld: single ones "
				"on some units, hundreds on others",
				(long long)n, what, (long long)most);
		return;
	}
	compiler_refuse(c, REFUSED_UNIT, 0,
			"It is to hold %lld %s, and reports room for %lld, or hundreds of "
			"them: %lld at the most",
			(long long)n, what, (long long)most, (long long)most * REPORTED_MOST);
	if (u->refusals > refused && u->over == NULL)
		u->over = ghi_arena_text(&u->text, u->refusal[refused].text);
}

void compiler_room_check(struct compiler *c)
{
	size_t rights = 0, cards = 0;

	for (size_t i = 0; i < c->out->rows; i++) {
		rights += c->out->row[i].table == UNIT_RIGHTS;
		cards += c->out->row[i].table == UNIT_CARDS;
	}
	room_check(c, (int64_t)c->sents, "people");
	room_check(c, (int64_t)cards, "cards");
	if (rights > c->sents * RIGHTS_EACH)
		compiler_refuse(
			c, REFUSED_UNIT, 0,
			"%zu people need %zu rights, and %d for each are expected to fit",
			c->sents, rights, RIGHTS_EACH);
}
