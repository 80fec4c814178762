#include "tests.h"

#include <stdio.h>

#include "table_unit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void each_value_is_held_to_its_type(void **state)
{
	static const struct {
		const char *table, *field, *value;
		enum ghi_table_rule rule;
	} c[] = {
		{ "user", "Group", "99", GHI_RULE_KEPT },
		{ "user", "Group", "100", GHI_RULE_VALUE },
		{ "user", "Group", "01", GHI_RULE_VALUE },
		{ "user", "Group", "-1", GHI_RULE_VALUE },
		{ "user", "Group", "", GHI_RULE_VALUE },
		{ "user", "Privilege", "14", GHI_RULE_KEPT },
		{ "user", "Privilege", "1", GHI_RULE_VALUE },
		{ "user", "Password", "1234567", GHI_RULE_LENGTH },
		{ "user", "Name", "a\tPin=2", GHI_RULE_CONTROL },
		{ "user", "Name", "a\nPin=2", GHI_RULE_CONTROL },
		{ "user", "CardNo", "[15CD5B07]", GHI_RULE_KEPT },
		{ "user", "CardNo", "123456789", GHI_RULE_KEPT },
		{ "user", "CardNo", "", GHI_RULE_KEPT },
		{ "user", "CardNo", "15CD5B07", GHI_RULE_VALUE },
		{ "user", "CardNo", " 7", GHI_RULE_VALUE },
		{ "user", "StartTime", "0", GHI_RULE_KEPT },
		{ "user", "StartTime", "2018-01-01", GHI_RULE_VALUE },
		{ "user", "uid", "5", GHI_RULE_READ_ONLY },
		{ "user", "Pin", "", GHI_RULE_LENGTH },
		{ "mulcarduser", "CardNo", "75bcd15", GHI_RULE_KEPT },
		{ "mulcarduser", "CardNo", "[75bcd15]", GHI_RULE_VALUE },
		{ "mulcarduser", "CardNo", "12345678901234567", GHI_RULE_LENGTH },
		{ "timezone", "SunTime1", "54396080", GHI_RULE_KEPT },
		{ "timezone", "SunTime1", "2359", GHI_RULE_KEPT },
		{ "timezone", "SunTime1", "0", GHI_RULE_KEPT },
		{ "timezone", "SunTime1", "0900", GHI_RULE_VALUE },
		{ "timezone", "SunTime1", "08:30-12:00", GHI_RULE_VALUE },
		{ "timezone", "SunTime1", "2460", GHI_RULE_VALUE },
		{ "timezone", "TimezoneId", "0", GHI_RULE_VALUE },
		{ "holiday", "Holiday", "20261225", GHI_RULE_KEPT },
		{ "holiday", "Holiday", "20260230", GHI_RULE_VALUE },
		{ "holiday", "Holiday", "2026-12-25", GHI_RULE_VALUE },
		{ "holiday", "HolidayType", "4", GHI_RULE_VALUE },
		{ "userauthorize", "AuthorizeDoorId", "15", GHI_RULE_KEPT },
		{ "userauthorize", "AuthorizeDoorId", "16", GHI_RULE_VALUE },
		{ "userauthorize", "AuthorizeDoorId", "0", GHI_RULE_VALUE },
		{ "firstcard", "DoorID", "4", GHI_RULE_KEPT },
		{ "firstcard", "DoorID", "5", GHI_RULE_VALUE },
		{ "firstcard", "DoorID", "0", GHI_RULE_VALUE },
		{ "templatev10", "FingerID", "10", GHI_RULE_VALUE },
		{ "templatev10", "Template", "Si9TUzIxAAADbG8E", GHI_RULE_KEPT },
		{ "templatev10", "Template", "Si9T UzIx", GHI_RULE_VALUE },
		{ "templatev10", "Template", "Si9T!", GHI_RULE_VALUE },
		{ "inoutfun", "OutType", "2", GHI_RULE_KEPT },
		{ "inoutfun", "OutType", "3", GHI_RULE_VALUE },
		{ "inoutfun", "OutTime", "555745537", GHI_RULE_KEPT },
		{ "DSTSetting", "StartTime", "03020517", GHI_RULE_KEPT },
		{ "DSTSetting", "StartTime", "0302051", GHI_RULE_LENGTH },
		{ "DSTSetting", "StartTime", "0302051x", GHI_RULE_VALUE },
		{ "DoorParameters", "Name", "DoorDrivertime", GHI_RULE_KEPT },
		{ "DoorParameters", "Name", "LockCount", GHI_RULE_VALUE },
		{ "DevParameters", "Name", "AntiPassback", GHI_RULE_KEPT },
		{ "WGFormat", "CardFormat", "pcp:eoo", GHI_RULE_KEPT },
		{ "WGFormat", "CardFormat", "pcp", GHI_RULE_VALUE },
		{ "identitycard", "Valid_Info", "2013091220230912", GHI_RULE_KEPT },
		{ "identitycard", "Valid_Info", "20130912", GHI_RULE_VALUE },
		{ "DiffTimezoneVS", "SunTime1VSUser", "255", GHI_RULE_KEPT },
		{ "DiffTimezoneVS", "SunTime1VSUser", "0000101000000001", GHI_RULE_KEPT },
		{ "DiffTimezoneVS", "SunTime1VSUser", "101", GHI_RULE_KEPT },
		{ "DiffTimezoneVS", "SunTime1VSUser", "256", GHI_RULE_VALUE },
	};
	struct ghi_table_unit u = unit_with_everything();
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		const struct ghi_access_table *t =
			ghi_access_table_find(gh_slice_of(c[i].table), &u);
		struct ghi_table_row r = ghi_table_row_of(t);
		struct ghi_table_fault fault = { 0 };

		assert_true(ghi_table_row_set(&r, gh_slice_of(c[i].field),
					      gh_slice_of(c[i].value), &fault));
		bool kept = ghi_table_values_check(&r, &u, &fault);

		if (kept != (c[i].rule == GHI_RULE_KEPT) || fault.rule != c[i].rule)
			fail_msg("%s.%s=%s: %d", c[i].table, c[i].field, c[i].value,
				 fault.rule);
	}
}

