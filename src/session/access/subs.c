/* The list of its sub-controllers that a main controller uploads at its start and with each change (type=registry,
 * tablename=DeviceAuthorize; Security PUSH 3.1.2, 5): each becomes a device that waits for approval. What
 * follows for them is ordered with the polls of the main controller (core/access/subs.h). */
#include <stdlib.h>

#include "core/access/subs.h"
#include "core/problems.h"
#include "session/access/upload.h"
#include "wire/access/sub.h"

struct subs_wait {
	_Atomic unsigned left; /* jobs, and the upload while it reads */
	_Atomic int err;       /* the first; enum gh_err */
	struct exchange *x;    /* what is continued after the last; NULL: nothing */
};

/* One less. */
static void subs_wait_end(struct subs_wait *w, enum gh_err err)
{
	int none = GH_OK;

	if (err)
		atomic_compare_exchange_strong(&w->err, &none, (int)err);
	if (atomic_fetch_sub(&w->left, 1) > 1)
		return;

	struct exchange *x = w->x;

	err = (enum gh_err)atomic_load(&w->err);
	free(w);
	if (x)
		exchange_done(x, err);
}

/* One more. */
static enum gh_err subs_wait_begin(struct access_upload *u)
{
	if (u->subs_wait == NULL) {
		u->subs_wait = calloc(1, sizeof(*u->subs_wait));
		if (u->subs_wait == NULL)
			return GH_ENOMEM;
		atomic_init(&u->subs_wait->left, 1);
	}
	atomic_fetch_add(&u->subs_wait->left, 1);
	return GH_OK;
}

void access_subs_await(struct access_upload *u)
{
	struct subs_wait *w = u->subs_wait;

	u->subs_wait = NULL;
	w->x = u->x;
	subs_wait_end(w, GH_OK);
}

void access_subs_drop(struct access_upload *u)
{
	if (u->subs_wait)
		subs_wait_end(u->subs_wait, GH_OK);
	u->subs_wait = NULL;
}

/* Whether the main controller has to send its list again: what cannot be stored at all is not worth that. */
static enum gh_err sub_failure(enum gh_err err)
{
	return err == GH_EDENIED || err == GH_EEXISTS || err == GH_ENOTFOUND ? GH_OK : err;
}

static void subs_refuse(struct access_upload *u, gh_slice sn, const char *why)
{
	LOG(u->x->server->log, LOG_WARNING, "a sub-controller is refused", { "sn", sn },
	    { "parent", u->x->sn }, { "why", gh_slice_of(why) });
	problem_raise(u->x->server, PROBLEM_SUBS_REFUSED, u->x->sn, "%.*s: %s", GH_FMT(sn),
		      why);
}

/* What it is described by: its registration, or, until it may send that, the short text. */
static gh_slice sub_description(const struct ghi_sub *s)
{
	return access_parameters_cut(s->registration.n ? s->registration : s->brief);
}

/* A row of the list as fields of the device. */
static struct device_row sub_row(const struct access_upload *u, const struct ghi_sub *s)
{
	struct device_row row = {
		.present = DEVICE_FIELDS_OF(DEVICE_sub_step, DEVICE_sub_online,
					    DEVICE_registration, DEVICE_address),
		.address = exchange_peer(u->x),
		.access = { .sub_step = (int64_t)s->step,
			    .sub_online = s->online,
			    .registration = s->step == GHI_SUB_AUTHORISED
						    ? DEVICE_CONFIGURED
						    : DEVICE_UNREGISTERED },
	};
	gh_slice text = sub_description(s), firmware;

	if (text.n == 0)
		return row;
	row.access.parameters = text;
	row.device_type = access_parameter(text, "DeviceType");
	device_fields_add(&row.present,
			  DEVICE_FIELDS_OF(DEVICE_parameters, DEVICE_device_type));
	firmware = access_parameter(text, "FirmVer");
	if (firmware.n) {
		row.firmware = firmware;
		model_mark(&row, DEVICE_firmware);
	}
	if (s->registration.n) {
		row.access.registered_ms = u->x->now_ms;
		model_mark(&row, DEVICE_registered_ms);
	}
	return row;
}

/* --- one that is new --- */

/* On the store thread. */
static void sub_admitted(void *ctx, struct device *d, enum gh_err err)
{
	device_unref(d);
	subs_wait_end(ctx, sub_failure(err));
}

