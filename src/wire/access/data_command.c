#include "wire/access/data_command.h"

#include "base/number.h"

size_t ghi_update_bytes(const struct ghi_unit *u)
{
	int64_t quarter = u->package_bytes / 4;

	return quarter > 0 && quarter < GHI_UPDATE_BYTES ? (size_t)quarter : GHI_UPDATE_BYTES;
}

/* The biometric type of a template; empty for other tables. */
static gh_slice update_type(const struct ghi_table_row *r)
{
	int i = gh_slice_eq(gh_slice_of(r->table->name), GH_LIT("biodata"))
			? ghi_table_field_find(r->table, GH_LIT("Type"))
			: -1;

	return i < 0 ? (gh_slice){ 0 } : r->value[i];
}

size_t ghi_update_take(const struct ghi_table_row *rows, size_t n,
		       const struct ghi_table_unit *u)
{
	size_t most = ghi_update_bytes(&u->unit), bytes = 0, taken = 0;

	for (; taken < n && taken < GHI_UPDATE_ROWS; taken++) {
		bytes += ghi_table_row_length(&rows[taken], u) + 1;
		if (taken && (bytes > most ||
			      !gh_slice_eq(update_type(&rows[0]), update_type(&rows[taken]))))
			break;
	}
	return taken;
}

static void data_begin(struct ghi_writer *w, const char *verb, const struct ghi_access_table *t)
{
	ghi_put(w, gh_slice_of(verb));
	ghi_put(w, gh_slice_of(t->name));
}

void ghi_data_update_write(struct ghi_writer *w, const struct ghi_table_row *rows, size_t n,
			   const struct ghi_table_unit *u)
{
	data_begin(w, "DATA UPDATE ", rows[0].table);
	for (size_t i = 0; i < n; i++) {
		/* The table whose name is not known has none. */
		if (i || rows[0].table->name[0])
			ghi_put_u8(w, i ? '\n' : ' ');
		ghi_table_row_write(w, &rows[i], u);
	}
}

size_t ghi_data_update_length(const struct ghi_table_row *rows, size_t n,
			      const struct ghi_table_unit *u)
{
	size_t bytes = sizeof("DATA UPDATE ") - 1 + strlen(rows[0].table->name);

	for (size_t i = 0; i < n; i++)
		bytes += 1 + ghi_table_row_length(&rows[i], u);
	return bytes;
}

static bool data_has_conditions(const struct ghi_table_row *r)
{
	for (size_t i = 0; i < r->table->fields; i++)
		if (r->has[i])
			return true;
	return false;
}

void ghi_data_delete_write(struct ghi_writer *w, const struct ghi_table_row *conditions)
{
	data_begin(w, "DATA DELETE ", conditions->table);
	ghi_put_u8(w, ' ');
	if (data_has_conditions(conditions))
		ghi_table_row_write(w, conditions, NULL);
	else
		ghi_put_u8(w, '*');
}

void ghi_data_count_write(struct ghi_writer *w, const struct ghi_table_row *conditions)
{
	data_begin(w, "DATA COUNT ", conditions->table);
	if (!data_has_conditions(conditions))
		return;
	ghi_put_u8(w, ' ');
	ghi_table_row_write(w, conditions, NULL);
}

/* A table that only exists while it is queried stands in brackets. */
static bool table_is_virtual(const struct ghi_access_table *t)
{
	return gh_slice_eq(gh_slice_of(t->name), GH_LIT("APList"));
}

static void data_query_begin(struct ghi_writer *w, const struct ghi_access_table *t)
{
	ghi_put(w, GH_LIT("DATA QUERY tablename="));
	ghi_put(w, table_is_virtual(t) ? GH_LIT("[") : GH_LIT(""));
	ghi_put(w, gh_slice_of(t->name));
	ghi_put(w, table_is_virtual(t) ? GH_LIT("]") : GH_LIT(""));
	ghi_put(w, GH_LIT(",fielddesc=*,filter="));
}

void ghi_data_query_write(struct ghi_writer *w, const struct ghi_table_row *conditions,
			  bool new_rows)
{
	data_query_begin(w, conditions->table);
	if (new_rows)
		ghi_put(w, GH_LIT("NewRecord"));
	else if (data_has_conditions(conditions))
		ghi_table_row_write(w, conditions, NULL);
	else
		ghi_put_u8(w, '*');
}

/* What a clock of a unit shows at the earliest and at the latest. */
#define CLOCK_FIRST INT64_C(20000101000000)
#define CLOCK_LAST INT64_C(20991231235959)

void ghi_data_query_between_write(struct ghi_writer *w, const struct ghi_access_table *t,
				  ghi_civil from, ghi_civil to)
{
	data_query_begin(w, t);
	ghi_put(w, GH_LIT("starttime="));
	ghi_put_civil(w, from == GHI_CIVIL_NONE ? CLOCK_FIRST : from);
	ghi_put(w, GH_LIT("\tendtime="));
	ghi_put_civil(w, to == GHI_CIVIL_NONE ? CLOCK_LAST : to);
}

/* --- reading --- */

/* The next word, parted by blanks or tabs; *rest is what follows it. */
static gh_slice data_word(gh_slice *rest)
{
	gh_slice s = *rest, word;
	size_t n = 0;

	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = gh_slice_from(s, 1);
	while (n < s.n && s.p[n] != ' ' && s.p[n] != '\t' && s.p[n] != '\n' && s.p[n] != '\r')
		n++;
	word = (gh_slice){ s.p, n };
	*rest = gh_slice_from(s, n);
	return word;
}

static gh_slice data_table(gh_slice name)
{
	if (name.n > 2 && name.p[0] == '[' && name.p[name.n - 1] == ']')
		return (gh_slice){ name.p + 1, name.n - 2 };
	return name;
}

