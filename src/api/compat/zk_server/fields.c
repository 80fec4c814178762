#include "api/compat/zk_server/fields.h"

#include "model/record.h"
#include "render/command.h"
#include "render/device.h"
#include "render/punch.h"
#include "render/record.h"

static struct value device_last_seen(const struct field *f, const void *row)
{
	const struct device_view *v = row;

	return v->row.seen_ms > 0 ? value_of(f->kind, v->row.seen_ms) : value_null();
}

static struct value command_first_word(const struct field *f, const void *row)
{
	gh_slice word, rest;

	(void)f;
	gh_slice_cut(((const struct command_view *)row)->command.shown, ' ', &word, &rest);
	return value_text(word);
}

static struct value template_fid(const struct field *f, const void *row)
{
	const struct template *t = ((const struct record_view *)row)->record;
	bool face = gh_slice_eq(t->source, GH_LIT("face"));

	if (!model_has(t, face ? TEMPLATE_part : TEMPLATE_no))
		return value_null();
	return value_of(f->kind, face ? t->part : t->no);
}

static struct value template_hidden(const struct field *f, const void *row)
{
	(void)f;
	(void)row;
	return value_text(GH_LIT("[Hidden]"));
}

#define ROW struct punch_view
static const struct field punch_field[] = {
#include "api/compat/zk_server/punch.def"
};
#undef ROW

#define ROW struct device_view
static const struct field device_field[] = {
#include "api/compat/zk_server/device.def"
};
#undef ROW

#define ROW struct command_view
static const struct field command_field[] = {
#include "api/compat/zk_server/command.def"
};
#undef ROW

#define ROW struct record_view
static const struct field user_field[] = {
#include "api/compat/zk_server/user.def"
};
#undef ROW

#define ROW struct record_view
static const struct field template_field[] = {
#include "api/compat/zk_server/template.def"
};
#undef ROW

const struct fields zk_server_punch_fields = { "Punch", punch_field,
					       sizeof(punch_field) / sizeof(punch_field[0]),
					       &punch_fields };
const struct fields zk_server_device_fields = { "Device", device_field,
						sizeof(device_field) / sizeof(device_field[0]),
						&device_fields };
const struct fields zk_server_user_fields = { "User", user_field,
					      sizeof(user_field) / sizeof(user_field[0]),
					      &person_fields };
const struct fields zk_server_template_fields = { "UserTemplate", template_field,
						  sizeof(template_field) /
							  sizeof(template_field[0]),
						  &template_fields };
const struct fields zk_server_command_fields = { "Command", command_field,
						 sizeof(command_field) /
							 sizeof(command_field[0]),
						 &command_fields };

gh_slice zk_server_word(gh_slice word)
{
	if (gh_slice_eq(word, GH_LIT("pending")))
		return GH_LIT("queued");
	if (gh_slice_eq(word, GH_LIT("completed")))
		return GH_LIT("acknowledged");
	return word;
}
