/* Threads that ask an address on somebody's order, and the first of them: adding a terminal. */
#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "session/terminal/worker.h"

void terminal_attempt_free(struct terminal_attempt *a)
{
	ghi_arena_clear(&a->arena);
	free(a);
}

void terminal_attempts_reap(struct terminal_manager *m)
{
	pthread_mutex_lock(&m->lock);
	struct terminal_attempt *ended = m->attempts_ended;

	m->attempts_ended = NULL;
	pthread_mutex_unlock(&m->lock);
	while (ended) {
		struct terminal_attempt *a = ended;

		ended = a->next;
		pthread_join(a->thread, NULL);
		terminal_attempt_free(a);
	}
}

enum gh_err terminal_attempt_start(struct terminal_manager *m, struct terminal_attempt *a)
{
	enum gh_err err = GH_OK;

	terminal_attempts_reap(m);
	terminal_manager_reap(m);
	pthread_mutex_lock(&m->lock);
	if (m->stopping)
		err = GH_ECLOSED;
	else if (m->attempts_n >= m->settings.attempts)
		err = GH_EBUSY;
	else if (pthread_create(&a->thread, NULL, a->run, a))
		err = GH_ENOMEM;
	if (err == GH_OK) {
		a->next = m->attempts;
		m->attempts = a;
		m->attempts_n++;
	}
	pthread_mutex_unlock(&m->lock);
	return err;
}

void terminal_attempt_end(struct terminal_attempt *a)
{
	struct terminal_manager *m = a->manager;

	pthread_mutex_lock(&m->lock);
	struct terminal_attempt **at = &m->attempts;

	while (*at != a)
		at = &(*at)->next;
	*at = a->next;
	m->attempts_n--;
	a->next = m->attempts_ended;
	m->attempts_ended = a;
	pthread_mutex_unlock(&m->lock);
}

bool terminal_attempt_use(struct terminal_attempt *a, size_t i, struct gh_terminal *t)
{
	pthread_mutex_lock(&a->manager->lock);
	a->handle[i] = t;
	bool on = !a->manager->stopping;
	pthread_mutex_unlock(&a->manager->lock);
	return on;
}

bool terminal_key(gh_slice text, uint32_t *key)
{
	uint64_t n = 0;

	text = gh_slice_trim(text);
	if (text.n && ghi_number_parse(text, UINT32_MAX, &n))
		return false;
	*key = (uint32_t)n;
	return true;
}

/* --- adding --- */

struct adding {
	struct terminal_attempt base;
	struct gh_terminal *terminal;
	char *address;
	uint32_t key;
	struct device_row row; /* texts in base.arena */
	terminal_added_fn *done;
	void *ctx;
	struct device *device;
	enum gh_err err;
	char error[300];
	/* Under the manager's lock. */
	pthread_cond_t stored;
	bool is_stored;
};

static void failed(struct adding *a, enum gh_err err, const char *why)
{
	a->err = err;
	snprintf(a->error, sizeof(a->error), "%s", why);
}

static bool ask_serial(struct adding *a, struct gh_terminal *t)
{
	char serial[GH_TEXT_SIZE], firmware[GH_TEXT_SIZE] = "";
	enum gh_err err = gh_terminal_connect(t);

	if (err == GH_OK)
		err = gh_terminal_option_get(t, "~SerialNumber", serial, sizeof(serial));
	if (err == GH_OK && gh_terminal_firmware(t, firmware, sizeof(firmware)))
		firmware[0] = 0;
	if (err == GH_EAUTH) {
		failed(a, err, "The comm key is wrong.");
		return false;
	}
	if (err == GH_ENOTFOUND) {
		failed(a, GH_EUNSUPPORTED, "The device tells no serial number.");
		return false;
	}
	if (err) {
		snprintf(a->error, sizeof(a->error),
			 "The terminal at %s did not answer as one: %s.", a->address,
			 gh_terminal_error(t)->text);
		a->err = err;
		return false;
	}
	a->row.sn = ghi_arena_copy(&a->base.arena, gh_slice_trim(gh_slice_of(serial)));
	a->row.firmware = ghi_arena_copy(&a->base.arena, gh_slice_of(firmware));
	if (!device_serial_valid(a->row.sn)) {
		failed(a, GH_EUNSUPPORTED,
		       "The device's serial number is not 1 to 32 letters, digits, '-', '_' or "
		       "'.'.");
		return false;
	}
	return true;
}

