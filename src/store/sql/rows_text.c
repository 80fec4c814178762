/* Lists: a SELECT made of the list's table, the terms of the question and its order. Names of
 * columns are the program's; what comes from outside is always a parameter. */
#include "store/sql/rows_text.h"
#include "store/sql/access.h"
#include "store/sql/device_group.h"
#include "store/sql/people_search.h"
#include "store/sql/rows.h"

#include "store/sql/kind_sql.h"

#define SORT_LETTERS "200"

struct rows_source {
	const char *fields;	     /* those of a kind follow, where it is of one */
	int width;		     /* how many they are */
	const char *from;	     /* NULL: the table of a kind */
	const char *number, *device; /* NULL: it is of no devices */
};

/* Commands about people after which there was none about the same. */
#define PERSON_ORDERS_ONLY                                                                     \
	" AND " COMMAND_OF_PERSON("c") " AND NOT EXISTS (SELECT 1 FROM command n"              \
				       " WHERE " COMMAND_PIN("n") " = " COMMAND_PIN(           \
					       "c") " AND n.device = c.device "                \
						    "AND " COMMAND_OF_PERSON("n") " AND n.id " \
										  "> c.id)"

/* The latest command about the person of a row. */
#define PERSON_ORDER_FIELDS ", o.id, o.kind, o.state, o.return_code, o.result"
#define PERSON_ORDER_WIDTH 5
#define PERSON_ORDER_FROM                                                                     \
	" LEFT JOIN command o ON o.id = (SELECT max(c.id) FROM command c WHERE " COMMAND_PIN( \
		"c") " = r.pin AND c.device = r.device AND " COMMAND_OF_PERSON("c") ")"

/* What people have in a column, with how many have each. */
#define LABELS_OF(column)                                                                     \
	{                                                                                     \
		"m.id, m.name, m.people", 3,                                                  \
			" FROM (SELECT min(id) AS id, " column " AS name, count(*) AS people" \
			" FROM people WHERE " column " <> '' GROUP BY " column ") m",         \
			"m.id", NULL                                                          \
	}

enum { SOURCE_RECORDS = STORE_RECORDS, SOURCE_ENTITIES, SOURCES };

static const struct rows_source sources[SOURCES] = {
	[STORE_PUNCHES] = { PUNCH_FIELDS, 14, " FROM punch p", "p.seq", "p.device" },
	[STORE_ACCESS] = { access_fields, ACCESS_WIDTH, ACCESS_FROM ACCESS_NAMES, "a.seq",
			   "a.device" },
	[STORE_COMMANDS] = { COMMAND_FIELDS, COMMAND_WIDTH, COMMAND_FROM, "c.id", "c.device" },
	[STORE_PERSON_ORDERS] = { COMMAND_FIELDS, COMMAND_WIDTH,
				  COMMAND_FROM PERSON_ORDERS_ONLY, "c.id", "c.device" },
	[STORE_QUARANTINE] = { QUARANTINE_FIELDS, 9,
			       " FROM quarantine q JOIN device d ON d.id = q.device", "q.id",
			       "q.device" },
	[STORE_UPLOADS] = { UPLOAD_FIELDS, 7,
			    " FROM raw_upload u JOIN device d ON d.id = u.device", "u.id",
			    "u.device" },
	[STORE_TOKENS] = { TOKEN_FIELDS, TOKEN_WIDTH, " FROM token t", "t.id", NULL },
	[STORE_AUDIT] = { AUDIT_FIELDS, AUDIT_WIDTH, " FROM audit a", "a.seq", NULL },
	[STORE_DEPARTMENTS] = LABELS_OF("department"),
	[STORE_POSITIONS] = LABELS_OF("position"),
	[SOURCE_RECORDS] = { RECORD_FIELDS, RECORD_WIDTH, NULL, "r.id", "r.device" },
	[SOURCE_ENTITIES] = { "r.id", 1, NULL, "r.id", NULL },
};

static const struct rows_source *source_of(enum store_list list)
{
	return &sources[list < STORE_RECORDS	? (int)list
			: list < STORE_ENTITIES ? SOURCE_RECORDS
						: SOURCE_ENTITIES];
}

