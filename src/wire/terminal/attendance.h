/* Attendance records of 40 bytes and more, 16 and 8 (terminal digest 8.2). */
#ifndef GH_WIRE_TERMINAL_ATTENDANCE_H
#define GH_WIRE_TERMINAL_ATTENDANCE_H

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"
#include "wire/terminal/packed_time.h"

enum ghi_terminal_punch_layout {
	GHI_PUNCH_40, /* uid, PIN, verify, time, state, work code; longer records begin so */
	GHI_PUNCH_16, /* PIN as a number, time, state, verify, work code */
	GHI_PUNCH_8A, /* uid, verify, time, state */
	GHI_PUNCH_8B, /* uid, flags, state, time */
};

struct ghi_terminal_punch_format {
	enum ghi_terminal_punch_layout layout;
	uint16_t size; /* bytes from one record to the next */
};

enum {
	GHI_TERMINAL_PUNCH_MAX = 255, /* the longest plausible record */
};

/* Work out the format from the first bytes of the records, the bytes of all of them, their
 * number where a counter event it (else -1; only a hint), and a packed time that no punch can
 * be after (0: unknown). GH_EMALFORMED: nothing fits. */
GH_MUST_CHECK enum gh_err ghi_terminal_punch_format_of(gh_slice first, size_t bytes,
						       int32_t count, uint32_t latest,
						       struct ghi_terminal_punch_format *out);

/* One record of f->size bytes. The 8-byte layouts carry no PIN: it is left empty, as is the 0 of the
 * 16-byte layout. */
void ghi_terminal_punch_parse(const uint8_t *record, struct ghi_terminal_punch_format f,
			      struct ghi_terminal_day *day, struct gh_punch *out);

/* The record; bytes past the known 40 are zero. Uses time_code, not time. The writer's error is
 * GH_EINVALID where the 16-byte layout needs a PIN that is a number. */
void ghi_terminal_punch_write(struct ghi_writer *w, const struct gh_punch *p,
			      struct ghi_terminal_punch_format f);

#endif
