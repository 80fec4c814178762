/*
 * What the rest of the program needs from a database, in two parts:
 *
 *   store_ops     what a back end implements. The writing half is called on the thread of
 *                 its lane only, between begin and commit; the reading half from any thread,
 *                 on a reader of its own.
 *   store_open    picks the back end by URL.
 *
 * The threads that write are in queue.h.
 *
 * A device never offers a punch again once it has read our "OK", so OK is sent from done(),
 * never before.
 *
 * Writes are queued: a back end may send them to the database all at once, with the commit.
 * What they result in (seq, fresh, new ids, counts) is therefore valid from done() on with
 * GH_OK, and the memory it goes to stays valid until done(); everything else that is passed
 * may go as soon as the call returns, but for the punches. An error of a write may come from
 * the call or from the commit; either way it ends its job, and only that one.
 *
 * Threads: SQLite runs both lanes, in the order of store_put, on one thread. PostgreSQL has
 * a connection and a thread for each lane, and guarantees no order between them.
 *
 * Rows handed to callbacks are borrowed until the callback returns. Times that end in _ms
 * are milliseconds since 1970, UTC.
 *
 * The folder: store.h and queue.h are the port; sql/ has the statements and the mapping of
 * records that databases share; sqlite/ is a database.
 */
#ifndef GH_STORE_STORE_H
#define GH_STORE_STORE_H

#include "store/values.h"

struct store_ops {
	const char *scheme; /* of the URL: "sqlite" */

	/* Open, or create, what the URL names and bring its schema up to date. `why` gets a
	 * sentence for the administrator on failure. */
	enum gh_err (*open)(gh_slice url, struct store **out, char *why, size_t why_size);
	void (*close)(struct store *s);
	/* From any thread: the program ends, so a database that does not answer is waited for no longer than some seconds.
	 * NULL: it is in this machine, and answers. */
	void (*ending)(struct store *s);
	/* From any thread, as the program ends: the database does not answer, so what is waited for
	 * fails, and what is begun later. NULL: it is in this machine, and answers. */
	void (*abandon)(struct store *s);
	void (*traits)(struct store *s, struct store_traits *out);
	/* The writing handle of a lane, owned by `s`. The same for both lanes: they share a
	 * thread. */
	struct store *(*lane)(struct store *s, enum store_lane lane);

	/* GH_EBUSY: another process holds the database; GH_EFULL: no room; GH_EIO … : other. */
	enum gh_err (*begin)(struct store *s);
	/* What is written from here on belongs to job n of the transaction. */
	void (*job)(struct store *s, int n);
	/* After a failed commit the transaction is rolled back already. */
	enum gh_err (*commit)(struct store *s, struct store_outcome *out);
	void (*rollback)(struct store *s);
	/* Whether the open transaction changes anything. One that does not proves nothing about
	 * whether the database can be written. */
	bool (*wrote)(struct store *s);
	/* On the thread of the lane, outside a transaction, when nothing has come for a while,
	 * and then once a second: time for upkeep. The result is whether the database can be
	 * reached. */
	enum gh_err (*idle)(struct store *s);
	/* On the thread of the lane: a sentence about what begin, commit or idle failed of last;
	 * NULL: there is none. */
	const char *(*why)(struct store *s);

	/* From any thread: who keeps a lane waiting at this moment, or made its latest transaction
	 * fail. */
	void (*holder)(struct store *s, struct store_holder *out);

	/* --- writing; inside a transaction, on the thread of the lane ---
	 *
	 * What is written for a device that is unknown or deleted is refused: GH_ENOTFOUND.
	 * After an error of the database itself (GH_EFULL, GH_EIO …) every further write is
	 * refused with it, until the transaction is rolled back.
	 *
	 * What a transaction has read (command_find, commands_open, commands_expired) stays as
	 * it was read until its end. These calls wait for the database; results of earlier
	 * writes are valid after them. */

