/* Reading the bodies of resources. */
#include <stdarg.h>
#include <stdio.h>

#include "api/access/resource.h"
#include "core/access/rights/site.h"
#include "model/validity.h"

#define DOOR_TEXT 48

void resource_fault(struct resource_call *g, const char *field, const char *text, ...)
{
	char message[FAULT_MESSAGE];
	va_list ap;

	if (g->faults.n == FAULTS)
		return;
	va_start(ap, text);
	vsnprintf(message, sizeof(message), text, ap);
	va_end(ap);
	fault_set(&g->faults.row[g->faults.n++], gh_slice_of(field), "%s", message);
}

/* The member; NULL: it is absent, or null. *skip: the field stays as it is. */
static const struct body *body_member(struct resource_call *g, const struct body *b,
				      const char *name, unsigned bit, bool *skip)
{
	const struct body *m = body_find(b, gh_slice_of(name));

	*skip = m == NULL && !g->whole;
	if (!*skip)
		resource_present(g, bit);
	return m && m->kind != BODY_NULL ? m : NULL;
}

void resource_text(struct resource_call *g, const struct body *b, const char *name,
		   unsigned bit, gh_slice *out)
{
	bool skip;
	const struct body *m = body_member(g, b, name, bit, &skip);

	if (!skip)
		*out = m ? m->s : (gh_slice){ 0 };
}

void resource_int(struct resource_call *g, const struct body *b, const char *name, unsigned bit,
		  int64_t otherwise, int64_t *out)
{
	bool skip;
	const struct body *m = body_member(g, b, name, bit, &skip);

	if (!skip)
		*out = m ? m->i : otherwise;
}

void resource_bool(struct resource_call *g, const struct body *b, const char *name,
		   unsigned bit, int64_t *out)
{
	resource_int(g, b, name, bit, 0, out);
}

void resource_word(struct resource_call *g, const struct body *b, const char *name,
		   unsigned bit, const char *(*word)(size_t i), int64_t *out)
{
	bool skip;
	const struct body *m = body_member(g, b, name, bit, &skip);
	size_t i = 0;

	if (skip)
		return;
	/* The schema has the same words. */
	while (m && word(i) && !gh_slice_eq(m->s, gh_slice_of(word(i))))
		i++;
	*out = m && word(i) ? (int64_t)i : 0;
}

void resource_moment(struct resource_call *g, const struct body *b, const char *name,
		     unsigned bit, bool end, ghi_civil *out)
{
	bool skip;
	const struct body *m = body_member(g, b, name, bit, &skip);

	if (skip)
		return;
	*out = GHI_CIVIL_NONE;
	if (m == NULL || m->s.n == 0)
		return;
	switch (validity_read(m->s, end, out)) {
	case GH_OK:
		break;
	case GH_EINVALID:
		resource_fault(g, name, "is a day or time that does not exist");
		break;
	default:
		resource_fault(g, name, "must be YYYY-MM-DD or YYYY-MM-DD HH:MM:SS");
	}
}

gh_slice resource_written(struct resource_call *g, const struct ghi_writer *w)
{
	gh_slice copy = ghi_arena_copy(call_arena(g->c), ghi_written(w));

	if (w->err && g->faults.n == 0)
		resource_fault(g, "", "The body has too much");
	return copy;
}

static bool door_known(struct resource_call *g, const struct site_door *door)
{
	struct device *d = devices_find(g->c->server->devices, door->sn);

	device_unref(d);
	return d != NULL;
}

/* What is wrong with the text of a door is a fault. */
static void door_check(struct resource_call *g, const char *field, gh_slice text,
		       struct site_door *door)
{
	*door = (struct site_door){ 0 };
	if (site_door_read(text, door))
		resource_fault(g, field,
			       "must be a door, SN:NUMBER: the serial number of its "
			       "device and its number there, as CGDK201960012:1");
	else if (!door_known(g, door))
		resource_fault(g, field, "is a door of a device that is not known");
}

static void unit_check(struct resource_call *g, const char *field, gh_slice sn, gh_slice *unit)
{
	if (unit->n == 0)
		*unit = sn;
	else if (sn.n && !gh_slice_eq(*unit, sn))
		resource_fault(g, field, "is a door of another device: all have to be of one");
}

void resource_door(struct resource_call *g, const struct body *b, const char *name,
		   unsigned bit, gh_slice *unit, gh_slice *out)
{
	bool skip;
	const struct body *m = body_member(g, b, name, bit, &skip);
	struct site_door door;

	if (skip || m == NULL)
		return;
	door_check(g, name, m->s, &door);
	unit_check(g, name, door.sn, unit);
	*out = m->s;
}

void resource_one_unit(struct resource_call *g, const struct body *b, const char *name,
		       gh_slice *unit)
{
	const struct body *m = body_find(b, gh_slice_of(name));
	char field[FAULT_FIELD];
	struct site_door door;

	for (size_t i = 0; m && i < m->parts; i++) {
		snprintf(field, sizeof(field), "%s[%zu]", name, i);
		if (site_door_read(m->part[i].s, &door) == GH_OK)
			unit_check(g, field, door.sn, unit);
	}
}

