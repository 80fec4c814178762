#include "core/access/unit_counts_private.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/access/unit_parameters.h"
#include "core/device_private.h"
#include "core/server_clock.h"

#define LOOK_MS 10000	 /* at the units */
#define COMPARE_MS 60000 /* at least, while answers to queries are awaited */
#define SILENT_MS 600000 /* a unit that did not call for so long is not made to count */

static void count_queued(void *ctx, enum gh_err err, const struct command *c)
{
	(void)ctx;
	(void)err;
	(void)c;
}

static bool unit_count_queue(struct server *server, struct device *d, gh_slice table,
			     gh_slice type)
{
	char text[96];
	struct command_request count = { .kind = COMMAND_KIND_COUNT_TABLE,
					 .requested_by = COMMAND_BY_SERVER };

	snprintf(text, sizeof(text), "table=%.*s\n%s%.*s%s", GH_FMT(table),
		 type.n ? "pairs=Type=" : "", GH_FMT(type), type.n ? "\n" : "");
	count.arguments = gh_slice_of(text);
	return command_queue(server, d, &count, count_queued, NULL) == GH_OK;
}

/* --- a unit counts its tables --- */

/* Tables whose rows are the unit's as much as ours: people enrol there. */
static const struct {
	const char *name;
	bool photos, templates; /* whose types are counted one by one */
} counted[] = {
	{ "user", false, false },
	{ "templatev10", false, false },
	{ "biophoto", true, false },
	{ "biodata", false, true },
};

/* Each type of a list "0:1:0", or the whole table where there is no list. */
static bool types_order(struct unit_counts *u, gh_slice table, gh_slice list)
{
	static const char *const number[] = { "0", "1", "2", "3", "4", "5",
					      "6", "7", "8", "9", "10" };

	if (list.n == 0)
		return unit_count_queue(u->server, u->device, table, (gh_slice){ 0 });
	for (size_t i = 1; i < sizeof(number) / sizeof(number[0]); i++)
		if (gh_slice_eq(ghi_list_part(list, i), GH_LIT("1")) &&
		    !unit_count_queue(u->server, u->device, table, gh_slice_of(number[i])))
			return false;
	return true;
}

static bool tables_order(struct unit_counts *u)
{
	bool all = true;

	for (size_t i = 0; i < sizeof(counted) / sizeof(counted[0]); i++) {
		gh_slice name = gh_slice_of(counted[i].name);
		const struct ghi_access_table *t = ghi_access_table_find(name, &u->tables);

		if (!ghi_table_open(t, &u->tables))
			continue;
		all = types_order(u, name,
				  counted[i].templates ? u->tables.unit.template_types
				  : counted[i].photos  ? u->tables.unit.photo_types
						       : (gh_slice){ 0 }) &&
		      all;
	}
	return all;
}

/* Not stored: it is due again with the next look. */
static void unit_counted_store(struct unit_counts *u, struct device *d)
{
	struct device_row change = { .present = DEVICE_FIELDS_OF(DEVICE_counts_ms),
				     .access.counts_ms = server_steady_ms(u->server) };

	if (device_change(u->server, d, &change, NULL, NULL))
		LOG(u->server->log, LOG_WARNING, "when a unit counted is not stored",
		    { "sn", device_sn(d) });
}

static void counts_order(struct unit_counts *u)
{
	if (u->err == GH_OK && tables_order(u))
		unit_counted_store(u, u->device);
}

/* --- which unit --- */

static bool unit_counts_at_all(struct device *d)
{
	return device_dialect(d) == DEVICE_ACCESS && device_state(d) == DEVICE_APPROVED &&
	       device_registration(d) == DEVICE_CONFIGURED && !device_deleted(d) &&
	       !device_is_terminal(d);
}

struct counts_search {
	struct unit_counts *u;
	int64_t steady_ms, now_ms;
	struct device *due;   /* referenced; NULL: none is */
	struct device *first; /* the same; its first count is a day from now */
};

static bool counts_search_see(void *ctx, struct device *d)
{
	struct counts_search *x = ctx;
	int64_t last = atomic_load(&d->counts_ms);

	if (!unit_counts_at_all(d) || x->now_ms - device_seen_ms(d) > SILENT_MS)
		return true;
	if (last == 0 && x->first == NULL)
		x->first = device_ref(d);
	if (last && (x->steady_ms - last >= UNIT_COUNTS_EACH_MS || last > x->steady_ms) &&
	    x->due == NULL)
		x->due = device_ref(d);
	return x->due == NULL || x->first == NULL;
}

