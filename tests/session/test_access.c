/* Units of the access dialect (Security PUSH 3.1.2, 4): what each request is answered, by how far the
 * unit is; registration, codes and keys. */
#include "session_fixture.h"

#include "base/arena.h"

#define PARAMETERS "DeviceType=acc,~DeviceName=F20/M,FirmVer=Ver 8.0.1.3,LockCount=1"

static const char *const request[][3] = {
	{ "GET", "/iclock/cdata?SN=UNIT1&options=all&pushver=3.1.2&DeviceType=acc", "" },
	{ "POST", "/iclock/exchange?SN=UNIT1&type=publickey", "PublicKey=AAAA" },
	{ "POST", "/iclock/exchange?SN=UNIT1&type=factors", "Factors=AAAA" },
	{ "POST", "/iclock/registry?SN=UNIT1", PARAMETERS },
	{ "POST", "/iclock/push?SN=UNIT1", "" },
	{ "GET", "/iclock/push?SN=UNIT1", "" },
	{ "GET", "/iclock/getrequest?SN=UNIT1", "" },
	{ "GET", "/iclock/ping?SN=UNIT1", "" },
	{ "POST", "/iclock/ping?SN=UNIT1", "" },
	{ "POST", "/iclock/cdata?SN=UNIT1&table=rtstate",
	  "time=2024-07-01 08:00:00\tsensor=01" },
	{ "POST", "/iclock/cdata?SN=UNIT1&table=options", "LockCount=1,Reader=2" },
	{ "POST", "/iclock/cdata?SN=UNIT1&table=tabledata&tablename=Odd&count=7",
	  "odd a=1\nodd a=2" },
	{ "POST", "/iclock/querydata?SN=UNIT1&type=count&cmdid=1&tablename=user", "user=1" },
	{ "POST", "/iclock/devicecmd?SN=UNIT1", "ID=1&Return=0&CMD=DATA UPDATE" },
	{ "POST", "/iclock/file?SN=UNIT1&cmdid=1&fileseq=1", "bytes" },
	{ "GET", "/iclock/rtdata?SN=UNIT1&type=time", "" },
};
enum { REQUESTS = sizeof(request) / sizeof(request[0]), STATES = 5 };

/* The states in their order; 0 is also that of an unknown unit. What a reply begins with; "=": all of it. */
static const struct {
	unsigned status;
	const char *body;
} wanted[REQUESTS][STATES] = {
#define ALL(status, body)                   \
	{ status, body }, { status, body }, \
	{                                   \
		status, body                \
	}
#define WAITS                       \
	{                           \
		503, "device waits" \
	}
#define BLOCKED                          \
	{                                \
		403, "device is blocked" \
	}
#define TAKEN(body)                            \
	{                                      \
		WAITS, ALL(200, body), BLOCKED \
	}
	{ { 200, "=OK" },
	  { 200, "=OK" },
	  { 200, "registry=ok\nRegistryCode=" },
	  { 200, "registry=ok\nRegistryCode=" },
	  BLOCKED },
	{ { 404, "=" }, ALL(404, "="), BLOCKED },
	{ { 404, "=" }, ALL(404, "="), BLOCKED },
	{ { 406, "=406" }, ALL(200, "RegistryCode="), { 406, "=406" } },
	TAKEN("ServerVersion=3.1.2\nServerName=Gatehouse\n"),
	TAKEN("ServerVersion=3.1.2\nServerName=Gatehouse\n"),
	TAKEN("=OK"),
	TAKEN("=OK"),
	TAKEN("=OK"),
	TAKEN("=OK"),
	TAKEN("=OK"),
	TAKEN("=Odd=7"),
	TAKEN("=OK"),
	TAKEN("=OK"),
	TAKEN("=OK"),
	TAKEN("=DateTime=790128000,ServerTZ=+0200"),
};

static struct device *unit;

static char unit_letter; /* the units are UNIT1, UNITa, UNITb … */

static void unit_request(size_t r)
{
	char target[128];

	snprintf(target, sizeof(target), "%s", request[r][1]);
	strstr(target, "UNIT1")[4] = unit_letter;
	session_send(request[r][0], target, gh_slice_of(request[r][2]));
}

static void unit_reply_assert(size_t r, size_t s)
{
	const char *body = wanted[r][s].body;

	assert_int_equal(reply.status, wanted[r][s].status);
	if (body[0] == '=')
		assert_string_equal(reply.body, body + 1);
	else
		assert_memory_equal(reply.body, body, strlen(body));
	assert_null(strchr(reply.body, '\r'));
}

