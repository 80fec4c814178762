/* The comm key of devices that call. A device shows it at its handshake; from then on its address
 * stands for it, because nothing else that a device sends carries a key. */
#include <openssl/crypto.h>

#include "core/limiter.h"
#include "core/metrics.h"
#include "core/problems.h"
#include "core/server_clock.h"
#include "session/dialect.h"

static void comm_key_refuse(struct exchange *x, unsigned status, const char *why)
{
	x->verdict.status = status;
	x->verdict.why = why;
	x->verdict.key = status == 401;
	x->verdict.unproven = device_has_key(x->device);
}

static bool comm_key_equal(gh_slice shown, gh_slice expected)
{
	return shown.n == expected.n && CRYPTO_memcmp(shown.p, expected.p, shown.n) == 0;
}

static void comm_key_not_shown(struct exchange *x)
{
	problem_raise(x->server, PROBLEM_COMM_KEY_NOT_SHOWN, x->sn, "from %.*s",
		      GH_FMT(exchange_peer(x)));
	comm_key_refuse(x, 401, "the comm key was not shown from this address");
}

static void comm_key_wrong(struct exchange *x)
{
	limiter_count(x->server->wrong_keys, exchange_peer(x), server_monotonic_ms(x->server));
	problem_raise(x->server, PROBLEM_COMM_KEY_WRONG, x->sn, "from %.*s",
		      GH_FMT(exchange_peer(x)));
	comm_key_refuse(x, 401, "comm key is wrong");
}

/* What was wrong with it from here is over. What comes from elsewhere stays a problem. */
static void comm_key_fits(struct exchange *x)
{
	problem_clear(x->server, PROBLEM_COMM_KEY_NOT_SHOWN, x->sn);
	if (limiter_counted(x->server->wrong_keys, exchange_peer(x),
			    server_monotonic_ms(x->server)))
		problem_clear(x->server, PROBLEM_COMM_KEY_WRONG, x->sn);
}

/* After too many wrong keys from an address the next one is not compared, so which one fits
 * cannot be found out. Where the device showed its key, the address stands for it as with every other request: others
 * behind that address do not shut it out, and learn nothing either. */
static void comm_key_slow(struct exchange *x)
{
	metric_add(&x->server->metrics->keys_slowed, 1);
	if (!device_proven(x->device, exchange_peer(x), KEY_PROOF_ADDRESS))
		comm_key_refuse(x, 429, "too many wrong comm keys came from this address");
}

static void comm_key_compare(struct exchange *x, gh_slice key)
{
	struct device_row row;

	if (!limiter_open(x->server->wrong_keys, exchange_peer(x),
			  server_monotonic_ms(x->server))) {
		comm_key_slow(x);
		return;
	}
	device_row(x->device, x->arena, &row);
	if (comm_key_equal(key, row.comm_key))
		comm_key_fits(x);
	else
		comm_key_wrong(x);
}

/* False: none is expected, and the verdict is set. */
static bool comm_key_expected(struct exchange *x)
{
	if (device_has_key(x->device))
		return true;
	if (x->server->settings->comm_key_required)
		comm_key_refuse(x, 401, "a comm key is required, and none is set here");
	return false;
}

bool comm_key_proven(struct exchange *x)
{
	const struct server_settings *s = x->server->settings;

	return device_has_key(x->device)
		       ? device_proven(x->device, exchange_peer(x), s->key_proof)
		       : !s->comm_key_required;
}

void comm_key_show(struct exchange *x, gh_slice key)
{
	if (!comm_key_expected(x))
		return;
	if (key.n)
		comm_key_compare(x, key);
	else
		comm_key_not_shown(x);
}

void comm_key_authorise(struct exchange *x)
{
	gh_slice key = exchange_param(x, "pushcommkey");

	if (key.n || x->request == DIALECT_HANDSHAKE)
		comm_key_show(x, key);
	else if (comm_key_expected(x) && !comm_key_proven(x))
		comm_key_not_shown(x);
}