/* NULL: its rows are of no kind of record. */
static const struct model_kind *kind_of(enum store_list list)
{
	if (list < STORE_RECORDS)
		return NULL;
	return list < STORE_ENTITIES ? &model_kinds[list - STORE_RECORDS]
				     : &model_entities[list - STORE_ENTITIES];
}

static bool of_people(enum store_list list)
{
	return list == (enum store_list)(STORE_RECORDS + KIND_PERSON);
}

/* How many fields there are, but for the one that is sorted by. */
static int rows_width(enum store_list list)
{
	const struct model_kind *kind = kind_of(list);

	return source_of(list)->width + (kind ? (int)kind->fields : 0) +
	       (of_people(list) ? PERSON_ORDER_WIDTH : 0);
}

/* --- the rows --- */

/* Of the last fields of a row of people. */
static struct command person_order_of(const struct sql_call *q, int at)
{
	return (struct command){
		.id = sql_int(q, at),
		.kind = command_kind_of(sql_text(q, at + 1)),
		.state = (enum command_state)sql_int(q, at + 2),
		.has_return = !sql_null(q, at + 3),
		.return_code = sql_int(q, at + 3),
		.result = sql_text(q, at + 4),
	};
}

static bool row_record_give(const struct sql_call *q, enum store_list list, store_row_fn *fn,
			    void *ctx, const struct store_key *key)
{
	union model_record record = { 0 };
	struct record_row row = sql_record_of(q, kind_of(list), &record);
	int at = rows_width(list) - PERSON_ORDER_WIDTH;
	struct command order;

	if (of_people(list) && !sql_null(q, at)) {
		order = person_order_of(q, at);
		row.order = &order;
	}
	return fn(ctx, &row, key);
}

static bool row_entity_give(const struct sql_call *q, enum store_list list, store_row_fn *fn,
			    void *ctx, const struct store_key *key)
{
	union model_record record = { 0 };
	struct record_row row = { .id = key->number, .record = &record };

	kind_read_fields(q, kind_of(list), source_of(list)->width, &record);
	return fn(ctx, &row, key);
}

bool sql_row_give(const struct sql_call *q, enum store_list list, store_row_fn *fn, void *ctx,
		  const struct store_key *key)
{
	struct punch punch;
	struct access_event access;
	struct command command;
	struct quarantine quarantine;
	struct raw_upload upload;
	struct token token;
	struct audit_row audit;
	struct people_label label;

	switch (list) {
	case STORE_PUNCHES:
		punch = sql_punch_of(q);
		return fn(ctx, &punch, key);
	case STORE_ACCESS:
		access = sql_access_of(q);
		return fn(ctx, &access, key);
	case STORE_COMMANDS:
	case STORE_PERSON_ORDERS:
		command = sql_command_of(q);
		return fn(ctx, &command, key);
	case STORE_QUARANTINE:
		quarantine = sql_quarantine_of(q);
		return fn(ctx, &quarantine, key);
	case STORE_UPLOADS:
		upload = sql_upload_of(q);
		return fn(ctx, &upload, key);
	case STORE_TOKENS:
		token = sql_token_of(q);
		return fn(ctx, &token, key);
	case STORE_AUDIT:
		audit = sql_audit_of(q);
		return fn(ctx, &audit, key);
	case STORE_DEPARTMENTS:
	case STORE_POSITIONS:
		label = (struct people_label){ sql_int(q, 0), sql_text(q, 1), sql_int(q, 2) };
		return fn(ctx, &label, key);
	default:
		return list < STORE_ENTITIES ? row_record_give(q, list, fn, ctx, key)
					     : row_entity_give(q, list, fn, ctx, key);
	}
}

/* --- the question --- */

/* A span of device time is looked up in the index of the natural key, device by device, where
 * it is short, or where what is found is only counted up to a bound. */
