#include "sim/attendance/visits.h"

#include "sim/attendance/door.h"
#include "sim/attendance/execution.h"
#include "sim/attendance/screen.h"
#include "sim/attendance/settings.h"

#include <stdio.h>

#define GUESTS_MOST 1000
#define NUMBERS_MOST 65536 /* of punches that are kept; the oldest goes */

/* --- punches that were never made --- */

static const struct sim_gap *gap_at(const struct sim_device *d, guint i)
{
	return &g_array_index(d->gaps, struct sim_gap, i);
}

bool visits_lack(const struct sim_device *d, uint32_t index)
{
	guint low = 0, high = d->gaps ? d->gaps->len : 0;

	while (low < high) {
		guint middle = low + (high - low) / 2;

		if (gap_at(d, middle)->to <= index)
			low = middle + 1;
		else
			high = middle;
	}
	return d->gaps && low < d->gaps->len && gap_at(d, low)->from <= index;
}

uint32_t visits_lacking(const struct sim_device *d, uint32_t from)
{
	uint32_t n = 0;

	for (guint i = d->gaps ? d->gaps->len : 0; i-- > 0 && gap_at(d, i)->to > from;)
		n += gap_at(d, i)->to - (gap_at(d, i)->from > from ? gap_at(d, i)->from : from);
	return n;
}

/* Behind all others. The oldest go where there are too many. */
static void gap_add(struct sim_device *d, uint32_t index)
{
	struct sim_gap gap = { index, index + 1 };

	if (d->gaps == NULL)
		d->gaps = g_array_new(FALSE, FALSE, sizeof(gap));
	if (d->gaps->len && gap_at(d, d->gaps->len - 1)->to == index) {
		g_array_index(d->gaps, struct sim_gap, d->gaps->len - 1).to++;
		return;
	}
	if (d->gaps->len >= NUMBERS_MOST)
		g_array_remove_index(d->gaps, 0);
	g_array_append_val(d->gaps, gap);
}

/* --- room --- */

/* So many of the oldest records go, and how many did; those that were never acknowledged are lost. */
static uint32_t list_drop(struct sim_device *d, enum stream_id s, uint64_t n)
{
	struct cursor *c = &d->cursor[s];
	uint32_t dropped = 0, unsent = 0;

	for (; dropped < n && c->first < d->came; c->first++) {
		if (!stream_holds(d, s, c->first))
			continue;
		dropped++;
		unsent += c->first >= c->acked;
	}
	if (c->next < c->first)
		c->next = c->first;
	if (c->acked < c->first)
		c->acked = c->first;
	d->statistics->dropped += dropped;
	d->statistics->dropped_unsent += unsent;
	return dropped;
}

/* A full log loses as many as the device is set to (DelRecord; PUSH SDK 2013, 3.2.4-5), or else the new one is not
 * made. */
static bool log_take(struct sim_device *d, uint32_t index)
{
	uint32_t first = d->cursor[STREAM_ATTLOG].first, capacity = d->plan->log_capacity;
	uint32_t held = index - first - visits_lacking(d, first);

	if (capacity == 0 || held < capacity ||
	    list_drop(d, STREAM_ATTLOG, settings_number(d, "DelRecord")))
		return true;
	gap_add(d, index);
	d->statistics->unrecorded++;
	return false;
}

/* Of pictures the oldest always go: no setting of them is documented. */
static void photo_take(struct sim_device *d, uint32_t index)
{
	uint32_t capacity = d->plan->photo_capacity;

	if (capacity == 0 || !(d->persona->can & CAN_PHOTO) ||
	    !punches_photo(d->plan, d->number, index))
		return;
	if (d->photos >= capacity) {
		uint64_t n = settings_number(d, "DelRecord");

		d->photos -= list_drop(d, STREAM_ATTPHOTO, n ? n : 1);
	}
	d->photos++;
}

/* --- verification (PUSH SDK 2013, 3.2.5-2) --- */

enum { ONE_IN = 20 };
enum { MODE_HERE, MODE_SERVER_FIRST, MODE_SERVER, MODE_HERE_FIRST };

static bool background_set(const struct sim_device *d)
{
	return settings_changed(d, "AuthServerEnabled");
}

