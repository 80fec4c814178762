#include "api/access/people_file.h"

#include <stdio.h>

#include "base/csv_read.h"
#include "base/number.h"
#include "base/text.h"
#include "model/entity.h"

enum column {
#define PEOPLE_COLUMN(NAME, name, how) COLUMN_##NAME,
#include "api/access/people_column.def"
#undef PEOPLE_COLUMN
	COLUMNS
};

enum column_how { HOW_ID, HOW_TEXT, HOW_TEXTS, HOW_INT, HOW_BOOL, HOW_AREAS, HOW_IGNORED };

static const struct {
	const char *name;
	enum column_how how;
} columns[COLUMNS] = {
#define PEOPLE_COLUMN(NAME, name, how) { name, HOW_##how },
#include "api/access/people_column.def"
#undef PEOPLE_COLUMN
};

/* COLUMNS: it is none. */
static size_t people_column_find(gh_slice name)
{
	size_t i = 0;

	while (i < COLUMNS && !gh_slice_ieq(name, gh_slice_of(columns[i].name)))
		i++;
	return i;
}

bool people_file_has_code(const struct people_file *p)
{
	for (size_t i = 0; i < p->places; i++)
		if (p->place[i] == COLUMN_CODE + 1)
			return true;
	return false;
}

size_t people_file_record_length(const struct people_file *p, gh_slice rest)
{
	gh_slice line, after;

	if (p->csv)
		return ghi_csv_record_length(rest, true);
	gh_slice_cut(rest, '\n', &line, &after);
	return rest.n - after.n;
}

static gh_slice people_line_of(gh_slice record)
{
	while (record.n && (record.p[record.n - 1] == '\n' || record.p[record.n - 1] == '\r'))
		record.n--;
	return record;
}

/* --- the line of names --- */

static bool head_name_next(struct ghi_csv_fields *r, uint8_t *room, gh_slice *name)
{
	if (!ghi_csv_field_next(r, name))
		return false;
	*name = gh_slice_trim(ghi_csv_unguarded(*name, room));
	return true;
}

/* How many columns are known where names are parted by it. */
static size_t head_known(gh_slice line, char separator, uint8_t *room)
{
	struct ghi_csv_fields r = { .rest = line, .separator = separator, .to = room };
	gh_slice name;
	size_t n = 0;

	while (head_name_next(&r, room + line.n, &name))
		n += people_column_find(name) < COLUMNS;
	return n;
}

static void column_unknown(struct fault *f, gh_slice name)
{
	struct suggestion s = suggestion_for(name);

	for (size_t i = 0; i < COLUMNS; i++)
		if (columns[i].how != HOW_IGNORED)
			suggestion_offer(&s, gh_slice_of(columns[i].name));
	suggestion_fault(&s, f, name, "is the name of no column");
}

static enum gh_err people_head_read(struct people_file *p, gh_slice line, uint8_t *room,
				    struct fault *f)
{
	struct ghi_csv_fields r = { .rest = line, .separator = p->separator, .to = room };
	bool there[COLUMNS] = { false };
	gh_slice name;

	for (p->places = 0; head_name_next(&r, room + line.n, &name); p->places++) {
		size_t column = people_column_find(name);

		/* A separator at the end of each line. */
		if (name.n == 0 && r.ended)
			break;
		if (p->places == PEOPLE_FILE_PLACES) {
			fault_set(f, GH_LIT(""), "The file has more than %d columns",
				  PEOPLE_FILE_PLACES);
			return GH_EMALFORMED;
		}
		if (column == COLUMNS) {
			column_unknown(f, name);
			return GH_EMALFORMED;
		}
		if (there[column]) {
			fault_set(f, name, "is the name of two columns");
			return GH_EMALFORMED;
		}
		there[column] = true;
		p->place[p->places] = (uint8_t)(column + 1);
	}
	if (there[COLUMN_PIN] || there[COLUMN_ID] || there[COLUMN_CODE])
		return GH_OK;
	fault_set(
		f, GH_LIT("pin"),
		"is no column of the file, nor are code and id: one of them names each person");
	return GH_EMALFORMED;
}

enum gh_err people_file_begin(struct people_file *p, gh_slice first, struct arena *a,
			      bool *head, struct fault *f)
{
	static const char separators[] = { ',', ';', '\t' };
	gh_slice line = people_line_of(first);
	uint8_t *room;
	size_t most = 0, n;

	*head = false;
	p->csv = gh_slice_trim(line).p[0] != '{';
	if (!p->csv)
		return GH_OK;
	*head = true;
	if (line.n > PEOPLE_FILE_RECORD) {
		fault_set(f, GH_LIT(""), "The file has too long a first line");
		return GH_EMALFORMED;
	}
	room = ghi_arena_alloc(a, 2 * line.n + 1);
	if (room == NULL)
		return GH_ENOMEM;
	p->separator = ',';
	for (size_t i = 0; i < sizeof(separators); i++) {
		n = head_known(line, separators[i], room);
		if (n > most)
			p->separator = separators[i];
		most = n > most ? n : most;
	}
	if (most)
		return people_head_read(p, line, room, f);
	fault_set(f, GH_LIT(""),
		  "The file is neither NDJSON nor CSV: its first line is to have the names of "
		  "the columns, as pin,name,cards");
	return GH_EMALFORMED;
}

