#include "wire/access/tabledata.h"

#include "model/record.h"
#include "wire/access/pack.h"

/* Braces that are closed in another macro. */
/* clang-format off */
#define GHI_RECORD(id, table, KIND, source, type, required, without) \
	static const struct ghi_key id##_key[] = {
#define GHI_KEY(key, field, alias, max) { key, field, alias, max },
#define GHI_RECORD_END };
#include "wire/access/record.def"
/* clang-format on */

static const struct ghi_tabledata_kind kinds[] = {
#define GHI_RECORD(id, table, KIND, source, type, required, without)                         \
	{ table,    { KIND_##KIND, id##_key, sizeof(id##_key) / sizeof(id##_key[0]), '\t' }, \
	  source,   type,                                                                    \
	  required, without },
#define GHI_KEY(key, field, alias, max)
#define GHI_RECORD_END
#include "wire/access/record.def"
};

const struct ghi_tabledata_kind *ghi_tabledata_kind(gh_slice table)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (gh_slice_ieq(table, gh_slice_of(kinds[i].table)))
			return &kinds[i];
	return NULL;
}

gh_slice ghi_photo_file_pin(gh_slice name)
{
	gh_slice time, rest;
	size_t n;

	if (!gh_slice_cut(name, '-', &time, &rest))
		return (gh_slice){ 0 };
	n = rest.n;
	while (n && rest.p[n - 1] != '.')
		n--;
	return (gh_slice){ rest.p, n ? n - 1 : rest.n };
}

static bool record_is(const struct ghi_tabledata_kind *k, const char *table)
{
	return gh_slice_eq(gh_slice_of(k->table), gh_slice_of(table));
}

#define PRESENT(field) (UINT64_C(1) << (field))

/* Units send what they do not show as empty; an empty text must not clear what is known. */
static void person_empty_drop(struct person *p)
{
	if (p->name.n == 0)
		p->present &= ~PRESENT(PERSON_name);
	if (p->password.n == 0)
		p->present &= ~PRESENT(PERSON_password);
	if (p->card.n == 0)
		p->present &= ~PRESENT(PERSON_card);
}

/* A template without a finger, or of no type, would take the place of another. */
static const char *template_implied_set(const struct ghi_tabledata_kind *k, struct template *t)
{
	struct ghi_finger finger;
	bool of_finger = record_is(k, "templatev10");

	t->source = gh_slice_of(k->source);
	t->present |= PRESENT(TEMPLATE_source);
	if (k->type >= 0) {
		t->type = k->type;
		t->present |= PRESENT(TEMPLATE_type);
	}
	if (!of_finger)
		return model_has(t, TEMPLATE_type) ? NULL : "no type";
	if (!model_has(t, TEMPLATE_no))
		return "no fingerid";
	if (ghi_finger_read(t->no, t->valid, &finger))
		return "there is no such finger";
	t->no = finger.number;
	t->duress = finger.duress;
	t->valid = finger.valid;
	t->present |= PRESENT(TEMPLATE_duress);
	return NULL;
}

static void photo_implied_set(const struct ghi_tabledata_kind *k, struct photo *p)
{
	p->kind = gh_slice_of(k->source);
	p->present |= PRESENT(PHOTO_kind);
	if (record_is(k, "ATTPHOTO")) {
		p->pin = ghi_photo_file_pin(p->file_name);
		p->present |= PRESENT(PHOTO_pin);
	}
}

/* NULL: no error; otherwise the reason. */
static const char *tabledata_implied_set(const struct ghi_tabledata_kind *k,
					 union model_record *record)
{
	struct person p;
	struct template t;
	struct photo f;
	const char *wrong = NULL;

