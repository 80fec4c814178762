/* Templates and photos of a person: in which form the device takes them, and what becomes of each. */
#include <stdio.h>

#include "core/sync/planner.h"
#include "model/biometric_type.h"
#include "model/command_field.h"
#include "model/content_fault.h"

struct sync_cell *sync_cell_find(struct sync_pack *k, enum credential_form form, int64_t type,
				 int64_t no, int64_t part)
{
	for (size_t i = 0; i < k->cells; i++) {
		struct sync_cell *c = &k->cell[i];

		if (c->form == form && c->type == type && c->no == no && c->part == part)
			return c;
	}
	return NULL;
}

struct sync_cell *sync_cell_add(struct sync_pack *k, enum credential_form form, int64_t type,
				int64_t no, int64_t part)
{
	k->cell[k->cells] = (struct sync_cell){
		.form = form, .type = type, .no = no, .part = part, .removal = SYNC_NONE
	};
	return &k->cell[k->cells++];
}

/* --- whether two are the same --- */

static gh_slice credential_content(enum credential_form f, const void *record)
{
	return credential_forms[f].record == KIND_PHOTO
		       ? ((const struct photo *)record)->content
		       : ((const struct template *)record)->data;
}

static bool credential_is(enum credential_form f, const void *there, gh_slice digest,
			  const struct sync_item *target)
{
	if (credential_forms[f].record == KIND_TEMPLATE) {
		const struct template *t = there, *w = target->record;

		if (template_is_valid(t) != template_is_valid(w))
			return false;
		/* Other forms have no place for it. */
		if ((f == FORM_BIODATA || f == FORM_FINGERPRINT) && template_is_valid(w) &&
		    template_is_duress(t) != template_is_duress(w))
			return false;
	}
	if (digest.n && target->digest.n)
		return gh_slice_eq(digest, target->digest);
	gh_slice content = credential_content(f, there);

	return content.n && gh_slice_eq(content, credential_content(f, target->record));
}

bool sync_cell_is(const struct sync_cell *c, const struct sync_item *target)
{
	return c->now && credential_is(c->form, c->now, c->digest, target);
}

bool sync_held_is(const struct sync_cell *c)
{
	return c->held && c->target &&
	       credential_is(c->form, c->held->record, c->held->digest, c->target);
}

/* --- what the device takes --- */

static bool server_takes_type(int64_t type)
{
	return type >= 0 && type < BIO_TYPES && BIOMETRIC_TYPES_TAKEN[2 * type] == '1';
}

/* Types that both sides support are unified templates (Attendance PUSH 2020-03, 3.1). */
static enum credential_form form_for(const struct device_bio *bio, int64_t type)
{
	bool unified = server_takes_type(type) && bio->takes_data[type] == 1;

	if (bio->terminal)
		return FORM_FINGERPRINT;
	for (enum credential_form f = 0; f < FORM_BIODATA && !unified; f++)
		if (credential_forms[f].type == type && (!bio->access || f == FORM_FINGERPRINT))
			return f;
	return FORM_BIODATA;
}

static bool number_fits(enum command_kind kind, size_t field, int64_t value)
{
	const struct command_field *f = command_field_find(kind, field);

	return f == NULL || (value >= f->rule.least && value <= f->rule.most);
}

static enum sync_reason version_fit(const struct device_bio *bio, enum credential_form f,
				    const struct template *t, int64_t type)
{
	const char *there = device_bio_version(bio, credential_forms[f].update, type);
	char of[BIO_VERSION];

	if (!model_has(t, TEMPLATE_major_ver) || t->major_ver <= 0)
		return SYNC_VERSION_UNKNOWN;
	if (f == FORM_FINGERPRINT && !bio->terminal && t->major_ver > FINGERTMP_NEWEST)
		return SYNC_VERSION;
	if (there[0] == 0)
		return SYNC_DEVICE_VERSION;
	snprintf(of, sizeof(of), "%lld", (long long)t->major_ver);
	return strcmp(of, there) == 0 ? SYNC_FITS : SYNC_VERSION;
}

