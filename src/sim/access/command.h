/* Commands that a unit carries out (Security PUSH 3.1.2, 9). */
#ifndef GH_SIM_ACCESS_COMMAND_H
#define GH_SIM_ACCESS_COMMAND_H

#include "sim/access/unit.h"

struct unit_command {
	gh_slice id, args; /* args: behind the words, without the blanks around them */
	gh_slice sub;	   /* serial number of the sub-controller it is for; empty: this unit */
	const char *words; /* of its row: CMD of the result */
};

typedef void unit_command_fn(struct unit *u, const struct unit_command *c);

#define UNIT_COMMAND(words, function) unit_command_fn unit_command_##function;
#include "sim/access/command.def"
#undef UNIT_COMMAND

/* Return codes that a unit gives (11.1). */
enum {
	UNIT_OK = 0,
	UNIT_NOT_SENT = -1,
	UNIT_PARAMETER = -11,
	UNIT_NO_COMMAND = -13,
	UNIT_NO_SPACE = -18,
	UNIT_CHECKSUM = -19,
	UNIT_LENGTH = -20,
	UNIT_NO_PLATFORM = -21,
	UNIT_OTHER_PLATFORM = -22,
	UNIT_OLDER = -23,
	UNIT_WRONG_FLAG = -24,
	UNIT_WRONG_NAME = -25,
	UNIT_NO_USER = -27,
	UNIT_OPEN_PERIOD = -28,
	UNIT_CONDITION = -101,
	UNIT_NOT_SAVED = -612,
	UNIT_URL = -618,
	UNIT_DATA = -620,
	UNIT_FIELD = -621,
	UNIT_TABLE = -629,
	UNIT_BASE64 = -631,
	UNIT_UNSUPPORTED = -708,
	UNIT_NO_DOWNLOAD = -721,
	UNIT_FORMAT = -801,
	UNIT_DEFERRED = -5000,
};

/* The result of a command into the outbox; `more` is "&k=v" or "". */
void unit_answer(struct unit *u, const struct unit_command *c, int64_t code, const char *more);

/* Carry out what is due of the commands that came: until something has to be sent for one. */
void unit_commands_follow(struct unit *u);

/* One record or several as packets of querydata, with the result behind the last. `lines` ends each
 * record with LF. `type`: "tabledata", "vmtable". */
void unit_packets(struct unit *u, const struct unit_command *c, const char *type,
		  const char *table, gh_slice lines, uint32_t records);

/* An attempt that the server decides (panel.refer): its request goes out before all others. */
void unit_identify(void *ctx, const struct panel_attempt *a, const struct panel_verdict *v);

/* Responses to posts. */
void unit_identified(struct unit *u, gh_slice body);
void unit_fetched(struct unit *u, const struct sim_reply *reply);
/* GET of a file for the command: what becomes of it is the fetch's. */
void unit_fetch_begin(struct unit *u);
/* Fetch the photo of a row that has an address in place of it, and go on with the rows behind it then. False: it
 * cannot be fetched from there. */
bool unit_photo_fetch(struct unit *u, const struct unit_command *c, enum panel_table_id t,
		      gh_slice row, gh_slice rest);
void unit_photo_fetched(struct unit *u, gh_slice photo);
/* The rows of a table that are left of a command, and its result. */
void unit_rows_put(struct unit *u, const struct unit_command *c, gh_slice table, gh_slice rows);
void unit_fetch_free(struct unit *u);

/* Rows of a table as they are uploaded: a line each. The number of them. */
uint32_t unit_rows_write(GString *to, const struct panel *p, enum panel_table_id t,
			 gh_slice conditions);
/* An event as a row of `transaction`, behind what is there; `prefix`: with the table's name. 1, or 0 when
 * it cannot be written so. */
uint32_t unit_event_line(GString *to, const struct unit *u, const struct panel_event *e,
			 bool prefix);
/* Upload one line of a table, as it is. */
void unit_line_upload(struct unit *u, const char *table, const char *line);
/* What a unit uploads beside an event: the picture of a linked camera (7.15), that of its own (7.9). */
void unit_event_extras(struct unit *u, const struct panel_event *e);
/* What is wrong with the data of a command, from protocol 3.1.2 on (7.12). */
void unit_error_upload(struct unit *u, gh_slice command, const char *code);
/* A comparison photo was written by a command: a template is made of it where that is ordered, and what is no
 * face is reported. */
void unit_photo_written(struct unit *u, gh_slice command, gh_slice row);
/* Upload the rows with these values of a table, as when they change on the device. */
void unit_rows_upload(struct unit *u, enum panel_table_id t, gh_slice conditions);

/* Tables and states that a unit uploads by itself when it is connected: those of a main controller, those
 * of a gate. */
void unit_subs_upload(struct unit *u);
void unit_gate_upload(struct unit *u);

/* Set the clock; what is in progress lasts as long as before. */
void unit_clock_set(struct unit *u, int64_t to_s);

/* A pair of "k=v" parted by tabs, by name without case; empty: absent. */
gh_slice unit_pair(gh_slice pairs, const char *name);

#endif
