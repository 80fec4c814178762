#include "core/sync_values.h"

#include "base/json.h"
#include "model/record.h"

#define VALUES_BYTES 8192

static void cards_write(struct json *j, const struct sync_item *i)
{
	json_key(j, "cards");
	json_array(j);
	for (size_t n = 0; n < i->cards; n++)
		json_string(j, i->card[n]);
	json_array_end(j);
}

static void record_value_write(struct json *j, const struct model_kind *k, size_t i,
			       const void *record)
{
	json_key(j, k->field[i].json);
	if (k->field[i].type == MODEL_INT)
		json_int(j, *(const int64_t *)model_at_const(k, record, i));
	else
		json_string(j, *(const gh_slice *)model_at_const(k, record, i));
}

gh_slice sync_values(struct arena *a, const struct sync_item *item)
{
	const struct model_kind *k = &model_kinds[item->kind];
	struct json j = json_with_limit(VALUES_BYTES);
	gh_slice text = { 0 };

	json_object(&j);
	for (size_t i = 0; i < k->fields; i++) {
		bool card = item->card && item->kind == KIND_PERSON &&
			    (i == PERSON_card || i == PERSON_vice_card);

		if (model_has(item->record, i) && k->field[i].type != MODEL_TIME && !card &&
		    !(k->field[i].flags & (MODEL_SECRET | MODEL_OWN | MODEL_KEY | MODEL_EXTRA)))
			record_value_write(&j, k, i, item->record);
	}
	if (item->card)
		cards_write(&j, item);
	if (item->kind == KIND_PERSON && model_has(item->record, PERSON_password)) {
		json_key(&j, "passwordSet");
		json_bool(&j, ((const struct person *)item->record)->password.n > 0);
	}
	json_object_end(&j);
	if (j.text.err == GH_OK)
		text = ghi_arena_copy(a, json_text(&j));
	json_clear(&j);
	return text;
}