static enum sync_reason template_fit(const struct sync_device *d, const struct template *t,
				     int64_t type, int64_t no, int64_t part,
				     enum credential_form *out)
{
	enum credential_form f = *out = form_for(&d->bio, type);
	enum command_kind kind = credential_forms[f].update;

	if (credential_forms[f].type >= 0 && credential_forms[f].type != type)
		return SYNC_TYPE;
	if (d->bio.denies[command_kind_row(kind)->need] ||
	    (f == FORM_BIODATA && type >= 0 && type < BIO_TYPES &&
	     d->bio.takes_data[type] == 0))
		return SYNC_TYPE;
	if (!number_fits(kind, TEMPLATE_type, type) || !number_fits(kind, TEMPLATE_no, no) ||
	    !number_fits(kind, TEMPLATE_part, part) || (f == FORM_FINGERPRINT && part != 0) ||
	    (f == FORM_FACE && no != 0))
		return SYNC_NUMBER;
	return version_fit(&d->bio, f, t, type);
}

enum sync_reason sync_content_fit(const struct sync_item *target)
{
	if (target->kind == KIND_PHOTO)
		return ((const struct photo *)target->record)->content.n || target->digest.n
			       ? SYNC_FITS
			       : SYNC_EMPTY;
	const struct template *t = target->record;

	if (target->digest.n == 0 && (!model_has(t, TEMPLATE_data) || t->data.n == 0))
		return SYNC_EMPTY;
	/* What the store found when it came is found once. */
	gh_slice fault = model_has(t, TEMPLATE_content_fault)
				 ? t->content_fault
				 : content_fault_word(content_fault_find(KIND_TEMPLATE, t));

	return gh_slice_eq(fault, content_fault_word(CONTENT_BASE64)) ? SYNC_DAMAGED
								      : SYNC_FITS;
}

/* --- what becomes of each --- */

static void cell_choose(struct sync_pack *k, struct sync_cell *c,
			const struct sync_item *target, enum sync_reason reason)
{
	c->target = target;
	c->right = sync_cell_is(c, target);
	c->fits = reason == SYNC_FITS;
	if (!c->right && reason == SYNC_FITS && !k->comes)
		reason = k->planner->in->device->bio.access ? SYNC_LEVELS : SYNC_PERSON;
	if (!c->right && reason == SYNC_FITS)
		reason = sync_content_fit(target);
	c->reason = c->right ? SYNC_FITS : reason;
	c->write = !c->right && reason == SYNC_FITS;
	if (!c->right && sync_reasons[reason].lasts)
		return;
	for (size_t i = 0; i < k->cells; i++) {
		struct sync_cell *o = &k->cell[i];

		if (o->form != c->form && credential_forms[o->form].record == target->kind &&
		    target->kind == KIND_TEMPLATE && o->type == c->type && o->no == c->no)
			o->shadow = true;
	}
}

/* One that is there as it is to be, in whatever form. */
static struct sync_cell *cell_right(struct sync_pack *k, const struct sync_item *v, size_t n,
				    int64_t type, int64_t no, int64_t part, size_t *which)
{
	for (size_t i = 0; i < k->cells; i++) {
		struct sync_cell *c = &k->cell[i];

		if (c->type != type || c->no != no || c->part != part ||
		    credential_forms[c->form].record != KIND_TEMPLATE)
			continue;
		for (*which = 0; *which < n; ++*which)
			if (sync_cell_is(c, &v[*which]))
				return c;
	}
	return NULL;
}

static struct sync_cell *cell_of_key(struct sync_pack *k, int64_t type, int64_t no,
				     int64_t part)
{
	for (enum credential_form f = 0; f <= FORM_BIODATA; f++) {
		struct sync_cell *c = sync_cell_find(k, f, type, no, part);

		if (c)
			return c;
	}
	return NULL;
}

