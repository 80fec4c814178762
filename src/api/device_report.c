#include "api/device_report.h"

#include "base/json.h"
#include "base/number.h"
#include "core/sync/device_bio.h"
#include "wire/access/parameters.h"
#include "wire/attendance/info.h"

#define CAPACITY_BYTES 1024

enum report_count { PERSONS, FINGERPRINTS, FACES, PALMS, PUNCHES, PHOTOS, REPORT_COUNTS };
enum {
	TYPE_FINGERPRINT = 1,
	TYPE_FACE = 2,
	TYPE_PALM = 6,
	TYPE_PALM_VEIN = 8,
	TYPE_LIGHT_FACE = 9
};

struct report {
	struct arena *arena;
	gh_slice model;
	struct device_bio bio;
	bool terminal;
	struct report_room {
		int64_t used, most; /* -1: not known */
	} room[REPORT_COUNTS];
};

/* Options that are counts. A terminal has its maxima from its sizes: in records. */
static const struct report_option {
	const char *key;
	enum report_count count;
	bool most;
} report_options[] = {
	{ "UserCount", PERSONS, false },      { "~MaxUserCount", PERSONS, true },
	{ "FPCount", FINGERPRINTS, false },   { "~MaxFingerCount", FINGERPRINTS, true },
	{ "FaceCount", FACES, false },	      { "TransactionCount", PUNCHES, false },
	{ "~MaxAttLogCount", PUNCHES, true },
};

static void report_option_see(struct report *r, gh_slice key, gh_slice value)
{
	uint64_t n;

	if (gh_slice_ieq(key, GH_LIT("~DeviceName")) || gh_slice_ieq(key, GH_LIT("DeviceName")))
		r->model = ghi_arena_copy(r->arena, gh_slice_trim(value));
	device_bio_option_see(&r->bio, key, value);
	if (ghi_number_parse(gh_slice_trim(value), INT32_MAX, &n))
		return;
	for (size_t i = 0; i < sizeof(report_options) / sizeof(report_options[0]); i++) {
		const struct report_option *o = &report_options[i];

		if (!gh_slice_ieq(key, gh_slice_of(o->key)))
			continue;
		if (!o->most)
			r->room[o->count].used = (int64_t)n;
		else if (r->terminal)
			r->room[o->count].most = (int64_t)n;
	}
}

static bool report_pair_see(void *ctx, int64_t device, gh_slice key, gh_slice value)
{
	(void)device;
	report_option_see(ctx, key, value);
	return true;
}

/* What is counted by biometric type, of one or two types. */
static int64_t types_sum(const int32_t *of, size_t a, size_t b)
{
	if (of[a] < 0 && of[b] < 0)
		return -1;
	return (of[a] > 0 ? of[a] : 0) + (a != b && of[b] > 0 ? of[b] : 0);
}

static void report_types_add(struct report *r)
{
	static const struct {
		enum report_count count;
		size_t a, b;
	} of[] = { { FINGERPRINTS, TYPE_FINGERPRINT, TYPE_FINGERPRINT },
		   { FACES, TYPE_FACE, TYPE_LIGHT_FACE },
		   { PALMS, TYPE_PALM, TYPE_PALM_VEIN } };

	device_bio_settle(&r->bio);
	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		struct report_room *room = &r->room[of[i].count];

		if (room->used < 0)
			room->used = types_sum(r->bio.data, of[i].a, of[i].b);
		if (room->most < 0)
			room->most = types_sum(r->bio.data_most, of[i].a, of[i].b);
		if (room->most == 0)
			room->most = -1;
	}
	r->room[PHOTOS].used = types_sum(r->bio.photos, TYPE_FACE, TYPE_LIGHT_FACE);
	r->room[PHOTOS].most = types_sum(r->bio.photos_most, TYPE_FACE, TYPE_LIGHT_FACE);
	if (r->room[PHOTOS].most == 0)
		r->room[PHOTOS].most = -1;
}

/* The summary of its polls is newer than its options. */
static void report_info_add(struct report *r, const struct device_view *v)
{
	struct ghi_info info;

	ghi_info_parse(v->row.attendance.info, &info);
	if (info.users >= 0)
		r->room[PERSONS].used = info.users;
	if (info.fingerprints >= 0)
		r->room[FINGERPRINTS].used = info.fingerprints;
	if (info.faces >= 0)
		r->room[FACES].used = info.faces;
	if (info.punches >= 0)
		r->room[PUNCHES].used = info.punches;
	if (v->comparison.room > 0)
		r->room[PUNCHES].most = v->comparison.room;
}

int64_t device_log_used(const struct device_view *v)
{
	int64_t room = v->comparison.room, percent;
	struct ghi_info info;

	ghi_info_parse(v->row.attendance.info, &info);
	if (room <= 0 || info.punches < 0)
		return -1;
	percent = info.punches * 100 / room;
	return percent > 100 ? 100 : percent;
}

static void room_number_write(struct json *j, const char *key, int64_t n)
{
	json_key(j, key);
	if (n < 0)
		json_null(j);
	else
		json_int(j, n);
}

static gh_slice capacity_json(const struct report *r, struct arena *a)
{
	static const char *const name[REPORT_COUNTS] = { "persons", "fingerprints", "faces",
							 "palms",   "punches",	    "photos" };
	struct json j = json_with_limit(CAPACITY_BYTES);
	gh_slice text = { 0 };

	json_object(&j);
	for (size_t i = 0; i < REPORT_COUNTS; i++) {
		json_key(&j, name[i]);
		json_object(&j);
		room_number_write(&j, "used", r->room[i].used);
		room_number_write(&j, "max", r->room[i].most);
		json_object_end(&j);
	}
	json_object_end(&j);
	if (j.text.err == GH_OK)
		text = ghi_arena_copy(a, json_text(&j));
	json_clear(&j);
	return text;
}

enum gh_err device_report_read(struct device_view *v, const struct store_ops *ops,
			       struct store_reader *reader, struct arena *a)
{
	struct report r = { .arena = a,
			    .bio = device_bio_unknown(),
			    .terminal = v->row.terminal.call_address.n > 0 };
	struct ghi_parameters list = ghi_parameters_of(v->row.access.parameters);
	gh_slice name, value;
	enum gh_err err;

	for (size_t i = 0; i < REPORT_COUNTS; i++)
		r.room[i] = (struct report_room){ -1, -1 };
	while (ghi_parameters_next(&list, &name, &value))
		report_option_see(&r, name, value);
	err = ops->options_read(reader, v->row.id, report_pair_see, &r);
	if (err)
		return err;
	report_types_add(&r);
	report_info_add(&r, v);
	v->model = r.model;
	v->capacity = capacity_json(&r, a);
	return v->capacity.n ? GH_OK : GH_ENOMEM;
}