	/* d->id 0: insert and set d->id; a serial number that was deleted gets its old number
	 * back, one that exists is GH_EEXISTS. Otherwise merge the present fields. */
	enum gh_err (*device_put)(struct store *s, struct device_row *d);
	/* When devices were seen last. Those that are unknown or deleted are passed over. */
	enum gh_err (*seen_put)(struct store *s, const struct device_seen_row *row, size_t n);
	/* The device is unknown again and its options, stamps, records and open commands are
	 * gone; its punches stay in the ledger and keep its serial number. Of many records a few
	 * are removed and the others hidden, until devices_clear has removed them. The serial
	 * number may come back meanwhile; then record_put for it is GH_EBUSY until they are gone. */
	enum gh_err (*device_delete)(struct store *s, int64_t device);
	/* Remove some `limit` records of deleted devices, and wait for it. *more: some are left. */
	enum gh_err (*devices_clear)(struct store *s, size_t limit, size_t *removed,
				     bool *more);
	/* Remove old rows of a piece, and wait for it. */
	enum gh_err (*rows_expire)(struct store *s, struct store_expiry *e);
	/* How many options it has, and whether one is that. */
	enum gh_err (*option_room)(struct store *s, int64_t device, gh_slice key,
				   int64_t *names, bool *known);
	enum gh_err (*option_put)(struct store *s, int64_t device, gh_slice key,
				  gh_slice value);
	/* Those of a device, what the transaction wrote included. */
	enum gh_err (*options_scan)(struct store *s, int64_t device, store_pair_fn *fn,
				    void *ctx);
	/* The same, unless it has that option. */
	enum gh_err (*option_add)(struct store *s, int64_t device, gh_slice key,
				  gh_slice value);
	/* The mirror of an access unit's tables. A row of the same unit, table and key is replaced. */
	enum gh_err (*unit_row_put)(struct store *s, int64_t device,
				    const struct unit_row *row);
	enum gh_err (*unit_row_delete)(struct store *s, int64_t device, gh_slice unit,
				       gh_slice table, gh_slice key);
	/* All rows of a table; an empty table: of all tables, and all units. */
	enum gh_err (*unit_table_clear)(struct store *s, int64_t device, gh_slice unit,
					gh_slice table);
	/* Those of a table that came before that time; an empty table: of all tables, and all units. */
	enum gh_err (*unit_table_expire)(struct store *s, int64_t device, gh_slice unit,
					 gh_slice table, int64_t before_ms);
	/* GH_ENOTFOUND, or one call of fn; what the transaction wrote included. */
	enum gh_err (*unit_row_find)(struct store *s, int64_t device, gh_slice unit,
				     gh_slice table, gh_slice key, store_unit_row_fn *fn,
				     void *ctx);
	/* The number of the card of such a row, where its text is still the same. */
	enum gh_err (*unit_row_card_put)(struct store *s, int64_t device,
					 const struct unit_row *row);
	/* Whether the unit has hexadecimal cards with the lowest byte first (core/access/unit_card.h). */
	enum gh_err (*unit_cards_turned)(struct store *s, int64_t device, bool *turned);
	/* Rows by their key, those behind `after`, at most `limit`, what the transaction wrote
	 * included. */
	enum gh_err (*unit_rows_scan)(struct store *s, int64_t device, gh_slice unit,
				      gh_slice table, gh_slice after, int64_t limit,
				      store_unit_row_fn *fn, void *ctx);
	/* What is known of a unit's table besides its rows: the members that are present. */
	enum gh_err (*unit_state_put)(struct store *s, int64_t device,
				      const struct unit_table_state *state);
	/* GH_ENOTFOUND, or one call of fn; it stays so until the transaction ends. */
	enum gh_err (*unit_state_find)(struct store *s, int64_t device, gh_slice table,
				       store_unit_state_fn *fn, void *ctx);
	/* What is known of the comparison of a device's log with what is stored of it: all of the row. */
	enum gh_err (*comparison_put)(struct store *s, int64_t device,
				      const struct comparison *c);
	/* So many rows more of a day (20261130) that the device counts and that are no punches of their own:
	 * punches_between() counts them. */
	enum gh_err (*comparison_extra_add)(struct store *s, int64_t device, int64_t day,
					    int64_t n);
	/* The sets of packets that answer queries. A set, and a packet of it, is replaced by its number. */
	enum gh_err (*query_set_put)(struct store *s, const struct query_set *set);
	/* The same, unless it is there already. */
	enum gh_err (*query_set_add)(struct store *s, const struct query_set *set);
	/* It is in the mirror, as it was changed last at that time. */
	enum gh_err (*query_set_mirrored)(struct store *s, int64_t command, int64_t changed_ms);
	enum gh_err (*query_packet_put)(struct store *s, const struct query_packet *p);
	enum gh_err (*query_packets_clear)(struct store *s, int64_t command);
	/* GH_ENOTFOUND, or one call of fn; what the transaction wrote included. */
	enum gh_err (*query_set_find)(struct store *s, int64_t command, store_query_set_fn *fn,
				      void *ctx);
	/* Those behind number `after`, at most `limit`, what the transaction wrote included. */
	enum gh_err (*query_packets_scan)(struct store *s, int64_t command, int64_t after,
					  int64_t limit, store_query_packet_fn *fn, void *ctx);
	/* Those of a device that are in the mirror, of commands behind number `after` that were given at that
	 * millisecond. */
	enum gh_err (*query_sets_taken)(struct store *s, int64_t device, int64_t after,
					int64_t sent_ms, store_query_set_fn *fn, void *ctx);
	/* How many bytes all sets of a device have; and the oldest that has any, except `but`; 0: none. */
	enum gh_err (*query_held)(struct store *s, int64_t device, int64_t but, int64_t *bytes,
				  int64_t *oldest);
	/* A number of a unit. GH_ENOTFOUND: another owner has it, and it is not free. */
	enum gh_err (*slot_put)(struct store *s, int64_t device,
				const struct device_slot *slot);
	/* Those of a kind, by number. */
	enum gh_err (*slots_scan)(struct store *s, int64_t device, gh_slice kind,
				  store_slot_fn *fn, void *ctx);
	/* Insert or replace, by plan and device. */
	enum gh_err (*plan_unit_put)(struct store *s, const struct plan_unit *u);
	/* They stay as they are until the transaction ends. fn may not write. */
	enum gh_err (*plan_units_scan)(struct store *s, const struct plan_units_of *of,
				       store_plan_unit_fn *fn, void *ctx);
	enum gh_err (*plan_steps_add)(struct store *s, const struct plan_step *p, size_t n);
	/* Its state, what was left out, command and return code. GH_ENOTFOUND. */
	enum gh_err (*plan_step_put)(struct store *s, const struct plan_step *p);
	/* fn may not write. */
	enum gh_err (*plan_steps_scan)(struct store *s, const struct plan_steps_of *of,
				       store_plan_step_fn *fn, void *ctx);
	enum gh_err (*plan_items_add)(struct store *s, const struct plan_item *p, size_t n);
	/* Its state and note. */
	enum gh_err (*plan_item_put)(struct store *s, const struct plan_item *p);
	/* fn may not write. */
	enum gh_err (*plan_items_scan)(struct store *s, const struct plan_items_of *of,
				       store_plan_item_fn *fn, void *ctx);
	/* Remove at most so many steps and items of a plan, of one device or (0) of all, and then its units;
	 * fewer than `limit`: all are gone. */
	enum gh_err (*plan_clear)(struct store *s, int64_t plan, int64_t device, size_t limit,
				  size_t *removed);
	enum gh_err (*stamp_put)(struct store *s, int64_t device, gh_slice table,
				 gh_slice stamp);
	/* The command is queued: the mark STORE_RESEND_DUE becomes "1"; another one stays. */
	enum gh_err (*resend_queued)(struct store *s, int64_t device);

