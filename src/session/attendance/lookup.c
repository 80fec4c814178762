#include "session/attendance/lookup.h"

#include "base/text.h"
#include "core/access/site_memory.h"
#include "core/device_text.h"
#include "model/entity.h"

#define ROWS_MAX 1000
#define SITE_S 2 /* of the three seconds that a device waits */

/* --- areas --- */

struct area_seen {
	struct lookup *l;
	int64_t parent;
	bool other; /* it is of another namespace than the device's own */
};

static bool area_take(void *ctx, int64_t id, const void *record)
{
	struct area_seen *seen = ctx;
	const struct area *a = record;
	struct lookup *l = seen->l;

	(void)id;
	if (l->areas == 0)
		l->namespace = ghi_arena_copy(l->x->arena, a->namespace);
	seen->other = !gh_slice_eq(a->namespace, l->namespace);
	seen->parent = a->parent;
	return true;
}

/* Its own, and those it lies in, as far as PINs are those of the same people. */
static enum gh_err lookup_areas_read(struct lookup *l, struct store_reader *reader)
{
	const struct store_ops *ops = l->x->server->db.ops;
	int64_t area = device_area(l->x->device);
	enum gh_err err = GH_OK;

	while (area && l->areas < LOOKUP_AREAS && err == GH_OK) {
		struct area_seen seen = { .l = l };

		err = ops->entity_get(reader, ENTITY_AREA, area, area_take, &seen);
		if (seen.other)
			break;
		l->area[l->areas++] = area;
		area = seen.parent;
	}
	return err == GH_ENOTFOUND ? GH_OK : err;
}

static bool lookup_area_fits(const struct lookup *l, gh_slice serial)
{
	struct device *d = devices_find(l->x->server->devices, serial);
	int64_t area = d ? device_area(d) : 0;
	bool fits = d && d == l->x->device;

	device_unref(d);
	for (size_t i = 0; i < l->areas && !fits; i++)
		fits = l->area[i] == area;
	return fits;
}

/* --- the record --- */

static gh_slice lookup_copy(struct lookup *l, gh_slice s)
{
	gh_slice copy = ghi_arena_copy(l->x->arena, s);

	l->failed |= copy.n != s.n;
	return copy;
}

static bool person_merge(void *ctx, const struct record_row *row)
{
	struct lookup *l = ctx;

	l->here |= row->device == device_id(l->x->device);
	if (row->received_ms < l->received_ms)
		return true;
	if (!lookup_area_fits(l, row->serial)) {
		l->elsewhere = true;
		return true;
	}
	l->person = *(const struct person *)row->record;
	l->received_ms = row->received_ms;
	l->device = row->device;
	for (size_t i = 0; i < PERSON_FIELDS; i++) {
		const struct model_field *f = &model_kinds[KIND_PERSON].field[i];

		if (f->type != MODEL_INT) {
			gh_slice *s = model_at(&model_kinds[KIND_PERSON], &l->person, i);

			*s = lookup_copy(l, *s);
		}
	}
	return !l->failed;
}

/* Its own bytes where it wrote the name itself, else the name in its character set; none where no
 * text is known. */
static void lookup_name_set(struct lookup *l)
{
	struct person *p = &l->person;
	struct device_row row;

	device_row(l->x->device, l->x->arena, &row);
	if (l->device == device_id(l->x->device) && p->name_bytes.n)
		p->name = p->name_bytes;
	else if (ghi_text_is_utf8(p->name))
		p->name = device_text_write(&row, p->name, l->x->arena);
	else
		p->present &= ~(UINT64_C(1) << PERSON_name);
}

enum gh_err lookup_read(struct lookup *l, struct store_reader *reader)
{
	struct store_page page = { .limit = ROWS_MAX, .pin = l->pin };
	enum gh_err err = lookup_areas_read(l, reader);

	if (err == GH_OK)
		err = l->x->server->db.ops->records_read(reader, KIND_PERSON, &page,
							 person_merge, l);
	if (err == GH_OK && l->failed)
		err = GH_ENOMEM;
	if (err == GH_OK && l->device)
		lookup_name_set(l);
	return err;
}

bool lookup_proven(struct exchange *x)
{
	/* One with a key was looked at as every request is. */
	return device_has_key(x->device) || device_registered_from(x->device, exchange_peer(x));
}

ghi_civil lookup_moment(const struct exchange *x)
{
	struct zone *z = device_zone(x->device);
	int64_t now = x->now_ms / 1000;
	ghi_civil at = ghi_civil_from_seconds(now + (z ? zone_offset_at(z, now) : 0));

	zone_close(z);
	return at;
}

static void site_wait_run(struct read_job *job, struct store_reader *reader, enum gh_err err)
{
	(void)reader, (void)err;
	site_memory_wait(((struct lookup_wait *)job)->x->server->site, SITE_S);
}

static void site_wait_done(struct read_job *job)
{
	struct lookup_wait *w = (struct lookup_wait *)job;

	exchange_resume_with(w->x, w->next);
}

void lookup_site_wait(struct lookup_wait *w, struct exchange *x,
		      void (*next)(struct exchange *x))
{
	*w = (struct lookup_wait){ .job = { .run = site_wait_run, .done = site_wait_done },
				   .x = x,
				   .next = next };
	if (!exchange_defer(x))
		exchange_drop(x);
	else if (readers_put(x->server->readers, READERS_SHORT, &w->job))
		exchange_resume_with(x, next);
}
