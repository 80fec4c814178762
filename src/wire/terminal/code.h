/* Numbers of the protocol on port 4370 as tables: requests and replies. */
#ifndef GH_WIRE_TERMINAL_CODE_H
#define GH_WIRE_TERMINAL_CODE_H

#include <gatehouse/terminal_record.h>

#include "base/err.h"
#include "base/slice.h"

/* Tables of the command DB_RRQ (7) and friends. */
enum {
	GHI_TABLE_PUNCHES = 1,
	GHI_TABLE_TEMPLATES = 2,
	GHI_TABLE_OPLOG = 4,
	GHI_TABLE_USERS = 5,
	GHI_TABLE_SMS = 6,
	GHI_TABLE_USER_SMS = 7,
	GHI_TABLE_WORK_CODES = 8,
};

/* Static; NULL where the number is not in the table. */
const char *ghi_terminal_command_name(uint16_t code);
const char *ghi_terminal_command_text(uint16_t code);
const char *ghi_terminal_reply_name(uint16_t code);
const char *ghi_terminal_reply_text(uint16_t code);
const char *ghi_terminal_oplog_text(unsigned op);

/* Whether sending it twice does no harm. Unknown commands are sent once. */
bool ghi_terminal_repeatable(uint16_t command);

/* The error a reply code stands for: GH_OK for 2000 and 2002. 4900 to 4999 that have no name
 * are failures of the firmware, other unknown numbers too: GH_EDENIED. */
enum gh_err ghi_terminal_reply_err(uint16_t code);

#endif
