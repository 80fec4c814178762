/* An upload of tagged records: nothing but line ends lies between them, each reads back as it
 * was written and alone as among the others, and CR LF changes nothing. The first line is the
 * table's name. */
#include "records.h"
#include "wire/attendance/operlog.h"

static bool line_is_blank(gh_slice s)
{
	return gh_slice_trim(s).n == 0;
}

/* With room for all of its unknown pairs; *room is the caller's. */
static enum gh_err operlog_next_whole(struct ghi_operlog *o, struct ghi_operlog_line *l,
				      uint8_t **room)
{
	enum gh_err err = ghi_operlog_next(o, l);

	free(*room);
	*room = NULL;
	if (err != GH_ESPACE)
		return err;
	*room = malloc(l->text.n);
	check(*room);
	err = ghi_operlog_again(l, *room, l->text.n);
	check(err != GH_ESPACE);
	return err;
}

static void reads_back(const struct ghi_operlog_line *l)
{
	size_t cap = l->text.n + 1024;
	uint8_t *text = malloc(cap);
	struct ghi_writer w = ghi_writer_on(text, cap);

	check(text);
	ghi_operlog_write(&w, l->tag, &l->record);
	check(w.err == GH_OK || w.err == GH_EMALFORMED);
	if (w.err == GH_OK) {
		struct ghi_operlog o = ghi_operlog_of(ghi_written(&w), GH_LIT("OPERLOG"));
		struct ghi_operlog_line again, more;

		check(ghi_operlog_next(&o, &again) == GH_OK && again.tag == l->tag);
		/* An OPLOG line is written with all its columns. */
		if (l->tag->record) {
			uint64_t implied =
				again.record.present & ~written_fields(l->tag->record);
			union model_record want;

			memcpy(&want, &l->record, sizeof(want));
			want.present &= written_fields(l->tag->record) | implied;
			check(same_record(&model_kinds[l->tag->kind], &want, &again.record,
					  false));
		}
		check(ghi_operlog_next(&o, &more) == GH_ENOTFOUND);
	}
	free(text);
}

/* A record is what it is wherever it stands. */
static void stands_alone(const struct ghi_operlog_line *l, gh_slice table, enum gh_err err)
{
	struct ghi_operlog o = ghi_operlog_of(l->text, table);
	struct ghi_operlog_line alone, more;
	uint8_t *room = NULL;

	check(operlog_next_whole(&o, &alone, &room) == err);
	check(alone.tag == l->tag && gh_slice_eq(alone.text, l->text));
	if (err == GH_OK)
		check(same_record(&model_kinds[l->tag->kind], &l->record, &alone.record,
				  false));
	check(ghi_operlog_next(&o, &more) == GH_ENOTFOUND);
	free(room);
}

static void text_is_borrowed(const struct ghi_operlog_line *l, gh_slice body)
{
	const struct model_kind *k = &model_kinds[l->tag->kind];

	for (size_t i = 0; i < k->fields; i++) {
		if (!model_has(&l->record, i) || !is_text(k, i) ||
		    k->field[i].flags & MODEL_EXTRA)
			continue;
		gh_slice s = text_at(k, &l->record, i);

		check(fuzz_inside(s, body) || s.p == (const uint8_t *)l->tag->source);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_slice table, body;

	gh_slice_cut((gh_slice){ data, size }, '\n', &table, &body);
	gh_slice crlf = with_crlf(body);
	struct ghi_operlog o = ghi_operlog_of(body, table);
	struct ghi_operlog o2 = ghi_operlog_of(crlf, table);
	struct ghi_operlog_line l, l2;
	uint8_t *room = NULL, *room2 = NULL;
	enum gh_err err;
	size_t seen = 0;

	while ((err = operlog_next_whole(&o, &l, &room)) != GH_ENOTFOUND) {
		check(l.text.n && fuzz_inside(l.text, body));
		check(l.text.p == body.p + l.offset && l.offset >= seen);
		check(line_is_blank((gh_slice){ body.p + seen, l.offset - seen }));
		seen = l.offset + l.text.n;
		check(err ? l.reason != NULL : l.tag != NULL);
		check(err != GH_EUNSUPPORTED || l.tag == NULL);
		if (err == GH_OK) {
			text_is_borrowed(&l, body);
			reads_back(&l);
		}
		stands_alone(&l, table, err);
		check(operlog_next_whole(&o2, &l2, &room2) == err);
		check(l2.tag == l.tag && l2.number == l.number);
		check(same_but_cr(l2.text, l.text));
		if (err == GH_OK)
			check(same_record(&model_kinds[l.tag->kind], &l.record, &l2.record,
					  true));
	}
	check(line_is_blank(gh_slice_from(body, seen)));
	check(ghi_operlog_next(&o2, &l2) == GH_ENOTFOUND);
	free(room);
	free(room2);
	fuzz_release(crlf);
	return 0;
}
