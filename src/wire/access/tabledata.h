/* Records that units upload with table=tabledata, and send in answer to queries: persons, templates,
 * photos, identity cards, errors (Security PUSH 3.1.2, 7.5 to 7.12 and 9.1.4). Events are in event.h, other
 * tables are rows (table.h). */
#ifndef GH_WIRE_ACCESS_TABLEDATA_H
#define GH_WIRE_ACCESS_TABLEDATA_H

#include "wire/access/row.h"
#include "wire/push/record.h"

struct ghi_tabledata_kind {
	const char *table; /* "templatev10" */
	struct ghi_record keys;
	const char *source;  /* template.source or photo.kind; "" for the others */
	int8_t type;	     /* biometric type it implies; -1: none */
	uint8_t required;    /* field without which it is no record */
	const char *without; /* the reason then: "no PIN" */
};

/* By the table's name, without case; NULL: no kind of record. */
const struct ghi_tabledata_kind *ghi_tabledata_kind(gh_slice table);

struct ghi_tabledata_fault {
	const char *reason; /* static, for a person to read */
	gh_slice key;	    /* the field it is about; empty: the record as a whole */
};

/* One line, with or without the table's name before it. Source, kind and implied type are filled in; these
 * texts are static, others borrowed. An empty name, password or card of a person is absent: units send
 * them empty on every upload. A duress finger has its number, and `duress`. A photo's content is the
 * base64 text; that of an attendance photo has the PIN from its file's name. A verify mode that is a word of
 * digits (model/verify_factors.h) is a pair of an unknown key. Pairs of unknown keys go to
 * *extra, where it is not NULL. GH_EMALFORMED, GH_ETOOBIG, GH_ESPACE: *extra is too small; *fault has the
 * reason. */
GH_MUST_CHECK enum gh_err ghi_tabledata_parse(const struct ghi_tabledata_kind *k, gh_slice line,
					      union model_record *record,
					      struct ghi_writer *extra,
					      struct ghi_tabledata_fault *fault);

/* Whether the last value of the line is base64, which a line end may break (QUIRKS Q26). */
bool ghi_tabledata_ends_in_base64(const struct ghi_tabledata_kind *k, gh_slice line);

/* The line of an upload, without its end. GH_EMALFORMED in w->err for a tab or a line end in a text. */
void ghi_tabledata_write(struct ghi_writer *w, const struct ghi_tabledata_kind *k,
			 const void *record);

/* "YYYYMMDDhhmmss-<PIN>.jpg": the PIN; empty: there is none. */
gh_slice ghi_photo_file_pin(gh_slice name);

#endif
