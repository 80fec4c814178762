/* The form in which a device takes a fingerprint. */
#include "api/call.h"
#include "api/command_ability.h"
#include "base/number.h"

enum { TYPE_FINGERPRINT = 1, FINGERTMP_NEWEST = 10 };

/* Of the algorithm that made the template, or else that of the device; 0: not known. */
static int64_t fingerprint_version(const struct template *t, const struct person_bio *bio)
{
	uint64_t n;

	if (model_has(t, TEMPLATE_major_ver) && t->major_ver > 0)
		return t->major_ver;
	if (ghi_number_parse(gh_slice_of(bio->unified[TYPE_FINGERPRINT]), 65535, &n) == GH_OK ||
	    ghi_number_parse(gh_slice_of(bio->fingerprint), 65535, &n) == GH_OK)
		return (int64_t)n;
	return 0;
}

static void template_set(struct reading *r, enum command_kind kind, struct template *t)
{
	struct command_request *request = &r->q->order[r->i].request;
	size_t room = t->data.n + request->arguments.n + 512;
	uint8_t *text = ghi_arena_alloc(call_arena(r->q->call), room);
	struct ghi_writer w = ghi_writer_on(text, text ? room : 0);

	request->kind = kind;
	command_record_put(&w, kind, t);
	if (w.err)
		r->q->err = w.err;
	else
		order_arguments(r, &w);
}

static void template_number_set(struct template *t, size_t field, int64_t *at, int64_t value)
{
	*at = value;
	model_mark(t, field);
}

static void fingerprint_unify(struct reading *r, struct template *t, int64_t version)
{
	int64_t valid = model_has(t, TEMPLATE_valid) ? t->valid : 1;

	template_number_set(t, TEMPLATE_type, &t->type, TYPE_FINGERPRINT);
	template_number_set(t, TEMPLATE_part, &t->part, 0);
	template_number_set(t, TEMPLATE_duress, &t->duress, valid == 3);
	template_number_set(t, TEMPLATE_valid, &t->valid, valid != 0);
	template_number_set(t, TEMPLATE_major_ver, &t->major_ver,
			    version ? version : FINGERTMP_NEWEST);
	if (!model_has(t, TEMPLATE_minor_ver))
		template_number_set(t, TEMPLATE_minor_ver, &t->minor_ver, 0);
	if (!model_has(t, TEMPLATE_format)) {
		t->format = GH_LIT("0");
		model_mark(t, TEMPLATE_format);
	}
	t->present &= ~(UINT64_C(1) << TEMPLATE_size);
	template_set(r, COMMAND_KIND_UPDATE_BIODATA, t);
}

static void fingerprint_single(struct reading *r, struct template *t)
{
	bool duress = model_has(t, TEMPLATE_duress) && t->duress;

	template_number_set(t, TEMPLATE_valid, &t->valid,
			    duress			   ? 3
			    : model_has(t, TEMPLATE_valid) ? t->valid
							   : 1);
	template_number_set(t, TEMPLATE_size, &t->size, (int64_t)t->data.n);
	template_set(r, COMMAND_KIND_UPDATE_FINGERPRINT, t);
}

void order_form_choose(struct reading *r, const struct person_bio *bio)
{
	const struct command_request *request = &r->q->order[r->i].request;
	union model_record record;
	struct template *t = (struct template *)&record;
	bool unified = request->kind == COMMAND_KIND_UPDATE_BIODATA;

	if ((!unified && request->kind != COMMAND_KIND_UPDATE_FINGERPRINT) || bio->terminal ||
	    command_record(request->kind, request->arguments, &record) ||
	    (unified && t->type != TYPE_FINGERPRINT))
		return;
	int64_t version = fingerprint_version(t, bio);

	if (!unified && bio->takes_data[TYPE_FINGERPRINT] == 1)
		fingerprint_unify(r, t, version);
	else if (!unified && version > FINGERTMP_NEWEST)
		order_refuse(r, ERROR_device_cannot, "",
			     "Type \"update_fingerprint\" takes templates of version 10 of the "
			     "algorithm at the most, and this is of version %lld; the device "
			     "does not report that it takes others (MultiBioDataSupport)",
			     (long long)version);
	else if (unified && bio->takes_data[TYPE_FINGERPRINT] == 0 &&
		 version <= FINGERTMP_NEWEST)
		fingerprint_single(r, t);
}
