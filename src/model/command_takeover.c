#include "model/command_takeover.h"

#include "model/record.h"

static const char *const parts[] = {
#define TAKEOVER(part, of) part,
#include "model/command_takeover.def"
#undef TAKEOVER
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

enum token_scope command_scope(enum command_kind kind, gh_slice arguments)
{
	bool over = false;

	if (arguments.n && kind == COMMAND_KIND_SET_OPTION)
		over = option_takes_over(arguments);
	else if (arguments.n && kind == COMMAND_KIND_UPDATE_PERSON)
		over = person_takes_over(kind, arguments);
	return over ? TOKEN_ADMIN : command_kind_row(kind)->scope;
}
