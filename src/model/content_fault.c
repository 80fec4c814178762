#include "model/content_fault.h"

#include "base/base64.h"
#include "base/jpeg.h"
#include "model/record.h"

gh_slice content_fault_word(enum content_fault f)
{
	static const char *const word[CONTENT_FAULTS] = {
		[CONTENT_SOUND] = "",	     [CONTENT_SIZE] = "size",	  [CONTENT_CUT] = "cut",
		[CONTENT_FORMAT] = "format", [CONTENT_BASE64] = "base64",
	};

	return gh_slice_of(word[f]);
}

/* Of a text without blanks: the padding may be missing, one digit alone stands for nothing. */
static bool text_is_base64(gh_slice text)
{
	size_t digits = text.n;

	while (digits && text.p[digits - 1] == '=')
		digits--;
	return digits && digits % 4 != 1 && text.n - digits <= 2 &&
	       ghi_base64_count(text) == text.n && ghi_base64_is_padded_text(text);
}

static bool size_fits(int64_t size, size_t bytes)
{
	int64_t n = (int64_t)bytes, digits = (n * 4 + 2) / 3;

	return size < 0 || size == n || size == digits || size == (n + 2) / 3 * 4;
}

static enum content_fault template_fault(const struct template *t)
{
	gh_slice text = t->data;
	size_t digits = text.n;

	if (!model_has(t, TEMPLATE_data) || !text.n)
		return CONTENT_SOUND;
	if (!text_is_base64(text))
		return CONTENT_BASE64;
	while (digits && text.p[digits - 1] == '=')
		digits--;
	return !model_has(t, TEMPLATE_size) || size_fits(t->size, digits * 3 / 4)
		       ? CONTENT_SOUND
		       : CONTENT_SIZE;
}

static enum content_fault photo_fault(const struct photo *p)
{
	enum jpeg_form form;

	if (!model_has(p, PHOTO_content) || !p->content.n)
		return CONTENT_SOUND;
	form = ghi_jpeg_form(p->content);
	if (form != JPEG_WHOLE)
		return form == JPEG_CUT ? CONTENT_CUT : CONTENT_FORMAT;
	return !model_has(p, PHOTO_size) || size_fits(p->size, p->content.n) ? CONTENT_SOUND
									     : CONTENT_SIZE;
}

static enum content_fault id_card_fault(const struct id_card *c)
{
	const gh_slice text[] = { c->photo, c->fp_template1, c->fp_template2, c->photo_jpg };
	static const unsigned field[] = { ID_CARD_photo, ID_CARD_fp_template1,
					  ID_CARD_fp_template2, ID_CARD_photo_jpg };

	for (size_t i = 0; i < sizeof(field) / sizeof(field[0]); i++)
		if (model_has(c, field[i]) && text[i].n && !text_is_base64(text[i]))
			return CONTENT_BASE64;
	return CONTENT_SOUND;
}

/* The field of the fault, where the record has content, be it empty; otherwise as many as it has fields. */
static size_t content_field(enum model_kind_id kind, const void *record)
{
	bool card = kind == KIND_ID_CARD && (model_has(record, ID_CARD_photo) ||
					     model_has(record, ID_CARD_fp_template1) ||
					     model_has(record, ID_CARD_fp_template2) ||
					     model_has(record, ID_CARD_photo_jpg));

	if (kind == KIND_TEMPLATE && model_has(record, TEMPLATE_data))
		return TEMPLATE_content_fault;
	if (kind == KIND_PHOTO && model_has(record, PHOTO_content))
		return PHOTO_content_fault;
	return card ? ID_CARD_content_fault : model_kinds[kind].fields;
}

enum content_fault content_fault_find(enum model_kind_id kind, const void *record)
{
	switch (kind) {
	case KIND_TEMPLATE:
		return template_fault(record);
	case KIND_PHOTO:
		return photo_fault(record);
	case KIND_ID_CARD:
		return id_card_fault(record);
	default:
		return CONTENT_SOUND;
	}
}

enum content_fault content_fault_mark(enum model_kind_id kind, void *record)
{
	enum content_fault fault = content_fault_find(kind, record);
	size_t field = content_field(kind, record);

	if (field == model_kinds[kind].fields)
		return CONTENT_SOUND;
	*(gh_slice *)model_at(&model_kinds[kind], record, field) = content_fault_word(fault);
	model_mark(record, field);
	return fault;
}