bool rows_by_key(const struct store_rows *rows, bool bounded)
{
	int64_t from = GHI_CIVIL_NONE, to = GHI_CIVIL_NONE;

	for (size_t i = 0; i < rows->terms; i++) {
		const struct store_term *t = &rows->term[i];

		if (strcmp(t->column->sql, "p.time") != 0)
			continue;
		if (t->match != MATCH_AT_MOST)
			from = t->value.i;
		if (t->match != MATCH_AT_LEAST)
			to = t->value.i;
	}
	if (bounded && (rows->device || store_group_given(&rows->group) ||
			from != GHI_CIVIL_NONE || to != GHI_CIVIL_NONE))
		return true;
	return from != GHI_CIVIL_NONE && to != GHI_CIVIL_NONE && to - from <= PUNCH_SHORT_SPAN;
}

void rows_from_put(struct sql_list *l, const struct sql *c, const struct store_rows *rows,
		   bool by_key)
{
	const struct rows_source *source = source_of(rows->list);

	if (source->from == NULL) {
		sql_list_more(l, " FROM ");
		sql_list_more(l, kind_of(rows->list)->name);
		sql_list_more(l, source->device
					 ? " r JOIN device d ON d.id = r.device" RECORD_SHOWN
					 : " r");
		sql_list_more(l, of_people(rows->list) ? PERSON_ORDER_FROM : "");
		return;
	}
	sql_list_more(l, source->from);
	if (rows->list != STORE_PUNCHES)
		return;
	if (by_key) {
		sql_list_more(l, c->engine->punch_by_key);
		sql_list_more(l, PUNCH_NAMES);
		if (rows->device == 0 && !store_group_given(&rows->group))
			sql_list_term(l, "p.device IN (SELECT id FROM device)");
	} else {
		/* In another order every row is looked at, from whichever side. */
		sql_list_more(l, rows->sort ? "" : c->engine->punch_by_seq);
		sql_list_more(l, PUNCH_NAMES);
	}
}

/* Long texts are in the order of their beginnings, so that a key is never longer. */
static void sort_put(struct sql_list *l, const struct store_column *sort)
{
	sql_list_more(l, sort->is_text ? "substr(" : "");
	sql_list_more(l, sort->sql);
	sql_list_more(l, sort->is_text ? ", 1, " SORT_LETTERS ")" : "");
}

static void value_put(struct sql_list *l, const struct store_value *v)
{
	if (v->is_text)
		sql_list_value_text(l, v->s);
	else
		sql_list_value_int(l, v->i);
}

/* "column sign ?" */
static void term_put(struct sql_list *l, const char *column, const char *sign,
		     const struct store_value *v)
{
	sql_list_term(l, column);
	sql_list_more(l, sign);
	sql_list_more(l, " ?");
	value_put(l, v);
}

static void number_put(struct sql_list *l, const char *column, const char *sign, int64_t n)
{
	term_put(l, column, sign, &(struct store_value){ .i = n });
}

/* "column IN (?, ?)": the numbers whose bits are set. */
static void among_put(struct sql_list *l, const char *column, int64_t bits)
{
	bool more = false;

	sql_list_term(l, column);
	sql_list_more(l, " IN (");
	for (int64_t n = 0; n < 63; n++) {
		if (!(bits >> n & 1))
			continue;
		sql_list_more(l, more ? ", ?" : "?");
		sql_list_value_int(l, n);
		more = true;
	}
	sql_list_more(l, ")");
}

/* What is searched is in one of the columns. */
static void text_put(struct sql_list *l, const struct sql *c, const struct store_rows *rows)
{
	size_t n;
	const struct store_column *column = store_columns(rows->list, &n);
	bool more = false;

	sql_list_term(l, "(");
	for (size_t i = 0; i < n; i++) {
		if (!(column[i].use & COLUMN_SEARCH))
			continue;
		sql_list_more(l, more ? " OR " : "");
		for (const char *p = c->engine->contains; *p; p++)
			if (*p == '%')
				sql_list_more(l, column[i].sql);
			else
				ghi_put_u8(&l->w, (uint8_t)*p);
		sql_list_value_like(l, rows->text);
		more = true;
	}
	/* A list without such columns holds nothing that could be found. */
	sql_list_more(l, more ? ")" : "0 = 1)");
}

