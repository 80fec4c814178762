/* The query part of a request target, checked against the parameters a route takes. */
#ifndef GH_API_QUERY_H
#define GH_API_QUERY_H

#include "api/fault.h"
#include "base/arena.h"
#include "base/civil_time.h"

enum param_kind {
	PARAM_NUMBER,
	PARAM_PLACE, /* a number "P", or one of each stream, "P-A" */
	PARAM_LIMIT, /* a number; one over the most becomes the most */
	PARAM_TEXT,  /* the range is that of its length */
	PARAM_START, /* device time; a date alone is its first second */
	PARAM_END,   /* device time; a date alone is its last second */
};

enum param_id {
#define PARAM(name, kind, least, most, about) PARAM_##name,
#include "api/param.def"
#undef PARAM
	PARAM_COUNT
};

struct param {
	const char *name;
	enum param_kind kind;
	int64_t least, most;
	const char *about;
};

extern const struct param params[PARAM_COUNT];

struct param_value {
	bool present;
	int64_t i;	/* NUMBER, LIMIT, START, END; PLACE: P */
	int64_t access; /* PLACE: A, 0 without one */
	bool pair;	/* PLACE: there is an A */
	int64_t given;	/* LIMIT: before it became the most */
	gh_slice s;	/* TEXT, decoded */
};

struct query {
	struct param_value value[PARAM_COUNT];
	struct fault fault; /* when it was refused: the parameter, and what was expected */
};

/* Read "a=1&b=2". `takes` lists the names a route takes, separated by blanks. Texts are copied
 * to `a`. GH_EINVALID: an unknown, repeated or bad parameter; q->fault has its name and what was
 * expected. */
GH_MUST_CHECK enum gh_err query_parse(gh_slice text, const char *takes, struct arena *a,
				      struct query *q);

/* Whether `takes` lists that name. */
bool query_takes(const char *takes, gh_slice name);

/* "P", or "P-A": the number of the last punch, and that of the last access event, which is 0 where
 * there is none. *pair: there are both. GH_EMALFORMED. */
GH_MUST_CHECK enum gh_err query_place(gh_slice text, int64_t *punch, int64_t *access,
				      bool *pair);

/* Percent signs and plus signs decoded, copied to `a`. GH_EMALFORMED: a stray percent sign, or
 * a NUL. GH_ENOMEM. */
GH_MUST_CHECK enum gh_err query_decode(gh_slice s, bool plus, struct arena *a, gh_slice *out);

/* "YYYY-MM-DD", "YYYY-MM-DD HH:MM" or "YYYY-MM-DD HH:MM:SS" that names a real moment; what is
 * missing is filled with the first or the last second. */
GH_MUST_CHECK enum gh_err query_moment(gh_slice s, bool last, ghi_civil *out);
/* The same in UTC; a "Z" may follow the seconds. */
GH_MUST_CHECK enum gh_err query_instant(gh_slice s, ghi_civil *out);

#endif
