#include "sim/access/decision.h"

#include "model/event_code.h"
#include "sim/access/door.h"
#include "sim/access/group.h"
#include "sim/access/passback.h"
#include "sim/access/rights.h"
#include "sim/access/verification.h"

#include <stdio.h>

/* Codes by kind (Security PUSH 3.1.2, 11.2); a kind without a code of its own has that of cards. */
struct codes {
	int32_t kind[PANEL_KINDS];
};
static const struct codes code_interval = { { 20, 31, 50, 20 } };
static const struct codes code_zone = { { 21, 35, 49, 21 } };
static const struct codes code_unknown = { { 27, 34, 30, 27 } };
static const struct codes code_expired = { { 29, 33, 53, 29 } };
static const struct codes code_opens = { { 0, 14, 207, 17 } };
static const struct codes code_normal_open = { { 1, 16, 216, 1 } };
static const struct codes code_first = { { 2, 18, 215, 19 } };
static const struct codes code_group = { { 3, 15, 3, 203 } };
static const struct codes code_group_waits = { { 26, 32, 51, 26 } };
static const struct codes code_group_fails = { { 48, 40, 52, 48 } };

enum {
	EVENT_EMERGENCY_PASSWORD = 4,
	EVENT_RULE_CLOSED = 22,
	EVENT_NO_RIGHT = 23,
	EVENT_PASSBACK = 24,
	EVENT_INTERLOCK = 25,
	EVENT_CARD_LOST = 38,
	EVENT_BLOCKED = 39,
	EVENT_WRONG_MODE = 41,
	EVENT_WRONG_FORMAT = 42,
	EVENT_PASSED_SOON = 61,
	EVENT_DOOR_DISABLED = 62,
	EVENT_DOOR_LOCKED = 63,
	EVENT_BEFORE_VALIDITY = 5024,
	EVENT_AFTER_VALIDITY = 5025,
	EVENT_DURESS_PASSWORD = 101,
	EVENT_DURESS_FINGER = 103,
	EVENT_SUPER_USER = 208,
};

enum { INTERVAL_S = 2, DRIVE_S = 5, BIT_SUPER_PASSES_LOCKED = 48 };
enum { FIRST_OFF, FIRST_NORMAL_OPEN, FIRST_ACTIVATES };

/* An attempt while it is judged. */
struct judgement {
	struct panel *p;
	const struct panel_attempt *a;
	struct panel_verdict v;
	const struct panel_row *user; /* NULL: unknown */
	bool lost;
	enum panel_kind kind;
	bool continues; /* it adds a factor to those shown before */
};

int32_t panel_group_failed(enum panel_kind kind)
{
	return code_group_fails.kind[kind];
}

static struct panel_door *judgement_door(const struct judgement *j)
{
	return &j->p->door[j->a->door - 1];
}

static enum panel_kind factors_kind(uint16_t factors)
{
	if (factors & PANEL_FINGER)
		return factors & PANEL_CARD ? PANEL_KIND_CARD_AND_FINGER : PANEL_KIND_FINGER;
	return factors == PANEL_PASSWORD || factors == (PANEL_PASSWORD | PANEL_USER_ID)
		       ? PANEL_KIND_PASSWORD
		       : PANEL_KIND_CARD;
}

static bool judge_refuse(struct judgement *j, int32_t code)
{
	j->v.event = code;
	return true;
}

static int64_t drive_s(const struct judgement *j)
{
	int64_t seconds = (int64_t)panel_door_number(j->p, j->a->door, "Drivertime", DRIVE_S);
	const GPtrArray *rows =
		panel_rows_of(&j->p->tables, PANEL_EXTUSER, gh_slice_of(j->v.pin));

	/* Bit 0 of FunSwitch: a person who needs longer (9.1.1). */
	if (rows && panel_number(g_ptr_array_index(rows, 0), "FunSwitch", 0) & 1)
		seconds += (int64_t)panel_door_number(j->p, j->a->door,
						      "ExtDoorDelayDrivertime", 0);
	return seconds;
}

static bool judge_open(struct judgement *j, int32_t code)
{
	j->v.event = code;
	j->v.open = true;
	j->v.seconds = drive_s(j);
	return true;
}

/* Each step ends the judgement by returning true. 1: what is there to be used. */
static bool step_disabled(struct judgement *j)
{
	const struct panel_row *row;
	uint64_t reader = (uint64_t)(j->a->door - 1) * j->p->persona->readers +
			  (uint64_t)j->a->direction + 1;

	for (size_t i = 0; (row = panel_row_at(&j->p->tables, PANEL_READERPROPERTY, i)); i++)
		if (panel_number(row, "ID", panel_number(row, "ReaderID", 0)) == reader &&
		    panel_number(row, "Disable", 0) == 1)
			return judge_refuse(j, PANEL_NO_EVENT);
	return !panel_door_enabled(j->p, j->a->door) && judge_refuse(j, EVENT_DOOR_DISABLED);
}

