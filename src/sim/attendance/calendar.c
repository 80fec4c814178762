#include "sim/attendance/calendar.h"

#include "sim/prng.h"

enum { DAY = 86400, SPACING = 300, CENTURY = 946684800, GROUP = 8 };

int64_t calendar_punch_s(const struct plan *p, uint32_t device, uint32_t index)
{
	int64_t elapsed_s, k;

	if (index < p->punches) {
		int64_t back = (int64_t)(p->punches - index) * SPACING;

		return p->start_s - back +
		       4 * (int64_t)(sim_hash(p->seed ^ device, index, 'T') % (SPACING / 4));
	}
	/* Above one punch in four seconds the device's clock runs ahead of ours. */
	k = index - p->punches;
	elapsed_s = calendar_due_ms(p, device, index) / 1000;
	return p->start_s + 4 * (k > elapsed_s / 4 ? k : elapsed_s / 4);
}

int64_t calendar_jump_s(const struct plan *p, uint32_t device, uint32_t index)
{
	uint64_t h = sim_hash(p->seed ^ device, index / GROUP, 'J');

	if (h % 1000 >= p->faults.permille[SIM_FAULT_CLOCK_JUMP])
		return 0;
	switch (h / 1000 % 3) {
	case 0:
		return -DAY + 1;
	case 1:
		return DAY + 2;
	default: /* the battery was empty */
		return CENTURY + 4 * (int64_t)index + 3 - calendar_punch_s(p, device, index);
	}
}

static int64_t phase_us(const struct plan *p, uint32_t device)
{
	return (int64_t)(sim_hash(p->seed, device, 'P') % (uint64_t)p->interval_us);
}

int64_t calendar_due_ms(const struct plan *p, uint32_t device, uint32_t index)
{
	if (index < p->punches)
		return 0;
	if (p->interval_us == 0)
		return INT64_MAX;
	return ((int64_t)(index - p->punches) * p->interval_us + phase_us(p, device)) / 1000;
}

uint32_t calendar_punches(const struct plan *p, uint32_t device, int64_t elapsed_ms)
{
	int64_t us = elapsed_ms * 1000 + 999;

	if (p->interval_us == 0 || us < phase_us(p, device))
		return p->punches;
	us = (us - phase_us(p, device)) / p->interval_us + 1;
	return us < UINT32_MAX - p->punches ? p->punches + (uint32_t)us : UINT32_MAX;
}

int64_t calendar_record_s(const struct plan *p, uint32_t base, uint32_t index)
{
	return p->start_s + 4 * ((int64_t)index - base);
}

uint64_t calendar_stamp(int64_t seconds)
{
	struct ghi_civil_parts t = ghi_civil_split(ghi_civil_from_seconds(seconds));
	int64_t days = ((int64_t)(t.year - 2000) * 12 + t.month - 1) * 31 + t.day - 1;

	return (uint64_t)(days * DAY + t.hour * 3600 + t.minute * 60 + t.second);
}
