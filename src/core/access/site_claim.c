#include "core/access/site_claim.h"

#include <openssl/crypto.h>

#include "base/number.h"

static bool password_fits(gh_slice shown, gh_slice expected)
{
	return shown.n == expected.n && CRYPTO_memcmp(shown.p, expected.p, shown.n) == 0;
}

enum site_claimed site_claim_compare(const struct site_claim *c,
				     const struct site_person *person)
{
	bool fits = c->card_number == 0 && c->password.n == 0;
	uint64_t number;

	for (size_t i = 0; c->card_number && i < person->cards; i++)
		fits |= ghi_number_parse(person->card[i].number, INT64_MAX, &number) == GH_OK &&
			(int64_t)number == c->card_number;
	if (c->password.n)
		fits = password_fits(c->password, person->password);
	if (fits)
		return SITE_CLAIM_FITS;
	return (c->card_number ? person->cards : person->password.n) ? SITE_CLAIM_WRONG
								     : SITE_CLAIM_BARE;
}

enum site_verdict site_claim_verdict(const struct site_person *p, ghi_civil at)
{
	if (p->disabled)
		return SITE_DISABLED;
	if (!validity_begun(&p->valid, at))
		return SITE_PERSON_EARLY;
	return validity_over(&p->valid, at) ? SITE_PERSON_LATE : SITE_GRANTED;
}
