#include "core/access/unit_clock.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/commands.h"
#include "core/device_options.h"
#include "core/device_private.h"
#include "core/server_clock.h"
#include "wire/access/pack.h"

/* --- the loop, without a clock or a store --- */

static bool samples_agree(const struct unit_clock *c)
{
	int64_t least = c->off_s[0], most = c->off_s[0];

	if (c->samples < UNIT_CLOCK_SAMPLES)
		return false;
	for (size_t i = 1; i < UNIT_CLOCK_SAMPLES; i++) {
		least = c->off_s[i] < least ? c->off_s[i] : least;
		most = c->off_s[i] > most ? c->off_s[i] : most;
	}
	return most - least <= UNIT_CLOCK_SPREAD_S;
}

bool unit_clock_sample(struct unit_clock *c, int64_t off_s, bool is_state, int64_t now_ms)
{
	if (!is_state && c->state_ms && now_ms - c->state_ms < UNIT_CLOCK_STATES_MS)
		return false;
	if (!is_state && c->samples && now_ms - c->sample_ms < UNIT_CLOCK_EVENT_MS)
		return false;
	/* Events before it are no witnesses beside it. */
	if (is_state && c->state_ms == 0)
		c->samples = 0;
	if (is_state)
		c->state_ms = now_ms;
	c->sample_ms = now_ms;
	if (c->samples == UNIT_CLOCK_SAMPLES) {
		for (size_t i = 1; i < UNIT_CLOCK_SAMPLES; i++)
			c->off_s[i - 1] = c->off_s[i];
		c->samples--;
	}
	c->off_s[c->samples++] = off_s;
	return samples_agree(c);
}

static bool is_near(int64_t a, int64_t b, int64_t by)
{
	return llabs((long long)(a - b)) <= by;
}

static void clock_given(struct unit_clock *c, const struct unit_clock_facts *f)
{
	c->given_ms = f->now_ms ? f->now_ms : 1;
	c->given_time_ms = f->time_ms;
	c->given_offset_s = f->target_offset_s;
	c->given_before = false;
	c->answered = false;
	c->samples = 0;
}

/* Further than two minutes: where its zone was set, by the policy that is set, or because the zone
 * it was right in has another offset now. */
static bool move_is_permitted(const struct unit_clock *c, const struct unit_clock_facts *f,
			      int64_t off_s)
{
	bool summer = c->settled && is_near(off_s, c->settled_offset_s - f->target_offset_s,
					    UNIT_CLOCK_RIGHT_S);

	return f->policy != CLOCK_AUTO || f->own_zone || summer ||
	       is_near(off_s, 0, UNIT_CLOCK_FAR_S);
}

enum unit_clock_step unit_clock_decide(struct unit_clock *c, const struct unit_clock_facts *f)
{
	int64_t off_s = c->off_s[UNIT_CLOCK_SAMPLES - 1] - f->target_offset_s;
	bool answered = c->answered;

	if (!samples_agree(c))
		return UNIT_CLOCK_NOTHING;
	c->answered = false;
	if (is_near(off_s, 0, UNIT_CLOCK_RIGHT_S)) {
		c->settled = true;
		c->settled_offset_s = f->target_offset_s;
		return UNIT_CLOCK_RIGHT;
	}
	if (f->policy == CLOCK_OFF)
		return UNIT_CLOCK_LEFT;
	/* Never the other way: a unit that seems to read both forms would be set for ever. */
	if (answered && !f->form_utc &&
	    llabs((long long)f->zone_offset_s) > UNIT_CLOCK_FORM_S &&
	    is_near(off_s, f->zone_offset_s, UNIT_CLOCK_FORM_S)) {
		clock_given(c, f);
		return UNIT_CLOCK_TURN;
	}
	/* Where it is to show another time than it was given, that is done at once. */
	if (c->given_ms && f->now_ms - c->given_ms < UNIT_CLOCK_AGAIN_MS &&
	    (c->given_before || c->given_offset_s == f->target_offset_s))
		return UNIT_CLOCK_LEFT;
	if (!move_is_permitted(c, f, off_s))
		return UNIT_CLOCK_LEFT;
	clock_given(c, f);
	return UNIT_CLOCK_SET;
}

