/* The token of a registered unit, and what follows where it is another (Security PUSH 3.1.2, 4.5). */
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/hex.h"
#include "core/metrics.h"
#include "session/access/access.h"
#include "wire/access/token.h"

#define TEXT_MAX 256 /* of what a token is made of */

struct cookie_search {
	struct arena *arena;
	gh_slice found;
};

static void cookie_look(void *ctx, gh_slice name, gh_slice value)
{
	struct cookie_search *s = ctx;

	if (gh_slice_ieq(name, GH_LIT("Cookie")) && s->found.n == 0)
		s->found = ghi_arena_copy(s->arena, value);
}

static bool token_equals(gh_slice token, gh_slice text)
{
	uint8_t sum[EVP_MAX_MD_SIZE], digits[GHI_TOKEN_DIGITS], shown[GHI_TOKEN_DIGITS];
	unsigned n = 0;

	if (EVP_Digest(text.p, text.n, sum, &n, EVP_md5(), NULL) != 1 ||
	    2 * n != GHI_TOKEN_DIGITS || token.n != GHI_TOKEN_DIGITS)
		return false;
	for (size_t i = 0; i < sizeof(digits); i++) {
		unsigned half = i % 2 ? sum[i / 2] & 15 : sum[i / 2] >> 4;

		digits[i] = (uint8_t)ghi_hex_digit(half);
		shown[i] = gh_ascii_lower(token.p[i]);
	}
	return CRYPTO_memcmp(digits, shown, sizeof(digits)) == 0;
}

static bool token_fits(struct exchange *x, const struct device_row *row,
		       const struct ghi_access_token *t)
{
	uint8_t text[TEXT_MAX];

	for (size_t n = 0;; n++) {
		struct ghi_writer w = ghi_writer_on(text, sizeof(text));

		if (ghi_access_token_text(&w, n, x->sn, row->access.registry_code,
					  row->access.session_id, t->timestamp))
			return false;
		if (token_equals(t->value, ghi_written(&w)))
			return true;
	}
}

static enum access_token_policy token_policy(const struct exchange *x,
					     const struct device_row *row)
{
	enum access_token_policy p = access_token_policy_of(row->access.access_token);

	return p < ACCESS_TOKEN_POLICIES ? p : x->server->settings->access_token;
}

static void token_mismatch(struct exchange *x, bool strict, const char *why)
{
	metric_add(&x->server->metrics->token_mismatches, 1);
	if (device_token_note(x->device))
		LOG(x->server->log, LOG_WARNING, "token of a unit does not fit",
		    { "sn", x->sn }, { "peer", exchange_peer(x) }, { "why", gh_slice_of(why) });
	if (!strict)
		return;
	x->verdict.status = 401;
	x->verdict.why = why;
}

/* The address at which a unit may begin again. On a full queue the next request brings it. */
static void token_address_note(struct exchange *x)
{
	if (!device_registered_from(x->device, exchange_peer(x)))
		access_address_note(x);
}

/* The code and the session that tokens are made of are in the replies to what has none: every sender of the
 * serial number of a registered unit would get them. */
bool access_begins_at_home(struct exchange *x)
{
	struct device_row row;

	if (device_registration(x->device) == DEVICE_UNREGISTERED || device_has_key(x->device))
		return true;
	device_row(x->device, x->arena, &row);
	return token_policy(x, &row) != ACCESS_TOKEN_STRICT ||
	       device_registered_from(x->device, exchange_peer(x));
}

void access_token_judge(struct exchange *x)
{
	struct cookie_search s = { .arena = x->arena };
	struct ghi_access_token t;
	struct device_row row;

	if (device_registration(x->device) == DEVICE_UNREGISTERED)
		return;
	device_row(x->device, x->arena, &row);
	enum access_token_policy policy = token_policy(x, &row);
	bool strict = policy == ACCESS_TOKEN_STRICT;

	if (policy == ACCESS_TOKEN_OFF)
		return;
	x->transport->each_header(x->link, cookie_look, &s);
	switch (ghi_access_token_parse(s.found, &t)) {
	case GH_OK:
		if (!token_fits(x, &row, &t))
			token_mismatch(x, strict, "the token is not that of the unit");
		else if (strict)
			token_address_note(x);
		x->verdict.proven = strict && x->verdict.status == 0;
		break;
	case GH_ENOTFOUND:
		/* Not every firmware sends one. */
		if (strict)
			token_mismatch(x, true, "the request has no token");
		break;
	default:
		token_mismatch(x, strict, "the token is not 32 hexadecimal digits");
		break;
	}
}
