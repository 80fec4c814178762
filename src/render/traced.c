#include "render/traced.h"

static struct value traced_body_encoding(const struct field *f, const void *row)
{
	const struct traced *e = row;

	(void)f;
	return value_encoding(e->body);
}

static struct value traced_reply_encoding(const struct field *f, const void *row)
{
	const struct traced *e = row;

	(void)f;
	return value_encoding(e->reply);
}

#define ROW struct traced
static const struct field traced_field[] = {
#include "render/traced.def"
};
#undef ROW

const struct fields traced_fields = { "Exchange", traced_field,
				      sizeof(traced_field) / sizeof(traced_field[0]), NULL };
