/* One device in memory. */
#include <stdlib.h>

#include "base/arena.h"
#include "core/comparisons_private.h"
#include "core/device_private.h"
#include "core/terminals.h"

struct device *device_ref(struct device *d)
{
	atomic_fetch_add_explicit(&d->refs, 1, memory_order_relaxed);
	return d;
}

void device_unref(struct device *d)
{
	if (d == NULL || atomic_fetch_sub_explicit(&d->refs, 1, memory_order_acq_rel) != 1)
		return;
	while (d->stamps) {
		struct stamp *s = d->stamps;

		d->stamps = s->next;
		free(s);
	}
	device_backing_clear(&d->backing);
	free(d->tags);
	free(atomic_load(&d->doors));
	device_comparison_unsee(d);
	pthread_mutex_destroy(&d->lock);
	free(d);
}

int64_t device_id(const struct device *d)
{
	return d->id;
}

gh_slice device_sn(const struct device *d)
{
	return (gh_slice){ (const uint8_t *)d->sn, d->sn_size };
}

enum device_state device_state(const struct device *d)
{
	return (enum device_state)atomic_load_explicit(&d->state, memory_order_relaxed);
}

uint32_t device_version(const struct device *d)
{
	return atomic_load_explicit(&d->version, memory_order_relaxed);
}

enum device_dialect device_dialect(const struct device *d)
{
	return (enum device_dialect)atomic_load_explicit(&d->dialect, memory_order_relaxed);
}

enum device_registration device_registration(const struct device *d)
{
	return (enum device_registration)atomic_load_explicit(&d->registration,
							      memory_order_relaxed);
}

bool device_deleted(const struct device *d)
{
	return atomic_load_explicit(&d->deleted, memory_order_relaxed);
}

bool device_is_terminal(const struct device *d)
{
	return atomic_load_explicit(&d->is_terminal, memory_order_relaxed);
}

int64_t device_batch_commands(struct device *d)
{
	pthread_mutex_lock(&d->lock);
	int64_t n = d->row.access.batch_commands;

	pthread_mutex_unlock(&d->lock);
	return n;
}

int64_t device_operator_byte(struct device *d)
{
	pthread_mutex_lock(&d->lock);
	bool there = model_has(&d->row, DEVICE_operator_byte);
	int64_t byte = there ? d->row.access.operator_byte : -1;

	pthread_mutex_unlock(&d->lock);
	return byte;
}

bool device_token_note(struct device *d)
{
	return !atomic_exchange(&d->token_noted, true);
}

#define EXCHANGES_INSIST 3
#define EXCHANGES_MS INT64_C(3600000)

bool device_exchange_note(struct device *d, int64_t now_ms)
{
	if (now_ms - atomic_load(&d->exchanges_ms) > EXCHANGES_MS)
		atomic_store(&d->exchanges, 0);
	if (atomic_load(&d->exchanges) == 0)
		atomic_store(&d->exchanges_ms, now_ms);
	return atomic_fetch_add(&d->exchanges, 1) + 1 == EXCHANGES_INSIST;
}

void device_exchange_end(struct device *d)
{
	atomic_store(&d->exchanges, 0);
}

void device_wake(struct server *server, struct device *d, bool was_terminal)
{
	if (server->terminals && (was_terminal || device_is_terminal(d)))
		server->terminals->ops->wake(server->terminals->self, d);
}

int64_t device_area(struct device *d)
{
	pthread_mutex_lock(&d->lock);
	int64_t area = d->row.area;

	pthread_mutex_unlock(&d->lock);
	return area ? area : AREA_DEFAULT;
}

#define MOBILE_BATCH ((size_t)10 << 10)

size_t device_batch_bytes(struct server *server, struct device *d)
{
	size_t usual = server->settings->batch_bytes;
	int64_t own, mobile;

	pthread_mutex_lock(&d->lock);
	own = d->row.attendance.batch_bytes;
	mobile = d->row.attendance.mobile;
	pthread_mutex_unlock(&d->lock);
	if (own > 0)
		return (size_t)own;
	return mobile && usual > MOBILE_BATCH ? MOBILE_BATCH : usual;
}

void device_mobile_note(struct server *server, struct device *d, bool mobile)
{
	struct device_row change = { .present = DEVICE_FIELDS_OF(DEVICE_mobile),
				     .attendance.mobile = mobile };
	enum gh_err err = GH_OK;
	bool same;

	pthread_mutex_lock(&d->lock);
	same = model_has(&d->row, DEVICE_mobile) && d->row.attendance.mobile == mobile;
	pthread_mutex_unlock(&d->lock);
	if (!same)
		err = device_change(server, d, &change, NULL, NULL);
	/* On a full queue it is noted with its next report. */
	(void)err;
}

int64_t device_delay_s(struct device *d)
{
	pthread_mutex_lock(&d->lock);
	int64_t delay_s = d->row.attendance.delay_s;

	pthread_mutex_unlock(&d->lock);
	return delay_s;
}

int64_t device_seen_ms(const struct device *d)
{
	return atomic_load_explicit(&d->seen_ms, memory_order_relaxed);
}

