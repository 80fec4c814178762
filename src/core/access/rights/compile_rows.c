/* The rows of a person: the user, the cards, a right. */
#include <stdio.h>

#include "base/text.h"
#include "core/access/rights/compiler.h"
#include "model/card.h"
#include "wire/access/pack.h"
#include "wire/push/card.h"

#define ROW_TEXT 512
#define KEY_TEXT 96

void unit_text_write(struct ghi_writer *w, gh_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		ghi_put_u8(w, s.p[i] < ' ' || s.p[i] == 0x7f ? ' ' : s.p[i]);
}

static void row_moment_write(struct ghi_writer *w, bool packed, ghi_civil t)
{
	ghi_validity_write(w, packed, t ? t : GHI_CIVIL_NONE);
}

/* Where there is room for one: the first that is not lost. */
static gh_slice card_alone(const struct site_person *p)
{
	for (size_t i = 0; i < p->cards; i++)
		if (!p->card[i].lost)
			return p->card[i].number;
	return (gh_slice){ 0 };
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
	unit_text_write(&k, p->pin);
	ghi_put(&w, GH_LIT("CardNo="));
	if (!c->facts->several_cards)
		ghi_put(&w, card_alone(p));
	ghi_put(&w, GH_LIT("\tPin="));
	unit_text_write(&w, p->pin);
	ghi_put(&w, GH_LIT("\tPassword="));
	if (p->password.n <= UNIT_PASSWORD_MOST)
		unit_text_write(&w, p->password);
	ghi_put(&w, GH_LIT("\tGroup="));
	ghi_put_signed(&w, p->group ? p->group : 1);
	ghi_put(&w, GH_LIT("\tStartTime="));
	row_moment_write(&w, c->facts->packed_validity, v->from);
	ghi_put(&w, GH_LIT("\tEndTime="));
	row_moment_write(&w, c->facts->packed_validity, v->to);
	ghi_put(&w, GH_LIT("\tName="));
	unit_text_write(&w, name);
	ghi_put(&w, GH_LIT("\tPrivilege=0"));
	if (c->facts->may_disable)
		ghi_put(&w, GH_LIT("\tDisable=0"));
	compiler_row(c, UNIT_USER, &k, &w);
	if (p->password.n > UNIT_PASSWORD_MOST)
		compiler_refuse(
			c, REFUSED_PERSON, p->id,
			"The password of person %.*s is longer than 6 characters, and is "
			"left out",
			GH_FMT(p->pin));
}

static void card_refuse(struct compiler *c, const struct site_person *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->cards; i++)
		n += !p->card[i].lost;
	if (n > 1)
		compiler_refuse(c, REFUSED_CARD, p->id,
				"Person %.*s has %zu cards, and the unit takes one",
				GH_FMT(p->pin), n);
}

/* Fields of units with Wiegand rules of version 2 (Security PUSH 3.1.2, 9.1.1, mulcarduser). */
static void card_details_write(const struct compiler *c, const struct site_card *card,
			       struct ghi_writer *w)
{
	if (!c->facts->wiegand_2)
		return;
	if (card->has_bits) {
		ghi_put(w, GH_LIT("\tCardBit="));
		ghi_put_signed(w, card->bits);
	}
	if (card->has_site_code) {
		ghi_put(w, GH_LIT("\tSiteCode="));
		ghi_put_signed(w, card->site_code);
	}
	if (card->imie.n) {
		ghi_put(w, GH_LIT("\tIMIE="));
		unit_text_write(w, card->imie);
	}
}

void compiler_cards_write(struct compiler *c, const struct site_person *p)
{
	char text[ROW_TEXT], key[KEY_TEXT], hex[40];

	if (!c->facts->several_cards)
		card_refuse(c, p);
	for (size_t i = 0; c->facts->several_cards && i < p->cards; i++) {
		struct ghi_writer w = ghi_writer_on(text, sizeof(text)),
				  k = ghi_writer_on(key, sizeof(key)),
				  h = ghi_writer_on(hex, sizeof(hex));
		uint64_t number;

		if (card_read(p->card[i].number, &number))
			continue;
		ghi_card_hex_write(&h, number, c->facts->cards_turned);
		unit_text_write(&k, p->pin);
		ghi_put(&k, GH_LIT("\t"));
		ghi_put(&k, ghi_written(&h));
		ghi_put(&w, GH_LIT("Pin="));
		unit_text_write(&w, p->pin);
		ghi_put(&w, GH_LIT("\tCardNo="));
		ghi_put(&w, ghi_written(&h));
		ghi_put(&w, p->card[i].lost ? GH_LIT("\tLossCardFlag=1")
					    : GH_LIT("\tLossCardFlag=0"));
		ghi_put(&w, i ? GH_LIT("\tCardType=1") : GH_LIT("\tCardType=0"));
		card_details_write(c, &p->card[i], &w);
		compiler_row(c, UNIT_CARDS, &k, &w);
	}
}

void compiler_right_write(struct compiler *c, const struct site_person *p, int64_t slot,
			  uint32_t doors, const struct validity *v)
{
	char text[ROW_TEXT], key[KEY_TEXT];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text)),
			  k = ghi_writer_on(key, sizeof(key));

	unit_text_write(&k, p->pin);
	ghi_put(&k, GH_LIT("\t"));
	ghi_put_signed(&k, slot);
	ghi_put(&k, GH_LIT("\t"));
	ghi_doors_write(&k, doors, c->facts->numbered_doors);
	ghi_put(&w, GH_LIT("Pin="));
	unit_text_write(&w, p->pin);
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