/* Where the mode was not set, the server is requested about some people, and the device lets them in whatever the
 * verdict is. */
static uint64_t background_mode(const struct sim_device *d)
{
	if (!(d->persona->can & (CAN_VERIFY | CAN_REMOTE)) ||
	    settings_number(d, "~AuthServer") == 0)
		return MODE_HERE;
	return settings_number(d, "AuthServerEnabled");
}

bool visits_borrow(const struct sim_device *d)
{
	return d->persona->can & (CAN_VERIFY | CAN_REMOTE) &&
	       settings_number(d, "RemoteAttFunOn") && settings_number(d, "~AuthServer") == 0;
}

static bool person_is_here(const struct sim_device *d, uint32_t index)
{
	char pin[PEOPLE_PIN];

	return !background_set(d) ||
	       execution_has_person(
		       d, people_pin(d->persona, punches_user(d->plan, d->number, index), pin));
}

static bool server_decides(const struct sim_device *d, uint32_t index)
{
	switch (background_mode(d)) {
	case MODE_SERVER_FIRST:
		return background_set(d) ||
		       sim_hash(d->plan->seed ^ d->number, index, 'R') % ONE_IN == 0;
	case MODE_SERVER:
		return true;
	case MODE_HERE_FIRST:
		return !person_is_here(d, index);
	default:
		return false;
	}
}

/* GH_EBUSY: the server's verdict is not there yet. */
static enum gh_err person_verify(struct sim_device *d, uint32_t index)
{
	bool alone = background_mode(d) == MODE_SERVER, asked = server_decides(d, index);
	enum sim_verdict verdict = d->verdict;

	/* A person does not wait for a connection. */
	if (asked && verdict == VERDICT_OPEN && background_set(d) && d->state != SIM_READY)
		verdict = VERDICT_NONE;
	if (asked && verdict == VERDICT_OPEN)
		return GH_EBUSY;
	d->verdict = VERDICT_OPEN;
	if (asked && verdict == VERDICT_PASSES) {
		d->statistics->verified++;
		return GH_OK;
	}
	if (!alone && person_is_here(d, index)) {
		d->statistics->verified_here++;
		return GH_OK;
	}
	d->statistics->not_verified++;
	return GH_EDENIED;
}

/* What was presented, by the verify mode of the punch: two tables, for older devices and newer ones (PUSH SDK 2013,
 * table 2-3; Attendance PUSH 2020-03, appendix 7). */
static const char *presented_type(const struct sim_device *d, const struct punch *punch)
{
	bool old = d->persona->push_version == NULL ||
		   strcmp(d->persona->push_version, "2.1.1") == 0;

	if (!background_set(d))
		return "FP";
	switch (punch->verify) {
	case 0:
		return old ? "PWD" : "FP";
	case 2:
		return old ? "CARD" : "FP";
	case 3:
		return old ? "FP" : "PWD";
	case 4:
		return old ? "FP" : "CARD";
	case 15:
		return "FACE";
	default:
		return "FP";
	}
}

bool visits_await(const struct sim_device *d, struct items_text *text, struct ghi_writer *body,
		  const char **type)
{
	struct punches_text of_punch;
	struct punch punch;
	struct person person;
	gh_slice shown;

	if (d->came >= stream_end(d, STREAM_ATTLOG) || d->came < d->plan->punches ||
	    d->verdict != VERDICT_OPEN || !server_decides(d, d->came))
		return false;
	stream_punch(d, d->came, &punch, &of_punch);
	*type = presented_type(d, &punch);
	people_make(d->plan, d->persona, punches_user(d->plan, d->number, d->came), &person,
		    &text->person);
	if (strcmp(*type, "CARD") == 0)
		shown = person.card;
	else if (strcmp(*type, "PWD") == 0)
		shown = person.password;
	else
		shown = people_template(d->plan, *type, punch.pin, 0, 0, text->template);
	ghi_put(body, GH_LIT("PIN="));
	ghi_put(body, punch.pin);
	ghi_put(body, GH_LIT("\tSize="));
	ghi_put_decimal(body, shown.n);
	ghi_put(body, GH_LIT("\tTMP="));
	ghi_put(body, shown);
	return true;
}

