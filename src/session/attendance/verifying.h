/* A verification under way, and its end: the verdict and what is counted of it. */
#ifndef GH_SESSION_ATTENDANCE_VERIFYING_H
#define GH_SESSION_ATTENDANCE_VERIFYING_H

#include "core/readers.h"
#include "session/attendance/lookup.h"
#include "session/matcher.h"
#include "wire/attendance/verification.h"

/* Lives in the request's arena. */
struct verifying {
	struct read_job job;
	struct matcher_question question;
	struct lookup_wait wait;
	bool waited; /* until the people of the site were read */
	struct exchange *x;
	enum ghi_presented what;
	struct ghi_verification presented;
	uint64_t card; /* 0: none was presented */
	gh_slice pin;  /* of the person it is about; empty: not known yet */
	gh_slice name; /* that the site has */
	struct lookup lookup;
	gh_slice photo; /* base64 */
	bool bare; /* the site has nothing to compare with: what devices have is compared */
	int64_t begun_ms;
	enum gh_err err;
};

/* Whether another attempt of the person at the device, and of the device, is looked at. */
bool attempts_open(const struct verifying *v);

/* The reply, one of these. `why` lives as long as the request. */
void verdict_refuse(struct verifying *v, const char *why);
/* What was presented is not that of the person: a failed attempt. */
void verdict_fail(struct verifying *v, const char *why);
/* The person was verified; refused nevertheless where the device does not wait any more. */
void verdict_pass(struct verifying *v);

#endif
