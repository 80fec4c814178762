#include "tests.h"

#include <stdlib.h>
#include <string.h>

#include "slices.h"
#include "wire/access/words.h"

static uint8_t room[65536];

static enum gh_err read_back(const char *text, enum command_kind *kind, char *out, size_t size)
{
	struct ghi_writer w = ghi_writer_on(room, sizeof(room));
	enum gh_err err = ghi_access_words_read(gh_slice_of(text), kind, &w);

	if (err)
		return err;
	struct ghi_writer words = ghi_writer_on(out, size - 1);

	ghi_access_words_write(&words, *kind, ghi_written(&w));
	assert_true(words.n <= ghi_access_words_room(ghi_written(&w)));
	out[words.n] = '\0';
	return words.err;
}

/* Security PUSH 3.1.2, 9: the words of the document, and the kind and lane of each. */
static void words_are_given_as_they_were_written(void **state)
{
	static const struct {
		const char *text;
		enum command_kind kind;
		enum ghi_access_lane lane;
	} c[] = {
		{ "DATA UPDATE user CardNo=\tPin=1\tPassword=234\tGroup=0\tName=\tPrivilege=0",
		  COMMAND_KIND_UPDATE_TABLE, GHI_LANE_DATA },
		{ "DATA UPDATE timezone TimezoneId=1\tSunTime1=0\nTimezoneId=2\tSunTime1=5",
		  COMMAND_KIND_UPDATE_TABLE, GHI_LANE_DATA },
		{ "data delete user Pin=1", COMMAND_KIND_DELETE_TABLE, GHI_LANE_DATA },
		{ "DATA DELETE user *", COMMAND_KIND_DELETE_TABLE, GHI_LANE_DATA },
		{ "DATA COUNT user", COMMAND_KIND_COUNT_TABLE, GHI_LANE_UPLOAD },
		{ "DATA QUERY tablename=user,fielddesc=*,filter=*", COMMAND_KIND_QUERY_TABLE,
		  GHI_LANE_UPLOAD },
		{ "SET OPTIONS DateTime=583050990", COMMAND_KIND_SET_OPTION,
		  GHI_LANE_SETTINGS },
		{ "GET OPTIONS FingerFunOn,~MaxFvCount", COMMAND_KIND_GET_OPTIONS,
		  GHI_LANE_SETTINGS },
		/* Who may set one may not set others with it unseen. */
		{ "SET OPTIONS A=1,B=2", COMMAND_KIND_RAW, GHI_LANE_SETTINGS },
		{ "SET OPTIONS A=1,2", COMMAND_KIND_SET_OPTION, GHI_LANE_SETTINGS },
		{ "CONTROL DEVICE 01010105", COMMAND_KIND_OPEN_DOOR, GHI_LANE_DOOR },
		{ "CONTROL DEVICE 0101010500", COMMAND_KIND_OPEN_DOOR, GHI_LANE_DOOR },
		{ "CONTROL DEVICE 0900000000", COMMAND_KIND_WIEGAND_TEST, GHI_LANE_SETTINGS },
		{ "CONTROL DEVICE 1 1 1 5", COMMAND_KIND_CONTROL_DEVICE, GHI_LANE_DOOR },
		{ "CONTROL DEVICE 01:01:01:05", COMMAND_KIND_CONTROL_DEVICE, GHI_LANE_DOOR },
		{ "UPGRADE checksum=0,size=1,url=x", COMMAND_KIND_UPGRADE, GHI_LANE_UPGRADE },
		{ "ACCOUNT transaction MaxIndex=0", COMMAND_KIND_RAW, GHI_LANE_SETTINGS },
		{ "DATA", COMMAND_KIND_RAW, GHI_LANE_SETTINGS },
		{ "DATA UPDATE", COMMAND_KIND_RAW, GHI_LANE_SETTINGS },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		enum command_kind kind;
		char out[512];

		assert_int_equal(read_back(c[i].text, &kind, out, sizeof(out)), GH_OK);
		assert_string_equal(out, c[i].text);
		assert_int_equal(kind, c[i].kind);
		assert_int_equal(ghi_access_lane(kind), c[i].lane);
	}
}

