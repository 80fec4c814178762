/* gatehouse access first-card … door: what is decided about single doors. */
#include <glib.h>

#include "app/api_client/access.h"

static const struct column first_card_columns[] = {
	{ "ID", "id", CELL_ID },       { "NAME", "name", CELL_TEXT },
	{ "DOOR", "door", CELL_ID },   { "RULE", "rule", CELL_TEXT },
	{ "MODE", "mode", CELL_TEXT }, { 0 },
};

static const struct column first_card_shown[] = {
	{ "Number", "id", CELL_TEXT },
	{ "Name", "name", CELL_TEXT },
	{ "Door", "door", CELL_TEXT },
	{ "Time rule", "rule", CELL_TEXT },
	{ "Mode", "mode", CELL_TEXT },
	{ "People", "people", CELL_TEXT },
	{ 0 },
};

static const struct verb first_card_verbs[] = { KIND_VERBS(
	"/api/first-card", "FirstCard", first_card_columns, first_card_shown, "NAME",
	"'Shop door' door=CGDK201960012:1 rule=2 people=2,3\n"
	"'Vault' door=CGDK201960012:2 rule=1 mode=activation people=4",
	"2 people=2,3,4", "2") };

static const struct column multi_card_columns[] = {
	{ "ID", "id", CELL_ID },
	{ "NAME", "name", CELL_TEXT },
	{ "DOOR", "door", CELL_ID },
	{ "GROUPS", "groups", CELL_TEXT },
	{ "SECONDS", "seconds", CELL_TEXT },
	{ 0 },
};

static const struct column multi_card_shown[] = {
	{ "Number", "id", CELL_TEXT },	     { "Name", "name", CELL_TEXT },
	{ "Door", "door", CELL_TEXT },	     { "Groups", "groups", CELL_TEXT },
	{ "Seconds", "seconds", CELL_TEXT }, { 0 },
};

static const struct verb multi_card_verbs[] = { KIND_VERBS(
	"/api/multi-card", "MultiCard", multi_card_columns, multi_card_shown, "NAME",
	"'Two of the vault' door=CGDK201960012:2 groups=5,5 seconds=15", "2 groups=5,6", "2") };

static const struct column passback_columns[] = {
	{ "ID", "id", CELL_ID },
	{ "NAME", "name", CELL_TEXT },
	{ "DOORS", "doors", CELL_TEXT },
	{ "AGAINST", "against", CELL_TEXT },
	{ "DIRECTION", "direction", CELL_TEXT | CELL_DROP(1) },
	{ "SECONDS", "seconds", CELL_TEXT | CELL_DROP(2) },
	{ 0 },
};

static const struct column passback_shown[] = {
	{ "Number", "id", CELL_TEXT },
	{ "Name", "name", CELL_TEXT },
	{ "Doors", "doors", CELL_TEXT },
	{ "Against", "against", CELL_TEXT },
	{ "Direction", "direction", CELL_TEXT },
	{ "Seconds", "seconds", CELL_TEXT },
	{ 0 },
};

static const struct verb passback_verbs[] = { KIND_VERBS(
	"/api/anti-passback", "AntiPassback", passback_columns, passback_shown, "NAME",
	"'Car park' doors=CGDK201960012:1 against=CGDK201960012:2\n"
	"'Readers of 3' doors=CGDK201960012:3 direction=both",
	"2 seconds=60", "2") };

static const struct column interlock_columns[] = {
	{ "ID", "id", CELL_ID },
	{ "NAME", "name", CELL_TEXT },
	{ "DOORS", "doors", CELL_TEXT },
	{ 0 },
};

static const struct column interlock_shown[] = {
	{ "Number", "id", CELL_TEXT },
	{ "Name", "name", CELL_TEXT },
	{ "Doors", "doors", CELL_TEXT },
	{ 0 },
};

static const struct verb interlock_verbs[] = { KIND_VERBS(
	"/api/interlock", "Interlock", interlock_columns, interlock_shown, "NAME",
	"Lock doors=CGDK201960012:1,CGDK201960012:2", "2 doors=CGDK201960012:1,CGDK201960012:3",
	"2") };

static const struct column linkage_columns[] = {
	{ "ID", "id", CELL_ID },
	{ "NAME", "name", CELL_TEXT },
	{ "EVENT", "event", CELL_TEXT },
	{ "WHAT", "eventName", CELL_TEXT | CELL_DROP(1) },
	{ "AT", "at", CELL_ID },
	{ "OUTPUT", "output", CELL_TEXT },
	{ "NUMBER", "number", CELL_TEXT },
	{ "SECONDS", "seconds", CELL_TEXT },
	{ 0 },
};

