/* Orders that act on doors: what is made of their fields, and what the unit must have for them. */
#include <stdio.h>
#include <stdlib.h>

#include "api/call.h"
#include "api/command_reading.h"
#include "base/number.h"
#include "core/server_clock.h"
#include "model/record.h"
#include "wire/access/control.h"
#include "wire/access/parameters.h"

#define HOLD_BY_TIME 254 /* the longest hold that the unit ends by itself, in seconds */
#define HOLD_MOST_S INT64_C(31 * 86400)
/* Unless the door's settings have another: controllers of the C3 class take no more (PULL SDK guide). */
#define OPEN_MOST_S 60

/* --- a hold --- */

static bool hold_until_read(struct reading *r, gh_slice text, int64_t now_ms, int64_t *seconds)
{
	ghi_civil t;

	if (query_instant(text, &t) == GH_OK)
		*seconds = ghi_civil_to_seconds(t) - now_ms / 1000;
	if (query_instant(text, &t) || *seconds < 1 || *seconds > HOLD_MOST_S) {
		order_refuse(r, ERROR_field_invalid, "until",
			     "must be a moment within 31 days, in UTC: "
			     "2026-11-30T18:00:00Z");
		return false;
	}
	return true;
}

/* For up to 254 seconds the unit ends it; otherwise a closing is queued with it. */
void order_prepare_hold(struct reading *r)
{
	struct command_request *request = &r->q->order[r->i].request;
	int64_t now_ms = server_steady_ms(r->q->call->server), door = 1, seconds = 0;
	uint8_t text[96];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	gh_slice until;
	bool named = command_argument(request->arguments, ARGUMENT_until, &until),
	     timed = command_argument_number(request->arguments, ARGUMENT_seconds, &seconds);

	if (named && timed) {
		order_refuse(r, ERROR_field_invalid, "until", "goes without \"seconds\"");
		return;
	}
	if (named && !hold_until_read(r, until, now_ms, &seconds))
		return;
	if (timed && (seconds < 1 || seconds > HOLD_MOST_S)) {
		order_refuse(r, ERROR_field_invalid, "seconds",
			     "must be from 1 to %lld; without it the door is held open until "
			     "it is closed",
			     (long long)HOLD_MOST_S);
		return;
	}
	(void)command_argument_number(request->arguments, ARGUMENT_door, &door);
	ghi_put(&w, GH_LIT("door="));
	ghi_put_signed(&w, door);
	ghi_put_u8(&w, '\n');
	if (seconds > HOLD_BY_TIME) {
		request->hold_until_ms = now_ms + seconds * 1000;
		command_argument_put(&w, "until", (gh_slice){ 0 });
		w.n--; /* its value follows */
		ghi_put_civil(&w, ghi_civil_from_seconds(request->hold_until_ms / 1000));
		ghi_put_u8(&w, '\n');
	} else if (seconds) {
		ghi_put(&w, GH_LIT("seconds="));
		ghi_put_signed(&w, seconds);
		ghi_put_u8(&w, '\n');
	}
	order_arguments(r, &w);
}

/* --- floors --- */

static bool floor_mark(uint8_t mask[GHI_FLOOR_DIGITS / 2], gh_slice range)
{
	gh_slice from, to;
	uint64_t first, last;
	bool two = gh_slice_cut(gh_slice_trim(range), '-', &from, &to);

	if (ghi_number_parse(from, 8 * GHI_FLOOR_DIGITS / 2, &first) ||
	    ghi_number_parse(two ? to : from, 8 * GHI_FLOOR_DIGITS / 2, &last) || first == 0 ||
	    last < first)
		return false;
	for (uint64_t n = first; n <= last; n++)
		mask[(n - 1) / 8] |= (uint8_t)(0x80 >> (n - 1) % 8);
	return true;
}