/* --- areas --- */

static const struct people_file_area *area_of_id(const struct people_file *p, int64_t id)
{
	for (size_t i = 0; i < p->areas; i++)
		if (p->area[i].id == id)
			return &p->area[i];
	return NULL;
}

static const struct people_file_area *area_of_text(const struct people_file *p, gh_slice text)
{
	const struct people_file_area *area = NULL;
	uint64_t id;

	if (ghi_number_parse(text, INT64_MAX, &id) == GH_OK)
		area = area_of_id(p, (int64_t)id);
	for (size_t i = 0; area == NULL && i < p->areas; i++)
		if (gh_slice_eq(p->area[i].name, text))
			area = &p->area[i];
	return area;
}

/* Names of areas become their numbers. */
static bool areas_resolve(const struct people_file *p, struct body *part, size_t n,
			  struct fault *f)
{
	for (size_t i = 0; i < n; i++) {
		const struct people_file_area *area =
			part[i].kind == BODY_INT    ? area_of_id(p, part[i].i)
			: part[i].kind == BODY_TEXT ? area_of_text(p, part[i].s)
						    : NULL;

		if (area == NULL && part[i].kind == BODY_TEXT)
			fault_set(f, GH_LIT("areas"), "has \"%.*s\", which is no area",
				  part[i].s.n > 100 ? 100 : (int)part[i].s.n,
				  (const char *)part[i].s.p);
		else if (area == NULL)
			fault_set(f, GH_LIT("areas"), "has what is the number of no area");
		if (area == NULL)
			return false;
		part[i].kind = BODY_INT;
		part[i].i = area->id;
	}
	return true;
}

static void namespace_find(const struct people_file *p, struct people_file_row *out)
{
	const struct body *given = body_find(&out->body, GH_LIT("namespace"));
	const struct body *areas = body_find(&out->body, GH_LIT("areas"));
	const struct people_file_area *first = NULL;

	if (given && given->kind == BODY_TEXT && given->s.n) {
		out->namespace = given->s;
		return;
	}
	if (areas && areas->kind == BODY_ARRAY && areas->parts)
		first = area_of_id(p, areas->part[0].i);
	else
		first = area_of_id(p, AREA_DEFAULT);
	out->namespace = first && first->namespace.n ? first->namespace : NAMESPACE_DEFAULT;
}

/* --- a record --- */

/* 1;2;3, or as JSON. */
static enum gh_err cell_split(gh_slice cell, struct arena *a, struct body *m, struct fault *f)
{
	size_t n = 1;
	struct body *part;
	gh_slice one;

	if (gh_slice_starts(cell, GH_LIT("["))) {
		gh_slice name = m->name;
		enum gh_err err = body_parse(cell, a, m, f);

		m->name = name;
		return err;
	}
	for (size_t i = 0; i < cell.n; i++)
		n += cell.p[i] == ';';
	part = ghi_arena_alloc(a, n * sizeof(*part));
	if (part == NULL)
		return GH_ENOMEM;
	m->kind = BODY_ARRAY;
	m->part = part;
	for (m->parts = 0; cell.n;) {
		gh_slice_cut(cell, ';', &one, &cell);
		one = gh_slice_trim(one);
		if (one.n)
			part[m->parts++] = (struct body){ .kind = BODY_TEXT, .s = one };
	}
	return GH_OK;
}

static bool cell_bool(gh_slice cell, int64_t *out)
{
	static const char *const word[] = { "false", "true", "0", "1", "no", "yes" };

	for (size_t i = 0; i < sizeof(word) / sizeof(word[0]); i++)
		if (gh_slice_ieq(cell, gh_slice_of(word[i]))) {
			*out = i % 2;
			return true;
		}
	return false;
}

/* What is no number, or truth value, stays a text, which the schema refuses. */
static enum gh_err people_cell_read(size_t column, gh_slice cell, struct arena *a,
				    struct body *m, struct fault *f)
{
	enum column_how how = columns[column].how;

	m->name = gh_slice_of(columns[column].name);
	m->kind = BODY_TEXT;
	m->s = cell;
	if (how == HOW_TEXTS || how == HOW_AREAS)
		return cell_split(cell, a, m, f);
	if ((how == HOW_INT || how == HOW_ID) &&
	    ghi_signed_parse(gh_slice_trim(cell), INT64_MIN, INT64_MAX, &m->i) == GH_OK)
		m->kind = BODY_INT;
	else if (how == HOW_BOOL && cell_bool(gh_slice_trim(cell), &m->i))
		m->kind = BODY_BOOL;
	return GH_OK;
}