void resource_numbers(struct resource_call *g, const struct body *b, const char *name,
		      unsigned bit, bool repeat, gh_slice *out)
{
	bool skip;
	const struct body *m = body_member(g, b, name, bit, &skip);
	size_t n = m ? m->parts : 0, room = n * 21 + 2;
	void *text = skip ? NULL : ghi_arena_alloc(call_arena(g->c), room);
	struct ghi_writer w = ghi_writer_on(text, room);

	if (text == NULL)
		return;
	ghi_put(&w, GH_LIT("["));
	for (size_t i = 0; i < n; i++) {
		bool twice = false;

		for (size_t k = 0; k < i && !repeat; k++)
			twice = twice || m->part[k].i == m->part[i].i;
		if (twice)
			continue;
		ghi_put(&w, w.n > 1 ? GH_LIT(",") : GH_LIT(""));
		ghi_put_signed(&w, m->part[i].i);
	}
	ghi_put(&w, GH_LIT("]"));
	*out = ghi_written(&w);
}

void resource_doors(struct resource_call *g, const struct body *b, const char *name,
		    unsigned bit, gh_slice *out)
{
	bool skip;
	const struct body *m = body_member(g, b, name, bit, &skip);
	size_t n = m ? m->parts : 0, room = n * DOOR_TEXT + 2;
	char *text = skip ? NULL : ghi_arena_alloc(call_arena(g->c), room);
	struct ghi_writer w = ghi_writer_on(text, room);
	char field[FAULT_FIELD];

	if (text == NULL)
		return;
	ghi_put(&w, GH_LIT("["));
	for (size_t i = 0; i < n; i++) {
		gh_slice one = m->part[i].s;
		struct site_door door;
		bool twice = false;

		for (size_t k = 0; k < i; k++)
			twice = twice || gh_slice_eq(one, m->part[k].s);
		if (twice)
			continue;
		snprintf(field, sizeof(field), "%s[%zu]", name, i);
		door_check(g, field, one, &door);
		ghi_put(&w, w.n > 1 ? GH_LIT(",\"") : GH_LIT("\""));
		ghi_put(&w, one);
		ghi_put(&w, GH_LIT("\""));
	}
	ghi_put(&w, GH_LIT("]"));
	*out = ghi_written(&w);
}

void resource_quotable(struct resource_call *g, const char *field, gh_slice text)
{
	if (text.n && (memchr(text.p, '"', text.n) || memchr(text.p, '\\', text.n)))
		resource_fault(g, field, "must have no quotation marks and no backslashes");
}

void resource_texts(struct resource_call *g, const struct body *b, const char *name,
		    unsigned bit, gh_slice *out)
{
	bool skip;
	const struct body *m = body_member(g, b, name, bit, &skip);
	char field[FAULT_FIELD];
	size_t room = 2;
	struct ghi_writer w;

	for (size_t i = 0; m && i < m->parts; i++)
		room += m->part[i].s.n + 3;
	w = ghi_writer_on(skip ? NULL : ghi_arena_alloc(call_arena(g->c), room), room);
	if (w.p == NULL)
		return;
	ghi_put(&w, GH_LIT("["));
	for (size_t i = 0; m && i < m->parts; i++) {
		bool twice = false;

		for (size_t k = 0; k < i; k++)
			twice = twice || gh_slice_eq(m->part[k].s, m->part[i].s);
		snprintf(field, sizeof(field), "%s[%zu]", name, i);
		resource_quotable(g, field, m->part[i].s);
		if (twice)
			continue;
		ghi_put(&w, w.n > 1 ? GH_LIT(",\"") : GH_LIT("\""));
		ghi_put(&w, m->part[i].s);
		ghi_put(&w, GH_LIT("\""));
	}
	ghi_put(&w, GH_LIT("]"));
	*out = ghi_written(&w);
}

const int64_t *resource_ids(struct resource_call *g, const struct body *list, size_t *n)
{
	int64_t *id;

	*n = list && list->kind == BODY_ARRAY ? list->parts : 0;
	id = *n ? ghi_arena_alloc(call_arena(g->c), *n * sizeof(*id)) : NULL;
	for (size_t i = 0; id && i < *n; i++)
		id[i] = list->part[i].i;
	if (id == NULL)
		*n = 0;
	return id;
}

void resource_link(struct resource_call *g, const struct body *b, const char *name,
		   enum model_relation_id relation, enum entity_link_how how)
{
	const struct body *m = body_find(b, gh_slice_of(name));
	struct entity_link *l = &g->change.link[g->change.links];

	if (m == NULL && (!g->whole || how != LINK_SET))
		return;
	*l = (struct entity_link){ .relation = relation, .how = how, .field = name };
	l->id = resource_ids(g, m, &l->n);
	g->change.links++;
}

enum gh_err resource_validity_check(struct entity_change *c, ghi_civil from, ghi_civil to,
				    const char *field)
{
	if (from <= 0 || to <= 0 || from <= to)
		return GH_OK;
	c->refusal.field = field;
	c->refusal.why = "is before the time from which it holds";
	return GH_EINVALID;
}
