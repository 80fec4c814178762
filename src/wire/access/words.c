#include "wire/access/words.h"

#include "model/record.h"
#include "wire/access/control.h"
#include "wire/push/record.h"

enum words_shape {
	WORDS_RECORD,
	WORDS_PAIRS,
	WORDS_COMMAS,
	WORDS_FILTER,
	WORDS_ROWS,
	WORDS_QUERY,
	WORDS_OPTION,
	WORDS_REST,
	WORDS_CLOCK,
	WORDS_CONTROL
};

static const struct access_words {
	enum command_kind kind;
	enum ghi_access_lane lane;
	enum words_shape shape;
	const char *words;
	const char *arguments;
} access_words[] = {
#define GHI_ACCESS_WORDS(KIND, LANE, SHAPE, words, arguments) \
	{ COMMAND_KIND_##KIND, GHI_LANE_##LANE, WORDS_##SHAPE, words, arguments },
#include "wire/access/words.def"
#undef GHI_ACCESS_WORDS
#define GHI_ACCESS_CONTROL(KIND, LANE, form, bit) \
	{ COMMAND_KIND_##KIND, GHI_LANE_##LANE, WORDS_CONTROL, "CONTROL DEVICE ", form },
#include "wire/access/control.def"
#undef GHI_ACCESS_CONTROL
};
#define ACCESS_WORDS (sizeof(access_words) / sizeof(access_words[0]))

/* --- records: keys in the spelling and order of the document (9.1.1) --- */

static const struct ghi_key user_key[] = {
	{ "CardNo", PERSON_card, false, 0 },	   { "Pin", PERSON_pin, false, 0 },
	{ "Password", PERSON_password, false, 0 }, { "Group", PERSON_group_id, false, 0 },
	{ "Name", PERSON_name, false, 0 },	   { "Privilege", PERSON_privilege, false, 0 },
};
static const struct ghi_key templatev10_key[] = {
	{ "Pin", TEMPLATE_pin, false, 0 },
	{ "FingerID", TEMPLATE_no, false, 0 },
	{ "Valid", TEMPLATE_valid, false, 0 },
	{ "Template", TEMPLATE_data, false, 0 },
};
static const struct ghi_key biodata_key[] = {
	{ "Pin", TEMPLATE_pin, false, 0 },
	{ "No", TEMPLATE_no, false, 0 },
	{ "Index", TEMPLATE_part, false, 0 },
	{ "Valid", TEMPLATE_valid, false, 0 },
	{ "Duress", TEMPLATE_duress, false, 0 },
	{ "Type", TEMPLATE_type, false, 0 },
	{ "MajorVer", TEMPLATE_major_ver, false, 0 },
	{ "MinorVer", TEMPLATE_minor_ver, false, 0 },
	{ "Format", TEMPLATE_format, false, 0 },
	{ "Tmp", TEMPLATE_data, false, 0 },
};
static const struct ghi_key userpic_key[] = {
	{ "pin", PHOTO_pin, false, 0 },
	{ "size", PHOTO_size, false, 0 },
	{ "content", PHOTO_content, false, 0 },
};
static const struct ghi_key biophoto_key[] = {
	{ "PIN", PHOTO_pin, false, 0 },
	{ "Type", PHOTO_type, false, 0 },
	{ "Size", PHOTO_size, false, 0 },
	{ "Content", PHOTO_content, false, 0 },
};

static const struct {
	const char *name;
	struct ghi_record record;
} words_record[] = {
#define WORDS_KEYS(name, KIND)                                                               \
	{                                                                                    \
#name,                                                                       \
		{                                                                            \
			KIND_##KIND, name##_key, sizeof(name##_key) / sizeof(name##_key[0]), \
				'\t'                                                         \
		}                                                                            \
	}
	WORDS_KEYS(user, PERSON),      WORDS_KEYS(templatev10, TEMPLATE),
	WORDS_KEYS(biodata, TEMPLATE), WORDS_KEYS(userpic, PHOTO),
	WORDS_KEYS(biophoto, PHOTO),
#undef WORDS_KEYS
};
#define WORDS_RECORDS (sizeof(words_record) / sizeof(words_record[0]))

static const struct access_words *words_of(enum command_kind kind)
{
	for (size_t i = 0; i < ACCESS_WORDS; i++)
		if (access_words[i].kind == kind)
			return &access_words[i];
	return NULL;
}

enum ghi_access_lane ghi_access_lane(enum command_kind kind)
{
	const struct access_words *row = words_of(kind);

	return row ? row->lane : GHI_LANE_SETTINGS;
}

bool ghi_access_words_exist(enum command_kind kind)
{
	return kind == COMMAND_KIND_RAW || words_of(kind);
}

/* --- writing --- */

#define WORDS_MAX 120 /* of words in the table, and the blank behind them */
#define KEY_EXTRA 16  /* by which a key is longer than its argument's name, '=' and separator */

size_t ghi_access_words_room(gh_slice arguments)
{
	size_t room = WORDS_MAX + arguments.n;
	gh_slice name, value;

	while (command_argument_next(&arguments, &name, &value))
		room += KEY_EXTRA;
	return room;
}

static void words_fail(struct ghi_writer *w, enum gh_err err)
{
	if (w->err == GH_OK)
		w->err = err;
}

/* The values of that argument, a line each. False: there are none. */
static bool lines_put(struct ghi_writer *w, gh_slice arguments, enum command_argument_id id)
{
	gh_slice wanted = gh_slice_of(command_arguments[id].name), name, value;
	bool any = false;

	while (command_argument_next(&arguments, &name, &value)) {
		if (!gh_slice_eq(name, wanted))
			continue;
		if (any)
			ghi_put_u8(w, '\n');
		any = true;
		ghi_put(w, value);
	}
	return any;
}

static void record_put(struct ghi_writer *w, const struct access_words *row, gh_slice arguments)
{
	union model_record record;

	for (size_t i = 0; i < WORDS_RECORDS; i++) {
		if (!gh_slice_eq(gh_slice_of(words_record[i].name),
				 gh_slice_of(row->arguments)))
			continue;
		if (command_record(row->kind, arguments, &record)) {
			words_fail(w, GH_EMALFORMED);
			return;
		}
		ghi_put_u8(w, ' ');
		ghi_record_write(w, &words_record[i].record, &record);
		return;
	}
	words_fail(w, GH_EUNSUPPORTED);
}

/* "KEY:argument" at the front of *keys, or "KEY=value", which is *key with ARGUMENTS. */
static bool pair_next(gh_slice *keys, gh_slice *key, enum command_argument_id *id)
{
	gh_slice word, name;

	if (keys->n == 0)
		return false;
	gh_slice_cut(*keys, ' ', &word, keys);
	*id = ARGUMENTS;
	if (gh_slice_cut(word, ':', key, &name))
		*id = command_argument_of(name);
	return true;
}

/* False: none of them is there. */
static bool pairs_put(struct ghi_writer *w, const struct access_words *row, gh_slice arguments)
{
	gh_slice keys = gh_slice_of(row->arguments), key, value;
	enum command_argument_id id;
	bool any = false;

	while (pair_next(&keys, &key, &id)) {
		bool fixed = id == ARGUMENTS;

		if (!fixed && !command_argument(arguments, id, &value))
			continue;
		if (any)
			ghi_put_u8(w, row->shape == WORDS_COMMAS ? ',' : '\t');
		else if (row->shape != WORDS_FILTER)
			ghi_put_u8(w, ' ');
		any = true;
		ghi_put(w, key);
		if (fixed)
			continue;
		ghi_put_u8(w, '=');
		ghi_put(w, value);
	}
	return any;
}

static void rest_put(struct ghi_writer *w, gh_slice arguments, enum command_argument_id id)
{
	gh_slice value;

	if (!command_argument(arguments, id, &value))
		return;
	ghi_put_u8(w, ' ');
	ghi_put(w, value);
}

static void rows_put(struct ghi_writer *w, gh_slice arguments)
{
	gh_slice first;

	rest_put(w, arguments, ARGUMENT_table);
	if (!command_argument(arguments, ARGUMENT_pairs, &first))
		return;
	ghi_put_u8(w, ' ');
	(void)lines_put(w, arguments, ARGUMENT_pairs);
}

static void query_put(struct ghi_writer *w, const struct access_words *row, gh_slice arguments)
{
	gh_slice table = { 0 }, filter;

	(void)command_argument(arguments, ARGUMENT_table, &table);
	if (!command_argument(arguments, ARGUMENT_pairs, &filter))
		filter = GH_LIT("*");
	ghi_put(w, table);
	ghi_put(w, gh_slice_of(row->arguments));
	ghi_put(w, filter);
}

static void option_put(struct ghi_writer *w, gh_slice arguments)
{
	gh_slice value = { 0 };

	rest_put(w, arguments, ARGUMENT_name);
	(void)command_argument(arguments, ARGUMENT_value, &value);
	ghi_put_u8(w, '=');
	ghi_put(w, value);
}

static void clock_put(struct ghi_writer *w, const struct access_words *row, gh_slice arguments)
{
	gh_slice value;

	if (!command_argument(arguments, command_argument_of(gh_slice_of(row->arguments)),
			      &value))
		value = GH_LIT("now");
	ghi_put(w, value);
}

void ghi_access_words_write(struct ghi_writer *w, enum command_kind kind, gh_slice arguments)
{
	const struct access_words *row = words_of(kind);

	if (lines_put(w, arguments, ARGUMENT_written))
		return;
	if (row == NULL) {
		words_fail(w, GH_EUNSUPPORTED);
		return;
	}
	ghi_put(w, gh_slice_of(row->words));
	switch (row->shape) {
	case WORDS_RECORD:
		record_put(w, row, arguments);
		break;
	case WORDS_PAIRS:
	case WORDS_COMMAS:
		(void)pairs_put(w, row, arguments);
		break;
	case WORDS_FILTER:
		if (!pairs_put(w, row, arguments))
			ghi_put_u8(w, '*');
		break;
	case WORDS_ROWS:
		rows_put(w, arguments);
		break;
	case WORDS_QUERY:
		query_put(w, row, arguments);
		break;
	case WORDS_OPTION:
		option_put(w, arguments);
		break;
	case WORDS_REST:
		rest_put(w, arguments, command_argument_of(gh_slice_of(row->arguments)));
		break;
	case WORDS_CLOCK:
		clock_put(w, row, arguments);
		break;
	case WORDS_CONTROL:
		ghi_access_control_write(w, row->arguments, arguments);
		break;
	}
}

void ghi_access_operator_write(struct ghi_writer *w, enum command_kind kind, gh_slice arguments,
			       uint8_t operator_byte)
{
	const struct access_words *row = words_of(kind);
	gh_slice written;

	if (row && row->shape == WORDS_CONTROL &&
	    !command_argument(arguments, ARGUMENT_written, &written))
		ghi_access_control_byte_write(w, operator_byte);
}
