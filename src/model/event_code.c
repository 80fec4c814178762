#include "model/event_code.h"

#include <stddef.h>

static const struct event_code row[] = {
#define ACCESS_EVENT(number, class_, group_, granted_, place_, trigger_, meaning_, merged_) \
	{                                                                                   \
		.code = (number),                                                           \
		.group = (group_),                                                          \
		.class = EVENT_##class_,                                                    \
		.place = EVENT_AT_##place_,                                                 \
		.granted = (granted_),                                                      \
		.trigger = (trigger_),                                                      \
		.meaning = (meaning_),                                                      \
		.merged = (merged_),                                                        \
	},
#include "facts/access_event.def"
#undef ACCESS_EVENT
};

#define ROWS (sizeof(row) / sizeof(row[0]))

/* Where a code without a row is classed; the others of 0 to 253 are normal. */
static const struct {
	int32_t first, last;
	enum event_class class;
} range[] = {
	{ 0, 19, EVENT_NORMAL },      { 20, 99, EVENT_ABNORMAL },
	{ 100, 199, EVENT_ALARM },    { 200, 253, EVENT_NORMAL },
	{ 4000, 4999, EVENT_NORMAL }, { 5000, 5999, EVENT_ABNORMAL },
	{ 6000, 6999, EVENT_ALARM },
};

const struct event_code *event_code_find(int64_t code)
{
	size_t low = 0, high = ROWS;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (row[mid].code == code)
			return &row[mid];
		if (row[mid].code < code)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

const struct event_code *event_code_at(int i)
{
	return i >= 0 && (size_t)i < ROWS ? &row[i] : NULL;
}

enum event_class event_class_of(int64_t code)
{
	const struct event_code *e = event_code_find(code);

	if (e)
		return e->class;
	for (size_t i = 0; i < sizeof(range) / sizeof(range[0]); i++)
		if (code >= range[i].first && code <= range[i].last)
			return range[i].class;
	return EVENT_SPECIAL;
}

int32_t event_group_of(int64_t code)
{
	const struct event_code *e = event_code_find(code);

	return e ? e->group : (int32_t)code;
}

enum event_place event_place_of(int64_t code)
{
	const struct event_code *e = event_code_find(code);

	return e ? e->place : EVENT_AT_DOOR;
}

bool event_is_granted(int64_t code)
{
	const struct event_code *e = event_code_find(code);

	return e && e->granted;
}

bool event_has_trigger(int64_t code)
{
	const struct event_code *e = event_code_find(code);

	return e && e->trigger;
}

const char *event_class_name(enum event_class class)
{
	static const char *const name[] = {
		[EVENT_NORMAL] = "normal",
		[EVENT_ABNORMAL] = "abnormal",
		[EVENT_ALARM] = "alarm",
		[EVENT_SPECIAL] = "special",
	};

	return name[class];
}

const char *event_place_name(enum event_place place)
{
	static const char *const name[] = {
		[EVENT_AT_DOOR] = "door",
		[EVENT_AT_AUX_INPUT] = "aux-input",
		[EVENT_AT_AUX_OUTPUT] = "aux-output",
		[EVENT_AT_READER] = "reader",
	};

	return name[place];
}