static void unit_close(void)
{
	device_unref(unit);
	unit = NULL;
	session_close(NULL);
}

static void unit_block(void)
{
	struct device_row change = { .present = DEVICE_FIELDS_OF(DEVICE_state),
				     .state = DEVICE_BLOCKED };

	assert_int_equal(device_change(&fixture.server, unit, &change, NULL, NULL), GH_OK);
	server_settle(&fixture);
}

static void unit_find(void)
{
	char sn[8];

	device_unref(unit);
	snprintf(sn, sizeof(sn), "UNIT%c", unit_letter);
	unit = devices_find(fixture.server.devices, gh_slice_of(sn));
	assert_non_null(unit);
}

/* The unit comes that far, by requests alone. */
static void unit_come(size_t s)
{
	unit_request(0);
	unit_find();
	assert_int_equal(device_dialect(unit), DEVICE_ACCESS);
	if (s >= 1 && s <= 3)
		server_approve(&fixture, unit);
	if (s >= 2 && s <= 3)
		unit_request(3);
	if (s == 3)
		unit_request(4);
	if (s == 4)
		unit_block();
}

/* A server whose unit UNIT1 came that far. */
static void unit_bring(size_t s)
{
	session_open(NULL);
	fixture.settings.devices_max = fixture.settings.held_max = 100;
	unit_letter = '1';
	unit_come(s);
}

/* A unit for each request. */
static void states_and_requests(bool restarted)
{
	for (size_t s = 0; s < STATES; s++) {
		unit_bring(s);
		for (size_t r = 0; r < REQUESTS; r++) {
			unit_letter = (char)('a' + r);
			unit_come(s);
		}
		device_unref(unit);
		unit = NULL;
		if (restarted)
			session_restart();
		for (size_t r = 0; r < REQUESTS; r++) {
			unit_letter = (char)('a' + r);
			unit_request(r);
			unit_reply_assert(r, s);
		}
		unit_close();
	}
}

static void each_request_is_answered_by_the_state(void **state)
{
	(void)state;
	states_and_requests(false);
}

static void the_same_after_a_restart(void **state)
{
	(void)state;
	states_and_requests(true);
}

static void an_unknown_unit_is_answered_as_one_that_waits(void **state)
{
	(void)state;
	for (size_t r = 0; r < REQUESTS; r++) {
		/* Without a word about its type and without a dialect, it is taken for a clock. */
		if (strstr(request[r][1], "/getrequest") || strstr(request[r][1], "/ping") ||
		    strstr(request[r][1], "table=options") ||
		    strstr(request[r][1], "/devicecmd") || strstr(request[r][1], "/file"))
			continue;
		session_open(NULL);
		unit_letter = '1';
		unit_request(r);
		unit_reply_assert(r, 0);
		session_close(NULL);
	}
}

static void where_unknown_units_are_refused_it_is_as_if_blocked(void **state)
{
	(void)state;
	session_open(NULL);
	fixture.settings.new_devices = NEW_DEVICES_REFUSE;
	unit_letter = '1';
	session_get(request[0][1]);
	assert_reply(403, "unknown devices are not admitted");
	unit_request(3);
	assert_reply(406, "406");
	assert_int_equal(devices_count(fixture.server.devices), 0);
	session_close(NULL);
}

/* Targets in absolute form, and what units write into their heads (4.1, 9.4.1). */
static void targets_may_be_absolute(void **state)
{
	(void)state;
	unit_bring(3);
	session_get("http://192.168.0.13:8088/iclock/getrequest?SN=UNIT1");
	assert_reply(200, "OK");
	session_post("http://192.168.0.13:8088/iclock/cdata?SN=UNIT1&table=rtstate",
		     "time=2024-07-01 08:00:00\tsensor=01");
	assert_reply(200, "OK");
	session_get("http://door.example/iclock/cdata?SN=UNIT1&options=all&pushver=3.1.2");
	assert_memory_equal(reply.body, "registry=ok", 11);
	unit_close();
}

/* --- registration --- */

static struct device_row row_of(struct arena *a)
{
	struct device_row row;

	device_row(unit, a, &row);
	return row;
}

