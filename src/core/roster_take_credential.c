#include <stdio.h>

#include "base/number.h"
#include "core/roster_take.h"
#include "core/sync/device_bio.h"
#include "model/content_fault.h"
#include "model/credential.h"
#include "model/credential_form.h"
#include "store/picture.h"
#include "wire/attendance/info.h"

/* The same of the roster. */
struct credential_there {
	const struct credential *key;
	int64_t id, arrived_ms;
	bool same; /* has the content */
	gh_slice digest;
};

static bool there_see(void *ctx, const struct credential_row *row)
{
	struct credential_there *c = ctx;
	const struct credential *x = row->credential, *y = c->key;

	if (!gh_slice_eq(x->kind, y->kind) || x->type != y->type || x->no != y->no ||
	    x->part != y->part || x->major_ver != y->major_ver)
		return true;
	c->id = row->id;
	c->arrived_ms = x->arrived_ms;
	c->same = gh_slice_eq(row->digest, c->digest) && x->duress == y->duress;
	return false;
}

static void history_words(char text[160], const struct credential *c)
{
	snprintf(text, 160, "%.*s type %lld, number %lld, index %lld, version %lld",
		 GH_FMT(c->kind), (long long)c->type, (long long)c->no, (long long)c->part,
		 (long long)c->major_ver);
}

static enum gh_err roster_credential_put(struct roster_take *t, struct credential *c,
					 gh_slice content, const struct credential_there *there,
					 enum roster_field field)
{
	const char *word = roster_field_word(field);
	char text[160];
	enum gh_err err;

	struct roster_actor by = t->by;

	by.late = there->id && there->arrived_ms > t->note.arrived_ms;
	c->people = t->id;
	c->origin = t->note.device;
	c->arrived_ms = t->note.arrived_ms;
	model_mark(c, CREDENTIAL_people);
	model_mark(c, CREDENTIAL_origin);
	model_mark(c, CREDENTIAL_arrived_ms);
	history_words(text, c);
	err = roster_change_add(t->ops, t->s, &by, t->id, word,
				there->id ? gh_slice_of(text) : (gh_slice){ 0 },
				gh_slice_of(text));
	if (err || by.late)
		return err;
	t->changed = true;
	err = t->ops->credential_put(t->s, c, content, there->digest);
	return err ? err : roster_change_audit(t->ops, t->s, &by, t->id, "change_people", word);
}

/* One that the person lacks is an enrolment, another one a change. */
static enum gh_err credential_settle(struct roster_take *t, enum model_kind_id kind,
				     struct credential *c, gh_slice content)
{
	enum roster_field field = kind == KIND_PHOTO ? ROSTER_PHOTO : ROSTER_CREDENTIALS;
	uint8_t hash[PICTURE_HASH_BYTES];
	struct credential_there there = { .key = c, .digest = { hash, sizeof(hash) } };
	enum gh_err err = picture_hash(content, hash);

	if (err == GH_OK)
		err = t->ops->credentials_scan(
			t->s, &(struct credentials_of){ .people = t->id }, there_see, &there);
	if (err || there.same)
		return err;
	if (there.id ? !roster_field_among(t->may_change, field) : !t->enrols)
		return GH_OK;
	return roster_credential_put(t, c, content, &there, field);
}

static bool bio_option_note(void *ctx, int64_t device, gh_slice key, gh_slice value)
{
	(void)device;
	device_bio_option_see(ctx, key, value);
	return true;
}

