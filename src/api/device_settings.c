#include "api/device_settings.h"

#include "api/query.h"
#include "core/device_text.h"
#include "core/terminals.h"
#include "model/punch_rule.h"

static void setting_set_TEXT(gh_slice *to, const struct body *m)
{
	*to = m->s;
}

/* One of the words; "default" is stored as none. */
static void setting_set_CLOCK(gh_slice *to, const struct body *m)
{
	*to = gh_slice_eq(m->s, GH_LIT("default")) ? (gh_slice){ 0 } : m->s;
}

static void setting_set_TOKEN(gh_slice *to, const struct body *m)
{
	setting_set_CLOCK(to, m);
}

static void setting_set_STYLE(gh_slice *to, const struct body *m)
{
	setting_set_CLOCK(to, m);
}

static void setting_set_SYNC(gh_slice *to, const struct body *m)
{
	setting_set_CLOCK(to, m);
}

static void setting_set_INT(int64_t *to, const struct body *m)
{
	*to = m->i;
}

static void setting_set_BOOL(int64_t *to, const struct body *m)
{
	setting_set_INT(to, m);
}

/* A device that calls home is not to be called by mistake. */
static bool setting_fits_kind(struct call *c, struct device *d, const struct body *b)
{
	static const char *const of_terminals[] = { "address", "readInterval", "live",
						    "clock" };

	for (size_t i = 0; i < sizeof(of_terminals) / sizeof(of_terminals[0]); i++) {
		if (device_is_terminal(d) || !body_find(b, gh_slice_of(of_terminals[i])) ||
		    (device_dialect(d) == DEVICE_ACCESS &&
		     strcmp(of_terminals[i], "clock") == 0))
			continue;
		call_fail_field(c, ERROR_device_not_called, of_terminals[i],
				"is for terminals that are called; %.*s connects by itself",
				GH_FMT(device_sn(d)));
		return false;
	}
	return true;
}

/* The address and the key of a device decide which machine receives the key: scope admin. False:
 * answered. */
static bool settings_permitted(struct call *c, const struct body *b)
{
	if (token_scopes_hold(c->scopes, TOKEN_ADMIN) ||
	    (!body_find(b, GH_LIT("address")) && !body_find(b, GH_LIT("commKey")) &&
	     !body_find(b, GH_LIT("accessToken")) && !body_find(b, GH_LIT("qrKey"))))
		return true;
	call_fail_scope(c, TOKEN_ADMIN);
	return false;
}

static bool address_usable(struct call *c, struct device *d, const struct body *b)
{
	const struct terminals *t = c->server->terminals;
	const struct body *address = body_find(b, GH_LIT("address")),
			  *key = body_find(b, GH_LIT("commKey"));

	if (t == NULL || !device_is_terminal(d) ||
	    t->ops->usable(t->self, address ? &address->s : NULL, key ? &key->s : NULL))
		return true;
	call_fail_field(c, ERROR_field_invalid, address ? "address" : "commKey",
			"does not fit a terminal: \"address\" must be tcp://HOST[:PORT], "
			"udp://HOST[:PORT] or HOST[:PORT], and \"commKey\" a number");
	return false;
}

static bool charset_usable(struct call *c, const struct body *b)
{
	const struct body *charset = body_find(b, GH_LIT("charset"));

	if (charset == NULL || device_charset_valid(charset->s))
		return true;
	call_fail_field(c, ERROR_field_invalid, "charset",
			"must be a character set that is known here and holds ASCII: UTF-8, "
			"GB18030, CP1256, CP1251, TIS-620 (`iconv -l` lists them)");
	return false;
}

static bool access_punches_usable(struct call *c, const struct body *b)
{
	const struct body *rules = body_find(b, GH_LIT("accessPunches"));
	struct punch_rules read;
	const char *why;

	if (rules == NULL || punch_rules_parse(rules->s, &read, &why) == GH_OK)
		return true;
	call_fail_field(c, ERROR_field_invalid, "accessPunches", "%s", why);
	return false;
}

static bool since_read(struct call *c, const struct body *b, ghi_civil *out)
{
	const struct body *since = body_find(b, GH_LIT("zoneSince"));

	if (since == NULL || query_moment(since->s, false, out) == GH_OK)
		return true;
	call_fail_field(c, ERROR_field_invalid, "zoneSince",
			"must be a time of the device: YYYY-MM-DD or YYYY-MM-DD HH:MM:SS");
	return false;
}

static bool tags_read(struct call *c, const char *field, struct device_settings *s,
		      struct device_tags *out)
{
	const struct body *list = body_find(c->body, gh_slice_of(field));
	gh_slice *name;

	if (list == NULL)
		return true;
	name = ghi_arena_alloc(call_arena(c), (list->parts + 1) * sizeof(*name));
	if (name == NULL)
		return false;
	for (size_t i = 0; i < list->parts; i++)
		name[i] = list->part[i].s;
	*out = (struct device_tags){ name, list->parts };
	s->tagged = true;
	return true;
}

static void settings_read(const struct body *b, struct device_settings *s)
{
	for (size_t i = 0; i < b->parts; i++) {
		const struct body *m = &b->part[i];
#define DEVICE_SETTING(json, part, member, kind, least, most, about) \
	if (gh_slice_eq(m->name, GH_LIT(json))) {                    \
		model_mark(&s->change, DEVICE_##member);             \
		setting_set_##kind(&s->change.part member, m);       \
	}
#include "api/device_setting.def"
#undef DEVICE_SETTING
	}
}

/* One request replaces the tags or changes those there are. */
static bool tags_fit(struct call *c, const struct body *b)
{
	const char *also = body_find(b, GH_LIT("addTags")) ? "addTags" : "removeTags";

	if (!body_find(b, GH_LIT("tags")) || !body_find(b, gh_slice_of(also)))
		return true;
	call_fail_field(c, ERROR_field_invalid, also,
			"does not go with \"tags\", which replaces all that the device has");
	return false;
}

bool device_settings_check(struct call *c, struct device *d, struct device_settings *s)
{
	const struct body *b = c->body;

	return settings_permitted(c, b) && setting_fits_kind(c, d, b) &&
	       address_usable(c, d, b) && tags_fit(c, b) && since_read(c, b, &s->since) &&
	       charset_usable(c, b) && access_punches_usable(c, b);
}

bool device_settings_read(struct call *c, struct device_settings *s)
{
	settings_read(c->body, s);
	/* How it reads what it is given is then found out again. */
	if (body_find(c->body, GH_LIT("clock"))) {
		s->change.access.clock_form = (gh_slice){ 0 };
		model_mark(&s->change, DEVICE_clock_form);
	}
	/* Those of its mirror are then read again, also where a change before that was not over. */
	if (body_find(c->body, GH_LIT("cardsTurned"))) {
		s->change.access.cards_derived = DEVICE_CARDS_MIXED;
		model_mark(&s->change, DEVICE_cards_derived);
	}
	s->tags.replaced = body_find(c->body, GH_LIT("tags")) != NULL;
	if (model_has(&s->change, DEVICE_area) && !call_area_inside(c, s->change.area)) {
		call_fail_field(c, ERROR_field_invalid, "area",
				"must be the number of an area");
		return false;
	}
	if (tags_read(c, s->tags.replaced ? "tags" : "addTags", s, &s->tags.added) &&
	    tags_read(c, "removeTags", s, &s->tags.removed))
		return true;
	call_fail_err(c, GH_ENOMEM);
	return false;
}
