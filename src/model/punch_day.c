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

/* What has no counterpart, and the punches without direction that are not used up. */
struct day_pairs {
	bool in, out;	   /* one of coming, of going is missing */
	int64_t more, any; /* more of coming than of going; without direction */
};

/* Who goes before coming has come on another day, unless a punch without direction was the coming. */
static void pair_first_out(const struct punch_day *d, struct day_pairs *p)
{
	ghi_civil out = d->first[DIRECTION_OUT];

	if (!day_has(d, DIRECTION_OUT) ||
	    (day_has(d, DIRECTION_IN) && d->first[DIRECTION_IN] <= out))
		return;
	if (p->any && d->first[DIRECTION_NONE] <= out)
		p->any--;
	else
		p->in = true;
	p->more++;
}

/* Who comes after the last going, goes on another day. */
static void pair_last_in(const struct punch_day *d, struct day_pairs *p)
{
	ghi_civil in = d->last[DIRECTION_IN];

	if (!day_has(d, DIRECTION_IN) ||
	    (day_has(d, DIRECTION_OUT) && d->last[DIRECTION_OUT] >= in))
		return;
	if (p->any && d->last[DIRECTION_NONE] >= in)
		p->any--;
	else
		p->out = true;
	p->more--;
}

/* Both ends of the day first; of what lies between, those without direction make pairs with the rest,
 * then with each other. */
static enum punch_missing day_missing(const struct punch_day *d,
				      const struct punch_day_sum *sum)
{
	struct day_pairs p = { .more = d->n[DIRECTION_IN] - d->n[DIRECTION_OUT],
			       .any = d->n[DIRECTION_NONE] };
	bool odd;

	pair_first_out(d, &p);
	pair_last_in(d, &p);
	odd = (p.more + p.any) % 2 != 0;
	p.in |= sum->first_in == GHI_CIVIL_NONE || -p.more > p.any;
	p.out |= sum->last_out == GHI_CIVIL_NONE || p.more > p.any;
	if (p.in && p.out)
		return MISSING_BOTH;
	/* Out at six and, without direction, again at eight: neither has its counterpart. */
	if (sum->first_in != GHI_CIVIL_NONE && sum->last_out != GHI_CIVIL_NONE &&
	    sum->last_out < sum->first_in)
		return MISSING_BOTH;
	if (p.in || p.out)
		return p.in ? MISSING_IN : MISSING_OUT;
	return odd ? MISSING_EITHER : MISSING_NONE;
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