static enum gh_err sub_admit(struct access_upload *u, const struct ghi_sub *s)
{
	struct device_row row = sub_row(u, s);
	enum gh_err err;

	row.sn = s->sn;
	row.access.parent = u->x->sn;
	row.dialect = gh_slice_of(device_dialect_name(DEVICE_ACCESS));
	row.dialect_since_ms = u->x->now_ms;
	row.dialect_why = GH_LIT("a main controller lists it");
	device_fields_add(&row.present,
			  DEVICE_FIELDS_OF(DEVICE_sn, DEVICE_parent, DEVICE_dialect,
					   DEVICE_dialect_since_ms, DEVICE_dialect_why));
	err = subs_wait_begin(u);
	if (err)
		return err;
	err = devices_admit(u->x->server, &row, sub_admitted, u->subs_wait);
	if (err)
		subs_wait_end(u->subs_wait, GH_OK);
	if (err == GH_EDENIED)
		return GH_OK;
	return err == GH_EFULL ? GH_EBUSY : err;
}

/* --- one that is known --- */

static bool sub_differs(const struct device_row *before, const struct device_row *now)
{
	return before->access.sub_step != now->access.sub_step ||
	       before->access.sub_online != now->access.sub_online ||
	       before->access.registration != now->access.registration ||
	       (now->access.parameters.n &&
		!gh_slice_eq(before->access.parameters, now->access.parameters));
}

/* The same. */
static void sub_changed(void *ctx, enum gh_err err)
{
	subs_wait_end(ctx, sub_failure(err));
}

static enum gh_err sub_change(struct access_upload *u, struct device *d,
			      const struct ghi_sub *s)
{
	struct device_row before, now = sub_row(u, s);
	enum gh_err err;

	if (s->online)
		device_seen(d, u->x->now_ms);
	device_row(d, u->piece, &before);
	if (!sub_differs(&before, &now))
		return GH_OK;
	err = subs_wait_begin(u);
	if (err)
		return err;
	err = device_change(u->x->server, d, &now, sub_changed, u->subs_wait);
	if (err)
		subs_wait_end(u->subs_wait, GH_OK);
	return err;
}

static enum gh_err sub_take(struct access_upload *u, const struct ghi_sub *s)
{
	struct device *d = devices_find(u->x->server->devices, s->sn);
	enum gh_err err = GH_OK;

	if (d && device_is_sub_of(d, u->x->device))
		err = sub_change(u, d, s);
	else if (d)
		subs_refuse(u, s->sn, "is known, and not as its sub-controller");
	else if (u->subs >= SUBS_MAX)
		subs_refuse(u, s->sn, "is one of too many");
	else
		err = sub_admit(u, s);
	u->subs += d == NULL;
	device_unref(d);
	return err;
}

/* How many the main controller has already. */
static size_t subs_known(struct access_upload *u)
{
	struct device *sub[SUBS_MAX];
	size_t n = device_subs(u->x->server->devices, u->x->device, sub);

	for (size_t i = 0; i < n; i++)
		device_unref(sub[i]);
	return n;
}

#define FUNCTION_SUBS 29

/* Only a main controller has any. One whose registration is not known is taken for one. */
static bool unit_may_have_subs(const struct access_upload *u)
{
	struct ghi_unit unit = ghi_unit_of(u->row.access.parameters);

	return u->row.access.parameters.n == 0 || unit.role == GHI_UNIT_MAIN ||
	       ghi_flags_has(unit.functions, FUNCTION_SUBS);
}

enum gh_err access_subs_read(struct access_upload *u)
{
	enum gh_err err = GH_OK;
	struct ghi_sub s;
	gh_slice line;

	if (!unit_may_have_subs(u)) {
		subs_refuse(u, u->x->sn, "is no main controller by its registration");
		return access_kept_read(u);
	}
	if (u->rows == 0)
		u->subs = subs_known(u);
	while (err == GH_OK && !access_turn_over(u)) {
		u->ended = !ghi_lines_next(&u->lines, &line);
		if (u->ended)
			break;
		if (gh_slice_trim(line).n == 0)
			continue;
		u->rows++;
		if (ghi_sub_parse(line, &s))
			err = access_quarantine(u, line, "no row of a sub-controller");
		else if (!device_serial_valid(s.sn))
			err = access_quarantine(
				u, line, "SN is not 1 to 32 letters, digits, '-', '_' or '.'");
		else
			err = sub_take(u, &s);
	}
	return err;
}
