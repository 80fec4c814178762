/* The access dialect: the Security PUSH protocol of door controllers and access terminals, both ends of
 * each form beside each other. Records of uploads, parameters of a registration, the tables of data
 * commands and the packed values in all of these.
 *
 * This header: one record of an upload or a data command, "[<table> ]key=value HT key=value"
 * (Security PUSH 3.1.2, 7 and 9.1). */
#ifndef GH_WIRE_ACCESS_ROW_H
#define GH_WIRE_ACCESS_ROW_H

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"

struct ghi_row {
	gh_slice prefix; /* the word before the first key, empty: none */
	gh_slice in;	 /* the pairs, without what stands behind the last */
	size_t at;
	/* Of the part at `at`, where it was looked at already: */
	gh_slice part;
	size_t equals; /* the place of its '=', from 1; 0: it was not looked at */
};

/* Of one line. Tabs, line ends, blanks and NULs behind it are dropped (units end records in HT CR LF).
 * Where `glued` is not empty, it may stand before the first key without a blank, too
 * ("DeviceAuthorizeSN="). */
struct ghi_row ghi_row_of(gh_slice line, gh_slice glued);

/* The next pair, split at the first '='; the key without blanks around it, the value as it stands. A
 * part without '=' belongs to the value before it, with the tab. false: no more. */
bool ghi_row_next(struct ghi_row *r, gh_slice *key, gh_slice *value);

/* The value of a key, without case; false: absent. The first counts. */
bool ghi_row_get(const struct ghi_row *r, const char *key, gh_slice *value);

/* HT before all pairs but the first, key, '=', value. GH_EMALFORMED in w->err for a tab, a line end or
 * a NUL in the value. */
void ghi_row_put(struct ghi_writer *w, bool *first, gh_slice key, gh_slice value);

/* Whether a value has none of these. */
bool ghi_row_value_fits(gh_slice value);

#endif