static const struct column linkage_shown[] = {
	{ "Number", "id", CELL_TEXT },
	{ "Name", "name", CELL_TEXT },
	{ "Event", "event", CELL_TEXT },
	{ "Event in words", "eventName", CELL_TEXT },
	{ "At", "at", CELL_TEXT },
	{ "Output", "output", CELL_TEXT },
	{ "Output number", "number", CELL_TEXT },
	{ "Seconds", "seconds", CELL_TEXT },
	{ 0 },
};

static const struct verb linkage_verbs[] = { KIND_VERBS(
	"/api/linkage", "Linkage", linkage_columns, linkage_shown, "NAME",
	"'Fire button' event=220 at=CGDK201960012:1 output=lock number=1 seconds=255",
	"2 seconds=30", "2") };

static const struct column output_columns[] = {
	{ "ID", "id", CELL_ID },
	{ "NAME", "name", CELL_TEXT },
	{ "AT", "at", CELL_ID },
	{ "OUTPUT", "output", CELL_TEXT },
	{ "ACTION", "action", CELL_TEXT },
	{ "RULE", "rule", CELL_TEXT },
	{ 0 },
};

static const struct column output_shown[] = {
	{ "Number", "id", CELL_TEXT },
	{ "Name", "name", CELL_TEXT },
	{ "At", "at", CELL_TEXT },
	{ "Output", "output", CELL_TEXT },
	{ "Action", "action", CELL_TEXT },
	{ "Time rule", "rule", CELL_TEXT },
	{ 0 },
};

static const struct verb output_verbs[] = { KIND_VERBS(
	"/api/scheduled-outputs", "ScheduledOutput", output_columns, output_shown, "NAME",
	"'Yard lights' at=CGDK201960012:1 output=aux rule=2 action=normal-open\n"
	"'Lobby door' at=CGDK201960012:1 rule=2 action=normal-open",
	"2 rule=3", "2") };

static const struct column input_columns[] = {
	{ "ID", "id", CELL_ID },	 { "NAME", "name", CELL_TEXT }, { "AT", "at", CELL_ID },
	{ "INPUT", "input", CELL_TEXT }, { "RULE", "rule", CELL_TEXT }, { 0 },
};

static const struct column input_shown[] = {
	{ "Number", "id", CELL_TEXT },	    { "Name", "name", CELL_TEXT },
	{ "At", "at", CELL_TEXT },	    { "Input", "input", CELL_TEXT },
	{ "Time rule", "rule", CELL_TEXT }, { 0 },
};

static const struct verb input_verbs[] = { KIND_VERBS(
	"/api/scheduled-inputs", "ScheduledInput", input_columns, input_shown, "NAME",
	"'Exit button of the vault' at=CGDK201960012:2 rule=2\n"
	"'Night bell' at=CGDK201960012:1 input=aux rule=3",
	"2 rule=3", "2") };

static const struct column verify_columns[] = {
	{ "ID", "id", CELL_ID },
	{ "NAME", "name", CELL_TEXT },
	{ "DOORS", "doors", CELL_TEXT },
	{ "WEEK", "week", CELL_TEXT },
	{ "HOLIDAYS", "holidays", CELL_TEXT | CELL_DROP(1) },
	{ 0 },
};

static const struct column verify_shown[] = {
	{ "Number", "id", CELL_TEXT },
	{ "Name", "name", CELL_TEXT },
	{ "Doors", "doors", CELL_TEXT },
	{ "Weekdays", "week", CELL_TEXT },
	{ "Holidays", "holidays", CELL_TEXT },
	{ "People", "people", CELL_TEXT },
	{ 0 },
};

static const struct verb verify_verbs[] = { KIND_VERBS(
	"/api/verify-schedules", "VerifySchedule", verify_columns, verify_shown, "NAME",
	"Nights 'week.mon-fri=18:00-24:00 door=11' doors=CGDK201960012:1", "2 people=2,3",
	"2") };

static const struct column super_columns[] = {
	{ "ID", "id", CELL_ID },
	{ "NAME", "name", CELL_TEXT },
	{ "DOORS", "doors", CELL_TEXT },
	{ 0 },
};

static const struct column super_shown[] = {
	{ "Number", "id", CELL_TEXT },
	{ "Name", "name", CELL_TEXT },
	{ "Doors", "doors", CELL_TEXT },
	{ "People", "people", CELL_TEXT },
	{ 0 },
};

static const struct verb super_verbs[] = { KIND_VERBS(
	"/api/super-users", "SuperUser", super_columns, super_shown, "NAME",
	"Guards doors=CGDK201960012:1 people=2", "2 people=2,3", "2") };

