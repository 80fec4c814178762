/* Templates and photos of people on devices: which are there, each by the hash of its bytes. */
#include "model/record.h"
#include "store/sql/kind_sql.h"
#include "store/sql/rows.h"
#include "store/sql/sql_store.h"

#define TEXT_MAX 2048

/* Photos keep their bytes in the table picture; those that an earlier version stored may have them themselves. */
static void held_columns_put(struct ghi_writer *w, enum model_kind_id kind)
{
	const struct model_kind *k = &model_kinds[kind];
	size_t content = kind == KIND_PHOTO ? (size_t)PHOTO_content : (size_t)TEMPLATE_data;

	for (size_t i = 0; i < k->fields; i++) {
		if (i != content) {
			sql_words(w, ", r.");
			sql_words(w, k->field[i].column);
		} else if (kind == KIND_PHOTO) {
			sql_words(w, ", CASE WHEN r.picture IS NULL THEN r.content END");
		} else {
			sql_words(w, ", CASE WHEN r.digest IS NULL THEN r.data END");
		}
	}
	sql_words(w,
		  kind == KIND_PHOTO
			  ? ", (SELECT c.hash FROM picture c WHERE c.id = r.picture), r.placed"
			  : ", r.digest, r.placed");
}

static enum gh_err held_kind_read(struct sql *sql, enum model_kind_id kind, int64_t device,
				  store_held_fn *fn, void *ctx, bool *more)
{
	const struct model_kind *k = &model_kinds[kind];
	char text[TEXT_MAX];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	union model_record record;

	sql_words(&w, "SELECT " RECORD_FIELDS);
	held_columns_put(&w, kind);
	sql_words(&w, " FROM ");
	sql_words(&w, k->name);
	sql_words(&w, " r JOIN device d ON d.id = r.device" RECORD_SHOWN
		      " WHERE r.device = ? AND r.gone IS NULL");
	sql_words(&w, kind == KIND_PHOTO ? " AND r.kind IN ('user', 'comparison')" : "");
	if (w.err)
		return w.err;
	struct sql_call q = sql_call_once(sql, ghi_written(&w));

	sql_put_int(&q, device);
	while (*more && sql_next(&q)) {
		struct record_row row = sql_record_of(&q, k, &record);
		int digest = RECORD_WIDTH + (int)k->fields;

		*more = fn(ctx, kind, &row,
			   sql_null(&q, digest) ? (gh_slice){ 0 } : sql_text(&q, digest),
			   !sql_null(&q, digest + 1));
	}
	return sql_end(&q);
}

enum gh_err sql_held_credentials_read(struct store_reader *r, int64_t device, store_held_fn *fn,
				      void *ctx)
{
	bool more = true;
	enum gh_err err = held_kind_read(r->sql, KIND_TEMPLATE, device, fn, ctx, &more);

	return err ? err : held_kind_read(r->sql, KIND_PHOTO, device, fn, ctx, &more);
}

static enum gh_err held_kind_gone(struct store *s, const char *text, const char *of_pin,
				  int64_t device, gh_slice pin)
{
	struct sql_call q = sql_call_once(s->sql, gh_slice_of(pin.n ? of_pin : text));

	sql_put_int(&q, device);
	if (pin.n)
		sql_put_text(&q, pin);
	return sql_run(&q);
}

enum gh_err sql_held_credentials_gone(struct store *s, int64_t device, gh_slice pin)
{
	enum gh_err err = held_kind_gone(
		s, "UPDATE template SET gone = 1 WHERE device = ? AND gone IS NULL",
		"UPDATE template SET gone = 1 WHERE device = ? AND pin = ? AND gone IS NULL",
		device, pin);

	return err ? err
		   : held_kind_gone(s,
				    "UPDATE photo SET gone = 1 WHERE device = ? AND kind IN"
				    " ('user', 'comparison') AND gone IS NULL",
				    "UPDATE photo SET gone = 1 WHERE device = ? AND pin = ?"
				    " AND kind IN ('user', 'comparison') AND gone IS NULL",
				    device, pin);
}

enum gh_err sql_held_credentials_placed(struct store *s, int64_t device, gh_slice pin,
					gh_slice digest)
{
	static const char *const texts[] = {
		"UPDATE template SET placed = 1 WHERE device = ? AND pin = ? AND digest = ?"
		" AND gone IS NULL",
		"UPDATE photo SET placed = 1 WHERE device = ? AND pin = ? AND picture ="
		" (SELECT c.id FROM picture c WHERE c.hash = ?) AND gone IS NULL"
		" AND kind IN ('user', 'comparison')",
	};
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < 2 && err == GH_OK; i++) {
		struct sql_call q = sql_call_once(s->sql, gh_slice_of(texts[i]));

		sql_put_int(&q, device);
		sql_put_text(&q, pin);
		sql_put_blob(&q, digest);
		err = sql_run(&q);
	}
	return err;
}
