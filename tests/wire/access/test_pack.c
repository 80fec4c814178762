#include "tests.h"

#include "wire/access/pack.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void packed_seconds_are_those_of_the_document(void **state)
{
	static const struct {
		uint32_t packed;
		ghi_civil time;
	} c[] = {
		{ 0, 20000101000000 },	       { 583512660, 20180227145100 },
		{ 548003688, 20170119151448 }, { 752688180, 20230601160300 },
		{ 755193780, 20230630160300 }, { 583080894, 20180222145454 },
		{ 583050990, 20180222063630 }, { 857088000, 20260901000000 },
		{ 867801599, 20261231235959 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		uint32_t packed;

		assert_true(ghi_packed_civil(c[i].packed) == c[i].time);
		assert_int_equal(ghi_packed_second(c[i].time, &packed), GH_OK);
		assert_int_equal(packed, c[i].packed);
	}
	assert_true(ghi_packed_civil(UINT32_MAX) / 1000000 == 21330818);
}

static void every_packed_second_reads_back(void **state)
{
	(void)state;
	for (uint64_t v = 0; v <= UINT32_MAX; v += 86399 / 2) {
		uint32_t packed;

		assert_int_equal(ghi_packed_second(ghi_packed_civil((uint32_t)v), &packed),
				 GH_OK);
		assert_int_equal(packed, v);
	}
}

static void what_no_packed_second_holds_is_refused(void **state)
{
	static const struct {
		ghi_civil time;
		enum gh_err err;
	} c[] = {
		{ 19991231235959, GH_ETOOBIG },	   { 21340101000000, GH_ETOOBIG },
		{ 20181301000000, GH_EMALFORMED }, { 20180001000000, GH_EMALFORMED },
		{ 20180132000000, GH_EMALFORMED }, { 20180101240000, GH_EMALFORMED },
		{ 20180101006000, GH_EMALFORMED }, { GHI_CIVIL_NONE, GH_EMALFORMED },
	};
	uint32_t packed = 7;
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++)
		assert_int_equal(ghi_packed_second(c[i].time, &packed), c[i].err);
	assert_int_equal(packed, 7);
	/* A month has 31 days there, so 30 February has a number. */
	assert_int_equal(ghi_packed_second(20180230000000, &packed), GH_OK);
	assert_true(ghi_packed_civil(packed) == 20180230000000);
}

static void validity_is_written_in_the_form_of_the_unit(void **state)
{
	static const struct {
		const char *text;
		bool packed, is_end;
		enum gh_err err;
		ghi_civil time;
		const char *again; /* NULL: the text */
	} c[] = {
		{ "0", true, false, GH_OK, GHI_CIVIL_NONE, NULL },
		{ "", false, false, GH_OK, GHI_CIVIL_NONE, "0" },
		{ "583512660", true, false, GH_OK, 20180227145100, NULL },
		{ "20180227", false, false, GH_OK, 20180227000000, NULL },
		{ "20180227", false, true, GH_OK, 20180227235959, NULL },
		{ "20180230", false, false, GH_EMALFORMED, 0, NULL },
		{ "180227", false, false, GH_EMALFORMED, 0, NULL },
		{ "x", true, false, GH_EMALFORMED, 0, NULL },
		{ "4294967296", true, false, GH_ETOOBIG, 0, NULL },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		char text[32];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));
		const char *again = c[i].again ? c[i].again : c[i].text;
		ghi_civil t = 0;

		assert_int_equal(
			ghi_validity_read(gh_slice_of(c[i].text), c[i].packed, c[i].is_end, &t),
			c[i].err);
		if (c[i].err)
			continue;
		assert_true(t == c[i].time);
		ghi_validity_write(&w, c[i].packed, t);
		assert_int_equal(w.err, GH_OK);
		assert_int_equal(w.n, strlen(again));
		assert_memory_equal(text, again, w.n);
	}
}