	/* Append what is new to the ledger, in order, with consecutive seq; p[i].seq becomes 0
	 * for a repeat, and PUNCH_SEQ_REMOVED for one of a punch that was removed (rows_expire). *fresh counts the new ones. p and its texts stay valid until done().
	 * A live one (PUNCH_LIVE), which carries no work code, is a repeat also where a stored one
	 * differs in the work code alone. One of a log (PUNCH_READ) with a work code is the
	 * stored one that came live without, which gets the code and keeps its number; but
	 * not where the same call has it without a code as well: so the log's punches of one
	 * second are put in one call. An imported one (PUNCH_IMPORTED) gives its code in the same way,
	 * and is the same as one without a code in the other form (punch_is_uncoded), whichever of the
	 * two comes first; its source becomes that of the device's own. */
	enum gh_err (*punches_put)(struct store *s, struct punch *p, size_t n, size_t *fresh);

	/* Append what is new to the ledger of access events, in order, with consecutive seq; repeats are
	 * recognised by their natural key (model/access_event.def). With it, in the same transaction, the
	 * punches that are to be made: one that is there already is taken for it. A record index below that
	 * of a record which came live before, by more than ACCESS_INDEX_FALL, begins a new epoch; one that
	 * is there within it with a time that differs by whole quarters of an hour, up to
	 * ACCESS_CLOCK_STEP_MAX, is the same with the clock set otherwise (same_as); another live one
	 * whose number, one of the first, is there within it begins a new epoch, too. *fresh counts the new
	 * ones. a and its texts stay valid until done(). */
	enum gh_err (*access_put)(struct store *s, struct access_put *a, size_t n,
				  size_t *fresh);

	/* The numbers of a device's records begin again, as after its log was erased: a new epoch. */
	enum gh_err (*access_epoch_advance)(struct store *s, int64_t device);

	/* The event of a device, by the number of its record, whose time is nearest to `near`;
	 * GHI_CIVIL_NONE: the latest one. *seq is 0 where there is none. */
	enum gh_err (*access_find)(struct store *s, int64_t device, int64_t record_index,
				   ghi_civil near, int64_t *seq);

	/* Replace zone, utc and flags of stored punches, by their seq. p and its texts
	 * stay valid until done(). */
	enum gh_err (*punches_rezone)(struct store *s, const struct punch *p, size_t n);
	/* The same of access events; of p these members alone are looked at. */
	enum gh_err (*access_rezone)(struct store *s, const struct punch *p, size_t n);

