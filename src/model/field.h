/* Records described by tables: one line per field in a .def file gives the struct, its
 * presence bits, the parser and writer of each protocol, the SQL column and the JSON key. */
#ifndef GH_MODEL_FIELD_H
#define GH_MODEL_FIELD_H

#include "base/civil_time.h"
#include "base/slice.h"

enum model_type {
	MODEL_TEXT,  /* gh_slice, UTF-8 (or the device's bytes where they are not) */
	MODEL_BYTES, /* gh_slice, any bytes */
	MODEL_INT,   /* int64_t */
	MODEL_TIME,  /* ghi_civil */
};

typedef gh_slice model_TEXT;
typedef gh_slice model_BYTES;
typedef int64_t model_INT;
typedef ghi_civil model_TIME;

enum {
	MODEL_KEY = 1 << 0,    /* part of the natural key, together with the device */
	MODEL_SECRET = 1 << 1, /* never in a log, never in a list of the API */
	MODEL_LONG = 1 << 2,   /* of a key: may be longer than an index takes */
	MODEL_OWN = 1 << 4,    /* the server's own: in no command, no upload and no answer */
	MODEL_EXTRA = 1 << 5,  /* pairs that no other field takes, "Key=Value" parted by tabs */
	MODEL_JSON = 1 << 6,   /* a TEXT that is JSON the server wrote (text_list.h) */
	MODEL_REF = 1 << 3,    /* an INT that is the id of an entity; 0: of none, NULL in SQL */
	MODEL_UNSET = 1 << 7,  /* an INT of which MODEL_NO_VALUE is none, NULL in SQL */
};

#define MODEL_NO_VALUE (-1)

struct model_field {
	const char *column; /* C member and SQL column: work_code */
	const char *json;   /* API key: workCode */
	uint16_t offset;
	uint8_t type;
	uint8_t flags;
};

#define MODEL_WORD 64 /* presence bits of a word */

/* What kind of record a struct is. Every such struct begins with `uint64_t present`, whose bit i
 * is set when field i is present: an absent field leaves the stored value unchanged, an empty
 * one clears it. A struct of more fields begins with several such words (device.h). Text is
 * borrowed from what the record was read from. */
struct model_kind {
	const char *name;   /* singular, also the SQL table: person */
	const char *plural; /* the API's list: persons */
	const struct model_field *field;
	size_t fields; /* as many as the words have bits */
	size_t size;   /* of the struct */
};

#endif
