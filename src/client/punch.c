/* Punches, streamed. */
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "client/reading.h"
#include "client/user.h"
#include "wire/terminal/attendance.h"

enum { TWO_DAYS = 2 * 24 * 60 * 60 };

struct gh_terminal_punches {
	struct ghi_reading reading;
	struct ghi_pins pins;
	struct ghi_terminal_punch_format format;
	struct ghi_terminal_day day;
	struct gh_terminal *t;
};

static const struct ghi_source source = {
	.command = GH_CMD_ATTLOG_RRQ,
	.direct = GH_CMD_ATTLOG_RRQ,
};

/* No punch of a clock that goes is later than this, in whatever zone it stands. */
static uint32_t punch_latest_time(void)
{
	time_t now = (time_t)(ghi_clock_wall_ms() / 1000) + TWO_DAYS;
	struct tm tm;

	if (now < 0 || gmtime_r(&now, &tm) == NULL || tm.tm_year < 120)
		return 0; /* our own clock is wrong */
	return ghi_terminal_time_pack((struct gh_time){
		(uint16_t)(tm.tm_year + 1900), (uint8_t)(tm.tm_mon + 1), (uint8_t)tm.tm_mday,
		(uint8_t)tm.tm_hour, (uint8_t)tm.tm_min, 0, 1 });
}

static bool without_pin(struct ghi_terminal_punch_format f)
{
	return f.layout == GHI_PUNCH_8A || f.layout == GHI_PUNCH_8B;
}

static enum gh_err punches_table_open(struct gh_terminal_punches *it, const char *attempt)
{
	struct gh_terminal *t = it->t;
	struct ghi_terminal_table *table = &it->reading.table;
	struct gh_counters c = { 0 };
	int32_t count = -1;
	enum gh_err err = ghi_counters_read(t, &c);

	if (err == GH_OK)
		count = c.punches;
	else if (!t->connected)
		return err;
	err = ghi_reading_open(&it->reading, t, attempt, &source, GHI_TERMINAL_PUNCH_MAX);
	if (err)
		return err;
	err = ghi_terminal_punch_format_of(table->piece, (size_t)table->declared, count,
					   punch_latest_time(), &it->format);
	if (err) {
		ghi_reading_close(&it->reading);
		return ghi_call_fail(t, err, "the punches are in records of an unknown kind");
	}
	table->stride = it->format.size;
	/* Three bytes were seen behind two records of 49. */
	it->reading.padding_fine = true;
	return GH_OK;
}

/* 8-byte records name users by uid. That they are such is known only when they come, and a
 * device reads one table at a time: so this one is put off until the users are known. */
static enum gh_err punches_all_open(struct gh_terminal_punches *it, const char *attempt)
{
	enum gh_err err = punches_table_open(it, attempt);

	if (err || !without_pin(it->format) || it->reading.table.declared == 0)
		return err;
	ghi_reading_close(&it->reading);
	it->t->attempt = attempt;
	err = ghi_pins_read(&it->pins, it->t);
	if (err && !it->t->connected)
		return err;
	return punches_table_open(it, attempt);
}

static void punch_abandon(void *it)
{
	gh_terminal_punches_close(it);
}

enum gh_err gh_terminal_punches_open(struct gh_terminal *t, struct gh_terminal_punches **out)
{
	static const char attempt[] = "read the punches";
	struct gh_terminal_punches *it;
	enum gh_err err = ghi_call_begin(t, attempt);

	if (err)
		return err;
	it = calloc(1, sizeof(*it));
	if (it == NULL)
		return ghi_call_fail(t, GH_ENOMEM, NULL);
	it->t = t;
	err = punches_all_open(it, attempt);
	if (err) {
		ghi_pins_clear(&it->pins);
		free(it);
		return err;
	}
	ghi_iterator_hold(t, it, punch_abandon);
	*out = it;
	return GH_OK;
}

enum gh_err gh_terminal_punches_next(struct gh_terminal_punches *it, struct gh_punch *out)
{
	gh_slice record;
	enum gh_err err = ghi_reading_next(&it->reading, &record);

	if (err)
		return err;
	ghi_terminal_punch_parse(record.p, it->format, &it->day, out);
	if (without_pin(it->format))
		ghi_pins_fill(&it->pins, out->uid, out->pin);
	return GH_OK;
}

void gh_terminal_punches_close(struct gh_terminal_punches *it)
{
	if (it == NULL)
		return;
	ghi_reading_close(&it->reading);
	ghi_pins_clear(&it->pins);
	ghi_iterator_release(it->t);
	free(it);
}

enum gh_err gh_terminal_punches_clear(struct gh_terminal *t)
{
	enum gh_err err = ghi_call_simple(t, "erase the punches", GH_CMD_CLEAR_ATTLOG);

	return err ? err : ghi_call_command(t, GH_CMD_REFRESHDATA, (gh_slice){ 0 }, NULL);
}