/* "starttime=... HT endtime=...": both, or it is none. */
static void data_times_parse(struct ghi_data_command *c)
{
	gh_slice first, second, name, value;
	ghi_civil from, to;

	if (!gh_slice_cut(c->records, '\t', &first, &second) ||
	    !gh_slice_cut(first, '=', &name, &value) ||
	    !gh_slice_ieq(gh_slice_trim(name), GH_LIT("starttime")) ||
	    ghi_civil_parse(gh_slice_trim(value), &from) ||
	    !gh_slice_cut(second, '=', &name, &value) ||
	    !gh_slice_ieq(gh_slice_trim(name), GH_LIT("endtime")) ||
	    ghi_civil_parse(gh_slice_trim(value), &to))
		return;
	c->from = from;
	c->to = to;
}

/* "tablename=user,fielddesc=*,filter=Pin=1 HT …": the last runs to the end. */
static enum gh_err data_query_parse(gh_slice rest, struct ghi_data_command *c)
{
	gh_slice part, name, value;
	bool more = true;

	while (more) {
		more = gh_slice_cut(rest, ',', &part, &rest);
		if (!gh_slice_cut(part, '=', &name, &value))
			continue;
		name = gh_slice_trim(name);
		if (gh_slice_ieq(name, GH_LIT("tablename"))) {
			c->table = data_table(gh_slice_trim(value));
		} else if (gh_slice_ieq(name, GH_LIT("fielddesc"))) {
			c->fields = gh_slice_trim(value);
		} else if (gh_slice_ieq(name, GH_LIT("filter"))) {
			if (more)
				value.n = (size_t)(rest.p + rest.n - value.p);
			c->records = gh_slice_trim(value);
			more = false;
		}
	}
	c->new_rows = gh_slice_ieq(c->records, GH_LIT("NewRecord"));
	/* The document prints a backslash before it. */
	if (c->new_rows || gh_slice_eq(c->records, GH_LIT("\\*")))
		c->records.n = 0;
	data_times_parse(c);
	return c->table.n ? GH_OK : GH_EMALFORMED;
}

enum gh_err ghi_data_command_parse(gh_slice text, struct ghi_data_command *out)
{
	static const struct {
		const char *word;
		enum ghi_data_verb verb;
	} verb[] = {
		{ "UPDATE", GHI_DATA_UPDATE },
		{ "DELETE", GHI_DATA_DELETE },
		{ "COUNT", GHI_DATA_COUNT },
		{ "QUERY", GHI_DATA_QUERY },
	};
	struct ghi_data_command c = { .from = GHI_CIVIL_NONE, .to = GHI_CIVIL_NONE };
	gh_slice rest = text, word, before;
	size_t i = 0;

	if (!gh_slice_ieq(data_word(&rest), GH_LIT("DATA")))
		return GH_ENOTFOUND;
	word = data_word(&rest);
	while (i < sizeof(verb) / sizeof(verb[0]) &&
	       !gh_slice_ieq(word, gh_slice_of(verb[i].word)))
		i++;
	if (i == sizeof(verb) / sizeof(verb[0]))
		return GH_ENOTFOUND;
	c.verb = verb[i].verb;
	if (c.verb == GHI_DATA_QUERY) {
		enum gh_err err = data_query_parse(rest, &c);

		if (err)
			return err;
	} else {
		before = rest;
		c.table = data_table(data_word(&rest));
		if (c.table.n && memchr(c.table.p, '=', c.table.n)) {
			c.table.n = 0;
			rest = before;
		} else if (c.table.n == 0) {
			return GH_EMALFORMED;
		}
		c.records = gh_slice_trim(rest);
	}
	if (gh_slice_eq(c.records, GH_LIT("*")))
		c.records.n = 0;
	*out = c;
	return GH_OK;
}

/* --- what may be shown --- */

/* Of "DATA UPDATE user Pin" the field is "Pin". -1: it is none of the table. */
static int shown_field(const struct ghi_access_table *t, gh_slice head)
{
	for (size_t i = head.n; i > 0; i--)
		if (head.p[i - 1] == ' ')
			return ghi_table_field_find(t, gh_slice_from(head, i));
	return ghi_table_field_find(t, head);
}

/* What a line has in the field that names a parameter; empty: it has none. */
static gh_slice shown_parameter(const struct ghi_access_table *t, gh_slice line)
{
	int named = ghi_table_parameter_field(t);
	gh_slice pair, head, value;
	bool more = named >= 0;

	while (more) {
		more = gh_slice_cut(line, '\t', &pair, &line);
		if (gh_slice_cut(pair, '=', &head, &value) && shown_field(t, head) == named)
			return value;
	}
	return (gh_slice){ 0 };
}

static void data_row_show(struct ghi_writer *w, const struct ghi_access_table *t, gh_slice line)
{
	gh_slice parameter = shown_parameter(t, line), pair, head, value;
	bool more = true;

	while (more) {
		int i = -1;

		more = gh_slice_cut(line, '\t', &pair, &line);
		if (gh_slice_cut(pair, '=', &head, &value))
			i = shown_field(t, head);
		if (i >= 0 && value.n && ghi_table_value_is_secret(t, (size_t)i, parameter)) {
			ghi_put(w, head);
			ghi_put(w, GH_LIT("=***"));
		} else {
			ghi_put(w, pair);
		}
		if (more)
			ghi_put_u8(w, '\t');
	}
}

void ghi_data_rows_show(struct ghi_writer *w, const struct ghi_access_table *t, gh_slice rows)
{
	gh_slice line;
	bool more = true;

	while (more) {
		more = gh_slice_cut(rows, '\n', &line, &rows);
		data_row_show(w, t, line);
		if (more)
			ghi_put_u8(w, '\n');
	}
}