static bool step_format(struct judgement *j)
{
	return j->a->bad_format && judge_refuse(j, EVENT_WRONG_FORMAT);
}

static bool step_interval(struct judgement *j)
{
	struct panel_door *d = judgement_door(j);
	int64_t limit_s = (int64_t)panel_door_number(j->p, j->a->door, "Intertime", INTERVAL_S);
	bool soon = d->attempt_s != PANEL_NEVER && j->p->now_s - d->attempt_s < limit_s;

	d->attempt_s = j->p->now_s;
	return soon && !j->continues && judge_refuse(j, code_interval.kind[j->kind]);
}

static bool step_passwords(struct judgement *j)
{
	gh_slice typed = j->a->password;

	if (j->a->factor != PANEL_PASSWORD || typed.n == 0)
		return false;
	if (gh_slice_eq(typed, panel_door_text(j->p, j->a->door, "SupperPassWord")))
		return judge_open(j, EVENT_EMERGENCY_PASSWORD);
	if (gh_slice_eq(typed, panel_door_text(j->p, j->a->door, "ForcePassWord"))) {
		j->v.alarms |= GHI_ALARM_DURESS_PASSWORD;
		return judge_open(j, EVENT_DURESS_PASSWORD);
	}
	return false;
}

static bool step_known(struct judgement *j)
{
	if (j->user == NULL)
		return judge_refuse(j, code_unknown.kind[j->kind]);
	if (j->a->factor == PANEL_PASSWORD &&
	    (j->a->password.n == 0 ||
	     !gh_slice_eq(j->a->password, panel_field(j->user, "Password"))))
		return judge_refuse(j, code_unknown.kind[PANEL_KIND_PASSWORD]);
	return false;
}

static bool step_blocked(struct judgement *j)
{
	if (j->lost)
		return judge_refuse(j, EVENT_CARD_LOST);
	return panel_number(j->user, "Disable", 0) == 1 && judge_refuse(j, EVENT_BLOCKED);
}

/* Gates part both ends of it (11.19). */
static bool step_validity(struct judgement *j)
{
	int32_t code = code_expired.kind[j->kind];

	if (panel_user_valid(j->p, j->user, j->p->now_s))
		return false;
	if (j->p->persona->quirk & ACC_CHANNEL)
		code = panel_user_early(j->p, j->user, j->p->now_s) ? EVENT_BEFORE_VALIDITY
								    : EVENT_AFTER_VALIDITY;
	return judge_refuse(j, code);
}

static bool step_locked(struct judgement *j)
{
	if (!judgement_door(j)->locked &&
	    panel_door_number(j->p, j->a->door, "MaskFlag", 0) != 1)
		return false;
	if (acc_persona_can(j->p->persona, BIT_SUPER_PASSES_LOCKED) &&
	    panel_user_is_super(j->p, j->user, j->a->door))
		return judge_open(j, EVENT_SUPER_USER);
	return judge_refuse(j, EVENT_DOOR_LOCKED);
}

static bool step_door_zone(struct judgement *j)
{
	uint64_t zone = panel_door_number(j->p, j->a->door, "ValidTZ", 1);

	return !panel_zone_open(j->p, zone, j->p->now_s) &&
	       judge_refuse(j, code_zone.kind[j->kind]);
}

static bool step_right(struct judgement *j)
{
	enum panel_right right =
		panel_right_at(j->p, panel_field(j->user, "Pin"), j->a->door, j->p->now_s);

	if (right == PANEL_RIGHT_NONE)
		return judge_refuse(j, EVENT_NO_RIGHT);
	return right == PANEL_RIGHT_CLOSED && judge_refuse(j, EVENT_RULE_CLOSED);
}

static bool step_factors(struct judgement *j)
{
	struct panel_door *d = judgement_door(j);
	gh_slice mode = panel_verify_mode(j->p, gh_slice_of(j->v.pin), j->a->door, j->p->now_s);
	enum panel_verified verified = panel_verify_check(mode, j->v.factors);

	d->pending = 0;
	if (verified == PANEL_NOT_VERIFIED) {
		j->v.factors = (uint16_t)j->a->factor;
		return judge_refuse(j, EVENT_WRONG_MODE);
	}
	if (verified == PANEL_VERIFIED)
		return false;
	snprintf(d->pending_pin, sizeof(d->pending_pin), "%s", j->v.pin);
	d->pending = j->v.factors;
	d->pending_s = j->p->now_s;
	return judge_refuse(j, PANEL_NO_EVENT);
}

static bool step_interlock(struct judgement *j)
{
	return panel_interlocked(j->p, j->a->door) && judge_refuse(j, EVENT_INTERLOCK);
}

static bool step_passback(struct judgement *j)
{
	enum panel_passback found =
		panel_passback_check(j->p, gh_slice_of(j->v.pin), j->a->door, j->a->direction);

	if (found == PANEL_PASSBACK_AGAIN)
		return judge_refuse(j, EVENT_PASSBACK);
	return found == PANEL_PASSBACK_SOON && judge_refuse(j, EVENT_PASSED_SOON);
}