static void periods_are_packed_as_the_document_does(void **state)
{
	static const struct {
		int from, to;
		uint32_t packed;
	} c[] = {
		{ 510, 720, 54396080 }, { 0, 1439, 2359 },	 { 1080, 1439, 117967159 },
		{ 480, 720, 52430000 }, { 750, 1080, 80611080 }, { 750, 1020, 80610980 },
		{ 1, 3, 65539 },	{ 600, 660, 65537100 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		uint32_t packed = 0;

		assert_int_equal(
			ghi_period_pack((struct ghi_period){ c[i].from, c[i].to }, &packed),
			GH_OK);
		assert_int_equal(packed, c[i].packed);
	}
}

static void every_period_reads_back(void **state)
{
	(void)state;
	for (int from = 0; from < 1440; from += 7)
		for (int to = from + (from == 0); to < 1440; to += 11) {
			struct ghi_period p;
			uint32_t packed = 0;

			assert_int_equal(
				ghi_period_pack((struct ghi_period){ from, to }, &packed),
				GH_OK);
			assert_int_equal(ghi_period_unpack(packed, &p), GH_OK);
			assert_int_equal(p.from, from);
			assert_int_equal(p.to, to);
		}
}

static void what_is_no_period_is_refused(void **state)
{
	static const uint32_t bad[] = {
		60, 2400, 61 << 16 | 100, 2400u << 16 | 2401, (900u << 16) + 800, UINT32_MAX
	};
	struct ghi_period p = { 0 };
	uint32_t packed;
	(void)state;

	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(ghi_period_unpack(bad[i], &p), GH_EMALFORMED);
	assert_int_equal(ghi_period_unpack(0, &p), GH_OK);
	assert_int_equal(ghi_period_pack(p, &packed), GH_EUNSUPPORTED);
	assert_int_equal(ghi_period_pack((struct ghi_period){ 5, 4 }, &packed), GH_EMALFORMED);
	assert_int_equal(ghi_period_pack((struct ghi_period){ 5, 1440 }, &packed),
			 GH_EMALFORMED);
	assert_int_equal(ghi_period_pack((struct ghi_period){ -1, 4 }, &packed), GH_EMALFORMED);
}

static void doors_are_a_mask_or_one_number(void **state)
{
	char text[16];
	struct ghi_writer w;
	uint32_t mask = 0;
	(void)state;

	for (uint32_t m = 1; m < 65536; m += 3) {
		w = ghi_writer_on(text, sizeof(text));
		ghi_doors_write(&w, m, false);
		assert_int_equal(ghi_doors_read(ghi_written(&w), false, &mask), GH_OK);
		assert_int_equal(mask, m);
	}
	for (unsigned door = 1; door <= GHI_DOORS_MAX; door++) {
		w = ghi_writer_on(text, sizeof(text));
		ghi_doors_write(&w, UINT32_C(1) << (door - 1), true);
		assert_int_equal(ghi_doors_read(ghi_written(&w), true, &mask), GH_OK);
		assert_int_equal(mask, UINT32_C(1) << (door - 1));
	}
	assert_int_equal(ghi_doors_read(GH_LIT("5"), false, &mask), GH_OK);
	assert_int_equal(mask, 5);
	assert_int_equal(ghi_doors_read(GH_LIT("0"), false, &mask), GH_EMALFORMED);
	assert_int_equal(ghi_doors_read(GH_LIT("33"), true, &mask), GH_EMALFORMED);
	assert_int_equal(ghi_doors_read(GH_LIT("1,3"), false, &mask), GH_EMALFORMED);
	w = ghi_writer_on(text, sizeof(text));
	ghi_doors_write(&w, 5, true);
	assert_int_equal(w.err, GH_EMALFORMED);
}

static void a_duress_finger_has_two_forms(void **state)
{
	struct ghi_finger f;
	int64_t id, valid;
	(void)state;

	for (int n = 0; n < 10; n++)
		for (int duress = 0; duress < 2; duress++) {
			struct ghi_finger want = { n, duress, 1 };

			ghi_finger_in_upload(want, &id, &valid);
			assert_int_equal(id, duress ? n + 16 : n);
			assert_int_equal(valid, 1);
			assert_int_equal(ghi_finger_read(id, valid, &f), GH_OK);
			assert_true(f.number == n && f.duress == duress && f.valid == 1);
			ghi_finger_in_command(want, &id, &valid);
			assert_int_equal(id, n);
			assert_int_equal(valid, duress ? 3 : 1);
			assert_int_equal(ghi_finger_read(id, valid, &f), GH_OK);
			assert_true(f.number == n && f.duress == duress && f.valid == 1);
		}
	assert_int_equal(ghi_finger_read(10, 1, &f), GH_EMALFORMED);
	assert_int_equal(ghi_finger_read(15, 1, &f), GH_EMALFORMED);
	assert_int_equal(ghi_finger_read(26, 1, &f), GH_EMALFORMED);
	assert_int_equal(ghi_finger_read(-1, 1, &f), GH_EMALFORMED);
}

static void a_camera_action_is_four_bytes(void **state)
{
	struct ghi_camera_action a = ghi_camera_action_unpack(555745537);
	(void)state;

	assert_int_equal(a.photo, 1);
	assert_int_equal(a.video, 1);
	assert_int_equal(a.before_s, 32);
	assert_int_equal(a.after_s, 33);
	for (uint64_t v = 0; v <= UINT32_MAX; v += 65521)
		assert_int_equal(ghi_camera_action_pack(ghi_camera_action_unpack((uint32_t)v)),
				 v);
}

static void floors_are_one_number_or_read_from_the_left(void **state)
{
	static const char odd[] =
		"AA80000000000000000000000000000000000000000000000000000000000000";
	struct ghi_floors f = { 0 }, again = { 0 };
	char text[80];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	(void)state;

	for (unsigned n = 1; n <= 9; n += 2)
		ghi_floors_add(&f, n);
	ghi_floors_leftmost_write(&w, &f);
	assert_int_equal(w.n, strlen(odd));
	assert_memory_equal(text, odd, w.n);
	assert_int_equal(ghi_floors_read(GH_LIT("180"), &f), GH_OK);
	assert_true(ghi_floors_has(&f, 8) && ghi_floors_has(&f, 9));
	assert_false(ghi_floors_has(&f, 7) || ghi_floors_has(&f, 10) || ghi_floors_has(&f, 0) ||
		     ghi_floors_has(&f, 257));
	for (unsigned n = 1; n <= GHI_FLOORS; n++) {
		ghi_floors_add(&f, n * 7 % GHI_FLOORS + 1);
		w = ghi_writer_on(text, sizeof(text));
		ghi_floors_write(&w, &f);
		assert_int_equal(ghi_floors_read(ghi_written(&w), &again), GH_OK);
		assert_memory_equal(&f, &again, sizeof(f));
		w = ghi_writer_on(text, sizeof(text));
		ghi_floors_leftmost_write(&w, &f);
		assert_int_equal(ghi_floors_leftmost_read(ghi_written(&w), &again), GH_OK);
		assert_memory_equal(&f, &again, sizeof(f));
	}
	assert_int_equal(ghi_floors_read(GH_LIT(""), &f), GH_EMALFORMED);
	assert_int_equal(ghi_floors_read(GH_LIT("18G"), &f), GH_EMALFORMED);
	assert_int_equal(ghi_floors_leftmost_read(GH_LIT("AA80"), &f), GH_EMALFORMED);
}

static void a_wiegand_format_has_as_many_letters_as_bits(void **state)
{
	static const char text[] = "pccccccccccccccccccccccccp:eeeeeeeeeeeeeooooooooooooo";
	struct ghi_wiegand f = { 0 };
	char again[128];
	struct ghi_writer w = ghi_writer_on(again, sizeof(again));
	(void)state;

	assert_int_equal(ghi_wiegand_read(gh_slice_of(text), 26, &f), GH_OK);
	assert_int_equal(f.card.n, 26);
	ghi_wiegand_write(&w, f);
	assert_int_equal(w.n, strlen(text));
	assert_memory_equal(again, text, w.n);
	assert_int_equal(ghi_wiegand_read(gh_slice_of(text), 34, &f), GH_EMALFORMED);
	assert_int_equal(ghi_wiegand_read(GH_LIT("pcp:eo"), 0, &f), GH_EMALFORMED);
	assert_int_equal(ghi_wiegand_read(GH_LIT("pcp"), 0, &f), GH_EMALFORMED);
	assert_int_equal(ghi_wiegand_read(GH_LIT("p1p:eoo"), 0, &f), GH_EMALFORMED);
	assert_int_equal(ghi_wiegand_read(GH_LIT("pcp:eoo"), 0, &f), GH_OK);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(packed_seconds_are_those_of_the_document),
		cmocka_unit_test(every_packed_second_reads_back),
		cmocka_unit_test(what_no_packed_second_holds_is_refused),
		cmocka_unit_test(validity_is_written_in_the_form_of_the_unit),
		cmocka_unit_test(periods_are_packed_as_the_document_does),
		cmocka_unit_test(every_period_reads_back),
		cmocka_unit_test(what_is_no_period_is_refused),
		cmocka_unit_test(doors_are_a_mask_or_one_number),
		cmocka_unit_test(a_duress_finger_has_two_forms),
		cmocka_unit_test(a_camera_action_is_four_bytes),
		cmocka_unit_test(floors_are_one_number_or_read_from_the_left),
		cmocka_unit_test(a_wiegand_format_has_as_many_letters_as_bits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
