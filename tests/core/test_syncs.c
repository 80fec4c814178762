/* From a change of the roster to what a device holds (core/syncs.h), over SQLite and a device that executes what it is
 * given. */
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/entity_change.h"
#include "core/roster_change.h"
#include "core/server_clock.h"
#include "core/syncs_private.h"
#include "model/credential.h"
#include "model/entity.h"
#include "server.h"

#define WAIT_MS 60000
#define REST_MS 3000 /* the roster has come to rest, and so has the device */
#define PEOPLE 12
#define NAME 32
#define HOUR_MS INT64_C(3600000)
#define ROUNDS 25
#define EVERYWHERE AREA_DEFAULT

static struct server_fixture f;
static struct syncs *syncs;

/* What a device holds, and what the roster has. */
struct clock_person {
	bool there;
	char name[NAME];
	char finger[NAME]; /* a template; "": none */
};

struct clock {
	struct device *device;
	struct clock_person person[PEOPLE];
	int64_t last;	 /* number of the latest order it was given */
	size_t given;	 /* orders, each once */
	int64_t refuses; /* a return code; 0: none */
	unsigned loses;	 /* of so many answers one */
	bool silent;	 /* no answer ever */
	size_t cuts;	 /* it stores so many bytes of a name, and sends what it has; 0: all */
};

struct roster_entry {
	int64_t id; /* 0: not there */
	int64_t area;
	bool disabled;
	char name[NAME];
	char finger[NAME];
};

static struct roster_entry roster[PEOPLE];
static struct clock clocks[2];
static unsigned chance;

static unsigned random_below(unsigned n)
{
	chance = chance * 1103515245u + 12345u;
	return chance >> 16 & 0x7fff ? (chance >> 16 & 0x7fff) % n : 0;
}

/* A clock that is never set. */
static _Atomic int64_t monotonic;

static int64_t monotonic_now(void)
{
	return monotonic;
}

static void time_pass(int64_t ms)
{
	server_fixture_now += ms;
	monotonic += ms;
}

static int open_syncs(void **state)
{
	(void)state;
	server_fixture_open(&f);
	monotonic = 1000000;
	f.server.monotonic_ms = monotonic_now;
	server_clock_start(&f.server);
	f.settings.sync_clocks = true;
	f.settings.command_tries = 1000;
	f.settings.command_ttl_ms = INT64_C(1000) * 86400000;
	syncs = f.server.syncs = syncs_new(&f.server);
	assert_non_null(syncs);
	memset(roster, 0, sizeof(roster));
	memset(clocks, 0, sizeof(clocks));
	return 0;
}

static int close_syncs(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++)
		device_unref(clocks[i].device);
	server_fixture_close(&f);
	syncs_free(syncs);
	return 0;
}

static void moment_wait(void)
{
	const struct timespec moment = { .tv_nsec = 200000 };

	nanosleep(&moment, NULL);
}

/* --- the roster --- */

struct entity_wait {
	struct entity_change change;
	_Atomic bool ended;
};

static void entity_ended(struct entity_change *c)
{
	atomic_store(&((struct entity_wait *)c)->ended, true);
}

static enum gh_err person_clear(struct entity_change *c, const struct store_ops *ops,
				struct store *s)
{
	return c->remove ? roster_person_clear(ops, s, c->id, c->audit.at_ms) : GH_OK;
}

static int64_t entity_change_wait(enum model_entity_id kind, int64_t id, const void *record)
{
	struct entity_wait w = { .change = { .kind = kind,
					     .given = id,
					     .record = record,
					     .remove = record == NULL,
					     .then = kind == ENTITY_PEOPLE ? person_clear
									   : NULL,
					     .done = entity_ended } };

	assert_int_equal(entity_change_put(&f.server, &w.change), GH_OK);
	for (int i = 0; i < 5 * WAIT_MS && !atomic_load(&w.ended); i++)
		moment_wait();
	assert_true(atomic_load(&w.ended));
	assert_int_equal(w.change.err, GH_OK);
	return w.change.id;
}

static int64_t area_add(const char *name, int64_t parent)
{
	const struct area a = { .present = UINT64_C(1) << AREA_name | UINT64_C(1)
									      << AREA_parent,
				.name = gh_slice_of(name),
				.parent = parent };

	return entity_change_wait(ENTITY_AREA, 0, &a);
}

#define VERSION 10

