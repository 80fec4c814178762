/* The overview that a unit sends before the files of ACCOUNT, from both ends (Security PUSH 3.1.2, 9.2.2). */
#ifndef GH_WIRE_ACCESS_ACCOUNT_H
#define GH_WIRE_ACCESS_ACCOUNT_H

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"

struct ghi_account_overview {
	uint64_t records, files;
	gh_slice name, type; /* "transaction.tgz", "tgz"; borrowed */
};

/* GH_EMALFORMED: it has no number of records or of files. Names are read whatever their case. */
GH_MUST_CHECK enum gh_err ghi_account_overview_parse(gh_slice body,
						     struct ghi_account_overview *out);
/* Without a line end behind the last. */
void ghi_account_overview_write(struct ghi_writer *w, const struct ghi_account_overview *o);

#endif
