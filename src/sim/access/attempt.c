/* What follows from the verdict about an attempt. */
#include "sim/access/decision.h"
#include "sim/access/door.h"
#include "sim/access/passback.h"
#include "sim/access/verification.h"

#include <stdio.h>

enum {
	EVENT_WRONG_MODE = 41,
	EVENT_SERVER_REFUSED = 44,
	EVENT_SERVER_LATE = 45,
	EVENT_SERVER_AGREED = 222,
};

/* The event of a verdict. */
static void attempt_report(struct panel *p, const struct panel_attempt *a,
			   const struct panel_verdict *v)
{
	struct panel_event e = panel_event_of(p, v->event, (int32_t)a->door);
	gh_slice mode = panel_verify_mode(p, gh_slice_of(v->pin), a->door, p->now_s);

	if (v->event == PANEL_NO_EVENT)
		return;
	snprintf(e.pin, sizeof(e.pin), "%s", *v->pin ? v->pin : "0");
	e.direction = a->direction;
	e.card = a->factor == PANEL_CARD ? a->card : 0;
	e.verify = panel_verify_used(mode, v->factors, v->event == EVENT_WRONG_MODE, &e.word);
	panel_event_make(p, &e);
}

static void attempt_open(struct panel *p, const struct panel_attempt *a,
			 const struct panel_verdict *v)
{
	struct panel_door *d = &p->door[a->door - 1];

	d->alarms |= v->alarms;
	if (v->first_until_s != PANEL_NEVER) {
		d->first_until_s = v->first_until_s;
		d->normal_open = true;
	}
	panel_lock_release(p, a->door, v->seconds ? v->seconds : 1);
	if (*v->pin)
		panel_passback_record(p, gh_slice_of(v->pin), a->door, a->direction);
}

struct panel_verdict panel_attempt(struct panel *p, const struct panel_attempt *a)
{
	struct panel_verdict v = panel_decide(p, a);

	if (v.open)
		attempt_open(p, a, &v);
	attempt_report(p, a, &v);
	if (v.ask && p->refer)
		p->refer(p->observer_ctx, a, &v);
	return v;
}

void panel_attempt_end(struct panel *p, const struct panel_attempt *a,
		       const struct panel_verdict *v, enum panel_answer answer)
{
	struct panel_verdict end = *v;

	end.open = answer == PANEL_ANSWER_YES;
	end.event = answer == PANEL_ANSWER_YES	? EVENT_SERVER_AGREED
		    : answer == PANEL_ANSWER_NO ? EVENT_SERVER_REFUSED
						: EVENT_SERVER_LATE;
	if (end.open)
		attempt_open(p, a, &end);
	attempt_report(p, a, &end);
}
