#include "api/compat/zk_server/body.h"

#include "base/number.h"

struct made_body made_body(struct call *c)
{
	return (struct made_body){ .arena = call_arena(c) };
}

void made_part(struct made_body *m, const char *name, const struct body *part)
{
	if (part == NULL || m->n == MADE_PARTS) {
		m->failed = true;
		return;
	}
	m->part[m->n] = *part;
	m->part[m->n++].name = gh_slice_of(name);
}

void made_text(struct made_body *m, const char *name, gh_slice s)
{
	made_part(m, name, &(struct body){ .kind = BODY_TEXT, .s = s });
}

void made_number(struct made_body *m, const char *name, int64_t i)
{
	made_part(m, name, &(struct body){ .kind = BODY_INT, .i = i });
}

const struct body *made_object(struct made_body *m)
{
	struct body *whole = ghi_arena_alloc(m->arena, sizeof(*whole));
	struct body *part = ghi_arena_alloc(m->arena, (m->n + 1) * sizeof(*part));

	if (m->failed || whole == NULL || part == NULL)
		return NULL;
	memcpy(part, m->part, m->n * sizeof(*part));
	*whole = (struct body){ .kind = BODY_OBJECT, .part = part, .parts = m->n };
	return whole;
}

gh_slice body_scalar(struct call *c, const struct body *b)
{
	uint8_t text[24];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	if (b && b->kind == BODY_TEXT)
		return b->s;
	if (b == NULL || b->kind != BODY_INT)
		return (gh_slice){ 0 };
	ghi_put_signed(&w, b->i);
	return ghi_arena_copy(call_arena(c), ghi_written(&w));
}

gh_slice body_member_scalar(struct call *c, const struct body *b, gh_slice name)
{
	return body_scalar(c, body_find(b, name));
}

/* A number as it is, or of the digits that stand for it; others stay, and are refused where the order is read. */
static struct body body_as_number(const struct body *b)
{
	gh_slice s = b->s;
	bool minus = b->kind == BODY_TEXT && s.n && s.p[0] == '-';
	uint64_t n;

	if (b->kind != BODY_TEXT ||
	    ghi_number_parse(minus ? gh_slice_from(s, 1) : s, INT32_MAX, &n))
		return *b;
	return (struct body){ .kind = BODY_INT, .i = minus ? -(int64_t)n : (int64_t)n };
}

int64_t body_member_number(const struct body *b, gh_slice name, int64_t otherwise)
{
	const struct body *m = body_find(b, name);
	struct body n = m ? body_as_number(m) : (struct body){ .kind = BODY_NULL };

	return n.kind == BODY_INT ? n.i : otherwise;
}

/* The members of a `userInfo`, in the words of an order. Others are not for devices. */
static const struct {
	const char *name;
	bool number;
} info_members[] = {
	{ "pin", false },      { "name", false },      { "privilege", true },
	{ "password", false }, { "card", false },      { "groupId", false },
	{ "timeZone", false }, { "verifyMode", true }, { "viceCard", false },
};

const struct body *person_order_body(struct call *c, gh_slice serial, const struct body *info)
{
	struct made_body order = made_body(c), person = made_body(c);

	for (size_t i = 0; i < sizeof(info_members) / sizeof(info_members[0]); i++) {
		const struct body *m = body_find(info, gh_slice_of(info_members[i].name));
		struct body number;

		if (m == NULL || m->kind == BODY_NULL)
			continue;
		number = body_as_number(m);
		if (info_members[i].number)
			made_part(&person, info_members[i].name, &number);
		else
			made_text(&person, info_members[i].name, body_scalar(c, m));
	}
	made_text(&order, "deviceSerial", serial);
	made_part(&order, "person", made_object(&person));
	return made_object(&order);
}