static void every_fault_has_words(void **state)
{
	static const struct {
		const char *table, *field, *value, *words;
	} c[] = {
		{ "user", "Group", "100", "must be a number from 0 to 99" },
		{ "user", "Privilege", "1", "must be 0, 2, 6, 10 or 14" },
		{ "user", "Password", "1234567", "must have 0 to 6 bytes" },
		{ "user", "Name",
		  "123456789012345678901234567890123456789012345678901234567890123456",
		  "must have 0 to 64 bytes" },
		{ "user", "uid", "1", "is only uploaded by devices" },
		{ "firstcard", "DoorID", "5",
		  "must be the number of a door; the device has 4 doors" },
		{ "DSTSetting", "StartTime", "1", "must have 8 digits" },
		{ "holiday", "Holiday", "x", "must be a date: YYYYMMDD" },
		{ "inoutfun", "OutType", "7", "must be 0, 1 or 2" },
		{ "DoorParameters", "Name", "x",
		  "must be a parameter of doors, as DoorDrivertime" },
		{ "timezone", "Name", "x", "is not a field of this table" },
	};
	struct ghi_table_unit u = unit_with_everything();
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		struct ghi_table_row r =
			ghi_table_row_of(ghi_access_table_find(gh_slice_of(c[i].table), &u));
		struct ghi_table_fault fault = { 0 };
		char words[400];
		struct ghi_writer w = ghi_writer_on(words, sizeof(words));

		if (ghi_table_row_set(&r, gh_slice_of(c[i].field), gh_slice_of(c[i].value),
				      &fault))
			assert_false(ghi_table_values_check(&r, &u, &fault));
		ghi_table_fault_write(&w, &fault);
		assert_int_equal(w.n, strlen(c[i].words));
		assert_memory_equal(words, c[i].words, w.n);
	}
}

static void a_table_is_there_where_its_gate_is_set(void **state)
{
	static const struct {
		const char *parameters, *gate;
		bool open;
	} c[] = {
		{ "", "", true },
		{ "", "7", false },
		{ "AccSupportFunList=00000001", "7", true },
		{ "AccSupportFunList=00000001", "8", false },
		{ "MulCardUserFunOn=1", "7|MulCardUserFunOn", true },
		{ "MulCardUserFunOn=0", "7|MulCardUserFunOn", false },
		{ "MultiBioPhotoSupport=0:0:0:1", "38|MultiBioPhotoSupport", true },
		{ "MultiBioPhotoSupport=0:0:0:0", "38|MultiBioPhotoSupport", false },
		{ "WGRuleVer=2.0", "WGRuleVer", true },
		{ "WGRuleVer=1.0", "WGRuleVer", false },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		struct ghi_table_unit u = ghi_table_unit_of(gh_slice_of(c[i].parameters));

		assert_int_equal(ghi_table_gate_open(c[i].gate, &u), c[i].open);
	}
}

