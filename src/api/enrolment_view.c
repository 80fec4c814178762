#include "api/enrolment_view.h"

#include "api/command_view.h"
#include "core/devices.h"
#include "model/record.h"

struct namespace_copy {
	uint8_t *to;
	size_t n;
};

static bool area_namespace_copy(void *ctx, int64_t id, const void *record)
{
	const struct area *a = record;
	struct namespace_copy *c = ctx;

	(void)id;
	if (a->namespace.n && a->namespace.n <= ENROLMENT_NAMESPACE) {
		memcpy(c->to, a->namespace.p, a->namespace.n);
		c->n = a->namespace.n;
	}
	return false;
}

gh_slice enrolment_namespace(const struct store_ops *ops, struct store_reader *reader,
			     struct device *d, uint8_t to[ENROLMENT_NAMESPACE])
{
	struct namespace_copy c = { .to = to };

	/* Without its area it is in the default one. */
	if (ops->entity_get(reader, ENTITY_AREA, device_area(d), area_namespace_copy, &c) ||
	    c.n == 0)
		return NAMESPACE_DEFAULT;
	return (gh_slice){ to, c.n };
}

static bool person_number_take(void *ctx, const void *row, const struct store_key *key)
{
	(void)row;
	*(int64_t *)ctx = key->number;
	return false;
}

static struct store_term person_term(const char *column, gh_slice text)
{
	return (struct store_term){
		.column =
			store_column_find(STORE_ENTITIES + ENTITY_PEOPLE, gh_slice_of(column)),
		.match = MATCH_EQUAL,
		.value = { .is_text = true, .s = text },
	};
}

static enum gh_err person_of(const struct store_ops *ops, struct store_reader *reader,
			     gh_slice namespace, gh_slice pin, int64_t *id)
{
	const struct store_term term[] = { person_term("pin", pin),
					   person_term("namespace", namespace) };
	const struct store_rows rows = {
		.list = STORE_ENTITIES + ENTITY_PEOPLE, .limit = 1, .term = term, .terms = 2
	};

	return ops->rows_read(reader, &rows, person_number_take, id);
}

enum gh_err enrolment_view_make(struct server *server, struct store_reader *reader,
				const struct command *c, struct enrolment_view *out)
{
	uint8_t room[ENROLMENT_NAMESPACE];
	struct device *d;
	enum gh_err err = GH_OK;

	*out = (struct enrolment_view){ .order = command_view_of(server, c, 0) };
	if (!enrolment_of(c->kind, c->arguments, &out->enrolment))
		return GH_ENOTFOUND;
	d = devices_find(server->devices, c->serial);
	if (d)
		err = person_of(server->db.ops, reader,
				enrolment_namespace(server->db.ops, reader, d, room),
				out->enrolment.pin, &out->person);
	device_unref(d);
	return err;
}

void enrolment_order_copy(struct arena *a, const struct command *from, struct command *to)
{
	*to = *from;
	to->serial = ghi_arena_copy(a, from->serial);
	to->arguments = ghi_arena_copy(a, from->arguments);
	to->requested_by = ghi_arena_copy(a, from->requested_by);
	to->result = ghi_arena_copy(a, from->result);
	to->shown = to->subject = to->sub_serial = (gh_slice){ 0 };
}
