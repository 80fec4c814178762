/* Operation log, 16 bytes a record (terminal digest 8.4). */
#ifndef GH_WIRE_TERMINAL_OPLOG_H
#define GH_WIRE_TERMINAL_OPLOG_H

#include <gatehouse/terminal_record.h>

#include "base/slice.h"
#include "base/writer.h"

enum { GHI_TERMINAL_OPLOG_SIZE = 16 };

void ghi_terminal_oplog_parse(const uint8_t record[GHI_TERMINAL_OPLOG_SIZE],
			      struct gh_oplog *out);
/* From the fields; `raw` and `time` are not looked at. */
void ghi_terminal_oplog_write(struct ghi_writer *w, const struct gh_oplog *o);

#endif
