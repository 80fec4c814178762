/* The token that a registered unit sends as a cookie (Security PUSH 3.1.2, 4.5): "token=<32 digits>", the
 * digits alone, or "token=<digits>, timestamp=<n>". It is the MD5 of codes joined without anything between. */
#ifndef GH_WIRE_ACCESS_TOKEN_H
#define GH_WIRE_ACCESS_TOKEN_H

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"

#define GHI_TOKEN_DIGITS 32

struct ghi_access_token {
	gh_slice value;	    /* 32 hexadecimal digits */
	gh_slice timestamp; /* empty: none */
};

/* Of a Cookie header; other cookies beside it are passed over. GH_ENOTFOUND: it has no token.
 * GH_EMALFORMED: the token is not 32 hexadecimal digits. */
GH_MUST_CHECK enum gh_err ghi_access_token_parse(gh_slice cookie, struct ghi_access_token *out);
void ghi_access_token_write(struct ghi_writer *w, const struct ghi_access_token *t);

/* What it may be made of: parts of it in this order, joined. Without a timestamp in the cookie the last
 * does not apply. `n` from 0; GH_ENOTFOUND: there are no more. */
GH_MUST_CHECK enum gh_err ghi_access_token_text(struct ghi_writer *w, size_t n, gh_slice sn,
						gh_slice registry_code, gh_slice session_id,
						gh_slice timestamp);

#endif