static bool step_activation(struct judgement *j)
{
	struct panel_door *d = judgement_door(j);
	int64_t today = panel_moment_of(j->p->now_s).days;

	if (panel_door_number(j->p, j->a->door, "FirstCardOpenDoor", FIRST_OFF) !=
		    FIRST_ACTIVATES ||
	    d->first_day == today)
		return false;
	if (panel_first_card_until_s(j->p, gh_slice_of(j->v.pin), j->a->door) == PANEL_NEVER)
		return judge_refuse(j, EVENT_RULE_CLOSED);
	d->first_day = today;
	return judge_open(j, code_first.kind[j->kind]);
}

static bool step_group(struct judgement *j)
{
	switch (panel_group_add(j->p, gh_slice_of(j->v.pin), panel_number(j->user, "Group", 1),
				j->a->door, j->kind)) {
	case PANEL_GROUP_WAITS:
		return judge_refuse(j, code_group_waits.kind[j->kind]);
	case PANEL_GROUP_WRONG:
		return judge_refuse(j, code_group_fails.kind[j->kind]);
	case PANEL_GROUP_WHOLE:
		return judge_open(j, code_group.kind[j->kind]);
	default:
		return false;
	}
}

static bool step_first_card(struct judgement *j)
{
	int64_t until_s;

	if (panel_door_number(j->p, j->a->door, "FirstCardOpenDoor", FIRST_OFF) !=
		    FIRST_NORMAL_OPEN ||
	    judgement_door(j)->first_until_s > j->p->now_s)
		return false;
	until_s = panel_first_card_until_s(j->p, gh_slice_of(j->v.pin), j->a->door);
	if (until_s == PANEL_NEVER)
		return false;
	j->v.first_until_s = until_s;
	return judge_open(j, code_first.kind[j->kind]);
}

static bool step_normal_open(struct judgement *j)
{
	return judgement_door(j)->normal_open && judge_open(j, code_normal_open.kind[j->kind]);
}

static bool step_server(struct judgement *j)
{
	if (!j->p->remote || panel_option_number(j->p, "AutoServerFunOn", 0) != 1)
		return false;
	j->v.ask = true;
	j->v.seconds = drive_s(j);
	return judge_refuse(j, PANEL_NO_EVENT);
}

static bool step_duress(struct judgement *j)
{
	if (!j->a->duress)
		return false;
	j->v.alarms |= GHI_ALARM_DURESS_FINGER;
	return judge_open(j, EVENT_DURESS_FINGER);
}

static bool step_open(struct judgement *j)
{
	return judge_open(j, code_opens.kind[j->kind]);
}

/* Who it is, and what was shown so far. */
static void judgement_identify(struct judgement *j)
{
	struct panel_door *d = judgement_door(j);
	gh_slice pin = j->a->pin;

	j->v.factors = (uint16_t)j->a->factor;
	/* A password without a user ID belongs to the one who showed something before it. */
	if (pin.n == 0 && j->a->factor == PANEL_PASSWORD && d->pending)
		pin = gh_slice_of(d->pending_pin);
	j->user = j->a->factor == PANEL_CARD ? panel_user_of_card(j->p, j->a->card, &j->lost)
					     : panel_user(j->p, pin);
	if (j->user)
		pin = panel_field(j->user, "Pin");
	snprintf(j->v.pin, sizeof(j->v.pin), "%.*s", GH_FMT(pin));
	j->continues =
		d->pending && !strcmp(d->pending_pin, j->v.pin) && !(d->pending & j->a->factor);
	if (j->continues)
		j->v.factors |= d->pending;
	/* A user ID typed with its password is one step. */
	if (j->a->factor == PANEL_PASSWORD && j->a->pin.n && !j->continues) {
		gh_slice mode = panel_verify_mode(j->p, pin, j->a->door, j->p->now_s);

		if (panel_verify_check(mode, PANEL_PASSWORD | PANEL_USER_ID) ==
			    PANEL_VERIFIED &&
		    panel_verify_check(mode, PANEL_PASSWORD) != PANEL_VERIFIED)
			j->v.factors |= PANEL_USER_ID;
	}
	j->kind = factors_kind(j->v.factors);
}

struct panel_verdict panel_decide(struct panel *p, const struct panel_attempt *a)
{
	static bool (*const steps[])(struct judgement *) = {
		step_disabled,	 step_format,	   step_interval, step_passwords,  step_known,
		step_blocked,	 step_validity,	   step_locked,	  step_door_zone,  step_right,
		step_factors,	 step_interlock,   step_passback, step_activation, step_group,
		step_first_card, step_normal_open, step_server,	  step_duress,	   step_open,
	};
	struct judgement j = { .p = p,
			       .a = a,
			       .v = { .event = PANEL_NO_EVENT, .first_until_s = PANEL_NEVER } };

	judgement_identify(&j);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (steps[i](&j))
			break;
	if (p->merged && j.v.event >= 0)
		j.v.event = event_group_of(j.v.event);
	return j.v;
}
