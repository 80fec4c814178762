#include "wire/terminal/oplog.h"

#include "base/reader.h"
#include "wire/terminal/packed_time.h"

void ghi_terminal_oplog_parse(const uint8_t record[GHI_TERMINAL_OPLOG_SIZE],
			      struct gh_oplog *out)
{
	struct ghi_reader r = ghi_reader_on((gh_slice){ record, GHI_TERMINAL_OPLOG_SIZE });

	out->admin = ghi_u16(&r);
	out->op = ghi_u8(&r);
	out->unknown = ghi_u8(&r);
	out->time_code = ghi_u32(&r);
	out->time = ghi_terminal_time_unpack(out->time_code);
	for (int i = 0; i < 4; i++)
		out->param[i] = ghi_u16(&r);
	memcpy(out->raw, record, sizeof(out->raw));
}

void ghi_terminal_oplog_write(struct ghi_writer *w, const struct gh_oplog *o)
{
	ghi_put_u16(w, o->admin);
	ghi_put_u8(w, o->op);
	ghi_put_u8(w, o->unknown);
	ghi_put_u32(w, o->time_code);
	for (int i = 0; i < 4; i++)
		ghi_put_u16(w, o->param[i]);
}
