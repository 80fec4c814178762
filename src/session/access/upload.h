/* One upload of an access unit, from the body to the store; shared by the engine (upload.c) and the
 * readers of its tables (tables.c). A body is read in turns: a reader stops when the turn is over or the
 * piece is full, and is called again at the same place. The memory of a turn is in `piece`. */
#ifndef GH_SESSION_ACCESS_UPLOAD_H
#define GH_SESSION_ACCESS_UPLOAD_H

#include "core/command_enrolled.h"
#include "core/ingest.h"
#include "core/readers.h"
#include "session/access/access.h"
#include "wire/access/parameters.h"
#include "wire/access/table.h"
#include "wire/attendance/attlog.h"

struct access_table;

struct packed;

/* Lives in the request's arena. */
struct access_upload {
	struct read_job
		unpacking; /* must be first; of a package, while its next window is made */
	struct exchange *x;
	gh_slice body; /* that is read: of a package the present window */
	/* Of a package (upload_packed.c). */
	struct packed *packed; /* NULL before the first window, and where the body is none */
	gh_slice file;	       /* as it came; empty: the body is no package */
	bool base64;	       /* it came so */
	gh_slice window;       /* made by the reader thread, with its error */
	enum gh_err unpacked;
	struct {
		int64_t lines;
		int64_t bytes;
	} before;      /* the present window */
	size_t copied; /* bytes of malformed records */
	struct ingest *in;
	gh_slice table; /* as the request spells it; empty: it names none */
	bool counted;	/* the reply is the table and the declared count, else "OK" */
	const struct query_arrival *query; /* it answers a query; NULL: it does not */
	bool answer;			   /* it came as one, for whatever command */
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
	bool known;	      /* access_unit_known() has set the next two, and `tables` */
	bool packed_validity; /* the unit writes validity of people as packed seconds */
	unsigned doors;	      /* that the unit has */
	uint8_t extra[512];   /* of a record's pairs of unknown keys, while they are few */
	struct ghi_table_unit tables; /* what decides about its tables */
	bool refused;		      /* of a package: it cannot be unpacked */
	bool keep_raw;		      /* the upload is also stored unchanged */
	bool again;	     /* it is stored, and is read again: nothing of it is of now */
	const char *reason;  /* of the first malformed one of these; in the arena, or static */
	ghi_civil live_time; /* of an event that came alone, or GHI_CIVIL_NONE */
	struct enrolled enrolled[ENROLLED_MOST]; /* by type=BioData and EnrollInfoData */
	size_t enrolments;
	size_t subs;		     /* of a main controller: those that are known, and these */
	struct subs_wait *subs_wait; /* until these are stored; NULL: there are none */
	struct ingest_result result;
};

/* upload_packed.c: whether more of the package follows the window that is read. */
bool access_more_unpacks(const struct access_upload *u);
/* Make the next window, then call `next` with it, on the thread of the connection. The records of the
 * present one must be stored. */
GH_MUST_CHECK enum gh_err access_window_begin(struct access_upload *u,
					      void (*next)(struct exchange *x));
/* It becomes what is read; a package that cannot be unpacked further ends the upload. */
GH_MUST_CHECK enum gh_err access_window_take(struct access_upload *u);
/* Bytes of a window that outlast it. Empty where too many are kept so: the body is then stored unchanged. */
gh_slice access_window_copy(struct access_upload *u, gh_slice raw);

/* A table that units upload: `table=`, or with table=tabledata `tablename=`. */
struct access_table {
	const char *name; /* compared without case */
	bool counted;	  /* it is one of tabledata */
	/* Reads a turn: adds records to u->in, until upload_turn_over() of the line, or u->ended. */
	enum gh_err (*read)(struct access_upload *u);
	bool again; /* a row has nothing but records: it can be read again (retry.c) */
};

/* NULL: none of that name. */
const struct access_table *access_table_find(gh_slice name, bool counted);

/* Whether a reader must stop for now; called once per line. */
bool access_turn_over(struct access_upload *u);
/* Set what decides about records, out of the parameters that the unit registered. On the first of them: these
 * parameters are long, and events need none. */
void access_unit_known(struct access_upload *u);
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

/* account.c: the overview; and what follows from how a package was read. */
enum gh_err access_overview_read(struct access_upload *u);
void access_account_judge(struct access_upload *u);

/* Stores the body unchanged; its rows are counted by their lines. */
enum gh_err access_kept_read(struct access_upload *u);

/* records.c: the readers of the tables of records, and of photos of events, which have a second form. */
enum gh_err access_records_read(struct access_upload *u);
enum gh_err access_photos_read(struct access_upload *u);
/* One row, of the table that its first word names, else of the upload's. */
GH_MUST_CHECK enum gh_err access_record_take(struct access_upload *u, gh_slice line);

/* enrolled.c: the readers of type=BioData and EnrollInfoData. */
enum gh_err access_enrolled_templates_read(struct access_upload *u);
enum gh_err access_enrolled_cards_read(struct access_upload *u);

/* link_photos.c */
enum gh_err access_link_photos_read(struct access_upload *u);

/* subs.c. Each of the list is stored by a job of its own: the upload is answered after the last of them. */
enum gh_err access_subs_read(struct access_upload *u);
/* x->next follows when all are stored, with the first error. The exchange is deferred, and u->subs_wait not NULL. */
void access_subs_await(struct access_upload *u);
/* It does not wait for them. */
void access_subs_drop(struct access_upload *u);

/* What a body is taken as. */
struct access_upload_form {
	gh_slice table;
	bool counted;	  /* it is of table=tabledata, or answers as if it were */
	bool plain_reply; /* but it is answered "OK" */
	bool nothing;	  /* no row is read */
	bool answer;	  /* it came as the answer to a command, which may not be known */
	gh_slice file; /* the rows are in this package, a compressed tar; empty: in the body */
	bool base64;   /* which came so */
	const struct query_arrival
		*query; /* it answers a query; in the request's arena. NULL: none */
};
void access_upload_begin(struct exchange *x, const struct access_upload_form *form);
/* An upload that begins; `piece` lasts as long as the request's arena. Its ingest is still to be made. */
void access_upload_set(struct access_upload *u, struct exchange *x, struct arena *piece,
		       const struct access_upload_form *form);

#endif
