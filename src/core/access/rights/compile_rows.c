/* The rows of a person: the user, the cards, a right. */
#include <stdio.h>

#include "base/text.h"
#include "core/access/rights/compiler.h"
#include "model/card.h"
#include "wire/access/pack.h"

#define ROW_TEXT 512
#define KEY_TEXT 96
#define PASSWORD_MOST 6

/* Control characters would part the row. */
static void text_write(struct ghi_writer *w, gh_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		ghi_put_u8(w, s.p[i] < ' ' || s.p[i] == 0x7f ? ' ' : s.p[i]);
}

static void row_moment_write(struct ghi_writer *w, bool packed, ghi_civil t)
{
	ghi_validity_write(w, packed, t ? t : GHI_CIVIL_NONE);
}

void compiler_user_write(struct compiler *c, const struct site_person *p,
			 const struct validity *v)
{
	char text[ROW_TEXT], key[KEY_TEXT];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text)),
			  k = ghi_writer_on(key, sizeof(key));
	size_t most = c->facts->long_names ? 64 : 24;
	gh_slice name = p->name;

	if (name.n > most)
		name.n = ghi_text_utf8_prefix((gh_slice){ name.p, most });
	text_write(&k, p->pin);
	ghi_put(&w, GH_LIT("CardNo="));
	if (!c->facts->several_cards && p->cards)
		ghi_put(&w, p->card[0]);
	ghi_put(&w, GH_LIT("\tPin="));
	text_write(&w, p->pin);
	ghi_put(&w, GH_LIT("\tPassword="));
	if (p->password.n <= PASSWORD_MOST)
		text_write(&w, p->password);
	ghi_put(&w, GH_LIT("\tGroup=1\tStartTime="));
	row_moment_write(&w, c->facts->packed_validity, v->from);
	ghi_put(&w, GH_LIT("\tEndTime="));
	row_moment_write(&w, c->facts->packed_validity, v->to);
	ghi_put(&w, GH_LIT("\tName="));
	text_write(&w, name);
	ghi_put(&w, GH_LIT("\tPrivilege=0"));
	if (c->facts->may_disable)
		ghi_put(&w, GH_LIT("\tDisable=0"));
	compiler_row(c, UNIT_USER, &k, &w);
	if (p->password.n > PASSWORD_MOST)
		compiler_refuse(
			c, REFUSED_PERSON, p->id,
			"The password of person %.*s is longer than 6 characters, and is "
			"left out",
			GH_FMT(p->pin));
}

void compiler_cards_write(struct compiler *c, const struct site_person *p)
{
	char text[ROW_TEXT], key[KEY_TEXT], hex[20];

	if (!c->facts->several_cards && p->cards > 1)
		compiler_refuse(c, REFUSED_CARD, p->id,
				"Person %.*s has %zu cards, and the unit takes one",
				GH_FMT(p->pin), p->cards);
	for (size_t i = 0; c->facts->several_cards && i < p->cards; i++) {
		struct ghi_writer w = ghi_writer_on(text, sizeof(text)),
				  k = ghi_writer_on(key, sizeof(key));
		uint64_t number;

		if (card_read(p->card[i], &number))
			continue;
		snprintf(hex, sizeof(hex), "%llX", (unsigned long long)number);
		text_write(&k, p->pin);
		ghi_put(&k, GH_LIT("\t"));
		ghi_put(&k, gh_slice_of(hex));
		ghi_put(&w, GH_LIT("Pin="));
		text_write(&w, p->pin);
		ghi_put(&w, GH_LIT("\tCardNo="));
		ghi_put(&w, gh_slice_of(hex));
		ghi_put(&w, i ? GH_LIT("\tLossCardFlag=0\tCardType=1")
			      : GH_LIT("\tLossCardFlag=0\tCardType=0"));
		compiler_row(c, UNIT_CARDS, &k, &w);
	}
}

void compiler_right_write(struct compiler *c, const struct site_person *p, int64_t slot,
			  uint32_t doors, const struct validity *v)
{
	char text[ROW_TEXT], key[KEY_TEXT];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text)),
			  k = ghi_writer_on(key, sizeof(key));

	text_write(&k, p->pin);
	ghi_put(&k, GH_LIT("\t"));
	ghi_put_signed(&k, slot);
	ghi_put(&k, GH_LIT("\t"));
	ghi_doors_write(&k, doors, c->facts->numbered_doors);
	ghi_put(&w, GH_LIT("Pin="));
	text_write(&w, p->pin);
	ghi_put(&w, GH_LIT("\tAuthorizeTimezoneId="));
	ghi_put_signed(&w, slot);
	ghi_put(&w, GH_LIT("\tAuthorizeDoorId="));
	ghi_doors_write(&w, doors, c->facts->numbered_doors);
	if (c->facts->right_validity) {
		ghi_put(&w, GH_LIT("\tStartTime="));
		row_moment_write(&w, true, v->from);
		ghi_put(&w, GH_LIT("\tEndTime="));
		row_moment_write(&w, true, v->to);
	}
	compiler_row(c, UNIT_RIGHTS, &k, &w);
}
