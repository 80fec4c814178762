#include "sim/attendance/screen.h"

#include "base/civil_time.h"
#include "base/number.h"

#include <stdio.h>

#define TAG_ALL GH_LIT("253")
#define TAG_PERSON GH_LIT("254")

static bool message_holds(gh_slice row, gh_slice tag, int64_t now_s)
{
	gh_slice text;
	ghi_civil start = 0;
	uint64_t minutes = 0;

	if (!pair_get(row, "TAG", &text) || !gh_slice_eq(gh_slice_trim(text), tag))
		return false;
	if (pair_get(row, "StartTime", &text) &&
	    (ghi_civil_parse(gh_slice_trim(text), &start) ||
	     ghi_civil_from_seconds(now_s) < start))
		return false;
	if (pair_get(row, "MIN", &text) &&
	    ghi_number_parse(gh_slice_trim(text), UINT32_MAX, &minutes))
		return false;
	return minutes == 0 || !ghi_civil_valid(start) ||
	       now_s < ghi_civil_to_seconds(start) + (int64_t)minutes * 60;
}

bool screen_shows(const struct sim_device *d, gh_slice uid)
{
	for (guint i = 0; d->screen && i < d->screen->len; i++)
		if (gh_slice_eq(uid,
				gh_slice_of(g_array_index(d->screen, struct sim_shown, i).uid)))
			return true;
	return false;
}

static gh_slice message_text(gh_slice row)
{
	gh_slice text;

	return pair_get(row, "MSG", &text) ? text : GH_LIT("");
}

/* Those whose time is over, or which are gone, leave it. */
static void screen_clear(struct sim_device *d, int64_t now_s)
{
	for (guint i = d->screen ? d->screen->len : 0; i-- > 0;) {
		const char *uid = g_array_index(d->screen, struct sim_shown, i).uid;
		const struct contents_record *one;
		char keys[48];

		snprintf(keys, sizeof(keys), "UID=%s", uid);
		one = sim_contents_get(&d->contents, TABLE_SMS, gh_slice_of(keys));
		if (one == NULL || !message_holds(one->pairs, TAG_ALL, now_s))
			g_array_remove_index(d->screen, i);
	}
}

void screen_update(struct sim_device *d)
{
	int64_t now_s = sim_device_clock_s(d);
	const struct contents_record *one;
	struct sim_shown shown = { 0 };
	gh_slice uid;

	screen_clear(d, now_s);
	for (size_t i = 0; (one = sim_contents_at(&d->contents, i)); i++) {
		if (one->gone || one->table != TABLE_SMS ||
		    !pair_get(one->pairs, "UID", &uid) || uid.n >= sizeof(shown.uid) ||
		    screen_shows(d, uid) || !message_holds(one->pairs, TAG_ALL, now_s))
			continue;
		snprintf(shown.uid, sizeof(shown.uid), "%.*s", GH_FMT(uid));
		if (d->screen == NULL)
			d->screen = g_array_new(FALSE, FALSE, sizeof(shown));
		g_array_append_val(d->screen, shown);
		d->statistics->messages++;
		statistics_truth(d->statistics, d->sn, now_s, (gh_slice){ 0 }, "message",
				 message_text(one->pairs));
	}
}

void screen_person(struct sim_device *d, gh_slice pin)
{
	int64_t now_s = sim_device_clock_s(d);
	const struct contents_record *one;
	char keys[64];
	gh_slice uid;

	if (pin.n >= 40)
		return;
	snprintf(keys, sizeof(keys), "PIN=%.*s", GH_FMT(pin));
	one = sim_contents_get(&d->contents, TABLE_USER_SMS, gh_slice_of(keys));
	if (one == NULL || !pair_get(one->pairs, "UID", &uid) || uid.n >= 40)
		return;
	snprintf(keys, sizeof(keys), "UID=%.*s", GH_FMT(uid));
	one = sim_contents_get(&d->contents, TABLE_SMS, gh_slice_of(keys));
	if (one == NULL || !message_holds(one->pairs, TAG_PERSON, now_s))
		return;
	d->statistics->messages_personal++;
	statistics_truth(d->statistics, d->sn, now_s, pin, "message", message_text(one->pairs));
}
