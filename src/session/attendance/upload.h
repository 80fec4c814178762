/* One upload, from the body to the store; shared by the engine (upload.c) and the readers of its
 * tables (tables.c).
 *
 * A body is read in turns: a reader stops when the turn is over or the piece is full, and is
 * called again at the same place, after the commit of the piece or after other requests of the
 * thread. The memory of a turn is in `piece` and is freed with it. */
#ifndef GH_SESSION_ATTENDANCE_UPLOAD_H
#define GH_SESSION_ATTENDANCE_UPLOAD_H

#include "core/ingest.h"
#include "core/readers.h"
#include "session/attendance/attendance.h"
#include "wire/attendance/attlog.h"
#include "wire/attendance/operlog.h"

struct packed;

/* Lives in the request's arena. */
struct upload {
	struct read_job unpacking; /* makes the next window, on a reader thread; first */
	struct exchange *x;
	struct ingest *in;
	gh_slice table;
	bool named; /* the upload names it: else it follows from a stamp, or what is in it */
	gh_slice stamp; /* of a form; empty: none */
	gh_slice body;	/* the request's, or a window of what it unpacks to */
	const struct dialect_table *reader; /* NULL: a table without records */
	struct device_row row;
	struct arena *piece; /* of the records of one piece */
	size_t turn;	     /* lines read in this one */
	bool ended;	     /* the body was read to its end */

	/* A packed upload: body is a window, and positions in it count from `before`. The next
	 * window begins at `stop`, and only after the records of this one are stored. */
	struct packed *packed; /* NULL: not packed */
	gh_slice window;       /* the one that was made last */
	enum gh_err unpacked;  /* the result of making it */
	bool window_read;
	size_t stop;
	struct {
		size_t bytes;
		int64_t lines;
	} before;
	size_t copied; /* of malformed records, because a window is temporary */

	/* Where the readers stopped; one of them is in use. */
	struct ghi_lines lines;
	struct ghi_operlog operlog;
	struct ghi_operlog_line *line;
	size_t all, photos;
	gh_slice settings;

	bool plain_ok;	    /* the reply is "OK" without a count */
	size_t unread;	    /* texts in a character set that is not known */
	size_t quarantined; /* malformed records */
	size_t raw_lines;   /* of a table without records */
	bool keep_raw;	    /* the upload is also stored unchanged */
	int64_t rest_line;  /* of the first malformed record that has no row of its own */
	size_t rest_offset;
	struct ingest_result result;

	/* It is stored already, and read again (retry.c): what is malformed is counted only. */
	bool again;
	const char *reason; /* of the first that is */
};

/* One turn: the records of it are added to u->in. It may end before the turn, with u->ended, or
 * with u->window_read: then what was added is to be stored before the next window is read. */
GH_MUST_CHECK enum gh_err upload_read(struct upload *u);

/* What could not be read. The number of rows is limited: beyond the limit one row stands for the
 * rest, and the upload is stored unchanged. */
GH_MUST_CHECK enum gh_err upload_quarantine(struct upload *u, int64_t line, size_t offset,
					    gh_slice raw, const char *reason);

/* How an upload is read whose table is unknown or not named (upload_guess.c): by its first record. Sets
 * table and reader, and for a form the body. GH_ENOMEM. */
GH_MUST_CHECK enum gh_err upload_table_find(struct upload *u);

/* Whether a reader must stop for now; called once per line. */
bool upload_turn_over(struct upload *u);
/* --- packed uploads (upload_packed.c) --- */

/* Read a packed upload by windows from here on; no effect on others. */
GH_MUST_CHECK enum gh_err upload_unpack(struct upload *u);
/* Make the next window on this thread, which is one that may take long. */
void upload_window_make(struct upload *u);
/* Make the next window on a reader thread, then continue with next(). The exchange is deferred. */
GH_MUST_CHECK enum gh_err upload_window_begin(struct upload *u,
					      void (*next)(struct exchange *x));
/* The window that was made becomes the body. A package that is damaged or too large ends the
 * upload: it is stored unchanged, with a row in quarantine. GH_ENOMEM, GH_ECLOSED. */
GH_MUST_CHECK enum gh_err upload_window_take(struct upload *u);
/* A copy of bytes of a window, until the upload ends; empty when there are too many, and then
 * the package is stored. */
gh_slice upload_window_copy(struct upload *u, gh_slice raw);
/* The body, with the readers at its beginning. */
void upload_body_set(struct upload *u, gh_slice body);
/* Whether more of the upload comes after `body`. */
bool upload_more_comes(const struct upload *u);
/* A record that begins at `offset` of the body may continue in the next window: it is read again
 * there. */
void upload_stop_at(struct upload *u, size_t offset);

/* The readers, one row per table; and one for unknown tables. */
enum { ATTENDANCE_TABLES = 16 };
extern const struct dialect_table attendance_tables[ATTENDANCE_TABLES];
GH_MUST_CHECK enum gh_err upload_read_raw(struct upload *u);

#endif
