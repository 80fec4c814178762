#include "store/sql/kind_sql.h"

#include "model/kind.h"
#include "model/record.h"

static bool field_is_selected(const struct model_field *f, enum kind_fields which)
{
	enum kind_fields is = KIND_VALUE_FIELDS;

	if (f->flags & MODEL_KEY)
		is = f->flags & MODEL_LONG ? KIND_LONG_KEY_FIELDS : KIND_SHORT_KEY_FIELDS;
	return which == KIND_ALL_FIELDS || which == is;
}

void kind_put_columns(struct ghi_writer *w, const struct model_kind *k, enum kind_fields which,
		      const char *pattern)
{
	for (size_t i = 0; i < k->fields; i++) {
		if (!field_is_selected(&k->field[i], which))
			continue;
		ghi_put(w, GH_LIT(", "));
		for (const char *c = pattern; *c; c++)
			if (*c == '%')
				ghi_put(w, gh_slice_of(k->field[i].column));
			else
				ghi_put_u8(w, (uint8_t)*c);
	}
}

void kind_put_read_columns(struct ghi_writer *w, const struct model_kind *k)
{
	for (size_t i = 0; i < k->fields; i++) {
		if (k == &model_kinds[KIND_PHOTO] && i == PHOTO_content) {
			sql_words(w, ", coalesce(r.content, (SELECT c.content FROM picture c"
				     " WHERE c.id = r.picture))");
			continue;
		}
		sql_words(w, ", r.");
		sql_words(w, k->field[i].column);
	}
}

void kind_put_field(struct sql_call *q, const struct model_kind *k, const void *record,
		    size_t i)
{
	const struct model_field *f = &k->field[i];
	const void *at = model_at_const(k, record, i);
	bool has = model_has(record, i);

	if (!has && !(f->flags & MODEL_KEY)) {
		sql_put_null(q);
		return;
	}
	switch ((enum model_type)f->type) {
	case MODEL_TEXT:
		sql_put_text(q, has ? *(const gh_slice *)at : (gh_slice){ 0 });
		break;
	case MODEL_BYTES:
		sql_put_blob(q, has ? *(const gh_slice *)at : (gh_slice){ 0 });
		break;
	case MODEL_INT:
		if ((f->flags & MODEL_REF && *(const int64_t *)at == 0) ||
		    (f->flags & MODEL_UNSET && *(const int64_t *)at == MODEL_NO_VALUE))
			sql_put_null(q);
		else
			sql_put_int(q, has ? *(const int64_t *)at : 0);
		break;
	case MODEL_TIME:
		sql_put_int(q, has ? *(const ghi_civil *)at : GHI_CIVIL_NONE);
		break;
	}
}

void kind_put_fields(struct sql_call *q, const struct model_kind *k, const void *record,
		     enum kind_fields which)
{
	for (size_t i = 0; i < k->fields; i++)
		if (field_is_selected(&k->field[i], which))
			kind_put_field(q, k, record, i);
}

void kind_read_fields(const struct sql_call *q, const struct model_kind *k, int column,
		      void *record)
{
	model_unmark_all(k, record);
	for (size_t i = 0; i < k->fields; i++, column++) {
		void *at = model_at(k, record, i);

		if (sql_null(q, column))
			continue;
		model_mark(record, i);
		switch ((enum model_type)k->field[i].type) {
		case MODEL_TEXT:
		case MODEL_BYTES:
			*(gh_slice *)at = sql_text(q, column);
			break;
		case MODEL_INT:
			*(int64_t *)at = sql_int(q, column);
			break;
		case MODEL_TIME:
			*(ghi_civil *)at = sql_int(q, column);
			break;
		}
	}
}