	/* Insert or merge by natural key: an absent field leaves the stored value alone. In the
	 * key an absent field counts as empty, 0 or no time, and is read back as that. */
	enum gh_err (*record_put)(struct store *s, enum model_kind_id kind, int64_t device,
				  int64_t received_ms, const void *record);
	/* Remove the records whose present key fields match; *removed counts them, unless it is
	 * NULL. */
	enum gh_err (*record_delete)(struct store *s, enum model_kind_id kind, int64_t device,
				     const void *record, size_t *removed);
	/* Remove at most `limit` of the device's records that were received before a time;
	 * *removed counts them. */
	enum gh_err (*records_older_delete)(struct store *s, enum model_kind_id kind,
					    int64_t device, int64_t before_ms, int64_t limit,
					    size_t *removed);
	/* Counts what is newer than `known`, and nothing else. */
	enum gh_err (*device_held)(struct store *s, int64_t device,
				   const struct store_log_count *known, struct store_held *out);
	/* Its log was erased: what is stored now is not on it any more. */
	enum gh_err (*device_erased)(struct store *s, int64_t device);

	/* The device's record with the key fields of `key`, of which an absent one counts as
	 * empty. GH_ENOTFOUND, or one call of fn, which may not write. */
	enum gh_err (*record_find)(struct store *s, enum model_kind_id kind, int64_t device,
				   const void *key, store_record_fn *fn, void *ctx);

	/* Entities (model/entity.def). *id 0: insert and set *id, by the commit at the latest, so it
	 * lives until then. id NULL: insert. Otherwise merge the present fields, or GH_ENOTFOUND. GH_EEXISTS: another one has its key. GH_EINVALID: a field
	 * refers to an entity that is not there, or in a circle. */
	enum gh_err (*entity_put)(struct store *s, enum model_entity_id kind, int64_t *id,
				  const void *record);
	/* The number of the entity with the record's key, or GH_ENOTFOUND. */
	enum gh_err (*entity_find)(struct store *s, enum model_entity_id kind,
				   const void *record, int64_t *id);
	/* GH_ENOTFOUND, or one call of fn, which may not write; the row stays as it is until the
	 * transaction ends. */
	enum gh_err (*entity_hold)(struct store *s, enum model_entity_id kind, int64_t id,
				   store_entity_fn *fn, void *ctx);
	/* The same of the one with the record's key. */
	enum gh_err (*entity_of_key)(struct store *s, enum model_entity_id kind,
				     const void *record, store_entity_fn *fn, void *ctx);
	/* All of a kind, in the order of the numbers. fn may not write. */
	enum gh_err (*entities_each)(struct store *s, enum model_entity_id kind,
				     store_entity_fn *fn, void *ctx);
	/* Delete those whose field number `field`, an id, is `of`; nothing may refer to them. */
	enum gh_err (*entities_drop)(struct store *s, enum model_entity_id kind, size_t field,
				     int64_t of);
	/* GH_ENOTFOUND. GH_ESTATE: something refers to it, or joins and keeps it. */
	enum gh_err (*entity_delete)(struct store *s, enum model_entity_id kind, int64_t id);
	/* Insert, or replace what the person has of that kind, type, number, part and version: all fields of *c but the
	 * picture, which is that of the content. `digest` is its SHA-256 (picture_hash); empty: it is computed here. The
	 * person is held by this transaction. GH_EINVALID: no content. */
	enum gh_err (*credential_put)(struct store *s, const struct credential *c,
				      gh_slice content, gh_slice digest);
	/* Before record_put of a person, template, photo or line of the operation log: note for the roster that the
	 * device sends it, with what it is known to hold. What is the same is not noted. */
	enum gh_err (*intake_put)(struct store *s, enum model_kind_id kind, int64_t device,
				  int64_t arrived_ms, const void *record);
	/* Note all templates and photos that the device has of a person. */
	enum gh_err (*intake_rest)(struct store *s, int64_t device, gh_slice pin);
	/* Note all people that the device has, but those who were put there from the roster, as if they were new; they
	 * count as its own again. Device 0: of all devices of the area. */
	enum gh_err (*intake_all)(struct store *s, int64_t device, int64_t area);
	/* Whether something of the device is noted; with a PIN, that person's record. */
	enum gh_err (*intake_pending)(struct store *s, int64_t device, gh_slice pin,
				      bool *pending);
	/* The first note behind number `after`: GH_ENOTFOUND, or one call of fn, which may not write. */
	enum gh_err (*intake_next)(struct store *s, int64_t after, store_intake_fn *fn,
				   void *ctx);
	enum gh_err (*intake_done)(struct store *s, int64_t id);
	/* After record_put of a person or photo: it was written to the device, which sent nothing of it since. */
	enum gh_err (*record_written)(struct store *s, enum model_kind_id kind, int64_t device,
				      const void *record);
	/* Before a person is deleted: drop the notes of their PIN and namespace that came before `at_ms`. */
	enum gh_err (*intake_drop)(struct store *s, int64_t people, int64_t at_ms);
	/* When a field of a person was changed last, or the person was made, until `now_ms`; 0: never, as far as is
	 * kept. Changes that were not taken are none. */
	enum gh_err (*people_changed)(struct store *s, int64_t people, gh_slice field,
				      int64_t now_ms, int64_t *at_ms);
	/* Keep the latest `most` changes of a person. */
	enum gh_err (*people_changes_trim)(struct store *s, int64_t people, int64_t most);
	/* As credentials_read, what the transaction wrote included. fn may not write. */
	enum gh_err (*credentials_scan)(struct store *s, const struct credentials_of *of,
					store_credential_fn *fn, void *ctx);
	/* The templates and photos of a person on a device, or of all of it (pin empty), are stored but no longer there, until
	 * the same comes again. */
	enum gh_err (*held_credentials_gone)(struct store *s, int64_t device, gh_slice pin);
	/* Those of a person that have these bytes were put there from the roster; they count so until others come. */
	enum gh_err (*held_credentials_placed)(struct store *s, int64_t device, gh_slice pin,
					       gh_slice digest);
	/* Join two; those that are joined stay so. GH_ENOTFOUND: one is not there. */
	enum gh_err (*relation_put)(struct store *s, enum model_relation_id relation,
				    int64_t from, int64_t to);
	/* Part two. */
	enum gh_err (*relation_cut)(struct store *s, enum model_relation_id relation,
				    int64_t from, int64_t to);
	/* Part `from` from all it is joined with. Entities that nothing is joined with any more
	 * stay. */
	enum gh_err (*relation_clear)(struct store *s, enum model_relation_id relation,
				      int64_t from);
	/* What `from` is joined with, with what the open transaction wrote, in the order of the
	 * numbers. */
	enum gh_err (*relations_of)(struct store *s, enum model_relation_id relation,
				    int64_t from, store_relation_fn *fn, void *ctx);

