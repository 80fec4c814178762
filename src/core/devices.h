/* The register of devices, in memory: all that a heartbeat needs without the database. The
 * database has the same facts; every change is stored there first and published here after its
 * commit. */
#ifndef GH_CORE_DEVICES_H
#define GH_CORE_DEVICES_H

#include "base/arena.h"
#include "base/ip_address.h"
#include "base/zone.h"
#include "core/server.h"
#include "model/device.h"

struct device;

/* Read all devices, their stamps and their open commands from the database; before the
 * store's queue is opened, so that nothing changes meanwhile. */
GH_MUST_CHECK enum gh_err devices_open(struct server *server, struct devices **out);
void devices_close(struct devices *ds);
/* Write down when devices were seen last, and drop those that waited in silence for too long. Called
 * about once a minute. */
void devices_tick(struct server *server);
/* Drop those that wait for approval and were silent for too long, a few at a time: each second. */
void devices_held_tick(struct server *server);

/* --- those that wait for approval (device_held.c) --- */

/* Those that were silent since then (INT64_MAX: all), the oldest first; each is referenced. How many. */
size_t devices_held_list(struct server *server, int64_t silent_since_ms, struct device **out,
			 size_t most);
/* Delete one that waits, and do nothing to one that was approved meanwhile: GH_ESTATE. GH_EBUSY,
 * GH_ENOMEM. `done` on the store thread; NULL: no caller waits. */
GH_MUST_CHECK enum gh_err device_held_drop(struct server *server, struct device *d,
					   core_done_fn *done, void *ctx);

/* Of those that wait, how many have the parameters of a registration stored. */
size_t devices_held_registering(struct devices *ds);

size_t devices_count(struct devices *ds);
size_t devices_count_in(struct devices *ds, enum device_state state);
/* Each registered device, in no order. fn must not change the register. */
void devices_each(struct devices *ds, bool (*fn)(void *ctx, struct device *d), void *ctx);

/* A reference to the device of that serial number, or NULL. */
struct device *devices_find(struct devices *ds, gh_slice sn);
struct device *device_ref(struct device *d);
void device_unref(struct device *d); /* NULL is fine */

/* How many tags a device may have, and how long one may be, in bytes. */
#define DEVICE_TAGS 32
#define DEVICE_TAG_BYTES 256
struct device_tags {
	const gh_slice *name;
	size_t n;
};
/* First all it has go, where they are replaced, or else the removed ones; then the added ones come. */
struct device_tags_change {
	bool replaced;
	struct device_tags removed, added;
};

/* First contact of a serial number: it is stored in the state the admission policy gives
 * it, then `done` runs on the store thread with a reference to the device (NULL when err).
 * GH_EDENIED at once when the policy refuses newcomers; GH_EFULL when there is no room for one more;
 * GH_EBUSY when the store is full. A serial number is 1 to 32 letters, digits, '-', '_' or '.'. */
typedef void device_admitted_fn(void *ctx, struct device *d, enum gh_err err);
GH_MUST_CHECK enum gh_err devices_admit(struct server *server, const struct device_row *first,
					device_admitted_fn *done, void *ctx);
/* Log the admission of a device, only once; called by the callers of devices_admit() and
 * devices_add(), on their own threads. */
void device_log_new(struct server *server, struct device *d);
bool device_serial_valid(gh_slice sn);
/* The same by an administrator: in the state of `first`, whatever the policy is. GH_EINVALID at
 * once for a zone that does not exist. Another request may have been first: `done` gets the
 * device as it is then. */
GH_MUST_CHECK enum gh_err devices_add(struct server *server, const struct device_row *first,
				      device_admitted_fn *done, void *ctx);

/* A device that has not called yet, in the state, zone and area of `first` and with these tags: its
 * first call is that of a known one, and it is dropped neither for its age nor to make room, also while
 * it waits for approval. `done` gets GH_EEXISTS beside the device where there is one of that serial number,
 * GH_EINVALID where the area does not exist. GH_EINVALID at once for a zone that does not exist. */
