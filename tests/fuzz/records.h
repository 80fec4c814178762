/* Properties of records, for the targets that read some. */
#ifndef GH_TESTS_FUZZ_RECORDS_H
#define GH_TESTS_FUZZ_RECORDS_H

#include "fuzz.h"
#include "model/kind.h"
#include "wire/push/record.h"

/* Whether field i holds text. */
static inline bool is_text(const struct model_kind *k, size_t i)
{
	return k->field[i].type == MODEL_TEXT || k->field[i].type == MODEL_BYTES;
}

static inline gh_slice text_at(const struct model_kind *k, const void *record, size_t i)
{
	return *(const gh_slice *)model_at_const(k, record, i);
}

/* Fields that r writes: not those it only reads by an alias. */
static inline uint64_t written_fields(const struct ghi_record *r)
{
	uint64_t fields = 0;

	for (size_t i = 0; i < r->keys; i++)
		if (!r->key[i].alias)
			fields |= UINT64_C(1) << r->key[i].field;
	return fields;
}

/* The same fields with the same values; `loosely` passes over CRs. */
static inline bool same_record(const struct model_kind *k, const union model_record *a,
			       const union model_record *b, bool loosely)
{
	if (a->present != b->present)
		return false;
	for (size_t i = 0; i < k->fields; i++) {
		if (!model_has(a, i))
			continue;
		/* Of a long value of an unknown field its size is kept, in which CRs count. */
		if (loosely && i == model_extra(k))
			continue;
		if (!is_text(k, i)) {
			if (memcmp(model_at_const(k, a, i), model_at_const(k, b, i),
				   sizeof(int64_t)) != 0)
				return false;
		} else if (loosely ? !same_but_cr(text_at(k, a, i), text_at(k, b, i))
				   : !gh_slice_eq(text_at(k, a, i), text_at(k, b, i))) {
			return false;
		}
	}
	return true;
}

#endif