struct credential_job {
	struct store_job job;
	int64_t person;
	int64_t area;		       /* that they belong to; 0: it stays */
	const struct template *record; /* NULL: none; ... */
	bool drops; /* ... all of theirs are removed, and they belong nowhere */
	_Atomic bool ended;
};

static enum gh_err credential_run(struct store_job *job, const struct store_ops *ops,
				  struct store *s)
{
	struct credential_job *j = (struct credential_job *)job;
	struct credential c;
	gh_slice content;

	enum gh_err err = GH_OK;

	if (j->area || j->drops)
		err = ops->relation_clear(s, RELATION_PEOPLE_AREA, j->person);
	if (err == GH_OK && j->area)
		err = ops->relation_put(s, RELATION_PEOPLE_AREA, j->person, j->area);
	if (err == GH_OK && j->drops)
		err = ops->entities_drop(s, ENTITY_CREDENTIAL, CREDENTIAL_people, j->person);
	if (err || j->record == NULL)
		return err;
	assert_true(credential_of_record(KIND_TEMPLATE, j->record, 0, &c, &content));
	c.people = j->person;
	model_mark(&c, CREDENTIAL_people);
	return ops->credential_put(s, &c, content, (gh_slice){ 0 });
}

static void credential_ended(struct store_job *job, enum gh_err err)
{
	assert_int_equal(err, GH_OK);
	atomic_store(&((struct credential_job *)job)->ended, true);
}

static void credential_job_wait(struct credential_job j)
{
	j.job = (struct store_job){ .run = credential_run, .done = credential_ended };
	assert_int_equal(store_put(f.server.queue, &j.job), GH_OK);
	for (int n = 0; n < 5 * WAIT_MS && !atomic_load(&j.ended); n++)
		moment_wait();
	assert_true(atomic_load(&j.ended));
}

static void credential_change(size_t i, const struct template *t)
{
	credential_job_wait((struct credential_job){
		.person = roster[i].id, .record = t, .drops = t == NULL });
	syncs_roster_changed(syncs);
}

static void roster_put(size_t i)
{
	struct roster_entry *e = &roster[i];
	char pin[16], areas[32];
	struct people p = {
		.present = UINT64_C(1) << PEOPLE_pin | UINT64_C(1) << PEOPLE_name |
			   UINT64_C(1) << PEOPLE_disabled | UINT64_C(1) << PEOPLE_namespace |
			   UINT64_C(1) << PEOPLE_areas,
		.namespace = NAMESPACE_DEFAULT,
		.disabled = e->disabled,
		.name = gh_slice_of(e->name),
	};

	snprintf(pin, sizeof(pin), "%zu", i + 1);
	snprintf(areas, sizeof(areas), "[%lld]", (long long)e->area);
	p.pin = gh_slice_of(pin);
	p.areas = gh_slice_of(areas);
	e->id = entity_change_wait(ENTITY_PEOPLE, e->id, &p);
	credential_job_wait((struct credential_job){ .person = e->id, .area = e->area });
	syncs_roster_changed(syncs);
}

static void roster_set(size_t i, const char *name, int64_t area)
{
	snprintf(roster[i].name, NAME, "%s", name);
	roster[i].area = area;
	roster_put(i);
}

static struct template finger_of(size_t i, int64_t no, const char *data, char pin[16])
{
	struct template t = {
		.present = UINT64_C(1) << TEMPLATE_pin | UINT64_C(1) << TEMPLATE_source |
			   UINT64_C(1) << TEMPLATE_type | UINT64_C(1) << TEMPLATE_no |
			   UINT64_C(1) << TEMPLATE_major_ver | UINT64_C(1) << TEMPLATE_data,
		.source = GH_LIT("fp"),
		.type = 1,
		.no = no,
		.major_ver = VERSION,
		.data = gh_slice_of(data),
	};

	snprintf(pin, 16, "%zu", i + 1);
	t.pin = gh_slice_of(pin);
	return t;
}

static void roster_enrol(size_t i, const char *data)
{
	char pin[16];
	struct template t = finger_of(i, 0, data, pin);

	snprintf(roster[i].finger, NAME, "%s", data);
	credential_change(i, &t);
}

static void roster_remove(size_t i)
{
	credential_change(i, NULL);
	(void)entity_change_wait(ENTITY_PEOPLE, roster[i].id, NULL);
	roster[i] = (struct roster_entry){ .id = 0 };
}

/* --- devices --- */

