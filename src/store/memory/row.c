#include "store/memory/memory.h"

#define AT(type, member) offsetof(struct type, member)

static const struct {
	uint16_t size;
	uint8_t slices;
	uint16_t slice[4];
} layout[TABLE_RECORD] = {
	[TABLE_OPTION] = { sizeof(struct memory_pair),
			   2,
			   { AT(memory_pair, key), AT(memory_pair, value) } },
	[TABLE_STAMP] = { sizeof(struct memory_pair),
			  2,
			  { AT(memory_pair, key), AT(memory_pair, value) } },
	[TABLE_PUNCH] = { sizeof(struct punch),
			  4,
			  { AT(punch, pin), AT(punch, work_code), AT(punch, extra),
			    AT(punch, zone) } },
	[TABLE_QUARANTINE] = { sizeof(struct quarantine),
			       3,
			       { AT(quarantine, table), AT(quarantine, reason),
				 AT(quarantine, raw) } },
	[TABLE_UPLOAD] = { sizeof(struct raw_upload),
			   3,
			   { AT(raw_upload, table), AT(raw_upload, target),
			     AT(raw_upload, body) } },
	[TABLE_COMMAND] = { sizeof(struct command),
			    3,
			    { AT(command, text), AT(command, result),
			      AT(command, sub_serial) } },
	[TABLE_EVENT] = { sizeof(struct memory_event), 1, { AT(memory_event, event.detail) } },
	[TABLE_TOKEN] = { sizeof(struct token), 1, { AT(token, name) } },
};

static struct row *kind_row(const struct model_kind *k, const void *object, size_t size,
			    size_t record_at)
{
	uint16_t offset[64];
	size_t n = 0;

	for (size_t i = 0; i < k->fields; i++)
		if (k->field[i].type == MODEL_TEXT || k->field[i].type == MODEL_BYTES)
			offset[n++] = (uint16_t)(record_at + k->field[i].offset);
	return row_new(object, size, offset, n);
}

struct row *memory_row(enum memory_table t, const void *object)
{
	if (t == TABLE_DEVICE)
		return kind_row(&device_kind, object, sizeof(struct memory_device), 0);
	if (t >= TABLE_RECORD)
		return kind_row(&model_kinds[t - TABLE_RECORD], object,
				sizeof(struct memory_record),
				offsetof(struct memory_record, record));
	return row_new(object, layout[t].size, layout[t].slice, layout[t].slices);
}
