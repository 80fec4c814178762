#include "wire/access/event.h"

#include "base/hex.h"
#include "base/number.h"
#include "wire/access/pack.h"
#include "wire/push/card.h"

enum event_how {
	EVENT_HOW_TIME,
	EVENT_HOW_PACKED,
	EVENT_HOW_PIN,
	EVENT_HOW_CARD,
	EVENT_HOW_NUMBER, /* absent where it is none */
	EVENT_HOW_ADDRESS,
	EVENT_HOW_EVENT,
	EVENT_HOW_DIRECTION,
	EVENT_HOW_VERIFY,
	EVENT_HOW_INDEX,
	EVENT_HOW_MASK,
	EVENT_HOW_DEGREES,
	EVENT_HOW_UNIT,
};

static const struct event_key {
	gh_slice live, stored; /* empty: that form has none */
	uint8_t place;	       /* in the latter, from 1 */
	enum event_how how;
	size_t offset;
} event_key[] = {
#define EVENT_KEY_NAME(s)                           \
	{                                           \
		(const uint8_t *)(s), sizeof(s) - 1 \
	}
#define GHI_EVENT_KEY(live, stored, place, how, member)                         \
	{ EVENT_KEY_NAME(live), EVENT_KEY_NAME(stored), place, EVENT_HOW_##how, \
	  offsetof(struct access_event, member) },
#include "wire/access/event_key.def"
};

enum { KEYS = sizeof(event_key) / sizeof(event_key[0]) };

/* Bytes of a text. */
enum { PIN_MAX = 24, CARD_MAX = 64, CODE_MAX = 16, DEGREES_MAX = 16, UNIT_MAX = 64 };
#define DIRECTION_NONE_SENT 2 /* what units send for neither in nor out */
#define NOT_MEASURED 255

_Static_assert(KEYS <= 32, "one bit per key");

static void *event_member(struct access_event *e, const struct event_key *k)
{
	return (uint8_t *)e + k->offset;
}

static void event_number_set(struct access_event *e, const struct event_key *k, int64_t v)
{
	memcpy(event_member(e, k), &v, sizeof(v));
}

static void event_text_set(struct access_event *e, const struct event_key *k, gh_slice s)
{
	memcpy(event_member(e, k), &s, sizeof(s));
}

/* GH_OK with *v untouched where it is not a number. */
static bool event_number(gh_slice s, int64_t max, int64_t *v)
{
	uint64_t n;

	if (ghi_number_parse(s, (uint64_t)max, &n))
		return false;
	*v = (int64_t)n;
	return true;
}

static bool event_is_zero(gh_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '0')
			return false;
	return true;
}

int64_t ghi_event_card_number(gh_slice text, bool lowest_first)
{
	int64_t v = ACCESS_ABSENT;
	uint64_t hex = 0;
	bool letters = false;

	if (event_number(text, INT64_MAX, &v))
		return v;
	/* Twenty decimal digits are no hexadecimal number. */
	for (size_t i = 0; i < text.n; i++)
		letters = letters || text.p[i] > '9';
	while (!lowest_first && text.n > 1 && text.p[0] == '0')
		text = gh_slice_from(text, 1);
	if (!letters || ghi_card_hex(text, lowest_first, &hex) || hex > INT64_MAX)
		return ACCESS_ABSENT;
	return (int64_t)hex;
}

static void event_code_set(struct access_event *e, gh_slice s)
{
	int64_t v;

	if (event_number(s, EVENT_CODE_MAX, &v)) {
		e->event = v;
	} else {
		e->event_text = s;
		e->flags |= ACCESS_ODD_EVENT;
	}
}

static enum gh_err event_text_check(gh_slice s, size_t max)
{
	return s.n > max ? GH_ETOOBIG : GH_OK;
}