static void clock_open(size_t i, const char *sn, int64_t area)
{
	struct device_row change = { .present = DEVICE_FIELDS_OF(DEVICE_area), .area = area };
	const struct device_row first = { .present = DEVICE_FIELDS_OF(DEVICE_dialect),
					  .sn = gh_slice_of(sn),
					  .dialect = GH_LIT("attendance") };

	clocks[i].device = server_admit_row(&f, &first);
	assert_non_null(clocks[i].device);
	server_approve(&f, clocks[i].device);
	server_change(&f, clocks[i].device, &change);
}

static void record_upload(struct device *d, const struct person *p);
static void template_upload(struct device *d, const struct template *t);

/* It reports the version of its algorithm. */
static void clock_version_set(size_t i, const char *info)
{
	const struct device_row change = { .present = DEVICE_FIELDS_OF(DEVICE_info),
					   .attendance = { .info = gh_slice_of(info) } };

	server_change(&f, clocks[i].device, &change);
}

static void clock_execute(struct clock *k, const struct command *c)
{
	union model_record record;
	gh_slice pin = { 0 };
	struct clock_person *p;

	if (!command_argument(c->arguments, ARGUMENT_pin, &pin))
		return;
	p = &k->person[strtol((const char *)pin.p, NULL, 10) - 1];
	if (c->kind == COMMAND_KIND_DELETE_PERSON)
		*p = (struct clock_person){ .there = false };
	if (c->kind == COMMAND_KIND_DELETE_FINGERPRINT)
		p->finger[0] = 0;
	if (c->kind == COMMAND_KIND_UPDATE_FINGERPRINT) {
		assert_int_equal(command_record(c->kind, c->arguments, &record), GH_OK);
		assert_true(p->there);
		snprintf(p->finger, NAME, "%.*s", GH_FMT(((struct template *)&record)->data));
	}
	if (c->kind != COMMAND_KIND_UPDATE_PERSON)
		return;
	assert_int_equal(command_record(c->kind, c->arguments, &record), GH_OK);
	p->there = true;
	snprintf(p->name, NAME, "%.*s", GH_FMT(((struct person *)&record)->name));
	if (k->cuts)
		p->name[k->cuts] = 0;
}

/* Of an order that it has carried out. */
static void clock_show(struct clock *k, const struct command *c)
{
	union model_record record;
	struct person *p = (struct person *)&record;

	if (k->cuts == 0 || c->kind != COMMAND_KIND_UPDATE_PERSON)
		return;
	assert_int_equal(command_record(c->kind, c->arguments, &record), GH_OK);
	p->name.n = p->name.n > k->cuts ? k->cuts : p->name.n;
	record_upload(k->device, p);
}

struct poll_wait {
	struct command_list list;
	_Atomic bool ended;
};

static void clock_polled(void *ctx, enum gh_err err, struct command_list *offered)
{
	struct poll_wait *w = ctx;

	assert_int_equal(err, GH_OK);
	command_list_move(&w->list, offered);
	atomic_store(&w->ended, true);
}

/* One poll; each order it brings is executed and answered, unless the answer is lost. */
static size_t clock_poll(struct clock *k)
{
	struct poll_wait w = { .ended = false };
	size_t n;

	if (!device_offer_due(k->device, server_fixture_now))
		return 0;
	command_list_init(&w.list);
	assert_int_equal(command_offer(&f.server, k->device, clock_polled, &w), GH_OK);
	for (int i = 0; i < 5 * WAIT_MS && !atomic_load(&w.ended); i++)
		moment_wait();
	assert_true(atomic_load(&w.ended));
	n = w.list.n;
	for (const struct command_item *at = w.list.first; at; at = at->next) {
		if (at->command.id > k->last) {
			k->last = at->command.id;
			k->given++;
		}
		if (!k->refuses)
			clock_execute(k, &at->command);
		if (!k->silent && (k->loses == 0 || random_below(k->loses)))
			server_answer(&f, k->device, at->command.id, k->refuses);
		clock_show(k, &at->command);
	}
	command_list_clear(&w.list);
	return n;
}

/* Until it is given nothing more. */
static void clock_run(struct clock *k)
{
	for (int i = 0; i < 1000 && device_commands(k->device); i++) {
		(void)clock_poll(k);
		time_pass(f.settings.command_retry_ms);
	}
	assert_int_equal(device_commands(k->device), 0);
}

/* --- the planner --- */

static void planner_settle(void)
{
	for (int i = 0; i < 4; i++) {
		time_pass(REST_MS);
		syncs_tick(syncs);
		for (int n = 0; n < 5 * WAIT_MS && atomic_load(&syncs->busy); n++)
			moment_wait();
		assert_false(atomic_load(&syncs->busy));
	}
}

