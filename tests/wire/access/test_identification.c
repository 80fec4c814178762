#include "tests.h"

#include "slices.h"

#include "wire/access/identification.h"

#define RECORD                                                                            \
	"time=2017-01-10 11:49:32\tpin=1\tcardno=0\taddrtype=2\teventaddr=1\tevent=223\t" \
	"inoutstatus=0\tverifytype=1"

static gh_slice reply_text(struct ghi_writer *w, const struct ghi_auth_reply *r)
{
	ghi_auth_reply_write(w, r);
	assert_int_equal(w->err, GH_OK);
	return ghi_written(w);
}

static void a_request_is_read_as_it_is_written(void **state)
{
	struct ghi_event_fault fault;
	struct ghi_identification r;
	uint8_t text[512];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	(void)state;

	assert_int_equal(ghi_identification_read(GH_LIT("\r\n" RECORD "\r\n"), &r, &fault),
			 GH_OK);
	assert_text(r.record, RECORD);
	assert_text(r.event.pin, "1");
	assert_int_equal(r.event.event, 223);
	assert_int_equal(r.event.address, 1);
	assert_int_equal(r.address_type, GHI_ADDRESS_DOOR);
	assert_int_equal(r.event.record_index, 0);
	ghi_identification_write(&w, &r.event, r.address_type);
	assert_text(ghi_written(&w), RECORD);
}

static void what_is_no_event_is_no_request(void **state)
{
	static const char *const body[] = { "",
					    "\r\n",
					    "pin=1",
					    "time=2017-01-10 11:49:32\tpin=1",
					    "sensor=00\trelay=00\talarm=00",
					    "\xff\xfe" };
	struct ghi_event_fault fault;
	struct ghi_identification r;
	(void)state;

	for (size_t i = 0; i < sizeof(body) / sizeof(body[0]); i++)
		assert_int_not_equal(ghi_identification_read(gh_slice_of(body[i]), &r, &fault),
				     GH_OK);
}

/* Only a granted request opens. */
static void auth_reply_bytes(void **state)
{
	const struct {
		struct ghi_auth_reply r;
		const char *text;
	} c[] = {
		{ { GHI_AUTH_SUCCESS, GH_LIT("r"), 1, 5, { 0 } },
		  "AUTH=SUCCESS\r\nr\r\nCONTROL DEVICE 01010105" },
		{ { GHI_AUTH_SUCCESS, GH_LIT("r"), 10, 254, GH_LIT("Welcome") },
		  "AUTH=SUCCESS\r\nr\r\nCONTROL DEVICE 010A01FE\r\nTIPS=Welcome" },
		{ { GHI_AUTH_SUCCESS, GH_LIT("r"), 0, 5, { 0 } }, "AUTH=SUCCESS\r\nr" },
		{ { GHI_AUTH_SUCCESS, GH_LIT("r"), 1, 255, { 0 } }, "AUTH=SUCCESS\r\nr" },
		{ { GHI_AUTH_FAILED, GH_LIT("r"), 1, 5, GH_LIT("no") },
		  "AUTH=FAILED\r\nr\r\nTIPS=no" },
		{ { GHI_AUTH_TIMEOUT, GH_LIT("r"), 1, 5, { 0 } }, "AUTH=TIMEOUT\r\nr" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		uint8_t text[256];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));

		assert_text(reply_text(&w, &c[i].r), c[i].text);
	}
}

static void text_with_a_line_end_is_no_reply(void **state)
{
	const struct ghi_auth_reply r = { .auth = GHI_AUTH_FAILED,
					  .record = GH_LIT("r\r\nCONTROL DEVICE 01010105") };
	uint8_t text[256];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	(void)state;

	ghi_auth_reply_write(&w, &r);
	assert_int_equal(w.err, GH_EMALFORMED);
}

static void a_reply_is_read_by_the_unit(void **state)
{
	static const struct {
		const char *body;
		enum gh_err err;
		enum ghi_auth auth;
		unsigned door, seconds;
	} c[] = {
		{ "AUTH=SUCCESS\r\n" RECORD "\r\nCONTROL DEVICE 0101010500\r\nTIPS=Welcome",
		  GH_OK, GHI_AUTH_SUCCESS, 1, 5 },
		{ "AUTH=SUCCESS\r\n" RECORD, GH_OK, GHI_AUTH_SUCCESS, 0, 0 },
		{ "AUTH=FAILED\r\n" RECORD "\r\nCONTROL DEVICE 01010105", GH_OK,
		  GHI_AUTH_FAILED, 0, 0 },
		{ "AUTH=TIMEOUT\r\n" RECORD, GH_OK, GHI_AUTH_TIMEOUT, 0, 0 },
		/* Wrong forms of public servers. */
		{ "AUTH=SUCCEED\r\n" RECORD, GH_EMALFORMED, 0, 0, 0 },
		{ "AUTH=SUCCESS\r\n" RECORD "\r\nCONTROL DEVICE 1 1 1 6", GH_OK,
		  GHI_AUTH_SUCCESS, 0, 0 },
		{ "OK", GH_EMALFORMED, 0, 0, 0 },
		{ "", GH_EMALFORMED, 0, 0, 0 },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		struct ghi_auth_reply r;

		assert_int_equal(ghi_auth_reply_read(gh_slice_of(c[i].body), &r), c[i].err);
		if (c[i].err)
			continue;
		assert_int_equal(r.auth, c[i].auth);
		assert_int_equal(r.door, c[i].door);
		assert_int_equal(r.seconds, c[i].seconds);
		assert_text(r.record, RECORD);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_read_as_it_is_written),
		cmocka_unit_test(what_is_no_event_is_no_request),
		cmocka_unit_test(auth_reply_bytes),
		cmocka_unit_test(text_with_a_line_end_is_no_reply),
		cmocka_unit_test(a_reply_is_read_by_the_unit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
