/* What a unit uploads of a person whom it enrolled by order: a card, templates, a photo (Security PUSH 3.1.2, 9.6).
 * It is tied to one order of that unit, person and kind, that which was given first: one that waits for its answer
 * ends with it, and shows what came. Data of another person, or of another kind, ends none. */
#ifndef GH_CORE_COMMAND_ENROLLED_H
#define GH_CORE_COMMAND_ENROLLED_H

#include "core/devices.h"
#include "model/command.h"

#define ENROLLED_MOST 16 /* of one upload that are looked at */
/* Data that comes later after the order ended is what was enrolled at the unit by hand. */
#define ENROLLED_LATE_MS INT64_C(600000)

struct enrolled {
	gh_slice pin;
	bool is_card;	 /* else a template */
	int64_t biotype; /* of a template; below 0: it is not known */
	int64_t no;	 /* of a template; below 0: it is not known */
	bool photo;	 /* one is with it */
};

/* The data is stored. Texts are copied. A failure ties nothing. Any thread. */
void command_enrolled(struct server *server, struct device *d, const struct enrolled *e,
		      size_t n);

/* Whether a result begins with what came. */
bool command_has_brought(gh_slice result);

#endif
