#include "session_fixture.h"

struct server_fixture fixture;
struct carrier_reply reply;
struct device *clock1;
const char *session_address;
const char *session_cookie;

/* --- the server's log, with the thread of each line --- */

struct log server_log;
pthread_t session_log_thread[64];
size_t session_log_lines;
char session_log[8192];
static size_t log_size;

static ssize_t log_write(void *cookie, const char *p, size_t n)
{
	(void)cookie;
	if (session_log_lines < sizeof(session_log_thread) / sizeof(session_log_thread[0]))
		session_log_thread[session_log_lines++] = pthread_self();
	if (n < sizeof(session_log) - log_size) {
		memcpy(session_log + log_size, p, n);
		log_size += n;
	}
	return (ssize_t)n;
}

int session_open(void **state)
{
	(void)state;
	server_fixture_open(&fixture);
	session_address = session_cookie = NULL;
	session_log_lines = log_size = 0;
	memset(session_log, 0, sizeof(session_log));
	server_log =
		(struct log){ .to = fopencookie(NULL, "w",
						(cookie_io_functions_t){ .write = log_write }),
			      .level = LOG_DEBUG };
	setvbuf(server_log.to, NULL, _IOLBF, 1024);
	fixture.server.log = &server_log;
	fixture.settings.delay_s = 10;
	fixture.settings.error_delay_s = 30;
	fixture.settings.trans_interval_min = 1;
	fixture.settings.trans_times = "00:00;14:05";
	fixture.settings.realtime = true;
	return 0;
}

int session_close(void **state)
{
	(void)state;
	device_unref(clock1);
	clock1 = NULL;
	server_fixture_close(&fixture);
	fclose(server_log.to);
	return 0;
}

void session_restart(void)
{
	server_fixture_restart(&fixture);
}

/* With the device CLOCK1 approved, an attendance clock. */
int session_open_approved(void **state)
{
	session_open(state);
	clock1 = server_admit_row(
		&fixture, &(struct device_row){ .sn = GH_LIT("CLOCK1"),
						.dialect = GH_LIT("attendance"),
						.present = DEVICE_FIELDS_OF(DEVICE_dialect) });
	server_approve(&fixture, clock1);
	return 0;
}

void session_send(const char *method, const char *target, gh_slice body)
{
	carrier_request(
		&fixture.server, method, target, body,
		(struct carrier_peer){ .address = session_address, .cookie = session_cookie },
		&reply);
}

void session_get(const char *target)
{
	session_send("GET", target, (gh_slice){ 0 });
}

void session_post(const char *target, const char *body)
{
	session_send("POST", target, gh_slice_of(body));
}

void session_handshake(void)
{
	session_get("/iclock/cdata?SN=CLOCK1&options=all&pushver=2.4.1&language=69");
	assert_int_equal(reply.status, 200);
}

void assert_reply(unsigned status, const char *body)
{
	assert_string_equal(reply.body, body);
	assert_int_equal(reply.status, status);
}

/* --- looking at the store and the trace --- */

static bool count_row(void *ctx, const struct punch *p)
{
	(void)p;
	++*(size_t *)ctx;
	return true;
}

static bool count_quarantine(void *ctx, const void *q, const struct store_key *key)
{
	(void)key;
	(void)q;
	++*(size_t *)ctx;
	return true;
}

static bool count_record(void *ctx, const struct record_row *r)
{
	(void)r;
	++*(size_t *)ctx;
	return true;
}

struct store_reader *fixture_reader(void)
{
	struct store_reader *r;

	assert_int_equal(fixture.server.db.ops->reader_open(fixture.server.db.store, &r),
			 GH_OK);
	return r;
}

size_t fixture_punches(void)
{
	struct store_reader *r = fixture_reader();
	struct punch_query q = { .page = { .limit = 1000 },
				 .from = GHI_CIVIL_NONE,
				 .to = GHI_CIVIL_NONE };
	size_t n = 0;

	assert_int_equal(fixture.server.db.ops->punches_read(r, &q, count_row, &n), GH_OK);
	fixture.server.db.ops->reader_close(r);
	return n;
}

size_t fixture_quarantined(void)
{
	struct store_reader *r = fixture_reader();
	struct store_rows rows = { .list = STORE_QUARANTINE, .limit = 2000 };
	size_t n = 0;

	assert_int_equal(fixture.server.db.ops->rows_read(r, &rows, count_quarantine, &n),
			 GH_OK);
	fixture.server.db.ops->reader_close(r);
	return n;
}

size_t fixture_records(enum model_kind_id kind)
{
	struct store_reader *r = fixture_reader();
	struct store_page page = { .limit = 5000 };
	size_t n = 0;

	assert_int_equal(fixture.server.db.ops->records_read(r, kind, &page, count_record, &n),
			 GH_OK);
	fixture.server.db.ops->reader_close(r);
	return n;
}

const char *fixture_traced(const char *sn)
{
	static char text[512];
	const struct traced *e;

	text[0] = '\0';
	if (trace_hold(fixture.server.trace, gh_slice_of(sn), &e, 1)) {
		snprintf(text, sizeof(text), "%.*s %.*s %u %.*s", GH_FMT(e->method),
			 GH_FMT(e->target), e->status, GH_FMT(e->reply));
		trace_release(e);
	}
	return text;
}

const char *fixture_stamp(const char *table)
{
	static char text[64];
	struct arena a = { 0 };
	gh_slice s = device_stamp(clock1, gh_slice_of(table), &a);

	snprintf(text, sizeof(text), "%.*s", GH_FMT(s));
	ghi_arena_clear(&a);
	return text;
}
