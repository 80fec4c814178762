#include "sim/attendance/items.h"

#include "base/base64.h"
#include "model/record.h"
#include "sim/picture.h"
#include "sim/prng.h"
#include "wire/attendance/operlog.h"

#include <glib.h>
#include <stdio.h>

enum { FACE_NEAR_INFRARED = 2, FACE_VISIBLE = 9 };
enum { OP_FINGER = 6, OP_USER = 30, OP_FACE = 65, OP_PICTURE = 68 };

static unsigned face_type(const struct persona *persona)
{
	return persona->face_parts > 1 ? FACE_NEAR_INFRARED : FACE_VISIBLE;
}

struct list {
	struct item *item;
	size_t n;
};

static void items_add(struct list *l, enum table_id t, unsigned op, unsigned no, unsigned part)
{
	if (l->n < ITEMS_LIMIT)
		l->item[l->n++] =
			(struct item){ (uint8_t)t, (uint8_t)op, (uint8_t)no, (uint8_t)part };
}

static void items_add_operlog(struct list *l, const struct persona *persona)
{
	uint32_t can = persona->can;

	items_add(l, TABLE_OPLOG, OP_USER, 0, 0);
	items_add(l, TABLE_USERINFO, 0, 0, 0);
	if (can & CAN_FP) {
		items_add(l, TABLE_OPLOG, OP_FINGER, 0, 0);
		items_add(l, TABLE_FINGERTMP, 0, 0, 0);
		items_add(l, TABLE_FINGERTMP, 0, 6, 0);
	}
	if (can & CAN_FACE) {
		items_add(l, TABLE_OPLOG, OP_FACE, 0, 0);
		for (unsigned i = 0; i < persona->face_parts; i++)
			items_add(l, TABLE_FACE, 0, i, 0);
	}
	if (can & CAN_FVEIN)
		for (unsigned i = 0; i < 3; i++)
			items_add(l, TABLE_FVEIN, 0, 1, i);
	if (can & CAN_USER_PIC) {
		items_add(l, TABLE_OPLOG, OP_PICTURE, 0, 0);
		items_add(l, TABLE_USERPIC, 0, 0, 0);
	}
	if (can & CAN_BIO_PHOTO)
		items_add(l, TABLE_BIOPHOTO, 0, FACE_VISIBLE, 0);
	if (can & CAN_WORK_CODE)
		items_add(l, TABLE_WORKCODE, 0, 0, 0);
}

size_t items_of(const struct persona *persona, enum items_list which,
		struct item out[ITEMS_LIMIT])
{
	struct list l = { .item = out };

	if (which == ITEMS_OPERLOG)
		items_add_operlog(&l, persona);
	else if (which == ITEMS_BIODATA && persona->can & CAN_BIO_DATA)
		for (unsigned i = 0; i < persona->face_parts; i++)
			items_add(&l, TABLE_BIODATA, 0, face_type(persona), i);
	else if (which == ITEMS_IDCARD && persona->can & CAN_ID_CARD)
		items_add(&l, TABLE_IDCARD, 0, 0, 0);
	return l.n;
}

bool items_has(const struct plan *p, struct item item, uint32_t user)
{
	switch (item.table) {
	case TABLE_USERINFO:
		return true;
	case TABLE_OPLOG:
		return item.op == OP_USER || people_enrolled(p, user);
	case TABLE_WORKCODE:
		return user < 3;
	default:
		return people_enrolled(p, user);
	}
}

gh_slice items_keys(const struct plan *p, const struct persona *persona, struct item item,
		    uint32_t user, char *to, size_t cap)
{
	char pin[PEOPLE_PIN], id[20];
	gh_slice who = people_pin(persona, user, pin);
	int n = 0;

	switch (item.table) {
	case TABLE_WORKCODE:
		n = snprintf(to, cap, "CODE=%u", user + 1);
		break;
	case TABLE_IDCARD:
		n = snprintf(to, cap, "IDNum=%.*s", GH_FMT(people_id_number(p, user, id)));
		break;
	case TABLE_BIOPHOTO:
		n = snprintf(to, cap, "PIN=%.*s\tType=%u", GH_FMT(who), item.no);
		break;
	case TABLE_BIODATA:
		n = snprintf(to, cap, "PIN=%.*s\tType=%u\tNo=0\tIndex=%u", GH_FMT(who), item.no,
			     item.part);
		break;
	default:
		n = snprintf(to, cap, "PIN=%.*s\tFID=%u\tIndex=%u", GH_FMT(who), item.no,
			     item.part);
		break;
	}
	return (gh_slice){ (const uint8_t *)to, (size_t)n };
}

static void item_write(struct ghi_writer *w, enum table_id t, const void *record)
{
	ghi_operlog_write(w, ghi_operlog_tag(gh_slice_of(tables[t].tag)), record);
}

void items_write_op(struct ghi_writer *w, unsigned op, gh_slice admin, int64_t time_s,
		    gh_slice value1, gh_slice value2)
{
	const gh_slice none = GH_LIT("0");
	struct oplog log = { .present = (1u << OPLOG_FIELDS) - 1,
			     .op = op,
			     .admin = admin,
			     .time = ghi_civil_from_seconds(time_s),
			     .value1 = value1,
			     .value2 = value2,
			     .value3 = none,
			     .value4 = none };

	item_write(w, TABLE_OPLOG, &log);
}

static void items_person_write(struct ghi_writer *w, const struct plan *p,
			       const struct persona *persona, uint32_t user,
			       struct items_text *text)
{
	struct person person;

	people_make(p, persona, user, &person, &text->person);
	item_write(w, TABLE_USERINFO, &person);
}