GH_MUST_CHECK enum gh_err devices_announce(struct server *server,
					   const struct device_row *first,
					   const struct device_tags *tags,
					   const struct audit_row *audit,
					   device_admitted_fn *done, void *ctx);

/* Store the present fields of `change` (its id and sn are ignored), then publish them.
 * GH_EINVALID at once for a zone that does not exist. */
GH_MUST_CHECK enum gh_err device_change(struct server *server, struct device *d,
					const struct device_row *change, core_done_fn *done,
					void *ctx);

/* The same, with its tags and a row of the audit, which lives until `done`, or NULL; new tags are created. What is added and removed is so of those that the
 * change before left. `tags` NULL: unchanged. By `done` GH_EINVALID: the area does
 * not exist; GH_ETOOBIG: more than DEVICE_TAGS would be left. */
GH_MUST_CHECK enum gh_err device_change_tagged(struct server *server, struct device *d,
					       const struct device_row *change,
					       const struct device_tags_change *tags,
					       const struct audit_row *audit,
					       core_done_fn *done, void *ctx);
/* The device is unknown again; who still holds a reference sees a deleted one. Its exchanges are
 * dropped by the caller, after `done` (trace.h). */
GH_MUST_CHECK enum gh_err device_delete(struct server *server, struct device *d,
					const struct audit_row *audit, core_done_fn *done,
					void *ctx);

/* --- what does not change --- */
int64_t device_id(const struct device *d);
gh_slice device_sn(const struct device *d);

/* --- safe from any thread, without a lock --- */
enum device_state device_state(const struct device *d);
/* Another one after each change of its row or tags. */
uint32_t device_version(const struct device *d);
/* Its dialect; DEVICE_DIALECTS: it showed none yet. */
enum device_dialect device_dialect(const struct device *d);
/* How far it is registered, in the access dialect. */
enum device_registration device_registration(const struct device *d);
bool device_deleted(const struct device *d);
/* Whether the server calls it, instead of the device calling the server. */
/* Whether a request of it was refused for another reason the time before; an upload that is stored
 * ends that. From any thread. */
bool device_refusal_note(struct device *d, gh_slice why);
void device_refusal_end(struct device *d);
bool device_is_terminal(const struct device *d);
int64_t device_seen_ms(const struct device *d);
/* The area it is in. */
int64_t device_area(struct device *d);
/* Seconds between its polls as set at its handshake; 0: the server's setting. */
int64_t device_delay_s(struct device *d);
/* How many bytes the commands in a reply to it may have: its own setting, or less than the server's where it is on a
 * mobile network (PUSH SDK 2013, 3.2.4). */
size_t device_batch_bytes(struct server *server, struct device *d);
/* Whether it is on a mobile network, as it reports it; stored where that is new. */
void device_mobile_note(struct server *server, struct device *d, bool mobile);
/* How many commands a reply to it may have, as set for it; 0: it is not. */
int64_t device_batch_commands(struct device *d);
/* The fifth byte of CONTROL DEVICE that it is sent; negative: it is sent four. */
int64_t device_operator_byte(struct device *d);
/* Whether its token did not fit for the first time, in this run of the server. */
bool device_token_note(struct device *d);
/* Another attempt to agree on keys; true: the third within an hour, and nothing else came in between. */
bool device_exchange_note(struct device *d, int64_t now_ms);
/* Something else came. */
void device_exchange_end(struct device *d);
/* Record a contact in memory; the database follows within a minute. */
void device_seen(struct device *d, int64_t now_ms);
/* It reported that it holds so many punches; a negative number: it reported none. `now_ms` is
 * server_steady_ms(). */
void device_counted(struct device *d, int64_t punches, int64_t now_ms);
/* It polls; it uploads something. */
void device_poll_begin(struct device *d);
void device_upload_begin(struct device *d);
/* Whether the count is still what it holds, as far as can be known here: it came with this poll, or since the
 * one before, and nothing was uploaded since the poll before it. A punch that was made after the count can only be
 * known by its upload. */
