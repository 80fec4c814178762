#include "api/state_watch.h"

#include <stdlib.h>
#include <uthash.h>

#include "api/compat/zk_server/fields.h"
#include "api/device_view.h"
#include "api/door_list.h"
#include "core/contacts.h"
#include "core/problems.h"
#include "render/contact.h"
#include "render/problem.h"

#define DATA_BYTES ((size_t)64 << 10) /* of one change */
#define AT_ONCE 256		      /* that are held while they are printed */

/* How one of them was at the last look. */
struct seen {
	UT_hash_handle hh; /* by id */
	int64_t id;
	uint64_t mark; /* another one: it has changed */
	uint64_t look; /* the number of the last look that found it */
	enum problem_kind kind;
	size_t subject_size;
	char subject[PROBLEM_SUBJECT]; /* the serial number of a device */
};

struct state_watch {
	struct server *server;
	struct seen *seen[STATE_STORED];
	uint64_t look;
	struct json out;
	struct problem_view problem[AT_ONCE];
	struct contact contact[AT_ONCE];
};

/* A look under way. */
struct looking {
	struct state_watch *w;
	enum state_topic topic;
	state_changed_fn *fn; /* NULL: only noted */
	void *ctx;
	struct device *changed[AT_ONCE]; /* referenced */
	struct arena texts;		 /* of problems and contacts that changed */
	size_t n;
	bool more; /* there was no room for all that changed: look again */
};

const char *state_topic_name(enum state_topic topic)
{
	static const char *const name[STATE_TOPICS] = { "device",   "problem", "door",
							"contact",  "command", "plan",
							"enrolment" };

	return name[topic];
}

/* Whether it is new or has changed. Where memory is exhausted it counts as unchanged, and is new at
 * the next look. */
static bool seen_note(struct looking *l, int64_t id, uint64_t mark, enum problem_kind kind,
		      gh_slice subject)
{
	struct seen *s, **all = &l->w->seen[l->topic];

	HASH_FIND(hh, *all, &id, sizeof(id), s);
	if (s && s->mark == mark) {
		s->look = l->w->look;
		return false;
	}
	if (s == NULL) {
		s = calloc(1, sizeof(*s));
		if (s == NULL)
			return false;
		s->id = id;
		s->kind = kind;
		s->subject_size =
			subject.n < sizeof(s->subject) ? subject.n : sizeof(s->subject);
		memcpy(s->subject, subject.p, s->subject_size);
		HASH_ADD(hh, *all, id, sizeof(s->id), s);
	}
	s->mark = mark;
	s->look = l->w->look;
	return true;
}

/* --- what is written --- */

static void change_give(struct looking *l, int64_t device)
{
	struct json *j = &l->w->out;

	if (j->text.err)
		json_clear(j);
	else
		l->fn(l->ctx, l->topic, device, json_text(j));
}

static struct json *change_writer(struct looking *l)
{
	buffer_empty(&l->w->out.text);
	json_begin(&l->w->out);
	return &l->w->out;
}

static int64_t problem_device(struct server *server, gh_slice subject)
{
	struct device *d = devices_find(server->devices, subject);
	int64_t id = d ? device_id(d) : 0;

	device_unref(d);
	return id;
}

static void gone_give(struct looking *l, const struct seen *s)
{
	gh_slice subject = { (const uint8_t *)s->subject, s->subject_size };
	struct json *j = change_writer(l);
	bool problem = l->topic == STATE_PROBLEM;

	/* A door goes with its device; a contact gives way to others. */
	if (l->topic == STATE_DOOR || l->topic == STATE_CONTACT)
		return;
	json_object(j);
	json_key(j, "id");
	json_int(j, s->id);
	if (problem) {
		json_key(j, "kind");
		json_string(j, gh_slice_of(problem_kinds[s->kind].word));
	}
	json_key(j, problem ? "subject" : "sn");
	json_string(j, subject);
	json_key(j, "state");
	json_string(j, problem ? GH_LIT("ended") : GH_LIT("deleted"));
	json_object_end(j);
	change_give(l, problem ? problem_device(l->w->server, subject) : s->id);
}

