/* The part of a back end that every SQL database has in common: what struct store_ops names,
 * one file per theme, on connections of whatever engine. An engine's own struct begins with
 * one of these. */
#ifndef GH_STORE_SQL_SQL_STORE_H
#define GH_STORE_SQL_SQL_STORE_H

#include "store/sql/audit.h"
#include "store/sql/row_count.h"
#include "store/sql/sql.h"
#include "store/store.h"

/* Names of zones and their numbers in the database. Those past `committed` came with the open
 * transaction and go with it when it fails. */
struct zone_names {
	struct zone_name {
		int64_t id;
		size_t n;
		uint8_t name[64];
	} name[64];
	size_t n, committed;
	size_t last; /* the one found last */
};

/* Devices that were found to be there, each at the place that its number gives. */
#define DEVICES_FOUND 256
struct devices_found {
	struct device_found {
		int64_t id;    /* 0: none */
		bool clearing; /* records of its former life are still to be removed */
	} at[DEVICES_FOUND];
};

struct store {
	struct sql *sql;
	struct zone_names zones;
	struct row_counts counts; /* of the open transaction */
	struct audit_rows audit;  /* the same */
	/* The implementations of sql_for_device and sql_for_records; NULL: they read the database. */
	enum gh_err (*for_device)(struct store *s, int64_t device);
	enum gh_err (*for_records)(struct store *s, int64_t device);
	/* Where the functions above are absent: what holds until a device goes, or a transaction is
	 * rolled back. */
	struct devices_found found;
};

struct store_reader {
	struct sql *sql;
};

/* zone.c: the number of a zone's name, which is stored where it is new ... */
enum gh_err sql_zone_number(struct store *s, gh_slice name, int64_t *id);
/* ... and the transaction that added some ended. */
void sql_zones_end(struct store *s, bool committed);

/* device_found.c: GH_ENOTFOUND, then or later, for an unknown or deleted device. */
enum gh_err sql_for_device(struct store *s, int64_t device);
/* The same for each of n, no two of which are the same. */
enum gh_err sql_for_devices(struct store *s, const int64_t *device, size_t n);
/* What was found does not hold any more. */
void sql_found_clear(struct store *s);
/* The same as sql_for_device, and GH_EBUSY where records of its former life are still to be removed. */
enum gh_err sql_for_records(struct store *s, int64_t device);

/* device.c */
enum gh_err sql_device_put(struct store *s, struct device_row *d);
enum gh_err sql_seen_put(struct store *s, const struct device_seen_row *row, size_t n);
enum gh_err sql_device_delete(struct store *s, int64_t device);
/* clear.c */
enum gh_err sql_device_clear(struct store *s, int64_t device, size_t limit, size_t *removed);
enum gh_err sql_devices_clear(struct store *s, size_t limit, size_t *removed, bool *more);
/* expire.c */
enum gh_err sql_rows_expire(struct store *s, struct store_expiry *e);
enum gh_err sql_expired_read(struct sql *c, int64_t n[STORE_KEPT]);
enum gh_err sql_option_put(struct store *s, int64_t device, gh_slice key, gh_slice value);
enum gh_err sql_option_room(struct store *s, int64_t device, gh_slice key, int64_t *names,
			    bool *known);
enum gh_err sql_option_add(struct store *s, int64_t device, gh_slice key, gh_slice value);
enum gh_err sql_stamp_put(struct store *s, int64_t device, gh_slice table, gh_slice stamp);
enum gh_err sql_resend_queued(struct store *s, int64_t device);
/* plan.c */
enum gh_err sql_slot_put(struct store *s, int64_t device, const struct device_slot *slot);
enum gh_err sql_slots_scan(struct store *s, int64_t device, gh_slice kind, store_slot_fn *fn,
			   void *ctx);
enum gh_err sql_slots_read(struct store_reader *r, int64_t device, gh_slice kind,
			   store_slot_fn *fn, void *ctx);
enum gh_err sql_plan_unit_put(struct store *s, const struct plan_unit *u);
enum gh_err sql_plan_units_scan(struct store *s, const struct plan_units_of *of,
				store_plan_unit_fn *fn, void *ctx);
enum gh_err sql_plan_units_read(struct store_reader *r, const struct plan_units_of *of,
				store_plan_unit_fn *fn, void *ctx);
