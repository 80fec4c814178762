/* What is wrong with a value that came with a request: where it is, and what was expected. */
#ifndef GH_API_FAULT_H
#define GH_API_FAULT_H

#include "base/slice.h"

#define FAULT_FIELD 96
#define FAULT_MESSAGE 480

struct fault {
	char field[FAULT_FIELD];     /* "limit", "person.cards[2]"; "": the whole of it */
	char message[FAULT_MESSAGE]; /* what goes on after the field's name, without a full
				      * stop: "must be text" */
};

/* Several, the first FAULTS of them. */
#define FAULTS 8
struct faults {
	size_t n;
	struct fault row[FAULTS];
};

/* The text may be formatted. */
__attribute__((format(printf, 3, 4))) void fault_set(struct fault *f, gh_slice field,
						     const char *text, ...);

/* --- a name that is not known, and the known one it may have been meant for --- */

#define SUGGESTION_KNOWN 360

struct suggestion {
	gh_slice name, best; /* best empty: nothing is near */
	size_t distance;
	char known
		[SUGGESTION_KNOWN]; /* "pin, name": what was offered, as far as there is room */
};

static inline struct suggestion suggestion_for(gh_slice name)
{
	return (struct suggestion){ .name = name, .distance = 3 };
}

void suggestion_offer(struct suggestion *s, gh_slice known);
/* As suggestion_offer(), of names parted by blanks. */
void suggestion_offer_words(struct suggestion *s, const char *words);
/* `what` is wrong ("is unknown"), the name it may have been meant for, and the names there are:
 * "is unknown; did you mean "name"? There are: pin, name". */
void suggestion_fault(const struct suggestion *s, struct fault *f, gh_slice field,
		      const char *what);

#endif
