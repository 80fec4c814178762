#include "model/command_kind.h"

#include "base/number.h"

#define STANDING 0
#define MINUTE 60
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define YEAR (366 * DAY)
#define KIND_NONE KIND_COUNT

static const struct command_kind_row kinds[COMMAND_KINDS] = {
#define COMMAND_KIND(NAME, name, types, nature, scope, life, most, last, returns, needs, \
		     subject, record, arguments, about)                                  \
	[COMMAND_KIND_##NAME] = { name,                                                  \
				  types,                                                 \
				  COMMAND_NATURE_##nature,                               \
				  TOKEN_##scope,                                         \
				  life,                                                  \
				  most,                                                  \
				  last,                                                  \
				  RETURNS_##returns,                                     \
				  COMMAND_NEED_##needs,                                  \
				  subject,                                               \
				  KIND_##record,                                         \
				  arguments,                                             \
				  about },
#include "model/command_kind.def"
#undef COMMAND_KIND
};

const struct command_need_row command_needs[COMMAND_NEEDS] = {
#define COMMAND_NEED(NAME, option, digit, words) \
	[COMMAND_NEED_##NAME] = { option, digit, words },
#include "model/command_need.def"
#undef COMMAND_NEED
};

static const struct {
	const char *name;
	enum command_repeat repeat;
} natures[COMMAND_NATURES] = {
#define COMMAND_NATURE(NAME, json, repeat) [COMMAND_NATURE_##NAME] = { json, REPEAT_##repeat },
#include "model/command_nature.def"
#undef COMMAND_NATURE
};

const struct command_argument_row command_arguments[ARGUMENTS] = {
#define TEXT_MOST INT32_MAX
#define CONTENT_MOST COMMAND_CONTENT_MOST
#define COMMAND_ARGUMENT(name, type, least, most, flags, about) \
	[ARGUMENT_##name] = { #name, { ARGUMENT_##type, least, most }, flags, about },
#include "model/command_argument.def"
#undef COMMAND_ARGUMENT
};

/* --- kinds --- */

const struct command_kind_row *command_kind_row(enum command_kind kind)
{
	return &kinds[kind < COMMAND_KINDS ? kind : COMMAND_KIND_RAW];
}

enum command_kind command_kind_of(gh_slice name)
{
	enum command_kind k = 0;

	while (k < COMMAND_KINDS && !gh_slice_eq(name, gh_slice_of(kinds[k].name)))
		k++;
	return k;
}

enum command_kind command_kind_of_type(gh_slice type)
{
	for (enum command_kind k = 0; k < COMMAND_KINDS; k++) {
		gh_slice rest = gh_slice_of(kinds[k].types), one;

		while (rest.n) {
			gh_slice_cut(rest, ' ', &one, &rest);
			if (gh_slice_eq(one, type))
				return k;
		}
	}
	return COMMAND_KINDS;
}

gh_slice command_kind_type(enum command_kind kind)
{
	const struct command_kind_row *row = command_kind_row(kind);
	gh_slice first, rest;

	gh_slice_cut(gh_slice_of(row->types), ' ', &first, &rest);
	return first.n ? first : gh_slice_of(row->name);
}

const char *command_nature_name(enum command_nature nature)
{
	return nature < COMMAND_NATURES ? natures[nature].name : "unknown";
}

enum command_repeat command_repeat(enum command_kind kind)
{
	return natures[command_kind_row(kind)->nature].repeat;
}

enum gh_err command_life(enum command_kind kind, int64_t ttl_s, int64_t standing_ms,
			 int64_t *out_ms)
{
	const struct command_kind_row *row = command_kind_row(kind);
	int64_t life_ms = (int64_t)row->life_s * 1000;

	if (ttl_s < 0 || ttl_s > row->most_s)
		return GH_EINVALID;
	if (life_ms == STANDING || life_ms > standing_ms)
		life_ms = standing_ms;
	*out_ms = ttl_s ? ttl_s * 1000 : life_ms;
	return GH_OK;
}

/* --- arguments --- */

enum command_argument_id command_argument_of(gh_slice name)
{
	enum command_argument_id id = 0;

	while (id < ARGUMENTS && !gh_slice_eq(name, gh_slice_of(command_arguments[id].name)))
		id++;
	return id;
}

bool command_parameter_next(const char **text, struct command_parameter *out)
{
	gh_slice word, rest, name;

	gh_slice_cut(gh_slice_of(*text), ' ', &word, &rest);
	if (word.n == 0)
		return false;
	*text = rest.p ? (const char *)rest.p : *text + word.n;
	*out = (struct command_parameter){ .required = true };
	out->has_usual = gh_slice_cut(word, '=', &name, &out->usual);
	if (name.p[name.n - 1] == '?' || name.p[name.n - 1] == '!') {
		out->lenient = name.p[name.n - 1] == '!';
		out->required = out->lenient;
		name.n--;
	}
	out->required &= !out->has_usual;
	out->id = command_argument_of(name);
	return out->id < ARGUMENTS;
}

void command_argument_put(struct ghi_writer *w, const char *name, gh_slice value)
{
	if (w->err == GH_OK && !command_value_is_line(value, true))
		w->err = GH_EMALFORMED;
	ghi_put(w, gh_slice_of(name));
	ghi_put_u8(w, '=');
	ghi_put(w, value);
	ghi_put_u8(w, '\n');
}

bool command_argument_next(gh_slice *in, gh_slice *name, gh_slice *value)
{
	gh_slice line;

	while (in->n) {
		gh_slice_cut(*in, '\n', &line, in);
		if (gh_slice_cut(line, '=', name, value))
			return true;
	}
	return false;
}

bool command_argument(gh_slice arguments, enum command_argument_id id, gh_slice *value)
{
	gh_slice name, wanted = gh_slice_of(command_arguments[id].name);

	while (command_argument_next(&arguments, &name, value))
		if (gh_slice_eq(name, wanted))
			return true;
	*value = (gh_slice){ 0 };
	return false;
}

bool command_argument_number(gh_slice arguments, enum command_argument_id id, int64_t *value)
{
	gh_slice text;

	return command_argument(arguments, id, &text) &&
	       ghi_signed_parse(text, 0, id == ARGUMENT_not_before ? INT64_MAX : INT32_MAX,
				value) == GH_OK;
}

bool command_argument_time(gh_slice arguments, enum command_argument_id id, ghi_civil *value)
{
	gh_slice text;

	return command_argument(arguments, id, &text) &&
	       command_value_time(text, command_arguments[id].rule.type == ARGUMENT_END,
				  value) == GH_OK;
}

/* --- records --- */

static enum gh_err record_field_set(const struct model_kind *kind, size_t i, gh_slice value,
				    union model_record *out)
{
	void *at = model_at(kind, out, i);
	int64_t number;

	if (kind->field[i].type == MODEL_INT) {
		if (ghi_signed_parse(value, -1, INT64_MAX, &number))
			return GH_EINVALID;
		memcpy(at, &number, sizeof(number));
	} else {
		memcpy(at, &value, sizeof(value));
	}
	model_mark(out, i);
	return GH_OK;
}

enum gh_err command_record(enum command_kind kind, gh_slice arguments, union model_record *out)
{
	const struct command_kind_row *row = command_kind_row(kind);
	gh_slice name, value;

	memset(out, 0, sizeof(*out));
	if (row->record == KIND_COUNT)
		return GH_EINVALID;
	const struct model_kind *record = &model_kinds[row->record];

	while (command_argument_next(&arguments, &name, &value)) {
		size_t i = 0;

		while (i < record->fields &&
		       !gh_slice_eq(name, gh_slice_of(record->field[i].column)))
			i++;
		if (i < record->fields && record_field_set(record, i, value, out))
			return GH_EINVALID;
	}
	return GH_OK;
}

void command_record_put(struct ghi_writer *w, enum command_kind kind, const void *record)
{
	const struct command_kind_row *row = command_kind_row(kind);
	uint8_t digits[24];

	if (row->record == KIND_COUNT)
		return;
	const struct model_kind *k = &model_kinds[row->record];

	for (size_t i = 0; i < k->fields; i++) {
		const void *at = model_at_const(k, record, i);
		struct ghi_writer d = ghi_writer_on(digits, sizeof(digits));

		if (!model_has(record, i))
			continue;
		if (k->field[i].type == MODEL_INT) {
			ghi_put_signed(&d, *(const int64_t *)at);
			command_argument_put(w, k->field[i].column, ghi_written(&d));
		} else {
			command_argument_put(w, k->field[i].column, *(const gh_slice *)at);
		}
	}
}
