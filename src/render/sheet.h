/* A workbook (XLSX) that is written row by row, with libxlsxwriter, in memory that does not grow.
 * Its parts are in files without a name until the workbook is complete: nothing remains of one
 * that is discarded, also when the program is killed.
 *
 * Times of a device's clock and days are dates of the spreadsheet; whole numbers are numbers; all
 * else is text and stays as it is: a spreadsheet neither evaluates nor converts it. */
#ifndef GH_RENDER_SHEET_H
#define GH_RENDER_SHEET_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct fields;
struct sheet;

/* Rows of a worksheet below the one that names the columns; what follows goes to the next one. */
#define SHEET_ROWS 1048575

/* What the file system must have free, besides what a workbook takes to be put together. */
#define SHEET_ROOM (UINT64_C(256) << 20)

/* An empty workbook, whose columns are those fields; `name` is that of the first worksheet, at most
 * 24 letters. Its files are made in `folder`, the path of a directory. `name` and the fields must
 * outlive it. GH_ENOMEM; GH_EIO: the folder cannot be written;
 * GH_EFULL, here and later: its file system has less than 256 MiB free. */
GH_MUST_CHECK enum gh_err sheet_new(const char *folder, const char *name,
				    const struct fields *fields, struct sheet **out);
/* A struct sheet of fewer rows per worksheet, for tests. */
void sheet_rows_limit(struct sheet *s, uint32_t rows);
/* Append a row. An error sticks. */
enum gh_err sheet_row(struct sheet *s, const void *row);
/* After the last row, once: put the file together, which takes the processor some seconds for a
 * million rows. */
GH_MUST_CHECK enum gh_err sheet_end(struct sheet *s);
/* Bytes of the file from `at` on, at most n; their number, 0 at its end, -1: it cannot be read. */
int64_t sheet_read(const struct sheet *s, uint64_t at, uint8_t *to, size_t n);
/* NULL is fine. */
void sheet_free(struct sheet *s);

#endif
