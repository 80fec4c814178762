#include "model/punch_day.h"

void punch_day_add(struct punch_day *d, ghi_civil time, int32_t status)
{
	enum attendance_direction way = attendance_direction(status);

	if (d->n[way] == 0 || time < d->first[way])
		d->first[way] = time;
	if (d->n[way] == 0 || time > d->last[way])
		d->last[way] = time;
	d->n[way]++;
}

static bool day_has(const struct punch_day *d, enum attendance_direction way)
{
	return d->n[way] > 0;
}

static ghi_civil day_first_in(const struct punch_day *d)
{
	ghi_civil in = day_has(d, DIRECTION_IN) ? d->first[DIRECTION_IN] : GHI_CIVIL_NONE;
	ghi_civil any = day_has(d, DIRECTION_NONE) ? d->first[DIRECTION_NONE] : GHI_CIVIL_NONE;

	if (in == GHI_CIVIL_NONE || any == GHI_CIVIL_NONE)
		return in == GHI_CIVIL_NONE ? any : in;
	return in < any ? in : any;
}

static ghi_civil day_last_out(const struct punch_day *d, ghi_civil first_in)
{
	ghi_civil out = day_has(d, DIRECTION_OUT) ? d->last[DIRECTION_OUT] : GHI_CIVIL_NONE;
	ghi_civil any = day_has(d, DIRECTION_NONE) ? d->last[DIRECTION_NONE] : GHI_CIVIL_NONE;

	/* The only moment without direction is the first in already. */
	if (any != GHI_CIVIL_NONE && any == d->first[DIRECTION_NONE] && any == first_in)
		any = GHI_CIVIL_NONE;
	return out > any ? out : any;
}

/* Those without direction make pairs with the rest, then with each other. */
static enum punch_missing day_missing(const struct punch_day *d,
				      const struct punch_day_sum *sum)
{
	int64_t more = d->n[DIRECTION_IN] - d->n[DIRECTION_OUT], any = d->n[DIRECTION_NONE];

	if (sum->first_in == GHI_CIVIL_NONE)
		return MISSING_IN;
	if (sum->last_out == GHI_CIVIL_NONE)
		return MISSING_OUT;
	if (more > any)
		return MISSING_OUT;
	if (-more > any)
		return MISSING_IN;
	return sum->count % 2 ? MISSING_EITHER : MISSING_NONE;
}

struct punch_day_sum punch_day_sum(const struct punch_day *d)
{
	struct punch_day_sum sum = { .first_in = day_first_in(d) };

	for (int i = 0; i < DIRECTIONS; i++)
		sum.count += d->n[i];
	sum.last_out = day_last_out(d, sum.first_in);
	sum.missing = day_missing(d, &sum);
	return sum;
}
