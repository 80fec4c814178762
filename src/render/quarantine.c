#include "render/quarantine.h"

static struct value quarantine_encoding(const struct field *f, const void *row)
{
	const struct quarantine_view *v = row;

	(void)f;
	return value_encoding(v->q.raw);
}

static struct value upload_size(const struct field *f, const void *row)
{
	const struct upload_view *v = row;

	return value_of(f->kind, (int64_t)v->u.body.n);
}

static struct value upload_encoding(const struct field *f, const void *row)
{
	const struct upload_view *v = row;

	(void)f;
	return value_encoding(v->shown);
}

#define ROW struct quarantine_view
static const struct field quarantine_field[] = {
#include "render/quarantine.def"
};
#undef ROW

#define ROW struct upload_view
static const struct field upload_field[] = {
#include "render/upload.def"
};
#undef ROW

const struct fields quarantine_fields = { "Quarantined", quarantine_field,
					  sizeof(quarantine_field) /
						  sizeof(quarantine_field[0]),
					  NULL };
const struct fields upload_fields = { "Upload", upload_field,
				      sizeof(upload_field) / sizeof(upload_field[0]), NULL };