static void all_settle(void)
{
	for (int i = 0; i < 3; i++) {
		planner_settle();
		for (size_t k = 0; k < 2; k++)
			if (clocks[k].device)
				clock_run(&clocks[k]);
	}
}

static bool is_target(size_t i, bool below)
{
	const struct roster_entry *e = &roster[i];

	return e->id && !e->disabled && (e->area == EVERYWHERE || below);
}

static bool is_different(const struct clock *k, size_t i, bool below)
{
	if (is_target(i, below) != k->person[i].there)
		return true;
	return k->person[i].there && strcmp(k->person[i].name, roster[i].name) != 0;
}

static bool finger_is_different(const struct clock *k, size_t i, bool below)
{
	return is_target(i, below) && strcmp(k->person[i].finger, roster[i].finger) != 0;
}

/* --- the tests --- */

static void a_person_is_brought_to_the_devices_of_the_area_and_of_those_below(void **state)
{
	(void)state;
	int64_t below = area_add("below", EVERYWHERE);

	clock_open(0, "TOP", EVERYWHERE);
	clock_open(1, "BELOW", below);
	roster_set(0, "Ada", EVERYWHERE);
	roster_set(1, "Bob", below);
	all_settle();
	assert_true(clocks[0].person[0].there);
	assert_string_equal(clocks[0].person[0].name, "Ada");
	assert_false(clocks[0].person[1].there);
	assert_true(clocks[1].person[0].there);
	assert_true(clocks[1].person[1].there);
	assert_int_equal(clocks[0].given, 1);
	assert_int_equal(clocks[1].given, 2);
}

static void who_leaves_is_disabled_or_deleted_is_removed(void **state)
{
	(void)state;
	int64_t below = area_add("below", EVERYWHERE);

	clock_open(0, "TOP", EVERYWHERE);
	roster_set(0, "Ada", EVERYWHERE);
	roster_set(1, "Bob", EVERYWHERE);
	roster_set(2, "Cleo", EVERYWHERE);
	all_settle();
	assert_int_equal(clocks[0].given, 3);
	roster_set(0, "Ada", below);
	roster[1].disabled = true;
	roster_put(1);
	roster_remove(2);
	all_settle();
	for (size_t i = 0; i < 3; i++)
		assert_false(clocks[0].person[i].there);
	assert_int_equal(clocks[0].given, 6);
}

/* Who is in no roster stays; who is in it goes with it, also where others put them there. */
static void a_person_of_no_roster_stays_and_one_of_the_roster_goes(void **state)
{
	const uint64_t fields = UINT64_C(1) << PERSON_pin | UINT64_C(1) << PERSON_name;
	const struct person ada = { .present = fields,
				    .pin = GH_LIT("1"),
				    .name = GH_LIT("Ada") },
			    guest = { .present = fields,
				      .pin = GH_LIT("9"),
				      .name = GH_LIT("Guest") };

	(void)state;
	clock_open(0, "TOP", EVERYWHERE);
	record_upload(clocks[0].device, &ada);
	record_upload(clocks[0].device, &guest);
	clocks[0].person[0] = (struct clock_person){ true, "Ada", "" };
	clocks[0].person[8] = (struct clock_person){ true, "Guest", "" };
	roster_set(0, "Ada", EVERYWHERE);
	all_settle();
	assert_int_equal(clocks[0].given, 0);
	roster_remove(0);
	all_settle();
	assert_false(clocks[0].person[0].there);
	assert_true(clocks[0].person[8].there);
	assert_int_equal(clocks[0].given, 1);
}

/* The roster may have another person of that PIN. */
static void one_of_the_roster_who_never_was_to_be_there_stays(void **state)
{
	const struct person ada = { .present = UINT64_C(1) << PERSON_pin |
					       UINT64_C(1) << PERSON_name,
				    .pin = GH_LIT("1"),
				    .name = GH_LIT("Ada") };

	(void)state;
	clock_open(0, "TOP", EVERYWHERE);
	record_upload(clocks[0].device, &ada);
	clocks[0].person[0] = (struct clock_person){ true, "Ada", "" };
	roster[0].disabled = true;
	roster_set(0, "Bob", EVERYWHERE);
	roster_set(1, "Eve", EVERYWHERE);
	all_settle();
	roster_remove(0);
	all_settle();
	assert_true(clocks[0].person[0].there);
	assert_string_equal(clocks[0].person[0].name, "Ada");
	assert_true(clocks[0].person[1].there);
	assert_int_equal(clocks[0].given, 1);
}

