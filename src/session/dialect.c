/* Which dialect a request is in. What a device shows decides, in the order of the functions below;
 * the version of its protocol does so only where nothing else is known, and never against an
 * attendance clock (QUIRKS Q21). A wrong guess ends with the next request that shows the dialect: an
 * access unit registers, a clock uploads punches. */
#include "session/dialect.h"

#include "core/metrics.h"
#include "session/access/access.h"
#include "session/attendance/attendance.h"
#include "wire/attendance/handshake.h"

static const struct dialect *const dialects[DEVICE_DIALECTS] = {
	[DEVICE_ATTENDANCE] = &attendance_dialect,
	[DEVICE_ACCESS] = &access_dialect,
};

static bool is_handshake(const struct exchange *x)
{
	return x->target.endpoint == GHI_ENDPOINT_CDATA && !x->has_body &&
	       exchange_has_param(x, "options");
}

static enum device_dialect dialect_by_type(struct exchange *x)
{
	gh_slice type = exchange_param(x, "DeviceType");

	if (gh_slice_ieq(type, GH_LIT("acc")))
		return DEVICE_ACCESS;
	return gh_slice_ieq(type, GH_LIT("att")) ? DEVICE_ATTENDANCE : DEVICE_DIALECTS;
}

/* Paths and tables that one dialect has alone. */
static enum device_dialect dialect_by_path(struct exchange *x)
{
	static const struct {
		const char *table;
		enum device_dialect dialect;
	} own[] = {
		{ "rtlog", DEVICE_ACCESS },	  { "rtstate", DEVICE_ACCESS },
		{ "irstate", DEVICE_ACCESS },	  { "ATTLOG", DEVICE_ATTENDANCE },
		{ "OPERLOG", DEVICE_ATTENDANCE },
	};
	gh_slice table = gh_slice_trim(exchange_param(x, "table"));

	if (x->target.endpoint == GHI_ENDPOINT_REGISTRY ||
	    x->target.endpoint == GHI_ENDPOINT_PUSH ||
	    gh_slice_ieq(exchange_param(x, "AuthType"), GH_LIT("device")))
		return DEVICE_ACCESS;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (gh_slice_ieq(table, gh_slice_of(own[i].table)))
			return own[i].dialect;
	return DEVICE_DIALECTS;
}

/* What only a clock's handshake has: its language or its key beside a version below 3. */
static enum device_dialect dialect_by_handshake(struct exchange *x)
{
	struct ghi_version v;

	if (!is_handshake(x) || exchange_has_param(x, "DeviceType") ||
	    !(exchange_has_param(x, "language") || exchange_has_param(x, "pushcommkey")))
		return DEVICE_DIALECTS;
	return ghi_version_parse(exchange_param(x, "pushver"), &v) && v.part[0] < 3
		       ? DEVICE_ATTENDANCE
		       : DEVICE_DIALECTS;
}

/* What both may have, but mostly the one; only while nothing is stored. */
static enum device_dialect dialect_by_custom(struct exchange *x)
{
	bool access =
		x->target.endpoint == GHI_ENDPOINT_RTDATA ||
		x->target.endpoint == GHI_ENDPOINT_QUERYDATA ||
		gh_slice_ieq(gh_slice_trim(exchange_param(x, "table")), GH_LIT("tabledata"));

	return access ? DEVICE_ACCESS : DEVICE_DIALECTS;
}

/* A unit whose first request announces a version of 3 or more, and neither a type nor the language nor
 * the key that a clock sends there (Security PUSH 3.1.2, 4.1; Attendance PUSH 2020-03, 5). */
static enum device_dialect dialect_by_version(struct exchange *x)
{
	struct ghi_version v;

	if (!is_handshake(x))
		return DEVICE_DIALECTS;
	if (ghi_version_parse(exchange_param(x, "pushver"), &v) && v.part[0] >= 3 &&
	    !exchange_has_param(x, "language") && !exchange_has_param(x, "pushcommkey") &&
	    !exchange_has_param(x, "DeviceType"))
		return DEVICE_ACCESS;
	return DEVICE_ATTENDANCE;
}

/* A dialect that is stored changes where the device made its last handshake, and nowhere else: one request
 * from elsewhere shall not leave a clock without its commands. A device that has moved makes a handshake. */
static bool dialect_may_change(struct exchange *x)
{
	return device_registered_from(x->device, exchange_peer(x));
}

void dialect_choose(struct exchange *x)
{
	static const struct {
		enum device_dialect (*by)(struct exchange *x);
		const char *why;
		bool guess; /* not where a dialect is stored */
	} rules[] = {
		{ dialect_by_type, "DeviceType", false },
		{ dialect_by_path, "a request of this dialect alone", false },
		{ dialect_by_handshake, "the handshake of a clock", false },
		{ dialect_by_custom, "a request mostly of this dialect", true },
		{ dialect_by_version, "the version of its protocol", true },
	};
	enum device_dialect stored = x->device ? device_dialect(x->device) : DEVICE_DIALECTS;

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		enum device_dialect d;

		if (rules[i].guess && stored < DEVICE_DIALECTS)
			continue;
		d = rules[i].by(x);
		if (d == DEVICE_DIALECTS)
			continue;
		if (stored < DEVICE_DIALECTS && d != stored && !dialect_may_change(x))
			break;
		x->dialect = dialects[d];
		x->dialect_why = d == stored ? NULL : rules[i].why;
		return;
	}
	x->dialect = dialects[stored < DEVICE_DIALECTS ? stored : DEVICE_ATTENDANCE];
}

void dialect_note(const struct exchange *x, struct device_row *change)
{
	if (x->dialect_why == NULL)
		return;
	change->dialect = gh_slice_of(x->dialect->name);
	change->dialect_since_ms = x->now_ms;
	change->dialect_why = gh_slice_of(x->dialect_why);
	device_fields_add(
		&change->present,
		DEVICE_FIELDS_OF(DEVICE_dialect, DEVICE_dialect_since_ms, DEVICE_dialect_why));
}

void dialect_store(struct exchange *x)
{
	struct device_row change = { .id = 0 };
	enum device_dialect before = device_dialect(x->device);

	dialect_note(x, &change);
	if (device_fields_empty(change.present))
		return;
	/* On a full queue it is stored with the next request that shows it. */
	if (device_change(x->server, x->device, &change, NULL, NULL))
		return;
	if (before == DEVICE_DIALECTS)
		return;
	metric_add(&x->server->metrics->dialect_changes, 1);
	LOG(x->server->log, LOG_WARNING, "device shows another dialect than before",
	    { "sn", x->sn }, { "before", gh_slice_of(device_dialect_name(before)) },
	    { "now", change.dialect }, { "why", change.dialect_why });
}

const struct dialect_table *dialect_table_find(const struct dialect *d, gh_slice name)
{
	for (size_t i = 0; i < d->table_count; i++)
		if (gh_slice_ieq(name, gh_slice_of(d->tables[i].name)))
			return &d->tables[i];
	return NULL;
}
