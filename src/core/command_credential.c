/* Templates and photos in commands: what a device acknowledged is stored as its contents. */
#include "core/command_job.h"

#include <stdlib.h>

#include "base/base64.h"
#include "model/content_fault.h"
#include "model/credential_form.h"
#include "store/picture.h"

static void template_of_form(struct template *t, enum credential_form f)
{
	t->source = gh_slice_of(credential_forms[f].word);
	model_mark(t, TEMPLATE_source);
	if (credential_forms[f].type >= 0) {
		t->type = credential_forms[f].type;
		model_mark(t, TEMPLATE_type);
	}
}

/* The picture itself, as records have it; its memory is the caller's. NULL: there is none in the order, which may have
 * an address instead. */
static uint8_t *photo_of_form(struct photo *p, enum credential_form f)
{
	uint8_t *bytes = p->content.n ? malloc(p->content.n + 1) : NULL;

	p->kind = gh_slice_of(credential_forms[f].word);
	model_mark(p, PHOTO_kind);
	if (bytes && base64_decode(p->content, bytes, &p->content) == GH_OK)
		return bytes;
	free(bytes);
	return NULL;
}

static enum gh_err credential_place(const struct store_ops *ops, struct store *s,
				    const struct command *c, enum model_kind_id kind,
				    const union model_record *record)
{
	const struct template *t = (const struct template *)record;
	const struct photo *p = (const struct photo *)record;
	uint8_t hash[PICTURE_HASH_BYTES];
	enum gh_err err = picture_hash(kind == KIND_PHOTO ? p->content : t->data, hash);

	return err ? err
		   : ops->held_credentials_placed(s, c->device,
						  kind == KIND_PHOTO ? p->pin : t->pin,
						  (gh_slice){ hash, sizeof(hash) });
}

static enum gh_err credential_store(const struct store_ops *ops, struct store *s,
				    const struct command *c, enum credential_form f,
				    int64_t now_ms)
{
	enum model_kind_id kind = credential_forms[f].record;
	union model_record record;
	uint8_t *picture = NULL;
	enum gh_err err = GH_OK;

	if (command_record(c->kind, c->arguments, &record))
		return GH_OK;
	if (kind == KIND_TEMPLATE)
		template_of_form((struct template *)&record, f);
	else
		picture = photo_of_form((struct photo *)&record, f);
	if (kind == KIND_TEMPLATE || picture) {
		(void)content_fault_mark(kind, &record);
		err = ops->record_put(s, kind, c->device, now_ms, &record);
		if (err == GH_OK && command_author_is_roster(c->requested_by))
			err = credential_place(ops, s, c, kind, &record);
	}
	free(picture);
	return err;
}

enum gh_err command_credential_settle(const struct store_ops *ops, struct store *s,
				      const struct command *c, int64_t now_ms)
{
	bool removes;
	enum credential_form f = credential_form_of_command(c->kind, &removes);
	gh_slice pin = { 0 };

	if (c->state != COMMAND_ACKNOWLEDGED)
		return GH_OK;
	if (c->kind == COMMAND_KIND_CLEAR_BIODATA)
		return ops->held_credentials_gone(s, c->device, pin);
	if (f == CREDENTIAL_FORMS)
		return GH_OK;
	if (!removes)
		return credential_store(ops, s, c, f, now_ms);
	/* All of the person: what is there for all that comes again. */
	return command_argument(c->arguments, ARGUMENT_pin, &pin) && pin.n
		       ? ops->held_credentials_gone(s, c->device, pin)
		       : GH_OK;
}