void device_seen(struct device *d, int64_t now_ms)
{
	int64_t before = atomic_exchange_explicit(&d->seen_ms, now_ms, memory_order_relaxed);

	if (device_contact_ms(d))
		device_rhythm_note(d, now_ms - before);
	if (device_contact_ms(d) == 0 || now_ms - before > DEVICE_SILENCE_MS)
		atomic_store_explicit(&d->contact_ms, now_ms, memory_order_relaxed);
}

int64_t device_contact_ms(const struct device *d)
{
	return atomic_load_explicit(&d->contact_ms, memory_order_relaxed);
}

void device_clock_seen(struct device *d, int64_t off_s, int64_t now_ms)
{
	atomic_store_explicit(&d->clock_off_s, off_s, memory_order_relaxed);
	atomic_store_explicit(&d->clock_off_ms, now_ms, memory_order_relaxed);
}

bool device_clock_offset(const struct device *d, int64_t *off_s)
{
	*off_s = atomic_load_explicit(&d->clock_off_s, memory_order_relaxed);
	return atomic_load_explicit(&d->clock_off_ms, memory_order_relaxed) != 0;
}

int64_t device_clock_checked_ms(const struct device *d)
{
	return atomic_load_explicit(&d->clock_off_ms, memory_order_relaxed);
}

void device_counted(struct device *d, int64_t punches, int64_t now_ms)
{
	if (punches < 0)
		return;
	atomic_store(&d->counted_polls, atomic_load(&d->polls));
	atomic_store(&d->counted_uploads, atomic_load(&d->uploads_polled));
	atomic_store(&d->counted_ms, now_ms);
	atomic_store(&d->punches_counted, punches);
}

void device_poll_begin(struct device *d)
{
	atomic_store(&d->uploads_polled, atomic_load(&d->uploads));
	atomic_fetch_add(&d->polls, 1);
}

void device_upload_begin(struct device *d)
{
	atomic_fetch_add(&d->uploads, 1);
}

bool device_count_holds(const struct device *d)
{
	return atomic_load(&d->polls) - atomic_load(&d->counted_polls) <= 1 &&
	       atomic_load(&d->uploads) == atomic_load(&d->counted_uploads);
}

uint32_t device_commands(const struct device *d)
{
	return atomic_load_explicit(&d->commands, memory_order_relaxed);
}

bool device_has_key(const struct device *d)
{
	return atomic_load_explicit(&d->has_key, memory_order_relaxed);
}

bool device_cards_turned(const struct device *d)
{
	return atomic_load_explicit(&d->cards_turned, memory_order_relaxed);
}

bool device_udp_wake(const struct device *d)
{
	return atomic_load_explicit(&d->udp_wake, memory_order_relaxed);
}

bool device_offer_due(const struct device *d, int64_t now_ms)
{
	int64_t at = atomic_load_explicit(&d->offer_at_ms, memory_order_acquire);

	return at <= now_ms ||
	       (at != DEVICE_NO_OFFER &&
		now_ms < atomic_load_explicit(&d->offer_set_ms, memory_order_relaxed));
}

enum gh_err device_zone_open(const struct device_row *row, const char *default_zone,
			     struct zone **out)
{
	return zone_open(row->zone.n ? row->zone : gh_slice_of(default_zone), out);
}

enum gh_err device_clock_zone_open(const struct device_row *row, struct zone **out)
{
	*out = NULL;
	return row->clock_zone.n ? zone_open(row->clock_zone, out) : GH_OK;
}

static gh_slice *device_text(struct device_row *row, size_t i)
{
	const struct model_field *f = &device_kind.field[i];

	return f->type == MODEL_TEXT ? (gh_slice *)(void *)((uint8_t *)row + f->offset) : NULL;
}

bool device_backing_copy(struct device_backing *t, struct device_row *row)
{
	for (size_t i = 0; i < DEVICE_FIELDS; i++) {
		gh_slice *s = device_text(row, i);

		if (s == NULL || s->n == 0)
			continue;
		t->text[i] = malloc(s->n);
		if (t->text[i] == NULL) {
			device_backing_clear(t);
			return false;
		}
		memcpy(t->text[i], s->p, s->n);
		s->p = t->text[i];
	}
	return true;
}

void device_backing_clear(struct device_backing *t)
{
	for (size_t i = 0; i < DEVICE_FIELDS; i++)
		free(t->text[i]);
	zone_close(t->zone);
	zone_close(t->clock_zone);
	*t = (struct device_backing){ .zone = NULL };
}

static void zone_exchange(struct zone **a, struct zone **b)
{
	struct zone *kept = *a;

	*a = *b;
	*b = kept;
}

/* Under the device's lock. */
static void device_field_publish(struct device *d, size_t i, const struct device_row *row,
				 struct device_backing *backing)
{
	const struct model_field *f = &device_kind.field[i];
	gh_slice *s = device_text(&d->row, i);