static void the_unit_decides_which_shape_a_table_has(void **state)
{
	struct ghi_table_unit old = unit_with_everything(), new = unit_with_readers_64();
	const struct ghi_access_table *a =
		ghi_access_table_find(GH_LIT("readerproperty"), &old);
	const struct ghi_access_table *b =
		ghi_access_table_find(GH_LIT("ReaderProperty"), &new);
	(void)state;

	assert_true(a != b);
	assert_true(ghi_table_field_find(a, GH_LIT("Multicast")) >= 0);
	assert_true(ghi_table_field_find(b, GH_LIT("ReaderID")) >= 0);
	/* With both positions it is the newer shape. */
	struct ghi_table_unit both = ghi_table_unit_of(
		GH_LIT("AccSupportFunList="
		       "1111111111111111111111111111111111111111111111111111111111111111111"));

	assert_ptr_equal(ghi_access_table_find(GH_LIT("ReaderProperty"), &both), b);
	assert_ptr_equal(ghi_access_table_find(GH_LIT("[APList]"), NULL),
			 ghi_access_table_find(GH_LIT("aplist"), NULL));
	assert_null(ghi_access_table_find(GH_LIT("users"), NULL));
	assert_null(ghi_access_table_find(GH_LIT(""), NULL));
}

static void a_row_is_refused_where_the_unit_has_no_such_table(void **state)
{
	struct ghi_table_unit u = ghi_table_unit_of(GH_LIT("LockCount=1"));
	struct ghi_table_row r =
		ghi_table_row_of(ghi_access_table_find(GH_LIT("mulcarduser"), &u));
	struct ghi_table_fault fault;
	char words[200];
	struct ghi_writer w = ghi_writer_on(words, sizeof(words));
	static const char want[] =
		"is not a table of this device: it did not report position 7 of "
		"AccSupportFunList or MulCardUserFunOn";
	(void)state;

	assert_false(ghi_table_row_check(&r, &u, &fault));
	assert_int_equal(fault.rule, GHI_RULE_GATE);
	ghi_table_fault_write(&w, &fault);
	assert_int_equal(w.n, strlen(want));
	assert_memory_equal(words, want, w.n);
}

static void fields_that_a_unit_lacks_are_left_out(void **state)
{
	struct ghi_table_unit u = ghi_table_unit_of(GH_LIT("LockCount=1"));
	const struct ghi_access_table *t = ghi_access_table_find(GH_LIT("userauthorize"), &u);
	struct ghi_table_row r = ghi_table_row_of(t);
	static const char want[] = "Pin=1024\tAuthorizeTimezoneId=2\tAuthorizeDoorId=1";
	char text[200];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	(void)state;

	assert_int_equal(ghi_table_row_read(
				 &r,
				 GH_LIT("pin=1024\tAUTHORIZE_TimezoneId=2\tAuthorizeDoorId=1\t"
					"DevID=3\tStartTime=1\tother=x"),
				 false),
			 1);
	ghi_table_row_write(&w, &r, &u);
	assert_int_equal(w.n, strlen(want));
	assert_memory_equal(text, want, w.n);
	assert_int_equal(ghi_table_row_length(&r, &u), w.n);
	w = ghi_writer_on(text, sizeof(text));
	ghi_table_key_write(&w, &r);
	assert_int_equal(w.n, 8);
	assert_memory_equal(text, "1024\t2\t1", 8);
}

static void a_whole_row_is_made_of_what_is_given_and_what_was_there(void **state)
{
	struct ghi_table_unit u = ghi_table_unit_of(GH_LIT(""));
	const struct ghi_access_table *t = ghi_access_table_find(GH_LIT("user"), &u);
	struct ghi_table_row given = ghi_table_row_of(t), before = ghi_table_row_of(t);
	static const char want[] =
		"CardNo=\tPin=1\tPassword=\tGroup=7\tStartTime=0\tEndTime=0\t"
		"Name=Ann Example\tPrivilege=0";
	char text[200];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	(void)state;

	assert_int_equal(ghi_table_row_read(&given, GH_LIT("Pin=1\tName=Ann Example"), false),
			 0);
	assert_int_equal(ghi_table_row_read(&before,
					    GH_LIT("user uid=5\tpin=1\tname=Old\tgroup=7"),
					    false),
			 0);
	ghi_table_row_fill(&given, &before);
	ghi_table_row_write(&w, &given, &u);
	assert_int_equal(w.n, strlen(want));
	assert_memory_equal(text, want, w.n);
}

