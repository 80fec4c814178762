/* How often passwords may be tried, and the code that makes the first account. */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#include "core/accounts_private.h"
#include "core/server_clock.h"

/* A person mistypes; five times, and then once a minute. */
static const struct limiter_rule pair_rule = { .burst = 5,
					       .interval_ms = 60000,
					       .addresses = 16384 };
/* An office behind one address has several people; a guesser of names gets no further. */
static const struct limiter_rule address_rule = { .burst = 30,
						  .interval_ms = 10000,
						  .addresses = 16384 };
/* Many addresses at one account: 100 guesses, and then six a minute. */
static const struct limiter_rule name_rule = { .burst = 100,
					       .interval_ms = 10000,
					       .addresses = 16384 };

static bool code_make(char out[SETUP_CODE])
{
	static const char letter[] = "abcdefghjkmnpqrstuvwxyz0123456789";
	uint8_t random[SETUP_CODE - 1];

	if (RAND_bytes(random, sizeof(random)) != 1)
		return false;
	for (size_t i = 0; i < sizeof(random); i++)
		out[i] = letter[random[i] & 31];
	out[sizeof(random)] = '\0';
	OPENSSL_cleanse(random, sizeof(random));
	return true;
}

bool account_limits_new(struct accounts *as)
{
	as->pairs = limiter_new(pair_rule);
	as->addresses = limiter_new(address_rule);
	as->names = limiter_new(name_rule);
	as->code_ms = server_monotonic_ms(as->server);
	return as->pairs && as->addresses && as->names && code_make(as->code);
}

void account_limits_free(struct accounts *as)
{
	limiter_free(as->pairs);
	limiter_free(as->addresses);
	limiter_free(as->names);
	OPENSSL_cleanse(as->code, sizeof(as->code));
}

struct ip_address account_party(gh_slice peer)
{
	struct ip_address a;

	(void)ghi_ip_address_parse(peer, &a);
	return ghi_ip_address_party(&a);
}

bool account_party_known(const struct account_entry *e, const struct ip_address *party)
{
	for (size_t i = 0; i < e->knowns; i++)
		if (ghi_ip_address_equal(&e->known[i], party))
			return true;
	return false;
}

void account_party_know(struct account_entry *e, const struct ip_address *party)
{
	if (account_party_known(e, party))
		return;
	memmove(e->known + 1, e->known, (ACCOUNT_KNOWN - 1) * sizeof(e->known[0]));
	e->known[0] = *party;
	e->knowns += e->knowns < ACCOUNT_KNOWN;
}

/* What a limiter counts by: of a name of any length the same number of bytes. */
struct limit_name {
	uint8_t byte[32];
};

static struct limit_name limit_name_of(const struct ip_address *party, gh_slice folded)
{
	struct limit_name name = { { 0 } };
	EVP_MD_CTX *x = EVP_MD_CTX_new();

	if (x && EVP_DigestInit_ex(x, EVP_sha256(), NULL) == 1 &&
	    (party == NULL || EVP_DigestUpdate(x, party->byte, sizeof(party->byte)) == 1) &&
	    EVP_DigestUpdate(x, folded.p, folded.n) == 1)
		EVP_DigestFinal_ex(x, name.byte, NULL);
	EVP_MD_CTX_free(x);
	return name;
}

static gh_slice limit_slice(const struct limit_name *name)
{
	return (gh_slice){ name->byte, sizeof(name->byte) };
}

bool sign_in_open(struct accounts *as, gh_slice peer, gh_slice folded, int64_t account)
{
	struct ip_address party = account_party(peer);
	struct limit_name pair = limit_name_of(&party, folded),
			  name = limit_name_of(NULL, folded);
	int64_t now = server_monotonic_ms(as->server);
	bool known = false;

	if (!limiter_open(as->addresses, peer, now) ||
	    !limiter_name_open(as->pairs, limit_slice(&pair), now))
		return false;
	pthread_rwlock_rdlock(&as->lock);
	const struct account_entry *e = account ? account_entry_find(as, account) : NULL;

	known = e && account_party_known(e, &party);
	pthread_rwlock_unlock(&as->lock);
	return known || limiter_name_open(as->names, limit_slice(&name), now);
}

void sign_in_failed(struct accounts *as, gh_slice peer, gh_slice folded)
{
	struct ip_address party = account_party(peer);
	struct limit_name pair = limit_name_of(&party, folded),
			  name = limit_name_of(NULL, folded);
	int64_t now = server_monotonic_ms(as->server);

	limiter_count(as->addresses, peer, now);
	limiter_name_count(as->pairs, limit_slice(&pair), now);
	limiter_name_count(as->names, limit_slice(&name), now);
}

static bool code_over(const struct accounts *as)
{
	return server_monotonic_ms(as->server) - as->code_ms >= SETUP_MS;
}

bool setup_code_late(struct accounts *as)
{
	pthread_rwlock_rdlock(&as->lock);
	bool late = as->count == 0 && code_over(as);

	pthread_rwlock_unlock(&as->lock);
	return late;
}

bool setup_code(struct accounts *as, char out[SETUP_CODE])
{
	pthread_rwlock_rdlock(&as->lock);
	bool open = as->count == 0 && !code_over(as);

	memcpy(out, as->code, SETUP_CODE);
	pthread_rwlock_unlock(&as->lock);
	return open;
}

bool setup_code_fits(struct accounts *as, gh_slice code)
{
	char own[SETUP_CODE];
	bool fits = setup_code(as, own) && code.n == SETUP_CODE - 1 &&
		    CRYPTO_memcmp(own, code.p, code.n) == 0;

	OPENSSL_cleanse(own, sizeof(own));
	return fits;
}
