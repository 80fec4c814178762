/* What a JSON value must look like: one description from which request bodies are checked and
 * the OpenAPI document is written. */
#ifndef GH_API_SCHEMA_H
#define GH_API_SCHEMA_H

#include "api/body.h"

enum schema_kind {
	SCHEMA_TEXT,
	SCHEMA_WORD, /* one of some words */
	SCHEMA_INT,
	SCHEMA_BOOL,
	SCHEMA_OBJECT,
	SCHEMA_ARRAY,
	SCHEMA_MAP,	    /* an object whose members have any names and all look the same */
	SCHEMA_ONE_OR_MANY, /* an object, or an array of them that the handler checks one by
			     * one with schema_check(), so that one may fail alone */
	SCHEMA_REFERENCE,   /* a component of the document, for answers only */
};

enum schema_format {
#define SCHEMA_FORMAT(NAME, check, pattern, expected) FORMAT_##NAME,
#include "api/schema_format.def"
#undef SCHEMA_FORMAT
	FORMATS
};

enum {
	SCHEMA_REQUIRED = 1,
	SCHEMA_NULLABLE = 2,
	SCHEMA_OPEN = 4, /* an object may have further fields, which the handler checks */
	SCHEMA_TRUE = 8, /* a boolean of an answer that is always so */
	SCHEMA_FALSE = 16,
	SCHEMA_OR_NUMBER = 32, /* a text that may be a whole number instead */
};

struct schema {
	const char *name; /* of the member, or of the component in the document */
	enum schema_kind kind;
	unsigned flags;
	/* The range of a number, of the characters of a text, of the items of an array, of
	 * the fields of an object or a map (most 0: any number). */
	int64_t least, most;
	enum schema_format format;
	const char *words;	       /* WORD: parted by blanks, or … */
	const char *(*word)(size_t i); /* … one by one, NULL after the last */
	/* Fields of an object; of an array the one of its items; of ONE_OR_MANY both, or two:
	 * of an answer the one alone and the items. */
	const struct schema *part;
	size_t parts;
	const char *ref; /* of an answer: the component it is, or whose fields come first */
	const char *about;
};

/* Word number i of a WORD; false after the last. */
bool schema_word(const struct schema *s, size_t i, gh_slice *out);

/* The pattern of a format for the document; NULL: none. */
const char *schema_format_pattern(enum schema_format format);

/* Check a value, and add what is wrong to `out`: each fault with the path of its field
 * ("person.cards[2]"). `out` begins with n = 0 and keeps the first FAULTS. */
void schema_check(const struct schema *schema, const struct body *value, struct faults *out);

#endif
