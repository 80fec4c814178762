#include "api/access/credential_list.h"

#include <stdio.h>

#include "api/access/person_name.h"
#include "model/credential.h"

#define IS_NUMBER false
#define IS_TEXT true
#define HASH_TEXT 64
#define CARDS_MOST 1000

enum credential_kind { SHOWN_CARD, SHOWN_TEMPLATE, SHOWN_PHOTO, SHOWN_COMPARISON, SHOWN_KINDS };

struct credential_view {
	int64_t id, person;
	enum credential_kind kind;
	gh_slice card, imie;
	bool lost, duress;
	int64_t bits, site_code; /* MODEL_NO_VALUE: not given */
	int64_t bio_type, no, part, major_ver, minor_ver, size;
	gh_slice form, format, fault, origin, digest;
	int64_t arrived_ms;
};

/* --- its fields --- */

static const char *credential_view_word(size_t i)
{
	static const char *const word[SHOWN_KINDS] = { "card", "template", "photo",
						       "comparison_photo" };

	return i < SHOWN_KINDS ? word[i] : NULL;
}

static struct value credential_view_type(const struct field *f, const void *row)
{
	return field_word_value(f, ((const struct credential_view *)row)->kind);
}

static struct value credential_view_lost(const struct field *f, const void *row)
{
	const struct credential_view *v = row;

	return v->kind == SHOWN_CARD ? value_of(f->kind, v->lost) : value_null();
}

static struct value credential_view_duress(const struct field *f, const void *row)
{
	const struct credential_view *v = row;

	return v->kind == SHOWN_TEMPLATE ? value_of(f->kind, v->duress) : value_null();
}

/* Those that are not of its kind, or not given, are null. */
static struct value credential_view_number(const struct field *f, const void *row)
{
	const struct credential_view *v = row;
	const struct {
		const char *name;
		bool has;
		int64_t n;
	} number[] = {
		{ "bits", v->kind == SHOWN_CARD && v->bits >= 0, v->bits },
		{ "siteCode", v->kind == SHOWN_CARD && v->site_code >= 0, v->site_code },
		{ "bioType", v->kind == SHOWN_TEMPLATE, v->bio_type },
		{ "no", v->kind == SHOWN_TEMPLATE, v->no },
		{ "index", v->kind == SHOWN_TEMPLATE, v->part },
		{ "majorVer", v->kind == SHOWN_TEMPLATE, v->major_ver },
		{ "minorVer", v->kind == SHOWN_TEMPLATE && v->minor_ver > 0, v->minor_ver },
		{ "size", v->size > 0, v->size },
	};

	for (size_t i = 0; i < sizeof(number) / sizeof(number[0]); i++)
		if (gh_slice_eq(gh_slice_of(number[i].name), gh_slice_of(f->name)))
			return number[i].has ? value_of(f->kind, number[i].n) : value_null();
	return value_null();
}

#define ROW struct credential_view
static const struct field credential_view_field[] = {
#include "api/access/credential.def"
};
#undef ROW

const struct fields credential_row_fields = { "Credential", credential_view_field,
					      sizeof(credential_view_field) /
						      sizeof(credential_view_field[0]),
					      NULL };

static const struct store_column columns[] = {
#define COLUMN(name, type, use) { LIST_CREDENTIALS, name, NULL, IS_##type, use },
#include "api/access/credential_column.def"
#undef COLUMN
};

/* --- its rows --- */

struct credentials_making {
	struct server *server;
	struct arena *a;
	struct credential_view *row;
	size_t n, room;
};

static struct credential_view *view_add(struct credentials_making *m)
{
	if (m->n == m->room) {
		size_t room = m->room ? 2 * m->room : 32;
		struct credential_view *more = ghi_arena_alloc(m->a, room * sizeof(*more));

		if (more == NULL)
			return NULL;
		if (m->n)
			memcpy(more, m->row, m->n * sizeof(*more));
		m->row = more;
		m->room = room;
	}
	m->row[m->n] = (struct credential_view){ .id = 0 };
	return &m->row[m->n++];
}