enum gh_err sql_plan_steps_add(struct store *s, const struct plan_step *p, size_t n);
enum gh_err sql_plan_step_put(struct store *s, const struct plan_step *p);
enum gh_err sql_plan_steps_scan(struct store *s, const struct plan_steps_of *of,
				store_plan_step_fn *fn, void *ctx);
enum gh_err sql_plan_steps_read(struct store_reader *r, const struct plan_steps_of *of,
				store_plan_step_fn *fn, void *ctx);
/* plan_item.c */
enum gh_err sql_plan_items_add(struct store *s, const struct plan_item *p, size_t n);
enum gh_err sql_plan_item_put(struct store *s, const struct plan_item *p);
enum gh_err sql_plan_items_scan(struct store *s, const struct plan_items_of *of,
				store_plan_item_fn *fn, void *ctx);
enum gh_err sql_plan_items_read(struct store_reader *r, const struct plan_items_of *of,
				store_plan_item_fn *fn, void *ctx);
enum gh_err sql_plan_clear(struct store *s, int64_t plan, int64_t device, size_t limit,
			   size_t *removed);
/* unit_row.c */
enum gh_err sql_unit_row_put(struct store *s, int64_t device, const struct unit_row *row);
enum gh_err sql_unit_row_delete(struct store *s, int64_t device, gh_slice unit, gh_slice table,
				gh_slice key);
enum gh_err sql_unit_table_clear(struct store *s, int64_t device, gh_slice unit,
				 gh_slice table);
enum gh_err sql_unit_table_expire(struct store *s, int64_t device, gh_slice unit,
				  gh_slice table, int64_t before_ms);
enum gh_err sql_unit_row_find(struct store *s, int64_t device, gh_slice unit, gh_slice table,
			      gh_slice key, store_unit_row_fn *fn, void *ctx);
enum gh_err sql_unit_row_card_put(struct store *s, int64_t device, const struct unit_row *row);
enum gh_err sql_unit_cards_turned(struct store *s, int64_t device, bool *turned);
enum gh_err sql_unit_rows_scan(struct store *s, int64_t device, gh_slice unit, gh_slice table,
			       gh_slice after, int64_t limit, store_unit_row_fn *fn, void *ctx);
enum gh_err sql_unit_rows_read(struct store_reader *r, int64_t device, gh_slice unit,
			       gh_slice table, gh_slice after, int64_t limit,
			       store_unit_row_fn *fn, void *ctx);
enum gh_err sql_unit_rows_of_card(struct store_reader *r, int64_t device, gh_slice unit,
				  int64_t card, int64_t limit, store_unit_row_fn *fn,
				  void *ctx);
enum gh_err sql_unit_row_get(struct store_reader *r, int64_t device, gh_slice unit,
			     gh_slice table, gh_slice key, store_unit_row_fn *fn, void *ctx);
enum gh_err sql_unit_tables_read(struct store_reader *r, int64_t device,
				 store_unit_table_fn *fn, void *ctx);
/* unit_state.c */
enum gh_err sql_unit_state_put(struct store *s, int64_t device,
			       const struct unit_table_state *state);
enum gh_err sql_unit_state_find(struct store *s, int64_t device, gh_slice table,
				store_unit_state_fn *fn, void *ctx);
enum gh_err sql_unit_states_read(struct store_reader *r, int64_t device,
				 store_unit_state_fn *fn, void *ctx);
enum gh_err sql_unit_states_due(struct store_reader *r, int64_t after, int64_t limit,
				store_unit_state_fn *fn, void *ctx);
enum gh_err sql_access_held(struct store_reader *r, int64_t device, int64_t upto, int64_t *n);
/* comparison.c */
enum gh_err sql_comparison_put(struct store *s, int64_t device, const struct comparison *c);
enum gh_err sql_comparison_extra_add(struct store *s, int64_t device, int64_t day, int64_t n);
enum gh_err sql_comparisons_read(struct store_reader *r, store_comparison_fn *fn, void *ctx);
enum gh_err sql_punches_between(struct store_reader *r, int64_t device, ghi_civil from,
				ghi_civil to, int64_t *n);
/* query_set.c */
enum gh_err sql_query_set_put(struct store *s, const struct query_set *set);
enum gh_err sql_query_set_add(struct store *s, const struct query_set *set);
enum gh_err sql_query_set_mirrored(struct store *s, int64_t command, int64_t changed_ms);
enum gh_err sql_query_set_find(struct store *s, int64_t command, store_query_set_fn *fn,
			       void *ctx);
