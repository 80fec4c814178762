#include "sim/attendance/stream.h"

#include "base/base64.h"
#include "model/record.h"
#include "sim/attendance/calendar.h"
#include "sim/attendance/device.h"
#include "sim/attendance/visits.h"
#include "sim/picture.h"
#include "wire/attendance/attphoto.h"
#include "wire/attendance/operlog.h"

#include <stdio.h>

#define BODY_AIM (48u << 10)
#define FULL 1000000u

enum { STATUS_BLACKLISTED = 2 };

const struct stream streams[STREAMS] = {
#define STREAM(NAME, table, old_parameter, flags) { table, old_parameter, flags },
#include "sim/attendance/stream.def"
#undef STREAM
};

/* Where record `index` of a list of items comes from. */
struct place {
	struct item item;
	uint32_t user;
	const struct sim_event *event; /* NULL: of the start */
};

static enum items_list items_list(enum stream_id s)
{
	return s == STREAM_OPERLOG   ? ITEMS_OPERLOG
	       : s == STREAM_BIODATA ? ITEMS_BIODATA
				     : ITEMS_IDCARD;
}

static uint32_t base_of(const struct sim_device *d, enum stream_id s)
{
	struct item items[ITEMS_LIMIT];

	switch (s) {
	case STREAM_ATTLOG:
	case STREAM_ATTPHOTO:
		return d->plan->punches;
	case STREAM_ERRORLOG:
		return d->persona->can & CAN_ERROR_LOG ? 1 : 0;
	default:
		return d->plan->users * (uint32_t)items_of(d->persona, items_list(s), items);
	}
}

uint32_t stream_end(const struct sim_device *d, enum stream_id s)
{
	switch (s) {
	case STREAM_ATTLOG:
	case STREAM_ATTPHOTO:
		return calendar_punches(d->plan, d->number, d->now_ms);
	case STREAM_OPERLOG:
		return base_of(d, s) + (d->events ? d->events->len : 0);
	case STREAM_ERRORLOG:
		return base_of(d, s) + (d->errors ? d->errors->len : 0);
	default:
		return base_of(d, s);
	}
}

uint32_t stream_punches(const struct sim_device *d)
{
	uint32_t first = d->cursor[STREAM_ATTLOG].first;

	return stream_end(d, STREAM_ATTLOG) - first - visits_lacking(d, first);
}

bool stream_open(const struct sim_device *d, enum stream_id s)
{
	if (s == STREAM_ATTPHOTO && !(d->persona->can & CAN_PHOTO))
		return false;
	/* All zeros mean photos and nothing else (PUSH SDK 2013, 3.2.2). */
	if (d->trans_flags == 0)
		return s == STREAM_ATTPHOTO;
	return streams[s].flags == 0 || (d->trans_flags & streams[s].flags);
}

static struct place place_of(const struct sim_device *d, enum stream_id s, uint32_t index)
{
	struct item items[ITEMS_LIMIT];
	size_t n = items_of(d->persona, items_list(s), items);
	uint32_t base = d->plan->users * (uint32_t)n;

	if (index >= base)
		return (struct place){ .event = &g_array_index(d->events, struct sim_event,
							       index - base) };
	return (struct place){ .item = items[index % n], .user = index / (uint32_t)n };
}

static const struct contents_record *event_record(const struct sim_device *d,
						  const struct sim_event *e)
{
	return sim_contents_get(&d->contents, (enum table_id)e->table, gh_slice_of(e->keys));
}

static bool place_holds(const struct sim_device *d, const struct place *p)
{
	const enum table_id t = (enum table_id)(p->event ? p->event->table : p->item.table);
	char keys[96];

	if (tables[t].flags && !(d->trans_flags & tables[t].flags))
		return false;
	if (p->event)
		return t == TABLE_OPLOG || event_record(d, p->event);
	if (!items_has(d->plan, p->item, p->user))
		return false;
	if (t == TABLE_OPLOG || (d->contents.list == NULL && !d->contents.emptied))
		return true;
	return !sim_contents_hides(
		&d->contents, t,
		items_keys(d->plan, d->persona, p->item, p->user, keys, sizeof(keys)));
}

