#include "model/command_subject.h"

gh_slice command_subject(enum command_kind kind, gh_slice arguments,
			 char room[COMMAND_SUBJECT_MAX])
{
	const char *subject = command_kind_row(kind)->subject;
	struct ghi_writer w = ghi_writer_on((uint8_t *)room, COMMAND_SUBJECT_MAX);
	gh_slice name, value = { 0 }, wanted = gh_slice_of(subject);
	bool found = false;

	if (wanted.n == 0)
		return (gh_slice){ 0 };
	if (gh_slice_eq(wanted, GH_LIT("*"))) {
		ghi_put(&w, gh_slice_of(command_kind_row(kind)->name));
		return ghi_written(&w);
	}
	while (!found && command_argument_next(&arguments, &name, &value))
		found = gh_slice_eq(name, wanted);
	if (!found && gh_slice_eq(wanted, GH_LIT("door")))
		value = GH_LIT("1");
	else if (!found)
		return (gh_slice){ 0 };
	ghi_put(&w, wanted);
	ghi_put_u8(&w, '=');
	ghi_put(&w, value);
	return w.err ? (gh_slice){ 0 } : ghi_written(&w);
}

bool command_argument_is_key(enum command_kind kind, gh_slice name)
{
	enum model_kind_id record = command_kind_row(kind)->record;
	enum command_argument_id id = command_argument_of(name);

	if (record < KIND_COUNT) {
		const struct model_kind *k = &model_kinds[record];

		for (size_t i = 0; i < k->fields; i++)
			if (gh_slice_eq(name, gh_slice_of(k->field[i].column)))
				return k->field[i].flags & MODEL_KEY;
	}
	return id < ARGUMENTS && command_arguments[id].flags & MODEL_KEY;
}

/* Whether `whole` has each argument of `part`; of keys also the same value. The subject is
 * already known to be equal. */
static bool arguments_cover(enum command_kind kind, gh_slice whole, gh_slice part,
			    bool keys_alone)
{
	gh_slice subject = gh_slice_of(command_kind_row(kind)->subject);
	gh_slice name, value, other, other_value;

	while (command_argument_next(&part, &name, &value)) {
		bool key = command_argument_is_key(kind, name), found = false;
		gh_slice rest = whole;

		if ((keys_alone && !key) || gh_slice_eq(name, subject))
			continue;
		while (!found && command_argument_next(&rest, &other, &other_value))
			found = gh_slice_eq(name, other);
		if (!found || (key && !gh_slice_eq(value, other_value)))
			return false;
	}
	return true;
}

bool command_opens_door(enum command_kind kind)
{
	return command_kind_row(kind)->nature == COMMAND_NATURE_ACT &&
	       strcmp(command_kind_row(kind)->subject, "door") == 0;
}

bool command_closes_door(enum command_kind kind)
{
	return command_kind_row(kind)->nature == COMMAND_NATURE_CLOSING &&
	       strcmp(command_kind_row(kind)->subject, "door") == 0;
}

bool command_supersedes(enum command_kind newer, gh_slice newer_arguments,
			enum command_kind older, gh_slice older_arguments)
{
	enum command_nature nature = command_kind_row(newer)->nature;
	enum command_nature before = command_kind_row(older)->nature;

	if (nature == COMMAND_NATURE_CLOSING && command_opens_door(older))
		return true;
	if (command_opens_door(newer) && before == COMMAND_NATURE_CLOSING)
		return true;
	/* Closed, it is held open no longer. */
	if (newer == COMMAND_KIND_CLOSE_DOOR && older == COMMAND_KIND_END_HOLD)
		return true;
	/* A person who is written or removed now does not leave later. */
	if (older == COMMAND_KIND_END_STAY &&
	    (newer == COMMAND_KIND_UPDATE_PERSON || newer == COMMAND_KIND_DELETE_PERSON))
		return true;
	if (newer != older ||
	    (nature != COMMAND_NATURE_STATE && nature != COMMAND_NATURE_CLOSING))
		return false;
	return arguments_cover(newer, newer_arguments, older_arguments, false) &&
	       arguments_cover(newer, older_arguments, newer_arguments, true);
}
