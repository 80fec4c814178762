/* What is wrong with a value that came with a request: where it is, and what was expected. */
#ifndef GH_API_FAULT_H
#define GH_API_FAULT_H

#include "base/slice.h"

#define FAULT_FIELD 96
#define FAULT_MESSAGE 240

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

struct suggestion {
	gh_slice name, best; /* best empty: nothing is near */
	size_t distance;
};

static inline struct suggestion suggestion_for(gh_slice name)
{
	return (struct suggestion){ .name = name, .distance = 3 };
}

void suggestion_offer(struct suggestion *s, gh_slice known);
/* "is unknown", with the name it may have been meant for. */
void suggestion_fault(const struct suggestion *s, struct fault *f, gh_slice field);

#endif