/* --- people whom the server sent for a while --- */

void guest_keep(struct sim_device *d, gh_slice pin)
{
	for (guint i = d->guests ? d->guests->len : 0; i-- > 0;)
		if (gh_slice_eq(pin,
				gh_slice_of(g_array_index(d->guests, struct sim_guest, i).pin)))
			g_array_remove_index(d->guests, i);
}

void guest_add(struct sim_device *d, gh_slice pin)
{
	struct sim_guest guest = { .until_s = sim_device_clock_s(d) +
					      (int64_t)settings_number(d, "RmUserSaveTime") *
						      86400 };

	if (pin.n >= sizeof(guest.pin))
		return;
	guest_keep(d, pin);
	memcpy(guest.pin, pin.p, pin.n);
	if (d->guests == NULL)
		d->guests = g_array_new(FALSE, FALSE, sizeof(guest));
	if (d->guests->len < GUESTS_MOST)
		g_array_append_val(d->guests, guest);
}

static void guests_leave(struct sim_device *d)
{
	int64_t now_s = sim_device_clock_s(d);

	for (guint i = d->guests ? d->guests->len : 0; i-- > 0;) {
		const struct sim_guest *one = &g_array_index(d->guests, struct sim_guest, i);
		char keys[PEOPLE_PIN + 8];

		if (now_s < one->until_s)
			continue;
		snprintf(keys, sizeof(keys), "PIN=%s", one->pin);
		if (sim_contents_delete(&d->contents, TABLE_USERINFO, gh_slice_of(keys)) ==
		    GH_OK)
			d->informed = false;
		g_array_remove_index(d->guests, i);
	}
}

/* --- a visit --- */

bool visits_barred(const struct sim_device *d, uint32_t index)
{
	guint low = 0, high = d->barred ? d->barred->len : 0;

	while (low < high) {
		guint middle = low + (high - low) / 2;

		if (g_array_index(d->barred, uint32_t, middle) < index)
			low = middle + 1;
		else
			high = middle;
	}
	return d->barred && low < d->barred->len &&
	       g_array_index(d->barred, uint32_t, low) == index;
}

static bool card_is_barred(const struct sim_device *d, uint32_t user)
{
	char id[20], keys[32];

	if (!(d->persona->can & CAN_ID_CARD))
		return false;
	snprintf(keys, sizeof(keys), "IDNum=%.*s", GH_FMT(people_id_number(d->plan, user, id)));
	return sim_contents_get(&d->contents, TABLE_BLACKLIST, gh_slice_of(keys)) != NULL;
}

/* The person is there, and what the device does of it. */
static void person_comes(struct sim_device *d, uint32_t index)
{
	uint32_t user = punches_user(d->plan, d->number, index);
	char pin[PEOPLE_PIN];
	gh_slice who = people_pin(d->persona, user, pin);

	if (card_is_barred(d, user)) {
		if (d->barred == NULL)
			d->barred = g_array_new(FALSE, FALSE, sizeof(index));
		if (d->barred->len >= NUMBERS_MOST)
			g_array_remove_index(d->barred, 0);
		g_array_append_val(d->barred, index);
		d->statistics->barred++;
		door_refuse(d, who, "blacklist");
		return;
	}
	screen_person(d, who);
	door_come(d, who);
}

/* false: it goes on when the server's verdict is there. */
static bool visit_happen(struct sim_device *d, uint32_t index)
{
	bool fresh = index >= d->plan->punches;
	enum gh_err err = fresh ? person_verify(d, index) : GH_OK;
	char pin[PEOPLE_PIN];

	if (err == GH_EBUSY)
		return false;
	if (err) {
		gap_add(d, index);
		door_refuse(
			d, people_pin(d->persona, punches_user(d->plan, d->number, index), pin),
			"not-verified");
		return true;
	}
	if (fresh)
		person_comes(d, index);
	if (log_take(d, index))
		photo_take(d, index);
	return true;
}

void visits_happen(struct sim_device *d)
{
	uint32_t end = stream_end(d, STREAM_ATTLOG);

	screen_update(d);
	guests_leave(d);
	while (d->came < end && visit_happen(d, d->came))
		d->came++;
}