static struct device *counts_due(struct unit_counts *u)
{
	struct counts_search x = { .u = u,
				   .steady_ms = server_steady_ms(u->server),
				   .now_ms = u->server->now_ms() };

	devices_each(u->server->devices, counts_search_see, &x);
	if (x.first)
		unit_counted_store(u, x.first);
	device_unref(x.first);
	return x.due;
}

/* --- one after the other --- */

static struct unit_counts *counts_of_write(struct store_job *job)
{
	return (struct unit_counts *)((uint8_t *)job - offsetof(struct unit_counts, write));
}

static void counts_read_run(struct read_job *job, struct store_reader *r, enum gh_err err)
{
	struct unit_counts *u = (struct unit_counts *)job;
	struct device_row row;

	u->err = err;
	if (r == NULL || err)
		return;
	if (u->what == COUNTS_COMPARE) {
		counts_compare(u, r);
		return;
	}
	device_row(u->device, &u->arena, &row);
	u->err = unit_tables_of(u->server->db.ops, r, device_id(u->device),
				row.access.parameters, &u->arena, &u->tables);
}

static void counts_end(struct unit_counts *u)
{
	counts_drop(u);
	atomic_store(&u->busy, false);
}

static bool counts_changed(const struct unit_counts *u)
{
	for (size_t i = 0; i < u->n; i++)
		if (u->of[i].changed)
			return true;
	return false;
}

static void counts_was_read(struct read_job *job)
{
	struct unit_counts *u = (struct unit_counts *)job;

	if (u->what == COUNTS_ORDER)
		counts_order(u);
	else if (u->err)
		atomic_store(&u->due, true);
	else if (!counts_changed(u))
		counts_stored(u);
	else if (store_put(u->server->queue, &u->write) == GH_OK)
		return;
	else
		atomic_store(&u->due, true);
	counts_end(u);
}

static enum gh_err counts_write_run(struct store_job *job, const struct store_ops *ops,
				    struct store *s)
{
	return counts_store(counts_of_write(job), ops, s);
}

static void counts_written(struct store_job *job, enum gh_err err)
{
	struct unit_counts *u = counts_of_write(job);

	if (err)
		atomic_store(&u->due, true);
	else
		counts_stored(u);
	counts_end(u);
}

static void counts_begin(struct unit_counts *u)
{
	int64_t now = server_monotonic_ms(u->server);

	u->device = NULL;
	u->what = COUNTS_COMPARE;
	if (atomic_exchange(&u->due, false) || now - u->compared_ms >= COMPARE_MS) {
		u->compared_ms = now;
	} else {
		u->looked_ms = now;
		u->what = COUNTS_ORDER;
		u->device = counts_due(u);
		/* Others may be due, too. */
		if (u->device)
			u->looked_ms = now - LOOK_MS + 1000;
	}
	if ((u->what == COUNTS_ORDER && u->device == NULL) ||
	    readers_put(u->server->readers, READERS_LIST, &u->read))
		counts_end(u);
}

/* --- from outside --- */

void unit_counts_wake(struct unit_counts *u)
{
	if (u)
		atomic_store(&u->due, true);
}

void unit_counts_tick(struct unit_counts *u)
{
	int64_t now;

	if (u == NULL)
		return;
	if (atomic_exchange(&u->busy, true))
		return;
	now = server_monotonic_ms(u->server);
	if (atomic_load(&u->due) || now - u->compared_ms >= COMPARE_MS ||
	    now - u->looked_ms >= LOOK_MS)
		counts_begin(u);
	else
		atomic_store(&u->busy, false);
}

struct unit_counts *unit_counts_new(struct server *server)
{
	struct unit_counts *u = calloc(1, sizeof(*u));

	if (u == NULL)
		return NULL;
	u->server = server;
	u->read = (struct read_job){ .run = counts_read_run,
				     .done = counts_was_read,
				     .admitted = true };
	u->write = (struct store_job){ .run = counts_write_run, .done = counts_written };
	atomic_init(&u->due, true);
	return u;
}

void unit_counts_free(struct unit_counts *u)
{
	if (u == NULL)
		return;
	counts_drop(u);
	free(u);
}
