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
	bool pins_asked; /* the users were read, or could not be */
	struct ghi_terminal_punch_format format;
	struct ghi_terminal_day day;
	struct gh_terminal *t;
	int32_t counted; /* by the device before the read; -1: not known */
	uint64_t given;	 /* records */
	gh_slice record; /* the last one; borrowed, as by the caller */
	uint8_t kept[GHI_TERMINAL_PUNCH_MAX];
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
	enum gh_err err = ghi_counters_read(t, &c);

	it->counted = -1;
	if (err == GH_OK)
		it->counted = c.punches;
	else if (!t->connected)
		return err;
	err = ghi_reading_open(&it->reading, t, attempt, &source, GHI_TERMINAL_PUNCH_MAX);
	if (err)
		return err;
	err = ghi_terminal_punch_format_of(table->piece, (size_t)table->declared, it->counted,
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

/* Without the users, the records without a PIN stay so. */
static enum gh_err punch_pins_read(struct gh_terminal_punches *it, const char *attempt)
{
	it->t->attempt = attempt;
	it->pins_asked = true;
	return ghi_pins_try(&it->pins, it->t);
}

/* 8-byte records name users by uid. That they are such is known only when they come, and a
 * device reads one table at a time: so this one is put off until the users are known. */
static enum gh_err punches_all_open(struct gh_terminal_punches *it, const char *attempt)
{
	enum gh_err err = punches_table_open(it, attempt);

	if (err || !without_pin(it->format) || it->reading.table.declared == 0)
		return err;
	ghi_reading_close(&it->reading);
	err = punch_pins_read(it, attempt);
	return err ? err : punches_table_open(it, attempt);
}

static void punch_abandon(void *it)
{
	gh_terminal_punches_close(it);
}

enum gh_err gh_terminal_punches_open(struct gh_terminal *t, struct gh_terminal_punches **out)
{
	static const char attempt[] = "read the punches";
	enum gh_err err;
	struct gh_terminal_punches *it = ghi_iterator_new(t, attempt, sizeof(*it), &err);

	if (it == NULL)
		return err;
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

/* Back to the record given last, in a table that was opened again. It is another one where the log was
 * erased meanwhile. */
static enum gh_err punch_skip(struct gh_terminal_punches *it, size_t size)
{
	enum gh_err err = GH_OK;

	for (uint64_t i = 0; i < it->given && err == GH_OK; i++)
		err = ghi_reading_next(&it->reading, &it->record);
	if (err && err != GH_EEND)
		return err;
	if (err || it->record.n != size || memcmp(it->record.p, it->kept, size) != 0)
		return ghi_call_fail(it->t, GH_ETRUNCATED,
				     "the table changed while it was read");
	return GH_OK;
}

/* A record of a layout that has PINs has none: the users are read, and the table once more, since a
 * device reads one table at a time. */
static enum gh_err punch_pins_find(struct gh_terminal_punches *it)
{
	const char *attempt = it->reading.attempt;
	size_t size = it->record.n;
	enum gh_err err;

	memcpy(it->kept, it->record.p, size);
	ghi_reading_close(&it->reading);
	err = punch_pins_read(it, attempt);
	if (err == GH_OK)
		err = punches_table_open(it, attempt);
	if (err == GH_OK)
		err = punch_skip(it, size);
	if (err)
		it->reading.over = err;
	return err;
}

/* That was all; but not where the device counts more. */
static enum gh_err punches_end(struct gh_terminal_punches *it)
{
	if (it->counted < 0 || (uint64_t)it->counted <= it->given)
		return GH_EEND;
	it->reading.over = ghi_call_fail_short(it->t, (uint64_t)it->counted, it->given,
					       "the device counts more punches than it gave");
	return it->reading.over;
}

enum gh_err gh_terminal_punches_next(struct gh_terminal_punches *it, struct gh_punch *out)
{
	enum gh_err err = ghi_reading_next(&it->reading, &it->record);

	if (err)
		return err == GH_EEND ? punches_end(it) : err;
	it->given++;
	ghi_terminal_punch_parse(it->record.p, it->format, &it->day, out);
	if (out->pin[0] || out->uid == 0)
		return GH_OK;
	if (!it->pins_asked) {
		err = punch_pins_find(it);
		if (err)
			return err;
	}
	ghi_pins_fill(&it->pins, out->uid, out->pin);
	return GH_OK;
}

const uint8_t *gh_terminal_punches_record(const struct gh_terminal_punches *it, size_t *size)
{
	*size = it->record.n;
	return it->record.p;
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