static enum gh_err event_value_set(struct access_event *e, const struct event_key *k,
				   gh_slice s)
{
	enum gh_err err = GH_OK;
	int64_t v = ACCESS_ABSENT;
	ghi_civil t;

	switch (k->how) {
	case EVENT_HOW_TIME:
	case EVENT_HOW_PACKED:
		err = k->how == EVENT_HOW_TIME ? ghi_civil_parse(s, &t)
					       : ghi_packed_read(s, &t);
		if (err)
			return GH_EMALFORMED;
		e->time = t;
		return GH_OK;
	case EVENT_HOW_PIN:
		if (!gh_slice_eq(s, GH_LIT("0")))
			e->pin = s;
		return event_text_check(s, PIN_MAX);
	case EVENT_HOW_CARD:
		if (!event_is_zero(s)) {
			e->card = s;
			e->card_number = ghi_event_card_number(s, false);
		}
		return event_text_check(s, CARD_MAX);
	case EVENT_HOW_ADDRESS:
		if (s.n && !event_number(s, INT32_MAX, &e->address))
			return GH_EMALFORMED;
		return GH_OK;
	case EVENT_HOW_EVENT:
		event_code_set(e, s);
		return s.n ? event_text_check(s, CODE_MAX) : GH_EMALFORMED;
	case EVENT_HOW_DIRECTION:
		if (event_number(s, ACCESS_OUT, &v))
			e->direction = v;
		return GH_OK;
	case EVENT_HOW_VERIFY:
		e->verify_raw = s;
		return event_text_check(s, VERIFY_TEXT_MAX);
	case EVENT_HOW_INDEX:
		if (!event_number(s, INT64_MAX, &e->record_index))
			e->record_index = 0;
		return GH_OK;
	case EVENT_HOW_MASK:
		if (event_number(s, INT32_MAX, &v) && v != NOT_MEASURED)
			event_number_set(e, k, v);
		return GH_OK;
	case EVENT_HOW_DEGREES:
		if (!gh_slice_eq(s, GH_LIT("255")))
			event_text_set(e, k, s);
		return event_text_check(s, DEGREES_MAX);
	case EVENT_HOW_UNIT:
		e->unit = s;
		return event_text_check(s, UNIT_MAX);
	case EVENT_HOW_NUMBER:
		if (event_number(s, INT64_MAX, &v))
			event_number_set(e, k, v);
		return GH_OK;
	}
	return GH_OK;
}

/* Looked for from `first` on, where the next of a row in the usual order stands. */
static const struct event_key *event_key_find(gh_slice key, size_t first)
{
	for (size_t n = 0, i = first; key.n && n < KEYS; n++, i = i + 1 < KEYS ? i + 1 : 0)
		if (gh_slice_eq(key, event_key[i].live) ||
		    gh_slice_ieq(key, event_key[i].live) ||
		    gh_slice_ieq(key, event_key[i].stored))
			return &event_key[i];
	return NULL;
}

static enum gh_err event_fail(struct ghi_event_fault *fault, enum gh_err err, const char *key,
			      const char *reason)
{
	*fault = (struct ghi_event_fault){ reason, key };
	return err;
}

/* What follows from the code: its group, which place the address is of, and what the verify type means. Of
 * each event once: the code is looked for among all. */
static void event_derive(struct access_event *e)
{
	const struct event_code *code = event_code_find(e->event);
	enum event_place place = code ? code->place : EVENT_AT_DOOR;

	if (!ghi_civil_valid(e->time))
		e->flags |= ACCESS_IMPOSSIBLE;
	if (e->event != ACCESS_ABSENT) {
		e->event_group = code ? code->group : e->event;
		if (e->address > 0 && place == EVENT_AT_DOOR)
			e->door = e->address;
		if (e->address > 0 && place == EVENT_AT_READER)
			e->reader = e->address;
	}
	if (code && code->trigger) {
		(void)event_number(e->verify_raw, EVENT_CODE_MAX, &e->linkage_trigger);
		return;
	}
	int64_t value;

	e->verify_form = verify_read(e->verify_raw, &value);
	if (e->verify_form == VERIFY_MODE_NUMBER || e->verify_form == VERIFY_FACTORS)
		e->verify = value;
}

enum gh_err ghi_event_parse(gh_slice line, struct access_event *e, enum ghi_event_row *row,
			    struct ghi_event_fault *fault)
{
	struct ghi_row r = ghi_row_of(line, (gh_slice){ 0 });
	uint32_t seen = 0;
	size_t next = 0;
	bool has_event = false, has_index = false, has_state = false;
	gh_slice key, value;

