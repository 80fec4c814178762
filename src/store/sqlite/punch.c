#include "store/sqlite/list.h"
#include "store/sqlite/sqlite.h"

void sqlite_zones_end(struct store *s, bool committed)
{
	if (committed)
		s->zones.kept = s->zones.n;
	s->zones.n = s->zones.kept;
	s->zones.last = 0;
}

static enum gh_err zone_store(struct store *s, gh_slice name, int64_t *id)
{
	struct sql_call put = sql_call(&s->sql, SQL_ZONE_PUT);

	sql_put_text(&put, name);
	enum gh_err err = sql_run(&put);
	if (err)
		return err;
	struct sql_call find = sql_call(&s->sql, SQL_ZONE_FIND);

	sql_put_text(&find, name);
	if (sql_next(&find))
		*id = sql_int(&find, 0);
	return sql_end(&find);
}

static bool names(const struct zone_name *z, gh_slice name)
{
	return gh_slice_eq((gh_slice){ z->name, z->n }, name);
}

/* The number of a zone's name. Names too long or too many to remember are looked up. */
static enum gh_err zone_number(struct store *s, gh_slice name, int64_t *id)
{
	struct zone_names *z = &s->zones;

	if (z->last >= z->n || !names(&z->name[z->last], name))
		for (z->last = 0; z->last < z->n; z->last++)
			if (names(&z->name[z->last], name))
				break;
	if (z->last < z->n) {
		*id = z->name[z->last].id;
		return GH_OK;
	}
	enum gh_err err = zone_store(s, name, id);

	if (err == GH_OK && name.n <= sizeof(z->name[0].name) &&
	    z->n < sizeof(z->name) / sizeof(z->name[0])) {
		struct zone_name *added = &z->name[z->n++];

		added->id = *id;
		added->n = name.n;
		if (name.n)
			memcpy(added->name, name.p, name.n);
	}
	return err;
}

static enum gh_err find(struct store *s, const struct punch *p, int64_t *seq)
{
	struct sql_call q = sql_call(&s->sql, SQL_PUNCH_FIND);

	sql_put_int(&q, p->device);
	sql_put_int(&q, p->time);
	sql_put_text(&q, p->pin);
	sql_put_int(&q, p->status);
	sql_put_int(&q, p->verify);
	sql_put_text(&q, p->work_code);
	*seq = sql_next(&q) ? sql_int(&q, 0) : 0;
	return sql_end(&q);
}

/* Tell p[0..n) which numbers they got, given that the last `added` numbers up to `last` went
 * to those among them that were new, in order. */
static enum gh_err number(struct store *s, struct punch *p, size_t n, size_t added,
			  int64_t last)
{
	int64_t next = last - (int64_t)added + 1;

	for (size_t i = 0; i < n; i++) {
		int64_t seq = next;

		if (added > 0 && added < n) {
			enum gh_err err = find(s, &p[i], &seq);
			if (err)
				return err;
		}
		p[i].seq = added > 0 && seq == next ? next++ : 0;
	}
	return GH_OK;
}

/* A lone punch is sooner bound than read from a table. */
static enum gh_err put_one(struct store *s, const struct punch *p, int64_t zone)
{
	struct sql_call q = sql_call(&s->sql, SQL_PUNCH_PUT);

	sql_put_int(&q, p->device);
	sql_put_int(&q, p->time);
	sql_put_text(&q, p->pin);
	sql_put_int(&q, p->status);
	sql_put_int(&q, p->verify);
	sql_put_text(&q, p->work_code);
	sql_put_int(&q, zone);
	if (p->utc == PUNCH_NO_UTC)
		sql_put_null(&q);
	else
		sql_put_int(&q, p->utc);
	sql_put_int(&q, p->received_ms);
	sql_put_int(&q, p->flags);
	sql_put_int(&q, p->source);
	if (p->extra.n)
		sql_put_text(&q, p->extra);
	else
		sql_put_null(&q);
	return sql_run(&q);
}

static enum gh_err put_many(struct store *s, const struct punch *p, size_t n, int64_t zone)
{
	s->batch = (struct punch_batch){ p, n, zone };

	struct sql_call q = sql_call(&s->sql, SQL_PUNCHES_PUT);
	enum gh_err err = sql_run(&q);

	s->batch = (struct punch_batch){ 0 };
	return err;
}

/* Store punches of one device and one zone. */
static enum gh_err put_run(struct store *s, struct punch *p, size_t n, size_t *added)
{
	int64_t zone = 0;
	enum gh_err err = sqlite_for_device(s, p->device);

	if (err == GH_OK)
		err = zone_number(s, p->zone, &zone);
	if (err == GH_OK)
		err = n == 1 ? put_one(s, p, zone) : put_many(s, p, n, zone);
	if (err)
		return err;
	*added = (size_t)sqlite3_changes(s->sql.db);
	return number(s, p, n, *added, sqlite3_last_insert_rowid(s->sql.db));
}

