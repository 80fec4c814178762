#include "api/punches.h"
#include "base/number.h"
#include "model/attendance_status.h"

static const char *const flag_name[] = { "impossible_date", "dst_gap", "dst_overlap", "ahead",
					 "epoch",	    "ancient", NULL };

static const char *source_name(uint32_t source)
{
	static const char *const name[] = { "pushed", "live", "read" };

	return source < sizeof(name) / sizeof(name[0]) ? name[source] : "unknown";
}

static struct value flags_of(uint32_t flags)
{
	return (struct value){ .kind = VALUE_FLAGS, .i = flags, .names = flag_name };
}

static struct value number_if(int32_t n)
{
	return n == PUNCH_ABSENT ? value_null() : value_of(VALUE_INT, n);
}

static struct value name_if(const char *name)
{
	return value_text_if(gh_slice_of(name));
}

static struct value utc_if(int64_t utc)
{
	return utc == PUNCH_NO_UTC ? value_null() : value_of(VALUE_UTC, utc);
}

#define FIELD(name, kind, null, about, expression) \
	FIELD_GETTER(struct punch_view, punch, name, expression)
#include "api/punch.def"
#undef FIELD

static const struct field field[] = {
#define FIELD(name, kind, null, about, expression) FIELD_ROW(punch, name, kind, null, about),
#include "api/punch.def"
#undef FIELD
};

const struct fields punch_fields = { "Punch", field, sizeof(field) / sizeof(field[0]) };

/* Before 2.2.14 verify modes had other numbers (Attendance PUSH 2020-03, appendix 7; PUSH SDK
 * 2013, table 2-3). A device that tells no version is that old. */
static enum verify_generation generation_of(gh_slice version)
{
	static const uint64_t newer[] = { 2, 2, 14 };

	for (size_t i = 0; i < 3; i++) {
		gh_slice part;
		uint64_t n;

		gh_slice_cut(version, '.', &part, &version);
		if (ghi_number_parse(part, UINT32_MAX, &n) || n < newer[i])
			return VERIFY_OLD;
		if (n > newer[i])
			return VERIFY_NEW;
	}
	return VERIFY_NEW;
}

struct punch_view punch_view_of(struct punch_viewer *v, const struct punch *p)
{
	if (p->device != v->device || v->device == 0) {
		struct device *d = devices_find(v->server->devices, p->serial);
		struct arena a = ghi_arena_with_limit((size_t)1 << 20);
		struct device_row row = { 0 };

		if (d)
			device_row(d, &a, &row);
		v->device = p->device;
		v->generation = d ? generation_of(row.push_version) : VERIFY_NEW;
		ghi_arena_clear(&a);
		device_unref(d);
	}
	return (struct punch_view){ p, v->generation };
}
