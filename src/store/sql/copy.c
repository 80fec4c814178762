/* Copying a store: table by table, the larger ones in pieces of their order, a transaction for
 * each. What is there of a table is never copied again, so a copy that was cut short goes on. */
#include <stdio.h>

#include "model/entity.h"
#include "store/sql/copy_table.h"

/* Not part of the contents: it marks that they are somewhere else. */
#define NOT_COPIED "moved"

static bool table_is_entity(const char *name)
{
	for (size_t i = 0; i < ENTITY_COUNT; i++)
		if (strcmp(model_entities[i].name, name) == 0)
			return true;
	return false;
}

/* What the target has tables for. A new store has entities of its own. */
static enum gh_err tables_copy(struct copy *c)
{
	struct sql_tables tables;
	enum gh_err err = sql_tables_read(c->target->sql, &tables);

	if (err)
		snprintf(c->why, c->why_size, "cannot list the tables: %s", gh_strerror(err));
	for (size_t i = 0; i < tables.n && err == GH_OK; i++)
		if (strcmp(tables.name[i], NOT_COPIED) != 0)
			err = copy_table(c, tables.name[i], table_is_entity(tables.name[i]));
	return err;
}

static enum gh_err target_check(struct copy *c)
{
	char ours[STORE_LEDGER_ID], theirs[STORE_LEDGER_ID];
	int64_t rows = 0;
	enum gh_err err = c->from->ops->ledger_id(c->source, ours);

	if (err == GH_OK)
		err = c->to->ops->ledger_id(c->target, theirs);
	if (err == GH_OK)
		err = copy_number_read(c->target, "SELECT count(*) FROM device", NULL, &rows);
	if (err) {
		snprintf(c->why, c->why_size, "cannot read the stores: %s", gh_strerror(err));
	} else if (rows && strcmp(ours, theirs) != 0) {
		snprintf(c->why, c->why_size, "the store to copy to has devices of its own");
		err = GH_EEXISTS;
	}
	return err;
}

/* In SQLite the last number may follow from the row that has it; other databases store it. */
static enum gh_err ledger_finish(struct copy *c)
{
	struct store_outcome outcome;
	const struct store_ops *ops = c->to->ops;
	enum gh_err err = ops->begin(c->to->store);

	for (enum store_stream s = 0; s < STORE_STREAMS && err == GH_OK; s++) {
		const char *table = store_stream_table(s);
		char text[256];

		snprintf(text, sizeof(text),
			 "UPDATE ledger SET last = (SELECT coalesce(max(seq), 0) FROM %s)"
			 " WHERE stream = '%s' AND last < (SELECT coalesce(max(seq), 0) FROM "
			 "%s)",
			 table, store_stream_name(s), table);
		err = copy_statement_run(c->to->store->sql, text);
	}
	if (err == GH_OK)
		err = ops->commit(c->to->store, &outcome);
	if (err)
		snprintf(c->why, c->why_size, "cannot finish the copy: %s", gh_strerror(err));
	return err;
}

static enum gh_err streams_compare(struct copy *c)
{
	for (enum store_stream s = 0; s < STORE_STREAMS; s++) {
		int64_t here, there;
		enum gh_err err = c->from->ops->last_seq(c->source, s, &here);

		if (err == GH_OK)
			err = c->to->ops->last_seq(c->target, s, &there);
		if (err) {
			snprintf(c->why, c->why_size, "cannot read the ledger: %s",
				 gh_strerror(err));
			return err;
		}
		if (here != there) {
			snprintf(c->why, c->why_size,
				 "the last number of %s is %lld in the copy instead of %lld",
				 store_stream_name(s), (long long)there, (long long)here);
			return GH_ECORRUPT;
		}
	}
	return GH_OK;
}

static enum gh_err source_mark(struct copy *c, const char *mark)
{
	struct store *s = c->from->store;
	struct store_outcome outcome;
	struct sql_call q =
		sql_call_once(s->sql, GH_LIT("INSERT INTO moved (target) VALUES (?)"));

	sql_put_text(&q, gh_slice_of(mark));
	enum gh_err err = sql_run(&q);

	if (err == GH_OK)
		err = c->from->ops->commit(s, &outcome);
	else
		c->from->ops->rollback(s);
	if (err)
		snprintf(c->why, c->why_size, "cannot mark what was copied: %s",
			 gh_strerror(err));
	return err;
}

/* Pieces are large. */
static enum gh_err reader_make(const struct store_handle *h, struct store_reader **out)
{
	enum gh_err err = h->ops->reader_open(h->store, out);

	if (err || (*out)->sql->engine->patient == NULL)
		return err;
	struct sql_call q =
		sql_call_once((*out)->sql, gh_slice_of((*out)->sql->engine->patient));

	(void)sql_next(&q);
	return sql_end(&q);
}

enum gh_err store_copy(struct store_handle *from, struct store_handle *to, const char *mark,
		       const struct store_report *report, char *why, size_t why_size)
{
	struct copy c = {
		.from = from, .to = to, .report = report, .why = why, .why_size = why_size
	};
	enum gh_err err = from->ops->begin(from->store);

	if (err) {
		snprintf(why, why_size, "cannot hold the store that is copied: %s",
			 gh_strerror(err));
		return err;
	}
	from->ops->job(from->store, 0);
	c.hash = EVP_MD_CTX_new();
	err = c.hash ? reader_make(from, &c.source) : GH_ENOMEM;
	if (err == GH_OK)
		err = reader_make(to, &c.target);
	if (err)
		snprintf(why, why_size, "cannot read the stores: %s", gh_strerror(err));
	if (err == GH_OK)
		err = target_check(&c);
	if (err == GH_OK)
		err = tables_copy(&c);
	if (err == GH_OK)
		err = ledger_finish(&c);
	if (err == GH_OK)
		err = streams_compare(&c);
	if (err == GH_OK)
		err = source_mark(&c, mark);
	else
		from->ops->rollback(from->store);
	from->ops->reader_close(c.source);
	to->ops->reader_close(c.target);
	EVP_MD_CTX_free(c.hash);
	return err;
}