static void what_waits_and_is_overtaken_is_withdrawn(void **state)
{
	(void)state;
	clock_open(0, "TOP", EVERYWHERE);
	roster_set(0, "Ada", EVERYWHERE);
	roster_set(1, "Bob", EVERYWHERE);
	planner_settle();
	assert_int_equal(device_commands(clocks[0].device), 2);
	roster_remove(0);
	roster_set(1, "Bobby", EVERYWHERE);
	planner_settle();
	assert_int_equal(device_commands(clocks[0].device), 1);
	all_settle();
	assert_false(clocks[0].person[0].there);
	assert_string_equal(clocks[0].person[1].name, "Bobby");
	assert_int_equal(clocks[0].given, 1);
}

/* Of who is on it and not stored more would be overwritten than is known. */
static void the_people_of_a_device_are_queried_before_any_is_written(void **state)
{
	const struct device_row change = { .present = DEVICE_FIELDS_OF(DEVICE_info),
					   .attendance = {
						   .info = GH_LIT("Ver 8,3,0,0,1.2.3.4") } };

	(void)state;
	clock_open(0, "TOP", EVERYWHERE);
	server_change(&f, clocks[0].device, &change);
	planner_settle();
	assert_int_equal(device_commands(clocks[0].device), 0);
	roster_set(0, "Ada", EVERYWHERE);
	planner_settle();
	assert_int_equal(device_commands(clocks[0].device), 1);
	/* Queried, and not answered yet. */
	clocks[0].silent = true;
	(void)clock_poll(&clocks[0]);
	roster_set(1, "Bob", EVERYWHERE);
	planner_settle();
	assert_int_equal(device_commands(clocks[0].device), 1);
	clocks[0].silent = false;
	time_pass(f.settings.command_retry_ms);
	(void)clock_poll(&clocks[0]);
	assert_int_equal(device_commands(clocks[0].device), 0);
	assert_false(clocks[0].person[0].there);
	all_settle();
	assert_true(clocks[0].person[0].there);
	assert_int_equal(clocks[0].given, 3);
}

/* One that takes no such query is not left without people. */
static void a_query_that_is_refused_holds_nothing_up(void **state)
{
	const struct device_row change = { .present = DEVICE_FIELDS_OF(DEVICE_info),
					   .attendance = {
						   .info = GH_LIT("Ver 8,3,0,0,1.2.3.4") } };

	(void)state;
	clock_open(0, "TOP", EVERYWHERE);
	server_change(&f, clocks[0].device, &change);
	roster_set(0, "Ada", EVERYWHERE);
	planner_settle();
	clocks[0].refuses = -1;
	(void)clock_poll(&clocks[0]);
	assert_int_equal(clocks[0].given, 1);
	clocks[0].refuses = 0;
	all_settle();
	assert_true(clocks[0].person[0].there);
}

static void nothing_is_sent_where_plans_are_only_shown(void **state)
{
	const struct device_row change = { .present = DEVICE_FIELDS_OF(DEVICE_sync),
					   .access = { .sync = GH_LIT("auto") } };

	(void)state;
	f.settings.sync_clocks = false;
	clock_open(0, "TOP", EVERYWHERE);
	roster_set(0, "Ada", EVERYWHERE);
	planner_settle();
	assert_int_equal(device_commands(clocks[0].device), 0);
	server_change(&f, clocks[0].device, &change);
	all_settle();
	assert_true(clocks[0].person[0].there);
}

static void what_waits_is_cancelled_where_plans_are_only_shown_from_now_on(void **state)
{
	struct device_row change = { .present = DEVICE_FIELDS_OF(DEVICE_sync),
				     .access = { .sync = GH_LIT("plan") } };

	(void)state;
	clock_open(0, "TOP", EVERYWHERE);
	roster_set(0, "Ada", EVERYWHERE);
	roster_set(1, "Bob", EVERYWHERE);
	planner_settle();
	assert_int_equal(device_commands(clocks[0].device), 2);
	server_queue(&f, clocks[0].device, "INFO");
	server_change(&f, clocks[0].device, &change);
	planner_settle();
	assert_int_equal(device_commands(clocks[0].device), 1);
	all_settle();
	assert_false(clocks[0].person[0].there);
	/* The same of all devices, without a change of the device. */
	change.access.sync = (gh_slice){ 0 };
	server_change(&f, clocks[0].device, &change);
	planner_settle();
	assert_int_equal(device_commands(clocks[0].device), 2);
	f.settings.sync_clocks = false;
	planner_settle();
	assert_int_equal(device_commands(clocks[0].device), 0);
	f.settings.sync_clocks = true;
	all_settle();
	assert_true(clocks[0].person[1].there);
}

