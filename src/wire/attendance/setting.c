#include "wire/attendance/info.h"

static bool setting_is_line_end(uint8_t c)
{
	return c == '\n' || c == '\r' || c == '\0';
}

/* Up to the next comma or line end. *line_end: a line ended before it. */
static bool setting_piece_next(gh_slice *in, gh_slice *piece, bool *line_end)
{
	*line_end = false;
	while (in->n && (in->p[0] == ',' || setting_is_line_end(in->p[0]))) {
		*line_end |= setting_is_line_end(in->p[0]);
		*in = gh_slice_from(*in, 1);
	}
	size_t n = 0;
	while (n < in->n && in->p[n] != ',' && !setting_is_line_end(in->p[n]))
		n++;
	*piece = (gh_slice){ in->p, n };
	*in = gh_slice_from(*in, n);
	return n != 0;
}

static bool setting_is_pair(gh_slice piece)
{
	return memchr(piece.p, '=', piece.n) != NULL;
}

enum gh_err ghi_setting_next(gh_slice *in, gh_slice *key, gh_slice *value)
{
	gh_slice piece, rest;
	bool line_end;

	do {
		if (!setting_piece_next(in, &piece, &line_end))
			return GH_ENOTFOUND;
	} while (!setting_is_pair(piece));
	gh_slice_cut(piece, '=', key, value);
	*key = gh_slice_trim(*key);
	rest = *in;
	while (setting_piece_next(&rest, &piece, &line_end) && !line_end &&
	       !setting_is_pair(piece)) {
		value->n = (size_t)(piece.p + piece.n - value->p);
		*in = rest;
	}
	return GH_OK;
}

bool ghi_setting_is_network(gh_slice key)
{
	if (key.n && key.p[0] == '~')
		key = gh_slice_from(key, 1);
	return gh_slice_ieq(key, GH_LIT("CommType"));
}

bool ghi_setting_is_mobile(gh_slice value)
{
	static const char *const part[] = { "gprs", "cdma", "lte", "modem",
					    "2g",   "3g",   "4g",  "5g" };

	for (; value.n; value = gh_slice_from(value, 1))
		for (size_t i = 0; i < sizeof(part) / sizeof(part[0]); i++)
			if (gh_slice_istarts(value, gh_slice_of(part[i])))
				return true;
	return false;
}