static void what_a_waiting_unit_describes_is_kept(void **state)
{
	struct arena a = { 0 };

	(void)state;
	unit_bring(0);
	unit_request(3);
	assert_reply(406, "406");
	struct device_row row = row_of(&a);

	assert_true(gh_slice_eq(row.access.parameters, gh_slice_of(PARAMETERS)));
	assert_true(gh_slice_eq(row.firmware, GH_LIT("Ver 8.0.1.3")));
	assert_int_equal(row.access.registry_code.n, 0);
	/* The first time after the approval it is served, without a person at the unit. */
	session_get("/iclock/getrequest?SN=UNIT1");
	assert_int_equal(reply.status, 503);
	server_approve(&fixture, unit);
	session_get(request[0][1]);
	assert_reply(200, "OK");
	unit_request(3);
	assert_int_equal(reply.status, 200);
	ghi_arena_clear(&a);
	unit_close();
}

static void no_more_of_it_is_kept_than_16_kib_and_of_256_units(void **state)
{
	static char body[40000];
	struct arena a = { 0 };
	char target[64];

	(void)state;
	unit_bring(0);
	fixture.settings.devices_max = fixture.settings.held_max = 400;
	memset(body, 'x', sizeof(body) - 1);
	memcpy(body, "A=1,", 4);
	body[16000] = ',';
	session_post("/iclock/registry?SN=UNIT1", body);
	assert_reply(406, "406");
	assert_int_equal(row_of(&a).access.parameters.n, 16001);
	for (size_t i = 0; i < 260; i++) {
		snprintf(target, sizeof(target), "/iclock/registry?SN=H%zu", i);
		session_post(target, PARAMETERS);
		assert_reply(406, "406");
	}
	assert_int_equal(devices_held_registering(fixture.server.devices), 256);
	/* Those that are kept may change. */
	unit_request(3);
	assert_reply(406, "406");
	assert_true(gh_slice_eq(row_of(&a).access.parameters, gh_slice_of(PARAMETERS)));
	ghi_arena_clear(&a);
	unit_close();
}

static void text_keep(char *to, size_t room, const char *text)
{
	assert_true(strlen(text) < room);
	memcpy(to, text, strlen(text) + 1);
}

static void codes_are_made_once_and_kept(void **state)
{
	char code[64], options[1024], cookie[128];
	struct arena a = { 0 };

	(void)state;
	unit_bring(2);
	unit_request(3);
	assert_int_equal(reply.status, 200);
	text_keep(code, sizeof(code), reply.body);
	text_keep(cookie, sizeof(cookie), reply.headers);
	assert_int_equal(strlen(code), strlen("RegistryCode=") + 16);
	assert_int_equal(strspn(code + strlen("RegistryCode="), "0123456789abcdef"), 16);
	unit_request(4);
	text_keep(options, sizeof(options), reply.body);
	struct device_row row = row_of(&a);
	char wanted_cookie[128];

	assert_int_equal(row.access.session_id.n, 32);
	snprintf(wanted_cookie, sizeof(wanted_cookie),
		 "Set-Cookie: JSESSIONID=%.*s; Path=/; HttpOnly\n",
		 GH_FMT(row.access.session_id));
	assert_string_equal(cookie, wanted_cookie);
	for (size_t i = 0; i < row.access.session_id.n; i++)
		assert_non_null(strchr("0123456789ABCDEF", row.access.session_id.p[i]));

	session_get(request[0][1]);
	assert_non_null(strstr(reply.body, code));
	assert_non_null(strstr(reply.body, options));
	device_unref(unit);
	unit = NULL;
	session_restart();
	unit_find();
	assert_int_equal(device_registration(unit), DEVICE_CONFIGURED);
	session_get(request[0][1]);
	assert_non_null(strstr(reply.body, code));
	unit_request(3);
	assert_string_equal(reply.body, code);
	unit_request(4);
	assert_string_equal(reply.body, options);
	ghi_arena_clear(&a);
	unit_close();
}

static void what_a_unit_registers_otherwise_is_logged(void **state)
{
	(void)state;
	unit_bring(2);
	unit_request(3);
	assert_null(strstr(session_log, "registers something else"));
	session_post("/iclock/registry?SN=UNIT1",
		     "DeviceType=acc,FirmVer=Ver 9,LockCount=4,IPAddress=10.0.0.7");
	assert_int_equal(reply.status, 200);
	assert_non_null(strstr(session_log, "FirmVer"));
	assert_non_null(strstr(session_log, "LockCount"));
	assert_null(strstr(session_log, "IPAddress"));
	unit_close();
}

