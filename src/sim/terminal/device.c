#include "sim/terminal/device.h"

#include "sim/prng.h"
#include "sim/terminal/link.h"
#include "wire/terminal/packed_time.h"

#include <stdio.h>

enum {
	CATCH_UP = 10000, /* missed punches that are made at once */
	ENROL_MS = 40,	  /* between two steps of an enrolment */
	ENROL_STEPS = 7,  /* finger and score three times, the result */
	SCORE_GOOD = 100,
	ENROL_DONE = 0,
	ENROL_EXISTS = 5,
	OP_POWER_ON = 0,
	OP_ENROLLED = 6,
	OP_USER = 30,
};

void term_device_open(struct term_device *d, const struct term_plan *plan, uint32_t number,
		      struct term_statistics *statistics)
{
	*d = (struct term_device){
		.plan = plan,
		.statistics = statistics,
		.number = number,
		.oplogs = g_array_new(FALSE, TRUE, sizeof(struct gh_oplog)),
		.options = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
		.cells = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					       (GDestroyNotify)g_bytes_unref),
		.sessions = (uint16_t)(sim_hash(plan->seed, number, 'S') % 50000 + 1000),
		.next_punch_us = plan->interval_us
					 ? plan->interval_us * (number + 1) / plan->devices
					 : TERM_NEVER,
	};
	snprintf(d->sn, sizeof(d->sn), "%s%06u", plan->sn_prefix, number + 1);
	term_users_open(&d->users, plan);
	term_log_open(&d->log, &d->users);
	term_device_oplog(d, OP_POWER_ON, 0, 0);
	for (uint32_t i = 0; i < plan->users && i < 20; i++)
		term_device_oplog(d, OP_USER, (uint16_t)(i + 1), 0);
}

void term_device_close(struct term_device *d)
{
	if (d->oplogs == NULL)
		return;
	for (size_t i = 0; i < TERM_LINKS; i++)
		if (d->link[i])
			term_link_free(d->link[i]);
	term_log_close(&d->log);
	term_users_close(&d->users);
	g_array_free(d->oplogs, TRUE);
	g_hash_table_destroy(d->options);
	g_hash_table_destroy(d->cells);
	*d = (struct term_device){ 0 };
}

static int64_t clock_at(const struct term_device *d, int64_t ms)
{
	return d->plan->start_s + d->clock_shift_s + ms / 1000;
}

int64_t term_device_clock(const struct term_device *d)
{
	return clock_at(d, d->now_ms);
}

bool term_device_enabled(const struct term_device *d)
{
	return !d->disabled || d->now_ms >= d->disabled_until_ms;
}

bool term_device_fault(const struct term_device *d, enum term_fault fault, uint64_t number)
{
	uint16_t permille = d->plan->faults.permille[fault];

	if (permille == 0 ||
	    sim_hash(d->plan->seed, number, 'F' << 8 | (unsigned)fault) % 1000 >= permille)
		return false;
	d->statistics->faults[fault]++;
	return true;
}

void term_device_oplog(struct term_device *d, uint8_t op, uint16_t target, uint16_t result)
{
	struct term_day day = { 0 };
	struct gh_oplog o = { .op = op,
			      .time_code = term_time_code(&day, term_device_clock(d)),
			      .param = { target, result } };

	if (d->oplogs->len >= TERM_OPLOGS_MAX)
		g_array_remove_range(d->oplogs, 0, TERM_OPLOGS_MAX / 4);
	g_array_append_val(d->oplogs, o);
}

void term_device_event(struct term_device *d, const struct gh_event *e)
{
	for (size_t i = 0; i < TERM_LINKS; i++)
		if (d->link[i] && (term_link_mask(d->link[i]) & e->type))
			term_link_event(d->link[i], e);
}

/* --- punches --- */

/* What happens around a punch, in its order. */
static void term_device_punch_report(struct term_device *d, const struct gh_punch *p)
{
	struct gh_event finger = { .type = GH_EVENT_FINGER },
			punch = { .type = GH_EVENT_PUNCH },
			verify = { .type = GH_EVENT_VERIFY, .uid = p->uid };

	if (p->verify == 1)
		term_device_event(d, &finger);
	term_device_event(d, &verify);
	punch.punch = *p;
	term_device_event(d, &punch);
}