enum gh_err sql_query_set_get(struct store_reader *r, int64_t command, store_query_set_fn *fn,
			      void *ctx);
enum gh_err sql_query_sets_due(struct store_reader *r, int64_t after, int64_t limit,
			       store_query_set_fn *fn, void *ctx);
enum gh_err sql_query_packet_put(struct store *s, const struct query_packet *p);
enum gh_err sql_query_packets_scan(struct store *s, int64_t command, int64_t after,
				   int64_t limit, store_query_packet_fn *fn, void *ctx);
enum gh_err sql_query_packets_read(struct store_reader *r, int64_t command, int64_t after,
				   int64_t limit, store_query_packet_fn *fn, void *ctx);
enum gh_err sql_query_packets_clear(struct store *s, int64_t command);
enum gh_err sql_query_sets_taken(struct store *s, int64_t device, int64_t after,
				 int64_t sent_ms, store_query_set_fn *fn, void *ctx);
enum gh_err sql_query_held(struct store *s, int64_t device, int64_t but, int64_t *bytes,
			   int64_t *oldest);
enum gh_err sql_device_find(struct store_reader *r, gh_slice sn, store_device_fn *fn,
			    void *ctx);
enum gh_err sql_devices_read(struct store_reader *r, store_device_fn *fn, void *ctx);
enum gh_err sql_options_read(struct store_reader *r, int64_t device, store_pair_fn *fn,
			     void *ctx);
enum gh_err sql_options_scan(struct store *s, int64_t device, store_pair_fn *fn, void *ctx);
enum gh_err sql_stamps_read(struct store_reader *r, int64_t device, store_pair_fn *fn,
			    void *ctx);

enum gh_err sql_access_read(struct store_reader *r, const struct store_page *page,
			    store_access_fn *fn, void *ctx);
enum gh_err sql_punches_read(struct store_reader *r, const struct punch_query *q,
			     store_punch_fn *fn, void *ctx);
enum gh_err sql_punches_rezone(struct store *s, const struct punch *p, size_t n);
enum gh_err sql_access_rezone(struct store *s, const struct punch *p, size_t n);
enum gh_err sql_punches_by_time(struct store_reader *r, int64_t device, ghi_civil time,
				int64_t seq, int64_t limit, store_punch_fn *fn, void *ctx);
enum gh_err sql_punches_elsewhere(struct store_reader *r, int64_t device, gh_slice zone,
				  int64_t *n);
enum gh_err sql_punch_days_read(struct store_reader *r, const struct punch_day_query *q,
				bool (*fn)(void *ctx, const struct punch_day *day), void *ctx);
enum gh_err sql_punch_index_make(struct store_reader *r, int64_t last,
				 struct punch_index_part **out);
enum gh_err sql_punch_index_put(struct store *s, const struct punch_index_part *part);
void sql_punch_index_free(struct punch_index_part *part);
enum gh_err sql_device_number(struct store_reader *r, gh_slice sn, int64_t *id);
enum gh_err sql_access_find(struct store *s, int64_t device, int64_t record_index,
			    ghi_civil near, int64_t *seq);
enum gh_err sql_last_seq(struct store_reader *r, enum store_stream stream, int64_t *seq);
enum gh_err sql_ledger_floor(struct store_reader *r, enum store_stream stream, int64_t *floor);
enum gh_err sql_access_epoch_advance(struct store *s, int64_t device);
enum gh_err sql_ledger_id(struct store_reader *r, char id[STORE_LEDGER_ID]);

enum gh_err sql_device_held(struct store *s, int64_t device,
			    const struct store_log_count *known, struct store_held *out);
enum gh_err sql_log_count(struct store_reader *r, int64_t device, struct store_log_count *out);
enum gh_err sql_device_erased(struct store *s, int64_t device);

enum gh_err sql_record_put(struct store *s, enum model_kind_id kind, int64_t device,
			   int64_t received_ms, const void *record);
enum gh_err sql_record_delete(struct store *s, enum model_kind_id kind, int64_t device,
			      const void *record, size_t *removed);
enum gh_err sql_records_older_delete(struct store *s, enum model_kind_id kind, int64_t device,
				     int64_t before_ms, int64_t limit, size_t *removed);
enum gh_err sql_record_find(struct store *s, enum model_kind_id kind, int64_t device,
			    const void *key, store_record_fn *fn, void *ctx);
