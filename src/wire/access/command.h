/* Commands as they travel in a poll's reply (Security PUSH 3.1.2, 8.1 and 11.14): "C:<id>:<text>", or
 * with the unit they are for,
 * "DataType=1,SN=<unit>,Priority=<n>,CmdID=<id>,CmdDesc=C:<id>:<text>". The text may have several
 * records, parted by LF; a line begins a new command only where it begins as one. */
#ifndef GH_WIRE_ACCESS_COMMAND_H
#define GH_WIRE_ACCESS_COMMAND_H

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"

struct ghi_access_command {
	gh_slice id, text;
	gh_slice unit;	  /* serial number; empty: the form without it */
	int64_t priority; /* of the form with it; 0 */
};

/* One command, ended by LF. GH_EMALFORMED in w->err: a NUL or CR in the text, or a line of it that
 * would begin another command; anything but letters and digits in the id or the serial number. */
void ghi_access_command_write(struct ghi_writer *w, const struct ghi_access_command *c);

/* The next command of a reply; *in moves on. Blanks around the colons and after the commas are
 * accepted, a missing Priority too. GH_ENOTFOUND: no more. GH_EMALFORMED: lines before the first
 * command that are none; *in stands after them. "OK" is skipped. Everything is borrowed. */
GH_MUST_CHECK enum gh_err ghi_access_command_next(gh_slice *in, struct ghi_access_command *out);

#endif
