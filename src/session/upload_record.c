#include "session/upload_record.h"

#include "base/base64.h"
#include "core/device_text.h"
#include "model/record.h"

gh_slice upload_base64_decode(gh_slice text, struct arena *a)
{
	uint8_t *to = text.n < 2 ? NULL : ghi_arena_alloc(a, text.n + 1);
	gh_slice bytes = { 0 };

	return to == NULL || base64_decode(text, to, &bytes) ? (gh_slice){ 0 } : bytes;
}

static gh_slice base64_join(gh_slice text, struct arena *a)
{
	uint8_t *to = text.n ? ghi_arena_alloc(a, text.n) : NULL;

	return to ? ghi_base64_squeeze(text, to) : text;
}

const char *upload_record_read(const struct device_row *row, enum model_kind_id kind,
			       union model_record *record, struct arena *a, size_t *unread)
{
	struct template *template = (struct template *)record;
	struct photo *photo = (struct photo *)record;
	size_t extra = model_extra(&model_kinds[kind]);
	gh_slice content;

	if (extra < model_kinds[kind].fields && model_has(record, extra)) {
		gh_slice *text = model_at(&model_kinds[kind], record, extra);

		*text = ghi_arena_copy(a, *text);
	}
	*unread += device_record_read(row, kind, record, a);
	switch (kind) {
	case KIND_TEMPLATE:
		template->data = base64_join(template->data, a);
		return NULL;
	case KIND_PHOTO:
		content = upload_base64_decode(photo->content, a);
		if (photo->content.n && content.n == 0)
			return "picture is not base64";
		photo->content = content;
		return NULL;
	default:
		return NULL;
	}
}