enum gh_err sql_records_read(struct store_reader *r, enum model_kind_id kind,
			     const struct store_page *q, store_record_fn *fn, void *ctx);
enum gh_err sql_record_get(struct store_reader *r, enum model_kind_id kind, int64_t id,
			   store_record_fn *fn, void *ctx);
enum gh_err sql_template_counts(struct store_reader *r, int64_t device, store_count_fn *fn,
				void *ctx);
enum gh_err sql_person_names(struct store_reader *r, struct store_person_name *p, size_t n);
enum gh_err sql_people_privileged(struct store_reader *r, int64_t device, store_count_fn *fn,
				  void *ctx);
enum gh_err sql_record_counts(struct store_reader *r, int64_t device,
			      int64_t counts[KIND_COUNT]);

/* people_search.c */
enum gh_err sql_people_search_fill(struct store *s, bool *more);
enum gh_err sql_entity_put(struct store *s, enum model_entity_id kind, int64_t *id,
			   const void *record);
enum gh_err sql_entity_find(struct store *s, enum model_entity_id kind, const void *record,
			    int64_t *id);
enum gh_err sql_entity_delete(struct store *s, enum model_entity_id kind, int64_t id);
enum gh_err sql_entity_get(struct store_reader *r, enum model_entity_id kind, int64_t id,
			   store_entity_fn *fn, void *ctx);
enum gh_err sql_entity_of_key(struct store *s, enum model_entity_id kind, const void *record,
			      store_entity_fn *fn, void *ctx);
enum gh_err sql_entity_hold(struct store *s, enum model_entity_id kind, int64_t id,
			    store_entity_fn *fn, void *ctx);
enum gh_err sql_entities_each(struct store *s, enum model_entity_id kind, store_entity_fn *fn,
			      void *ctx);
enum gh_err sql_entities_drop(struct store *s, enum model_entity_id kind, size_t field,
			      int64_t of);
/* GH_ENOTFOUND; otherwise the row is locked by `locks` until the transaction ends. */
enum gh_err sql_entity_lock(struct store *s, const char *table, const char *locks, int64_t id);
/* What the present fields of a record of table `from` refer to: GH_EINVALID where it is not
 * there, or where that makes a circle around `id`. */
enum gh_err sql_references_check(struct store *s, const struct model_kind *k, int64_t id,
				 const void *record);

enum gh_err sql_credential_put(struct store *s, const struct credential *c, gh_slice content,
			       gh_slice digest);
enum gh_err sql_credentials_scan(struct store *s, const struct credentials_of *of,
				 store_credential_fn *fn, void *ctx);
enum gh_err sql_credentials_read(struct store_reader *r, const struct credentials_of *of,
				 store_credential_fn *fn, void *ctx);

enum gh_err sql_held_credentials_gone(struct store *s, int64_t device, gh_slice pin);
enum gh_err sql_held_credentials_placed(struct store *s, int64_t device, gh_slice pin,
					gh_slice digest);
enum gh_err sql_held_credentials_read(struct store_reader *r, int64_t device, store_held_fn *fn,
				      void *ctx);
/* intake.c */
enum gh_err sql_intake_put(struct store *s, enum model_kind_id kind, int64_t device,
			   int64_t arrived_ms, const void *record);
enum gh_err sql_intake_rest(struct store *s, int64_t device, gh_slice pin);
enum gh_err sql_intake_all(struct store *s, int64_t device, int64_t area);
enum gh_err sql_intake_pending(struct store *s, int64_t device, gh_slice pin, bool *pending);
enum gh_err sql_intake_next(struct store *s, int64_t after, store_intake_fn *fn, void *ctx);
enum gh_err sql_intake_done(struct store *s, int64_t id);
enum gh_err sql_record_written(struct store *s, enum model_kind_id kind, int64_t device,
			       const void *record);
enum gh_err sql_intake_drop(struct store *s, int64_t people, int64_t at_ms);
enum gh_err sql_people_changed(struct store *s, int64_t people, gh_slice field, int64_t now_ms,
			       int64_t *at_ms);
enum gh_err sql_people_changes_trim(struct store *s, int64_t people, int64_t most);

enum gh_err sql_relation_put(struct store *s, enum model_relation_id relation, int64_t from,
			     int64_t to);
