/* Key=Value records of the PUSH protocols, driven by a table per record type: which key on
 * the wire is which field of a model record. Both directions. */
#ifndef GH_WIRE_PUSH_RECORD_H
#define GH_WIRE_PUSH_RECORD_H

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"
#include "model/kind.h"

/* A text with room for this much is base64, which tabs and line ends may break anywhere
 * (QUIRKS Q26). */
#define GHI_RECORD_BULK 65536
/* Bytes of all pairs of unknown keys of a record; one with more is malformed. */
#define GHI_RECORD_EXTRA 65536

struct ghi_key {
	const char *key; /* on the wire; read without case */
	uint8_t field;	 /* of the kind */
	bool alias;	 /* read, never written */
	int64_t max;	 /* TEXT: bytes; INT: the largest value (the smallest is -1) */
};

struct ghi_record {
	enum model_kind_id kind;
	const struct ghi_key *key;
	size_t keys;
	uint8_t separator; /* between pairs: HT */
};

/* Whether that key of r holds base64. */
bool ghi_record_is_bulk(const struct ghi_record *r, const struct ghi_key *k);

struct ghi_record_fault {
	enum gh_err err;
	gh_slice key;  /* the pair it is about */
	size_t offset; /* of the pair in the line */
};

/* Fill *record (zeroed first) from one line of pairs, split at the first '=' of each. A pair
 * without '=' continues the value before it. Pairs of
 * unknown keys are put into *extra, where it is not NULL, parted by tabs; they never need more
 * room than the line has bytes. The text "null" is an
 * empty value (QUIRKS Q27). An empty number is absent. Line ends part pairs as the separator
 * does. Text is borrowed from line. GH_EMALFORMED, GH_ETOOBIG; GH_ESPACE: *extra is too small; **fault has
 * the place. */
GH_MUST_CHECK enum gh_err ghi_record_parse(const struct ghi_record *r, gh_slice line,
					   union model_record *record, struct ghi_writer *extra,
					   struct ghi_record_fault *fault);

/* Append the present fields. A tab, line break or NUL inside a text is GH_EMALFORMED in
 * w->err, so that no name can smuggle a second field or command. */
void ghi_record_write(struct ghi_writer *w, const struct ghi_record *r, const void *record);

#endif
