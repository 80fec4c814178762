/* The kinds of record a device uploads besides punches, as data. */
#ifndef GH_MODEL_KIND_H
#define GH_MODEL_KIND_H

#include "model/field.h"

enum model_kind_id {
#define MODEL_RECORD(name, NAME, plural) KIND_##NAME,
#include "model/record.def"
	KIND_COUNT
};

extern const struct model_kind model_kinds[KIND_COUNT];

/* Room for one record of any kind. */
union model_record {
	uint64_t present;
	uint8_t bytes[512];
	max_align_t align;
};

/* Field i of a record. The record must be of kind k. */
static inline void *model_at(const struct model_kind *k, void *record, size_t i)
{
	return (uint8_t *)record + k->field[i].offset;
}

static inline const void *model_at_const(const struct model_kind *k, const void *record,
					 size_t i)
{
	return (const uint8_t *)record + k->field[i].offset;
}

/* The field that takes what no other does; k->fields: there is none. */
static inline size_t model_extra(const struct model_kind *k)
{
	size_t i = k->fields;

	while (i > 0 && !(k->field[i - 1].flags & MODEL_EXTRA))
		i--;
	return i > 0 ? i - 1 : k->fields;
}

static inline bool model_has(const void *record, size_t i)
{
	uint64_t word;

	memcpy(&word, (const uint8_t *)record + i / MODEL_WORD * sizeof(word), sizeof(word));
	return word >> i % MODEL_WORD & 1;
}

/* Field i is present from now on. */
static inline void model_mark(void *record, size_t i)
{
	uint8_t *at = (uint8_t *)record + i / MODEL_WORD * sizeof(uint64_t);
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	word |= UINT64_C(1) << i % MODEL_WORD;
	memcpy(at, &word, sizeof(word));
}

/* No field is. */
static inline void model_unmark_all(const struct model_kind *k, void *record)
{
	memset(record, 0, (k->fields + MODEL_WORD - 1) / MODEL_WORD * sizeof(uint64_t));
}

#endif
