/* Background verification: a device lets the server verify who is there (PUSH SDK 2013, 3.2.5-2; QUIRKS Q30).
 * POST cdata?AuthType=…, and the verdict. Both ends.
 *
 * In which form a card is sent, and whether a photo comes in base64, is not printed; unverified. */
#ifndef GH_WIRE_ATTENDANCE_VERIFICATION_H
#define GH_WIRE_ATTENDANCE_VERIFICATION_H

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"

/* What was presented. */
enum ghi_presented {
#define GHI_PRESENTED(NAME, word, name) GHI_PRESENTED_##NAME,
#include "wire/attendance/verification.def"
#undef GHI_PRESENTED
	GHI_PRESENTED_UNKNOWN
};

/* By the parameter AuthType, without case. */
enum ghi_presented ghi_presented_of(gh_slice word);
const char *ghi_presented_word(enum ghi_presented p);
/* As people name it: "fingerprint". */
const char *ghi_presented_name(enum ghi_presented p);

struct ghi_verification {
	gh_slice pin;  /* empty: none was given, or 0, which is none */
	gh_slice data; /* of the card, the password, or base64 of a template */
};

/* "PIN=…", "Size=…", "TMP=…" with tabs between, in any order; Size decides nothing, as firmware does not agree what
 * it counts. GH_EMALFORMED: TMP is not in it. */
GH_MUST_CHECK enum gh_err ghi_verification_read(gh_slice body, struct ghi_verification *out);
void ghi_verification_write(struct ghi_writer *w, const struct ghi_verification *v);

struct ghi_verdict {
	bool passes;
	/* Where it passes: of the person; text without a tab or line end. */
	gh_slice pin, name, time_zone;
	int64_t privilege;
	gh_slice photo; /* empty: there is none */
};

/* One line. GH_EMALFORMED in w->err: a text that cannot be on it. */
void ghi_verdict_write(struct ghi_writer *w, const struct ghi_verdict *v);
/* GH_EMALFORMED: it is none. */
GH_MUST_CHECK enum gh_err ghi_verdict_read(gh_slice body, struct ghi_verdict *out);

#endif
