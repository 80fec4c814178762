#include "api/command_ability.h"

#include <stdio.h>

#include "api/call.h"
#include "core/command_guard.h"
#include "core/device_bio_read.h"
#include "model/biometric_type.h"
#include "model/command_field.h"
#include "wire/attendance/command.h"
#include "wire/attendance/handshake.h"

static const struct since {
	enum command_kind kind;
	const char *since, *below, *instead;
} sinces[] = {
#define COMMAND_SINCE(KIND, since, below, instead) \
	{ COMMAND_KIND_##KIND, since, below, instead },
#include "model/command_since.def"
#undef COMMAND_SINCE
};

/* Whether a device of that version is older than the other; not where a version is not known. */
static bool version_is_below(const char *version, const char *floor)
{
	struct ghi_version v, f;

	return ghi_version_parse(gh_slice_of(version), &v) &&
	       ghi_version_parse(gh_slice_of(floor), &f) && ghi_version_compare(&v, &f) < 0;
}

static bool version_is_reached(const char *version, const char *floor)
{
	struct ghi_version v;

	return ghi_version_parse(gh_slice_of(version), &v) && *floor &&
	       !version_is_below(version, floor);
}

static bool beyond_version(const struct device_bio *bio, enum command_kind kind,
			   char why[ABILITY_WHY])
{
	for (size_t i = 0; i < sizeof(sinces) / sizeof(sinces[0]); i++) {
		const struct since *s = &sinces[i];
		bool old = s->kind == kind && version_is_below(bio->push_version, s->since),
		     late = s->kind == kind && version_is_reached(bio->push_version, s->below);

		if (!old && !late)
			continue;
		snprintf(why, ABILITY_WHY,
			 "needs a protocol %s %s, and the device has version %s%s%s",
			 old ? "from" : "before", old ? s->since : s->below, bio->push_version,
			 *s->instead ? "; its form is " : "", s->instead);
		return true;
	}
	return false;
}

static bool beyond_need(const struct device_bio *bio, enum command_kind kind,
			char why[ABILITY_WHY])
{
	enum command_need id = command_kind_row(kind)->need;
	const struct command_need_row *need = &command_needs[id];

	if (!bio->denies[id])
		return false;
	if (bio->denies_by_digit[id])
		snprintf(why, ABILITY_WHY,
			 "needs %s; the device reports that it has none (function digits %s)",
			 need->words, bio->functions);
	else
		snprintf(why, ABILITY_WHY,
			 "needs %s; the device reports that it has none (%s=0)", need->words,
			 need->option);
	return true;
}

/* --- biometric types --- */

/* The type that a command is about; -1: none. */
static int64_t biotype_of(enum command_kind kind, gh_slice arguments)
{
	union model_record record;
	int64_t type;

	switch (kind) {
	case COMMAND_KIND_UPDATE_BIODATA:
		return command_record(kind, arguments, &record) == GH_OK &&
				       model_has(&record, TEMPLATE_type)
			       ? ((const struct template *)&record)->type
			       : -1;
	case COMMAND_KIND_UPDATE_COMPARISON_PHOTO:
		return command_record(kind, arguments, &record) == GH_OK &&
				       model_has(&record, PHOTO_type)
			       ? ((const struct photo *)&record)->type
			       : -1;
	case COMMAND_KIND_QUERY_BIODATA:
	case COMMAND_KIND_ENROLL_BIODATA:
		return command_argument_number(arguments, ARGUMENT_biotype, &type) ? type : -1;
	default:
		return -1;
	}
}

static enum ability_verdict type_ability(const struct device_bio *bio, bool photo, bool adds,
					 int64_t type, char why[ABILITY_WHY])
{
	const char *name = biometric_type_name(type);

	if (type < 0 || type >= BIO_TYPES)
		return ABILITY_FITS;
	if ((photo ? bio->takes_photo : bio->takes_data)[type] == 0) {
		snprintf(why, ABILITY_WHY,
			 "is of biometric type %lld (%s), of which the device reports that it "
			 "takes no %s (%s)",
			 (long long)type, name ? name : "?", photo ? "photos" : "templates",
			 photo ? "MultiBioPhotoSupport" : "MultiBioDataSupport");
		return ABILITY_LACKS;
	}
	int32_t has = (photo ? bio->photos : bio->data)[type],
		most = (photo ? bio->photos_most : bio->data_most)[type];

	if (!adds || most <= 0 || has < most)
		return ABILITY_FITS;
	snprintf(why, ABILITY_WHY,
		 "is one %s of biometric type %lld (%s) too many: the device reports %d of at "
		 "most %d; it reports them again after the command info",
		 photo ? "photo" : "template", (long long)type, name ? name : "?", has, most);
	return ABILITY_FULL;
}

enum ability_verdict command_ability(const struct device_bio *bio, enum command_kind kind,
				     gh_slice arguments, bool words, char why[ABILITY_WHY])
{
	/* Words go to every version, as they are. */
	if ((!words && beyond_version(bio, kind, why)) || beyond_need(bio, kind, why))
		return ABILITY_LACKS;
	return type_ability(bio, kind == COMMAND_KIND_UPDATE_COMPARISON_PHOTO,
			    kind != COMMAND_KIND_QUERY_BIODATA, biotype_of(kind, arguments),
			    why);
}

enum ability_verdict biometric_ability(const struct device_bio *bio, bool photo, int64_t type,
				       char why[ABILITY_WHY])
{
	enum command_kind kind =
		photo ? COMMAND_KIND_UPDATE_COMPARISON_PHOTO : COMMAND_KIND_UPDATE_BIODATA;

	if (beyond_version(bio, kind, why) || beyond_need(bio, kind, why))
		return ABILITY_LACKS;
	return type_ability(bio, photo, true, type, why);
}

/* --- an order --- */

/* NULL: nothing can be read, or q->err is set. */
static const struct device_bio *ability_of(struct reading *r)
{
	struct call *c = r->q->call;
	struct device *d = r->q->order[r->i].device;
	struct ability *a;

	for (a = r->q->ability; a; a = a->next)
		if (a->device == device_id(d))
			return &a->bio;
	if (c->reader == NULL)
		return NULL;
	a = ghi_arena_alloc(call_arena(c), sizeof(*a));
	if (a == NULL) {
		r->q->err = GH_ENOMEM;
		return NULL;
	}
	if (device_bio_read(c->server->db.ops, c->reader, d, call_arena(c), &a->bio))
		return NULL;
	a->device = device_id(d);
	a->next = r->q->ability;
	r->q->ability = a;
	return &a->bio;
}

/* A device that has the record may be sent it again, however full it is. */
struct holding {
	int64_t type;
	bool found;
};

static bool holding_see_template(void *ctx, const struct record_row *row)
{
	struct holding *h = ctx;
	const struct template *t = row->record;

	h->found |= model_has(t, TEMPLATE_type) && t->type == h->type;
	return !h->found;
}

static bool holding_see_photo(void *ctx, const struct record_row *row)
{
	struct holding *h = ctx;
	const struct photo *p = row->record;

	h->found |= gh_slice_eq(p->kind, GH_LIT("comparison"));
	return !h->found;
}

static bool order_is_held(struct reading *r)
{
	const struct command_order *o = &r->q->order[r->i];
	struct call *c = r->q->call;
	struct holding h = { .type = biotype_of(o->request.kind, o->request.arguments) };
	bool photo = o->request.kind == COMMAND_KIND_UPDATE_COMPARISON_PHOTO;
	struct store_page page = { .limit = 100, .device = device_id(o->device) };
	union model_record record;

	if (command_record(o->request.kind, o->request.arguments, &record))
		return false;
	page.pin = photo ? ((const struct photo *)&record)->pin
			 : ((const struct template *)&record)->pin;
	if (c->server->db.ops->records_read(
		    c->reader, photo ? KIND_PHOTO : KIND_TEMPLATE, &page,
		    photo ? holding_see_photo : holding_see_template, &h))
		return false;
	return h.found;
}

static void order_check_ability(struct reading *r)
{
	const struct device_bio *bio = ability_of(r);
	const struct command_order *o = &r->q->order[r->i];
	gh_slice type = command_kind_type(o->request.kind);
	char why[ABILITY_WHY];

	if (bio == NULL)
		return;
	bool words = body_find(r->body, GH_LIT("command")) != NULL;

	if (!words)
		order_form_choose(r, bio);
	if (r->q->refused[r->i] || r->q->err)
		return;
	enum ability_verdict verdict =
		command_ability(bio, o->request.kind, o->request.arguments, words, why);

	if (verdict == ABILITY_LACKS || (verdict == ABILITY_FULL && !order_is_held(r)))
		order_refuse(r, ERROR_device_cannot, "", "Type \"%.*s\" %s", GH_FMT(type), why);
}

void order_check_need(struct reading *r)
{
	struct call *c = r->q->call;
	struct command_order *o = &r->q->order[r->i];
	enum command_need need = command_kind_row(o->request.kind)->need;
	gh_slice type = command_kind_type(o->request.kind);

	if (command_is_shell(o->request.kind, o->request.arguments) &&
	    !c->server->settings->allow_shell) {
		order_refuse(r, ERROR_shell_off, "",
			     "System commands of devices are off at this server");
		return;
	}
	if (device_dialect(o->device) == DEVICE_ACCESS) {
		order_check_words(r);
		return;
	}
	order_one_door(r);
	if (r->q->refused[r->i])
		return;
	/* Kinds without words and without a function. */
	if (need == COMMAND_NEED_DOOR_CONTROL || need == COMMAND_NEED_ACCESS_UNIT)
		order_refuse(r, ERROR_device_cannot, "",
			     "Type \"%.*s\" needs %s, which attendance devices and terminals "
			     "do not have",
			     GH_FMT(type), command_needs[need].words);
	else
		order_check_ability(r);
	if (r->q->refused[r->i] == NULL && r->q->err == GH_OK)
		order_check_file(r);
	if (r->q->refused[r->i] == NULL && r->q->err == GH_OK)
		order_check_setting(r);
}
