#include "wire/attendance/trans_flag.h"

static const gh_slice word[GHI_TRANS_COUNT] = {
#define GHI_TRANS(NAME, word) \
	[GHI_TRANS_##NAME] = { (const uint8_t *)(word), sizeof(word) - 1 },
#include "wire/attendance/trans_flag.def"
#undef GHI_TRANS
};

static bool trans_flag_is_part(uint8_t c)
{
	return c != '\t' && c != ' ' && c != ',';
}

static uint32_t trans_flag_words_read(gh_slice s)
{
	uint32_t flags = 0;
	size_t at = 0;

	while (at < s.n) {
		size_t start = at;

		while (at < s.n && trans_flag_is_part(s.p[at]))
			at++;
		for (unsigned i = 0; i < GHI_TRANS_COUNT; i++)
			if (gh_slice_ieq((gh_slice){ s.p + start, at - start }, word[i]))
				flags |= UINT32_C(1) << i;
		at++;
	}
	return flags;
}

uint32_t ghi_trans_flags_read(gh_slice s, bool *digits)
{
	uint32_t flags = 0;
	bool zeros = true;

	s = gh_slice_trim(s);
	*digits = !gh_slice_istarts(s, GH_LIT("TransData"));
	if (!*digits)
		return trans_flag_words_read(gh_slice_from(s, sizeof("TransData") - 1));
	for (size_t i = 0; i < s.n && i < GHI_TRANS_COUNT; i++) {
		zeros &= s.p[i] == '0';
		if (s.p[i] == '1')
			flags |= UINT32_C(1) << i;
	}
	return s.n && zeros ? UINT32_C(1) << GHI_TRANS_ATTPHOTO : flags;
}

void ghi_trans_flags_write(struct ghi_writer *w, uint32_t flags, bool digits)
{
	if (digits && flags) {
		for (unsigned i = 0; i < GHI_TRANS_COUNT; i++)
			ghi_put_u8(w, flags >> i & 1 ? '1' : '0');
		return;
	}
	ghi_put(w, GH_LIT("TransData"));
	uint8_t separator = ' ';
	for (unsigned i = 0; i < GHI_TRANS_COUNT; i++) {
		if (flags >> i & 1) {
			ghi_put_u8(w, separator);
			ghi_put(w, word[i]);
			separator = '\t';
		}
	}
}