static enum gh_err people_csv_read(const struct people_file *p, gh_slice record,
				   struct arena *a, struct body *out, struct fault *f)
{
	gh_slice line = people_line_of(record), cell;
	uint8_t *room = ghi_arena_alloc(a, 2 * line.n + 1), *plain = room + line.n;
	struct body *part = ghi_arena_alloc(a, (p->places + 1) * sizeof(*part));
	struct ghi_csv_fields r = { .rest = line, .separator = p->separator, .to = room };
	enum gh_err err = GH_OK;
	size_t i = 0;

	if (room == NULL || part == NULL)
		return GH_ENOMEM;
	*out = (struct body){ .kind = BODY_OBJECT, .part = part };
	for (; err == GH_OK && ghi_csv_field_next(&r, &cell); i++) {
		size_t column = i < p->places ? p->place[i] - 1U : COLUMNS;

		cell = ghi_csv_unguarded(cell, plain);
		if (column == COLUMNS && cell.n) {
			fault_set(f, GH_LIT(""),
				  "The row has more cells than there are columns");
			return GH_EMALFORMED;
		}
		if (cell.n == 0 || column == COLUMNS || columns[column].how == HOW_IGNORED)
			continue;
		if (cell.p == plain)
			plain += cell.n;
		err = people_cell_read(column, cell, a, &part[out->parts], f);
		out->parts++;
	}
	return err;
}

/* Members that an import passes over, and those that are null, go. */
static enum gh_err people_ndjson_read(gh_slice record, struct arena *a, struct body *out,
				      struct fault *f)
{
	struct body whole, *part;
	enum gh_err err = body_parse(record, a, &whole, f);

	if (err)
		return err;
	if (whole.kind != BODY_OBJECT) {
		fault_set(f, GH_LIT(""), "The line has to be an object");
		return GH_EMALFORMED;
	}
	part = ghi_arena_alloc(a, (whole.parts + 1) * sizeof(*part));
	if (part == NULL)
		return GH_ENOMEM;
	*out = (struct body){ .kind = BODY_OBJECT, .part = part };
	for (size_t i = 0; i < whole.parts; i++) {
		size_t column = people_column_find(whole.part[i].name);
		bool passed = column < COLUMNS && columns[column].how == HOW_IGNORED;

		if (!passed && whole.part[i].kind != BODY_NULL)
			part[out->parts++] = whole.part[i];
	}
	return GH_OK;
}

/* The number is taken out: it is no field that is written. */
static bool row_id_take(struct people_file_row *out, struct body *part, struct fault *f)
{
	size_t n = 0;
	bool fits = true;

	for (size_t i = 0; i < out->body.parts; i++) {
		if (!gh_slice_eq(part[i].name, GH_LIT("id"))) {
			part[n++] = part[i];
			continue;
		}
		fits = part[i].kind == BODY_INT && part[i].i > 0;
		out->id = fits ? part[i].i : 0;
	}
	out->body.parts = n;
	if (!fits)
		fault_set(f, GH_LIT("id"), "must be the number of a person");
	return fits;
}

static gh_slice people_row_text(const struct people_file_row *r, gh_slice name)
{
	const struct body *m = body_find(&r->body, name);

	return m && m->kind == BODY_TEXT ? m->s : (gh_slice){ 0 };
}

enum gh_err people_file_read(const struct people_file *p, gh_slice record, struct arena *a,
			     struct people_file_row *out, struct fault *f)
{
	struct body *part;
	enum gh_err err;
	bool fits = true;

	*out = (struct people_file_row){ .namespace = NAMESPACE_DEFAULT };
	if (record.n > PEOPLE_FILE_RECORD) {
		fault_set(f, GH_LIT(""), "The row is longer than %d bytes", PEOPLE_FILE_RECORD);
		return GH_ETOOBIG;
	}
	err = p->csv ? people_csv_read(p, record, a, &out->body, f)
		     : people_ndjson_read(record, a, &out->body, f);
	/* Its own, from one of the two above. */
	part = (struct body *)(uintptr_t)out->body.part;
	out->pin = people_row_text(out, GH_LIT("pin"));
	out->name = people_row_text(out, GH_LIT("name"));
	out->code = people_row_text(out, GH_LIT("code"));
	if (err)
		return err;
	fits = row_id_take(out, part, f);
	for (size_t i = 0; i < out->body.parts && fits; i++)
		if (gh_slice_eq(part[i].name, GH_LIT("areas")) && part[i].kind == BODY_ARRAY)
			fits = areas_resolve(p, (struct body *)(uintptr_t)part[i].part,
					     part[i].parts, f);
	if (!fits)
		return GH_EMALFORMED;
	namespace_find(p, out);
	return GH_OK;
}