enum gh_err sqlite_punches_put(struct store *s, struct punch *p, size_t n, size_t *fresh)
{
	size_t sum = 0;

	for (size_t i = 0, run; i < n; i += run) {
		size_t added = 0;

		for (run = 1; i + run < n && p[i + run].device == p[i].device &&
			      gh_slice_eq(p[i + run].zone, p[i].zone);)
			run++;
		enum gh_err err = put_run(s, &p[i], run, &added);
		if (err)
			return err;
		sum += added;
	}
	*fresh = sum;
	return GH_OK;
}

/* Spans up to this one are looked up in the index, device by device. For longer ones the
 * ledger itself is read from `after` on, in the order of arrival, until enough is found. */
#define SHORT_SPAN INT64_C(200000000) /* of civil digits: two months */

#define PUNCH_COLUMNS                                                                   \
	"SELECT p.seq, p.device, d.sn, p.pin, p.time, p.status, p.verify, p.work_code," \
	" p.extra, z.name, p.utc, p.received_ms, p.flags, p.source"
#define PUNCH_NAMES " LEFT JOIN device d ON d.id = p.device LEFT JOIN zone z ON z.id = p.zone"

static struct sql_call punch_list(struct sql *c, const struct punch_query *query)
{
	const struct store_page *page = &query->page;
	struct sql_list l;
	bool by_time = query->from != GHI_CIVIL_NONE && query->to != GHI_CIVIL_NONE &&
		       query->to - query->from <= SHORT_SPAN;

	if (by_time)
		sql_list_init(&l, GH_LIT(PUNCH_COLUMNS
					 " FROM punch p INDEXED BY punch_key" PUNCH_NAMES));
	else
		sql_list_init(&l,
			      GH_LIT(PUNCH_COLUMNS " FROM punch p NOT INDEXED" PUNCH_NAMES));
	if (by_time && !page->device)
		sql_list_term(&l, "p.device IN (SELECT id FROM device)");
	if (query->from != GHI_CIVIL_NONE)
		sql_list_int(&l, "p.time >= ?", query->from);
	if (query->to != GHI_CIVIL_NONE)
		sql_list_int(&l, "p.time <= ?", query->to);
	if (page->pin.n)
		sql_list_text(&l, "p.pin = ?", page->pin);
	return sql_list_call(c, &l, page, "p.seq", "p.device");
}

enum gh_err sqlite_punches_read(struct store_reader *r, const struct punch_query *query,
				store_punch_fn *fn, void *ctx)
{
	struct sql_call q = punch_list(&r->sql, query);

	while (sql_next(&q)) {
		struct punch p = {
			.seq = sql_int(&q, 0),
			.device = sql_int(&q, 1),
			.serial = sql_text(&q, 2),
			.pin = sql_text(&q, 3),
			.time = sql_int(&q, 4),
			.status = (int32_t)sql_int(&q, 5),
			.verify = (int32_t)sql_int(&q, 6),
			.work_code = sql_text(&q, 7),
			.extra = sql_text(&q, 8),
			.zone = sql_text(&q, 9),
			.utc = sql_null(&q, 10) ? PUNCH_NO_UTC : sql_int(&q, 10),
			.received_ms = sql_int(&q, 11),
			.flags = (uint32_t)sql_int(&q, 12),
			.source = (uint32_t)sql_int(&q, 13),
		};

		if (!fn(ctx, &p))
			break;
	}
	return sql_end(&q);
}

enum gh_err sqlite_last_seq(struct store_reader *r, enum store_stream stream, int64_t *seq)
{
	struct sql_call kept = sql_call(&r->sql, SQL_LEDGER_LAST);
	int64_t last = 0;

	sql_put_text(&kept, gh_slice_of(store_stream_name(stream)));
	if (sql_next(&kept))
		last = sql_int(&kept, 0);
	enum gh_err err = sql_end(&kept);
	if (err)
		return err;
	struct sql_call newest = sql_call(&r->sql, SQL_PUNCH_LAST);

	if (sql_next(&newest) && sql_int(&newest, 0) > last)
		last = sql_int(&newest, 0);
	err = sql_end(&newest);
	if (err == GH_OK)
		*seq = last;
	return err;
}

enum gh_err sqlite_ledger_id(struct store_reader *r, char id[STORE_LEDGER_ID])
{
	struct sql_call q = sql_call(&r->sql, SQL_LEDGER_LAST);
	bool found = false;

	sql_put_text(&q, gh_slice_of(store_stream_name(STREAM_PUNCH)));
	if (sql_next(&q)) {
		gh_slice text = sql_text(&q, 1);

		found = text.n == STORE_LEDGER_ID - 1;
		if (found) {
			memcpy(id, text.p, text.n);
			id[text.n] = '\0';
		}
	}
	enum gh_err err = sql_end(&q);

	return err == GH_OK && !found ? GH_ECORRUPT : err;
}
