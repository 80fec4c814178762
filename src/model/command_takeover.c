#include "model/command_takeover.h"

#include "model/record.h"

static const char *const parts[] = {
#define TAKEOVER(part, of) part,
#include "model/command_takeover.def"
};

static bool name_holds(gh_slice name, gh_slice part)
{
	for (size_t at = 0; at + part.n <= name.n; at++) {
		size_t same = 0;

		while (same < part.n && gh_ascii_lower(name.p[at + same]) == part.p[same])
			same++;
		if (same == part.n)
			return true;
	}
	return false;
}

static bool name_takes_over(gh_slice name)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (name_holds(name, gh_slice_of(parts[i])))
			return true;
	return false;
}

/* One command sets several: "WebServerIP=192.0.2.1,WebServerPort=8088". What follows the first is
 * in the value of the first, so all of it is looked at, up to each equals sign. */
static bool option_takes_over(gh_slice arguments)
{
	gh_slice name, value, before;

	command_argument(arguments, ARGUMENT_name, &name);
	command_argument(arguments, ARGUMENT_value, &value);
	if (name_takes_over(name))
		return true;
	while (gh_slice_cut(value, '=', &before, &value))
		if (name_takes_over(before))
			return true;
	return false;
}

static bool person_takes_over(enum command_kind kind, gh_slice arguments)
{
	union model_record record;
	const struct person *p = (const struct person *)&record;

	return command_record(kind, arguments, &record) != GH_OK ||
	       (model_has(p, PERSON_privilege) && p->privilege != 0);
}

static const char *const free_tables[] = {
#define TAKEOVER_FREE_TABLE(name) name,
#include "model/command_takeover.def"
};

/* A table this server does not know may be one of people under another name. */
static bool table_takes_over(gh_slice arguments)
{
	gh_slice table;

	command_argument(arguments, ARGUMENT_table, &table);
	for (size_t i = 0; i < sizeof(free_tables) / sizeof(free_tables[0]); i++)
		if (gh_slice_ieq(table, gh_slice_of(free_tables[i])))
			return false;
	return true;
}

/* "file/TOKEN/NAME", the address of a published file on this server (published_path_write()). */
static bool url_is_published(gh_slice url)
{
	enum { TOKEN = 32 };
	gh_slice token, name;

	if (!gh_slice_starts(url, GH_LIT("file/")) ||
	    !gh_slice_cut(gh_slice_from(url, 5), '/', &token, &name) || token.n != TOKEN)
		return false;
	for (size_t i = 0; i < token.n; i++)
		if (memchr("0123456789abcdef", token.p[i], 16) == NULL)
			return false;
	return name.n && memchr(name.p, '/', name.n) == NULL;
}

/* In words that have more than the kind's own keys: a device may fetch a photo of a person by a url, too
 * (UserPicURLFunOn). Behind a blank, "USERPIC Url" has the key "Url". */
static bool words_take_over(gh_slice words)
{
	gh_slice pair, key, value, word;
	bool more = true;

	while (more) {
		more = gh_slice_cut(words, '\t', &pair, &words);
		if (!gh_slice_cut(pair, '=', &key, &value))
			continue;
		key = gh_slice_trim(key);
		while (gh_slice_cut(key, ' ', &word, &value))
			key = gh_slice_trim(value);
		gh_slice_cut(pair, '=', &word, &value);
		if (gh_slice_ieq(key, GH_LIT("url")) && !url_is_published(gh_slice_trim(value)))
			return true;
	}
	return false;
}

/* From elsewhere a device fetches as its network lets it, and what comes from there identifies. */
static bool url_takes_over(gh_slice arguments)
{
	gh_slice url;

	return command_argument(arguments, ARGUMENT_url, &url) && !url_is_published(url);
}

enum token_scope command_scope(enum command_kind kind, gh_slice arguments)
{
	bool over = false;
	gh_slice words;

	if (arguments.n && kind == COMMAND_KIND_SET_OPTION)
		over = option_takes_over(arguments);
	else if (arguments.n && kind == COMMAND_KIND_UPDATE_PERSON)
		over = person_takes_over(kind, arguments);
	else if (arguments.n && kind == COMMAND_KIND_DELETE_TABLE)
		over = table_takes_over(arguments);
	else if (arguments.n && kind == COMMAND_KIND_UPDATE_COMPARISON_PHOTO)
		over = url_takes_over(arguments);
	else if (kind == COMMAND_KIND_UPDATE_PHOTO &&
		 command_argument(arguments, ARGUMENT_written, &words))
		over = words_take_over(words);
	return over ? TOKEN_ADMIN : command_kind_row(kind)->scope;
}

static const struct {
	enum command_kind kind;
	const char *fields;
} of_people[] = {
#define TAKEOVER_PERSON(KIND, fields) { COMMAND_KIND_##KIND, fields },
#include "model/command_takeover.def"
};

static bool argument_named(gh_slice arguments, gh_slice wanted, gh_slice *value)
{
	gh_slice name;

	while (command_argument_next(&arguments, &name, value))
		if (gh_slice_eq(name, wanted))
			return true;
	*value = (gh_slice){ 0 };
	return false;
}

static bool field_present(gh_slice arguments, gh_slice fields, gh_slice *field)
{
	gh_slice value;

	while (fields.n) {
		gh_slice_cut(fields, ' ', field, &fields);
		if (argument_named(arguments, *field, &value))
			return true;
	}
	return false;
}

bool command_changes_identity(enum command_kind kind, gh_slice arguments, gh_slice *pin,
			      gh_slice *field)
{
	for (size_t i = 0; i < sizeof(of_people) / sizeof(of_people[0]); i++) {
		gh_slice fields = gh_slice_of(of_people[i].fields);

		if (of_people[i].kind != kind)
			continue;
		*field = GH_LIT("pin");
		argument_named(arguments, *field, pin);
		return fields.n == 0 || field_present(arguments, fields, field);
	}
	return false;
}

gh_slice command_pin_normal(gh_slice pin, char room[COMMAND_PIN_MAX])
{
	size_t n = 0;

	pin = gh_slice_trim(pin);
	while (pin.n > 1 && pin.p[0] == '0')
		pin = gh_slice_from(pin, 1);
	for (; n < pin.n && n < COMMAND_PIN_MAX; n++)
		room[n] = (char)gh_ascii_lower(pin.p[n]);
	return (gh_slice){ (const uint8_t *)room, n };
}