/* "1,3,5-9" becomes the digits; digits stay. */
void order_prepare_floors(struct reading *r)
{
	struct command_request *request = &r->q->order[r->i].request;
	uint8_t mask[GHI_FLOOR_DIGITS / 2] = { 0 }, text[160];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	gh_slice floors, range, seconds;

	(void)command_argument(request->arguments, ARGUMENT_floors, &floors);
	if (floors.n == GHI_FLOOR_DIGITS)
		return;
	while (floors.n) {
		gh_slice_cut(floors, ',', &range, &floors);
		if (floor_mark(mask, range))
			continue;
		order_refuse(r, ERROR_field_invalid, "floors",
			     "must be numbers from 1 to %d and ranges of them, 1,3,5-9, or %d "
			     "hexadecimal digits",
			     8 * GHI_FLOOR_DIGITS / 2, GHI_FLOOR_DIGITS);
		return;
	}
	ghi_put(&w, GH_LIT("floors="));
	for (size_t i = 0; i < sizeof(mask); i++) {
		char two[3];

		snprintf(two, sizeof(two), "%02X", mask[i]);
		ghi_put(&w, gh_slice_of(two));
	}
	ghi_put_u8(&w, '\n');
	if (command_argument(request->arguments, ARGUMENT_seconds, &seconds))
		command_argument_put(&w, "seconds", seconds);
	order_arguments(r, &w);
}

/* --- what the unit must have --- */

static bool order_check_count(struct reading *r, enum command_argument_id id, int64_t there,
			      const char *what, const char *parameter)
{
	int64_t n;

	if (!command_argument_number(r->q->order[r->i].request.arguments, id, &n) ||
	    there < 0 || n <= there)
		return true;
	order_refuse(r, ERROR_unit_lacks, command_arguments[id].name,
		     "is %lld, and the unit has %lld %s (%s)", (long long)n, (long long)there,
		     what, parameter);
	return false;
}

struct most_seconds {
	gh_slice door; /* SN:NUMBER */
	int64_t most;
};

static bool most_seconds_note(void *ctx, const void *row, const struct store_key *key)
{
	const struct record_row *record = row;
	const struct door_setting *d = record->record;
	struct most_seconds *m = ctx;

	(void)key;
	if (model_has(d, DOOR_SETTING_max_open_seconds))
		m->most = d->max_open_seconds;
	return false;
}

/* As its settings have it. */
static int64_t door_most_seconds(struct call *c, gh_slice sn, int64_t door)
{
	struct store_term term = { store_column_find(STORE_ENTITIES + ENTITY_DOOR_SETTING,
						     GH_LIT("door")),
				   MATCH_EQUAL,
				   { .is_text = true } };
	struct store_rows rows = { .list = STORE_ENTITIES + ENTITY_DOOR_SETTING,
				   .limit = 1,
				   .term = &term,
				   .terms = 1 };
	char name[96];
	struct most_seconds m = { .most = OPEN_MOST_S };

	snprintf(name, sizeof(name), "%.*s:%lld", GH_FMT(sn), (long long)door);
	term.value.s = gh_slice_of(name);
	if (c->reader == NULL || term.column == NULL ||
	    c->server->db.ops->rows_read(c->reader, &rows, most_seconds_note, &m))
		return OPEN_MOST_S;
	return m.most;
}

static bool order_check_seconds(struct reading *r)
{
	struct command_order *o = &r->q->order[r->i];
	int64_t seconds = 0, door = 1, most;

	if (o->request.kind != COMMAND_KIND_OPEN_DOOR ||
	    !command_argument_number(o->request.arguments, ARGUMENT_seconds, &seconds))
		return true;
	(void)command_argument_number(o->request.arguments, ARGUMENT_door, &door);
	most = door_most_seconds(r->q->call, device_sn(o->device), door);
	if (seconds <= most)
		return true;
	order_refuse(r, ERROR_unit_lacks, "seconds",
		     "is %lld, and this door is opened for %lld at most (maxOpenSeconds); "
		     "\"hold_open\" holds it open longer",
		     (long long)seconds, (long long)most);
	return false;
}

void order_check_control(struct reading *r)
{
	struct command_order *o = &r->q->order[r->i];
	int bit = ghi_access_control_bit(o->request.kind);
	struct device_row row;

	device_row(o->device, call_arena(r->q->call), &row);

	struct ghi_unit unit = ghi_unit_of(row.access.parameters);

	if (!order_check_count(r, ARGUMENT_door, unit.doors, "doors", "LockCount") ||
	    !order_check_count(r, ARGUMENT_output, unit.aux_outputs, "auxiliary outputs",
			       "AuxOutCount") ||
	    !order_check_seconds(r))
		return;
	if (bit >= 0 && unit.functions.n && !ghi_flags_has(unit.functions, (size_t)bit))
		order_refuse(r, ERROR_unit_lacks, "",
			     "Type \"%.*s\" needs position %d of AccSupportFunList, which the "
			     "unit registered without",
			     GH_FMT(command_kind_type(o->request.kind)), bit);
}