bool device_count_holds(const struct device *d);
/* Since when it has been in contact without being silent for ten minutes; 0: not since the start of
 * the server. */
#define DEVICE_SILENCE_MS INT64_C(600000)

/* How a device keeps in touch, by its own rhythm: online until three of its usual gaps have passed (a minute
 * at least), late until ten (ten minutes at least), then silent. The rhythm is that of this run of the
 * server; 30 s until it is known. */
enum device_contact device_contact(const struct device *d, int64_t now_ms);
int64_t device_contact_ms(const struct device *d);
/* Its clock was seen so many seconds ahead of ours, in its zone. */
void device_clock_seen(struct device *d, int64_t off_s, int64_t now_ms);
bool device_clock_offset(const struct device *d, int64_t *off_s); /* false: not seen */
/* When that was seen; 0: not seen. */
int64_t device_clock_checked_ms(const struct device *d);
/* When it is to be in contact next, by the interval that it was given for its polls and when it was in contact last; 0: not
 * known: it is called, calls through a main controller, is not approved, never called, or polls as it likes. */
int64_t device_next_contact_ms(const struct server *server, struct device *d);
/* Whether a comm key is expected of it. */
bool device_has_key(const struct device *d);
/* Whether its hexadecimal cards have the lowest byte first (core/access/unit_card.h). */
bool device_cards_turned(const struct device *d);
/* Whether a datagram is sent to it when an order waits (session/wake.h). */
bool device_udp_wake(const struct device *d);
/* Commands that are queued, sent or deferred. */
uint32_t device_commands(const struct device *d);
/* Whether a poll at this time has to read commands from the store. */
bool device_offer_due(const struct device *d, int64_t now_ms);

/* --- where its requests come from (device_peer.c) --- */

/* Whether it showed the comm key that is expected of it from there. */
bool device_proven(struct device *d, gh_slice peer, enum key_proof proof);
/* Whether its last handshake came from there. */
bool device_registered_from(struct device *d, gh_slice peer);
/* Where a device without a key is at home: the address that is stored of it. It moves to another one only when
 * nothing came from there for this long, so that what uses its serial number from elsewhere does not stand for
 * the device while that calls. Notes that a request came; `now_ms` is of a clock that is never set. After
 * DEVICE_MOVED the caller has the address stored. */
#define DEVICE_HOME_MS (INT64_C(600) * 1000)
enum device_home { DEVICE_ELSEWHERE, DEVICE_AT_HOME, DEVICE_MOVED };
enum device_home device_home(struct device *d, gh_slice peer, enum key_proof proof,
			     int64_t now_ms);
/* Notes that a request with its serial number came from there. True: within the last hour one came
 * from elsewhere, *before. */
#define DEVICE_PEER_MS (INT64_C(3600) * 1000)
bool device_peer_changed(struct device *d, gh_slice peer, int64_t now_ms,
			 char before[IP_ADDRESS_TEXT]);

/* A poll of it was served to that address; where the latest one was, false: none was in this run of the
 * server. */
void device_polled(struct device *d, gh_slice peer);
bool device_polled_from(struct device *d, char out[IP_ADDRESS_TEXT]);

/* --- a copy of what may change; text is in `a` --- */
void device_row(struct device *d, struct arena *a, struct device_row *out);
/* Its tags, each once, in the order of their bytes. */
struct device_tags device_tags_copy(struct device *d, struct arena *a);
/* The device's zone (its own or the default), referenced. */
struct zone *device_zone(struct device *d);
/* A handshake has given the device its marks: if they were 0 for device_resend(), uploads may set them
 * again. */
void device_resend_given(struct device *d);
/* Stamp the server holds for a table, copied to `a`; empty when none. */
gh_slice device_stamp(struct device *d, gh_slice table, struct arena *a);

#endif
