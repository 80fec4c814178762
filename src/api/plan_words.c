#include "api/plan_words.h"

#include "base/civil_time.h"
#include "base/number.h"
#include "core/access/rights/steps.h"
#include "model/door_rule.h"
#include "wire/access/pack.h"
#include "wire/push/card.h"

static gh_slice value_of_field(gh_slice line, const char *name)
{
	gh_slice value = { 0 };

	(void)unit_row_value(line, gh_slice_of(name), &value);
	return value;
}

static bool value_is_set(gh_slice value)
{
	return value.n && !gh_slice_eq(value, GH_LIT("0"));
}

static void words_put(struct ghi_writer *w, const char *words)
{
	ghi_put(w, gh_slice_of(words));
}

static void moment_put(struct ghi_writer *w, const char *before, gh_slice value, bool packed,
		       bool end)
{
	ghi_civil t;

	if (!value_is_set(value) || ghi_validity_read(value, packed, end, &t) || t <= 0)
		return;
	words_put(w, before);
	ghi_put_padded(w, (uint64_t)(t / 10000000000), 4);
	words_put(w, "-");
	ghi_put_padded(w, (uint64_t)(t / 100000000 % 100), 2);
	words_put(w, "-");
	ghi_put_padded(w, (uint64_t)(t / 1000000 % 100), 2);
	words_put(w, " ");
	ghi_put_padded(w, (uint64_t)(t / 10000 % 100), 2);
	words_put(w, ":");
	ghi_put_padded(w, (uint64_t)(t / 100 % 100), 2);
}

static void validity_put(struct ghi_writer *w, gh_slice line, bool packed)
{
	moment_put(w, ", from ", value_of_field(line, "StartTime"), packed, false);
	moment_put(w, ", until ", value_of_field(line, "EndTime"), packed, true);
}

static void user_words(struct ghi_writer *w, const struct plan_words *p, gh_slice line)
{
	gh_slice name = value_of_field(line, "Name"), card = value_of_field(line, "CardNo");

	words_put(w, "PIN ");
	ghi_put(w, value_of_field(line, "Pin"));
	if (name.n) {
		words_put(w, ", ");
		ghi_put(w, name);
	}
	if (value_is_set(card)) {
		words_put(w, ", card ");
		ghi_put(w, card);
	}
	if (value_of_field(line, "Password").n)
		words_put(w, ", with a password");
	validity_put(w, line, p->packed_validity);
}

static void card_words(struct ghi_writer *w, const struct plan_words *p, gh_slice line)
{
	gh_slice card = value_of_field(line, "CardNo");
	uint64_t number;

	words_put(w, "card ");
	if (p->cards_turned && ghi_card_hex(card, true, &number) == GH_OK)
		ghi_card_hex_write(w, number, false);
	else
		ghi_put(w, card);
	words_put(w, " (hexadecimal) of PIN ");
	ghi_put(w, value_of_field(line, "Pin"));
	if (value_is_set(value_of_field(line, "LossCardFlag")))
		words_put(w, ", lost");
}

static void doors_put(struct ghi_writer *w, gh_slice doors, bool numbered)
{
	uint32_t mask;
	bool any = false;

	if (ghi_doors_read(doors, numbered, &mask)) {
		ghi_put(w, doors);
		return;
	}
	for (unsigned i = 0; i < 32; i++) {
		if (!(mask >> i & 1))
			continue;
		words_put(w, any ? ", " : (mask & (mask - 1)) ? "doors " : "door ");
		ghi_put_decimal(w, i + 1);
		any = true;
	}
}

static void unit_rule_put(struct ghi_writer *w, gh_slice number)
{
	words_put(w, " by rule ");
	ghi_put(w, number);
	words_put(w, " of the unit");
}

static void right_words(struct ghi_writer *w, const struct plan_words *p, gh_slice line)
{
	words_put(w, "PIN ");
	ghi_put(w, value_of_field(line, "Pin"));
	words_put(w, " may pass ");
	doors_put(w, value_of_field(line, "AuthorizeDoorId"), p->numbered_doors);
	unit_rule_put(w, value_of_field(line, "AuthorizeTimezoneId"));
	validity_put(w, line, true);
}

static void minute_put(struct ghi_writer *w, int minute)
{
	ghi_put_padded(w, (uint64_t)(minute / 60), 2);
	words_put(w, ":");
	ghi_put_padded(w, (uint64_t)(minute % 60), 2);
}

/* The ranges of a day, "closed" where there are none. */
static void day_put(struct ghi_writer *w, gh_slice line, enum time_column day)
{
	bool any = false;

	for (unsigned n = 1; n <= 3; n++) {
		struct ghi_period period;

		if (!unit_row_period(line, day, n, &period))
			continue;
		words_put(w, any ? "," : "");
		minute_put(w, period.from);
		words_put(w, "-");
		minute_put(w, period.to);
		any = true;
	}
	if (!any)
		words_put(w, "closed");
}

static bool days_same(gh_slice line, enum time_column a, enum time_column b)
{
	char x[80], y[80];
	struct ghi_writer v = ghi_writer_on(x, sizeof(x)), w = ghi_writer_on(y, sizeof(y));

	day_put(&v, line, a);
	day_put(&w, line, b);
	return gh_slice_eq(ghi_written(&v), ghi_written(&w));
}

