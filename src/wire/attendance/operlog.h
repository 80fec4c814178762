/* The tagged lines of table=OPERLOG and its relatives: OPLOG, USER, FP, FACE, FVEIN, BIODATA,
 * USERPIC, BIOPHOTO, IDCARD, ERRORLOG, WORKCODE (Attendance PUSH 2020-03, 11.4 to 11.16;
 * PUSH SDK 2013, table 2-4; QUIRKS Q26, Q27). */
#ifndef GH_WIRE_ATTENDANCE_OPERLOG_H
#define GH_WIRE_ATTENDANCE_OPERLOG_H

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"
#include "wire/push/card.h"
#include "wire/push/record.h"

/* What kinds of line there are, by tag. */
struct ghi_operlog_tag {
	const char *tag;		 /* "USER" */
	const struct ghi_record *record; /* its keys; NULL: positional (OPLOG) */
	enum model_kind_id kind;
	const char *source; /* template.source or photo.kind it implies; "" for the others */
	const char *table;  /* its name in table= and DATA UPDATE: "USERINFO" */
	const struct ghi_record *command; /* its keys behind DATA UPDATE; NULL as above */
	int8_t type;			  /* biometric type it implies; -1: none */
	uint8_t required;		  /* field without which it is no record */
	const char *without;		  /* the reason then: "no PIN" */
};
/* By tag or table name, without case; NULL: unknown. */
const struct ghi_operlog_tag *ghi_operlog_tag(gh_slice tag);

enum { GHI_OPERLOG_EXTRA = 1024 }; /* of most lines */

struct ghi_operlog_line {
	const struct ghi_operlog_tag *tag; /* NULL: unknown, or a line without one */
	gh_slice text;			   /* the whole record, line end not included */
	int64_t number;			   /* of its first line, from 1 */
	size_t offset;
	union model_record record;	  /* valid with GH_OK */
	uint8_t extra[GHI_OPERLOG_EXTRA]; /* the text of the record's field for unknown pairs */
	gh_slice pairs;			  /* what follows the tag */
	const char *reason;		  /* with an error: why, for a person to read */
	gh_slice key;			  /* with an error: the field it is about, if one */
};

struct ghi_operlog {
	gh_slice in;
	size_t at;
	int64_t number;
	gh_slice table; /* gives the tag to lines that have none (table=USERINFO, BIODATA …) */
};
struct ghi_operlog ghi_operlog_of(gh_slice body, gh_slice table);

/* The next record. A template may be broken over several lines (QUIRKS Q26): lines of base64
 * without a tag of their own continue a record that carries base64, and line breaks inside it
 * are for the caller to drop (ghi_base64_squeeze). A photo's content is the base64 text; its
 * source, kind and implied type are filled in, and these are not borrowed from the body.
 * GH_ENOTFOUND: no more. GH_EMALFORMED, GH_ETOOBIG: this record is bad, the reason is in `out`;
 * continue with the next. GH_EUNSUPPORTED: unknown tag. GH_ESPACE: its unknown pairs have more
 * bytes than `extra`: read it again with ghi_operlog_again(). */
GH_MUST_CHECK enum gh_err ghi_operlog_next(struct ghi_operlog *o, struct ghi_operlog_line *out);
/* The same record once more, with so much room for its unknown pairs, of which it needs no more than
 * its text has bytes. The record borrows the room. */
GH_MUST_CHECK enum gh_err ghi_operlog_again(struct ghi_operlog_line *out, uint8_t *room,
					    size_t size);

/* One line of a record, tag included, ended by LF; the inverse for the simulator. */
void ghi_operlog_write(struct ghi_writer *w, const struct ghi_operlog_tag *tag,
		       const void *record);
/* The arguments of "DATA UPDATE USERINFO" and its like: the pairs only, without line end. */
void ghi_operlog_write_pairs(struct ghi_writer *w, const struct ghi_operlog_tag *tag,
			     const void *record);

#endif
