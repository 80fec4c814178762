/* What of a person's record, as a device sends it, is a change that was made there.
 *
 * A device sends what it holds, and that is not always what was written to it: a name is cut at its limit, a letter
 * that its character set lacks is a question mark, a card has another spelling, a number that it cannot have is
 * another one. None of this is a change. So it is compared with what the device was known to hold before:
 *
 * - What is the same there is no change, nor is what the roster has already, nor what is absent or empty.
 * - A name or password that is the beginning of what the roster has, or has question marks in it, is none where the
 *   roster's was written to the device, or may be on the way.
 * - A number or validity is none where the record was written to the device and this is the first that it sends since,
 *   or where an order with the record is under way.
 *
 * So a change that is made at a device between an order and the first upload after it is missed where it is of these;
 * the device then differs from the roster, and is written to. */
#ifndef GH_CORE_ROSTER_SENT_H
#define GH_CORE_ROSTER_SENT_H

#include "model/record.h"
#include "model/validity.h"

enum roster_field {
#define ROSTER_FIELD(NAME, word) ROSTER_##NAME,
#include "model/roster_field.def"
#undef ROSTER_FIELD
	ROSTER_FIELDS
};
/* The word of roster_field.def. */
const char *roster_field_word(enum roster_field f);
/* Whether the fields of an area (area.device_may_change) have it. */
bool roster_field_among(gh_slice list, enum roster_field f);

struct roster_sent {
	const struct person *now; /* as the device sends it, merged with what it sent before */
	const struct person
		*was;  /* that it was known to hold before; NULL: it did not hold the person */
	bool written;  /* `was` was written to it, and it had sent nothing since */
	bool underway; /* an order with the person's record was given to it, and has no answer */
	const struct people *is; /* of the roster */
};

/* Whether the field was changed there: NAME, PRIVILEGE, PASSWORD, GROUP or VALIDITY. */
bool roster_sent_changed(const struct roster_sent *s, enum roster_field f);

/* The number of a card that a device sends; 0: it sends none. */
uint64_t roster_sent_card(gh_slice text);
/* 1 to 99; 0: it sends none. */
int64_t roster_sent_group(const struct person *p);
struct validity roster_sent_validity(const struct person *p);

/* Whether `sent` is `written` as a device may hold it: cut, or with question marks for letters. */
bool roster_text_is_echo(gh_slice sent, gh_slice written);

#endif