static bool card_view_see(void *ctx, const void *row, const struct store_key *key)
{
	const struct card *card = ((const struct record_row *)row)->record;
	struct credentials_making *m = ctx;
	struct credential_view *v = view_add(m);

	if (v == NULL)
		return false;
	*v = (struct credential_view){
		.id = key->number,
		.person = card->people,
		.kind = SHOWN_CARD,
		.card = ghi_arena_copy(m->a, card->number),
		.lost = card->lost != 0,
		.bits = model_has(card, CARD_bits) ? card->bits : MODEL_NO_VALUE,
		.site_code = model_has(card, CARD_site_code) ? card->site_code : MODEL_NO_VALUE,
		.imie = model_has(card, CARD_imie) ? ghi_arena_copy(m->a, card->imie)
						   : (gh_slice){ 0 },
	};
	return true;
}

struct serial_search {
	int64_t device;
	struct arena *a;
	gh_slice serial;
};

static bool serial_see(void *ctx, struct device *d)
{
	struct serial_search *s = ctx;

	if (device_id(d) != s->device)
		return true;
	s->serial = ghi_arena_copy(s->a, device_sn(d));
	return false;
}

static gh_slice digest_text(struct arena *a, gh_slice digest)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t text[HASH_TEXT];

	if (digest.n * 2 != sizeof(text))
		return (gh_slice){ 0 };
	for (size_t i = 0; i < digest.n; i++) {
		text[2 * i] = (uint8_t)digits[digest.p[i] >> 4];
		text[2 * i + 1] = (uint8_t)digits[digest.p[i] & 15];
	}
	return ghi_arena_copy(a, (gh_slice){ text, sizeof(text) });
}

static bool credential_view_see(void *ctx, const struct credential_row *row)
{
	const struct credential *c = row->credential;
	struct credentials_making *m = ctx;
	struct serial_search from = { .device = c->origin, .a = m->a };
	struct credential_view *v = view_add(m);
	bool template = gh_slice_eq(c->kind, GH_LIT(CREDENTIAL_TEMPLATE));

	if (v == NULL)
		return false;
	if (c->origin)
		devices_each(m->server->devices, serial_see, &from);
	*v = (struct credential_view){
		.id = row->id,
		.person = c->people,
		.kind = template			       ? SHOWN_TEMPLATE
			: gh_slice_eq(c->kind, GH_LIT("user")) ? SHOWN_PHOTO
							       : SHOWN_COMPARISON,
		.bits = MODEL_NO_VALUE,
		.site_code = MODEL_NO_VALUE,
		.bio_type = c->type,
		.no = c->no,
		.part = c->part,
		.major_ver = c->major_ver,
		.minor_ver = c->minor_ver,
		.size = c->size,
		.duress = c->duress != 0,
		.form = ghi_arena_copy(m->a, c->form),
		.format = ghi_arena_copy(m->a, c->format),
		.fault = ghi_arena_copy(m->a, c->content_fault),
		.origin = from.serial,
		.digest = digest_text(m->a, row->digest),
		.arrived_ms = c->arrived_ms,
	};
	return true;
}

static enum gh_err credential_rows_make(struct server *server, const struct list_question *q,
					struct memory_rows *out)
{
	const struct store_ops *ops = server->db.ops;
	struct credentials_making m = { .server = server, .a = &out->arena };
	const struct credentials_of of = { .people = q->person };
	struct store_term term = {
		store_column_find(STORE_ENTITIES + ENTITY_CARD, GH_LIT("person")),
		MATCH_EQUAL,
		{ .i = q->person },
	};
	struct store_rows cards = { .list = STORE_ENTITIES + ENTITY_CARD,
				    .term = &term,
				    .terms = 1,
				    .limit = CARDS_MOST };
	enum gh_err err = ops->rows_read(q->reader, &cards, card_view_see, &m);

	if (err == GH_OK)
		err = ops->credentials_read(q->reader, &of, credential_view_see, &m);
	out->row = m.row;
	out->n = m.n;
	return err == GH_OK && out->arena.failed ? GH_ENOMEM : err;
}

static int64_t credential_view_id(const void *row)
{
	return ((const struct credential_view *)row)->id;
}

const struct memory_source credential_source = {
	.fields = &credential_row_fields,
	.column = columns,
	.columns = sizeof(columns) / sizeof(columns[0]),
	.row_size = sizeof(struct credential_view),
	.number = credential_view_id,
	.make = credential_rows_make,
};

bool credentials_check(struct call *c, struct list_question *q)
{
	return person_find_there(c, &q->person);
}
