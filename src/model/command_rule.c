#include "model/command_rule.h"

#include <stdio.h>

#include "base/base64.h"
#include "base/number.h"

const char *command_argument_type_name(enum command_argument_type type)
{
	static const char *const name[] = {
		[ARGUMENT_TEXT] = "text",    [ARGUMENT_LINE] = "text",
		[ARGUMENT_INT] = "int",	     [ARGUMENT_BOOL] = "bool",
		[ARGUMENT_START] = "start",  [ARGUMENT_END] = "end",
		[ARGUMENT_DAY] = "day",	     [ARGUMENT_BASE64] = "base64",
		[ARGUMENT_JPEG] = "base64",  [ARGUMENT_DIGITS] = "text",
		[ARGUMENT_CARD] = "text",    [ARGUMENT_CLOCK] = "text",
		[ARGUMENT_CLOCKS] = "text",  [ARGUMENT_MONTH_DAY] = "text",
		[ARGUMENT_PERIODS] = "text", [ARGUMENT_DATES] = "text",
	};

	return name[type];
}

bool command_value_is_line(gh_slice value, bool tabs)
{
	for (size_t i = 0; i < value.n; i++) {
		uint8_t c = value.p[i];

		if (c == '\n' || c == '\r' || c == 0 || (!tabs && (c < 0x20 || c == 0x7F)))
			return false;
	}
	return true;
}

enum gh_err command_value_time(gh_slice value, bool end, ghi_civil *out)
{
	char text[GHI_CIVIL_TEXT];

	if (value.n == 10) {
		memcpy(text, value.p, 10);
		memcpy(text + 10, end ? " 23:59:59" : " 00:00:00", 9);
		value = (gh_slice){ (const uint8_t *)text, sizeof(text) };
	}
	return ghi_civil_parse(value, out);
}

/* --- forms --- */

static bool value_is_time(gh_slice value, bool end)
{
	ghi_civil time;

	return command_value_time(value, end, &time) == GH_OK && ghi_civil_valid(time);
}

static bool rule_digits_fit(gh_slice value)
{
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] < '0' || value.p[i] > '9')
			return false;
	return true;
}

static bool rule_hex_fits(gh_slice value)
{
	for (size_t i = 0; i < value.n; i++) {
		uint8_t c = gh_ascii_lower(value.p[i]);

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
			return false;
	}
	return true;
}

/* Eight bytes at the most (D15 of the tolerant rules: the document has four and five). */
static bool value_is_card(gh_slice value)
{
	if (value.n < 4 || value.p[0] != '[' || value.p[value.n - 1] != ']')
		return rule_digits_fit(value);
	value = (gh_slice){ value.p + 1, value.n - 2 };
	return value.n % 2 == 0 && value.n <= 16 && rule_hex_fits(value);
}

/* Two digits, up to `most`. */
static bool pair_is(gh_slice value, size_t at, unsigned least, unsigned most)
{
	uint64_t n;

	return value.n >= at + 2 && rule_digits_fit((gh_slice){ value.p + at, 2 }) &&
	       ghi_number_parse((gh_slice){ value.p + at, 2 }, most, &n) == GH_OK && n >= least;
}

static bool value_is_clock(gh_slice value)
{
	return value.n == 4 && pair_is(value, 0, 0, 23) && pair_is(value, 2, 0, 59);
}

static bool value_is_month_day(gh_slice value)
{
	static const unsigned days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return value.n == 4 && pair_is(value, 0, 1, 12) &&
	       pair_is(value, 2, 1, days[(value.p[0] - '0') * 10 + (value.p[1] - '0') - 1]);
}

static bool value_is_clocks(gh_slice value)
{
	size_t n = 0;
	gh_slice one;

	for (bool more = true; more; n++) {
		more = gh_slice_cut(value, ';', &one, &value);
		if (one.n != 5 || one.p[2] != ':' || !pair_is(one, 0, 0, 23) ||
		    !pair_is(one, 3, 0, 59))
			return false;
	}
	return n == 7;
}

static bool value_is_periods(gh_slice value)
{
	size_t n = 0;
	gh_slice one;
	uint64_t v;

	for (bool more = true; more; n++) {
		more = gh_slice_cut(value, ';', &one, &value);
		if (ghi_number_parse(one, n ? 65535 : 1, &v))
			return false;
	}
	return n == 4;
}

static bool value_is_dates(gh_slice value)
{
	for (size_t at = 0; at < value.n; at += 8)
		if (!rule_digits_fit(value) || !pair_is(value, at + 4, 1, 12) ||
		    !pair_is(value, at + 6, 1, 31) || value.n < at + 8)
			return false;
	return true;
}

static bool value_is_base64(gh_slice value)
{
	return value.n % 4 == 0 && ghi_base64_count(value) == value.n &&
	       ghi_base64_is_padded_text(value);
}

