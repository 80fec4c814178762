#include "model/record.h"
#include "wire/attendance/operlog.h"

/* Ceilings. Templates and pictures are base64 text. */
#define NUMBER_MAX INT32_MAX
#define PIN_MAX 24
#define NAME_MAX 128
#define WORD_MAX 64
#define TEXT_MAX 512
#define ADDITIONAL_MAX 65536
#define TEMPLATE_MAX (4 << 20)
#define PICTURE_MAX (8 << 20)

#define GHI_RECORD(name) static const struct ghi_key name##_key[] = {
#define GHI_KEY(key, field, alias, max) { key, field, alias, max },
/* The brace that this one closes stands in another macro. */
/* clang-format off */
#define GHI_RECORD_END };
/* clang-format on */
#include "wire/attendance/record.def"
#undef GHI_RECORD
#undef GHI_KEY
#undef GHI_RECORD_END

#define RECORD(KIND, keys)                                              \
	&(const struct ghi_record)                                      \
	{                                                               \
		KIND_##KIND, keys, sizeof(keys) / sizeof(keys[0]), '\t' \
	}

static const struct ghi_operlog_tag tags[] = {
	{ .tag = "OPLOG",
	  .table = "OPLOG",
	  .kind = KIND_OPLOG,
	  .source = "",
	  .type = -1,
	  .required = OPLOG_time,
	  .without = "no time" },
#define GHI_TAG(tag, table, record, command, KIND, source, type, required, without) \
	{ tag,	  RECORD(KIND, record##_key),  KIND_##KIND, source,                 \
	  table,  RECORD(KIND, command##_key), type,	    required,               \
	  without },
#include "wire/attendance/tag.def"
#undef GHI_TAG
};

const struct ghi_operlog_tag *ghi_operlog_tag(gh_slice tag)
{
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (gh_slice_ieq(tag, gh_slice_of(tags[i].tag)) ||
		    gh_slice_ieq(tag, gh_slice_of(tags[i].table)))
			return &tags[i];
	return NULL;
}