void unit_clock_answered(struct unit_clock *c)
{
	c->answered = true;
	c->samples = 0;
}

void unit_clock_recall(struct unit_clock *c, int64_t set_ms, int64_t now_ms, int64_t time_ms)
{
	int64_t ago_ms = time_ms - set_ms;

	if (c->recalled)
		return;
	c->recalled = true;
	c->kept_ms = c->given_time_ms = set_ms;
	if (set_ms == 0)
		return;
	if (ago_ms < 0)
		ago_ms = 0;
	if (ago_ms > UNIT_CLOCK_AGAIN_MS)
		ago_ms = UNIT_CLOCK_AGAIN_MS;
	c->given_ms = now_ms == ago_ms ? -1 : now_ms - ago_ms;
	c->given_before = true;
}

bool unit_clock_keep(struct unit_clock *c, int64_t *set_ms)
{
	if (c->given_time_ms == c->kept_ms)
		return false;
	*set_ms = c->kept_ms = c->given_time_ms;
	return true;
}

/* --- of a device --- */

static bool form_is_utc(struct server *server, struct device *d, const struct device_row *row,
			gh_slice from)
{
	gh_slice seen_at = row->access.clock_form_address;

	return gh_slice_eq(row->access.clock_form, GH_LIT("utc")) &&
	       (seen_at.n == 0 || from.n == 0 || device_has_key(d) ||
		device_address_fits(seen_at, from, server->settings->key_proof));
}

/* The lock of the device is held. */
static void clock_recall(struct server *server, struct device *d)
{
	unit_clock_recall(&d->clock, d->row.access.clock_set_ms, server_monotonic_ms(server),
			  server->now_ms());
}

/* The zone whose time it is to show, referenced. NULL: no memory. */
static struct zone *clock_target(struct device *d, enum clock_policy policy)
{
	struct zone *utc;

	if (policy == CLOCK_UTC && zone_open(GH_LIT("UTC"), &utc) == GH_OK)
		return utc;
	return device_zone(d);
}

static struct unit_clock_facts clock_facts(struct server *server, struct device *d,
					   const struct device_row *row, gh_slice from,
					   const struct zone *target, int64_t now_ms)
{
	struct zone *own = device_zone(d);
	int64_t now_s = now_ms / 1000;
	struct unit_clock_facts f = {
		.policy = device_clock_policy(server->settings, row),
		.own_zone = row->zone.n > 0,
		.form_utc = form_is_utc(server, d, row, from),
		.zone_offset_s = zone_offset_at(own, now_s),
		.target_offset_s = zone_offset_at(target, now_s),
		.now_ms = server_monotonic_ms(server),
		.time_ms = now_ms,
	};

	zone_close(own);
	return f;
}

static void clock_ordered(void *ctx, enum gh_err err, const struct command *c)
{
	(void)ctx;
	(void)err;
	(void)c;
}

/* On a full queue: with the next samples, an hour later. */
static void clock_order(struct server *server, struct device *d, int64_t off_s, bool turn)
{
	struct command_request set = { .kind = COMMAND_KIND_SET_CLOCK,
				       .requested_by = COMMAND_BY_SERVER };
	enum gh_err err = command_queue(server, d, &set, clock_ordered, NULL);
	char off[24];

	snprintf(off, sizeof(off), "%lld", (long long)off_s);
	LOG(server->log, err ? LOG_WARNING : LOG_INFO,
	    err	   ? "the clock of a unit is not set yet"
	    : turn ? "a unit reads UTC; its clock is set so"
		   : "the clock of a unit is set",
	    { "sn", device_sn(d) }, { "off", gh_slice_of(off) });
}

static void form_store(struct server *server, struct device *d, gh_slice from)
{
	struct device_row change = {
		.present = DEVICE_FIELDS_OF(DEVICE_clock_form, DEVICE_clock_form_address),
		.access = { .clock_form = GH_LIT("utc"), .clock_form_address = from }
	};

	if (device_change(server, d, &change, NULL, NULL))
		LOG(server->log, LOG_WARNING, "how a unit reads its clock is not stored",
		    { "sn", device_sn(d) });
}