	/* Store a part of the index beside the ledger, which punch_index_make made. */
	enum gh_err (*punch_index_put)(struct store *s, const struct punch_index_part *part);

	enum gh_err (*quarantine_put)(struct store *s, const struct quarantine *q);
	/* What is wrong with it, as far as is known now. One that is gone stays gone. */
	enum gh_err (*quarantine_reason)(struct store *s, int64_t id, gh_slice reason);
	/* *removed counts it, unless it is NULL. */
	enum gh_err (*quarantine_delete)(struct store *s, int64_t id, size_t *removed);
	/* Replace what upgrade_read reads. */
	enum gh_err (*upgrade_put)(struct store *s, const struct store_upgrade *u);
	/* Make the text by which people are found, where an older version stored them without one: of a
	 * bounded number. *more: of some it is still to be made. */
	enum gh_err (*people_search_fill)(struct store *s, bool *more);
	enum gh_err (*upload_put)(struct store *s, const struct raw_upload *u);
	enum gh_err (*upload_delete)(struct store *s, int64_t id, size_t *removed);

	/* c->id 0: insert and set c->id (rising). Otherwise store its state, tries, times,
	 * answer and result; what it means never changes. Either way an event (c's state,
	 * at_ms, detail) is added to the command's history. */
	enum gh_err (*command_put)(struct store *s, struct command *c, int64_t at_ms,
				   gh_slice detail);
	/* As command_put of so many new, queued ones, with rising ids. */
	enum gh_err (*commands_add)(struct store *s, struct command *const *c, size_t n,
				    int64_t at_ms);
	/* The door showed it, by access event `seq`, or otherwise (0). The first moment stays. */
	enum gh_err (*command_verify)(struct store *s, int64_t id, int64_t at_ms, int64_t seq);
	/* GH_ENOTFOUND, or one call of fn. */
	enum gh_err (*command_find)(struct store *s, int64_t id, store_command_fn *fn,
				    void *ctx);
	/* The device's open commands, oldest first (device 0: of all). fn may not write. */
	enum gh_err (*commands_open)(struct store *s, int64_t device, store_command_fn *fn,
				     void *ctx);
	/* The queued commands about each of n subjects (command_subject.h), in their order, the
	 * newest of each first; none for an empty one. fn may not write; where it returns false
	 * there are no more of this subject. */
	enum gh_err (*commands_about)(struct store *s, const struct command_about *of, size_t n,
				      store_about_fn *fn, void *ctx);
	/* Orders to enrol a person at the device that were queued since, the latest first, some dozens at most. */
	enum gh_err (*commands_enrolling)(struct store *s, int64_t device, int64_t since_ms,
					  store_command_fn *fn, void *ctx);
	/* The number of the newest command that the device was given, of those after `after`; 0: none. */
	enum gh_err (*command_newest_given)(struct store *s, int64_t device, int64_t after,
					    int64_t *id);
	/* Open commands whose time is over (expires_ms <= now_ms), oldest first, at most
	 * `limit`. fn may not write. */
	enum gh_err (*commands_expired)(struct store *s, int64_t now_ms, int64_t limit,
					store_command_fn *fn, void *ctx);