static void a_registration_of_a_clock_makes_it_no_unit(void **state)
{
	(void)state;
	unit_bring(1);
	session_get("/iclock/cdata?SN=UNIT1&options=all&DeviceType=att");
	server_settle(&fixture);
	assert_int_equal(device_dialect(unit), DEVICE_ATTENDANCE);
	session_post("/iclock/registry?SN=UNIT1", "DeviceType=att,~DeviceName=X");
	assert_int_equal(reply.status, 404);
	server_settle(&fixture);
	assert_int_equal(device_dialect(unit), DEVICE_ATTENDANCE);
	unit_close();
}

static bool row_count(void *ctx, const struct unit_row *row)
{
	(void)row;
	++*(size_t *)ctx;
	return true;
}

static size_t rows_in_mirror(gh_slice table)
{
	struct store_reader *r = fixture_reader();
	size_t n = 0;

	assert_int_equal(fixture.server.db.ops->unit_rows_read(
				 r, device_id(unit), (gh_slice){ 0 }, table, (gh_slice){ 0 },
				 100, row_count, &n),
			 GH_OK);
	fixture.server.db.ops->reader_close(r);
	return n;
}

/* What it held, it held as another device. */
static void another_dialect_empties_what_is_known_of_its_tables(void **state)
{
	char body[64];
	int64_t id;

	(void)state;
	unit_bring(3);
	id = queue_kind(
		&fixture, unit, COMMAND_KIND_UPDATE_TABLE,
		GH_LIT("table=holiday\npairs=Holiday=20261225\tHolidayType=1\tLoop=1\n"));
	unit_request(6);
	snprintf(body, sizeof(body), "ID=%lld&Return=0&CMD=DATA UPDATE", (long long)id);
	session_post("/iclock/devicecmd?SN=UNIT1", body);
	server_settle(&fixture);
	assert_int_equal(rows_in_mirror(GH_LIT("holiday")), 1);
	/* The same dialect keeps it. */
	unit_request(0);
	unit_request(3);
	server_settle(&fixture);
	assert_int_equal(rows_in_mirror(GH_LIT("holiday")), 1);
	session_get("/iclock/cdata?SN=UNIT1&options=all&DeviceType=att");
	server_settle(&fixture);
	assert_int_equal(device_dialect(unit), DEVICE_ATTENDANCE);
	assert_int_equal(rows_in_mirror(GH_LIT("holiday")), 0);
	unit_close();
}

static void the_lower_version_is_agreed_on(void **state)
{
	static const char *const c[][2] = {
		{ "3.0.1", "3.0.1" }, { "3.1.1", "3.1.1" },  { "3.1.2", "3.1.2" },
		{ "3.2.0", "3.1.2" }, { "3.10.0", "3.1.2" }, { "x", "3.0.1" },
		{ "", "3.0.1" },
	};

	(void)state;
	unit_bring(3);
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		char target[128], line[96];

		snprintf(target, sizeof(target),
			 "/iclock/cdata?SN=UNIT1&options=all&pushver=%s", c[i][0]);
		session_get(target);
		snprintf(line, sizeof(line), "\nPushProtVer=%s\nPushVersion=%s\n", c[i][1],
			 c[i][1]);
		assert_non_null(strstr(reply.body, line));
	}
	unit_close();
}

static void what_both_ends_have_is_agreed_on(void **state)
{
	static const char *const has[] = { "BioPhotoFun=1\nBioDataFun=1\n",
					   "\nMultiBioDataSupport=0:1:1:0\n",
					   "\nMultiBioPhotoSupport=0:0:0:0:0:0:0:0:0:1\n",
					   "\nNewVFStyles=0000111000011010\n",
					   "\nIRTempUnitTrans=0\nSvrNSLevel=2" };

	(void)state;
	unit_bring(1);
	session_post("/iclock/registry?SN=UNIT1",
		     "DeviceType=acc,MultiBioDataSupport=1:1:1:0,"
		     "MultiBioPhotoSupport=1:0:0:0:0:0:0:0:0:1,NewVFStyles=0000111000011010,"
		     "DevNSLevel=2,IRTempDetectionFunOn=1,"
		     "AccSupportFunList=0000000000000000000000000000000000000011");
	assert_int_equal(reply.status, 200);
	unit_request(4);
	for (size_t i = 0; i < sizeof(has) / sizeof(has[0]); i++)
		assert_non_null(strstr(reply.body, has[i]));
	session_post("/iclock/registry?SN=UNIT1", PARAMETERS);
	unit_request(4);
	assert_null(strstr(reply.body, "Bio"));
	assert_null(strstr(reply.body, "NewVFStyles"));
	assert_null(strstr(reply.body, "IRTempUnitTrans"));
	unit_close();
}