	switch (k->keys.kind) {
	case KIND_PERSON:
		memcpy(&p, record, sizeof(p));
		person_empty_drop(&p);
		memcpy(record, &p, sizeof(p));
		break;
	case KIND_TEMPLATE:
		memcpy(&t, record, sizeof(t));
		wrong = template_implied_set(k, &t);
		memcpy(record, &t, sizeof(t));
		break;
	case KIND_PHOTO:
		memcpy(&f, record, sizeof(f));
		photo_implied_set(k, &f);
		memcpy(record, &f, sizeof(f));
		break;
	default:
		break;
	}
	return wrong;
}

/* A verify mode of new firmware is a word of 16 digits and more, all of them 0 or 1, and no number: it
 * stays a pair of an unknown key, as it was sent. The key is the last of its table. */
static struct ghi_record tabledata_keys(const struct ghi_tabledata_kind *k,
					const struct ghi_row *row)
{
	struct ghi_record keys = k->keys;
	gh_slice mode;

	if (keys.kind == KIND_PERSON && ghi_row_get(row, "verify", &mode) && mode.n >= 16)
		keys.keys--;
	return keys;
}

/* Whether the record has its required text, which is kept without the blanks around it: it names what the record
 * is of, and blanks at the end of a line are not kept. */
static bool record_required_trim(const struct ghi_tabledata_kind *k, union model_record *record)
{
	gh_slice text;
	void *at = model_at(&model_kinds[k->keys.kind], record, k->required);

	memcpy(&text, at, sizeof(text));
	text = gh_slice_trim(text);
	memcpy(at, &text, sizeof(text));
	return model_has(record, k->required) && text.n;
}

static const char *tabledata_reason(enum gh_err err)
{
	switch (err) {
	case GH_ETOOBIG:
		return "the value is too long or too large";
	case GH_ESPACE:
		return "fields that are not known have too many bytes";
	default:
		return "the value is not readable";
	}
}

enum gh_err ghi_tabledata_parse(const struct ghi_tabledata_kind *k, gh_slice line,
				union model_record *record, struct ghi_writer *extra,
				struct ghi_tabledata_fault *fault)
{
	struct ghi_row row = ghi_row_of(line, (gh_slice){ 0 });
	struct ghi_record_fault bad = { 0 };
	struct ghi_record keys = tabledata_keys(k, &row);
	enum gh_err err = ghi_record_parse(&keys, row.in, record, extra, &bad);
	const char *wrong;

	if (err) {
		*fault = (struct ghi_tabledata_fault){ tabledata_reason(err), bad.key };
		return err;
	}
	wrong = tabledata_implied_set(k, record);
	if (!record_required_trim(k, record))
		wrong = k->without;
	if (wrong == NULL)
		return GH_OK;
	*fault = (struct ghi_tabledata_fault){ wrong, { 0 } };
	return GH_EMALFORMED;
}

bool ghi_tabledata_ends_in_base64(const struct ghi_tabledata_kind *k, gh_slice line)
{
	struct ghi_row row = ghi_row_of(line, (gh_slice){ 0 });
	size_t last = row.in.n;
	gh_slice key, value;

	while (last && row.in.p[last - 1] != '\t')
		last--;
	if (!gh_slice_cut(gh_slice_from(row.in, last), '=', &key, &value))
		return false;
	for (size_t i = 0; i < k->keys.keys; i++)
		if (gh_slice_ieq(gh_slice_trim(key), gh_slice_of(k->keys.key[i].key)))
			return ghi_record_is_bulk(&k->keys, &k->keys.key[i]);
	return false;
}

void ghi_tabledata_write(struct ghi_writer *w, const struct ghi_tabledata_kind *k,
			 const void *record)
{
	struct template t;

	if (!record_is(k, "ATTPHOTO")) {
		ghi_put(w, gh_slice_of(k->table));
		ghi_put_u8(w, ' ');
	}
	if (record_is(k, "templatev10")) {
		memcpy(&t, record, sizeof(t));
		ghi_finger_in_upload(
			(struct ghi_finger){ (int)t.no, t.duress != 0, (int)t.valid }, &t.no,
			&t.valid);
		record = &t;
	}
	ghi_record_write(w, &k->keys, record);
}