	/* Commands stored before there were kinds, oldest first: their kind is COMMAND_KINDS,
	 * and `shown` is their words. fn may not write. */
	enum gh_err (*commands_untyped)(struct store *s, int64_t limit, store_command_fn *fn,
					void *ctx);
	/* Store the kind, arguments, shown words and expiry of a command, be its device
	 * deleted or not. */
	enum gh_err (*command_retype)(struct store *s, const struct command *c);

	/* The clock was set: open commands expire, and were sent, so much later, and have no more
	 * left at `now_ms`, the new time, than their whole lifetime. Those that are given once
	 * are not moved forwards. */
	enum gh_err (*commands_shift)(struct store *s, int64_t by_ms, int64_t now_ms);

	/* Write so many bytes that mean nothing; and remove what was written so. */
	enum gh_err (*probe_put)(struct store *s, size_t bytes);
	enum gh_err (*probe_clear)(struct store *s);

	/* The order that a caller of that token gave this name, since then. GH_ENOTFOUND. */
	enum gh_err (*order_key_find)(struct store *s, int64_t token, gh_slice name,
				      int64_t since_ms, int64_t *command);
	/* Note it, with the number that it has by then; names that are older than `since_ms` go. */
	enum gh_err (*order_key_put)(struct store *s, int64_t token, gh_slice name,
				     const int64_t *command, int64_t made_ms, int64_t since_ms);
	/* Add a row to the audit, at the commit; its seq follows from that. */
	enum gh_err (*audit_put)(struct store *s, const struct audit_row *row);

	enum gh_err (*token_put)(struct store *s, struct token *t); /* sets t->id */
	enum gh_err (*token_used)(struct store *s, int64_t id,
				  int64_t used_ms);		  /* GH_OK where it is gone */
	enum gh_err (*token_delete)(struct store *s, int64_t id); /* or GH_ENOTFOUND */

	/* --- reading; any thread, one reader per thread at a time --- */

	enum gh_err (*reader_open)(struct store *s, struct store_reader **out);
	void (*reader_close)(struct store_reader *r);
	/* From any thread, while the reader is open: what it runs at this moment, if anything,
	 * ends with GH_ECANCELLED. */
	void (*reader_stop)(struct store_reader *r);