enum gh_err sql_relation_cut(struct store *s, enum model_relation_id relation, int64_t from,
			     int64_t to);
enum gh_err sql_relation_clear(struct store *s, enum model_relation_id relation, int64_t from);
enum gh_err sql_relations_of(struct store *s, enum model_relation_id relation, int64_t from,
			     store_relation_fn *fn, void *ctx);
/* Every pair that has row `id` of the table on either side goes. */
enum gh_err sql_relations_drop(struct store *s, const char *table, int64_t id);
enum gh_err sql_relations_to(struct store_reader *r, enum model_relation_id relation,
			     int64_t to, store_relation_fn *fn, void *ctx);
enum gh_err sql_relations_read(struct store_reader *r, enum model_relation_id relation,
			       int64_t from, store_relation_fn *fn, void *ctx);

enum gh_err sql_quarantine_put(struct store *s, const struct quarantine *q);
enum gh_err sql_quarantine_reason(struct store *s, int64_t id, gh_slice reason);
enum gh_err sql_quarantine_delete(struct store *s, int64_t id, size_t *removed);
enum gh_err sql_upload_put(struct store *s, const struct raw_upload *u);
enum gh_err sql_upload_delete(struct store *s, int64_t id, size_t *removed);

enum gh_err sql_command_put(struct store *s, struct command *c, int64_t at_ms, gh_slice detail);
enum gh_err sql_commands_add(struct store *s, struct command *const *c, size_t n,
			     int64_t at_ms);
enum gh_err sql_command_find(struct store *s, int64_t id, store_command_fn *fn, void *ctx);
enum gh_err sql_commands_open(struct store *s, int64_t device, store_command_fn *fn, void *ctx);
enum gh_err sql_commands_shift(struct store *s, int64_t by_ms, int64_t now_ms);
enum gh_err sql_commands_about(struct store *s, const struct command_about *of, size_t n,
			       store_about_fn *fn, void *ctx);
enum gh_err sql_commands_enrolling(struct store *s, int64_t device, int64_t since_ms,
				   store_command_fn *fn, void *ctx);
enum gh_err sql_command_newest_given(struct store *s, int64_t device, int64_t after,
				     int64_t *id);
enum gh_err sql_commands_expired(struct store *s, int64_t now_ms, int64_t limit,
				 store_command_fn *fn, void *ctx);
enum gh_err sql_commands_untyped(struct store *s, int64_t limit, store_command_fn *fn,
				 void *ctx);
enum gh_err sql_command_verify(struct store *s, int64_t id, int64_t at_ms, int64_t seq);
enum gh_err sql_command_retype(struct store *s, const struct command *c);
enum gh_err sql_commands_waiting(struct store_reader *r, int64_t device, store_command_fn *fn,
				 void *ctx);
enum gh_err sql_command_get(struct store_reader *r, int64_t id, store_command_fn *fn,
			    void *ctx);
enum gh_err sql_command_events_read(struct store_reader *r, int64_t id, store_event_fn *fn,
				    void *ctx);
enum gh_err sql_command_changes(struct store_reader *r, int64_t after, int64_t most,
				store_change_fn *fn, void *ctx);
enum gh_err sql_command_change_before(struct store_reader *r, int64_t at_ms, int64_t *change);

/* order_key.c */
enum gh_err sql_order_key_find(struct store *s, int64_t token, gh_slice name, int64_t since_ms,
			       int64_t *command);
enum gh_err sql_order_key_put(struct store *s, int64_t token, gh_slice name,
			      const int64_t *command, int64_t made_ms, int64_t since_ms);
enum gh_err sql_audit_put(struct store *s, const struct audit_row *row);
enum gh_err sql_token_put(struct store *s, struct token *t);
enum gh_err sql_probe_put(struct store *s, size_t bytes);
enum gh_err sql_probe_clear(struct store *s);
enum gh_err sql_token_used(struct store *s, int64_t id, int64_t used_ms);
enum gh_err sql_token_delete(struct store *s, int64_t id);
enum gh_err sql_tokens_read(struct store_reader *r, store_token_fn *fn, void *ctx);

enum gh_err sql_rows_read(struct store_reader *r, const struct store_rows *rows,
			  store_row_fn *fn, void *ctx);
enum gh_err sql_rows_count(struct store_reader *r, const struct store_rows *rows, int64_t most,
			   int64_t *n);
