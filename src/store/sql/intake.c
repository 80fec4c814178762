/* What devices sent of people and is still to be taken into the roster. */
#include "model/record.h"
#include "store/sql/kind_sql.h"
#include "store/sql/sql_store.h"

static const size_t person_fields[] = { PERSON_name,	PERSON_privilege,  PERSON_password,
					PERSON_card,	PERSON_group_id,   PERSON_vice_card,
					PERSON_expires, PERSON_valid_from, PERSON_valid_to };
#define FIELDS (sizeof(person_fields) / sizeof(person_fields[0]))

static enum gh_err intake_person_put(struct store *s, int64_t device, int64_t arrived_ms,
				     const struct person *p)
{
	struct sql_call q = sql_call(s->sql, SQL_INTAKE_PERSON);

	sql_put_int(&q, device);
	sql_put_text(&q, p->pin);
	sql_put_int(&q, arrived_ms);
	sql_put_int(&q, device);
	sql_put_text(&q, p->pin);
	for (size_t i = 0; i < FIELDS; i++)
		kind_put_field(&q, &model_kinds[KIND_PERSON], p, person_fields[i]);
	return sql_run(&q);
}

static enum gh_err intake_template_put(struct store *s, int64_t device, int64_t arrived_ms,
				       const struct template *t)
{
	struct sql_call q = sql_call(s->sql, SQL_INTAKE_TEMPLATE);
	const struct model_kind *k = &model_kinds[KIND_TEMPLATE];

	sql_put_int(&q, device);
	for (size_t i = TEMPLATE_pin; i <= TEMPLATE_part; i++)
		kind_put_field(&q, k, t, i);
	sql_put_int(&q, arrived_ms);
	sql_put_int(&q, device);
	for (size_t i = TEMPLATE_pin; i <= TEMPLATE_part; i++)
		kind_put_field(&q, k, t, i);
	kind_put_field(&q, k, t, TEMPLATE_data);
	return sql_run(&q);
}

static enum gh_err intake_photo_put(struct store *s, int64_t device, int64_t arrived_ms,
				    const struct photo *p)
{
	struct sql_call q = sql_call(s->sql, SQL_INTAKE_PHOTO);
	const struct model_kind *k = &model_kinds[KIND_PHOTO];

	sql_put_int(&q, device);
	for (size_t i = PHOTO_pin; i <= PHOTO_type; i++)
		kind_put_field(&q, k, p, i);
	sql_put_int(&q, arrived_ms);
	kind_put_field(&q, k, p, PHOTO_file_name);
	sql_put_int(&q, device);
	for (size_t i = PHOTO_pin; i <= PHOTO_type; i++)
		kind_put_field(&q, k, p, i);
	sql_put_blob(&q, p->content_hash);
	return sql_run(&q);
}

static enum gh_err intake_oplog_put(struct store *s, int64_t device, int64_t arrived_ms,
				    const struct oplog *o)
{
	struct sql_call q = sql_call(s->sql, SQL_INTAKE_OPLOG);

	sql_put_int(&q, device);
	sql_put_text(&q, o->value1);
	sql_put_int(&q, o->op);
	sql_put_int(&q, o->time);
	sql_put_int(&q, arrived_ms);
	sql_put_int(&q, device);
	sql_put_int(&q, o->op);
	sql_put_int(&q, o->time);
	sql_put_text(&q, o->value1);
	return sql_run(&q);
}

enum gh_err sql_intake_put(struct store *s, enum model_kind_id kind, int64_t device,
			   int64_t arrived_ms, const void *record)
{
	switch (kind) {
	case KIND_PERSON:
		return intake_person_put(s, device, arrived_ms, record);
	case KIND_TEMPLATE:
		return intake_template_put(s, device, arrived_ms, record);
	case KIND_PHOTO:
		return intake_photo_put(s, device, arrived_ms, record);
	case KIND_OPLOG:
		return intake_oplog_put(s, device, arrived_ms, record);
	default:
		return GH_OK;
	}
}

enum gh_err sql_intake_rest(struct store *s, int64_t device, gh_slice pin)
{
	static const enum sql_id of[] = { SQL_INTAKE_TEMPLATES_OF, SQL_INTAKE_PHOTOS_OF };
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]) && err == GH_OK; i++) {
		struct sql_call q = sql_call(s->sql, of[i]);

		sql_put_int(&q, device);
		sql_put_text(&q, pin);
		err = sql_run(&q);
	}
	return err;
}

