/* The back end that forgets: the same promises as the others, for tests. GLib ends the
 * program when memory is exhausted; nothing here is meant for production. */
#ifndef GH_STORE_MEMORY_MEMORY_H
#define GH_STORE_MEMORY_MEMORY_H

#include <glib.h>
#include <pthread.h>

#include "store/memory/table.h"
#include "store/store.h"

enum memory_table {
	TABLE_DEVICE,
	TABLE_OPTION,
	TABLE_STAMP,
	TABLE_PUNCH,
	TABLE_QUARANTINE,
	TABLE_UPLOAD,
	TABLE_COMMAND,
	TABLE_EVENT,
	TABLE_TOKEN,
	TABLE_RECORD, /* the first of one table for each kind */
	TABLES = TABLE_RECORD + KIND_COUNT
};

/* --- what the rows are, where the model's struct is not enough --- */

struct memory_device {
	struct device_row d;
	bool deleted;
};

struct memory_pair {
	int64_t device;
	gh_slice key, value;
};

struct memory_event {
	int64_t command;
	struct command_event event;
};

struct memory_record {
	int64_t device, received_ms;
	union model_record record;
};

/* One state of all tables. A committed one never changes. */
struct memory_state {
	_Atomic size_t refs;
	struct table table[TABLES];
};

struct store {
	pthread_mutex_t lock; /* of `committed` */
	struct memory_state *committed;
	struct memory_state *open; /* the writer's, NULL outside a transaction */
	/* The writer's: natural key (GBytes) -> row number of `open`. Made when first asked,
	 * thrown away by a rollback. */
	GHashTable *index[TABLES];
};

struct store_reader {
	struct store *store;
};

/* The table of `open`, NULL outside a transaction. */
static inline struct table *memory_table(struct store *s, enum memory_table t)
{
	return s->open ? &s->open->table[t] : NULL;
}

/* GH_ESTATE outside a transaction, GH_ENOTFOUND for an unknown or deleted device. */
enum gh_err memory_for_device(struct store *s, int64_t device);

/* What readers see now; to be let go with memory_leave. */
struct memory_state *memory_enter(struct store_reader *r);
void memory_leave(struct memory_state *m);
gh_slice memory_serial(const struct memory_state *m, int64_t device);

/* row.c: copies of the model's structs with all they point to. */
struct row *memory_row(enum memory_table t, const void *object);

/* index.c: number of the row with the natural key of `object`, or 0. */
int64_t memory_find(struct store *s, enum memory_table t, const void *object);
/* The row n was added, or removed. */
void memory_index_add(struct store *s, enum memory_table t, const void *object, int64_t n);
void memory_index_remove(struct store *s, enum memory_table t, const void *object);
void memory_index_clear(struct store *s);

/* Add or replace a row and keep the index right. n 0: a new one, its number is the result
 * in *id. */
enum gh_err memory_put(struct store *s, enum memory_table t, int64_t n, const void *object,
		       int64_t *id);
enum gh_err memory_remove(struct store *s, enum memory_table t, int64_t n);

/* The rows of a list: calls give(ctx, n, row) for those within the page. */
typedef bool memory_row_fn(void *ctx, int64_t n, const void *row);
void memory_list(const struct table *t, const struct store_page *page, memory_row_fn *give,
		 void *ctx);

/* What store_ops names. */
enum gh_err memory_device_put(struct store *s, struct device_row *d);
enum gh_err memory_device_delete(struct store *s, int64_t device);
enum gh_err memory_option_put(struct store *s, int64_t device, gh_slice key, gh_slice value);
enum gh_err memory_stamp_put(struct store *s, int64_t device, gh_slice table, gh_slice stamp);
enum gh_err memory_devices_read(struct store_reader *r, store_device_fn *fn, void *ctx);
enum gh_err memory_options_read(struct store_reader *r, int64_t device, store_pair_fn *fn,
				void *ctx);
enum gh_err memory_stamps_read(struct store_reader *r, int64_t device, store_pair_fn *fn,
			       void *ctx);

enum gh_err memory_punches_put(struct store *s, struct punch *p, size_t n, size_t *fresh);
enum gh_err memory_punches_read(struct store_reader *r, const struct punch_query *q,
				store_punch_fn *fn, void *ctx);
enum gh_err memory_last_seq(struct store_reader *r, int64_t *seq);

enum gh_err memory_record_put(struct store *s, enum model_kind_id kind, int64_t device,
			      int64_t received_ms, const void *record);
enum gh_err memory_record_delete(struct store *s, enum model_kind_id kind, int64_t device,
				 const void *record, size_t *removed);
enum gh_err memory_records_read(struct store_reader *r, enum model_kind_id kind,
				const struct store_page *page, store_record_fn *fn, void *ctx);
enum gh_err memory_record_get(struct store_reader *r, enum model_kind_id kind, int64_t id,
			      store_record_fn *fn, void *ctx);
enum gh_err memory_template_counts(struct store_reader *r, int64_t device, store_count_fn *fn,
				   void *ctx);
enum gh_err memory_record_counts(struct store_reader *r, int64_t device,
				 int64_t counts[KIND_COUNT]);

enum gh_err memory_quarantine_put(struct store *s, const struct quarantine *q);
enum gh_err memory_quarantine_read(struct store_reader *r, const struct store_page *page,
				   store_quarantine_fn *fn, void *ctx);
enum gh_err memory_upload_put(struct store *s, const struct raw_upload *u);
enum gh_err memory_uploads_read(struct store_reader *r, const struct store_page *page,
				store_upload_fn *fn, void *ctx);

enum gh_err memory_command_put(struct store *s, struct command *c, int64_t at_ms,
			       gh_slice detail);
enum gh_err memory_command_find(struct store *s, int64_t id, store_command_fn *fn, void *ctx);
enum gh_err memory_commands_open(struct store *s, int64_t device, store_command_fn *fn,
				 void *ctx);
enum gh_err memory_commands_drop(struct store *s, int64_t device);
enum gh_err memory_commands_read(struct store_reader *r, const struct command_query *query,
				 store_command_fn *fn, void *ctx);
enum gh_err memory_command_get(struct store_reader *r, int64_t id, store_command_fn *fn,
			       void *ctx);
enum gh_err memory_command_events_read(struct store_reader *r, int64_t id, store_event_fn *fn,
				       void *ctx);

enum gh_err memory_token_put(struct store *s, struct token *t);
enum gh_err memory_token_delete(struct store *s, int64_t id);
enum gh_err memory_tokens_read(struct store_reader *r, store_token_fn *fn, void *ctx);

enum gh_err memory_counts(struct store_reader *r, struct store_counts *out);

#endif
