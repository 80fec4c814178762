/* Values of many rows as parameters of one statement: a list in text for each column, numbers in decimal
 * and texts in hexadecimal, parted by commas. */
#ifndef GH_STORE_SQL_VALUE_LIST_H
#define GH_STORE_SQL_VALUE_LIST_H

#include "base/buffer.h"

#define VALUE_LIST_BYTES (32u << 20) /* the limit of a list's buffer */

/* Element i, from 0 on. What goes wrong is in b->err. */
void value_list_number(struct buffer *b, size_t i, int64_t v);
void value_list_null(struct buffer *b, size_t i);
void value_list_text(struct buffer *b, size_t i, gh_slice s);

#endif
