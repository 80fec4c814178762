#include "tests.h"

#include "hex.h"
#include "wire/terminal/access.h"

static struct ghi_writer bits_on(uint8_t b[128])
{
	memset(b, 0xEE, 128);
	return ghi_writer_on(b, 128);
}

/* Every shorter input is refused. */
#define WHOLE_ONLY(parse, w)                  \
	for (size_t n_ = 0; n_ < (w).n; n_++) \
	assert_int_equal(parse, GH_EMALFORMED)

static void groups_and_zones_come_back_as_written(void **state)
{
	struct ghi_terminal_user_zones z = { 0x8001, 1, { 1, 2, 300 } }, zg;
	struct ghi_terminal_group g = { 2, 15, { 1, 0, 9 }, true }, gg;
	struct ghi_terminal_zone t = { 7, { { 8, 0, 17, 30 }, { 0, 0, 23, 59 } } }, tg;
	struct ghi_terminal_unlock_rule u = { 3, { 1, 2, 3, 0, 0 }, 3 }, ug;
	uint8_t b[128], group;
	uint32_t uid;
	struct ghi_writer w = bits_on(b);
	(void)state;

	ghi_terminal_user_group_write(&w, 70000, 4);
	assert_int_equal(ghi_terminal_user_group_parse(ghi_written(&w), &uid, &group), GH_OK);
	assert_int_equal(uid, 70000);
	assert_int_equal(group, 4);
	WHOLE_ONLY(ghi_terminal_user_group_parse((gh_slice){ b, n_ }, &uid, &group), w);

	w = bits_on(b);
	ghi_terminal_user_zones_write(&w, &z);
	assert_int_equal(w.n, 20);
	assert_int_equal(ghi_terminal_user_zones_parse(ghi_written(&w), &zg), GH_OK);
	assert_memory_equal(&zg, &z, sizeof(z));
	w = bits_on(b);
	ghi_terminal_user_zones_reply(&w, &z);
	assert_int_equal(w.n, 8);
	assert_int_equal(ghi_terminal_user_zones_parse(ghi_written(&w), &zg), GH_OK);
	assert_int_equal(zg.zone[2], 300);
	WHOLE_ONLY(ghi_terminal_user_zones_parse((gh_slice){ b, n_ }, &zg), w);

	w = bits_on(b);
	ghi_terminal_group_write(&w, &g);
	assert_int_equal(w.n, 8);
	assert_int_equal(b[7], 0x8F);
	assert_int_equal(ghi_terminal_group_parse(ghi_written(&w), &gg), GH_OK);
	assert_int_equal(gg.verify, 15);
	assert_true(gg.holidays);
	assert_int_equal(gg.zone[2], 9);
	WHOLE_ONLY(ghi_terminal_group_parse((gh_slice){ b, n_ }, &gg), w);

	w = bits_on(b);
	ghi_terminal_zone_write(&w, &t);
	assert_int_equal(w.n, 32);
	assert_int_equal(ghi_terminal_zone_parse(ghi_written(&w), &tg), GH_OK);
	assert_memory_equal(&tg, &t, sizeof(t));
	w = bits_on(b);
	ghi_terminal_zone_reply(&w, &t);
	assert_int_equal(w.n, 30);
	assert_int_equal(ghi_terminal_zone_parse(ghi_written(&w), &tg), GH_OK);
	assert_memory_equal(&tg, &t, sizeof(t));
	WHOLE_ONLY(ghi_terminal_zone_parse((gh_slice){ b, n_ }, &tg), w);

	w = bits_on(b);
	ghi_terminal_unlock_rule_write(&w, &u);
	assert_int_equal(w.n, 8);
	assert_int_equal(ghi_terminal_unlock_rule_parse(ghi_written(&w), &ug), GH_OK);
	assert_memory_equal(&ug, &u, sizeof(u));
	WHOLE_ONLY(ghi_terminal_unlock_rule_parse((gh_slice){ b, n_ }, &ug), w);
}

static void messages_come_back_as_written(void **state)
{
	struct ghi_terminal_sms m = { GHI_SMS_PUBLIC, 7, 60, 0x2E4969FE, "Good morning" }, got;
	uint8_t b[128];
	uint16_t uid, id;
	struct ghi_writer w = bits_on(b);
	(void)state;

	ghi_terminal_sms_write(&w, &m);
	assert_int_equal(w.n, 71);
	assert_memory_equal(b, "\xFD\x07\0\x3C\0\0\0\xFE\x69\x49\x2EGood", 15);
	assert_int_equal(ghi_terminal_sms_parse(ghi_written(&w), &got), GH_OK);
	assert_int_equal(got.tag, GHI_SMS_PUBLIC);
	assert_int_equal(got.minutes, 60);
	assert_int_equal(got.start, m.start);
	assert_string_equal(got.text, m.text);
	WHOLE_ONLY(ghi_terminal_sms_parse((gh_slice){ b, n_ }, &got), w);
	memset(m.text, 'x', sizeof(m.text));
	w = bits_on(b);
	ghi_terminal_sms_write(&w, &m);
	assert_int_equal(w.err, GH_ETOOBIG);

	w = bits_on(b);
	ghi_terminal_user_sms_write(&w, 40000, 7);
	assert_int_equal(ghi_terminal_user_sms_parse(ghi_written(&w), &uid, &id), GH_OK);
	assert_int_equal(uid, 40000);
	assert_int_equal(id, 7);
	WHOLE_ONLY(ghi_terminal_user_sms_parse((gh_slice){ b, n_ }, &uid, &id), w);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_and_zones_come_back_as_written),
		cmocka_unit_test(messages_come_back_as_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