	/* GH_ENOTFOUND, or one call of fn with the device of that serial number. */
	enum gh_err (*device_find)(struct store_reader *r, gh_slice sn, store_device_fn *fn,
				   void *ctx);
	enum gh_err (*devices_read)(struct store_reader *r, store_device_fn *fn, void *ctx);
	/* device 0: of all devices. */
	enum gh_err (*options_read)(struct store_reader *r, int64_t device, store_pair_fn *fn,
				    void *ctx);
	/* As unit_rows_scan, for who only reads. */
	enum gh_err (*unit_rows_read)(struct store_reader *r, int64_t device, gh_slice unit,
				      gh_slice table, gh_slice after, int64_t limit,
				      store_unit_row_fn *fn, void *ctx);
	/* Those that have a card, of any table, at most `limit`. */
	enum gh_err (*unit_rows_of_card)(struct store_reader *r, int64_t device, gh_slice unit,
					 int64_t card, int64_t limit, store_unit_row_fn *fn,
					 void *ctx);
	/* GH_ENOTFOUND, or one call of fn. */
	enum gh_err (*unit_row_get)(struct store_reader *r, int64_t device, gh_slice unit,
				    gh_slice table, gh_slice key, store_unit_row_fn *fn,
				    void *ctx);
	enum gh_err (*unit_tables_read)(struct store_reader *r, int64_t device,
					store_unit_table_fn *fn, void *ctx);
	/* What is known of a unit's tables besides their rows, by name. */
	enum gh_err (*unit_states_read)(struct store_reader *r, int64_t device,
					store_unit_state_fn *fn, void *ctx);
	/* Those that are to be counted here, or are in doubt, of units whose number is above `after`: by unit and
	 * name, at most `limit`. */
	enum gh_err (*unit_states_due)(struct store_reader *r, int64_t after, int64_t limit,
				       store_unit_state_fn *fn, void *ctx);
	/* How many events up to a number are stored of a unit's log since it was erased last. Reads all of
	 * them. */
	enum gh_err (*access_held)(struct store_reader *r, int64_t device, int64_t upto,
				   int64_t *n);
	/* GH_ENOTFOUND, or one call of fn. */
	enum gh_err (*query_set_get)(struct store_reader *r, int64_t command,
				     store_query_set_fn *fn, void *ctx);
	/* Complete ones that are to be brought into the mirror, by their number, those behind `after`. */
	enum gh_err (*query_sets_due)(struct store_reader *r, int64_t after, int64_t limit,
				      store_query_set_fn *fn, void *ctx);
	enum gh_err (*query_packets_read)(struct store_reader *r, int64_t command,
					  int64_t after, int64_t limit,
					  store_query_packet_fn *fn, void *ctx);
	/* As the functions …_scan, for who only reads. */
	enum gh_err (*slots_read)(struct store_reader *r, int64_t device, gh_slice kind,
				  store_slot_fn *fn, void *ctx);
	enum gh_err (*plan_units_read)(struct store_reader *r, const struct plan_units_of *of,
				       store_plan_unit_fn *fn, void *ctx);
	enum gh_err (*plan_items_read)(struct store_reader *r, const struct plan_items_of *of,
				       store_plan_item_fn *fn, void *ctx);
	enum gh_err (*plan_steps_read)(struct store_reader *r, const struct plan_steps_of *of,
				       store_plan_step_fn *fn, void *ctx);
	enum gh_err (*stamps_read)(struct store_reader *r, int64_t device, store_pair_fn *fn,
				   void *ctx);
	enum gh_err (*punches_read)(struct store_reader *r, const struct punch_query *q,
				    store_punch_fn *fn, void *ctx);
	/* Access events, of the ledger's order. */
	enum gh_err (*access_read)(struct store_reader *r, const struct store_page *page,
				   store_access_fn *fn, void *ctx);
	/* A device's punches in the order of their digits, and of arrival among equal ones: at
	 * most `limit` after that place. */
	enum gh_err (*punches_by_time)(struct store_reader *r, int64_t device, ghi_civil time,
				       int64_t seq, int64_t limit, store_punch_fn *fn,
				       void *ctx);
	/* How many punches of a device bear a time of a period, its ends included; those that were removed
	 * for their age count, by their day, and so do the rows of comparison_extra_add(). */
	enum gh_err (*punches_between)(struct store_reader *r, int64_t device, ghi_civil from,
				       ghi_civil to, int64_t *n);
	/* Of all devices that have a row. */
	enum gh_err (*comparisons_read)(struct store_reader *r, store_comparison_fn *fn,
					void *ctx);
	/* All of a device's log, however long it is. */
	enum gh_err (*log_count)(struct store_reader *r, int64_t device,
				 struct store_log_count *out);
	/* How many of a device's punches were read in another zone than that. */
	enum gh_err (*punches_elsewhere)(struct store_reader *r, int64_t device, gh_slice zone,
					 int64_t *n);
	enum gh_err (*records_read)(struct store_reader *r, enum model_kind_id kind,
				    const struct store_page *q, store_record_fn *fn, void *ctx);
	/* GH_ENOTFOUND, or one call of fn. */
	enum gh_err (*record_get)(struct store_reader *r, enum model_kind_id kind, int64_t id,
				  store_record_fn *fn, void *ctx);
	/* GH_ENOTFOUND, or one call of fn. */
	enum gh_err (*entity_get)(struct store_reader *r, enum model_entity_id kind, int64_t id,
				  store_entity_fn *fn, void *ctx);
	/* Templates and photos of the roster in one statement, in the order of sync_item_order() of a target: PINs by
	 * their bytes, then templates by type, number, part and version, then photos. */
	enum gh_err (*credentials_read)(struct store_reader *r, const struct credentials_of *of,
					store_credential_fn *fn, void *ctx);
	/* Templates and people's photos that are on a device, in no order. */
	enum gh_err (*held_credentials_read)(struct store_reader *r, int64_t device,
					     store_held_fn *fn, void *ctx);
	/* What `from` is joined with, in the order of the numbers; from 0: all pairs. */
	enum gh_err (*relations_read)(struct store_reader *r, enum model_relation_id relation,
				      int64_t from, store_relation_fn *fn, void *ctx);
	/* What is joined with `to`, in the order of the numbers. */
	enum gh_err (*relations_to)(struct store_reader *r, enum model_relation_id relation,
				    int64_t to, store_relation_fn *fn, void *ctx);
	/* How many records of each kind a device has (device 0: all devices). */
	enum gh_err (*record_counts)(struct store_reader *r, int64_t device,
				     int64_t counts[KIND_COUNT]);
	enum gh_err (*kept_counts)(struct store_reader *r, int64_t device,
				   struct store_kept_counts *out);
	/* How many templates, pictures and identity cards with a fault (content_fault.h) it has (device 0:
	 * all). */
	enum gh_err (*damaged_count)(struct store_reader *r, int64_t device, int64_t *out);
	/* The names of so many people; see struct store_person_name. */
	enum gh_err (*person_names)(struct store_reader *r, struct store_person_name *p,
				    size_t n);
	/* The people of a device who are not known to be ordinary users: their PINs and their
	 * privilege, -1 where the device did not report it. */
	enum gh_err (*people_privileged)(struct store_reader *r, int64_t device,
					 store_count_fn *fn, void *ctx);
	/* How many templates of each source ("fp", "face" …) it has (device 0: all). */
	enum gh_err (*template_counts)(struct store_reader *r, int64_t device,
				       store_count_fn *fn, void *ctx);
	/* The next part of the index that lists of punches use: of a PIN, a time, a device. What
	 * is in no part yet is found too, by reading it. `last`: the ledger's last number. *out is
	 * NULL where there is not enough for a part; else it goes to punch_index_put, once, before
	 * the next one is made, and to punch_index_free. */
	enum gh_err (*punch_index_make)(struct store_reader *r, int64_t last,
					struct punch_index_part **out);
	void (*punch_index_free)(struct punch_index_part *part);
	/* In the order of the PINs. fn may not read. */
	enum gh_err (*punch_days_read)(struct store_reader *r, const struct punch_day_query *q,
				       bool (*fn)(void *ctx, const struct punch_day *day),
				       void *ctx);
	/* A list, in the requested order; see rows.h for its rows. */
	enum gh_err (*rows_read)(struct store_reader *r, const struct store_rows *rows,
				 store_row_fn *fn, void *ctx);
	/* How many rows the list has in all, independent of the requested part, counted up to
	 * `most`. */
	enum gh_err (*rows_count)(struct store_reader *r, const struct store_rows *rows,
				  int64_t most, int64_t *n);
	/* The values of a column in all of the list and how often each is there, the most
	 * frequent first, at most `limit`. */
	enum gh_err (*rows_facet)(struct store_reader *r, const struct store_rows *rows,
				  const struct store_column *column, int64_t limit,
				  store_facet_fn *fn, void *ctx);
	/* As commands_open, for who only reads. */
	enum gh_err (*commands_waiting)(struct store_reader *r, int64_t device,
					store_command_fn *fn, void *ctx);
	enum gh_err (*command_get)(struct store_reader *r, int64_t id, store_command_fn *fn,
				   void *ctx);
	enum gh_err (*command_events_read)(struct store_reader *r, int64_t id,
					   store_event_fn *fn, void *ctx);
	/* Of the first `most` changes of commands after one: the commands, each once and with the number of its
	 * latest change, in the order of these. fn may not read. */
	enum gh_err (*command_changes)(struct store_reader *r, int64_t after, int64_t most,
				       store_change_fn *fn, void *ctx);
	/* The number of the last change before a moment, among the latest thousand; without one that before the first of
	 * these, 0: there is no change. */
	enum gh_err (*command_change_before)(struct store_reader *r, int64_t at_ms,
					     int64_t *change);
	enum gh_err (*tokens_read)(struct store_reader *r, store_token_fn *fn, void *ctx);
	/* The number a serial number has, also of a device that was deleted: its punches stay.
	 * GH_ENOTFOUND: there was never one. */
	enum gh_err (*device_number)(struct store_reader *r, gh_slice sn, int64_t *id);
	/* The number of the last row a stream was given; it never falls. */
	enum gh_err (*last_seq)(struct store_reader *r, enum store_stream stream, int64_t *seq);
	enum gh_err (*ledger_id)(struct store_reader *r, char id[STORE_LEDGER_ID]);
	/* The number of the last row of a stream that was removed for its age, with all below it; 0:
	 * none. */
	enum gh_err (*ledger_floor)(struct store_reader *r, enum store_stream stream,
				    int64_t *floor);
	enum gh_err (*counts)(struct store_reader *r, struct store_counts *out);
	enum gh_err (*upgrade_read)(struct store_reader *r, struct store_upgrade *out);
	/* Where store_copy has taken what is here; empty: nowhere. */
	enum gh_err (*moved)(struct store_reader *r, char *to, size_t size);
};

extern const struct store_ops store_sqlite;
extern const struct store_ops store_postgres; /* where the build has libpq */

/* The row of device_stamp of a device that has to send everything again, and its value as long as the
 * command for it is not queued. */
#define STORE_RESEND_KEY "*"
#define STORE_RESEND_DUE "2"

/* An open database together with its functions. */
struct store_handle {
	const struct store_ops *ops;
	struct store *store;
};

/* "sqlite:PATH", "postgres://…" as libpq reads it. GH_EINVALID: no such scheme. `why` gets a
 * sentence for the administrator on failure. */
GH_MUST_CHECK enum gh_err store_open(gh_slice url, struct store_handle *out, char *why,
				     size_t why_size);
void store_close(struct store_handle *h);

#endif
