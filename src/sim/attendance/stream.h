/* What of a device's lists is still to be uploaded, and the body of the next upload. */
#ifndef GH_SIM_ATTENDANCE_STREAM_H
#define GH_SIM_ATTENDANCE_STREAM_H

#include "base/writer.h"
#include "model/punch.h"
#include "sim/attendance/items.h"
#include "sim/attendance/punches.h"

enum stream_id {
#define STREAM(NAME, table, old_parameter, flags) STREAM_##NAME,
#include "sim/attendance/stream.def"
#undef STREAM
	STREAMS
};

struct stream {
	const char *table, *old_parameter;
	uint32_t flags;
};
extern const struct stream streams[STREAMS];

/* Records of a list from one number up to, not including, another. */
struct upload {
	enum stream_id stream;
	uint32_t from, to;
	uint32_t records;   /* lines, or 1 for a photo */
	uint32_t bad_lines; /* besides */
};

struct sim_device;

/* One past the newest record. */
uint32_t stream_end(const struct sim_device *d, enum stream_id s);
/* How many punches are on the device. */
uint32_t stream_punches(const struct sim_device *d);
/* Whether TransFlag and the persona let it be uploaded. */
bool stream_open(const struct sim_device *d, enum stream_id s);
/* Whether record `index` exists and may be sent now. */
bool stream_holds(const struct sim_device *d, enum stream_id s, uint32_t index);

/* The stamp of an upload that ends with record `to` - 1, and the first record after one. */
uint64_t stream_stamp(const struct sim_device *d, enum stream_id s, uint32_t to);
uint32_t stream_after(const struct sim_device *d, enum stream_id s, uint64_t stamp);

/* Punch `index` as the device has it. */
void stream_punch(const struct sim_device *d, uint32_t index, struct punch *out,
		  struct punches_text *text);

/* Write record `index` (which the stream holds) as it is sent. */
void stream_write(struct ghi_writer *w, const struct sim_device *d, enum stream_id s,
		  uint32_t index, struct items_text *text);

/* The records from `from` that go into one upload, up to `to` at most; out->to is its end even
 * when there was no record to send. */
void stream_fill(struct ghi_writer *w, const struct sim_device *d, enum stream_id s,
		 uint32_t from, uint32_t to, struct items_text *text, struct upload *out);

#endif
