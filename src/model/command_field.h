/* Which fields of its record an order of a kind may have, and how each must look. */
#ifndef GH_MODEL_COMMAND_FIELD_H
#define GH_MODEL_COMMAND_FIELD_H

#include "model/command_kind.h"

struct command_field {
	uint8_t field; /* of the record's kind */
	struct command_rule rule;
	bool required;
	bool computed;	   /* the length of the base64 text */
	const char *usual; /* of an absent one; NULL: none */
};

/* The fields of a kind, *n of them, in the order of the record; NULL: it has no record. */
const struct command_field *command_fields_of(enum command_kind kind, size_t *n);
/* By the field of the record; NULL: the kind has none. */
const struct command_field *command_field_find(enum command_kind kind, size_t field);

/* All of them as presence bits of the record; 0: it has none. */
uint64_t command_field_mask(enum command_kind kind);

/* The member of a request that the record of a kind is: "person", "idCard". The kind has a record. */
const char *command_record_member(enum command_kind kind);

#endif
