#include "base/number.h"
#include "wire/attendance/handshake.h"

/* Beyond this many a device takes minutes (QUIRKS Q15). */
#define HOURS_MAX 24

enum gh_err ghi_zone_option_parse(gh_slice s, int *offset_s)
{
	int64_t v;

	s = gh_slice_trim(s);
	if (s.n && s.p[0] == '+')
		s = gh_slice_from(s, 1);
	if (ghi_signed_parse(s, -24 * 60, 24 * 60, &v))
		return GH_EMALFORMED;
	*offset_s = (int)(v >= -HOURS_MAX && v <= HOURS_MAX ? v * 3600 : v * 60);
	return GH_OK;
}

/* Whole hours only where every document agrees that they are hours: the border is 12 in
 * Attendance PUSH 2020-03, 5, and 25 in old clients. */
void ghi_zone_option_write(struct ghi_writer *w, int offset_s)
{
	int minutes = offset_s / 60;

	if (minutes % 60 == 0 && minutes > -12 * 60 && minutes < 12 * 60)
		ghi_put_signed(w, minutes / 60);
	else
		ghi_put_signed(w, minutes);
}
