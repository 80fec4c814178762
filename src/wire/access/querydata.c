#include "wire/access/querydata.h"

#include "base/number.h"

#define NUMBER_MAX ((uint64_t)INT32_MAX)

static bool querydata_number_of(ghi_querydata_param *param, void *ctx, const char *name,
				uint64_t most, uint64_t *out)
{
	gh_slice text = gh_slice_trim(param(ctx, name));

	return text.n && ghi_number_parse(text, most, out) == GH_OK;
}

void ghi_querydata_read(ghi_querydata_param *param, void *ctx, struct ghi_querydata *out)
{
	gh_slice type = gh_slice_trim(param(ctx, "type"));
	bool packets = gh_slice_trim(param(ctx, "packcnt")).n != 0,
	     number = gh_slice_trim(param(ctx, "packidx")).n != 0;
	uint64_t command = 0, format = 0;

	*out = (struct ghi_querydata){ .packets = 1, .number = 1 };
	if (gh_slice_ieq(type, GH_LIT("count")))
		out->type = GHI_QUERYDATA_COUNT;
	else if (gh_slice_ieq(type, GH_LIT("options")))
		out->type = GHI_QUERYDATA_OPTIONS;
	out->virtual = gh_slice_ieq(type, GH_LIT("vmtable"));
	out->table = gh_slice_trim(param(ctx, "tablename"));
	if (querydata_number_of(param, ctx, "cmdid", INT64_MAX, &command))
		out->command = (int64_t)command;
	out->has_count = querydata_number_of(param, ctx, "count", INT64_MAX, &out->count);
	out->packed = querydata_number_of(param, ctx, "datafmt", 9, &format) && format == 3;
	/* The packed form has neither (9.2.1). */
	out->numbered = !packets && !number;
	if (out->numbered)
		return;
	out->numbered = querydata_number_of(param, ctx, "packcnt", NUMBER_MAX, &out->packets) &&
			querydata_number_of(param, ctx, "packidx", NUMBER_MAX, &out->number) &&
			out->number >= 1 && out->number <= out->packets;
}

static void querydata_number_put(struct ghi_writer *w, gh_slice name, uint64_t n)
{
	ghi_put(w, name);
	ghi_put_decimal(w, n);
}

void ghi_querydata_write(struct ghi_writer *w, const struct ghi_querydata *q)
{
	static const char *const type[] = {
		[GHI_QUERYDATA_ROWS] = "tabledata",
		[GHI_QUERYDATA_COUNT] = "count",
		[GHI_QUERYDATA_OPTIONS] = "options",
	};

	ghi_put(w, GH_LIT("&type="));
	ghi_put(w, gh_slice_of(q->virtual ? "vmtable" : type[q->type]));
	querydata_number_put(w, GH_LIT("&cmdid="), (uint64_t)q->command);
	ghi_put(w, GH_LIT("&tablename="));
	ghi_put(w, q->table);
	querydata_number_put(w, GH_LIT("&count="), q->count);
	if (q->packed) {
		ghi_put(w, GH_LIT("&datafmt=3&Stamp=9999"));
		return;
	}
	querydata_number_put(w, GH_LIT("&packcnt="), q->packets);
	querydata_number_put(w, GH_LIT("&packidx="), q->number);
}

/* --- the body --- */

#define HEAD_MAX 1024 /* bytes of it */

/* The lines of a head; *rest is what follows them, at the first that is none. */
static bool querydata_head_read(gh_slice head, gh_slice *name, gh_slice *rest)
{
	gh_slice line, key, value, after;
	bool packed = false, more = true;

	while (more && !packed) {
		more = gh_slice_cut(head, '\n', &line, &after);
		line = gh_slice_trim(line);
		if (line.n > 256 || !gh_slice_cut(line, '=', &key, &value))
			return false;
		if (gh_slice_ieq(key, GH_LIT("name")))
			*name = value;
		packed = gh_slice_ieq(key, GH_LIT("datatype")) &&
			 gh_slice_ieq(value, GH_LIT("tgz"));
		head = more ? after : (gh_slice){ 0 };
	}
	*rest = head;
	return packed;
}

struct ghi_querydata_body ghi_querydata_body_of(gh_slice body, bool packed)
{
	gh_slice head = body, name = { 0 }, rest = { 0 };
	const uint8_t *end;

	if (head.n > HEAD_MAX)
		head.n = HEAD_MAX;
	end = head.n ? memchr(head.p, '\0', head.n) : NULL;
	if (end)
		head.n = (size_t)(end - head.p);
	if (querydata_head_read(head, &name, &rest)) {
		rest = end ? gh_slice_from(body, head.n + 1)
			   : gh_slice_from(body, rest.p ? (size_t)(rest.p - body.p) : head.n);
		return (struct ghi_querydata_body){ true, name, gh_slice_trim(rest) };
	}
	if (!packed)
		return (struct ghi_querydata_body){ false, { 0 }, body };
	return (struct ghi_querydata_body){
		true, name, gh_slice_trim(end ? gh_slice_from(body, head.n + 1) : body)
	};
}

void ghi_querydata_body_write(struct ghi_writer *w, gh_slice name, size_t size, gh_slice base64)
{
	ghi_put(w, GH_LIT("name="));
	ghi_put(w, name);
	querydata_number_put(w, GH_LIT("\nsize="), size);
	ghi_put(w, GH_LIT("\ndatacode=base64\ndatatype=tgz"));
	ghi_put_u8(w, 0);
	ghi_put(w, base64);
}

enum gh_err ghi_querydata_count(gh_slice body, uint64_t *count)
{
	gh_slice table, number;

	if (!gh_slice_cut(gh_slice_trim(body), '=', &table, &number))
		number = table;
	return ghi_number_parse(gh_slice_trim(number), INT64_MAX, count);
}
