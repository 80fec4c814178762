#include "api/person_copy_plan.h"

#include "base/base64.h"
#include "core/device_bio_read.h"
#include "model/content_fault.h"

/* --- what the device has of the person --- */

/* Without a number it is of a face in visible light, of which alone there were photos at first. */
static int64_t photo_type_of(const struct photo *p)
{
	enum { VISIBLE_FACE = 9 };

	return model_has(p, PHOTO_type) && p->type > 0 ? p->type : VISIBLE_FACE;
}

static void item_add(struct copying *k, enum command_kind kind, const void *record,
		     const char *name, const struct template *template)
{
	struct copy_item *item = ghi_arena_alloc(k->arena, sizeof(*item));
	const struct model_kind *m = &model_kinds[command_kind_row(kind)->record];
	size_t room = 64;
	uint8_t *text;

	for (size_t i = 0; i < m->fields; i++) {
		room += strlen(m->field[i].column) + 24;
		if (model_has(record, i) && m->field[i].type != MODEL_INT)
			room += ((const gh_slice *)model_at_const(m, record, i))->n;
	}
	text = ghi_arena_alloc(k->arena, room);
	if (item == NULL || text == NULL) {
		k->err = GH_ENOMEM;
		return;
	}
	struct ghi_writer w = ghi_writer_on(text, room);

	command_record_put(&w, kind, record);
	/* What the device it goes to has besides stays. */
	if (kind == COMMAND_KIND_UPDATE_PERSON)
		command_argument_put(&w, command_arguments[ARGUMENT_merge].name, GH_LIT("1"));
	*item = (struct copy_item){
		.kind = kind,
		.arguments = ghi_written(&w),
		.name = name,
		.template = template,
		.photo_type = kind == COMMAND_KIND_UPDATE_COMPARISON_PHOTO
				      ? photo_type_of(record)
				      : -1,
	};
	k->err = w.err ? w.err : k->err;
	*k->last = item;
	k->added = item;
	k->last = (struct copy_item **)&item->next;
	k->items++;
}

static bool copy_see_person(void *ctx, const struct record_row *row)
{
	struct copying *k = ctx;
	struct person p = *(const struct person *)row->record;

	/* The bytes are those of the device's own character set; the text is written in the one of
	 * each device it goes to. */
	p.present &= ~(UINT64_C(1) << PERSON_name_bytes | UINT64_C(1) << PERSON_extra);
	k->found = true;
	k->second_card = model_has(&p, PERSON_vice_card) && gh_slice_trim(p.vice_card).n &&
			 !gh_slice_eq(p.vice_card, GH_LIT("0"));
	k->validity = model_has(&p, PERSON_expires) && p.expires;
	item_add(k, COMMAND_KIND_UPDATE_PERSON, &p, "person", NULL);
	return false;
}

static bool copy_see_template(void *ctx, const struct record_row *row)
{
	struct copying *k = ctx;
	struct template *t = ghi_arena_alloc(k->arena, sizeof(*t));
	const struct template *from = row->record;
	uint8_t *text = ghi_arena_alloc(k->arena, from->data.n + 1);
	bool damaged = content_fault_find(KIND_TEMPLATE, from) == CONTENT_BASE64;

	if (t == NULL || text == NULL) {
		k->err = GH_ENOMEM;
		return false;
	}
	*t = *from;
	t->present &= ~(UINT64_C(1) << TEMPLATE_extra | UINT64_C(1) << TEMPLATE_content_fault);
	if (model_has(from, TEMPLATE_data))
		t->data = ghi_base64_squeeze(from->data, text);
	t->source = ghi_arena_copy(k->arena, from->source);
	item_add(k, person_bio_command(t), t, person_bio_name(t), t);
	if (k->err == GH_OK)
		k->added->damaged = damaged;
	return k->err == GH_OK && k->items < COPY_ITEMS;
}

static bool copy_see_photo(void *ctx, const struct record_row *row)
{
	struct copying *k = ctx;
	struct photo p = *(const struct photo *)row->record;
	bool user = gh_slice_eq(p.kind, GH_LIT("user"));
	char *text;

	if ((!user && !gh_slice_eq(p.kind, GH_LIT("comparison"))) || p.content.n == 0)
		return true;
	text = ghi_arena_alloc(k->arena, BASE64_ROOM(p.content.n));
	if (text == NULL) {
		k->err = GH_ENOMEM;
		return false;
	}
	p.content = base64_encode(p.content, text);
	/* Size is that of the text (Attendance PUSH 2020-03, 12.1.1.7 and 12.1.1.8). */
	p.size = (int64_t)p.content.n;
	p.present |= UINT64_C(1) << PHOTO_size;
	p.present &= ~(UINT64_C(1) << PHOTO_extra | UINT64_C(1) << PHOTO_content_fault);
	item_add(k, user ? COMMAND_KIND_UPDATE_PHOTO : COMMAND_KIND_UPDATE_COMPARISON_PHOTO, &p,
		 user ? "photo" : "comparison photo", NULL);
	return k->err == GH_OK && k->items < COPY_ITEMS;
}

