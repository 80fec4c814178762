/* The settings that access units are given (Security PUSH 3.1.2, 4.1 and 4.5). */
#include "session_fixture.h"

#define HELLO "/iclock/cdata?SN=UNIT1&options=all&pushver=3.1.2&DeviceType=acc"

static struct device *unit;

static int configuration_open(void **state)
{
	session_open(state);
	session_get(HELLO);
	unit = devices_find(fixture.server.devices, GH_LIT("UNIT1"));
	assert_non_null(unit);
	server_approve(&fixture, unit);
	return 0;
}

static int configuration_close(void **state)
{
	device_unref(unit);
	unit = NULL;
	return session_close(state);
}

/* The same in both replies (4.1, 4.5), to a unit that has everything. */
static void every_setting_is_delivered_when_it_begins_and_in_its_configuration(void **state)
{
	static const char *const name[] = { "ServerVersion=3.1.2",
					    "ServerName=Gatehouse",
					    "PushProtVer=3.1.2",
					    "PushVersion=3.1.2",
					    "ErrorDelay=45",
					    "RequestDelay=7",
					    "TransTimes=06:00;18:30",
					    "TransInterval=9",
					    "TransTables=User Transaction",
					    "Realtime=0",
					    "SessionID=",
					    "TimeoutSec=10",
					    "PushOptionsFlag=1",
					    "BioPhotoFun=1",
					    "BioDataFun=1",
					    "MultiBioDataSupport=0:1",
					    "MultiBioPhotoSupport=0:1",
					    "NewVFStyles=0000111000011010",
					    "IRTempUnitTrans=0",
					    "QRCodeDecryptType=2",
					    "QRCodeDecryptKey=qrkey",
					    "SvrNSLevel=2" };
	struct device_row change = {
		.present = DEVICE_FIELDS_OF(DEVICE_error_delay_s, DEVICE_delay_s,
					    DEVICE_trans_times, DEVICE_trans_interval_min,
					    DEVICE_realtime, DEVICE_qr_type, DEVICE_qr_key),
		.attendance = { .error_delay_s = 45,
				.delay_s = 7,
				.trans_times = GH_LIT("06:00;18:30"),
				.trans_interval_min = 9 },
		.access = { .qr_type = 2, .qr_key = GH_LIT("qrkey") },
	};

	(void)state;
	session_post("/iclock/registry?SN=UNIT1",
		     "DeviceType=acc,MultiBioDataSupport=0:1,MultiBioPhotoSupport=0:1,"
		     "NewVFStyles=0000111000011010,DevNSLevel=2,IRTempDetectionFunOn=1,"
		     "AccSupportFunList=0000000000000000000000000000000000000011");
	assert_int_equal(reply.status, 200);
	assert_int_equal(device_change(&fixture.server, unit, &change, NULL, NULL), GH_OK);
	server_settle(&fixture);
	for (int begins = 0; begins <= 1; begins++) {
		if (begins)
			session_get(HELLO);
		else
			session_post("/iclock/push?SN=UNIT1", "");
		assert_int_equal(reply.status, 200);
		for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
			char line[80];

			snprintf(line, sizeof(line), "\n%s", name[i]);
			assert_non_null(strstr(reply.body, i == 0 && !begins ? name[i] : line));
		}
		assert_int_equal(strstr(reply.body, "registry=ok\nRegistryCode=") != NULL,
				 begins);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			every_setting_is_delivered_when_it_begins_and_in_its_configuration,
			configuration_open, configuration_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
