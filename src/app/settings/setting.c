#include "app/settings/setting.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "app/settings/credential.h"
#include "base/number.h"
#include "base/zone.h"
#include "model/punch_rule.h"

static const struct setting_row rows[SETTING_COUNT] = {
#define SETTING(id, group, name, arg, type, least, most, value, help) \
	{ SETTING_GROUP_##group, name, arg, SETTING_TYPE_##type, least, most, value, help },
#include "app/settings/setting.def"
#undef SETTING
};

const struct setting_row *setting_row(enum setting id)
{
	return &rows[id];
}

const char *setting_group_name(enum setting_group group)
{
	static const char *const names[SETTING_GROUPS] = {
#define SETTING_GROUP(id, group) group,
#include "app/settings/setting.def"
#undef SETTING_GROUP
	};

	return names[group];
}

/* --- one value, checked --- */

static bool setting_number_check(const struct setting_row *row, gh_slice text,
				 union setting_value *out)
{
	uint64_t n;

	if (ghi_number_parse(text, row->most, &n) != GH_OK || n < row->least)
		return false;
	out->number = n;
	return true;
}

static bool setting_word_check(const struct setting_row *row, gh_slice text,
			       union setting_value *out)
{
	gh_slice words = gh_slice_of(row->arg), word;

	for (uint64_t i = 0; words.n; i++) {
		gh_slice_cut(words, '|', &word, &words);
		if (gh_slice_eq(word, text)) {
			out->number = i;
			return true;
		}
	}
	return false;
}

/* Empty, or an address of HTTP. */
static bool setting_url_check(const struct setting_row *row, gh_slice text,
			      union setting_value *out)
{
	size_t scheme = gh_slice_istarts(text, GH_LIT("http://"))    ? 7
			: gh_slice_istarts(text, GH_LIT("https://")) ? 8
								     : 0;

	(void)out;
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] <= ' ' || text.p[i] >= 0x7F)
			return false;
	return text.n == 0 ||
	       (scheme && text.n > scheme && text.p[scheme] != '/' && text.n <= row->most);
}

/* "ADDR:PORT", "[ADDR]:PORT" or "PORT". */
static bool setting_address_check(const struct setting_row *row, gh_slice text,
				  union setting_value *out)
{
	const char *colon = memrchr(text.p, ':', text.n);
	size_t n = colon ? (size_t)(colon - (const char *)text.p) : 0;
	bool bracket = n >= 2 && text.p[0] == '[' && text.p[n - 1] == ']';
	gh_slice port_text = colon ? gh_slice_from(text, n + 1) : text;
	struct address at = { .host = "0.0.0.0" };
	struct in6_addr any;
	uint64_t port;

	(void)row;
	if (n >= sizeof(at.host))
		return false;
	if (n)
		snprintf(at.host, sizeof(at.host), "%.*s", (int)(bracket ? n - 2 : n),
			 (const char *)text.p + bracket);
	if (strcmp(at.host, "localhost") == 0)
		snprintf(at.host, sizeof(at.host), "127.0.0.1");
	if (inet_pton(AF_INET, at.host, &any) != 1 && inet_pton(AF_INET6, at.host, &any) != 1)
		return false;
	if (ghi_number_parse(port_text, UINT16_MAX, &port) != GH_OK)
		return false;
	at.port = (uint16_t)port;
	out->address = at;
	return true;
}

static bool setting_zone_check(const struct setting_row *row, gh_slice text,
			       union setting_value *out)
{
	struct zone *z;

	(void)row;
	(void)out;
	if (zone_open(text, &z) != GH_OK)
		return false;
	zone_close(z);
	return true;
}

static bool setting_is_time_of_day(gh_slice s)
{
	uint64_t hour, minute;

	return s.n == 5 && s.p[2] == ':' &&
	       ghi_number_parse((gh_slice){ s.p, 2 }, 23, &hour) == GH_OK &&
	       ghi_number_parse(gh_slice_from(s, 3), 59, &minute) == GH_OK;
}

static bool setting_text_check(const struct setting_row *row, gh_slice text,
			       union setting_value *out)
{
	(void)out;
	return text.n >= row->least && text.n <= row->most;
}

static bool setting_times_check(const struct setting_row *row, gh_slice text,
				union setting_value *out)
{
	gh_slice time;

	if (!setting_text_check(row, text, out) || text.p[text.n - 1] == ';')
		return false;
	while (text.n) {
		gh_slice_cut(text, ';', &time, &text);
		if (!setting_is_time_of_day(time))
			return false;
	}
	return true;
}

static bool setting_punches_check(const struct setting_row *row, gh_slice text,
				  union setting_value *out)
{
	struct punch_rules rules;
	const char *why;

	return setting_text_check(row, text, out) &&
	       punch_rules_parse(text, &rules, &why) == GH_OK;
}

static const struct {
	bool (*check)(const struct setting_row *row, gh_slice text, union setting_value *out);
	const char *expected;
} types[SETTING_TYPES] = {
#define SETTING_TYPE(id, check, expected) { check, expected },
#include "app/settings/setting.def"
#undef SETTING_TYPE
};

