/* SQL made from a kind's field table, and its records bound and read back. */
#ifndef GH_STORE_SQL_KIND_SQL_H
#define GH_STORE_SQL_KIND_SQL_H

#include "base/writer.h"
#include "store/sql/sql.h"

enum kind_fields {
	KIND_ALL_FIELDS,
	KIND_SHORT_KEY_FIELDS,
	KIND_LONG_KEY_FIELDS, /* those with MODEL_LONG */
	KIND_VALUE_FIELDS
};

/* A piece of a statement. */
static inline void sql_words(struct ghi_writer *w, const char *text)
{
	ghi_put(w, gh_slice_of(text));
}

/* `pattern` once per field, each after ", ", with '%' replaced by the column's name. */
void kind_put_columns(struct ghi_writer *w, const struct model_kind *k, enum kind_fields which,
		      const char *pattern);

/* All fields of the records r, to be read. The content of a photo may be in the table picture. */
void kind_put_read_columns(struct ghi_writer *w, const struct model_kind *k);

/* The fields as parameters, in the order of the table. An absent field is NULL; in the key
 * of a record it counts as empty, 0 or no time, because NULLs are never equal. */
void kind_put_fields(struct sql_call *q, const struct model_kind *k, const void *record,
		     enum kind_fields which);
void kind_put_field(struct sql_call *q, const struct model_kind *k, const void *record,
		    size_t i);

/* All fields from consecutive columns. NULL is an absent field. */
void kind_read_fields(const struct sql_call *q, const struct model_kind *k, int column,
		      void *record);

#endif