/* The first three bytes of a JPEG are FF D8 FF. */
static bool value_is_jpeg(gh_slice value)
{
	return value_is_base64(value) && gh_slice_starts(value, GH_LIT("/9j/"));
}

static bool rule_fits(enum command_argument_type type, gh_slice value)
{
	switch (type) {
	case ARGUMENT_TEXT:
		return command_value_is_line(value, false);
	case ARGUMENT_LINE:
		return command_value_is_line(value, true);
	case ARGUMENT_INT:
		return true; /* by its range */
	case ARGUMENT_BOOL:
		return gh_slice_eq(value, GH_LIT("0")) || gh_slice_eq(value, GH_LIT("1"));
	case ARGUMENT_START:
	case ARGUMENT_END:
	case ARGUMENT_DAY:
		return value_is_time(value, type == ARGUMENT_END);
	case ARGUMENT_BASE64:
		return value_is_base64(value);
	case ARGUMENT_JPEG:
		return value_is_jpeg(value);
	case ARGUMENT_DIGITS:
		return rule_digits_fit(value);
	case ARGUMENT_CARD:
		return value_is_card(value);
	case ARGUMENT_CLOCK:
		return value_is_clock(value);
	case ARGUMENT_CLOCKS:
		return value_is_clocks(value);
	case ARGUMENT_MONTH_DAY:
		return value_is_month_day(value);
	case ARGUMENT_PERIODS:
		return value_is_periods(value);
	case ARGUMENT_DATES:
		return value_is_dates(value);
	}
	return false;
}

static const char *const requirement[] = {
	[ARGUMENT_TEXT] = "may not contain tabs, line breaks or other control characters",
	[ARGUMENT_LINE] = "may not contain line breaks",
	[ARGUMENT_INT] = "must be a whole number",
	[ARGUMENT_BOOL] = "must be true or false",
	[ARGUMENT_START] =
		"must be a date or time that exists, as YYYY-MM-DD or YYYY-MM-DD HH:MM:SS",
	[ARGUMENT_END] =
		"must be a date or time that exists, as YYYY-MM-DD or YYYY-MM-DD HH:MM:SS",
	[ARGUMENT_DAY] =
		"must be a date or time that exists, as YYYY-MM-DD or YYYY-MM-DD HH:MM:SS",
	[ARGUMENT_BASE64] = "must be base64, without blanks and with its padding",
	[ARGUMENT_JPEG] =
		"must be a JPEG picture in base64, without blanks and with its padding",
	[ARGUMENT_DIGITS] = "must be digits",
	[ARGUMENT_CARD] = "must be a card number: digits, or bytes in brackets, as [15CD5B07]",
	[ARGUMENT_CLOCK] = "must be a time of the day, as 0830",
	[ARGUMENT_CLOCKS] = "must be seven times of the day, as 08:30, parted by semicolons",
	[ARGUMENT_MONTH_DAY] = "must be a day of the year, as 1231 for 31 December",
	[ARGUMENT_PERIODS] =
		"must be 0 or 1 and three numbers, parted by semicolons, as 1;1;0;0",
	[ARGUMENT_DATES] = "must be a date, as 20261231, or two one behind the other",
};

static enum gh_err number_check(const struct command_rule *rule, gh_slice value,
				char why[COMMAND_WHY])
{
	int64_t n;

	if (ghi_signed_parse(value, rule->least, rule->most, &n) == GH_OK)
		return GH_OK;
	if (rule->most == INT32_MAX)
		snprintf(why, COMMAND_WHY, "must be a whole number%s",
			 rule->least > 0 ? " above 0" : "");
	else
		snprintf(why, COMMAND_WHY, "must be a whole number from %d to %d", rule->least,
			 rule->most);
	return GH_EINVALID;
}

enum gh_err command_value_check(const struct command_rule *rule, gh_slice value,
				char why[COMMAND_WHY])
{
	bool text = rule->type != ARGUMENT_INT && rule->type != ARGUMENT_BOOL &&
		    rule->most != INT32_MAX;

	if (rule->type == ARGUMENT_INT)
		return number_check(rule, value, why);
	if (text && value.n < (size_t)rule->least && value.n == 0) {
		snprintf(why, COMMAND_WHY, "may not be empty");
		return GH_EINVALID;
	}
	if (!rule_fits(rule->type, value)) {
		snprintf(why, COMMAND_WHY, "%s", requirement[rule->type]);
		return GH_EINVALID;
	}
	if (text && value.n > (size_t)rule->most) {
		snprintf(why, COMMAND_WHY, "has %zu bytes, and may have %d", value.n,
			 rule->most);
		return GH_EINVALID;
	}
	return GH_OK;
}