bool stream_holds(const struct sim_device *d, enum stream_id s, uint32_t index)
{
	struct place place;

	if (index < d->cursor[s].first)
		return false;
	switch (s) {
	case STREAM_ATTLOG:
		return !visits_lack(d, index);
	case STREAM_ERRORLOG:
		return true;
	case STREAM_ATTPHOTO:
		return punches_photo(d->plan, d->number, index) && !visits_lack(d, index);
	default:
		place = place_of(d, s, index);
		return place_holds(d, &place);
	}
}

static int64_t time_of(const struct sim_device *d, enum stream_id s, uint32_t index)
{
	if (s == STREAM_ATTLOG || s == STREAM_ATTPHOTO)
		return calendar_punch_s(d->plan, d->number, index);
	return calendar_record_s(d->plan, base_of(d, s), index);
}

uint64_t stream_stamp(const struct sim_device *d, enum stream_id s, uint32_t to)
{
	return to ? calendar_stamp(time_of(d, s, to - 1)) : 0;
}

uint32_t stream_after(const struct sim_device *d, enum stream_id s, uint64_t stamp)
{
	uint32_t low = d->cursor[s].first, high = stream_end(d, s);

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (calendar_stamp(time_of(d, s, middle)) > stamp)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

void stream_punch(const struct sim_device *d, uint32_t index, struct punch *out,
		  struct punches_text *text)
{
	punches_make(d->plan, d->persona, d->number, index, sim_device_shift_s(d, index), out,
		     text);
	/* Attendance PUSH 2020-03, 11.7. */
	if (visits_barred(d, index))
		out->status = STATUS_BLACKLISTED;
}

static void stream_punch_write(struct ghi_writer *w, const struct sim_device *d, uint32_t index)
{
	struct punches_text text;
	struct punch punch;
	char id[20];

	stream_punch(d, index, &punch, &text);
	punches_write(w, d->persona, &punch,
		      people_id_number(d->plan, punches_user(d->plan, d->number, index), id),
		      visits_barred(d, index));
}

static void stream_photo_write(struct ghi_writer *w, const struct sim_device *d, uint32_t index,
			       struct items_text *text)
{
	uint64_t h = sim_hash(d->plan->seed ^ d->number, index, 'Q');
	gh_slice jpeg = sim_picture(h, text->picture, 2000 + h % 6000);
	struct ghi_attphoto photo = { .sn = gh_slice_of(d->sn), .result = -1 };
	struct punches_text punch_text;
	struct punch punch;
	char name[96], id[20];
	int n;

	stream_punch(d, index, &punch, &punch_text);
	n = snprintf(name, sizeof(name), "%014lld-", (long long)punch.time);
	if (d->persona->can & CAN_ID_CARD)
		n += snprintf(name + n, sizeof(name) - (size_t)n, "%d-%.*s-%.*s",
			      visits_barred(d, index) ? STATUS_BLACKLISTED : 0,
			      GH_FMT(punch.pin),
			      GH_FMT(people_id_number(
				      d->plan, punches_user(d->plan, d->number, index), id)));
	else
		n += snprintf(name + n, sizeof(name) - (size_t)n, "%.*s", GH_FMT(punch.pin));
	if (d->persona->push_version)
		snprintf(name + n, sizeof(name) - (size_t)n, ".jpg");
	photo.name = gh_slice_of(name);
	photo.cmd = d->realtime && !d->persona->push_version ? GH_LIT("realupload")
							     : GH_LIT("uploadphoto");
	photo.size = (int64_t)jpeg.n;
	photo.content = jpeg;
	photo.base64 = d->photo_base64;
	if (photo.base64) {
		photo.content = base64_encode(jpeg, text->content);
	}
	ghi_attphoto_write(w, &photo);
}

static void stream_place_write(struct ghi_writer *w, const struct sim_device *d,
			       enum stream_id s, uint32_t index, struct items_text *text)
{
	struct place place = place_of(d, s, index);
	const struct contents_record *record;

	if (place.event == NULL) {
		items_write(w, d->plan, d->persona, place.item, place.user,
			    time_of(d, s, index), text);
	} else if (place.event->table == TABLE_OPLOG) {
		items_write_op(w, place.event->op, GH_LIT("0"), time_of(d, s, index),
			       gh_slice_of(place.event->keys), GH_LIT("0"));
	} else if ((record = event_record(d, place.event))) {
		ghi_put(w, gh_slice_of(tables[record->table].tag));
		ghi_put_u8(w, ' ');
		ghi_put(w, record->pairs);
		ghi_put_u8(w, '\n');
	}
}

/* The first is the device's own: a face it did not find. The others name the command whose
 * picture was no good (Attendance PUSH 2020-03, 11.16 and appendix 9). */
static void stream_error_write(struct ghi_writer *w, const struct sim_device *d, uint32_t index)
{
	uint32_t base = base_of(d, STREAM_ERRORLOG);
	struct error_log error = { .present = (1u << ERROR_LOG_FIELDS) - 1,
				   .code = GH_LIT("D01E0001"),
				   .origin = GH_LIT("dev") };

	if (index >= base) {
		error.code = GH_LIT("D01E0006");
		error.origin = GH_LIT("cmd");
		error.command_id = gh_slice_of(
			g_array_index(d->errors, struct sim_error, index - base).command);
	}
	ghi_operlog_write(w, ghi_operlog_tag(GH_LIT("ERRORLOG")), &error);
}

void stream_write(struct ghi_writer *w, const struct sim_device *d, enum stream_id s,
		  uint32_t index, struct items_text *text)
{
	switch (s) {
	case STREAM_ATTLOG:
		stream_punch_write(w, d, index);
		break;
	case STREAM_ATTPHOTO:
		stream_photo_write(w, d, index, text);
		break;
	case STREAM_ERRORLOG:
		stream_error_write(w, d, index);
		break;
	default:
		stream_place_write(w, d, s, index, text);
		break;
	}
}

/* A line that is no record, never one that continues the record before it. */
static bool stream_bad_line_put(struct ghi_writer *w, const struct sim_device *d,
				enum stream_id s, uint32_t from)
{
	static const char *const attlog[] = { "7\tyesterday\t0\t1\t0\t0\t0\n", "no record\n",
					      "\t2024-02-03 04:05:06\t0\t1\t0\t0\t0\n",
					      "9\t2024-02-03\t0\n", "\001\377\376\n" };
	static const char *const operlog[] = { "USER PIN=\tName=none\tPri=0\n",
					       "USER Name=none\tPri=0\n",
					       "OPLOG 4\t14\tnot a time\t0\t0\t0\t0\n" };
	uint64_t h = sim_hash(d->plan->seed ^ d->number, from, 'B');

	if (h % 1000 >= d->plan->faults.permille[SIM_FAULT_BAD_LINE])
		return false;
	h /= 1000;
	if (s == STREAM_ATTLOG)
		ghi_put(w, gh_slice_of(attlog[h % (sizeof(attlog) / sizeof(attlog[0]))]));
	else if (s == STREAM_OPERLOG)
		ghi_put(w, gh_slice_of(operlog[h % (sizeof(operlog) / sizeof(operlog[0]))]));
	else
		return false;
	return true;
}

/* How many records of its kind go into one upload (QUIRKS Q22). */
static uint32_t stream_first_count(const struct sim_device *d, enum stream_id s, uint32_t index)
{
	struct place place;
	uint32_t n = 0;

	if (s == STREAM_ATTPHOTO)
		return 1;
	if (s != STREAM_ATTLOG && s != STREAM_ERRORLOG) {
		place = place_of(d, s, index);
		n = tables[place.event ? place.event->table : place.item.table].at_once;
	}
	return n ? n : d->batch;
}

void stream_fill(struct ghi_writer *w, const struct sim_device *d, enum stream_id s,
		 uint32_t from, uint32_t to, struct items_text *text, struct upload *out)
{
	/* Shares of a full upload, so that three fingerprints fill it and so do a hundred
	 * operations. */
	uint32_t share = 0, i;

	*out = (struct upload){ .stream = s, .from = from };
	for (i = from; i < to; i++) {
		if (!stream_holds(d, s, i))
			continue;
		share += FULL / stream_first_count(d, s, i);
		if (out->records && (share > FULL || w->n > BODY_AIM))
			break;
		stream_write(w, d, s, i, text);
		out->records++;
		if (out->records == 1 && stream_bad_line_put(w, d, s, from))
			out->bad_lines = 1;
	}
	out->to = i;
}
