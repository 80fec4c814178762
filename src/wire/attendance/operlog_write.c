#include "model/record.h"
#include "wire/attendance/operlog.h"
#include "wire/attendance/oplog.h"

void ghi_operlog_write(struct ghi_writer *w, const struct ghi_operlog_tag *tag,
		       const void *record)
{
	ghi_put(w, gh_slice_of(tag->tag));
	ghi_put_u8(w, ' ');
	if (tag->record)
		ghi_record_write(w, tag->record, record);
	else
		ghi_oplog_write(w, record);
	ghi_put_u8(w, '\n');
}

void ghi_operlog_write_pairs(struct ghi_writer *w, const struct ghi_operlog_tag *tag,
			     const void *record)
{
	if (tag->command)
		ghi_record_write(w, tag->command, record);
	else if (w->err == GH_OK)
		w->err = GH_EUNSUPPORTED;
}