static void delete_by_undeclared_condition_is_422(void **state)
{
	static const struct {
		const char *table, *conditions;
		bool all, kept, unverified;
	} c[] = {
		{ "user", "Pin=1", false, true, false },
		{ "user", "uid=1", false, false, false },
		{ "user", "Pin=1\tName=x", false, false, false },
		{ "user", "", false, false, false },
		{ "user", "", true, true, false },
		{ "user", "Pin=1", true, false, false },
		{ "biophoto", "PIN=1 Type=9", false, true, false },
		{ "biophoto", "PIN=1", false, true, true },
		{ "biophoto", "", true, true, true },
		{ "biodata", "Type=9", false, true, false },
		{ "biodata", "Pin=1", false, false, false },
		{ "biodata", "", true, false, false },
		{ "holiday", "Holiday=20261225", false, false, false },
		{ "identitycard", "Pin=1", false, false, false },
		{ "templatev10", "Pin=1\tFingerID=6", false, true, false },
		{ "templatev10", "FingerID=6", false, false, false },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		struct ghi_table_row r =
			ghi_table_row_of(ghi_access_table_find(gh_slice_of(c[i].table), NULL));
		struct ghi_table_fault fault = { 0 };
		bool unverified = false;

		(void)ghi_table_row_read(&r, gh_slice_of(c[i].conditions), true);
		if (ghi_table_conditions_check(&r, c[i].all, &unverified, &fault) != c[i].kept)
			fail_msg("%s %s", c[i].table, c[i].conditions);
		if (c[i].kept)
			assert_int_equal(unverified, c[i].unverified);
		else
			assert_int_equal(fault.rule, GHI_RULE_CONDITIONS);
	}
}

static void a_duress_finger_is_kept_as_commands_write_it(void **state)
{
	static const struct {
		const char *line, *want;
	} c[] = {
		{ "templatev10 size=4\tuid=4\tpin=4\tfingerid=22\tvalid=1\ttemplate=AAAA",
		  "Pin=4\tFingerID=6\tValid=3\tTemplate=AAAA" },
		{ "Pin=4\tFingerID=6\tValid=3\tTemplate=AAAA",
		  "Pin=4\tFingerID=6\tValid=3\tTemplate=AAAA" },
		{ "Pin=4\tFingerID=6", "Pin=4\tFingerID=6\tValid=1" },
		{ "Pin=4\tFingerID=40", "Pin=4\tFingerID=40" },
	};
	struct ghi_table_unit u = unit_with_everything();
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		struct ghi_table_row r =
			ghi_table_row_of(ghi_access_table_find(GH_LIT("templatev10"), NULL));
		char text[200];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));

		(void)ghi_table_row_read(&r, gh_slice_of(c[i].line), false);
		ghi_table_row_normalise(&r);
		ghi_table_row_write(&w, &r, &u);
		assert_int_equal(w.n, strlen(c[i].want));
		assert_memory_equal(text, c[i].want, w.n);
	}
}

static void a_biometric_type_must_be_one_that_was_agreed(void **state)
{
	struct ghi_table_unit u = ghi_table_unit_of(
		GH_LIT("MultiBioDataSupport=0:1:0:0:0:0:0:0:0:1,AccSupportFunList=0"));
	const struct ghi_access_table *t = ghi_access_table_find(GH_LIT("biodata"), &u);
	struct ghi_table_fault fault;
	(void)state;

	for (int type = 0; type <= 10; type++) {
		struct ghi_table_row r = ghi_table_row_of(t);
		char line[80];

		snprintf(line, sizeof(line), "Pin=1\tType=%d\tTmp=AAAA", type);
		assert_int_equal(ghi_table_row_read(&r, gh_slice_of(line), false), 0);
		assert_int_equal(ghi_table_row_check(&r, &u, &fault), type == 1 || type == 9);
		if (type != 1 && type != 9)
			assert_int_equal(fault.rule, GHI_RULE_BIO_TYPE);
	}
}

static void rules_have_the_codes_of_units(void **state)
{
	(void)state;
	assert_int_equal(ghi_table_rule_return(GHI_RULE_KEPT), 0);
	assert_int_equal(ghi_table_rule_return(GHI_RULE_FIELD), -621);
	assert_int_equal(ghi_table_rule_return(GHI_RULE_VALUE), -620);
	assert_int_equal(ghi_table_rule_return(GHI_RULE_KEY_MISSING), -11);
	assert_int_equal(ghi_table_rule_return(GHI_RULE_GATE), -708);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_value_is_held_to_its_type),
		cmocka_unit_test(every_fault_has_words),
		cmocka_unit_test(a_table_is_there_where_its_gate_is_set),
		cmocka_unit_test(the_unit_decides_which_shape_a_table_has),
		cmocka_unit_test(a_row_is_refused_where_the_unit_has_no_such_table),
		cmocka_unit_test(fields_that_a_unit_lacks_are_left_out),
		cmocka_unit_test(a_whole_row_is_made_of_what_is_given_and_what_was_there),
		cmocka_unit_test(delete_by_undeclared_condition_is_422),
		cmocka_unit_test(a_duress_finger_is_kept_as_commands_write_it),
		cmocka_unit_test(a_biometric_type_must_be_one_that_was_agreed),
		cmocka_unit_test(rules_have_the_codes_of_units),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
