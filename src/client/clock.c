/* The device's clock, and times as text. */
#include "base/civil_time.h"
#include "client/handle.h"
#include "wire/terminal/packed_time.h"
#include "wire/terminal/request.h"

enum gh_err gh_terminal_time_get(struct gh_terminal *t, struct gh_time *out)
{
	struct ghi_answer a;
	uint32_t code;
	enum gh_err err = ghi_call_begin(t, "read the clock");

	if (!err)
		err = ghi_call_command(t, GH_CMD_GET_TIME, (gh_slice){ 0 }, &a);
	if (err)
		return err;
	if (ghi_terminal_number_parse(a.data, &code))
		return ghi_call_fail_at(t, GH_ETRUNCATED, 4, a.data.n, NULL);
	*out = ghi_terminal_time_unpack(code);
	return GH_OK;
}

static ghi_civil civil_of_time(const struct gh_time *t)
{
	return ghi_civil_join((struct ghi_civil_parts){ t->year, t->month, t->day, t->hour,
							t->minute, t->second });
}

enum gh_err gh_terminal_time_set(struct gh_terminal *t, const struct gh_time *time)
{
	enum gh_err err = ghi_call_begin(t, "set the clock");

	if (!err && (!ghi_terminal_time_fits(*time) || !ghi_civil_valid(civil_of_time(time))))
		err = ghi_call_fail(t, GH_EINVALID, "not a moment of the years 2000 to 2099");
	if (err)
		return err;
	return ghi_call_simple_number(t, t->attempt, GH_CMD_SET_TIME,
				      ghi_terminal_time_pack(*time));
}

void gh_time_format(const struct gh_time *time, char out[GH_TIME_TEXT])
{
	struct ghi_writer w = ghi_writer_on(out, GH_TIME_TEXT - 1);

	memset(out, 0, GH_TIME_TEXT);
	ghi_put_civil(&w, civil_of_time(time));
}

enum gh_err gh_time_parse(const char *text, struct gh_time *out)
{
	struct ghi_civil_parts p;
	ghi_civil t;
	enum gh_err err = ghi_civil_parse(gh_slice_of(text), &t);

	if (err)
		return err;
	p = ghi_civil_split(t);
	*out = (struct gh_time){ (uint16_t)p.year,  (uint8_t)p.month,  (uint8_t)p.day,
				 (uint8_t)p.hour,   (uint8_t)p.minute, (uint8_t)p.second,
				 ghi_civil_valid(t) };
	return GH_OK;
}
