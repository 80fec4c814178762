#include "model/verify_factors.h"

#include "base/number.h"

static const char *const factor[16] = {
#define VERIFY_FACTOR(bit, words) [bit] = words,
#include "facts/verify_factor.def"
#undef VERIFY_FACTOR
};

static const struct {
	int32_t mode;
	const char *word;
} method[] = {
#define VERIFY_METHOD(mode, word) { mode, word },
#include "facts/verify_method.def"
#undef VERIFY_METHOD
};

static bool verify_is_binary(gh_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '0' && s.p[i] != '1')
			return false;
	return s.n >= VERIFY_WORD_DIGITS;
}

static enum verify_form verify_word_read(gh_slice s, int64_t *value)
{
	uint16_t word = 0;

	if (s.n > VERIFY_TEXT_MAX)
		return VERIFY_RAW;
	for (size_t i = 0; i < s.n; i++) {
		size_t bit = s.n - 1 - i;

		if (s.p[i] == '0')
			continue;
		if (bit >= VERIFY_WORD_DIGITS)
			return VERIFY_RAW;
		word = (uint16_t)(word | 1u << bit);
	}
	*value = word;
	return word ? VERIFY_FACTORS : VERIFY_ABSENT;
}

enum verify_form verify_read(gh_slice text, int64_t *value)
{
	uint64_t mode;

	*value = 0;
	if (text.n == 0)
		return VERIFY_ABSENT;
	if (verify_is_binary(text))
		return verify_word_read(text, value);
	if (ghi_number_parse(text, VERIFY_MODE_UNSET, &mode) != GH_OK ||
	    (text.n > 1 && text.p[0] == '0'))
		return VERIFY_RAW;
	*value = (int64_t)mode;
	return VERIFY_MODE_NUMBER;
}

void verify_word_put(struct ghi_writer *w, uint16_t word)
{
	for (unsigned bit = VERIFY_WORD_DIGITS; bit-- > 0;)
		ghi_put_u8(w, word >> bit & 1 ? '1' : '0');
}

bool verify_word_of_mode(int64_t mode, uint16_t *word)
{
	for (size_t i = 0; i < sizeof(method) / sizeof(method[0]); i++) {
		int64_t value;

		if (method[i].mode != mode ||
		    verify_read(gh_slice_of(method[i].word), &value) != VERIFY_FACTORS)
			continue;
		*word = (uint16_t)value;
		return true;
	}
	return false;
}

static uint16_t factors_plain(uint16_t word)
{
	uint16_t factors = word & (uint16_t)~VERIFY_ALL;

	return (factors & (factors - 1)) == 0 ? factors : word;
}

bool verify_words_same(uint16_t a, uint16_t b)
{
	return factors_plain(a) == factors_plain(b);
}

/* The first of the parts that the separators make; true: one follows it, and *all is that it is one for all. */
static bool factor_cut(gh_slice text, gh_slice *head, gh_slice *rest, bool *all)
{
	static const struct {
		const char *text;
		bool all;
	} between[] = { { "+", true }, { "&", true }, { " and ", true }, { " or ", false } };

	for (size_t at = 0; at < text.n; at++)
		for (size_t i = 0; i < sizeof(between) / sizeof(between[0]); i++) {
			gh_slice b = gh_slice_of(between[i].text);

			if (!gh_slice_istarts(gh_slice_from(text, at), b))
				continue;
			*head = gh_slice_trim((gh_slice){ text.p, at });
			*rest = gh_slice_from(text, at + b.n);
			*all = between[i].all;
			return true;
		}
	*head = gh_slice_trim(text);
	return false;
}

bool verify_words_read(gh_slice text, uint16_t *word)
{
	bool more = true, all, any_all = false, any_or = false;
	uint16_t out = 0;

	while (more) {
		unsigned bit = 1;
		gh_slice head;

		more = factor_cut(text, &head, &text, &all);
		any_all |= more && all;
		any_or |= more && !all;
		while (bit < VERIFY_WORD_DIGITS &&
		       !(factor[bit] && gh_slice_ieq(gh_slice_of(factor[bit]), head)))
			bit++;
		if (bit == VERIFY_WORD_DIGITS)
			return false;
		out = (uint16_t)(out | 1u << bit);
	}
	if (any_all && any_or)
		return false;
	*word = (uint16_t)(out | (any_all ? VERIFY_ALL : 0));
	return true;
}

void verify_words_put(struct ghi_writer *w, uint16_t word)
{
	bool first = true;

	for (unsigned bit = 1; bit < VERIFY_WORD_DIGITS; bit++) {
		if (!(word >> bit & 1))
			continue;
		if (!first)
			ghi_put(w, word & VERIFY_ALL ? GH_LIT(" + ") : GH_LIT(" or "));
		first = false;
		if (factor[bit]) {
			ghi_put(w, gh_slice_of(factor[bit]));
		} else {
			ghi_put(w, GH_LIT("bit "));
			ghi_put_decimal(w, bit);
		}
	}
}