static void what_a_device_refuses_is_not_sent_again_at_once(void **state)
{
	(void)state;
	clock_open(0, "TOP", EVERYWHERE);
	clocks[0].refuses = -1;
	roster_set(0, "Ada", EVERYWHERE);
	planner_settle();
	(void)clock_poll(&clocks[0]);
	assert_int_equal(clocks[0].given, 1);
	planner_settle();
	assert_int_equal(device_commands(clocks[0].device), 0);
	/* Another one is. */
	roster_set(0, "Adam", EVERYWHERE);
	planner_settle();
	assert_int_equal(device_commands(clocks[0].device), 1);
	clocks[0].refuses = 0;
	all_settle();
	assert_string_equal(clocks[0].person[0].name, "Adam");
}

/* Sent, acknowledged, and stored otherwise: it is tried again more and more rarely. */
static void what_a_device_stores_otherwise_is_not_written_for_ever(void **state)
{
	(void)state;
	clock_open(0, "TOP", EVERYWHERE);
	clocks[0].cuts = 4;
	roster_set(0, "Adalbert", EVERYWHERE);
	roster_set(1, "Bob", EVERYWHERE);
	for (int i = 0; i < 3; i++)
		all_settle();
	assert_string_equal(clocks[0].person[0].name, "Adal");
	/* Once, and once more when a minute is over, of which all this has passed some. */
	assert_in_range(clocks[0].given, 2, 4);
	size_t given = clocks[0].given;

	time_pass(HOUR_MS);
	for (int i = 0; i < 10; i++)
		all_settle();
	assert_in_range(clocks[0].given - given, 1, 3);
	/* Another name goes at once. */
	given = clocks[0].given;
	roster_set(0, "Ada", EVERYWHERE);
	all_settle();
	assert_string_equal(clocks[0].person[0].name, "Ada");
	assert_int_equal(clocks[0].given, given + 1);
}

static void an_order_that_ends_without_an_answer_is_not_sent_again_at_once(void **state)
{
	(void)state;
	f.settings.command_ttl_ms = 3600000;
	clock_open(0, "TOP", EVERYWHERE);
	roster_set(0, "Ada", EVERYWHERE);
	planner_settle();
	assert_int_equal(device_commands(clocks[0].device), 1);
	time_pass(2 * HOUR_MS);
	commands_tick(&f.server, server_steady_ms(&f.server));
	server_settle(&f);
	assert_int_equal(device_commands(clocks[0].device), 0);
	planner_settle();
	assert_int_equal(device_commands(clocks[0].device), 0);
	time_pass(120000);
	planner_settle();
	assert_int_equal(device_commands(clocks[0].device), 1);
}

/* A machine that begins in 1970, or whose clock was set back: no person is removed as not valid yet, and none comes whose
 * time may be over. */
static void a_clock_that_is_behind_ends_no_validity(void **state)
{
	struct people valid = { .present = UINT64_C(1) << PEOPLE_valid_from,
				.valid_from = INT64_C(20200101000000) },
		      until = { .present = UINT64_C(1) << PEOPLE_valid_to,
				.valid_to = INT64_C(19991231235959) };
	int64_t now;

	(void)state;
	clock_open(0, "TOP", EVERYWHERE);
	for (size_t i = 0; i < 3; i++)
		roster_set(i, "Ada", EVERYWHERE);
	(void)entity_change_wait(ENTITY_PEOPLE, roster[0].id, &valid);
	(void)entity_change_wait(ENTITY_PEOPLE, roster[2].id, &until);
	all_settle();
	assert_true(clocks[0].person[0].there);
	assert_false(clocks[0].person[2].there);
	now = server_fixture_now;
	for (int restarted = 0; restarted < 2; restarted++) {
		server_fixture_now = 1000;
		roster_set(3, restarted ? "Eve" : "Dan", EVERYWHERE);
		all_settle();
		assert_true(clocks[0].person[0].there);
		assert_false(clocks[0].person[2].there);
		/* What depends on no time goes on. */
		assert_string_equal(clocks[0].person[3].name, restarted ? "Eve" : "Dan");
		/* As in a program that begins at that time. */
		atomic_store(&f.server.newest_ms, 0);
	}
	server_fixture_now = now + HOUR_MS;
	roster_remove(0);
	all_settle();
	assert_false(clocks[0].person[0].there);
}

