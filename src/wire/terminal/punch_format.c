/* Which of the attendance layouts a device uses. It does not report it, its counter may be
 * behind (terminal digest 13.3) and the byte count divides by several sizes; only the records
 * themselves show it. */
#include "wire/terminal/attendance.h"

enum {
	SAMPLE = 64,	     /* records looked at */
	WEIGHT = 8,	     /* of what the records look like, against the arithmetic */
	EXACT = 40,	     /* the byte count is a multiple of the size */
	COUNTED = 90,	     /* and the counter gives just this size */
	ODD_STRIDE = 41,     /* sizes no firmware is known for start here */
	ODD_COST = 120,	     /* what they must be better by */
	MULTIPLE_COST = 300, /* 80 reads every other 40 well, and may so miss the bad ones */
	LEAST = 50 * WEIGHT, /* a whole table of clocks never set has 60 */
};

/* In order of preference when everything else is equal. */
static const struct ghi_terminal_punch_format known[] = {
	{ GHI_PUNCH_40, 40 }, { GHI_PUNCH_16, 16 }, { GHI_PUNCH_8A, 8 },
	{ GHI_PUNCH_8B, 8 },  { GHI_PUNCH_40, 49 }, /* mask and temperature follow (pyzk 166,
						       174, 222) */
};

static bool pin_plausible(const char *pin)
{
	if (*pin == 0)
		return false;
	for (; *pin; pin++)
		if ((unsigned char)*pin <= ' ' || (unsigned char)*pin >= 0x7F)
			return false;
	return true;
}

static bool state_plausible(uint8_t status)
{
	return status <= 15 || status == 255;
}

/* How much of a punch the record looks like, 0 to 100. */
static unsigned punch_format_score(const uint8_t *r, struct ghi_terminal_punch_format f,
				   uint32_t latest, uint32_t *previous)
{
	struct ghi_terminal_day day = { 0 };
	struct gh_punch p;
	unsigned score = 0;

	ghi_terminal_punch_parse(r, f, &day, &p);
	if (p.time.valid && (latest == 0 ? p.time.year < 2100 : p.time_code <= latest))
		score += 40;
	if (p.time_code >= *previous)
		score += 10;
	*previous = p.time_code;
	if (f.layout == GHI_PUNCH_8B ? r[3] <= 15 : state_plausible(p.status))
		score += 20;
	switch (f.layout) {
	case GHI_PUNCH_40:
		score += pin_plausible(p.pin) ? 30 : 0;
		break;
	case GHI_PUNCH_16:
		/* Two 8-byte records in a row: the second one's time would be the work code. */
		score += p.pin[0] ? 10 : 0;
		score += r[10] == 0 && r[11] == 0 ? 10 : 0;
		score += p.work_code >> 24 == 0 ? 10 : 0;
		break;
	case GHI_PUNCH_8A:
	case GHI_PUNCH_8B:
		score += p.uid && p.uid < UINT16_MAX ? 20 : 0;
		score += p.verify <= 25 ? 10 : 0;
		break;
	}
	return score;
}

static unsigned score_of(gh_slice first, size_t bytes, int32_t count, uint32_t latest,
			 struct ghi_terminal_punch_format f)
{
	unsigned sum = 0, n = 0, score;
	uint32_t previous = 0;

	for (size_t at = 0; n < SAMPLE && at + f.size <= first.n && at + f.size <= bytes;
	     at += f.size, n++)
		sum += punch_format_score(first.p + at, f, latest, &previous);
	if (n == 0)
		return 0;
	score = sum * WEIGHT / n;
	if (bytes % f.size == 0)
		score += EXACT;
	if (count > 0 && bytes % f.size == 0 && bytes / f.size == (size_t)count)
		score += COUNTED;
	return score;
}

enum gh_err ghi_terminal_punch_format_of(gh_slice first, size_t bytes, int32_t count,
					 uint32_t latest, struct ghi_terminal_punch_format *out)
{
	struct ghi_terminal_punch_format best = known[0];
	unsigned best_score = 0, score;

	if (bytes == 0) {
		*out = known[0];
		return GH_OK;
	}
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		score = score_of(first, bytes, count, latest, known[i]);
		if (score > best_score) {
			best_score = score;
			best = known[i];
		}
	}
	for (uint16_t size = ODD_STRIDE; size <= GHI_TERMINAL_PUNCH_MAX; size++) {
		struct ghi_terminal_punch_format odd = { GHI_PUNCH_40, size };
		unsigned cost = size % 40 == 0 || size % 49 == 0 || size % best.size == 0
					? MULTIPLE_COST
					: ODD_COST;

		/* An unusual size must be explained by the counter, or divide the bytes without rest. */
		if (bytes % size)
			continue;
		score = score_of(first, bytes, count, latest, odd);
		if (score > best_score + cost) {
			best_score = score;
			best = odd;
		}
	}
	if (best_score < LEAST)
		return GH_EMALFORMED;
	*out = best;
	return GH_OK;
}
