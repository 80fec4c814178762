/* What a store has to know after it was restored from a backup. */
#include <openssl/rand.h>
#include <stdio.h>

#include "model/command_kind.h"
#include "store/maintenance.h"
#include "store/sql/sql_store.h"

/* Another ledger from here on: numbers after its last are given again, to other punches. */
static enum gh_err ledger_renew(struct sql *sql)
{
	uint8_t random[STORE_LEDGER_ID - 1];
	char id[STORE_LEDGER_ID];
	struct sql_call q = sql_call_once(sql, GH_LIT("UPDATE ledger SET id = ?"));

	if (RAND_bytes(random, sizeof(random)) != 1)
		return GH_EIO;
	for (size_t i = 0; i < sizeof(random); i++)
		id[i] = (char)('a' + random[i] % 26);
	id[sizeof(random)] = '\0';
	sql_put_text(&q, gh_slice_of(id));
	return sql_run(&q);
}

/* Without marks each device sends everything again, once it gets the command (STORE_RESEND_DUE). */
static enum gh_err stamps_reset(struct sql *sql)
{
	struct sql_call all = sql_call_once(sql, GH_LIT("DELETE FROM device_stamp"));
	enum gh_err err = sql_run(&all);

	if (err)
		return err;

	struct sql_call due = sql_call_once(
		sql, GH_LIT("INSERT INTO device_stamp (device, key, value)"
			    " SELECT id, '" STORE_RESEND_KEY "', '" STORE_RESEND_DUE "'"
			    " FROM device"));

	return sql_run(&due);
}

/* What units hold has changed since, and what was under way to them is not known: nothing of it is trusted. The
 * next plan of each unit is its first one, and writes everything. */
static enum gh_err units_doubt(struct sql *sql)
{
	static const char plans_fail[] = "UPDATE device_plan SET state = 4, note = 'the store "
					 "was restored from a backup'"
					 " WHERE state < 3";
	/* No answer to a query of the backup brings back what its unit had then. */
	static const char queries_late[] =
		"INSERT INTO device_table_state (device, name, removed_ms)"
		" SELECT device, '" UNIT_TABLES_ALL "', max(sent_ms) + 1 FROM command"
		" WHERE sent_ms > 0 GROUP BY device";
	static const char *const text[] = {
		"DELETE FROM device_table",
		"DELETE FROM device_table_state",
		/* Devices send everything again; what of it was complete is not in the backup. */
		"DELETE FROM device_comparison",
		"DELETE FROM comparison_extra",
		queries_late,
		"UPDATE device_slot SET state = 0 WHERE state = 1",
		"UPDATE plan_unit SET state = 4 WHERE state < 3",
		plans_fail,
	};
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]) && err == GH_OK; i++) {
		struct sql_call q = sql_call_once(sql, gh_slice_of(text[i]));

		err = sql_run(&q);
	}
	return err;
}

/* A device may still answer a command that was given after the backup: no other command gets its number. */
#define COMMANDS_LOST "4194304"

static enum gh_err commands_renumber(struct sql *sql)
{
	static const char *const text[] = {
		"INSERT INTO sqlite_sequence (name, seq) SELECT 'command', 0"
		" WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'command')",
		"UPDATE sqlite_sequence SET seq = seq + " COMMANDS_LOST
		" WHERE name = 'command'",
	};
	enum gh_err err = GH_OK;

	for (size_t i = 0; i < sizeof(text) / sizeof(text[0]) && err == GH_OK; i++) {
		struct sql_call q = sql_call_once(sql, gh_slice_of(text[i]));

		err = sql_run(&q);
	}
	return err;
}

/* The names of the kinds that may be given a second time. Not an emergency: an opening may have followed, and people
 * need the doors. */
static void kinds_again_put(struct ghi_writer *w)
{
	const char *before = "'";

	for (enum command_kind k = 0; k < COMMAND_KINDS; k++) {
		if (command_repeat(k) != REPEAT_AGAIN || k == COMMAND_KIND_EMERGENCY_CLOSE)
			continue;
		ghi_put(w, gh_slice_of(before));
		ghi_put(w, gh_slice_of(command_kind_row(k)->name));
		before = "', '";
	}
	ghi_put_u8(w, '\'');
}

/* What waited may have been given, and carried out, in the time that was lost. It ends as what is past its time, as
 * soon as a server runs, but what may be given again; what plans sent ends with them. 0: at no time that is known. */
static enum gh_err commands_end(struct sql *sql)
{
	char text[8192];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	ghi_put(&w,
		GH_LIT("UPDATE command SET expires_ms = 0, result = 'the store was restored "
		       "from a backup' WHERE state < 3 AND (requested_by = 'plan'"
		       " OR kind IS NULL OR kind NOT IN ("));
	kinds_again_put(&w);
	ghi_put(&w, GH_LIT("))"));
	if (w.err)
		return w.err;
	struct sql_call q = sql_call_once(sql, ghi_written(&w));

	return sql_run(&q);
}

enum gh_err store_restored(struct store_handle *h, char *why, size_t why_size)
{
	struct store_outcome outcome;
	enum gh_err err = h->ops->begin(h->store);

	if (err == GH_OK)
		err = ledger_renew(h->store->sql);
	if (err == GH_OK)
		err = stamps_reset(h->store->sql);
	if (err == GH_OK)
		err = units_doubt(h->store->sql);
	if (err == GH_OK)
		err = commands_end(h->store->sql);
	if (err == GH_OK)
		err = commands_renumber(h->store->sql);
	if (err == GH_OK)
		err = h->ops->commit(h->store, &outcome);
	else
		h->ops->rollback(h->store);
	if (err)
		snprintf(why, why_size, "cannot write to the restored store: %s",
			 gh_strerror(err));
	return err;
}