static void nothing_in_a_text_is_a_second_command(void **state)
{
	static const char *const bad[] = {
		"",
		" \n ",
		"DATA UPDATE user Pin=1\r\nPin=2",
		"DATA UPDATE user Pin=1\nC:7:CONTROL DEVICE 01010105",
		"DATA UPDATE user Pin=1\n C : 7 :CONTROL DEVICE 01010105",
		"DATA UPDATE user Pin=1\nDataType=1, SN=1, CmdID=7, CmdDesc=C:7:Reboot",
	};
	enum command_kind kind;
	char out[512];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(read_back(bad[i], &kind, out, sizeof(out)), GH_EINVALID);
}

static void doors_and_seconds_have_their_limits(void **state)
{
	static const char *const bad[] = { "door=0\n", "door=255\n", "seconds=0\n",
					   "seconds=255\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct ghi_writer w = ghi_writer_on(room, sizeof(room));

		ghi_access_words_write(&w, COMMAND_KIND_OPEN_DOOR, gh_slice_of(bad[i]));
		assert_int_equal(w.err, GH_EMALFORMED);
	}
	struct ghi_writer w = ghi_writer_on(room, sizeof(room));

	ghi_access_words_write(&w, COMMAND_KIND_CLEAR_LOG, gh_slice_of(""));
	assert_int_equal(w.err, GH_EUNSUPPORTED);
	assert_false(ghi_access_words_exist(COMMAND_KIND_CLEAR_LOG));
}

