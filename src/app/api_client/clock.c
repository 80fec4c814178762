/* gatehouse work-code …, message …, clock …: what attendance devices have besides people. */
#include "app/api_client/person.h"
#include "app/subcommands.h"

#define ORDER(of, places_of) \
	.run = cmd_order_verb, .fields = "CommandRequest", .order = of, .places = places_of
#define ORDER_OPTIONS "device ttl wait yes " SELECT_OPTIONS

static const struct column work_code_columns[] = {
	{ "CODE", "code", CELL_ID },
	{ "NAME", "name", CELL_TEXT },
	{ "SLOT", "slot", CELL_ID | CELL_DROP(1) },
	{ "DEVICE", "deviceSerial", CELL_ID },
	{ "RECEIVED", "receivedAt", CELL_TIME | CELL_DROP(2) },
	{ 0 },
};

static const struct verb work_code_verbs[] = {
	{ .word = "list",
	  .args = "",
	  .options = "device " LIST_OPTIONS,
	  .help = "Work codes, as stored on each device",
	  .examples = "--device CJDE231260005",
	  .run = cmd_list,
	  .path = "/api/workcodes",
	  .columns = work_code_columns },
	{ .word = "set",
	  .args = "CODE SLOT [KEY=VALUE...]",
	  .least = 2,
	  .most = -1,
	  .options = ORDER_OPTIONS,
	  .help = "Write a work code to devices, at its place in their lists",
	  .examples = "10 1 name=Welding --device CJDE231260005",
	  ORDER("update_work_code", "workCode.code workCode.slot") },
	{ .word = "delete",
	  .args = "CODE",
	  .least = 1,
	  .most = 1,
	  .options = ORDER_OPTIONS,
	  .help = "Remove a work code",
	  .examples = "10 --device CJDE231260005",
	  ORDER("delete_work_code", "code") },
	{ 0 },
};

int cmd_work_code(int argc, char **argv)
{
	static const struct noun noun = { "work-code", "Work codes of devices",
					  work_code_verbs };

	return cmd_run(&noun, argc, argv);
}

static const struct verb message_verbs[] = {
	{ .word = "set",
	  .args = "NUMBER TEXT KEY=VALUE...",
	  .least = 2,
	  .most = -1,
	  .options = ORDER_OPTIONS,
	  .help = "Write a short message to devices, for all or (tag=254) for single people",
	  .examples = "1 'Lunch at one' minutes=60 from='2026-12-01 08:00:00' --device "
		      "CJDE231260005",
	  ORDER("update_message", "number message") },
	{ .word = "assign",
	  .args = "NUMBER PIN",
	  .least = 2,
	  .most = 2,
	  .options = ORDER_OPTIONS,
	  .help = "Assign a message of devices to a person",
	  .examples = "1 7 --device CJDE231260005",
	  ORDER("assign_message", "number pin") },
	{ .word = "delete",
	  .args = "NUMBER",
	  .least = 1,
	  .most = 1,
	  .options = ORDER_OPTIONS,
	  .help = "Remove a short message",
	  .examples = "1 --device CJDE231260005",
	  ORDER("delete_message", "number") },
	{ 0 },
};

int cmd_message(int argc, char **argv)
{
	static const struct noun noun = { "message", "Short messages on devices",
					  message_verbs };

	return cmd_run(&noun, argc, argv);
}

static const struct verb clock_verbs[] = {
	{ .word = "key",
	  .args = "KEY FUNCTION [KEY=VALUE...]",
	  .least = 2,
	  .most = -1,
	  .options = ORDER_OPTIONS,
	  .help = "Write what a function key does",
	  .examples = "1 1 status_code=0 label=In --device CJDE231260005",
	  ORDER("update_shortcut_key", "key key_function") },
	{ .word = "picture",
	  .args = "NUMBER FILE EXTENSION",
	  .least = 3,
	  .most = 3,
	  .options = ORDER_OPTIONS,
	  .help = "Write an advertising picture",
	  .examples = "1 open-day.jpg jpg --device CJDE231260005",
	  ORDER("update_advert", "number @content extension") },
	{ .word = "delete-picture",
	  .args = "NUMBER",
	  .least = 1,
	  .most = 1,
	  .options = ORDER_OPTIONS,
	  .help = "Remove an advertising picture",
	  .examples = "1 --device CJDE231260005",
	  ORDER("delete_advert", "number") },
	{ .word = "group",
	  .args = "NUMBER PERIODS [KEY=VALUE...]",
	  .least = 2,
	  .most = -1,
	  .options = ORDER_OPTIONS,
	  .help = "Write an access group",
	  .examples = "2 '1;1;0;0' holidays=yes --device CJDE231260005",
	  ORDER("update_access_group", "number group_periods") },
	{ .word = "period",
	  .args = "NUMBER KEY=VALUE...",
	  .least = 2,
	  .most = -1,
	  .options = ORDER_OPTIONS,
	  .help = "Write an access period, with the start and end of each day",
	  .examples = "3 sun_start=0000 sun_end=0000 mon_start=0800 mon_end=1700 "
		      "tue_start=0800 tue_end=1700 wed_start=0800 wed_end=1700 thu_start=0800 "
		      "thu_end=1700 fri_start=0800 fri_end=1700 sat_start=0000 sat_end=0000 "
		      "--device CJDE231260005",
	  ORDER("update_access_period", "number") },
	{ .word = "holiday",
	  .args = "NUMBER START END PERIOD [KEY=VALUE...]",
	  .least = 4,
	  .most = -1,
	  .options = ORDER_OPTIONS,
	  .help = "Write an access holiday: its days as MMDD",
	  .examples = "1 1224 1226 3 label=Christmas --device CJDE231260005",
	  ORDER("update_access_holiday", "number start_day end_day period") },
	{ .word = "combination",
	  .args = "NUMBER GROUP [KEY=VALUE...]",
	  .least = 2,
	  .most = -1,
	  .options = ORDER_OPTIONS,
	  .help = "Write which groups open the lock together",
	  .examples = "1 1 group2=2 --device CJDE231260005",
	  ORDER("update_unlock_combination", "number group1") },
	{ .word = "id-card",
	  .args = "NUMBER [KEY=VALUE...]",
	  .least = 1,
	  .most = -1,
	  .options = ORDER_OPTIONS,
	  .help = "Write an identity card to devices",
	  .examples = "110101199001010010 pin=7 name=Li --device CJDE231260005",
	  ORDER("update_id_card", "idCard.idNumber") },
	{ .word = "block-id-card",
	  .args = "NUMBER",
	  .least = 1,
	  .most = 1,
	  .options = ORDER_OPTIONS,
	  .help = "Let devices refuse an identity card",
	  .examples = "110101199001010010 --device CJDE231260005",
	  ORDER("block_id_card", "id_number") },
	{ 0 },
};

int cmd_clock(int argc, char **argv)
{
	static const struct noun noun = {
		"clock", "Keys, pictures, identity cards and the lock of attendance devices",
		clock_verbs
	};

	return cmd_run(&noun, argc, argv);
}
