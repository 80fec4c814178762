#include "roster_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/roster_intake.h"
#include "store/maintenance.h"
#include "wire/attendance/operlog.h"

#define WAIT_S 60

int roster_world_setup(void **state)
{
	struct server_fixture *f = malloc(sizeof(*f));

	server_fixture_open(f);
	f->server.intake = roster_intake_new(&f->server);
	*state = f;
	return 0;
}

static void check_line(void *ctx, const char *text)
{
	(void)ctx;
	print_error("%s\n", text);
}

int roster_world_teardown(void **state)
{
	struct server_fixture *f = *state;
	struct store_report report = { .line = check_line };
	size_t found = 99;
	struct roster_intake_work *w = f->server.intake;

	server_settle(f);
	assert_int_equal(store_check(&f->server.db, &report, &found), GH_OK);
	assert_int_equal(found, 0);
	server_fixture_close(f);
	roster_intake_free(w);
	free(f);
	return 0;
}

void upload_done(void *ctx, enum gh_err err, const struct ingest_result *result)
{
	struct upload *u = ctx;

	(void)result;
	pthread_mutex_lock(&u->lock);
	u->done = true;
	u->err = err;
	pthread_cond_signal(&u->ended);
	pthread_mutex_unlock(&u->lock);
}

void change_done(struct entity_change *c)
{
	upload_done(c->ctx, c->err, NULL);
}

void upload_wait(struct upload *u)
{
	pthread_mutex_lock(&u->lock);
	while (!u->done)
		pthread_cond_wait(&u->ended, &u->lock);
	pthread_mutex_unlock(&u->lock);
	assert_int_equal(u->err, GH_OK);
}

/* Lines of OPERLOG. */
void lines_upload(struct server_fixture *f, struct device *d, const char *lines)
{
	struct upload u = UPLOAD;
	struct arena arena = { 0 };
	struct ghi_operlog log = ghi_operlog_of(gh_slice_of(lines), GH_LIT("OPERLOG"));
	struct ghi_operlog_line line;
	struct ingest *in = ingest_new(&f->server, d, &arena, GH_LIT("OPERLOG"));

	while (ghi_operlog_next(&log, &line) == GH_OK)
		assert_int_equal(ingest_record(in, line.tag->kind, &line.record), GH_OK);
	assert_int_equal(ingest_put(in, upload_done, &u), GH_OK);
	upload_wait(&u);
	ghi_arena_clear(&arena);
}

/* --- what the roster has --- */

__attribute__((format(printf, 2, 3))) static void seen_add(struct seen *x, const char *format,
							   ...)
{
	va_list args;

	va_start(args, format);
	x->n += (size_t)vsnprintf(x->text + x->n, sizeof(x->text) - x->n, format, args);
	va_end(args);
}

static bool person_see(void *ctx, const void *row, const struct store_key *key)
{
	const struct people *p = ((const struct record_row *)row)->record;

	(void)key;
	/* The fences. */
	if (p->pin.n < 4)
		seen_add(ctx, "%.*s|%.*s|g%lld|p%lld|%.*s|%.*s\n", GH_FMT(p->pin),
			 GH_FMT(p->name), (long long)p->member_group, (long long)p->privilege,
			 GH_FMT(p->cards), GH_FMT(p->areas));
	return true;
}

static bool change_see(void *ctx, const void *row, const struct store_key *key)
{
	const struct people_change *c = ((const struct record_row *)row)->record;

	(void)key;
	if (!gh_slice_eq(c->field, GH_LIT("person")))
		seen_add(ctx, "%.*s %.*s: %.*s > %.*s%s\n", GH_FMT(c->done_by),
			 GH_FMT(c->field), GH_FMT(c->was), GH_FMT(c->becomes),
			 c->taken ? "" : " (lost)");
	return true;
}

static bool credential_see(void *ctx, const struct credential_row *row)
{
	seen_add(ctx, "%.*s %.*s %lld %lld v%lld %.*s\n", GH_FMT(row->pin),
		 GH_FMT(row->credential->form), (long long)row->credential->type,
		 (long long)row->credential->no, (long long)row->credential->major_ver,
		 GH_FMT(row->content));
	return true;
}

