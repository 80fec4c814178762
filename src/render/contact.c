#include "render/contact.h"

static struct value contact_port_value(const struct field *f, const void *row)
{
	return field_word_value(f, (int64_t)((const struct contact *)row)->port);
}

static struct value contact_reason_value(const struct field *f, const void *row)
{
	return field_word_value(f, (int64_t)((const struct contact *)row)->reason);
}

static struct value contact_hint_value(const struct field *f, const void *row)
{
	const struct contact *c = row;

	(void)f;
	return value_text(gh_slice_of(contact_reasons[c->reason].hint));
}

static struct value contact_bytes_value(const struct field *f, const void *row)
{
	const struct contact *c = row;

	(void)f;
	return c->bytes ? value_of(VALUE_INT, (int64_t)c->bytes) : value_null();
}

#define ROW struct contact
static const struct field contact_field[] = {
#include "render/contact.def"
};
#undef ROW

const struct fields contact_fields = { "Contact", contact_field,
				       sizeof(contact_field) / sizeof(contact_field[0]), NULL };
