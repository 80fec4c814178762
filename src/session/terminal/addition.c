/* Adding a terminal: the serial number is read at its address and stored as an approved device. */
#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "core/device_options.h"
#include "session/terminal/attempt.h"

bool terminal_comm_key(gh_slice text, uint32_t *key)
{
	uint64_t n = 0;

	text = gh_slice_trim(text);
	if (text.n && ghi_number_parse(text, UINT32_MAX, &n))
		return false;
	*key = (uint32_t)n;
	return true;
}

struct addition {
	struct terminal_attempt base;
	struct gh_terminal *terminal;
	char *address;
	gh_slice serial; /* that a person gave it */
	uint32_t key;
	struct device_row row; /* texts in base.arena */
	terminal_added_fn *done;
	void *ctx;
	struct device *device;
	struct gh_time clock; /* as it was shown ... */
	int64_t clock_ms;     /* ... at this time of ours; 0: it was not */
	struct terminal_clock report;
	enum gh_err err;
	char error[300];
	/* Under the manager's lock. */
	pthread_cond_t stored;
	bool is_stored;
};

static void addition_fail(struct addition *a, enum gh_err err, const char *why)
{
	a->err = err;
	snprintf(a->error, sizeof(a->error), "%s", why);
}

/* An error of the terminal is not one of this server. */
static enum gh_err addition_terminal_error(enum gh_err err)
{
	switch (err) {
	case GH_EUNREACHABLE:
	case GH_ETIMEOUT:
	case GH_EMALFORMED:
	case GH_ECHECKSUM:
	case GH_EUNSUPPORTED:
	case GH_ECLOSED:
	case GH_ECANCELLED:
		return err;
	default:
		return GH_EIO;
	}
}

/* The serial number the terminal reports, or, where it is not valid, the one that a person gave. */
static bool addition_name(struct addition *a, gh_slice reported)
{
	if (device_serial_valid(reported)) {
		if (a->serial.n && !gh_slice_eq(reported, a->serial)) {
			a->err = GH_EEXISTS;
			snprintf(a->error, sizeof(a->error),
				 "The terminal has a serial number of its own: %.*s.",
				 GH_FMT(reported));
			return false;
		}
		a->row.sn = ghi_arena_copy(&a->base.arena, reported);
		return true;
	}
	if (a->serial.n == 0) {
		addition_fail(a, GH_EUNSUPPORTED,
			      reported.n ? "The device's serial number is not 1 to 32 letters, "
					   "digits, '-', '_' or '.': give it one in \"sn\"."
					 : "The device sends no serial number: give it one in "
					   "\"sn\".");
		return false;
	}
	char text[GH_TEXT_SIZE + 1];

	snprintf(text, sizeof(text), "=%.*s", GH_FMT(reported));
	a->row.sn = a->serial;
	a->row.terminal.reported_serial = ghi_arena_copy(&a->base.arena, gh_slice_of(text));
	model_mark(&a->row, DEVICE_reported_serial);
	return true;
}

static bool addition_serial_read(struct addition *a, struct gh_terminal *t)
{
	char serial[GH_TEXT_SIZE], firmware[GH_TEXT_SIZE] = "";
	enum gh_err err = gh_terminal_connect(t);

	if (err == GH_EAUTH) {
		addition_fail(a, err,
			      "The comm key is wrong or missing; it is in the terminal's menu: "
			      "Comm. -> PC connection -> Comm key.");
		return false;
	}
	if (err == GH_OK)
		err = gh_terminal_option_get(t, "~SerialNumber", serial, sizeof(serial));
	if (err == GH_ENOTFOUND) {
		serial[0] = 0;
		err = GH_OK;
	}
	if (err) {
		snprintf(a->error, sizeof(a->error),
			 "The terminal at %s did not answer as one: %s.", a->address,
			 gh_terminal_error(t)->text);
		a->err = addition_terminal_error(err);
		return false;
	}
	if (gh_terminal_time_get(t, &a->clock) == GH_OK)
		a->clock_ms = a->base.manager->server->now_ms();
	if (gh_terminal_firmware(t, firmware, sizeof(firmware)))
		firmware[0] = 0;
	a->row.firmware = ghi_arena_copy(&a->base.arena, gh_slice_of(firmware));
	return addition_name(a, gh_slice_trim(gh_slice_of(serial)));
}

static bool addition_identify(struct addition *a)
{
	struct gh_terminal_options o;
	struct gh_terminal *t;

	gh_terminal_options_init(&o);
	o.comm_key = a->key;
	enum gh_err err = gh_terminal_new(a->address, &o, &t);

	if (err) {
		addition_fail(a, err, gh_strerror(err));
		return false;
	}
	bool known = false;
	if (terminal_attempt_use(&a->base, 0, t))
		known = addition_serial_read(a, t);
	else
		addition_fail(a, GH_ECANCELLED, "The server is being stopped.");
	terminal_attempt_use(&a->base, 0, NULL);
	gh_terminal_free(t);
	return known;
}

static void addition_admitted(void *ctx, struct device *d, enum gh_err err)
{
	struct addition *a = ctx;

	pthread_mutex_lock(&a->base.manager->lock);
	a->device = d;
	a->err = err;
	a->is_stored = true;
	pthread_cond_signal(&a->stored);
	pthread_mutex_unlock(&a->base.manager->lock);
}