	*e = access_event_blank;
	while (ghi_row_next(&r, &key, &value)) {
		const struct event_key *k = event_key_find(key, next);

		if (k == NULL)
			has_state |= gh_slice_ieq(key, GH_LIT("sensor")) ||
				     gh_slice_ieq(key, GH_LIT("relay")) ||
				     gh_slice_ieq(key, GH_LIT("alarm"));
		if (k == NULL || seen >> (k - event_key) & 1)
			continue;
		next = (size_t)(k - event_key + 1) % KEYS;
		seen |= UINT32_C(1) << (k - event_key);
		const char *name = (const char *)(k->live.n ? k->live : k->stored).p;
		enum gh_err err;

		value = gh_slice_trim(value);
		has_event |= k->how == EVENT_HOW_EVENT;
		has_index |= k->how == EVENT_HOW_INDEX;
		if (!ghi_row_value_fits(value))
			return event_fail(fault, GH_EMALFORMED, name,
					  "a control character within the value");
		err = event_value_set(e, k, value);
		if (err)
			return event_fail(fault, err, name,
					  err == GH_ETOOBIG ? "the value is too long"
							    : "the value is not readable");
	}
	if (!has_event && !has_index && has_state) {
		*row = GHI_EVENT_ROW_STATE;
		return GH_OK;
	}
	if (!has_event)
		return event_fail(fault, GH_EMALFORMED, NULL, "no event code");
	if (e->time == GHI_CIVIL_NONE)
		return event_fail(fault, GH_EMALFORMED, NULL, "no time");
	event_derive(e);
	*row = e->event == EVENT_CODE_DOOR ? GHI_EVENT_ROW_REPORT : GHI_EVENT_ROW;
	return GH_OK;
}

/* --- writing --- */

struct event_out {
	struct ghi_writer *w;
	bool first;
};

static void event_put_number(struct event_out *o, gh_slice key, int64_t v)
{
	char text[24];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	ghi_put_signed(&w, v);
	ghi_row_put(o->w, &o->first, key, ghi_written(&w));
}

static void event_put_time(struct event_out *o, gh_slice key, bool packed, ghi_civil t)
{
	char text[GHI_CIVIL_TEXT];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	if (packed) {
		uint32_t v = 0;
		enum gh_err err = ghi_packed_second(t, &v);

		if (err && o->w->err == GH_OK)
			o->w->err = err;
		event_put_number(o, key, v);
		return;
	}
	ghi_put_civil(&w, t);
	ghi_row_put(o->w, &o->first, key, ghi_written(&w));
}

static gh_slice event_text_of(const struct access_event *e, const struct event_key *k)
{
	gh_slice s;

	memcpy(&s, (const uint8_t *)e + k->offset, sizeof(s));
	return s;
}

static int64_t event_number_of(const struct access_event *e, const struct event_key *k)
{
	int64_t v;

	memcpy(&v, (const uint8_t *)e + k->offset, sizeof(v));
	return v;
}

static void event_put_key(struct event_out *o, const struct event_key *k, gh_slice key,
			  const struct access_event *e)
{
	gh_slice text;
	int64_t v;

	switch (k->how) {
	case EVENT_HOW_TIME:
	case EVENT_HOW_PACKED:
		event_put_time(o, key, k->how == EVENT_HOW_PACKED, e->time);
		break;
	case EVENT_HOW_PIN:
	case EVENT_HOW_CARD:
		text = event_text_of(e, k);
		ghi_row_put(o->w, &o->first, key, text.n ? text : GH_LIT("0"));
		break;
	case EVENT_HOW_EVENT:
		if (e->flags & ACCESS_ODD_EVENT)
			ghi_row_put(o->w, &o->first, key, e->event_text);
		else
			event_put_number(o, key, e->event);
		break;
	case EVENT_HOW_DIRECTION:
		event_put_number(o, key,
				 e->direction == ACCESS_ABSENT ? DIRECTION_NONE_SENT
							       : e->direction);
		break;
	case EVENT_HOW_INDEX:
		event_put_number(o, key, e->record_index);
		break;
	case EVENT_HOW_VERIFY:
	case EVENT_HOW_DEGREES:
	case EVENT_HOW_UNIT:
		text = event_text_of(e, k);
		if (text.n)
			ghi_row_put(o->w, &o->first, key, text);
		break;
	case EVENT_HOW_ADDRESS:
	case EVENT_HOW_NUMBER:
	case EVENT_HOW_MASK:
		v = event_number_of(e, k);
		if (v != ACCESS_ABSENT)
			event_put_number(o, key, v);
		break;
	}
}

void ghi_event_write_live(struct ghi_writer *w, const struct access_event *e)
{
	struct event_out o = { w, true };

	for (size_t i = 0; i < KEYS; i++)
		if (event_key[i].live.n)
			event_put_key(&o, &event_key[i], event_key[i].live, e);
}

void ghi_event_write_stored(struct ghi_writer *w, const struct access_event *e)
{
	struct event_out o = { w, true };

	ghi_put(w, GH_LIT("transaction "));
	for (size_t place = 1; place < KEYS; place++)
		for (size_t i = 0; i < KEYS; i++)
			if (event_key[i].place == place)
				event_put_key(&o, &event_key[i], event_key[i].stored, e);
}
