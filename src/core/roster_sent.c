#include "core/roster_sent.h"

#include "base/number.h"
#include "model/kind.h"
#include "model/text_list.h"
#include "wire/push/card.h"

#define GROUP_MOST 99

static const char *const word[ROSTER_FIELDS] = {
#define ROSTER_FIELD(NAME, word) word,
#include "model/roster_field.def"
#undef ROSTER_FIELD
};

const char *roster_field_word(enum roster_field f)
{
	return word[f];
}

bool roster_field_among(gh_slice list, enum roster_field f)
{
	gh_slice text;
	bool name;

	while (text_list_next(&list, &text, &name))
		if (gh_slice_eq(text, gh_slice_of(word[f])))
			return true;
	return false;
}

uint64_t roster_sent_card(gh_slice text)
{
	uint64_t number;

	return ghi_card_number(gh_slice_trim(text), &number) == GH_OK ? number : 0;
}

int64_t roster_sent_group(const struct person *p)
{
	uint64_t n;

	if (!model_has(p, PERSON_group_id) ||
	    ghi_number_parse(gh_slice_trim(p->group_id), GROUP_MOST, &n))
		return 0;
	return (int64_t)n;
}

struct validity roster_sent_validity(const struct person *p)
{
	struct validity v = { 0 };

	if (!model_has(p, PERSON_expires) || p->expires == 0)
		return v;
	if (model_has(p, PERSON_valid_from) && validity_read(p->valid_from, false, &v.from))
		v.from = 0;
	if (model_has(p, PERSON_valid_to) && validity_read(p->valid_to, true, &v.to))
		v.to = 0;
	return v;
}

/* Bytes of the letter at the beginning. */
static size_t letter_bytes(gh_slice s)
{
	size_t n = 1;

	while (n < s.n && (s.p[n] & 0xC0) == 0x80)
		n++;
	return n;
}

bool roster_text_is_echo(gh_slice sent, gh_slice written)
{
	if (sent.n == 0)
		return written.n == 0;
	while (sent.n && written.n) {
		size_t n = letter_bytes(written);

		if (sent.n >= n && memcmp(sent.p, written.p, n) == 0) {
			sent = gh_slice_from(sent, n);
		} else if (sent.p[0] == '?') {
			sent = gh_slice_from(sent, 1);
		} else {
			/* A letter that was cut in the middle. */
			return sent.n < n && memcmp(sent.p, written.p, sent.n) == 0;
		}
		written = gh_slice_from(written, n);
	}
	return sent.n == 0;
}

static bool text_changed(const struct roster_sent *s, gh_slice now, gh_slice was, gh_slice is)
{
	bool pending = s->was == NULL || s->written || s->underway || !gh_slice_eq(was, is);

	if (now.n == 0 || gh_slice_eq(now, is) || (s->was && gh_slice_eq(now, was)))
		return false;
	return !(pending && roster_text_is_echo(now, is)) &&
	       !(s->was && s->written && roster_text_is_echo(now, was));
}

static bool number_changed(const struct roster_sent *s, int64_t now, bool has_was, int64_t was,
			   int64_t is)
{
	return now != is && !(has_was && now == was) && !s->written && !s->underway;
}

static bool privilege_changed(const struct roster_sent *s)
{
	const struct person *now = s->now, *was = s->was;
	bool had = was && model_has(was, PERSON_privilege);

	return model_has(now, PERSON_privilege) && now->privilege >= 0 &&
	       number_changed(s, now->privilege, had, had ? was->privilege : 0,
			      s->is->privilege);
}

static bool group_changed(const struct roster_sent *s)
{
	int64_t now = roster_sent_group(s->now), was = s->was ? roster_sent_group(s->was) : 0;
	/* One that was never given is the first. */
	int64_t is = s->is->member_group > 0 ? s->is->member_group : 1;

	return now > 0 && number_changed(s, now, was > 0, was, is);
}

static bool validity_changed(const struct roster_sent *s)
{
	struct validity now = roster_sent_validity(s->now), was = { 0 };

	if ((now.from == 0 && now.to == 0) || s->written || s->underway)
		return false;
	if (s->was)
		was = roster_sent_validity(s->was);
	return !(now.from == was.from && now.to == was.to) &&
	       !(now.from == s->is->valid_from && now.to == s->is->valid_to);
}

static gh_slice person_text(const struct person *p, size_t field, gh_slice text)
{
	return p && model_has(p, field) ? text : (gh_slice){ 0 };
}

bool roster_sent_changed(const struct roster_sent *s, enum roster_field f)
{
	const struct person *now = s->now, *was = s->was;
	const struct person none = { 0 };

	was = was ? was : &none;
	switch (f) {
	case ROSTER_NAME:
		return text_changed(s, person_text(now, PERSON_name, now->name),
				    person_text(was, PERSON_name, was->name), s->is->name);
	case ROSTER_PASSWORD:
		return text_changed(s, person_text(now, PERSON_password, now->password),
				    person_text(was, PERSON_password, was->password),
				    s->is->password);
	case ROSTER_PRIVILEGE:
		return privilege_changed(s);
	case ROSTER_GROUP:
		return group_changed(s);
	case ROSTER_VALIDITY:
		return validity_changed(s);
	default:
		return false;
	}
}