/* What is read of the roster may be older than the device's area: that does not mean that it is to be empty. */
static void a_device_of_an_area_that_was_not_read_is_not_planned(void **state)
{
	const struct store_ops *ops = f.server.db.ops;
	const struct sync_roster none = { .areas = 0 };
	struct store_reader *reader;
	struct sync_given given;

	(void)state;
	clock_open(0, "TOP", EVERYWHERE);
	assert_int_equal(ops->reader_open(f.server.db.store, &reader), GH_OK);
	assert_int_equal(sync_gather(&f.server, reader, &none, clocks[0].device, &given),
			 GH_EBUSY);
	sync_given_clear(&given);
	ops->reader_close(reader);
}

static void a_validity_that_ends_removes(void **state)
{
	struct people valid = { .present = UINT64_C(1) << PEOPLE_valid_to,
				.valid_to = INT64_C(20240801235959) };

	(void)state;
	clock_open(0, "TOP", EVERYWHERE);
	roster_set(0, "Ada", EVERYWHERE);
	(void)entity_change_wait(ENTITY_PEOPLE, roster[0].id, &valid);
	all_settle();
	assert_true(clocks[0].person[0].there);
	server_fixture_now =
		INT64_C(1722549601000) - 4 * REST_MS; /* 2024-08-02 00:00:01 in Berlin */
	planner_settle();
	assert_int_equal(device_commands(clocks[0].device), 1);
	all_settle();
	assert_false(clocks[0].person[0].there);
}

/* Whatever is changed while answers are lost: in the end each device holds what it is to hold, by as many orders as
 * there were differences, and planning again gives nothing. */
static void random_changes_converge_by_the_fewest_orders(void **state)
{
	(void)state;
	int64_t below = area_add("below", EVERYWHERE);

	clock_open(0, "TOP", EVERYWHERE);
	clock_open(1, "BELOW", below);
	for (size_t k = 0; k < 2; k++)
		clock_version_set(k, "Ver 8,0,0,0,1.2.3.4,10");
	chance = 1;
	for (int round = 0; round < ROUNDS; round++) {
		size_t differ[2] = { 0 }, given[2];

		for (unsigned n = 1 + random_below(8); n; n--) {
			size_t i = random_below(PEOPLE);
			char name[NAME];

			snprintf(name, sizeof(name), "P%u", random_below(5));
			if (roster[i].id && random_below(4) == 0)
				roster_remove(i);
			else
				roster_set(i, name, random_below(2) ? below : EVERYWHERE);
			if (roster[i].id && random_below(2))
				roster_enrol(i, random_below(2) ? "TWFu" : "d29tYW4=");
			if (random_below(6) == 0)
				planner_settle();
		}
		for (size_t k = 0; k < 2; k++) {
			given[k] = clocks[k].given;
			clocks[k].loses = 3;
			for (size_t i = 0; i < PEOPLE; i++)
				differ[k] += is_different(&clocks[k], i, k == 1) +
					     finger_is_different(&clocks[k], i, k == 1);
		}
		all_settle();
		for (size_t k = 0; k < 2; k++) {
			for (size_t i = 0; i < PEOPLE; i++)
				assert_false(is_different(&clocks[k], i, k == 1) ||
					     finger_is_different(&clocks[k], i, k == 1));
			assert_int_equal(clocks[k].given - given[k], differ[k]);
		}
	}
}