/* --- whether a person may pass --- */

#define ATTEMPT                                                                           \
	"time=2026-03-01 08:00:00\tpin=1\tcardno=0\taddrtype=2\teventaddr=1\tevent=223\t" \
	"inoutstatus=0\tverifytype=4"

/* Who may pass has not been read into memory: there is no decision, and nothing opens. */
static void a_server_that_is_not_ready_decides_nothing(void **state)
{
	(void)state;
	unit_bring(3);
	assert_null(fixture.server.site);
	session_post("/iclock/cdata?SN=UNIT1&AuthType=device", ATTEMPT);
	assert_reply(200, "AUTH=TIMEOUT\r\n" ATTEMPT);
	assert_int_equal(fixture.metrics.identified_late, 1);
	assert_int_equal(fixture.metrics.identified_granted, 0);
	unit_close();
}

/* --- the comm key --- */

static void unit_key(const char *key)
{
	struct device_row change = { .present = DEVICE_FIELDS_OF(DEVICE_comm_key),
				     .comm_key = gh_slice_of(key) };

	assert_int_equal(device_change(&fixture.server, unit, &change, NULL, NULL), GH_OK);
	server_settle(&fixture);
}

static void a_registration_shows_the_comm_key(void **state)
{
	static const char *const bad[] = { PARAMETERS, PARAMETERS ",authKey=",
					   PARAMETERS ",authKey=guess" };
	struct arena a = { 0 };

	(void)state;
	unit_bring(1);
	unit_key("secret");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		session_post("/iclock/registry?SN=UNIT1", bad[i]);
		assert_reply(406, "406");
		assert_int_equal(row_of(&a).access.parameters.n, 0);
		unit_request(10);
		assert_int_equal(reply.status, 401);
	}
	session_post("/iclock/registry?SN=UNIT1", PARAMETERS ",authKey=secret");
	assert_int_equal(reply.status, 200);
	unit_request(10);
	assert_reply(200, "OK");
	assert_null(strstr(fixture_traced("UNIT1"), "secret"));
	ghi_arena_clear(&a);
	unit_close();
}

static void from_elsewhere_a_unit_with_a_key_gets_no_code(void **state)
{
	(void)state;
	unit_bring(1);
	unit_key("secret");
	session_post("/iclock/registry?SN=UNIT1", PARAMETERS ",authKey=secret");
	assert_int_equal(reply.status, 200);
	session_get(request[0][1]);
	assert_memory_equal(reply.body, "registry=ok", 11);
	session_address = "198.51.100.9";
	session_get(request[0][1]);
	assert_reply(200, "OK");
	unit_request(4);
	assert_int_equal(reply.status, 401);
	session_post("/iclock/registry?SN=UNIT1", PARAMETERS ",authKey=guess");
	assert_reply(406, "406");
	unit_close();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_request_is_answered_by_the_state),
		cmocka_unit_test(the_same_after_a_restart),
		cmocka_unit_test(an_unknown_unit_is_answered_as_one_that_waits),
		cmocka_unit_test(where_unknown_units_are_refused_it_is_as_if_blocked),
		cmocka_unit_test(targets_may_be_absolute),
		cmocka_unit_test(what_a_waiting_unit_describes_is_kept),
		cmocka_unit_test(no_more_of_it_is_kept_than_16_kib_and_of_256_units),
		cmocka_unit_test(codes_are_made_once_and_kept),
		cmocka_unit_test(what_a_unit_registers_otherwise_is_logged),
		cmocka_unit_test(a_registration_of_a_clock_makes_it_no_unit),
		cmocka_unit_test(another_dialect_empties_what_is_known_of_its_tables),
		cmocka_unit_test(the_lower_version_is_agreed_on),
		cmocka_unit_test(what_both_ends_have_is_agreed_on),
		cmocka_unit_test(a_server_that_is_not_ready_decides_nothing),
		cmocka_unit_test(a_registration_shows_the_comm_key),
		cmocka_unit_test(from_elsewhere_a_unit_with_a_key_gets_no_code),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
