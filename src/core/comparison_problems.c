/* What an administrator has to look at of a device's log: a gap that stays, no room, a device that is silent. */
#include "core/access/subs.h"
#include "core/comparisons_private.h"
#include "core/problems.h"

#define FILLING_PERCENT 80
#define FULL_PERCENT 95

static void civil_text(ghi_civil t, char to[GHI_CIVIL_TEXT + 1])
{
	struct ghi_writer w = ghi_writer_on(to, GHI_CIVIL_TEXT);

	ghi_put_civil(&w, t);
	to[w.err ? 0 : w.n] = 0;
}

static void gap_see(struct server *server, struct device *d, const struct comparison *c)
{
	char from[GHI_CIVIL_TEXT + 1], to[GHI_CIVIL_TEXT + 1];

	if (c->gap_from == GHI_CIVIL_NONE || c->gap_runs == 0) {
		problem_clear(server, PROBLEM_LOG_GAP, device_sn(d));
		return;
	}
	civil_text(c->gap_from, from);
	civil_text(c->gap_to, to);
	problem_raise(
		server, PROBLEM_LOG_GAP, device_sn(d),
		"from %s to %s it counts %lld punches, of which %lld are stored; %lld are "
		"missing in all",
		from, to, (long long)c->gap_counted, (long long)c->gap_stored,
		(long long)c->missing);
}

static void room_see(struct server *server, struct device *d, const struct comparison *c)
{
	int64_t counted = atomic_load(&d->punches_counted), percent;

	if (counted < 0)
		counted = c->counter;
	percent = c->room > 0 && counted > 0 ? counted * 100 / c->room : 0;
	if (percent >= FULL_PERCENT)
		problem_raise(server, PROBLEM_LOG_FULL, device_sn(d),
			      "%lld punches, of %lld that it has room for", (long long)counted,
			      (long long)c->room);
	else
		problem_clear(server, PROBLEM_LOG_FULL, device_sn(d));
	if (percent >= FILLING_PERCENT && percent < FULL_PERCENT)
		problem_raise(server, PROBLEM_LOG_FILLING, device_sn(d),
			      "%lld punches, of %lld that it has room for", (long long)counted,
			      (long long)c->room);
	else
		problem_clear(server, PROBLEM_LOG_FILLING, device_sn(d));
}

static void silence_see(struct server *server, struct device *d, int64_t now_ms)
{
	if (device_contact(d, now_ms) == DEVICE_SILENT)
		problem_raise(server, PROBLEM_DEVICE_SILENT, device_sn(d),
			      "it was not in contact for %lld minutes",
			      (long long)((now_ms - device_seen_ms(d)) / 60000));
	else
		problem_clear(server, PROBLEM_DEVICE_SILENT, device_sn(d));
}

void comparison_problems_see(struct server *server, struct device *d, int64_t now_ms)
{
	struct comparison c;

	if (device_state(d) != DEVICE_APPROVED) {
		problem_clear(server, PROBLEM_LOG_GAP, device_sn(d));
		problem_clear(server, PROBLEM_LOG_FULL, device_sn(d));
		problem_clear(server, PROBLEM_LOG_FILLING, device_sn(d));
		problem_clear(server, PROBLEM_DEVICE_SILENT, device_sn(d));
		return;
	}
	device_comparison(d, &c);
	gap_see(server, d, &c);
	room_see(server, d, &c);
	if (!device_is_terminal(d) && device_parent(d).n == 0)
		silence_see(server, d, now_ms);
}
