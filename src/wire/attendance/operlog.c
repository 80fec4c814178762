#include "wire/attendance/operlog.h"

#include "base/base64.h"
#include "model/record.h"
#include "wire/attendance/attlog.h"
#include "wire/attendance/oplog.h"

/* What a line of the body is, by its first bytes. */
enum line_kind {
	LINE_KNOWN,   /* begins a record: its tag is known */
	LINE_UNKNOWN, /* begins a record of an unknown tag */
	LINE_BARE,    /* pairs or base64 without a tag */
};

struct head {
	enum line_kind kind;
	const struct ghi_operlog_tag *tag;
	gh_slice rest; /* after the tag and its blank */
};

/* Capitals, digits and '_', a letter first: how every tag is written. */
static bool tag_like(gh_slice word)
{
	if (word.n < 2 || word.n > 16 || word.p[0] < 'A' || word.p[0] > 'Z')
		return false;
	for (size_t i = 1; i < word.n; i++)
		if (!((word.p[i] >= 'A' && word.p[i] <= 'Z') ||
		      (word.p[i] >= '0' && word.p[i] <= '9') || word.p[i] == '_'))
			return false;
	return true;
}

static struct head head_of(gh_slice line)
{
	struct head h = { .kind = LINE_BARE, .rest = line };
	size_t n = 0;

	while (n < line.n && n <= 16 && line.p[n] != ' ' && line.p[n] != '\t' &&
	       line.p[n] != '=')
		n++;
	gh_slice word = { line.p, n };

	if (n == line.n || line.p[n] == '=')
		return h;
	h.tag = ghi_operlog_tag(word);
	if (h.tag)
		h.kind = LINE_KNOWN;
	else if (line.p[n] == ' ' && tag_like(word))
		h.kind = LINE_UNKNOWN;
	else
		return h;
	h.rest = gh_slice_from(line, n + 1);
	return h;
}

/* "TMP=": that key at the front of a line. */
static bool begins_with_key(gh_slice line, const struct ghi_key *k)
{
	gh_slice key = gh_slice_of(k->key);

	return gh_slice_istarts(line, key) && line.n > key.n && line.p[key.n] == '=';
}

/* Whether the value a line ends in is base64: that of its last known key, or what it was
 * before when the line has none. */
static bool ends_in_bulk(const struct ghi_record *r, gh_slice line, bool before)
{
	for (size_t end = line.n, start; end; end = start ? start - 1 : 0) {
		for (start = end; start && line.p[start - 1] != '\t'; start--)
			;
		gh_slice piece = { line.p + start, end - start };

		for (size_t i = 0; i < r->keys; i++)
			if (begins_with_key(piece, &r->key[i]))
				return ghi_record_is_bulk(r, &r->key[i]);
	}
	return before;
}

/* A record may be broken over lines only within base64, or before the pair that holds it. Any
 * other line without a tag is a record of its own, so that a stray one cannot spoil the record
 * before it. */
static bool operlog_continues(const struct ghi_record *r, bool in_bulk, gh_slice line)
{
	for (size_t i = 0; r && i < r->keys; i++)
		if (ghi_record_is_bulk(r, &r->key[i]) && begins_with_key(line, &r->key[i]))
			return true;
	return in_bulk && ghi_base64_is_padded_text(line);
}

static bool operlog_is_empty(const struct model_kind *kind, const void *record, unsigned field)
{
	gh_slice s;

	if (!model_has(record, field))
		return true;
	if (kind->field[field].type != MODEL_TEXT)
		return false;
	memcpy(&s, model_at_const(kind, record, field), sizeof(s));
	return gh_slice_trim(s).n == 0;
}

/* Set the fields of the record that follow from its tag. */
static void operlog_apply_tag(const struct ghi_operlog_tag *tag, union model_record *record)
{
	gh_slice source = gh_slice_of(tag->source);
	int64_t type = tag->type;
	unsigned source_field = tag->kind == KIND_TEMPLATE ? TEMPLATE_source : PHOTO_kind;

	if (source.n) {
		memcpy(model_at(&model_kinds[tag->kind], record, source_field), &source,
		       sizeof(source));
		record->present |= UINT64_C(1) << source_field;
	}
	if (type >= 0) {
		memcpy(model_at(&model_kinds[tag->kind], record, TEMPLATE_type), &type,
		       sizeof(type));
		record->present |= UINT64_C(1) << TEMPLATE_type;
	}
}