enum gh_err copy_source_read(struct copying *k, struct device *d)
{
	const struct store_ops *ops = k->c->server->db.ops;
	struct store_reader *r = k->c->reader;
	struct store_page page = { .limit = 1, .device = device_id(d), .pin = k->pin };
	enum gh_err err = device_bio_read(ops, r, d, k->arena, &k->from);

	if (err == GH_OK)
		err = ops->records_read(r, KIND_PERSON, &page, copy_see_person, k);
	page.limit = COPY_ITEMS;
	if (err == GH_OK && k->found && k->templates)
		err = ops->records_read(r, KIND_TEMPLATE, &page, copy_see_template, k);
	if (err == GH_OK && k->found && k->photos)
		err = ops->records_read(r, KIND_PHOTO, &page, copy_see_photo, k);
	return err ? err : k->err;
}

/* --- what each device gets --- */

static void left_add(struct copying *k, struct copy_target *t, const char *name,
		     const char *why)
{
	struct copy_left *left;
	gh_slice text;

	for (left = t->left; left; left = left->next) {
		if (strcmp(left->name, name) == 0 && strcmp(left->why, why) == 0) {
			left->n++;
			return;
		}
	}
	left = ghi_arena_alloc(k->arena, sizeof(*left));
	text = ghi_arena_copy(k->arena, (gh_slice){ (const uint8_t *)why, strlen(why) + 1 });
	if (left == NULL || text.n == 0) {
		k->err = GH_ENOMEM;
		return;
	}
	*left = (struct copy_left){
		.name = name, .why = (const char *)text.p, .n = 1, .next = t->left
	};
	t->left = left;
}

/* Records of terminals have no place for these. */
static void left_of_person(struct copying *k, struct copy_target *t)
{
	if (k->second_card)
		left_add(k, t, "second card", "terminals have one card a person");
	if (k->validity)
		left_add(k, t, "validity", "terminals have none");
}

/* Whether the device gets a template of that type: then a photo would be its work for nothing (Security
 * PUSH 3.1.2, 3.1; Attendance PUSH 2020-03, 3.1). */
static bool target_has_template(const struct copying *k, const struct device_bio *to,
				int64_t type)
{
	char why[BIO_WHY];

	for (const struct copy_item *item = k->first; item; item = item->next)
		if (item->template && !item->damaged && item->template->type == type &&
		    person_bio_fits(item->template, &k->from, to, why))
			return true;
	return false;
}

static const char *photo_refusal(const struct copying *k, const struct copy_item *item,
				 const struct device_bio *to)
{
	const char *reason = person_bio_photo_refusal(item->kind, item->photo_type, to);

	if (reason == NULL && item->photo_type >= 0 &&
	    target_has_template(k, to, item->photo_type))
		reason = "the device gets the template, which is of its version";
	return reason;
}

static void copy_target_plan(struct copying *k, struct copy_target *t,
			     const struct device_bio *to)
{
	char why[BIO_WHY];

	if (to->terminal)
		left_of_person(k, t);
	for (const struct copy_item *item = k->first; item; item = item->next) {
		const char *reason = NULL;

		if (item->damaged)
			reason = "it is not base64";
		else if (item->template)
			reason =
				person_bio_fits(item->template, &k->from, to, why) ? NULL : why;
		else if (item->kind != COMMAND_KIND_UPDATE_PERSON)
			reason = photo_refusal(k, item, to);
		if (reason)
			left_add(k, t, item->name, reason);
		else
			t->item[t->orders++] = item;
	}
}

/* Whether part i of the list names a device that one before it does. */
static bool target_again(const struct body *to, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (gh_slice_eq(to->part[k].s, to->part[i].s))
			return true;
	return false;
}

enum gh_err copy_targets_plan(struct copying *k, const struct body *to)
{
	for (size_t i = 0; i < to->parts && k->err == GH_OK; i++) {
		if (target_again(to, i))
			continue;
		struct copy_target *t = &k->target[k->targets++];
		struct device *d = call_device_find(k->c, to->part[i].s);
		struct device_bio bio;

		*t = (struct copy_target){ .sn = to->part[i].s };
		t->item = ghi_arena_alloc(k->arena, k->items * sizeof(*t->item));
		if (t->item == NULL)
			k->err = GH_ENOMEM;
		else if (d == NULL)
			t->item[t->orders++] = k->first;
		else
			k->err = device_bio_read(k->c->server->db.ops, k->c->reader, d,
						 k->arena, &bio);
		if (d && k->err == GH_OK)
			copy_target_plan(k, t, &bio);
		device_unref(d);
	}
	return k->err;
}
