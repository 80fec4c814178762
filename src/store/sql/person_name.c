/* Names of people for the rows of a list: of many at once, so that a database elsewhere is called once. */
#include "base/text.h"
#include "store/sql/rows.h"
#include "store/sql/sql_store.h"
#include "store/sql/value_list.h"

static void name_keep(struct store_person_name *p, gh_slice text)
{
	if (text.n > sizeof(p->name))
		text.n = ghi_text_utf8_prefix((gh_slice){ text.p, sizeof(p->name) });
	if (text.n)
		memcpy(p->name, text.p, text.n);
	p->name_n = (uint8_t)text.n;
}

static enum gh_err name_read(struct store_reader *r, enum sql_id statement,
			     struct store_person_name *p)
{
	struct sql_call q = sql_call(r->sql, statement);

	sql_put_int(&q, p->device);
	sql_put_text(&q, p->pin);
	if (sql_next(&q))
		name_keep(p, sql_text(&q, 0));
	return sql_end(&q);
}

static enum gh_err names_read_each(struct store_reader *r, struct store_person_name *p,
				   size_t n)
{
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < n && err == GH_OK; i++) {
		if (p[i].device)
			err = name_read(r, SQL_PERSON_NAME, &p[i]);
		if (err == GH_OK && p[i].name_n == 0)
			err = name_read(r, SQL_PERSON_NAME_ANY, &p[i]);
	}
	return err;
}

static enum gh_err names_read_together(struct store_reader *r, struct store_person_name *p,
				       size_t n)
{
	struct buffer device = buffer_with_limit(VALUE_LIST_BYTES);
	struct buffer pin = buffer_with_limit(VALUE_LIST_BYTES);
	enum gh_err err;

	for (size_t i = 0; i < n; i++) {
		value_list_number(&device, i, p[i].device);
		value_list_text(&pin, i, p[i].pin);
	}
	err = device.err ? device.err : pin.err;
	if (err == GH_OK) {
		struct sql_call q =
			sql_call_once(r->sql, gh_slice_of(r->sql->engine->person_names));

		q.together = n <= ROWS_TOGETHER;
		sql_put_text(&q, buffer_text(&device));
		sql_put_text(&q, buffer_text(&pin));
		while (sql_next(&q)) {
			int64_t place = sql_int(&q, 0);

			if (place >= 1 && place <= (int64_t)n)
				name_keep(&p[place - 1], sql_text(&q, 1));
		}
		err = sql_end(&q);
	}
	buffer_clear(&device);
	buffer_clear(&pin);
	return err;
}

enum gh_err sql_person_names(struct store_reader *r, struct store_person_name *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i].name_n = 0;
	if (n == 0)
		return GH_OK;
	return r->sql->engine->person_names ? names_read_together(r, p, n)
					    : names_read_each(r, p, n);
}
