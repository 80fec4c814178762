#include "tests.h"

#include "model/access_words.h"
#include "wire/access/parameters.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Security PUSH 3.1.2, 4.4. */
static const char registration[] =
	"DeviceType=acc,~DeviceName=F20/M,FirmVer=Ver 8.0.1.3-20151229,PushVersion=Ver 2."
	"0.22-20161201,CommType=ethernet,MaxPackageSize=2048000,LockCount=1,ReaderCount=2"
	",AuxInCount=0,AuxOutCount=0,MachineType=101,~IsOnlyRFMachine=0,~MaxUserCount=50,"
	"~MaxAttLogCount=10,~MaxUserFingerCount=10,MThreshold=60,IPAddress=192.168.213.22"
	"1,NetMask=255.255.255.0,GATEIPAddress=192.168.213.1,~ZKFPVersion=10,IclockSvrFun"
	"=1,OverallAntiFunOn=0,~REXInputFunOn=0,~CardFormatFunOn=0,~SupAuthrizeFunOn=0,~R"
	"eaderCFGFunOn=0,~ReaderLinkageFunOn=0,~RelayStateFunOn=1,~Ext485ReaderFunOn=0,~T"
	"imeAPBFunOn=0,~CtlAllRelayFunOn=0,~LossCardFunOn=0,SimpleEventType=1,VerifyStyle"
	"s=ff7f0000,EventTypes=BF0FE03D30000100000000007000000000000000000000000077002001"
	"000000,DisableUserFunOn=0,DeleteAndFunOn=0,LogIDFunOn=0,DateFmtFunOn=0,DelAllLos"
	"sCardFunOn=0,AutoClearDay=0,FirstDelayDay=0,DelayDay=0,StopAllVerify=0,FvFunOn=0"
	",FaceFunOn=0,FingerFunOn=1,CameraOpen=1,AccSupportFunList=0101010000111000000111"
	"010100011010,AutoServerFunOn=1,DelayOpenDoorFunOn=1,UserOpenDoorDelayFunOn=1,Mul"
	"tiCardInterTimeFunOn=1,OutRelaySetFunOn=1,MachineTZFunOn=1,DSTFunOn=1,CardSiteCo"
	"deFunOn=1,MulCardUserFunOn=1,UserNameFunOn=1,StringPinFunOn=1,MaxLockCount=4,Max"
	"ZigbeeCount=3,MaxMCUCardBits=37,SupportReaderType=1,authKey=dassas";

static void text_is(gh_slice got, const char *want)
{
	assert_int_equal(got.n, strlen(want));
	assert_memory_equal(got.p, want, got.n);
}

static void a_registration_is_read_and_written_alike(void **state)
{
	struct ghi_parameters p = ghi_parameters_of(gh_slice_of(registration));
	char text[sizeof(registration) + 8];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	gh_slice name, value;
	size_t n = 0;
	bool first = true;
	(void)state;

	for (; ghi_parameters_next(&p, &name, &value); n++) {
		assert_non_null(access_parameter_find(ACCESS_PARAMETER_REGISTRATION, name));
		ghi_parameters_put(&w, &first, name, value);
	}
	assert_int_equal(n, 65);
	assert_int_equal(w.err, GH_OK);
	text_is(ghi_written(&w), registration);
}

static void values_may_hold_blanks_and_commas(void **state)
{
	static const struct {
		const char *text, *name, *value; /* NULL: absent */
	} c[] = {
		{ "FirmVer=Ver 8.0.1.3-20151229,x=1", "FirmVer", "Ver 8.0.1.3-20151229" },
		{ "~OEMVendor=ZKTeco Inc. ,FWVersion=1", "OEMVendor", "ZKTeco Inc." },
		{ "a=one, two,three , b=4", "a", "one, two,three" },
		{ "a=one, two,three , b=4", "b", "4" },
		{ "~ CtlAllRelayFunOn=1", "~CtlAllRelayFunOn", "1" },
		{ "ctlallrelayfunon=1", "~CtlAllRelayFunOn", "1" },
		{ "lead,a=1", "a", "1" },
		{ "lead,a=1", "lead", NULL },
		{ "a=1,b=", "b", "" },
		{ "a=1,=2,b=3", "a", "1,=2" },
		{ "a=1,a=2", "a", "2" },
		{ "k=x=y,b=3", "k", "x=y" },
		{ "a=1\r\n", "a", "1" },
		{ "a=x, \r\n", "a", "x" },
		{ "", "a", NULL },
		{ ",,,", "a", NULL },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		gh_slice value = GH_LIT("untouched");

		assert_int_equal(ghi_parameters_get(gh_slice_of(c[i].text), c[i].name, &value),
				 c[i].value != NULL);
		text_is(value, c[i].value ? c[i].value : "untouched");
	}
}

static void what_would_not_read_back_is_not_written(void **state)
{
	static const struct {
		const char *name, *value;
		enum gh_err err;
	} c[] = {
		{ "a", "1", GH_OK },
		{ "a", "one, two", GH_OK },
		{ "a", "x=y", GH_OK },
		{ "a", "1,b=2", GH_EMALFORMED },
		{ "", "1", GH_EMALFORMED },
		{ "a,b", "1", GH_EMALFORMED },
		{ "a=b", "1", GH_EMALFORMED },
		{ "a", "1,", GH_EMALFORMED },
		{ "a", "1\nb", GH_EMALFORMED },
		{ "a\tb", "1", GH_EMALFORMED },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		char text[64];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));
		bool first = true;

		ghi_parameters_put(&w, &first, gh_slice_of(c[i].name), gh_slice_of(c[i].value));
		assert_int_equal(w.err, c[i].err);
	}
}

