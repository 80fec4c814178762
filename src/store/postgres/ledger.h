/* The punches of a transaction, gathered until its end and appended by one call of gh_append,
 * which numbers them, leaves out what the ledger has, and locks the ledger's row last of all.
 * It also looks whether the devices that were written for are there. */
#ifndef GH_STORE_POSTGRES_LEDGER_H
#define GH_STORE_POSTGRES_LEDGER_H

#include "store/postgres/access.h"
#include "store/postgres/arrays.h"
#include "store/postgres/pipeline.h"
#include "store/sql/sql_store.h"

struct pg_ledger {
	/* The punches of jobs; they belong to the callers. */
	struct pg_append {
		int job;
		struct punch *p;
		size_t n;
		size_t *fresh;
	} * append;
	size_t appends, append_room;
	/* The same punches one by one, with their zones; `sent` of them, in front, are those
	 * that went to the server. */
	struct pg_row {
		struct punch *p;
		int32_t zone;
		uint32_t place; /* in the order they were put */
	} * row;
	size_t rows, row_room, sent;
	bool adding; /* rows are being put: what is read meanwhile does not need them */
	/* Devices that were written for, and those among them that records were written for. */
	struct pg_writer_of {
		int64_t device;
		int job;
	} * device, *recorded;
	size_t devices, device_room, recordeds, recorded_room;
	struct pg_access access; /* the access events */
	/* The arrays as the server reads them. */
	struct pg_bytes bytes;
};

struct pg_store;

enum gh_err pg_punches_put(struct store *s, struct punch *p, size_t n, size_t *fresh);
/* The device is looked at under the lock of the ledger; and, for records, whether those of a former
 * life are gone. */
enum gh_err pg_ledger_for_device(struct store *s, int64_t device);
enum gh_err pg_ledger_for_records(struct store *s, int64_t device);

/* Send what was gathered, and that this is transaction `group`. */
enum gh_err pg_ledger_send(struct pg_store *s);
bool pg_ledger_has(const struct pg_ledger *l);
/* The result of gh_append came: who got which number. */
void pg_ledger_numbered(struct pg_ledger *l, const PGresult *r);
/* The same from the database, when the result was lost with the connection: the transaction
 * gave the numbers from `first` to `last`. */
enum gh_err pg_ledger_find(struct pg_store *s, int64_t first, int64_t last);
/* Which job wrote for the device, or records for it; -1: none. */
int pg_ledger_job_of(const struct pg_ledger *l, int64_t device, bool records);
/* Drop the transaction. */
void pg_ledger_clear(struct pg_ledger *l);
void pg_ledger_free(struct pg_ledger *l);

/* arrays.c: add what was gathered as values: two arrays of devices, and one for each column of the rows.
 * They stay in l->bytes. */
bool pg_arrays_build(struct pg_ledger *l, struct pg_values *v);

#endif