/* The version of the algorithm that the device makes such templates with; 0: it is not known. */
static enum gh_err version_of_device(struct roster_take *t, const struct template *x,
				     int64_t *version)
{
	enum credential_form f = credential_form_of(KIND_TEMPLATE, x);
	struct device_bio bio = device_bio_unknown();
	struct device_row row;
	struct ghi_info info;
	const char *text;
	uint64_t number;
	enum gh_err err;

	*version = 0;
	bio.terminal = device_is_terminal(t->device);
	device_row(t->device, t->arena, &row);
	ghi_info_parse(row.attendance.info, &info);
	device_bio_version_set(bio.fingerprint, info.fp_version);
	device_bio_version_set(bio.face, info.face_version);
	err = t->ops->options_scan(t->s, t->note.device, bio_option_note, &bio);
	device_bio_settle(&bio);
	text = device_bio_version(&bio, credential_forms[f].update,
				  credential_forms[f].type >= 0 ? credential_forms[f].type
								: x->type);
	if (ghi_number_parse(gh_slice_of(text), INT32_MAX, &number) == GH_OK)
		*version = (int64_t)number;
	return err;
}

/* The record that the note is about, with its texts in the arena. */
struct credential_sent {
	struct roster_take *t;
	enum model_kind_id kind;
	union model_record record;
};

static bool record_keep(void *ctx, const struct record_row *row)
{
	struct credential_sent *c = ctx;
	const struct model_kind *k = &model_kinds[c->kind];

	memcpy(&c->record, row->record, k->size);
	for (size_t i = 0; i < k->fields; i++) {
		gh_slice *s = model_at(k, &c->record, i);

		if (k->field[i].type == MODEL_TEXT || k->field[i].type == MODEL_BYTES)
			*s = model_has(&c->record, i) ? ghi_arena_copy(c->t->arena, *s)
						      : (gh_slice){ 0 };
	}
	return true;
}

static void key_set(const struct roster_intake *n, enum model_kind_id kind,
		    union model_record *key)
{
	if (kind == KIND_PHOTO) {
		struct photo *p = (struct photo *)key;

		*p = (struct photo){ .pin = n->pin,
				     .kind = n->source,
				     .type = n->type,
				     .file_name = n->was.name };
		for (size_t i = PHOTO_pin; i <= PHOTO_file_name; i++)
			model_mark(p, i);
		return;
	}
	struct template *t = (struct template *)key;

	*t = (struct template){ .pin = n->pin,
				.source = n->source,
				.type = n->type,
				.no = n->no,
				.part = n->part };
	for (size_t i = TEMPLATE_pin; i <= TEMPLATE_part; i++)
		model_mark(t, i);
}

static bool content_is_damaged(gh_slice fault)
{
	return fault.n && !gh_slice_eq(fault, content_fault_word(CONTENT_SIZE));
}

enum gh_err roster_take_credential(struct roster_take *t)
{
	struct credential_sent sent = { .t = t, .kind = KIND_TEMPLATE };
	const struct template *x = (const struct template *)&sent.record;
	union model_record key;
	struct credential c;
	gh_slice content;
	int64_t version = 0;
	bool pending = false;
	enum gh_err err = GH_OK;

	/* A template may come before its person: then it is noted once more with them. */
	if (t->id == 0)
		err = roster_take_create(t);
	/* Whose it is shows with the record of the person, and then it is noted once more. */
	if (err || t->id == 0 || !t->holds)
		return err;
	err = roster_person_pending(t, &pending);
	if (err || pending)
		return err;
	if (gh_slice_eq(t->note.kind, GH_LIT("photo")))
		sent.kind = KIND_PHOTO;
	key_set(&t->note, sent.kind, &key);
	err = t->ops->record_find(t->s, sent.kind, t->note.device, &key, record_keep, &sent);
	if (err)
		return err == GH_ENOTFOUND ? GH_OK : err;
	if (sent.kind == KIND_TEMPLATE &&
	    !(model_has(x, TEMPLATE_major_ver) && x->major_ver > 0))
		err = version_of_device(t, x, &version);
	if (t->arena->failed)
		return GH_ENOMEM;
	if (err || !credential_of_record(sent.kind, &sent.record, version, &c, &content) ||
	    !c.valid || content_is_damaged(c.content_fault))
		return err;
	return credential_settle(t, sent.kind, &c, content);
}