/* 9.6: enrolment of a card, a finger and any other biometric type. */
static void enrolment_names_type_and_person(void **state)
{
	static const struct {
		enum command_kind kind;
		const char *arguments, *text;
	} c[] = {
		{ COMMAND_KIND_ENROLL_CARD, "pin=7\nretry=3\n",
		  "ENROLL_INFO TYPE=0\tPIN=7\tRETRY=3\tMODE=1" },
		{ COMMAND_KIND_ENROLL_FINGERPRINT, "pin=7\nfinger=6\nretry=3\noverwrite=1\n",
		  "ENROLL_BIO TYPE=1\tNO=6\tPIN=7\tRETRY=3\tOVERWRITE=1\tMODE=1" },
		/* As the document prints it. */
		{ COMMAND_KIND_ENROLL_BIODATA, "biotype=9\npin=1\nretry=3\noverwrite=1\n",
		  "ENROLL_BIO TYPE=9\tNO=0\tPIN=1\tRETRY=3\tOVERWRITE=1\tMODE=1" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		gh_slice arguments = gh_slice_of(c[i].arguments);
		struct ghi_writer w = ghi_writer_on(room, sizeof(room));

		ghi_access_words_write(&w, c[i].kind, arguments);
		assert_int_equal(w.err, GH_OK);
		assert_true(w.n <= ghi_access_words_room(arguments));
		assert_text(ghi_written(&w), c[i].text);
	}
}

static void secrets_are_not_shown(void **state)
{
	static const char *const c[][2] = {
		{ "DATA UPDATE user Pin=1\tPassword=234\tName=A,b",
		  "DATA UPDATE user Pin=1\tPassword=***\tName=A,b" },
		{ "DATA UPDATE user Password=1\tPin=1\nPassword=2\tPin=2",
		  "DATA UPDATE user Password=***\tPin=1\nPassword=***\tPin=2" },
		{ "DATA UPDATE user Pin=1\tPassword=\tName=A",
		  "DATA UPDATE user Pin=1\tPassword=\tName=A" },
		/* What a name looks like is no matter; what is in no field of the table is. */
		{ "C:7:DATA UPDATE user Pin=1\tName=A,Password=x\tPassword=234",
		  "C:7:DATA UPDATE user Pin=1\tName=A,Password=x\tPassword=***" },
		{ "DataType=1,SN=T,CmdID=7,CmdDesc=C:7:DATA UPDATE user "
		  "Pin=1\tName=A,ComPwd=x\n"
		  "Pin=2\tName=B,Tmp=y\tPassword=2",
		  "DataType=1,SN=T,CmdID=7,CmdDesc=C:7:DATA UPDATE user "
		  "Pin=1\tName=A,ComPwd=x\n"
		  "Pin=2\tName=B,Tmp=y\tPassword=***" },
		{ "user uid=1\tname=A,password=x\tpassword=234",
		  "user uid=1\tname=A,password=x\tpassword=***" },
		{ "DATA UPDATE user Pin=1,Password=234\tName=A\rPassword=5",
		  "DATA UPDATE user Pin=1,Password=***\tName=A\rPassword=***" },
		{ "DATA UPDATE other Pin=1\tName=A,Password=x",
		  "DATA UPDATE other Pin=1\tName=A,Password=***" },
		/* Pairs in a field are read one by one. */
		{ "DeviceAuthorize SN=S\tOnline=1\tRegisterInfo=a=b,ComPwd=x",
		  "DeviceAuthorize SN=S\tOnline=1\tRegisterInfo=a=b,ComPwd=***" },
		{ "DeviceAuthorize SN=S\tAuthorizeInfo=authKey=k,QRCodeDecryptKey=q,IP=1",
		  "DeviceAuthorize SN=S\tAuthorizeInfo=authKey=***,QRCodeDecryptKey=***,IP=1" },
		{ "DeviceAuthorize SN=S\tRegisterInfo=ComPwd=x\tOnline=1",
		  "DeviceAuthorize SN=S\tRegisterInfo=ComPwd=***\tOnline=1" },
		/* A secret field of its table is hidden whole. */
		{ "DATA UPDATE biophoto PIN=1\tUrl=http://h/1?a=b,c=d\tNo=2",
		  "DATA UPDATE biophoto PIN=1\tUrl=***,\tNo=2" },
		{ "DATA UPDATE userpic url=/p/1\tpin=1\nurl=/p/2\r\npin=3",
		  "DATA UPDATE userpic url=***\tpin=1\nurl=***\r\npin=3" },
		{ "identitycard Pin=1\tPhotoJPG=AA\tFP_Template1=BB\tFPTemplate2=CC",
		  "identitycard Pin=1\tPhotoJPG=***\tFP_Template1=***\tFPTemplate2=***" },
		{ "DataType=1,SN=T,CmdDesc=C:7:DATA UPDATE user Password=1\tPin=1",
		  "DataType=1,SN=T,CmdDesc=C:7:DATA UPDATE user Password=***\tPin=1" },
		{ "DATA UPDATE other Url=http://h/1", "DATA UPDATE other Url=http://h/1" },
		{ "SET OPTIONS ComPwd=,b", "SET OPTIONS ComPwd=," },
		{ "SET OPTIONS ComPwd=a,b,IP=1", "SET OPTIONS ComPwd=***,,IP=1" },
		{ "DATA UPDATE templatev10 Pin=1\tTemplate=AAAA==",
		  "DATA UPDATE templatev10 Pin=1\tTemplate=***" },
		{ "CONTROL DEVICE 01010105", "CONTROL DEVICE 01010105" },
		{ "DATA UPDATE DoorParameters ID=1\tName=DoorSupperPassWord\tValue=12\n"
		  "ID=1\tName=DoorDrivertime\tValue=5\nID=2\tValue=3\tName=DoorForcePassWord",
		  "DATA UPDATE DoorParameters ID=1\tName=DoorSupperPassWord\tValue=***\n"
		  "ID=1\tName=DoorDrivertime\tValue=5\nID=2\tValue=***\tName="
		  "DoorForcePassWord" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(c) / sizeof(c[0]); i++) {
		struct ghi_writer w = ghi_writer_on(room, sizeof(room) - 1);

		ghi_access_words_show(&w, gh_slice_of(c[i][0]));
		room[w.n] = '\0';
		assert_string_equal((char *)room, c[i][1]);
		assert_true(ghi_access_words_hide(gh_slice_of(c[i][0])) ||
			    !strcmp(c[i][0], c[i][1]));
	}
	assert_false(ghi_access_words_hide(
		GH_LIT("time=2026-01-01 00:00:00\tpin=1\tcardno=0\teventaddr=1\tevent=20\t"
		       "inoutstatus=0\tverifytype=4\tindex=7\nCONTROL DEVICE 01010105")));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_given_as_they_were_written),
		cmocka_unit_test(nothing_in_a_text_is_a_second_command),
		cmocka_unit_test(doors_and_seconds_have_their_limits),
		cmocka_unit_test(enrolment_names_type_and_person),
		cmocka_unit_test(secrets_are_not_shown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