static struct template items_template_of(const struct plan *p, const char *source, gh_slice pin,
					 unsigned type, unsigned no, unsigned part, char *to)
{
	gh_slice data = people_template(p, source, pin, no + type * 16, part, to);

	return (struct template){ .pin = pin,
				  .source = gh_slice_of(source),
				  .type = type,
				  .no = no,
				  .part = part,
				  .valid = 1,
				  .major_ver = type == FACE_VISIBLE ? 40 : 12,
				  .format = GH_LIT("0"),
				  .size = (int64_t)data.n,
				  .data = data };
}

#define HAS(field) (UINT64_C(1) << TEMPLATE_##field)

static void items_template_write(struct ghi_writer *w, const struct plan *p,
				 const struct persona *persona, struct item item, gh_slice pin,
				 struct items_text *text)
{
	const char *source = tables[item.table].tag;
	bool unified = item.table == TABLE_BIODATA;
	struct template t = items_template_of(p, source, pin, unified ? item.no : 0,
					      unified ? 0 : item.no, item.part, text->template);

	t.present = HAS(pin) | HAS(no) | HAS(valid) | HAS(data);
	if (unified)
		t.present |= HAS(type) | HAS(part) | HAS(duress) | HAS(major_ver) |
			     HAS(minor_ver) | HAS(format);
	else if (!(persona->quirk & QUIRK_OLD_USER))
		t.present |= HAS(size);
	if (item.table == TABLE_FVEIN)
		t.present |= HAS(part);
	item_write(w, (enum table_id)item.table, &t);
}

static void items_picture_write(struct ghi_writer *w, const struct plan *p, struct item item,
				uint32_t user, gh_slice pin, struct items_text *text)
{
	uint64_t h = sim_hash(p->seed, user, 'V');
	gh_slice jpeg = sim_picture(h, text->picture, 1500 + h % 4000);
	struct photo photo = { .pin = pin, .type = item.no };
	char name[PEOPLE_PIN + 8];

	snprintf(name, sizeof(name), "%.*s.jpg", GH_FMT(pin));
	photo.file_name = gh_slice_of(name);
	photo.content = base64_encode(jpeg, text->content);
	photo.size = (int64_t)photo.content.n;
	photo.present = 1u << PHOTO_pin | 1u << PHOTO_file_name | 1u << PHOTO_size |
			1u << PHOTO_content;
	if (item.table == TABLE_BIOPHOTO)
		photo.present |= 1u << PHOTO_type;
	item_write(w, (enum table_id)item.table, &photo);
}

static void items_id_card_write(struct ghi_writer *w, const struct plan *p, uint32_t user,
				gh_slice pin, struct items_text *text)
{
	char number[20];
	struct id_card card = {
		.present = (UINT64_C(1) << ID_CARD_FIELDS) - 1,
		.id_number = people_id_number(p, user, number),
		.pin = pin,
		.serial_number = GH_LIT("460088000001"),
		.name = GH_LIT("张三"), /* always UTF-8 (Attendance PUSH 2020-03, 11.6) */
		.gender = 1 + user % 2,
		.nation = 1,
		.birthday = (gh_slice){ (const uint8_t *)number + 6, 8 },
		.valid_info = GH_LIT("2017091520270915"),
		.address = GH_LIT("示例省示例市示例路1号"),
		.issuer = GH_LIT("示例县公安局"),
		.photo = people_template(p, "IDPHOTO", pin, 0, 0, text->template),
	};

	item_write(w, TABLE_IDCARD, &card);
}

static void items_work_code_write(struct ghi_writer *w, uint32_t user)
{
	char code[12], name[24];
	struct work_code wc = { .present = (1u << WORK_CODE_FIELDS) - 1 };

	snprintf(code, sizeof(code), "%u", user + 1);
	snprintf(name, sizeof(name), "Task %u", user + 1);
	wc.code = wc.slot = gh_slice_of(code);
	wc.name = gh_slice_of(name);
	item_write(w, TABLE_WORKCODE, &wc);
}

void items_write(struct ghi_writer *w, const struct plan *p, const struct persona *persona,
		 struct item item, uint32_t user, int64_t time_s, struct items_text *text)
{
	char pin[PEOPLE_PIN];
	gh_slice who = people_pin(persona, user, pin);

	switch (item.table) {
	case TABLE_OPLOG:
		items_write_op(w, item.op, GH_LIT("1"), time_s, who, GH_LIT("0"));
		break;
	case TABLE_USERINFO:
		items_person_write(w, p, persona, user, text);
		break;
	case TABLE_USERPIC:
	case TABLE_BIOPHOTO:
		items_picture_write(w, p, item, user, who, text);
		break;
	case TABLE_WORKCODE:
		items_work_code_write(w, user);
		break;
	case TABLE_IDCARD:
		items_id_card_write(w, p, user, who, text);
		break;
	default:
		items_template_write(w, p, persona, item, who, text);
		break;
	}
}

gh_slice items_template_pairs(const struct plan *p, enum table_id t, gh_slice pin,
			      unsigned type, unsigned no, struct items_text *text, char *to,
			      size_t cap)
{
	struct ghi_writer w = ghi_writer_on(to, cap);
	struct template tmp =
		items_template_of(p, tables[t].tag, pin, type, no, 0, text->template);

	tmp.present = HAS(pin) | HAS(no) | HAS(valid) | HAS(data);
	tmp.present |= t == TABLE_BIODATA
			       ? HAS(type) | HAS(part) | HAS(duress) | HAS(major_ver) |
					 HAS(minor_ver) | HAS(format)
			       : HAS(size);
	ghi_operlog_write_pairs(&w, ghi_operlog_tag(gh_slice_of(tables[t].tag)), &tmp);
	return ghi_written(&w);
}
