/* One upload on its way from the body to the store; shared by the engine (upload.c) and the
 * readers of its tables (tables.c). */
#ifndef GH_SESSION_ATTENDANCE_UPLOAD_H
#define GH_SESSION_ATTENDANCE_UPLOAD_H

#include "core/ingest.h"
#include "session/attendance/attendance.h"

/* Lives in the request's arena. */
struct upload {
	struct exchange *x;
	struct ingest *in;
	gh_slice table;
	gh_slice body;	   /* the request's, or what it unpacked to */
	gh_slice unpacked; /* on the heap */
	struct device_row row;
	bool plain_ok;	    /* answered "OK" and nothing else */
	size_t quarantined; /* malformed records */
	size_t raw_lines;   /* of a table without records */
	int64_t rest_line;  /* of the first malformed record that has no row of its own */
	size_t rest_offset;
	struct ingest_result result;
};

/* What could not be read. A body of nothing but malformed lines does not grow into a row for
 * each: past a limit one row stands for the rest, and the upload is kept as it came. */
GH_MUST_CHECK enum gh_err upload_quarantine(struct upload *u, int64_t line, size_t offset,
					    gh_slice raw, const char *reason);

/* The readers, a row per table; and one for tables it does not have. */
enum { ATTENDANCE_TABLES = 16 };
extern const struct dialect_table attendance_tables[ATTENDANCE_TABLES];
GH_MUST_CHECK enum gh_err upload_read_raw(struct upload *u);

#endif