/* The versions of one template: one that the device takes, rather one that is there. */
static void template_choose(struct sync_pack *k, const struct sync_item *v, size_t n)
{
	const struct sync_device *d = k->planner->in->device;
	enum credential_form form = FORM_BIODATA, f;
	enum sync_reason reason = SYNC_FITS;
	size_t best = 0, which;
	int64_t type, no, part;

	sync_credential_key(credential_form_of(v->kind, v->record), v->record, &type, &no,
			    &part);
	/* Of several versions that fit the newest, which is the last; and where one of these is there, that. */
	for (size_t i = 0; i < n; i++) {
		enum sync_reason r = template_fit(d, v[i].record, type, no, part, &f);
		struct sync_cell *c = sync_cell_find(k, f, type, no, part);

		if (i == 0 || r == SYNC_FITS || reason != SYNC_FITS) {
			best = i;
			form = f;
			reason = r;
		}
		if (r == SYNC_FITS && c && sync_cell_is(c, &v[i]))
			break;
	}
	struct sync_cell *target =
		reason == SYNC_FITS ? sync_cell_find(k, form, type, no, part) : NULL;

	if (target == NULL || target->now == NULL) {
		struct sync_cell *right = cell_right(k, v, n, type, no, part, &which);

		if (right) {
			cell_choose(k, right, &v[which], SYNC_FITS);
			right->fits = false;
			return;
		}
	}
	if (target == NULL && reason != SYNC_FITS)
		target = cell_of_key(k, type, no, part);
	if (target == NULL)
		target = sync_cell_add(k, form, type, no, part);
	cell_choose(k, target, &v[best], reason);
}

/* Whether the device gets or has a template of that type: then a photo would be its work for nothing (Security PUSH
 * 3.1.2, 3.1; Attendance PUSH 2020-03, 3.1). */
static bool pack_has_template(const struct sync_pack *k, int64_t type)
{
	for (size_t i = 0; i < k->cells; i++) {
		const struct sync_cell *c = &k->cell[i];

		if (credential_forms[c->form].record == KIND_TEMPLATE && c->type == type &&
		    (c->write || c->right))
			return true;
	}
	return false;
}

static void photo_choose(struct sync_pack *k, const struct sync_item *target)
{
	const struct device_bio *bio = &k->planner->in->device->bio;
	enum credential_form f = credential_form_of(target->kind, target->record);
	enum sync_reason reason = SYNC_FITS;
	int64_t type, no, part;

	sync_credential_key(f, target->record, &type, &no, &part);
	if (bio->terminal || bio->denies[command_kind_row(credential_forms[f].update)->need])
		reason = SYNC_TYPE;
	else if (f == FORM_COMPARISON_PHOTO && type < BIO_TYPES && bio->takes_photo[type] == 0)
		reason = SYNC_TYPE;
	else if (f == FORM_COMPARISON_PHOTO && pack_has_template(k, type))
		reason = SYNC_TEMPLATE;
	struct sync_cell *c = sync_cell_find(k, f, type, no, part);

	if (c == NULL)
		c = sync_cell_add(k, f, type, no, part);
	cell_choose(k, c, target, reason);
}

static bool version_of_same(const struct sync_item *a, const struct sync_item *b)
{
	int64_t x[3], y[3];

	sync_credential_key(credential_form_of(a->kind, a->record), a->record, &x[0], &x[1],
			    &x[2]);
	sync_credential_key(credential_form_of(b->kind, b->record), b->record, &y[0], &y[1],
			    &y[2]);
	return a->kind == b->kind && x[0] == y[0] && x[1] == y[1] && x[2] == y[2];
}

void sync_credentials_choose(struct sync_pack *k)
{
	const struct sync_part *part = &k->part;
	const struct sync_item *end = part->target + part->targets;

	for (const struct sync_item *i = part->target; i < end;) {
		size_t n = 1;

		while (i->kind == KIND_TEMPLATE && i + n < end && version_of_same(i, i + n))
			n++;
		if (i->kind == KIND_TEMPLATE)
			template_choose(k, i, n);
		else if (i->kind == KIND_PHOTO)
			photo_choose(k, i);
		i += n;
	}
}
