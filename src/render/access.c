#include "render/access.h"

#include "model/verify_mode.h"

/* --- words --- */

static const char *access_source_word(size_t i)
{
	static const char *const word[] = { "live", "stored", "account", "identification" };

	return i < sizeof(word) / sizeof(word[0]) ? word[i] : NULL;
}

static const char *access_class_word(size_t i)
{
	return i <= EVENT_SPECIAL ? event_class_name((enum event_class)i) : NULL;
}

static const char *access_direction_word(size_t i)
{
	static const char *const word[] = { "in", "out" };

	return i < sizeof(word) / sizeof(word[0]) ? word[i] : NULL;
}

static const struct {
	int64_t flag;
	const char *word;
} flag_words[] = {
	{ ACCESS_IMPOSSIBLE, "impossible_date" },
	{ ACCESS_GAP, "dst_gap" },
	{ ACCESS_OVERLAP, "dst_overlap" },
	{ ACCESS_AHEAD, "ahead" },
	{ ACCESS_ANCIENT, "ancient" },
	{ ACCESS_ODD_EVENT, "odd_event" },
	{ ACCESS_SHIFTED, "shifted" },
};

static const char *access_flag_word(size_t i)
{
	return i < sizeof(flag_words) / sizeof(flag_words[0]) ? flag_words[i].word : NULL;
}

/* --- fields --- */

static const struct access_event *event_of(const void *row)
{
	return &((const struct access_view *)row)->e;
}

static struct value number_unless(int64_t n, int64_t absent)
{
	return n == absent ? value_null() : value_of(VALUE_INT, n);
}

#define NUMBER_FIELD(name, member, absent)                               \
	static struct value name(const struct field *f, const void *row) \
	{                                                                \
		(void)f;                                                 \
		return number_unless(event_of(row)->member, absent);     \
	}

NUMBER_FIELD(access_index, record_index, 0)
NUMBER_FIELD(access_code, event, ACCESS_ABSENT)
NUMBER_FIELD(access_door, door, ACCESS_ABSENT)
NUMBER_FIELD(access_reader, reader, ACCESS_ABSENT)
NUMBER_FIELD(access_punch_seq, punch_seq, 0)
NUMBER_FIELD(access_same_as, same_as, 0)
NUMBER_FIELD(access_linkage, linkage_id, ACCESS_ABSENT)
NUMBER_FIELD(access_trigger, linkage_trigger, ACCESS_ABSENT)
NUMBER_FIELD(access_site, site_code, ACCESS_ABSENT)
NUMBER_FIELD(access_mask, mask, ACCESS_ABSENT)
NUMBER_FIELD(access_alarm, alarm_type, ACCESS_ABSENT)
NUMBER_FIELD(access_request, first_request, 0)

/* Where the unit sends words of factors, it sends merged codes, too. */
static struct value access_event_name(const struct field *f, const void *row)
{
	const struct access_event *e = event_of(row);
	const struct event_code *code = event_code_find(e->event);

	(void)f;
	if (code == NULL)
		return value_null();
	return value_text_if(
		gh_slice_of(e->verify_form == VERIFY_FACTORS ? code->merged : code->meaning));
}

static struct value access_class(const struct field *f, const void *row)
{
	const struct access_event *e = event_of(row);

	(void)f;
	if (e->event == ACCESS_ABSENT)
		return value_null();
	return value_text(gh_slice_of(event_class_name(event_class_of(e->event))));
}

static struct value access_direction_of(const struct field *f, const void *row)
{
	int64_t direction = event_of(row)->direction;

	(void)f;
	return direction < 0
		       ? value_null()
		       : value_text_if(gh_slice_of(access_direction_word((size_t)direction)));
}

static struct value access_verify_name(const struct field *f, const void *row)
{
	const struct access_view *v = row;

	(void)f;
	return value_text_if((gh_slice){ (const uint8_t *)v->verify_name, v->verify_name_n });
}

static struct value access_granted(const struct field *f, const void *row)
{
	const struct access_event *e = event_of(row);

	(void)f;
	return e->pin.n || e->card.n ? value_of(VALUE_BOOL, event_is_granted(e->event))
				     : value_null();
}

static struct value access_flags(const struct field *f, const void *row)
{
	int64_t bits = 0;

	for (size_t i = 0; i < sizeof(flag_words) / sizeof(flag_words[0]); i++)
		if (event_of(row)->flags & flag_words[i].flag)
			bits |= INT64_C(1) << i;
	return (struct value){ .kind = VALUE_FLAGS, .i = bits, .word = f->word };
}

#define ROW struct access_view
static const struct field access_field[] = {
#include "render/access.def"
};
#undef ROW

/* NOLINTNEXTLINE(misc-redundant-expression): equal is what is asserted */
_Static_assert(ACCESS_NO_UTC == INT64_MIN, "a nullable number of INT64_MIN is shown as null");

const struct fields access_fields_shown = { "AccessEvent", access_field,
					    sizeof(access_field) / sizeof(access_field[0]),
					    NULL };

static void verify_name_write(struct ghi_writer *w, const struct access_event *e)
{
	if (e->verify_form == VERIFY_FACTORS)
		verify_words_put(w, (uint16_t)e->verify);
	else if (e->verify_form == VERIFY_MODE_NUMBER &&
		 verify_mode_name((int32_t)e->verify, VERIFY_NEW))
		ghi_put(w, gh_slice_of(verify_mode_name((int32_t)e->verify, VERIFY_NEW)));
}

void access_view_make(struct access_view *v, const struct access_event *e)
{
	struct ghi_writer w = ghi_writer_on(v->verify_name, sizeof(v->verify_name));

	v->e = *e;
	verify_name_write(&w, e);
	v->verify_name_n = w.err ? 0 : ghi_written(&w).n;
}