static void a_bitmap_is_read_from_the_lowest_bit_of_each_byte(void **state)
{
	static const uint8_t modes[] = { 0, 1, 3, 4, 5, 6, 7, 9, 10, 11, 12 };
	size_t at = 0;
	char text[8];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	(void)state;

	for (size_t i = 0; i < 16; i++) {
		bool want = at < COUNT(modes) && modes[at] == i;

		at += want;
		assert_int_equal(ghi_bitmap_has(GH_LIT("FB1E"), i), want);
	}
	assert_int_equal(ghi_bitmap_positions(GH_LIT("FB1E")), 16);
	assert_int_equal(ghi_bitmap_positions(GH_LIT("FB1")), 8);
	assert_int_equal(ghi_bitmap_positions(GH_LIT("FB1X")), 0);
	assert_false(ghi_bitmap_has(GH_LIT("FF"), 8));
	for (size_t i = 0; i < 6; i++)
		assert_true(ghi_bitmap_has(GH_LIT("BF"), i));
	assert_false(ghi_bitmap_has(GH_LIT("BF"), 6));
	assert_true(ghi_bitmap_has(GH_LIT("BF"), 7));
	ghi_bitmap_write(&w, (const uint8_t[]){ 0xfb, 0x1e }, 2);
	text_is(ghi_written(&w), "FB1E");
}

static void both_sides_agree_position_by_position(void **state)
{
	static const struct {
		const char *theirs, *ours, *agreed;
	} c[] = {
		{ "0:1:0:0:0:0:0:0:0:1", "0:1:1:1:1:1:1:1:1:1", "0:1:0:0:0:0:0:0:0:1" },
		{ "0:1:1", "0:1", "0:1:0" },
		{ "1", "1:1:1", "1" },
		{ "1:", "1:1", "1:0" },
		{ "", "1", "" },
		{ "2:x: 1 ", "1:1:1", "0:0:1" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++) {
		char text[64];
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));

		ghi_list_agree(&w, gh_slice_of(c[i].theirs), gh_slice_of(c[i].ours));
		text_is(ghi_written(&w), c[i].agreed);
	}
	text_is(ghi_list_part(GH_LIT("0:58.5:x"), 1), "58.5");
	text_is(ghi_list_part(GH_LIT("0:58.5:x"), 3), "");
}

static void what_others_decide_by_is_decoded(void **state)
{
	struct ghi_unit u = ghi_unit_of(gh_slice_of(registration));
	(void)state;

	assert_int_equal(u.doors, 1);
	assert_int_equal(u.readers, 2);
	assert_int_equal(u.aux_inputs, 0);
	assert_int_equal(u.machine_type, 101);
	assert_string_equal(access_model_name(u.machine_type), "terminal (PULL SDK)");
	assert_int_equal(u.package_bytes, 2048000);
	assert_int_equal(u.command_format, 0);
	assert_int_equal(u.standard_level, -1);
	assert_true(u.several_cards && u.merged_events && u.text_pins);
	assert_false(u.packed_validity || u.wiegand_2);
	assert_int_equal(u.role, GHI_UNIT_ORDINARY);
	assert_true(ghi_flags_has(u.functions, 1));
	assert_false(ghi_flags_has(u.functions, 0));
	assert_false(ghi_flags_has(u.functions, 66));
	assert_true(ghi_unit_reports(&u, 0));
	assert_true(ghi_unit_reports(&u, 48));
	assert_false(ghi_unit_reports(&u, 40));
	assert_true(ghi_unit_reports(&u, 4001)); /* it sent no such bitmap */
	assert_int_equal(u.verify_factors.n, 0);
	u = ghi_unit_of(GH_LIT("NewNormalEventTypes=02,WGRuleVer=2.0,MultiStageControlFunOn=1,"
			       "SubControlOn=1,LockCount=two,DateFmtFunOn=1,"
			       "NewVFStyles=0000111111111110,QRCodeDecryptFunList=101"));
	assert_int_equal(u.doors, -1);
	assert_true(u.packed_validity && u.wiegand_2);
	assert_int_equal(u.role, GHI_UNIT_SUB);
	assert_true(ghi_unit_reports(&u, 4001));
	assert_false(ghi_unit_reports(&u, 4000));
	assert_int_equal(u.verify_factors.n, 16);
	assert_true(ghi_flags_has(u.qr_schemes, 2));
	assert_false(ghi_flags_has(u.qr_schemes, 1));
}

static void roles_follow_from_three_switches(void **state)
{
	static const struct {
		const char *line;
		enum ghi_unit_role role;
	} c[] = {
		{ "MasterControlOn=1", GHI_UNIT_ORDINARY },
		{ "MultiStageControlFunOn=1,MasterControlOn=1,SubControlOn=0", GHI_UNIT_MAIN },
		{ "MultiStageControlFunOn=1,MasterControlOn=0,SubControlOn=1", GHI_UNIT_SUB },
		{ "MultiStageControlFunOn=1,MasterControlOn=0,SubControlOn=0",
		  GHI_UNIT_ORDINARY },
		{ "MultiStageControlFunOn=0,SubControlOn=1", GHI_UNIT_ORDINARY },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(c); i++)
		assert_int_equal(ghi_unit_of(gh_slice_of(c[i].line)).role, c[i].role);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_registration_is_read_and_written_alike),
		cmocka_unit_test(values_may_hold_blanks_and_commas),
		cmocka_unit_test(what_would_not_read_back_is_not_written),
		cmocka_unit_test(a_bitmap_is_read_from_the_lowest_bit_of_each_byte),
		cmocka_unit_test(both_sides_agree_position_by_position),
		cmocka_unit_test(what_others_decide_by_is_decoded),
		cmocka_unit_test(roles_follow_from_three_switches),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