static void rule_words(struct ghi_writer *w, const struct plan_words *p, gh_slice line)
{
	/* People begin the week with Monday. */
	static const enum time_column day[] = { TIME_MON,     TIME_TUE,	     TIME_WED,
						TIME_THU,     TIME_FRI,	     TIME_SAT,
						TIME_SUN,     TIME_HOLIDAY1, TIME_HOLIDAY2,
						TIME_HOLIDAY3 };
	size_t n = sizeof(day) / sizeof(day[0]);

	(void)p;
	words_put(w, "rule ");
	ghi_put(w, value_of_field(line, "TimezoneId"));
	words_put(w, " of the unit:");
	for (size_t i = 0; i < n;) {
		size_t last = i;

		while (last + 1 < n && days_same(line, day[i], day[last + 1]))
			last++;
		words_put(w, i ? "; " : " ");
		words_put(w, time_column_name(day[i]));
		if (last > i) {
			words_put(w, "-");
			words_put(w, time_column_name(day[last]));
		}
		words_put(w, " ");
		day_put(w, line, day[i]);
		i = last + 1;
	}
}

static void holiday_words(struct ghi_writer *w, const struct plan_words *p, gh_slice line)
{
	gh_slice day = value_of_field(line, "Holiday");

	(void)p;
	words_put(w, "holiday ");
	if (day.n == 8) {
		ghi_put(w, (gh_slice){ day.p, 4 });
		words_put(w, "-");
		ghi_put(w, (gh_slice){ day.p + 4, 2 });
		words_put(w, "-");
		ghi_put(w, (gh_slice){ day.p + 6, 2 });
	} else {
		ghi_put(w, day);
	}
	words_put(w, " of type ");
	ghi_put(w, value_of_field(line, "HolidayType"));
	if (gh_slice_eq(value_of_field(line, "Loop"), GH_LIT("1")))
		words_put(w, ", every year");
}

/* The word of a field with a number of door_rule.def. */
static void choice_put(struct ghi_writer *w, gh_slice line, const char *field,
		       const char *(*word)(size_t i))
{
	gh_slice value = value_of_field(line, field);
	uint64_t n;

	if (ghi_number_parse(value, 255, &n) == GH_OK && word((size_t)n))
		words_put(w, word((size_t)n));
	else
		ghi_put(w, value);
}

static const char *output_place_word(size_t i)
{
	return i == SCHEDULED_OUTPUT_LOCK  ? "lock of door"
	       : i == SCHEDULED_OUTPUT_AUX ? "auxiliary output"
					   : NULL;
}

static const char *input_place_word(size_t i)
{
	return i == SCHEDULED_INPUT_EXIT_BUTTON ? "exit button of door"
	       : i == SCHEDULED_INPUT_AUX	? "auxiliary input"
						: NULL;
}

static void output_words(struct ghi_writer *w, const struct plan_words *p, gh_slice line)
{
	(void)p;
	choice_put(w, line, "OutType", output_place_word);
	words_put(w, " ");
	ghi_put(w, value_of_field(line, "Num"));
	words_put(w, " ");
	choice_put(w, line, "ActionType", scheduled_action_word);
	unit_rule_put(w, value_of_field(line, "TimezoneId"));
}

static void input_words(struct ghi_writer *w, const struct plan_words *p, gh_slice line)
{
	(void)p;
	choice_put(w, line, "InType", input_place_word);
	words_put(w, " ");
	ghi_put(w, value_of_field(line, "Number"));
	words_put(w, " counts");
	unit_rule_put(w, value_of_field(line, "TimeZoneId"));
}

static void fields_words(struct ghi_writer *w, const struct plan_words *p, gh_slice line)
{
	const struct ghi_access_table *t = ghi_access_table_find(p->table, NULL);
	int named = t ? ghi_table_parameter_field(t) : -1;
	gh_slice rest = line, pair, name, value,
		 parameter = named >= 0 ? value_of_field(line, t->field[named].name)
					: (gh_slice){ 0 };
	bool more = rest.n != 0, any = false;

	while (more) {
		more = gh_slice_cut(rest, '\t', &pair, &rest);
		if (!gh_slice_cut(pair, '=', &name, &value) || !value_is_set(value))
			continue;
		int i = t ? ghi_table_field_find(t, name) : -1;

		words_put(w, any ? ", " : "");
		ghi_put(w, name);
		words_put(w, " ");
		if (i >= 0 && ghi_table_value_is_secret(t, (size_t)i, parameter))
			words_put(w, "***");
		else
			ghi_put(w, value);
		any = true;
	}
}

void plan_row_words(struct ghi_writer *w, const struct plan_words *p, gh_slice line)
{
	static const struct {
		const char *table;
		void (*write)(struct ghi_writer *w, const struct plan_words *p, gh_slice line);
	} of[] = {
		{ "user", user_words },
		{ "mulcarduser", card_words },
		{ "userauthorize", right_words },
		{ "timezone", rule_words },
		{ "holiday", holiday_words },
		{ "outrelaysetting", output_words },
		{ "InputIOSetting", input_words },
	};

	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++)
		if (gh_slice_eq(p->table, gh_slice_of(of[i].table))) {
			of[i].write(w, p, line);
			return;
		}
	fields_words(w, p, line);
}