static void device_punch(struct term_device *d)
{
	int64_t at_ms = d->next_punch_us / 1000;
	struct gh_punch p;

	d->next_punch_us += d->plan->interval_us;
	/* There are no punches while it is disabled. */
	if (!term_device_enabled(d) || !term_log_add(&d->log, clock_at(d, at_ms), &p))
		return;
	d->statistics->punches++;
	term_device_punch_report(d, &p);
}

/* --- enrolment --- */

void term_device_enrol(struct term_device *d, struct term_link *by, const char *pin,
		       unsigned finger)
{
	d->enrol.link = by;
	memcpy(d->enrol.pin, pin, sizeof(d->enrol.pin));
	d->enrol.finger = finger;
	d->enrol.step = 0;
	d->enrol.at_ms = d->now_ms + ENROL_MS;
	d->state = 1;
}

void term_device_enrol_stop(struct term_device *d)
{
	d->enrol.link = NULL;
	d->state = 0;
}

static void device_finish_enrol(struct term_device *d)
{
	struct term_user *u = term_users_pin(&d->users, d->enrol.pin);
	struct gh_event e = { .type = GH_EVENT_ENROLL_FINGER,
			      .finger = (uint8_t)d->enrol.finger };
	uint8_t made[TERM_TEMPLATE_MAX];
	struct gh_template t;

	if (u && term_users_template(&d->users, u, d->enrol.finger, made, &t)) {
		e.result = ENROL_EXISTS;
	} else if (u) {
		u->made |= (uint16_t)(1u << d->enrol.finger);
		(void)term_users_template(&d->users, u, d->enrol.finger, made, &t);
		e.result = ENROL_DONE;
		e.size = t.size;
		memcpy(e.punch.pin, t.pin, sizeof(t.pin));
		term_device_oplog(d, OP_ENROLLED, u->record.uid, 0);
	} else {
		e.result = 4;
	}
	term_link_event(d->enrol.link, &e);
	term_device_enrol_stop(d);
}

static void enrol_step(struct term_device *d)
{
	struct gh_event e = { .type = d->enrol.step % 2 ? GH_EVENT_FINGER_SCORE
							: GH_EVENT_FINGER,
			      .score = SCORE_GOOD };

	if (++d->enrol.step == ENROL_STEPS) {
		device_finish_enrol(d);
		return;
	}
	d->enrol.at_ms += ENROL_MS;
	term_link_event(d->enrol.link, &e);
}

int64_t term_device_tick(struct term_device *d)
{
	int64_t next;

	for (int i = 0; i < CATCH_UP && d->next_punch_us / 1000 <= d->now_ms; i++)
		device_punch(d);
	while (d->enrol.link && d->enrol.at_ms <= d->now_ms)
		enrol_step(d);
	next = d->next_punch_us == TERM_NEVER ? TERM_NEVER : d->next_punch_us / 1000;
	if (d->enrol.link && d->enrol.at_ms < next)
		next = d->enrol.at_ms;
	return next;
}

/* --- counters --- */

void term_device_counters(const struct term_device *d, struct gh_counters *out)
{
	int32_t templates = 0, admins = 0, passwords = 0, faces = 0;
	int32_t users = (int32_t)d->users.list->len;
	int32_t punches = (int32_t)term_log_count(&d->log);

	for (int32_t i = 0; i < users; i++) {
		const struct term_user *u = term_users_at(&d->users, (uint32_t)i);

		templates += (int32_t)term_users_fingers(u);
		admins += (u->record.privilege & GH_PRIVILEGE_LEVEL) == GH_PRIVILEGE_ADMIN;
		passwords += u->record.password[0] != 0;
		faces += u->portrait;
	}
	if (d->plan->persona->quirks & TERM_NO_FACE)
		faces = 0;
	*out = (struct gh_counters){
		.users = users,
		.templates = templates,
		.punches = punches,
		.oplogs = (int32_t)d->oplogs->len,
		.admins = admins,
		.passwords = passwords,
		.faces = faces,
		.users_capacity = TERM_USERS_MAX,
		.templates_capacity = TERM_USERS_MAX * GH_FINGERS,
		.punches_capacity = TERM_PUNCHES_MAX + TERM_ADDED_MAX,
		.faces_capacity = TERM_USERS_MAX,
		.users_free = TERM_USERS_MAX - users,
		.templates_free = TERM_USERS_MAX * GH_FINGERS - templates,
		.punches_free = TERM_PUNCHES_MAX + TERM_ADDED_MAX - punches,
	};
}