struct seen roster_see(struct server_fixture *f, enum model_entity_id kind)
{
	static const int64_t area[] = { 1 };
	const struct store_ops *ops = f->server.db.ops;
	struct store_reader *r;
	struct seen x = { .n = 0 };
	struct store_rows rows = { .list = STORE_ENTITIES + kind, .limit = 100000 };

	assert_int_equal(ops->reader_open(f->server.db.store, &r), GH_OK);
	if (kind == ENTITY_CREDENTIAL)
		assert_int_equal(ops->credentials_read(
					 r,
					 &(struct credentials_of){
						 .area = area, .areas = 1, .contents = true },
					 credential_see, &x),
				 GH_OK);
	else
		assert_int_equal(ops->rows_read(r, &rows,
						kind == ENTITY_PEOPLE ? person_see : change_see,
						&x),
				 GH_OK);
	ops->reader_close(r);
	return x;
}

struct fence {
	char pin[16];
	bool found;
};

static bool fence_see(void *ctx, const void *row, const struct store_key *key)
{
	struct fence *x = ctx;
	const struct people *p = ((const struct record_row *)row)->record;

	(void)key;
	x->found |= gh_slice_eq(p->pin, gh_slice_of(x->pin));
	return true;
}

static void fence_wait(struct server_fixture *f, struct device *fence)
{
	static int last = 1000;
	const struct store_ops *ops = f->server.db.ops;
	struct store_rows rows = { .list = STORE_ENTITIES + ENTITY_PEOPLE, .limit = 100000 };
	struct fence x = { .found = false };
	char line[64];
	struct timespec pause = { .tv_nsec = 2000000 };
	time_t end = time(NULL) + WAIT_S;

	snprintf(x.pin, sizeof(x.pin), "%d", ++last);
	snprintf(line, sizeof(line), "USER PIN=%s\tName=fence\n", x.pin);
	lines_upload(f, fence, line);
	while (!x.found) {
		struct store_reader *r;

		assert_true(time(NULL) < end);
		nanosleep(&pause, NULL);
		assert_int_equal(ops->reader_open(f->server.db.store, &r), GH_OK);
		assert_int_equal(ops->rows_read(r, &rows, fence_see, &x), GH_OK);
		ops->reader_close(r);
	}
}

void intake_wait(struct server_fixture *f, struct device *fence)
{
	/* Taking a person may note more, behind the first. */
	fence_wait(f, fence);
	fence_wait(f, fence);
}

void roster_until(struct server_fixture *f, const char *has)
{
	struct timespec pause = { .tv_nsec = 2000000 };
	time_t end = time(NULL) + WAIT_S;
	struct seen x = roster_see(f, ENTITY_PEOPLE);

	while (strstr(x.text, has) == NULL) {
		assert_true(time(NULL) < end);
		nanosleep(&pause, NULL);
		x = roster_see(f, ENTITY_PEOPLE);
	}
}

void area_set(struct server_fixture *f, const char *may_change, bool enrols, bool deletes)
{
	struct upload u = UPLOAD;
	struct area a = { .device_may_change = gh_slice_of(may_change),
			  .spread_enrolments = enrols,
			  .spread_deletions = deletes };
	struct entity_change c = {
		.kind = ENTITY_AREA, .given = 1, .record = &a, .done = change_done, .ctx = &u
	};

	model_mark(&a, AREA_device_may_change);
	model_mark(&a, AREA_spread_enrolments);
	model_mark(&a, AREA_spread_deletions);
	assert_int_equal(entity_change_put(&f->server, &c), GH_OK);
	upload_wait(&u);
}

struct device *clock_new(struct server_fixture *f, const char *sn)
{
	struct device *d = server_admit(f, sn);

	server_approve(f, d);
	return d;
}

void sync_set(struct server_fixture *f, struct device *d, const char *policy)
{
	struct device_row row = { .access = { .sync = gh_slice_of(policy) } };

	model_mark(&row, DEVICE_sync);
	server_change(f, d, &row);
}
