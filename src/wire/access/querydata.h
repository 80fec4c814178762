/* POST querydata: a packet of the answer to a query (Security PUSH 3.1.2, 9.1.3, 9.1.4, 9.2.1 and 9.5.2). */
#ifndef GH_WIRE_ACCESS_QUERYDATA_H
#define GH_WIRE_ACCESS_QUERYDATA_H

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"

enum ghi_querydata_type {
	GHI_QUERYDATA_ROWS,    /* tabledata; vmtable, of a virtual table; any other word */
	GHI_QUERYDATA_COUNT,   /* "<table>=<number>" */
	GHI_QUERYDATA_OPTIONS, /* "name=value,…" */
};

/* What stands in the address. */
struct ghi_querydata {
	enum ghi_querydata_type type;
	bool virtual;	 /* written as vmtable */
	int64_t command; /* 0: it is not that of a command */
	gh_slice table;	 /* as it is spelled */
	uint64_t count;	 /* rows in this packet */
	bool has_count;
	uint64_t packets; /* in all, from 1 */
	uint64_t number;  /* this one, from 1 to packets */
	bool numbered;	  /* the two above make sense, or both are absent and 1 */
	bool packed;	  /* datafmt=3 */
};

/* The value of a parameter, decoded; empty: absent. */
typedef gh_slice ghi_querydata_param(void *ctx, const char *name);
void ghi_querydata_read(ghi_querydata_param *param, void *ctx, struct ghi_querydata *out);
/* "&type=tabledata&cmdid=415&tablename=user&count=3&packcnt=1&packidx=1", as a device writes it. */
void ghi_querydata_write(struct ghi_writer *w, const struct ghi_querydata *q);

/* What is in the body. */
struct ghi_querydata_body {
	bool packed;   /* `content` is base64 of a tar that is compressed by gzip */
	gh_slice name; /* of the file, as the head has it; empty: it has none */
	gh_slice content;
};

/* With datafmt=3, and wherever a line of the head is datatype=tgz: text up to the first NUL, and base64
 * behind it. Where that line has none, base64 follows it. Any other body is the content. Borrowed. */
struct ghi_querydata_body ghi_querydata_body_of(gh_slice body, bool packed);
/* The head and the base64 of a file of `size` bytes, which is borrowed. */
void ghi_querydata_body_write(struct ghi_writer *w, gh_slice name, size_t size,
			      gh_slice base64);

/* "user=5": the number. GH_EMALFORMED: there is none. */
GH_MUST_CHECK enum gh_err ghi_querydata_count(gh_slice body, uint64_t *count);

#endif
