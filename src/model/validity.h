/* From when to when something holds, by the clock of the place it is about: a person, an access
 * level, a time rule. */
#ifndef GH_MODEL_VALIDITY_H
#define GH_MODEL_VALIDITY_H

#include "base/civil_time.h"

/* Both ends included; 0: open on that side. */
struct validity {
	ghi_civil from, to;
};

static inline bool validity_begun(const struct validity *v, ghi_civil at)
{
	return v->from == 0 || at >= v->from;
}

static inline bool validity_over(const struct validity *v, ghi_civil at)
{
	return v->to && at > v->to;
}

static inline bool validity_at(const struct validity *v, ghi_civil at)
{
	return validity_begun(v, at) && !validity_over(v, at);
}

/* What both hold for; it may be empty: from after to. */
static inline struct validity validity_both(struct validity a, struct validity b)
{
	return (struct validity){
		.from = a.from > b.from ? a.from : b.from,
		.to = a.to == 0 || (b.to && b.to < a.to) ? b.to : a.to,
	};
}

static inline bool validity_empty(const struct validity *v)
{
	return v->to && v->from > v->to;
}

/* "YYYY-MM-DD", "YYYY-MM-DD HH:MM" or "… HH:MM:SS" (T may stand for the blank). A date alone is its
 * first second, or with `end` its last; minutes alone likewise. GH_EMALFORMED, or GH_EINVALID where
 * there is no such moment. */
GH_MUST_CHECK enum gh_err validity_read(gh_slice text, bool end, ghi_civil *out);

#endif