bool setting_check(enum setting id, const char *text, union setting_value *out)
{
	const struct setting_row *row = &rows[id];

	if (*text == '\0' && *row->value == '\0')
		return true;
	return types[row->type].check(row, gh_slice_of(text), out);
}

/* "one|two|three" as "one, two or three". */
static void list_words(const char *arg, char *to, size_t size)
{
	char **words = g_strsplit(arg, "|", -1);
	size_t n = g_strv_length(words);
	GString *s = g_string_new(NULL);

	for (size_t i = 0; i < n; i++)
		g_string_append_printf(s, "%s%s",
				       i == 0	    ? ""
				       : i == n - 1 ? " or "
						    : ", ",
				       words[i]);
	snprintf(to, size, "%s", s->str);
	g_string_free(s, TRUE);
	g_strfreev(words);
}

void setting_expected(enum setting id, char *to, size_t size)
{
	const struct setting_row *row = &rows[id];

	if (types[row->type].expected)
		snprintf(to, size, "%s", types[row->type].expected);
	else if (row->type == SETTING_TYPE_WORD || row->type == SETTING_TYPE_FLAG)
		list_words(row->arg, to, size);
	else
		snprintf(to, size, "a %s %llu to %llu%s",
			 row->type == SETTING_TYPE_NUMBER ? "number from" : "text of",
			 (unsigned long long)row->least, (unsigned long long)row->most,
			 row->type == SETTING_TYPE_NUMBER ? "" : " bytes");
}

/* --- the environment --- */

static void variable_of(enum setting id, char *name)
{
	size_t n = (size_t)snprintf(name, SETTING_VARIABLE_SIZE, "GATEHOUSE_%s", rows[id].name);

	for (size_t i = 0; i < n && i < SETTING_VARIABLE_SIZE; i++)
		name[i] = name[i] == '-' ? '_' : (char)toupper((unsigned char)name[i]);
}

const char *setting_from_environment(enum setting id, char *name)
{
	static const struct {
		enum setting id;
		const char *name;
	} further[] = {
#define SETTING_VARIABLE(id, name) { SETTING_##id, name },
#include "app/settings/setting.def"
#undef SETTING_VARIABLE
	};
	const char *value;

	variable_of(id, name);
	value = getenv(name);
	for (size_t i = 0; value == NULL && i < G_N_ELEMENTS(further); i++) {
		if (further[i].id != id)
			continue;
		value = getenv(further[i].name);
		snprintf(name, SETTING_VARIABLE_SIZE, "%s", further[i].name);
	}
	return value;
}

/* --- credentials --- */

enum credential_kind { CREDENTIAL_NONE, CREDENTIAL_TEXT, CREDENTIAL_PATH };

bool setting_from_credential(enum setting id, char **value)
{
	static const enum credential_kind kinds[SETTING_COUNT] = {
#define SETTING_CREDENTIAL(id, kind) [SETTING_##id] = CREDENTIAL_##kind,
#include "app/settings/setting.def"
#undef SETTING_CREDENTIAL
	};

	*value = NULL;
	if (kinds[id] == CREDENTIAL_TEXT)
		return credential_read(rows[id].name, value);
	if (kinds[id] == CREDENTIAL_PATH)
		*value = credential_path(rows[id].name);
	return true;
}

/* --- the command line --- */

/* The help of serve omits the variables of single settings: they are described once, below its
 * options. */
static char *help_of(enum setting id)
{
	const struct setting_row *row = &rows[id];
	GString *s = g_string_new(row->help);
	char name[SETTING_VARIABLE_SIZE];
	const char *mark = " (";

	if (row->group != SETTING_GROUP_SERVE) {
		variable_of(id, name);
		g_string_append_printf(s, "%s%s", mark, name);
		mark = "; ";
	}
	if (*row->value && row->type != SETTING_TYPE_FLAG) {
		g_string_append_printf(s, "%s%s", mark, row->value);
		mark = "; ";
	}
	if (row->type == SETTING_TYPE_NUMBER) {
		g_string_append_printf(s, "%s%llu to %llu", mark,
				       (unsigned long long)row->least,
				       (unsigned long long)row->most);
		mark = "; ";
	}
	if (mark[0] == ';')
		g_string_append_c(s, ')');
	return g_string_free(s, FALSE);
}

size_t setting_options(enum setting_group group, int first_key, int section,
		       struct argp_option *to)
{
	size_t n = 0;

	for (int i = 0; i < SETTING_COUNT; i++)
		if (rows[i].group == group)
			to[n++] = (struct argp_option){ .name = rows[i].name,
							.key = first_key + i,
							.arg = rows[i].type == SETTING_TYPE_FLAG
								       ? NULL
								       : rows[i].arg,
							.doc = help_of((enum setting)i),
							.group = section };
	return n;
}

void setting_options_free(struct argp_option *options, size_t n)
{
	for (size_t i = 0; i < n; i++)
		g_free((char *)(uintptr_t)options[i].doc);
}
