/* Uploads whose table does not decide how they are read: named otherwise, by a program between device and
 * server, or not at all. What their first record is decides. */
#include "base/percent.h"
#include "session/attendance/upload.h"
#include "wire/attendance/form.h"

static bool first_line_is_punch(gh_slice body)
{
	struct ghi_lines lines = ghi_lines_of(body);
	struct ghi_attlog_fault fault;
	struct punch p;
	gh_slice line;

	return ghi_lines_next(&lines, &line) && ghi_attlog_parse(line, &p, &fault) == GH_OK;
}

static bool first_line_is_tagged(struct upload *u)
{
	struct ghi_operlog at = ghi_operlog_of(u->body, GH_LIT(""));

	enum gh_err err = ghi_operlog_next(&at, u->line);

	return err == GH_OK || err == GH_ESPACE;
}

/* "~Platform=ZEM600" */
static bool first_line_is_setting(gh_slice body)
{
	struct ghi_lines lines = ghi_lines_of(body);
	gh_slice line, key, value;

	if (!ghi_lines_next(&lines, &line) || !gh_slice_cut(line, '=', &key, &value) ||
	    key.n == 0 || memchr(line.p, '\t', line.n))
		return false;
	for (size_t i = 0; i < key.n; i++)
		if (key.p[i] <= ' ' || key.p[i] == '&')
			return false;
	return true;
}

static gh_slice table_guess(struct upload *u)
{
	if (first_line_is_punch(u->body))
		return GH_LIT("ATTLOG");
	if (first_line_is_tagged(u))
		return GH_LIT("OPERLOG");
	return first_line_is_setting(u->body) ? GH_LIT("options") : (gh_slice){ 0 };
}

/* The body of a form is its records. */
static enum gh_err form_open(struct upload *u)
{
	struct ghi_form form;
	uint8_t *to;

	if (ghi_form_parse(u->body, &form))
		return GH_OK;
	u->stamp = form.stamp;
	if (form.table.n) {
		u->table = form.table;
		u->named = true;
		u->reader = dialect_table_find(u->x->dialect, form.table);
	}
	if (form.encoded) {
		to = ghi_arena_alloc(u->x->arena, form.data.n);
		if (to == NULL)
			return GH_ENOMEM;
		form.data = ghi_form_decode(&form, to);
	}
	upload_body_set(u, form.data);
	return GH_OK;
}

enum gh_err upload_table_find(struct upload *u)
{
	gh_slice guess;

	if (u->named && u->reader)
		return GH_OK;
	/* A picture is no lines. */
	if (u->x->target.endpoint == GHI_ENDPOINT_FDATA ||
	    gh_slice_starts(u->body, GH_LIT("\x1f\x8b")))
		return GH_OK;
	enum gh_err err = u->named ? GH_OK : form_open(u);
	if (err || (u->named && u->reader))
		return err;
	if (u->named) {
		/* Under its own name only punches are taken for what they are. */
		if (first_line_is_punch(u->body))
			u->reader = dialect_table_find(u->x->dialect, GH_LIT("ATTLOG"));
		return GH_OK;
	}
	guess = table_guess(u);
	if (guess.n == 0)
		return GH_OK;
	u->table = guess;
	u->reader = dialect_table_find(u->x->dialect, guess);
	return GH_OK;
}