/* Its clock shows the time of that zone: what it records is in it. */
static void zone_settle(struct server *server, struct device *d, const struct device_row *row,
			const struct zone *target, enum clock_policy policy)
{
	struct device_row change = { .present = DEVICE_FIELDS_OF(DEVICE_clock_zone),
				     .clock_zone = zone_name(target) };

	if (gh_slice_eq(row->clock_zone, zone_name(target)) ||
	    (row->clock_zone.n == 0 && policy != CLOCK_UTC))
		return;
	if (device_change(server, d, &change, NULL, NULL))
		LOG(server->log, LOG_WARNING, "the zone of a clock is not stored",
		    { "sn", device_sn(d) });
}

/* Before the order is queued: where the server is killed between the two, the clock is set an hour later. */
static void kept_store(struct server *server, struct device *d, int64_t set_ms)
{
	struct device_row change = { .present = DEVICE_FIELDS_OF(DEVICE_clock_set_ms),
				     .access.clock_set_ms = set_ms };

	if (device_change(server, d, &change, NULL, NULL))
		LOG(server->log, LOG_WARNING, "when a clock was set is not stored",
		    { "sn", device_sn(d) });
}

static void clock_act(struct server *server, struct device *d, const struct device_row *row,
		      gh_slice from, const struct zone *target, enum unit_clock_step step,
		      int64_t off_s)
{
	switch (step) {
	case UNIT_CLOCK_NOTHING:
		return;
	case UNIT_CLOCK_RIGHT:
		zone_settle(server, d, row, target, device_clock_policy(server->settings, row));
		break;
	case UNIT_CLOCK_LEFT:
		break;
	case UNIT_CLOCK_TURN:
		form_store(server, d, from);
		clock_order(server, d, off_s, true);
		break;
	case UNIT_CLOCK_SET:
		clock_order(server, d, off_s, false);
		break;
	}
	device_clock_seen(d, off_s, server->now_ms());
	/* While it is being set it is no problem yet. */
	if (step == UNIT_CLOCK_LEFT || step == UNIT_CLOCK_RIGHT)
		device_clock_judge(server, d, off_s);
}

void device_unit_clock_seen(struct server *server, struct device *d,
			    const struct device_row *row, gh_slice from, ghi_civil shown,
			    bool is_state)
{
	int64_t now_ms = server->now_ms(), off_s, set_ms = 0;
	enum unit_clock_step step;
	bool agree, keep;

	if (shown == GHI_CIVIL_NONE || !ghi_civil_valid(shown))
		return;
	off_s = ghi_civil_to_seconds(shown) - now_ms / 1000;
	pthread_mutex_lock(&d->lock);
	clock_recall(server, d);
	agree = unit_clock_sample(&d->clock, off_s, is_state, server_monotonic_ms(server));
	pthread_mutex_unlock(&d->lock);
	if (!agree)
		return;

	struct zone *target = clock_target(d, device_clock_policy(server->settings, row));
	struct unit_clock_facts f = clock_facts(server, d, row, from, target, now_ms);

	pthread_mutex_lock(&d->lock);
	step = unit_clock_decide(&d->clock, &f);
	keep = unit_clock_keep(&d->clock, &set_ms);
	pthread_mutex_unlock(&d->lock);
	if (keep)
		kept_store(server, d, set_ms);
	clock_act(server, d, row, from, target, step, off_s - f.target_offset_s);
	zone_close(target);
}

void device_unit_clock_answered(struct device *d)
{
	pthread_mutex_lock(&d->lock);
	unit_clock_answered(&d->clock);
	pthread_mutex_unlock(&d->lock);
}

enum gh_err device_unit_clock_packed(struct server *server, struct device *d,
				     const struct device_row *row, gh_slice from,
				     int64_t now_ms, uint32_t *packed)
{
	struct zone *target = clock_target(d, device_clock_policy(server->settings, row));
	struct unit_clock_facts f = clock_facts(server, d, row, from, target, now_ms);
	int64_t at_s = now_ms / 1000 + f.target_offset_s - (f.form_utc ? f.zone_offset_s : 0);

	zone_close(target);
	return ghi_packed_second(ghi_civil_from_seconds(at_s), packed);
}
