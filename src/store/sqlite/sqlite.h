/* The SQLite back end, inside. */
#ifndef GH_STORE_SQLITE_SQLITE_H
#define GH_STORE_SQLITE_SQLITE_H

#include "store/sqlite/batch.h"
#include "store/sqlite/sql.h"
#include "store/store.h"

/* Names of zones and their numbers in the database. Those past `kept` came with the open
 * transaction and go with it when it fails. */
struct zone_names {
	struct zone_name {
		int64_t id;
		size_t n;
		uint8_t name[64];
	} name[64];
	size_t n, kept;
	size_t last; /* the one found last */
};

struct store {
	struct sql sql;
	struct zone_names zones;
	struct punch_batch batch;
	int64_t changes; /* rows changed since the database was opened, before the transaction */
	int64_t alive;	 /* a device that the open transaction has found to be there, or 0 */
	int wal_pages;	 /* in the write-ahead log, as of the last commit */
	int wal_tried;	 /* of these were there at the last, incomplete checkpoint */
	char path[];
};

struct store_reader {
	struct sql sql;
};

/* A sentence about the connection's last error. */
void sqlite_say(struct sql *c, const char *path, const char *what, char *why, size_t why_size);

/* migrate.c: bring the schema up to date. */
enum gh_err sqlite_migrate(struct sql *c, const char *path, char *why, size_t why_size);

/* device.c: GH_ENOTFOUND for an unknown or deleted device. */
enum gh_err sqlite_for_device(struct store *s, int64_t device);

/* punch.c: the transaction that added zones ended. */
void sqlite_zones_end(struct store *s, bool committed);

/* What store_ops names, one file per theme. */
enum gh_err sqlite_device_put(struct store *s, struct device_row *d);
enum gh_err sqlite_seen_put(struct store *s, const struct device_seen_row *row, size_t n);
enum gh_err sqlite_device_delete(struct store *s, int64_t device);
enum gh_err sqlite_option_put(struct store *s, int64_t device, gh_slice key, gh_slice value);
enum gh_err sqlite_stamp_put(struct store *s, int64_t device, gh_slice table, gh_slice stamp);
enum gh_err sqlite_device_find(struct store_reader *r, gh_slice sn, store_device_fn *fn,
			       void *ctx);
enum gh_err sqlite_devices_read(struct store_reader *r, store_device_fn *fn, void *ctx);
enum gh_err sqlite_options_read(struct store_reader *r, int64_t device, store_pair_fn *fn,
				void *ctx);
enum gh_err sqlite_stamps_read(struct store_reader *r, int64_t device, store_pair_fn *fn,
			       void *ctx);

enum gh_err sqlite_punches_put(struct store *s, struct punch *p, size_t n, size_t *fresh);
enum gh_err sqlite_punches_read(struct store_reader *r, const struct punch_query *q,
				store_punch_fn *fn, void *ctx);
enum gh_err sqlite_last_seq(struct store_reader *r, enum store_stream stream, int64_t *seq);
enum gh_err sqlite_ledger_id(struct store_reader *r, char id[STORE_LEDGER_ID]);

enum gh_err sqlite_record_put(struct store *s, enum model_kind_id kind, int64_t device,
			      int64_t received_ms, const void *record);
enum gh_err sqlite_record_delete(struct store *s, enum model_kind_id kind, int64_t device,
				 const void *record, size_t *removed);
enum gh_err sqlite_records_read(struct store_reader *r, enum model_kind_id kind,
				const struct store_page *q, store_record_fn *fn, void *ctx);
enum gh_err sqlite_record_get(struct store_reader *r, enum model_kind_id kind, int64_t id,
			      store_record_fn *fn, void *ctx);
enum gh_err sqlite_template_counts(struct store_reader *r, int64_t device, store_count_fn *fn,
				   void *ctx);
enum gh_err sqlite_record_counts(struct store_reader *r, int64_t device,
				 int64_t counts[KIND_COUNT]);

enum gh_err sqlite_quarantine_put(struct store *s, const struct quarantine *q);
enum gh_err sqlite_quarantine_read(struct store_reader *r, const struct store_page *q,
				   store_quarantine_fn *fn, void *ctx);
enum gh_err sqlite_upload_put(struct store *s, const struct raw_upload *u);
enum gh_err sqlite_uploads_read(struct store_reader *r, const struct store_page *q,
				store_upload_fn *fn, void *ctx);

enum gh_err sqlite_command_put(struct store *s, struct command *c, int64_t at_ms,
			       gh_slice detail);
enum gh_err sqlite_command_find(struct store *s, int64_t id, store_command_fn *fn, void *ctx);
enum gh_err sqlite_commands_open(struct store *s, int64_t device, store_command_fn *fn,
				 void *ctx);
enum gh_err sqlite_commands_expired(struct store *s, int64_t now_ms, int64_t limit,
				    store_command_fn *fn, void *ctx);
enum gh_err sqlite_commands_untyped(struct store *s, int64_t limit, store_command_fn *fn,
				    void *ctx);
enum gh_err sqlite_command_retype(struct store *s, const struct command *c);
enum gh_err sqlite_commands_waiting(struct store_reader *r, int64_t device,
				    store_command_fn *fn, void *ctx);
enum gh_err sqlite_commands_read(struct store_reader *r, const struct command_query *q,
				 store_command_fn *fn, void *ctx);
enum gh_err sqlite_command_get(struct store_reader *r, int64_t id, store_command_fn *fn,
			       void *ctx);
enum gh_err sqlite_command_events_read(struct store_reader *r, int64_t id, store_event_fn *fn,
				       void *ctx);

enum gh_err sqlite_token_put(struct store *s, struct token *t);
enum gh_err sqlite_token_delete(struct store *s, int64_t id);
enum gh_err sqlite_tokens_read(struct store_reader *r, store_token_fn *fn, void *ctx);

enum gh_err sqlite_reader_open(struct store *s, struct store_reader **out);
void sqlite_reader_close(struct store_reader *r);
enum gh_err sqlite_counts(struct store_reader *r, struct store_counts *out);

#endif