/* Those that this look did not find. */
static void gone_look(struct looking *l)
{
	struct seen *s, *next, **all = &l->w->seen[l->topic];

	HASH_ITER(hh, *all, s, next)
	{
		if (s->look == l->w->look)
			continue;
		if (l->fn)
			gone_give(l, s);
		HASH_DEL(*all, s);
		free(s);
	}
}

/* --- devices --- */

static bool device_look(void *ctx, struct device *d)
{
	struct looking *l = ctx;
	uint64_t mark = (uint64_t)device_version(d) << 2 |
			(uint64_t)device_contact(d, l->w->server->now_ms());

	if (l->fn && l->n == AT_ONCE) {
		l->more = true;
		return false;
	}
	if (seen_note(l, device_id(d), mark, 0, device_sn(d)) && l->fn)
		l->changed[l->n++] = device_ref(d);
	return true;
}

static void device_give(struct looking *l, struct device *d)
{
	struct arena a = ghi_arena_with_limit(DATA_BYTES);
	struct device_view v;

	device_view_init(&v, l->w->server, d, &a);
	fields_json(change_writer(l), &zk_server_device_fields, &v);
	if (!a.failed)
		change_give(l, device_id(d));
	ghi_arena_clear(&a);
}

/* --- doors --- */

/* Whether it changed, with what is the same for all doors of a device. */
static bool door_changed(struct looking *l, struct device *d, const struct door_state *s,
			 bool stale)
{
	return seen_note(l, device_id(d) * 64 + s->number, (uint64_t)s->version << 1 | stale, 0,
			 device_sn(d));
}

static bool door_device_look(void *ctx, struct device *d)
{
	struct looking *l = ctx;
	struct door_state state[DOORS_MAX];
	struct unit_state unit;
	bool changed = false, stale;
	size_t n;

	if (!device_has_doors(d))
		return true;
	if (l->fn && l->n == AT_ONCE) {
		l->more = true;
		return false;
	}
	n = device_doors(d, state, &unit);
	stale = unit.restarted || device_contact(d, l->w->server->now_ms()) != DEVICE_ONLINE;
	for (size_t i = 0; i < n; i++)
		changed |= door_changed(l, d, &state[i], stale);
	if (changed && l->fn)
		l->changed[l->n++] = device_ref(d);
	return true;
}

/* All doors of a device: most have one to four. */
static void door_device_give(struct looking *l, struct device *d)
{
	struct arena a = ghi_arena_with_limit(4 * DATA_BYTES);
	struct door_view view[DOORS_MAX];
	size_t n = door_views(l->w->server, d, &a, view);

	for (size_t i = 0; i < n && !a.failed; i++) {
		fields_json(change_writer(l), &door_fields, &view[i]);
		change_give(l, device_id(d));
	}
	ghi_arena_clear(&a);
}

/* The register is not held while they are printed. */
static void devices_look(struct looking *l)
{
	bool doors = l->topic == STATE_DOOR;

	do {
		l->n = 0;
		l->more = false;
		devices_each(l->w->server->devices, doors ? door_device_look : device_look, l);
		for (size_t i = 0; i < l->n; i++) {
			(doors ? door_device_give : device_give)(l, l->changed[i]);
			device_unref(l->changed[i]);
		}
	} while (l->more);
}

/* --- problems --- */

