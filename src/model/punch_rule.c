#include "model/punch_rule.h"

#include "base/number.h"

static const char rule_form[] = "must be off, granted or codes of events, \"0,14\", and behind "
				"it single doors, \"granted; 2=off; 3=granted/in\"";

/* --- reading --- */

static enum gh_err codes_parse(gh_slice text, struct punch_rule *r)
{
	gh_slice word;
	uint64_t code;
	bool more = true;

	r->kind = PUNCH_RULE_LISTED;
	while (more) {
		more = gh_slice_cut(text, ',', &word, &text);
		if (r->codes == PUNCH_RULE_CODES ||
		    ghi_number_parse(gh_slice_trim(word), EVENT_CODE_MAX, &code))
			return GH_EINVALID;
		r->code[r->codes++] = (uint16_t)code;
	}
	return GH_OK;
}

static enum gh_err rule_status_parse(gh_slice text, struct punch_rule *r)
{
	static const struct {
		const char *word;
		enum punch_rule_status status;
	} words[] = { { "in", PUNCH_RULE_IN },
		      { "out", PUNCH_RULE_OUT },
		      { "none", PUNCH_RULE_NONE } };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (gh_slice_eq(text, gh_slice_of(words[i].word))) {
			r->status = words[i].status;
			return GH_OK;
		}
	return GH_EINVALID;
}

/* "granted/in" */
static enum gh_err rule_parse(gh_slice text, struct punch_rule *r)
{
	gh_slice what, status;
	bool both = gh_slice_cut(text, '/', &what, &status);
	enum gh_err err = both ? rule_status_parse(gh_slice_trim(status), r) : GH_OK;

	what = gh_slice_trim(what);
	if (err)
		return err;
	if (what.n == 0)
		return both ? GH_OK : GH_EINVALID;
	if (gh_slice_eq(what, GH_LIT("off")))
		r->kind = PUNCH_RULE_OFF;
	else if (gh_slice_eq(what, GH_LIT("granted")))
		r->kind = PUNCH_RULE_GRANTED;
	else
		return codes_parse(what, r);
	return GH_OK;
}

/* "3=granted/in" */
static enum gh_err door_parse(gh_slice text, struct punch_rules *out)
{
	gh_slice number, rule;
	uint64_t n;

	if (!gh_slice_cut(text, '=', &number, &rule) ||
	    ghi_number_parse(gh_slice_trim(number), UINT16_MAX, &n) || n == 0 ||
	    out->doors == PUNCH_RULE_DOORS)
		return GH_EINVALID;
	for (size_t i = 0; i < out->doors; i++)
		if (out->door[i].number == (int64_t)n)
			return GH_EINVALID;
	out->door[out->doors].number = (int64_t)n;
	return rule_parse(gh_slice_trim(rule), &out->door[out->doors++].rule);
}

enum gh_err punch_rules_parse(gh_slice text, struct punch_rules *out, const char **why)
{
	gh_slice part, rest;
	bool more = gh_slice_cut(text, ';', &part, &rest);
	enum gh_err err = GH_OK;

	*out = (struct punch_rules){ 0 };
	*why = rule_form;
	part = gh_slice_trim(part);
	if (part.n && memchr(part.p, '=', part.n))
		err = door_parse(part, out);
	else if (part.n || more)
		err = rule_parse(part, &out->all);
	while (more && err == GH_OK) {
		more = gh_slice_cut(rest, ';', &part, &rest);
		err = door_parse(gh_slice_trim(part), out);
	}
	return err;
}

/* --- using --- */

static const struct punch_rule *rule_of_door(const struct punch_rules *rules, int64_t door)
{
	for (size_t i = 0; i < rules->doors; i++)
		if (rules->door[i].number == door)
			return &rules->door[i].rule;
	return NULL;
}

/* What counts, of each part the narrowest rule that has it. */
struct rule_found {
	const struct punch_rule *what;
	enum punch_rule_status status;
};

static void rule_narrow(struct rule_found *wide, const struct punch_rule *r)
{
	if (r == NULL)
		return;
	if (r->kind != PUNCH_RULE_UNSET)
		wide->what = r;
	if (r->status)
		wide->status = r->status;
}

bool punch_rules_empty(const struct punch_rules *rules)
{
	return rules->doors == 0 && rules->all.kind == PUNCH_RULE_UNSET &&
	       rules->all.status == PUNCH_RULE_DIRECTION;
}

void punch_rules_inherit(struct punch_rules *rules, const struct punch_rules *wider)
{
	struct rule_found r = { &wider->all, wider->all.status };
	struct punch_rule all;

	rule_narrow(&r, &rules->all);
	all = *r.what;
	all.status = r.status;
	rules->all = all;
}

static bool rule_includes(const struct punch_rule *r, const struct access_event *e)
{
	switch (r->kind) {
	case PUNCH_RULE_GRANTED:
		return access_event_granted(e);
	case PUNCH_RULE_LISTED:
		for (size_t i = 0; i < r->codes; i++)
			if (r->code[i] == e->event)
				return true;
		return false;
	case PUNCH_RULE_UNSET:
	case PUNCH_RULE_OFF:
		break;
	}
	return false;
}

static int32_t rule_status(enum punch_rule_status status, const struct access_event *e)
{
	switch (status) {
	case PUNCH_RULE_IN:
		return 0;
	case PUNCH_RULE_OUT:
		return 1;
	case PUNCH_RULE_NONE:
		return PUNCH_ABSENT;
	case PUNCH_RULE_DIRECTION:
		break;
	}
	return e->direction == ACCESS_ABSENT ? PUNCH_ABSENT : (int32_t)e->direction;
}

bool punch_rules_apply(const struct punch_rules *device, const struct punch_rules *server,
		       const struct access_event *e, int32_t *status, int32_t *verify)
{
	struct rule_found r = { &server->all, server->all.status };

	if (e->pin.n == 0 || e->source == ACCESS_IDENTIFIED)
		return false;
	rule_narrow(&r, rule_of_door(server, e->door));
	rule_narrow(&r, &device->all);
	rule_narrow(&r, rule_of_door(device, e->door));
	if (!rule_includes(r.what, e))
		return false;
	*status = rule_status(r.status, e);
	*verify = e->verify_form == VERIFY_MODE_NUMBER ? (int32_t)e->verify : PUNCH_ABSENT;
	return true;
}