static const struct column door_columns[] = {
	{ "DOOR", "door", CELL_ID },
	{ "NAME", "name", CELL_TEXT },
	{ "DISABLED", "disabled", CELL_TEXT },
	{ "DRIVE", "driveSeconds", CELL_TEXT },
	{ "USABLE", "usableRule", CELL_TEXT },
	{ "NORMAL OPEN", "normalOpenRule", CELL_TEXT },
	{ 0 },
};

static const struct column door_shown[] = {
	{ "Door", "door", CELL_TEXT },
	{ "Name", "name", CELL_TEXT },
	{ "Max open seconds", "maxOpenSeconds", CELL_TEXT },
	{ "Disabled", "disabled", CELL_TEXT },
	{ "Masked", "masked", CELL_TEXT },
	{ "Drive seconds", "driveSeconds", CELL_TEXT },
	{ "Long drive seconds", "longDriveSeconds", CELL_TEXT },
	{ "Delay seconds", "delaySeconds", CELL_TEXT },
	{ "Swipe seconds", "swipeSeconds", CELL_TEXT },
	{ "Usable rule", "usableRule", CELL_TEXT },
	{ "Normal open rule", "normalOpenRule", CELL_TEXT },
	{ "Verify mode", "verifyMode", CELL_TEXT },
	{ "Emergency password", "emergencyPasswordSet", CELL_TEXT },
	{ "Duress password", "duressPasswordSet", CELL_TEXT },
	{ "Sensor type", "sensorType", CELL_TEXT },
	{ "Sensor seconds", "sensorSeconds", CELL_TEXT },
	{ "Close and lock", "closeAndLock", CELL_TEXT },
	{ "Sensor supervised", "sensorSupervised", CELL_TEXT },
	{ "Sensor resistor", "sensorResistor", CELL_TEXT },
	{ "Exit button", "exitButton", CELL_TEXT },
	{ "Exit button seconds", "exitButtonSeconds", CELL_TEXT },
	{ "Exit button type", "exitButtonType", CELL_TEXT },
	{ "Exit button supervised", "exitButtonSupervised", CELL_TEXT },
	{ "Exit button resistor", "exitButtonResistor", CELL_TEXT },
	{ "Reader type", "readerType", CELL_TEXT },
	{ "Automatic wiegand", "automaticWiegand", CELL_TEXT },
	{ "Wiegand input", "wiegandInput", CELL_TEXT },
	{ "Wiegand output", "wiegandOutput", CELL_TEXT },
	{ 0 },
};

static const struct verb door_verbs[] = {
	{ .word = "list",
	  .args = "",
	  .options = LIST_OPTIONS,
	  .help = "Doors about which something is decided",
	  .run = cmd_list,
	  .path = "/api/door-settings",
	  .columns = door_columns },
	{ .word = "set",
	  .args = "DOOR KEY=VALUE...",
	  .least = 2,
	  .most = -1,
	  .options = "",
	  .help = "Change how a door (SN:NUMBER) is set",
	  .fields = "DoorSettingsPatch",
	  .examples = "CGDK201960012:1 driveSeconds=8 normalOpenRule=2\n"
		      "CGDK201960012:1 name='Front door' disabled=yes",
	  .run = access_kind_set,
	  .path = "/api/doors/%s",
	  .columns = door_shown },
	{ 0 },
};

const struct noun access_door_nouns[] = {
	{ "access first-card", "First-card", first_card_verbs },
	{ "access multi-card", "Multi-card opening", multi_card_verbs },
	{ "access anti-passback", "Anti-passback", passback_verbs },
	{ "access interlock", "Interlock", interlock_verbs },
	{ "access linkage", "Linkage", linkage_verbs },
	{ "access scheduled-output", "Scheduled output", output_verbs },
	{ "access scheduled-input", "Scheduled input", input_verbs },
	{ "access verify-schedule", "Verify schedule", verify_verbs },
	{ "access super-user", "Group of super users", super_verbs },
	{ "access door", "Door", door_verbs },
	{ 0 },
};

const struct access_kind access_door_kinds[] = {
	{ "/api/first-card", "name" },	      { "/api/multi-card", "name" },
	{ "/api/anti-passback", "name" },     { "/api/interlock", "name" },
	{ "/api/linkage", "name" },	      { "/api/verify-schedules", "name" },
	{ "/api/super-users", "name" },	      { "/api/doors", "name" },
	{ "/api/scheduled-outputs", "name" }, { "/api/scheduled-inputs", "name" },
};

const size_t access_door_kinds_count = G_N_ELEMENTS(access_door_kinds);