/* By one order where the device has that version of the algorithm, in the exact bytes. */
static void a_template_comes_to_devices_of_its_version(void **state)
{
	char pin[16];
	struct template same = finger_of(1, 0, "d29tYW4=", pin);

	(void)state;
	clock_open(0, "TEN", EVERYWHERE);
	clock_open(1, "NINE", EVERYWHERE);
	clock_version_set(0, "Ver 8,0,0,0,1.2.3.4,10");
	clock_version_set(1, "Ver 8,0,0,0,1.2.3.4,9");
	roster_set(0, "Ada", EVERYWHERE);
	roster_set(1, "Bob", EVERYWHERE);
	all_settle();
	template_upload(clocks[0].device, &same);
	roster_enrol(0, "TWFu");
	roster_enrol(1, "d29tYW4=");
	all_settle();
	assert_string_equal(clocks[0].person[0].finger, "TWFu");
	assert_string_equal(clocks[1].person[0].finger, "");
	/* What is there already is not sent. */
	assert_string_equal(clocks[0].person[1].finger, "");
	assert_int_equal(clocks[0].given, 3);
	assert_int_equal(clocks[1].given, 2);
	/* After an absence it comes again, and so does another one. */
	roster[0].disabled = true;
	roster_put(0);
	all_settle();
	assert_false(clocks[0].person[0].there);
	roster[0].disabled = false;
	roster_put(0);
	all_settle();
	assert_string_equal(clocks[0].person[0].finger, "TWFu");
	roster_enrol(0, "bWFu");
	all_settle();
	assert_string_equal(clocks[0].person[0].finger, "bWFu");
	assert_int_equal(clocks[0].given, 7);
}

static void a_person_stays_whose_template_is_nowhere_else(void **state)
{
	char pin[16];
	struct template own = finger_of(0, 6, "TWFu", pin);

	(void)state;
	clock_open(0, "TOP", EVERYWHERE);
	clock_version_set(0, "Ver 8,0,0,0,1.2.3.4,10");
	roster_set(0, "Ada", EVERYWHERE);
	all_settle();
	template_upload(clocks[0].device, &own);
	roster[0].disabled = true;
	roster_put(0);
	all_settle();
	assert_true(clocks[0].person[0].there);
	/* The roster has it now. */
	credential_change(0, &own);
	all_settle();
	assert_false(clocks[0].person[0].there);
	/* Who is deleted in the roster goes in any case. */
	roster_set(1, "Bob", EVERYWHERE);
	all_settle();
	own = finger_of(1, 6, "d29tYW4=", pin);
	template_upload(clocks[0].device, &own);
	roster_remove(1);
	all_settle();
	assert_false(clocks[0].person[1].there);
}

/* --- an upload of a person --- */

static void record_uploaded(void *ctx, enum gh_err err, const struct ingest_result *result)
{
	(void)result;
	assert_int_equal(err, GH_OK);
	atomic_store((_Atomic bool *)ctx, true);
}

static void kind_upload(struct device *d, enum model_kind_id kind, const void *record)
{
	struct arena arena = { 0 };
	struct ingest *in = ingest_new(&f.server, d, &arena, GH_LIT("OPERLOG"));
	_Atomic bool ended = false;

	assert_non_null(in);
	assert_int_equal(ingest_record(in, kind, record), GH_OK);
	assert_int_equal(ingest_put(in, record_uploaded, &ended), GH_OK);
	for (int i = 0; i < 5 * WAIT_MS && !atomic_load(&ended); i++)
		moment_wait();
	assert_true(atomic_load(&ended));
	ghi_arena_clear(&arena);
}

static void record_upload(struct device *d, const struct person *p)
{
	kind_upload(d, KIND_PERSON, p);
}

static void template_upload(struct device *d, const struct template *t)
{
	kind_upload(d, KIND_TEMPLATE, t);
}

int main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, open_syncs, close_syncs)
	const struct CMUnitTest tests[] = {
		EACH(a_person_is_brought_to_the_devices_of_the_area_and_of_those_below),
		EACH(who_leaves_is_disabled_or_deleted_is_removed),
		EACH(a_person_of_no_roster_stays_and_one_of_the_roster_goes),
		EACH(what_waits_and_is_overtaken_is_withdrawn),
		EACH(the_people_of_a_device_are_queried_before_any_is_written),
		EACH(one_of_the_roster_who_never_was_to_be_there_stays),
		EACH(nothing_is_sent_where_plans_are_only_shown),
		EACH(a_query_that_is_refused_holds_nothing_up),
		EACH(what_waits_is_cancelled_where_plans_are_only_shown_from_now_on),
		EACH(what_a_device_refuses_is_not_sent_again_at_once),
		EACH(what_a_device_stores_otherwise_is_not_written_for_ever),
		EACH(an_order_that_ends_without_an_answer_is_not_sent_again_at_once),
		EACH(a_clock_that_is_behind_ends_no_validity),
		EACH(a_device_of_an_area_that_was_not_read_is_not_planned),
		EACH(a_validity_that_ends_removes),
		EACH(a_template_comes_to_devices_of_its_version),
		EACH(a_person_stays_whose_template_is_nowhere_else),
		EACH(random_changes_converge_by_the_fewest_orders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
