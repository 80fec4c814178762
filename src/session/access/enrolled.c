/* What a unit uploads after a person was enrolled by command (Security PUSH 3.1.2, 9.6): a card
 * (type=EnrollInfoData), or a template of any biometric type and a photo with it (type=BioData). They become
 * the same records as those of the unit's tables. The document does not state the reply; it is "OK". */
#include "base/number.h"
#include "session/access/upload.h"
#include "wire/access/row.h"

struct enrolled_line {
	struct ghi_writer w;
	bool first;
};

static bool enrolled_line_begin(struct access_upload *u, struct enrolled_line *l, size_t room,
				const char *table)
{
	uint8_t *text = ghi_arena_alloc(u->x->arena, room);

	*l = (struct enrolled_line){ ghi_writer_on(text, text ? room : 0), true };
	ghi_put(&l->w, gh_slice_of(table));
	ghi_put_u8(&l->w, ' ');
	return text != NULL;
}

static void enrolled_put(struct enrolled_line *l, const char *key, gh_slice value)
{
	ghi_row_put(&l->w, &l->first, gh_slice_of(key), value);
}

static int64_t enrolled_number(const struct ghi_row *r, const char *key, int64_t otherwise)
{
	int64_t n = otherwise;
	gh_slice text;

	if (ghi_row_get(r, key, &text) && gh_slice_trim(text).n &&
	    ghi_signed_parse(gh_slice_trim(text), 0, INT32_MAX, &n))
		return -1;
	return n;
}

/* It was taken: the order that it came by is looked for once it is stored. */
static void enrolled_note(struct access_upload *u, const struct ghi_row *r, bool is_card,
			  bool photo)
{
	struct enrolled *e = &u->enrolled[u->enrolments];
	gh_slice pin;

	if (u->again || u->enrolments == ENROLLED_MOST || !ghi_row_get(r, "PIN", &pin))
		return;
	*e = (struct enrolled){ .pin = ghi_arena_copy(u->x->arena, gh_slice_trim(pin)),
				.is_card = is_card,
				.biotype = is_card ? -1 : enrolled_number(r, "TYPE", -1),
				.no = is_card ? -1 : enrolled_number(r, "NO", 0),
				.photo = photo };
	u->enrolments += e->pin.n > 0;
}

/* Rows of the tables biodata, and biophoto where a photo is with it. */
static enum gh_err enrolled_template_take(struct access_upload *u, gh_slice line)
{
	struct ghi_row row = ghi_row_of(line, (gh_slice){ 0 });
	size_t room = line.n + 64;
	struct enrolled_line template, photo;
	gh_slice key, value, picture = { 0 };

	if (!enrolled_line_begin(u, &template, room, "biodata") ||
	    !enrolled_line_begin(u, &photo, room, "biophoto"))
		return GH_ENOMEM;
	while (ghi_row_next(&row, &key, &value)) {
		if (gh_slice_ieq(key, GH_LIT("PIN")))
			enrolled_put(&photo, "PIN", value);
		else if (gh_slice_ieq(key, GH_LIT("TYPE")))
			enrolled_put(&photo, "Type", value);
		if (gh_slice_ieq(key, GH_LIT("BIOPHOTO")))
			picture = value;
		else if (gh_slice_ieq(key, GH_LIT("MAJOR_VER")))
			enrolled_put(&template, "MajorVer", value);
		else if (gh_slice_ieq(key, GH_LIT("MINOR_VER")))
			enrolled_put(&template, "MinorVer", value);
		else if (value.n) /* what is empty is none: INDEX may be */
			ghi_row_put(&template.w, &template.first, key, value);
	}
	enrolled_put(&photo, "Content", picture);
	if (template.w.err || photo.w.err)
		return access_quarantine(u, line, "a control character within a value");

	size_t before = u->quarantined;
	enum gh_err err = access_record_take(u, ghi_written(&template.w));

	row = ghi_row_of(line, (gh_slice){ 0 });
	if (err == GH_OK && u->quarantined == before)
		enrolled_note(u, &row, false, picture.n > 0);
	return err == GH_OK && picture.n ? access_record_take(u, ghi_written(&photo.w)) : err;
}

/* A row of the table user. TYPE 0 is the number of a card; the document has no other. */
static enum gh_err enrolled_card_take(struct access_upload *u, gh_slice line)
{
	struct ghi_row row = ghi_row_of(line, (gh_slice){ 0 });
	gh_slice type = { 0 }, pin = { 0 }, card = { 0 };
	struct enrolled_line user;

	(void)ghi_row_get(&row, "TYPE", &type);
	(void)ghi_row_get(&row, "PIN", &pin);
	(void)ghi_row_get(&row, "TMP", &card);
	if (type.n && !gh_slice_eq(gh_slice_trim(type), GH_LIT("0")))
		return access_quarantine(u, line, "TYPE: only cards, 0, are known");
	if (gh_slice_trim(card).n == 0)
		return access_quarantine(u, line, "no TMP");
	if (!enrolled_line_begin(u, &user, line.n + 64, "user"))
		return GH_ENOMEM;
	enrolled_put(&user, "Pin", pin);
	enrolled_put(&user, "CardNo", card);
	if (user.w.err)
		return access_quarantine(u, line, "a control character within a value");

	size_t before = u->quarantined;
	enum gh_err err = access_record_take(u, ghi_written(&user.w));

	if (err == GH_OK && u->quarantined == before)
		enrolled_note(u, &row, true, false);
	return err;
}

static enum gh_err enrolled_read(struct access_upload *u,
				 enum gh_err (*take)(struct access_upload *, gh_slice))
{
	enum gh_err err = GH_OK;
	gh_slice line;

	while (err == GH_OK && !access_turn_over(u)) {
		u->ended = !ghi_lines_next(&u->lines, &line);
		if (u->ended)
			break;
		if (gh_slice_trim(line).n == 0)
			continue;
		u->rows++;
		err = take(u, line);
	}
	return err;
}

enum gh_err access_enrolled_templates_read(struct access_upload *u)
{
	return enrolled_read(u, enrolled_template_take);
}

enum gh_err access_enrolled_cards_read(struct access_upload *u)
{
	return enrolled_read(u, enrolled_card_take);
}
