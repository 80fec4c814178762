/* The request target as devices write it: origin or absolute form, raw blanks, `.aspx`
 * suffixes, doubled or missing /iclock, custom prefixes (QUIRKS Q3, Q8, Q11). */
#ifndef GH_WIRE_PUSH_TARGET_H
#define GH_WIRE_PUSH_TARGET_H

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"

#define GHI_TARGET_PARAMS 32

enum ghi_endpoint {
	GHI_ENDPOINT_NONE, /* not a device's path */
#define GHI_ENDPOINT(NAME, path) GHI_ENDPOINT_##NAME,
#include "wire/push/endpoint.def"
#undef GHI_ENDPOINT
};

struct ghi_target {
	enum ghi_endpoint endpoint;
	gh_slice path;	/* as sent, without the query and without scheme and host */
	gh_slice rest;	/* after "/iclock/" when the endpoint is NONE: a file's name */
	gh_slice query; /* as sent */
	struct {
		gh_slice key, value; /* value still percent-encoded */
	} param[GHI_TARGET_PARAMS];
	size_t params; /* further parameters are left in `query` only */
};

/* Everything borrowed from `raw`. Never fails on what is unknown (endpoint NONE);
 * GH_EMALFORMED: empty, or with a control character in it. */
GH_MUST_CHECK enum gh_err ghi_target_parse(gh_slice raw, struct ghi_target *out);

/* The value of a key (compared without case), still percent-encoded; false: absent. */
bool ghi_target_get(const struct ghi_target *t, const char *key, gh_slice *value);

/* The target as it may be shown: the bytes of secret values (secret_option.h) are
 * asterisks. `to` needs raw.n bytes; the result is `raw` itself when there is nothing to hide.
 */
gh_slice ghi_target_conceal(gh_slice raw, uint8_t *to);

#endif
