/* What reached a port of the server and became no device: who, how often, and why. */
#ifndef GH_MODEL_CONTACT_H
#define GH_MODEL_CONTACT_H

#include "base/slice.h"

enum contact_reason {
#define CONTACT_REASON(NAME, word, hint) CONTACT_##NAME,
#include "model/contact_reason.def"
#undef CONTACT_REASON
	CONTACT_REASONS
};

/* Which port it reached. */
enum contact_port { CONTACT_DEVICES, CONTACT_ADMIN, CONTACT_PORTS };

struct contact_reason_row {
	const char *word, *hint;
};

extern const struct contact_reason_row contact_reasons[CONTACT_REASONS];

/* Words, static; NULL after the last. */
const char *contact_reason_word(size_t reason);
const char *contact_port_word(size_t port);

struct contact {
	int64_t id; /* within this run of the server */
	enum contact_reason reason;
	enum contact_port port;
	gh_slice peer; /* a numeric address */
	/* Of the latest: the target of the request, the serial number in it, and what was wrong; each may be
	 * empty. */
	gh_slice target, serial, detail;
	uint64_t bytes; /* of the latest, where no request came of them; else 0 */
	int64_t since_ms, last_ms;
	int64_t count;
};

#endif