static bool problem_look(void *ctx, const struct problem *p)
{
	struct looking *l = ctx;
	enum problem_state state = problem_state_at(p, l->w->server->now_ms());
	uint64_t mark = UINT64_C(14695981039346656037);

	if (l->fn && l->n == AT_ONCE) {
		l->more = true;
		return false;
	}
	for (size_t i = 0; i < p->detail.n; i++)
		mark = (mark ^ p->detail.p[i]) * UINT64_C(1099511628211);
	mark ^= (uint64_t)p->snoozed_until_ms ^ (uint64_t)state << 62;
	if (!seen_note(l, p->id, mark, p->kind, p->subject) || l->fn == NULL)
		return true;

	struct problem_view *v = &l->w->problem[l->n++];

	*v = (struct problem_view){ *p, state, { 0 } };
	v->row.subject = ghi_arena_copy(&l->texts, p->subject);
	v->row.detail = ghi_arena_copy(&l->texts, p->detail);
	return true;
}

static void problem_give(struct looking *l, struct problem_view *v)
{
	struct json remedies = json_with_limit(DATA_BYTES);

	problem_remedies_json(&remedies, &v->row);
	v->remedies = remedies.text.err ? GH_LIT("[]") : json_text(&remedies);
	fields_json(change_writer(l), &problem_fields, v);
	json_clear(&remedies);
	change_give(l, problem_device(l->w->server, v->row.subject));
}

/* The table of problems is not held while they are printed. */
static void problems_look(struct looking *l)
{
	do {
		l->n = 0;
		l->more = false;
		problems_read(l->w->server, problem_look, l);
		for (size_t i = 0; i < l->n; i++)
			problem_give(l, &l->w->problem[i]);
		ghi_arena_clear(&l->texts);
	} while (l->more);
}

/* --- contacts --- */

static bool contact_look(void *ctx, const struct contact *c)
{
	struct looking *l = ctx;

	if (l->fn && l->n == AT_ONCE) {
		l->more = true;
		return false;
	}
	if (!seen_note(l, c->id, (uint64_t)c->count, 0, c->peer) || l->fn == NULL)
		return true;

	struct contact *copy = &l->w->contact[l->n++];

	*copy = *c;
	copy->peer = ghi_arena_copy(&l->texts, c->peer);
	copy->target = ghi_arena_copy(&l->texts, c->target);
	copy->serial = ghi_arena_copy(&l->texts, c->serial);
	copy->detail = ghi_arena_copy(&l->texts, c->detail);
	return true;
}

/* The table of contacts is not held while they are printed. */
static void contacts_look(struct looking *l)
{
	do {
		l->n = 0;
		l->more = false;
		contacts_read(l->w->server, contact_look, l);
		for (size_t i = 0; i < l->n; i++) {
			fields_json(change_writer(l), &contact_fields, &l->w->contact[i]);
			change_give(l, 0);
		}
		ghi_arena_clear(&l->texts);
	} while (l->more);
}

/* --- a look --- */

static void state_look(struct looking *l)
{
	l->w->look++;
	if (l->topic == STATE_PROBLEM)
		problems_look(l);
	else if (l->topic == STATE_CONTACT)
		contacts_look(l);
	else
		devices_look(l);
	gone_look(l);
}

void state_watch_begin(struct state_watch *w, enum state_topic topic)
{
	struct looking l = { .w = w, .topic = topic };

	state_look(&l);
}

void state_watch_look(struct state_watch *w, enum state_topic topic, state_changed_fn *fn,
		      void *ctx)
{
	struct looking l = { .w = w, .topic = topic, .fn = fn, .ctx = ctx };

	state_look(&l);
}

struct state_watch *state_watch_new(struct server *server)
{
	struct state_watch *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->server = server;
	w->out = json_with_limit(DATA_BYTES);
	return w;
}

void state_watch_free(struct state_watch *w)
{
	if (w == NULL)
		return;
	for (enum state_topic t = 0; t < STATE_STORED; t++) {
		struct seen *s, *next;

		HASH_ITER(hh, w->seen[t], s, next)
		{
			HASH_DEL(w->seen[t], s);
			free(s);
		}
	}
	json_clear(&w->out);
	free(w);
}