enum gh_err ghi_operlog_again(struct ghi_operlog_line *out, uint8_t *room, size_t size)
{
	const struct ghi_operlog_tag *tag = out->tag;
	const struct model_kind *kind = &model_kinds[tag->kind];
	struct ghi_record_fault fault = { 0 };
	struct ghi_writer extra = ghi_writer_on(room, size);
	enum gh_err err =
		ghi_record_parse(tag->record, out->pairs, &out->record, &extra, &fault);

	if (err) {
		out->key = fault.key;
		out->reason = err == GH_ESPACE	  ? "fields that are not known are too long"
			      : err == GH_ETOOBIG ? "value is over its limit"
						  : "value is not valid";
		return err;
	}
	if (operlog_is_empty(&model_kinds[tag->kind], &out->record, tag->required)) {
		out->reason = tag->without;
		return GH_EMALFORMED;
	}
	operlog_apply_tag(tag, &out->record);
	if (extra.n) {
		gh_slice text = ghi_written(&extra);

		memcpy(model_at(kind, &out->record, model_extra(kind)), &text, sizeof(text));
		out->record.present |= UINT64_C(1) << model_extra(kind);
	}
	return GH_OK;
}

static enum gh_err operlog_columns_parse(gh_slice columns, struct ghi_operlog_line *out)
{
	struct oplog o;
	enum gh_err err = ghi_oplog_parse(columns, &o, &out->reason, &out->key);

	if (err == GH_OK)
		memcpy(&out->record, &o, sizeof(o));
	return err;
}

struct ghi_operlog ghi_operlog_of(gh_slice body, gh_slice table)
{
	return (struct ghi_operlog){ .in = body, .table = gh_slice_trim(table) };
}

/* The next line with something in it, in a copy of the walk. */
static bool operlog_peek(const struct ghi_operlog *o, struct ghi_lines *at, gh_slice *line)
{
	*at = (struct ghi_lines){ .in = o->in, .at = o->at, .number = o->number };
	return ghi_lines_next(at, line);
}

static void operlog_advance(struct ghi_operlog *o, const struct ghi_lines *at)
{
	o->at = at->at;
	o->number = at->number;
}

enum gh_err ghi_operlog_next(struct ghi_operlog *o, struct ghi_operlog_line *out)
{
	struct ghi_lines at;
	gh_slice line, more;

	if (!operlog_peek(o, &at, &line))
		return GH_ENOTFOUND;
	operlog_advance(o, &at);

	struct head h = head_of(line);

	if (h.kind == LINE_BARE)
		h.tag = ghi_operlog_tag(o->table);
	*out = (struct ghi_operlog_line){
		.tag = h.tag, .text = line, .number = at.number, .offset = at.start
	};
	const struct ghi_record *r = h.tag ? h.tag->record : NULL;
	bool in_bulk = r ? ends_in_bulk(r, h.rest, false) : h.kind == LINE_UNKNOWN;

	while (operlog_peek(o, &at, &more) && head_of(more).kind == LINE_BARE &&
	       operlog_continues(r, in_bulk, more)) {
		out->text.n = (size_t)(more.p + more.n - out->text.p);
		in_bulk = r ? ends_in_bulk(r, more, in_bulk) : in_bulk;
		operlog_advance(o, &at);
	}
	if (h.tag == NULL) {
		out->reason = h.kind == LINE_UNKNOWN ? "unknown kind of record"
						     : "line without a tag";
		return h.kind == LINE_UNKNOWN ? GH_EUNSUPPORTED : GH_EMALFORMED;
	}
	h.rest.n = (size_t)(out->text.p + out->text.n - h.rest.p);
	out->pairs = h.rest;
	return h.tag->record ? ghi_operlog_again(out, out->extra, sizeof(out->extra))
			     : operlog_columns_parse(h.rest, out);
}
