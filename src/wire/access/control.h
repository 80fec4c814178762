/* The bytes of CONTROL DEVICE, for both ends: what an order is in bytes, and which order bytes are. One
 * table, control.def. */
#ifndef GH_WIRE_ACCESS_CONTROL_H
#define GH_WIRE_ACCESS_CONTROL_H

#include "base/writer.h"
#include "model/command_kind.h"

#define GHI_FLOOR_DIGITS 66

/* Append the digits. GH_EMALFORMED in w->err: an argument is absent or out of range. */
void ghi_access_control_write(struct ghi_writer *w, const char *form, gh_slice arguments);

/* Append one byte, two digits. */
void ghi_access_control_byte_write(struct ghi_writer *w, unsigned value);

/* Which order the digits are, with its arguments. *as_written: it would be written otherwise, as with a
 * fifth byte, the operator's. GH_EINVALID: none of the table; nothing was written. */
GH_MUST_CHECK enum gh_err ghi_access_control_read(gh_slice digits, enum command_kind *kind,
						  struct ghi_writer *w, bool *as_written);

/* The position of AccSupportFunList that a kind needs; -1: none. */
int ghi_access_control_bit(enum command_kind kind);

#endif
