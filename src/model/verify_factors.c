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
