/* One upload of an access unit, from the body to the store; shared by the engine (upload.c) and the
 * readers of its tables (tables.c). A body is read in turns: a reader stops when the turn is over or the
 * piece is full, and is called again at the same place. The memory of a turn is in `piece`. */
#ifndef GH_SESSION_ACCESS_UPLOAD_H
#define GH_SESSION_ACCESS_UPLOAD_H

#include "core/ingest.h"
#include "session/access/access.h"
#include "wire/access/parameters.h"
#include "wire/attendance/attlog.h"

struct access_table;

/* Lives in the request's arena. */
struct access_upload {
	struct exchange *x;
	struct ingest *in;
	gh_slice table; /* as the request spells it; empty: it names none */
	bool counted;	/* the reply is the table and the declared count, else "OK" */
	const struct query_arrival *query; /* it answers a query; NULL: it does not */
	const struct access_table
		*reader; /* NULL: none is known, the body is stored unchanged */
	struct device_row row;
	struct arena *piece;		/* of the records of one piece */
	struct ghi_lines lines;		/* where the reader stopped */
	struct ghi_parameters settings; /* the same, of a list of options */
	size_t turn;			/* lines read in this one */
	bool ended;			/* the body was read to its end */
	size_t rows;			/* read so far, malformed ones too */
	size_t quarantined;
	int64_t joined;	      /* lines after that read last which are of the same record */
	size_t unread;	      /* texts in a character set that is not known */
	bool packed_validity; /* the unit writes validity of people as packed seconds */
	unsigned doors;	      /* that the unit has */
	uint8_t extra[512];   /* of a record's pairs of unknown keys, while they are few */
	bool keep_raw;	      /* the upload is also stored unchanged */
	ghi_civil live_time;  /* of an event that came alone, or GHI_CIVIL_NONE */
	struct ingest_result result;
};

/* A table that units upload: `table=`, or with table=tabledata `tablename=`. */
struct access_table {
	const char *name; /* compared without case */
	bool counted;	  /* it is one of tabledata */
	/* Reads a turn: adds records to u->in, until upload_turn_over() of the line, or u->ended. */
	enum gh_err (*read)(struct access_upload *u);
};

/* NULL: none of that name. */
const struct access_table *access_table_find(gh_slice name, bool counted);

/* Whether a reader must stop for now; called once per line. */
bool access_turn_over(struct access_upload *u);
/* The record at the line that was read last, or a part of it, makes no sense. */
GH_MUST_CHECK enum gh_err access_quarantine(struct access_upload *u, gh_slice raw,
					    const char *reason);

/* states.c: table=rtstate and irstate. false: it is another table, or cannot be read, and is an upload as
 * others are. */
bool access_states_upload(struct exchange *x, gh_slice table);
/* How many doors the unit has; those that it only has room for are no doors. Not for each line: the
 * parameters of a unit are long. */
unsigned access_doors_of(const struct device_row *row);
/* A row of door states, from wherever, of a unit with so many doors; *at, unless NULL, is its time. false:
 * it is none. */
bool access_door_states_take(struct exchange *x, gh_slice line, unsigned doors, ghi_civil *at);

/* events.c: the readers of rtlog and of `transaction`. */
enum gh_err access_live_events_read(struct access_upload *u);
enum gh_err access_stored_events_read(struct access_upload *u);

/* Stores the body unchanged; its rows are counted by their lines. */
enum gh_err access_kept_read(struct access_upload *u);

/* records.c: the readers of the tables of records, and of photos of events, which have a second form. */
enum gh_err access_records_read(struct access_upload *u);
enum gh_err access_photos_read(struct access_upload *u);

/* link_photos.c */
enum gh_err access_link_photos_read(struct access_upload *u);

/* What a body is taken as. */
struct access_upload_form {
	gh_slice table;
	bool counted; /* it is of table=tabledata, or answers as if it were */
	bool nothing; /* no row is read */
	const struct query_arrival
		*query; /* it answers a query; in the request's arena. NULL: none */
};
void access_upload_begin(struct exchange *x, const struct access_upload_form *form);

#endif