/* Which rows, independent of the requested part. */
void rows_filter_put(struct sql_list *l, const struct sql *c, const struct store_rows *rows)
{
	static const char *const sign[] = {
		[MATCH_EQUAL] = " =", [MATCH_AT_LEAST] = " >=", [MATCH_AT_MOST] = " <="
	};
	const struct rows_source *source = source_of(rows->list);

	if (rows->device && source->device)
		number_put(l, source->device, " =", rows->device);
	if (store_group_given(&rows->group) && source->device)
		device_group_put(l, source->device, &rows->group);
	if (rows->list == STORE_ENTITIES + ENTITY_PEOPLE)
		people_area_put(l, &rows->group);
	if (rows->group.account && rows->list == STORE_ENTITIES + ENTITY_AREA)
		area_own_put(l, &rows->group);
	for (size_t i = 0; i < rows->terms; i++)
		if (rows->term[i].match == MATCH_AMONG)
			among_put(l, rows->term[i].column->sql, rows->term[i].value.i);
		else
			term_put(l, rows->term[i].column->sql, sign[rows->term[i].match],
				 &rows->term[i].value);
	if (rows->text.n && rows->list == STORE_ENTITIES + ENTITY_PEOPLE)
		people_search_term(l, c, rows->text);
	else if (rows->text.n)
		text_put(l, c, rows);
}

/* Which part of them. Of two bounds on one side only the narrower one: a database may start at
 * the other, and pass over all between them. */
void rows_bounds_put(struct sql_list *l, const struct store_rows *rows)
{
	const struct rows_source *source = source_of(rows->list);
	const char *sign = rows->descending ? " <" : " >";
	int64_t after = rows->after, before = rows->before;

	if (rows->from && rows->sort == NULL) {
		int64_t from = rows->from->number;

		if (rows->descending)
			before = before && before < from ? before : from;
		else
			after = after > from ? after : from;
	}
	if (after)
		number_put(l, source->number, " >", after);
	if (before)
		number_put(l, source->number, " <", before);
	if (rows->from == NULL || rows->sort == NULL)
		return;
	sql_list_term(l, "(");
	sort_put(l, rows->sort);
	sql_list_more(l, ", ");
	sql_list_more(l, source->number);
	sql_list_more(l, ")");
	sql_list_more(l, sign);
	sql_list_more(l, " (?, ?)");
	value_put(l, &rows->from->value);
	sql_list_value_int(l, rows->from->number);
}

void rows_piece_put(struct sql_list *l, const struct sql *c, const struct punch_piece *piece)
{
	if (piece->numbers.n) {
		sql_list_text(l, c->engine->number_among, piece->numbers);
		return;
	}
	number_put(l, "p.seq", " >=", piece->first);
	number_put(l, "p.seq", " <=", piece->last);
}

void rows_order_put(struct sql_list *l, const struct store_rows *rows)
{
	sql_list_more(l, " ORDER BY ");
	if (rows->sort) {
		sort_put(l, rows->sort);
		sql_list_more(l, rows->descending ? " DESC, " : ", ");
	}
	sql_list_more(l, source_of(rows->list)->number);
	sql_list_more(l, rows->descending ? " DESC LIMIT ?" : " LIMIT ?");
	sql_list_value_int(l, rows->limit > 0 ? rows->limit : 0);
}

/* The list's fields, and behind them the column it is sorted by, if it is. */
void rows_fields_put(struct sql_list *l, const struct store_rows *rows)
{
	const struct model_kind *kind = kind_of(rows->list);

	sql_list_init(l, GH_LIT("SELECT "));
	sql_list_more(l, source_of(rows->list)->fields);
	if (kind)
		kind_put_read_columns(&l->w, kind);
	if (of_people(rows->list))
		sql_list_more(l, PERSON_ORDER_FIELDS);
	if (rows->sort) {
		sql_list_more(l, ", ");
		sort_put(l, rows->sort);
	}
}

struct store_key sql_row_key(const struct sql_call *q, const struct store_rows *rows)
{
	struct store_key key = { .number = sql_int(q, 0) };
	int at = rows_width(rows->list);

	if (rows->sort == NULL)
		return key;
	key.value.is_text = rows->sort->is_text;
	if (key.value.is_text)
		key.value.s = sql_text(q, at);
	else
		key.value.i = sql_int(q, at);
	return key;
}