enum gh_err sql_rows_facet(struct store_reader *r, const struct store_rows *rows,
			   const struct store_column *column, int64_t limit, store_facet_fn *fn,
			   void *ctx);

/* Where what was here has been copied to; empty: nowhere. */
enum gh_err sql_moved(struct store_reader *r, char *to, size_t size);
enum gh_err sql_counts(struct store_reader *r, struct store_counts *out);
enum gh_err sql_upgrade_read(struct store_reader *r, struct store_upgrade *out);
enum gh_err sql_upgrade_put(struct store *s, const struct store_upgrade *u);
enum gh_err sql_damaged_count(struct store_reader *r, int64_t device, int64_t *out);
enum gh_err sql_kept_counts(struct store_reader *r, int64_t device,
			    struct store_kept_counts *out);

/* The members of struct store_ops that these functions are, one a line. */
/* clang-format off */
#define SQL_STORE_OPS \
	.access_find = sql_access_find, \
	.access_read = sql_access_read, \
	.audit_put = sql_audit_put, \
	.order_key_find = sql_order_key_find, \
	.order_key_put = sql_order_key_put, \
	.command_change_before = sql_command_change_before, \
	.command_changes = sql_command_changes, \
	.command_events_read = sql_command_events_read, \
	.command_find = sql_command_find, \
	.command_get = sql_command_get, \
	.command_newest_given = sql_command_newest_given, \
	.command_put = sql_command_put, \
	.command_retype = sql_command_retype, \
	.command_verify = sql_command_verify, \
	.commands_about = sql_commands_about, \
	.commands_add = sql_commands_add, \
	.commands_enrolling = sql_commands_enrolling, \
	.commands_expired = sql_commands_expired, \
	.commands_open = sql_commands_open, \
	.commands_shift = sql_commands_shift, \
	.commands_untyped = sql_commands_untyped, \
	.commands_waiting = sql_commands_waiting, \
	.counts = sql_counts, \
	.kept_counts = sql_kept_counts, \
	.credential_put = sql_credential_put, \
	.credentials_read = sql_credentials_read, \
	.credentials_scan = sql_credentials_scan, \
	.intake_put = sql_intake_put, \
	.intake_rest = sql_intake_rest, \
	.intake_all = sql_intake_all, \
	.intake_pending = sql_intake_pending, \
	.intake_next = sql_intake_next, \
	.intake_done = sql_intake_done, \
	.record_written = sql_record_written, \
	.intake_drop = sql_intake_drop, \
	.people_changed = sql_people_changed, \
	.people_changes_trim = sql_people_changes_trim, \
	.damaged_count = sql_damaged_count, \
	.held_credentials_gone = sql_held_credentials_gone, \
	.held_credentials_placed = sql_held_credentials_placed, \
	.held_credentials_read = sql_held_credentials_read, \
	.upgrade_read = sql_upgrade_read, \
	.upgrade_put = sql_upgrade_put, \
	.people_search_fill = sql_people_search_fill, \
	.device_delete = sql_device_delete, \
	.device_erased = sql_device_erased, \
	.device_find = sql_device_find, \
	.device_held = sql_device_held, \
	.device_number = sql_device_number, \
	.device_put = sql_device_put, \
	.devices_clear = sql_devices_clear, \
	.devices_read = sql_devices_read, \
	.entity_delete = sql_entity_delete, \
	.entity_find = sql_entity_find, \
	.entities_drop = sql_entities_drop, \
	.entities_each = sql_entities_each, \
	.entity_get = sql_entity_get, \
	.entity_hold = sql_entity_hold, \
	.entity_of_key = sql_entity_of_key, \
	.entity_put = sql_entity_put, \
	.last_seq = sql_last_seq, \
	.access_epoch_advance = sql_access_epoch_advance, .ledger_floor = sql_ledger_floor, \
	.comparison_put = sql_comparison_put, \
	.comparison_extra_add = sql_comparison_extra_add, \
	.comparisons_read = sql_comparisons_read, \
	.punches_between = sql_punches_between, \
	.ledger_id = sql_ledger_id, \
	.log_count = sql_log_count, \
	.moved = sql_moved, \
	.option_add = sql_option_add, \
	.option_put = sql_option_put, \
	.option_room = sql_option_room, \
	.options_read = sql_options_read, \
	.options_scan = sql_options_scan, \
	.people_privileged = sql_people_privileged, \
	.person_names = sql_person_names, \
	.plan_clear = sql_plan_clear, \
	.plan_item_put = sql_plan_item_put, \
	.plan_items_add = sql_plan_items_add, \
	.plan_items_read = sql_plan_items_read, \
	.plan_items_scan = sql_plan_items_scan, \
	.plan_step_put = sql_plan_step_put, \
	.plan_steps_add = sql_plan_steps_add, \
	.plan_steps_read = sql_plan_steps_read, \
	.plan_steps_scan = sql_plan_steps_scan, \
	.plan_unit_put = sql_plan_unit_put, \
	.plan_units_read = sql_plan_units_read, \
	.plan_units_scan = sql_plan_units_scan, \
	.probe_clear = sql_probe_clear, \
	.probe_put = sql_probe_put, \
	.punch_days_read = sql_punch_days_read, \
	.punch_index_free = sql_punch_index_free, \
	.punch_index_make = sql_punch_index_make, \
	.punch_index_put = sql_punch_index_put, \
	.punches_by_time = sql_punches_by_time, \
	.punches_elsewhere = sql_punches_elsewhere, \
	.punches_read = sql_punches_read, \
	.punches_rezone = sql_punches_rezone, \
	.access_rezone = sql_access_rezone, \
	.quarantine_delete = sql_quarantine_delete, \
	.quarantine_put = sql_quarantine_put, \
	.quarantine_reason = sql_quarantine_reason, \
	.query_sets_taken = sql_query_sets_taken, \
	.query_held = sql_query_held, \
	.query_packet_put = sql_query_packet_put, \
	.query_packets_clear = sql_query_packets_clear, \
	.query_packets_read = sql_query_packets_read, \
	.query_packets_scan = sql_query_packets_scan, \
	.query_set_add = sql_query_set_add, \
	.query_set_mirrored = sql_query_set_mirrored, \
	.query_set_find = sql_query_set_find, \
	.query_set_get = sql_query_set_get, \
	.query_set_put = sql_query_set_put, \
	.query_sets_due = sql_query_sets_due, \
	.unit_row_put = sql_unit_row_put, \
	.unit_row_delete = sql_unit_row_delete, \
	.unit_row_find = sql_unit_row_find, \
	.unit_row_get = sql_unit_row_get, \
	.unit_row_card_put = sql_unit_row_card_put, \
	.unit_cards_turned = sql_unit_cards_turned, \
	.unit_table_expire = sql_unit_table_expire, \
	.unit_rows_read = sql_unit_rows_read, \
	.unit_rows_of_card = sql_unit_rows_of_card, \
	.unit_rows_scan = sql_unit_rows_scan, \
	.unit_table_clear = sql_unit_table_clear, \
	.unit_tables_read = sql_unit_tables_read, \
	.unit_state_put = sql_unit_state_put, \
	.unit_state_find = sql_unit_state_find, \
	.unit_states_read = sql_unit_states_read, \
	.unit_states_due = sql_unit_states_due, \
	.access_held = sql_access_held, \
	.record_counts = sql_record_counts, \
	.record_delete = sql_record_delete, \
	.records_older_delete = sql_records_older_delete, \
	.record_find = sql_record_find, \
	.record_get = sql_record_get, \
	.record_put = sql_record_put, \
	.records_read = sql_records_read, \
	.relation_clear = sql_relation_clear, \
	.relation_cut = sql_relation_cut, \
	.relation_put = sql_relation_put, \
	.relations_of = sql_relations_of, \
	.relations_read = sql_relations_read, \
	.relations_to = sql_relations_to, \
	.resend_queued = sql_resend_queued, \
	.rows_count = sql_rows_count, \
	.rows_expire = sql_rows_expire, \
	.rows_facet = sql_rows_facet, \
	.rows_read = sql_rows_read, \
	.seen_put = sql_seen_put, \
	.slot_put = sql_slot_put, \
	.slots_read = sql_slots_read, \
	.slots_scan = sql_slots_scan, \
	.stamp_put = sql_stamp_put, \
	.stamps_read = sql_stamps_read, \
	.template_counts = sql_template_counts, \
	.token_delete = sql_token_delete, \
	.token_put = sql_token_put, \
	.token_used = sql_token_used, \
	.tokens_read = sql_tokens_read, \
	.upload_delete = sql_upload_delete, \
	.upload_put = sql_upload_put
/* clang-format on */

#endif
