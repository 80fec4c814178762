/* What is presented for a person, compared with the person of the site. */
#ifndef GH_CORE_ACCESS_SITE_CLAIM_H
#define GH_CORE_ACCESS_SITE_CLAIM_H

#include "core/access/rights/site.h"

/* Whether what was presented is that of a person of the site. */
struct site_claim {
	gh_slice sn;	     /* of the device it was presented at, whose namespace counts */
	gh_slice pin;	     /* empty: who has the card */
	int64_t card_number; /* 0: no card was presented */
	gh_slice password;   /* empty: no password was */
	ghi_civil at;	     /* by the clock of the place */
};

enum site_claimed {
	SITE_CLAIM_NOT_READY, /* it is being read, or cannot be */
	SITE_CLAIM_UNKNOWN,   /* there is no such person */
	SITE_CLAIM_DENIED,    /* who it is may not: `why` */
	SITE_CLAIM_WRONG,     /* the card or password is not that of the person */
	SITE_CLAIM_BARE, /* the person may, and has no card, or no password, to compare with */
	SITE_CLAIM_FITS, /* the person may, and nothing was presented, or what fits */
};

struct site_claim_answer {
	enum site_claimed claimed;
	enum site_verdict why;
	gh_slice pin, name;    /* of the person, in the arena; with the last three */
	struct validity valid; /* of the person */
};

/* In constant time of passwords: the last three. */
enum site_claimed site_claim_compare(const struct site_claim *c,
				     const struct site_person *person);
/* SITE_GRANTED: the person may, as far as that depends on no door. */
enum site_verdict site_claim_verdict(const struct site_person *p, ghi_civil at);

#endif