/* One serial number at two addresses: a device that moved, or two devices. */
static void addition_exists(struct addition *a, struct device *d)
{
	struct arena arena = ghi_arena_with_limit(65536);
	struct device_row row;

	device_row(d, &arena, &row);
	gh_slice called = row.terminal.call_address;

	if (called.n)
		snprintf(a->error, sizeof(a->error),
			 "Device %.*s exists already: it is called at %.*s, and answers at %s "
			 "too.",
			 GH_FMT(a->row.sn), GH_FMT(called), a->address);
	else
		snprintf(a->error, sizeof(a->error),
			 "Device %.*s exists already: it calls from %.*s, and answers at %s "
			 "too.",
			 GH_FMT(a->row.sn), row.address.n > 64 ? 64 : (int)row.address.n,
			 (const char *)row.address.p, a->address);
	ghi_arena_clear(&arena);
	a->err = GH_EEXISTS;
}

static void addition_store(struct addition *a)
{
	struct terminal_manager *m = a->base.manager;
	struct device *d = devices_find(m->server->devices, a->row.sn);

	if (d) {
		addition_exists(a, d);
		device_unref(d);
		return;
	}
	enum gh_err err = devices_add(m->server, &a->row, addition_admitted, a);

	if (err == GH_EINVALID)
		addition_fail(
			a, err,
			"Field \"zone\" must be a time zone that exists: Europe/Istanbul, UTC "
			"or "
			"+05:30.");
	else if (err == GH_EDENIED)
		addition_fail(a, err,
			      "This server cannot register more devices (setting devices).");
	else if (err)
		addition_fail(a, err, gh_strerror(err));
	if (err)
		return;
	pthread_mutex_lock(&m->lock);
	while (!a->is_stored)
		pthread_cond_wait(&a->stored, &m->lock);
	pthread_mutex_unlock(&m->lock);
	if (a->err) {
		addition_fail(a, a->err, gh_strerror(a->err));
	} else if (!device_is_terminal(a->device)) {
		/* It called home in the same moment. */
		addition_exists(a, a->device);
		device_unref(a->device);
		a->device = NULL;
	} else {
		device_log_new(m->server, a->device);
	}
}

/* What its worker does with the clock as soon as it has connected. */
static void addition_clock(struct addition *a)
{
	struct server *server = a->base.manager->server;
	struct gh_time *c = &a->clock;
	ghi_civil shown = ghi_civil_join((struct ghi_civil_parts){
		c->year, c->month, c->day, c->hour, c->minute, c->second });
	enum clock_policy policy = device_clock_policy(server->settings, &a->row);
	bool valid = c->valid && ghi_civil_valid(shown);

	if (a->clock_ms == 0)
		return;
	struct zone *zone = device_zone(a->device);
	int64_t now = a->clock_ms / 1000;

	if (policy != CLOCK_UTC)
		now += zone_offset_at(zone, now);
	zone_close(zone);
	a->report = (struct terminal_clock){
		.known = valid,
		.offset_s = valid ? ghi_civil_to_seconds(shown) - now : 0,
	};
	a->report.moved = terminal_clock_is_moved(policy, &a->row, valid, a->report.offset_s);
}

static void *addition_run(void *p)
{
	struct addition *a = p;
	struct terminal_manager *m = a->base.manager;

	if (addition_identify(a))
		addition_store(a);
	if (a->err == GH_OK) {
		addition_clock(a);
		terminal_manager_wake(m, a->device);
	}
	a->done(a->ctx, a->err, a->device, &a->report, a->error);
	pthread_cond_destroy(&a->stored);
	terminal_attempt_end(&a->base);
	return NULL;
}

static bool text_copied(gh_slice from, gh_slice to)
{
	return to.n == from.n;
}

static struct addition *addition_new(struct terminal_manager *m,
				     const struct terminal_request *r)
{
	struct addition *a = calloc(1, sizeof(*a));
	struct arena *arena = a ? &a->base.arena : NULL;

	if (a == NULL)
		return NULL;
	a->base.manager = m;
	a->base.run = addition_run;
	a->base.handle = &a->terminal;
	a->base.handles = 1;
	a->address = ghi_arena_text(arena, r->address);
	a->serial = ghi_arena_copy(arena, r->serial);
	a->row = (struct device_row){
		.present = DEVICE_FIELDS_OF(
			DEVICE_sn, DEVICE_name, DEVICE_zone, DEVICE_comm_key, DEVICE_firmware,
			DEVICE_call_address, DEVICE_read_interval_s, DEVICE_live, DEVICE_clock),
		.name = ghi_arena_copy(arena, r->name),
		.zone = ghi_arena_copy(arena, r->zone),
		.comm_key = ghi_arena_copy(arena, r->comm_key),
		.clock = ghi_arena_copy(arena, r->clock),
		.terminal = { .call_address = ghi_arena_copy(arena, r->address),
			      .read_interval_s = r->read_interval_s,
			      .live = r->live },
		.state = DEVICE_APPROVED,
	};
	if (a->address && text_copied(r->serial, a->serial) &&
	    text_copied(r->name, a->row.name) && text_copied(r->zone, a->row.zone) &&
	    text_copied(r->comm_key, a->row.comm_key))
		return a;
	terminal_attempt_free(&a->base);
	return NULL;
}

enum gh_err terminal_manager_add(void *manager, const struct terminal_request *r,
				 terminal_added_fn *done, void *ctx)
{
	struct terminal_manager *m = manager;
	struct addition *a = addition_new(m, r);
	enum gh_err err = GH_OK;

	if (a == NULL)
		return GH_ENOMEM;
	if (!m->service.ops->usable(m, &r->address, &r->comm_key) ||
	    !terminal_comm_key(r->comm_key, &a->key))
		err = GH_EINVALID;
	a->done = done;
	a->ctx = ctx;
	pthread_cond_init(&a->stored, NULL);
	if (err == GH_OK)
		err = terminal_attempt_start(m, &a->base);
	if (err) {
		pthread_cond_destroy(&a->stored);
		terminal_attempt_free(&a->base);
	}
	return err;
}