enum gh_err sql_intake_all(struct store *s, int64_t device, int64_t area)
{
	static const enum sql_id of[] = { SQL_INTAKE_ALL, SQL_INTAKE_ALL_OWN };
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]) && err == GH_OK; i++) {
		struct sql_call q = sql_call(s->sql, of[i]);

		sql_put_int(&q, device);
		sql_put_int(&q, device ? 0 : area);
		err = sql_run(&q);
	}
	return err;
}

enum gh_err sql_intake_pending(struct store *s, int64_t device, gh_slice pin, bool *pending)
{
	struct sql_call q =
		sql_call(s->sql, pin.n ? SQL_INTAKE_PENDING_PERSON : SQL_INTAKE_PENDING);

	sql_put_int(&q, device);
	if (pin.n)
		sql_put_text(&q, pin);
	*pending = sql_next(&q);
	return sql_end(&q);
}

/* What the device held before; columns from 11 on. */
static void intake_was_read(const struct sql_call *q, struct person *was)
{
	const struct model_kind *k = &model_kinds[KIND_PERSON];

	for (size_t i = 0; i < FIELDS; i++) {
		int column = 11 + (int)i;
		void *at = model_at(k, was, person_fields[i]);

		if (sql_null(q, column))
			continue;
		model_mark(was, person_fields[i]);
		if (k->field[person_fields[i]].type == MODEL_INT)
			*(int64_t *)at = sql_int(q, column);
		else
			*(gh_slice *)at = sql_text(q, column);
	}
}

enum gh_err sql_intake_next(struct store *s, int64_t after, store_intake_fn *fn, void *ctx)
{
	struct sql_call q = sql_call(s->sql, SQL_INTAKE_NEXT);

	sql_put_int(&q, after);
	bool found = sql_next(&q);

	if (found) {
		struct roster_intake i = {
			.id = sql_int(&q, 0),
			.serial = sql_text(&q, 1),
			.kind = sql_text(&q, 2),
			.pin = sql_text(&q, 3),
			.source = sql_text(&q, 4),
			.type = sql_int(&q, 5),
			.no = sql_int(&q, 6),
			.part = sql_int(&q, 7),
			.arrived_ms = sql_int(&q, 8),
			.known = !sql_null(&q, 9) && sql_int(&q, 9),
			.written = !sql_null(&q, 10) && sql_int(&q, 10),
			.device = sql_int(&q, 20),
			.sync = sql_text(&q, 21),
			.area = sql_int(&q, 22),
		};

		intake_was_read(&q, &i.was);
		fn(ctx, &i);
	}
	enum gh_err err = sql_end(&q);

	return err == GH_OK && !found ? GH_ENOTFOUND : err;
}

enum gh_err sql_intake_done(struct store *s, int64_t id)
{
	struct sql_call q = sql_call(s->sql, SQL_INTAKE_DONE);

	sql_put_int(&q, id);
	return sql_run(&q);
}

enum gh_err sql_record_written(struct store *s, enum model_kind_id kind, int64_t device,
			       const void *record)
{
	const struct model_kind *k = &model_kinds[kind];
	size_t fields = kind == KIND_PHOTO ? PHOTO_type : PERSON_pin;

	if (kind != KIND_PERSON && kind != KIND_PHOTO)
		return GH_OK;
	struct sql_call q =
		sql_call(s->sql, kind == KIND_PHOTO ? SQL_PHOTO_WRITTEN : SQL_PERSON_WRITTEN);

	sql_put_int(&q, device);
	for (size_t i = 0; i <= fields; i++)
		kind_put_field(&q, k, record, i);
	return sql_run(&q);
}

enum gh_err sql_intake_drop(struct store *s, int64_t people, int64_t at_ms)
{
	struct sql_call q = sql_call(s->sql, SQL_INTAKE_DROP);

	sql_put_int(&q, at_ms);
	sql_put_int(&q, people);
	return sql_run(&q);
}

enum gh_err sql_people_changed(struct store *s, int64_t people, gh_slice field, int64_t now_ms,
			       int64_t *at_ms)
{
	struct sql_call q = sql_call(s->sql, SQL_PEOPLE_CHANGED);

	*at_ms = 0;
	sql_put_int(&q, people);
	sql_put_text(&q, field);
	sql_put_int(&q, now_ms);
	if (sql_next(&q))
		*at_ms = sql_int(&q, 0);
	return sql_end(&q);
}

enum gh_err sql_people_changes_trim(struct store *s, int64_t people, int64_t most)
{
	struct sql_call q = sql_call(s->sql, SQL_PEOPLE_CHANGES_TRIM);

	sql_put_int(&q, people);
	sql_put_int(&q, people);
	sql_put_int(&q, most);
	return sql_run(&q);
}
