/* The form in which a device takes a fingerprint. */
#include "api/call.h"
#include "api/command_ability.h"
#include "base/number.h"
#include "model/credential_form.h"

/* Of the algorithm that made the template, or else that of the device; 0: not known. */
static int64_t fingerprint_version(const struct template *t, const struct device_bio *bio)
{
	uint64_t n;

	if (model_has(t, TEMPLATE_major_ver) && t->major_ver > 0)
		return t->major_ver;
	if (ghi_number_parse(gh_slice_of(bio->unified[TYPE_FINGERPRINT]), 65535, &n) == GH_OK ||
	    ghi_number_parse(gh_slice_of(bio->fingerprint), 65535, &n) == GH_OK)
		return (int64_t)n;
	return 0;
}

static void fingerprint_set(struct reading *r, enum credential_form form, struct template *t,
			    int64_t version)
{
	struct command_request *request = &r->q->order[r->i].request;
	size_t room = t->data.n + request->arguments.n + 512;
	uint8_t *text = ghi_arena_alloc(call_arena(r->q->call), room);
	struct ghi_writer w = ghi_writer_on(text, text ? room : 0);

	t->type = TYPE_FINGERPRINT;
	t->part = 0;
	t->present |= UINT64_C(1) << TEMPLATE_type | UINT64_C(1) << TEMPLATE_part;
	template_form_set(t, form, version ? version : FINGERTMP_NEWEST);
	request->kind = credential_forms[form].update;
	command_record_put(&w, request->kind, t);
	if (w.err)
		r->q->err = w.err;
	else
		order_arguments(r, &w);
}

void order_form_choose(struct reading *r, const struct device_bio *bio)
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
		fingerprint_set(r, FORM_BIODATA, t, version);
	else if (!unified && version > FINGERTMP_NEWEST)
		order_refuse(r, ERROR_device_cannot, "",
			     "Type \"update_fingerprint\" takes templates of version 10 of the "
			     "algorithm at the most, and this is of version %lld; the device "
			     "does not report that it takes others (MultiBioDataSupport)",
			     (long long)version);
	else if (unified && bio->takes_data[TYPE_FINGERPRINT] == 0 &&
		 version <= FINGERTMP_NEWEST)
		fingerprint_set(r, FORM_FINGERPRINT, t, version);
}