	memcpy((uint8_t *)&d->row + f->offset, (const uint8_t *)row + f->offset,
	       s ? sizeof(gh_slice) : sizeof(int64_t));
	if (s) {
		uint8_t *old = d->backing.text[i];

		d->backing.text[i] = backing->text[i];
		backing->text[i] = old;
		s->p = d->backing.text[i];
	}
}

void device_publish(struct device *d, const struct device_row *row,
		    struct device_backing *backing)
{
	pthread_mutex_lock(&d->lock);
	for (size_t i = 0; i < DEVICE_FIELDS; i++)
		if (model_has(row, i))
			device_field_publish(d, i, row, backing);
	device_fields_add(&d->row.present, row->present);
	d->row.id = d->id;
	if (backing->zone)
		zone_exchange(&d->backing.zone, &backing->zone);
	if (model_has(row, DEVICE_clock_zone))
		zone_exchange(&d->backing.clock_zone, &backing->clock_zone);
	atomic_store(&d->state, (int)d->row.state);
	atomic_store(&d->dialect, (int)device_dialect_of(d->row.dialect));
	atomic_store(&d->registration, (int)d->row.access.registration);
	atomic_store(&d->has_parameters, d->row.access.parameters.n > 0);
	atomic_store(&d->counts_ms, d->row.access.counts_ms);
	atomic_store(&d->sub_online, d->row.access.sub_online == 1);
	atomic_store(&d->has_key, d->row.comm_key.n > 0);
	atomic_store(&d->udp_wake, d->row.udp_wake == 1);
	atomic_store(&d->cards_turned, d->row.access.cards_turned == 1);
	atomic_store(&d->sync, (int)sync_policy_of(d->row.access.sync));
	if (model_has(row, DEVICE_address))
		atomic_store(&d->home_hash, 0);
	atomic_store(&d->is_terminal, d->row.terminal.call_address.n > 0);
	atomic_fetch_add(&d->version, 1);
	pthread_mutex_unlock(&d->lock);
}

void device_row(struct device *d, struct arena *a, struct device_row *out)
{
	pthread_mutex_lock(&d->lock);
	*out = d->row;
	for (size_t i = 0; i < DEVICE_FIELDS; i++) {
		const struct model_field *f = &device_kind.field[i];
		gh_slice *s = (gh_slice *)(void *)((uint8_t *)out + f->offset);

		if (f->type == MODEL_TEXT)
			*s = ghi_arena_copy(a, *s);
	}
	pthread_mutex_unlock(&d->lock);
	out->seen_ms = device_seen_ms(d);
}

struct zone *device_zone(struct device *d)
{
	pthread_mutex_lock(&d->lock);
	struct zone *z = zone_ref(d->backing.zone);
	pthread_mutex_unlock(&d->lock);
	return z;
}

static gh_slice stamp_table(const struct stamp *s)
{
	return (gh_slice){ (const uint8_t *)s->text, s->table_size };
}

gh_slice device_stamp(struct device *d, gh_slice table, struct arena *a)
{
	gh_slice found = { 0 };

	pthread_mutex_lock(&d->lock);
	for (const struct stamp *s = d->stamps; s; s = s->next)
		if (gh_slice_ieq(stamp_table(s), table))
			found = ghi_arena_copy(
				a, (gh_slice){ (const uint8_t *)s->text + s->table_size,
					       s->stamp_size });
	pthread_mutex_unlock(&d->lock);
	return found;
}

struct stamp *device_stamp_new(gh_slice table, gh_slice stamp)
{
	struct stamp *s = malloc(sizeof(*s) + table.n + stamp.n);

	if (s == NULL)
		return NULL;
	*s = (struct stamp){ .table_size = table.n, .stamp_size = stamp.n };
	if (table.n)
		memcpy(s->text, table.p, table.n);
	if (stamp.n)
		memcpy(s->text + table.n, stamp.p, stamp.n);
	return s;
}

void device_resend_given(struct device *d)
{
	int wanted = RESEND_WANTED;

	atomic_compare_exchange_strong(&d->resend, &wanted, RESEND_GIVEN);
}

void device_stamp_publish(struct device *d, struct stamp *s)
{
	if (s == NULL)
		return;
	if (gh_slice_eq(stamp_table(s), RESEND_TABLE))
		atomic_store(&d->resend, s->stamp_size == 1 && s->text[s->table_size] != '0'
						 ? RESEND_WANTED
						 : RESEND_NONE);
	pthread_mutex_lock(&d->lock);
	for (struct stamp **at = &d->stamps; *at; at = &(*at)->next) {
		if (gh_slice_ieq(stamp_table(*at), stamp_table(s))) {
			struct stamp *old = *at;

			*at = old->next;
			free(old);
			break;
		}
	}
	s->next = d->stamps;
	d->stamps = s;
	pthread_mutex_unlock(&d->lock);
}

bool device_stamp_fits(struct device *d, gh_slice table)
{
	size_t n = 0;
	bool known = false;

	pthread_mutex_lock(&d->lock);
	for (const struct stamp *s = d->stamps; s; s = s->next, n++)
		known |= gh_slice_ieq(stamp_table(s), table);
	pthread_mutex_unlock(&d->lock);
	return known || n < DEVICE_STAMPS;
}