static bool identify(struct adding *a)
{
	struct gh_terminal_options o;
	struct gh_terminal *t;

	gh_terminal_options_init(&o);
	o.comm_key = a->key;
	enum gh_err err = gh_terminal_new(a->address, &o, &t);

	if (err) {
		failed(a, err, gh_strerror(err));
		return false;
	}
	bool known = false;
	if (terminal_attempt_use(&a->base, 0, t))
		known = ask_serial(a, t);
	else
		failed(a, GH_ECANCELLED, "The server is being stopped.");
	terminal_attempt_use(&a->base, 0, NULL);
	gh_terminal_free(t);
	return known;
}

static void admitted(void *ctx, struct device *d, enum gh_err err)
{
	struct adding *a = ctx;

	pthread_mutex_lock(&a->base.manager->lock);
	a->device = d;
	a->err = err;
	a->is_stored = true;
	pthread_cond_signal(&a->stored);
	pthread_mutex_unlock(&a->base.manager->lock);
}

static void exists(struct adding *a)
{
	snprintf(a->error, sizeof(a->error), "Device %.*s exists already.", GH_FMT(a->row.sn));
	a->err = GH_EEXISTS;
}

static void store(struct adding *a)
{
	struct terminal_manager *m = a->base.manager;
	struct device *d = devices_find(m->server->devices, a->row.sn);

	if (d) {
		device_unref(d);
		exists(a);
		return;
	}
	enum gh_err err = devices_add(m->server, &a->row, admitted, a);

	if (err == GH_EINVALID)
		failed(a, err,
		       "Field \"zone\" must be a time zone that exists: Europe/Istanbul, UTC "
		       "or "
		       "+05:30.");
	else if (err == GH_EDENIED)
		failed(a, err, "This server may know no more devices (setting devices).");
	else if (err)
		failed(a, err, gh_strerror(err));
	if (err)
		return;
	pthread_mutex_lock(&m->lock);
	while (!a->is_stored)
		pthread_cond_wait(&a->stored, &m->lock);
	pthread_mutex_unlock(&m->lock);
	if (a->err) {
		failed(a, a->err, gh_strerror(a->err));
	} else if (!device_is_terminal(a->device)) {
		/* It called home in the same moment. */
		device_unref(a->device);
		a->device = NULL;
		exists(a);
	} else {
		device_log_new(m->server, a->device);
	}
}

static void *add_run(void *p)
{
	struct adding *a = p;
	struct terminal_manager *m = a->base.manager;

	if (identify(a))
		store(a);
	if (a->err == GH_OK)
		terminal_manager_wake(m, a->device);
	a->done(a->ctx, a->err, a->device, a->error);
	pthread_cond_destroy(&a->stored);
	terminal_attempt_end(&a->base);
	return NULL;
}

static bool copied(gh_slice from, gh_slice to)
{
	return to.n == from.n;
}

static struct adding *adding_new(struct terminal_manager *m, const struct terminal_request *r)
{
	struct adding *a = calloc(1, sizeof(*a));
	struct arena *arena = a ? &a->base.arena : NULL;

	if (a == NULL)
		return NULL;
	a->base.manager = m;
	a->base.run = add_run;
	a->base.handle = &a->terminal;
	a->base.handles = 1;
	a->address = ghi_arena_text(arena, r->address);
	a->row = (struct device_row){
		.present = UINT64_C(1) << DEVICE_sn | UINT64_C(1) << DEVICE_name |
			   UINT64_C(1) << DEVICE_zone | UINT64_C(1) << DEVICE_comm_key |
			   UINT64_C(1) << DEVICE_firmware | UINT64_C(1) << DEVICE_terminal |
			   UINT64_C(1) << DEVICE_read_interval_s | UINT64_C(1) << DEVICE_live,
		.name = ghi_arena_copy(arena, r->name),
		.zone = ghi_arena_copy(arena, r->zone),
		.comm_key = ghi_arena_copy(arena, r->comm_key),
		.terminal = ghi_arena_copy(arena, r->address),
		.read_interval_s = r->read_interval_s,
		.live = r->live,
		.state = DEVICE_APPROVED,
	};
	if (a->address && copied(r->name, a->row.name) && copied(r->zone, a->row.zone) &&
	    copied(r->comm_key, a->row.comm_key))
		return a;
	terminal_attempt_free(&a->base);
	return NULL;
}

enum gh_err terminal_manager_add(void *manager, const struct terminal_request *r,
				 terminal_added_fn *done, void *ctx)
{
	struct terminal_manager *m = manager;
	struct adding *a = adding_new(m, r);
	enum gh_err err = GH_OK;

	if (a == NULL)
		return GH_ENOMEM;
	if (!m->face.ops->usable(m, &r->address, &r->comm_key) ||
	    !terminal_key(r->comm_key, &a->key))
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
