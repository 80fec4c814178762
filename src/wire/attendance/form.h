/* An upload as a form body, of a program between device and server:
 * "table=ATTLOG&Stamp=9999&data=21⇥2026-11-27 09:02:15⇥0⇥1" (QUIRKS Q14). */
#ifndef GH_WIRE_ATTENDANCE_FORM_H
#define GH_WIRE_ATTENDANCE_FORM_H

#include "base/err.h"
#include "base/slice.h"

struct ghi_form {
	gh_slice table, stamp; /* empty: absent; as they are written */
	gh_slice data;	       /* the records: everything behind "data=", encoded or not */
	bool encoded;	       /* the records are percent-encoded, with '+' for a blank */
};

/* GH_EMALFORMED: the body is no such form. Slices lie in the body. */
GH_MUST_CHECK enum gh_err ghi_form_parse(gh_slice body, struct ghi_form *out);
/* The records of an encoded form, written to `to`, which has room for data.n bytes. */
gh_slice ghi_form_decode(const struct ghi_form *f, uint8_t *to);

#endif
