/* What a server answers, read as the bytes come. A device's own reader, with its limits and
 * oddities, is part of what is simulated; an HTTP client library would hide both. */
#ifndef GH_SIM_REPLY_H
#define GH_SIM_REPLY_H

#include "base/err.h"
#include "base/slice.h"

struct sim_reply {
	uint8_t *p; /* head, then body; chunks are joined once complete */
	size_t n, cap, limit;
	size_t head;	  /* bytes up to and with the blank line; 0: not there yet */
	size_t length;	  /* of the body, once complete */
	int64_t declared; /* Content-Length; -1: until the end of the connection */
	int status;
	bool chunked, close, complete;
	bool exact_case; /* header names must be spelled canonically (QUIRKS Q6) */
};

static inline struct sim_reply sim_reply_with_limit(size_t limit)
{
	return (struct sim_reply){ .limit = limit };
}
void sim_reply_clear(struct sim_reply *r);

/* More bytes. GH_EMALFORMED: this is not HTTP. GH_ETOOBIG, GH_ENOMEM. */
GH_MUST_CHECK enum gh_err sim_reply_feed(struct sim_reply *r, gh_slice bytes);
/* The server closed. GH_ETRUNCATED: in the middle of a reply. */
GH_MUST_CHECK enum gh_err sim_reply_end(struct sim_reply *r);

/* Of a complete reply; borrowed. */
static inline gh_slice sim_reply_body(const struct sim_reply *r)
{
	return (gh_slice){ r->p + r->head, r->length };
}
/* The value of a header, blanks cut off; false: absent. */
bool sim_reply_header(const struct sim_reply *r, const char *name, gh_slice *value);

#endif
