#include "core/access/event_units.h"

#include <stdlib.h>
#include <utlist.h>

#include "core/access/subs.h"
#include "wire/access/table.h"

#define NUMBERS_MAX SUBS_MAX /* further ones of an upload name no unit */
#define SERIAL_MAX 64	     /* of SN in DevProperty */

struct sub_rules {
	struct sub_rules *next;
	struct device *sub; /* referenced */
	struct punch_rules rules;
};

struct numbered {
	int64_t number;
	size_t n;
	uint8_t serial[SERIAL_MAX];
};

struct event_units {
	struct punch_rules otherwise; /* of those without a rule of their own */
	struct sub_rules *own;
	struct numbered numbered[NUMBERS_MAX];
	size_t numbers;
};

static enum gh_err sub_rules_add(struct event_units *u, struct server *server,
				 struct device *sub)
{
	struct sub_rules *one = malloc(sizeof(*one));
	struct punch_rules_of_device rules;

	if (one == NULL)
		return GH_ENOMEM;
	punch_rules_of(server, sub, &rules);
	if (punch_rules_empty(&rules.device)) {
		free(one);
		return GH_OK;
	}
	*one = (struct sub_rules){ .sub = device_ref(sub), .rules = rules.device };
	punch_rules_inherit(&one->rules, &u->otherwise);
	LL_PREPEND(u->own, one);
	return GH_OK;
}

enum gh_err event_units_of(struct server *server, struct device *d,
			   const struct punch_rules *of_main, struct event_units **out)
{
	struct event_units *u = calloc(1, sizeof(*u));
	struct device *sub[SUBS_MAX];
	size_t n = u ? device_subs(server->devices, d, sub) : 0;
	enum gh_err err = u ? GH_OK : GH_ENOMEM;

	if (u)
		u->otherwise.all = of_main->all;
	for (size_t i = 0; i < n; i++) {
		if (err == GH_OK)
			err = sub_rules_add(u, server, sub[i]);
		device_unref(sub[i]);
	}
	if (err) {
		event_units_free(u);
		u = NULL;
	}
	*out = u;
	return err;
}

void event_units_free(struct event_units *u)
{
	struct sub_rules *one, *next;

	if (u == NULL)
		return;
	LL_FOREACH_SAFE(u->own, one, next)
	{
		device_unref(one->sub);
		free(one);
	}
	free(u);
}

const struct punch_rules *event_unit_rules(const struct event_units *u, gh_slice unit)
{
	const struct sub_rules *one;

	LL_FOREACH(u->own, one)
	{
		if (gh_slice_eq(device_sn(one->sub), unit))
			return &one->rules;
	}
	return &u->otherwise;
}

/* --- numbers --- */

static bool numbered_note(void *ctx, const struct unit_row *row)
{
	const struct ghi_access_table *t = ghi_access_table_find(GH_LIT("DevProperty"), NULL);
	struct ghi_table_row r = ghi_table_row_of(t);
	int field = ghi_table_field_find(t, GH_LIT("SN"));
	struct numbered *one = ctx;
	gh_slice serial = { 0 };

	(void)ghi_table_row_read(&r, row->row, false);
	if (field >= 0 && r.has[field])
		serial = gh_slice_trim(r.value[field]);
	if (serial.n > SERIAL_MAX)
		return false;
	one->n = serial.n;
	if (serial.n)
		memcpy(one->serial, serial.p, serial.n);
	return false;
}

enum gh_err event_unit_named(struct event_units *u, const struct store_ops *ops,
			     struct store *s, const struct device *d, int64_t number,
			     gh_slice *unit)
{
	char key[24];
	struct ghi_writer w = ghi_writer_on(key, sizeof(key));
	struct numbered *one;
	enum gh_err err;

	*unit = (gh_slice){ 0 };
	for (size_t i = 0; i < u->numbers; i++)
		if (u->numbered[i].number == number) {
			*unit = (gh_slice){ u->numbered[i].serial, u->numbered[i].n };
			return GH_OK;
		}
	if (u->numbers == NUMBERS_MAX)
		return GH_OK;
	one = &u->numbered[u->numbers];
	*one = (struct numbered){ .number = number };
	ghi_put_signed(&w, number);
	err = ops->unit_row_find(s, device_id(d), (gh_slice){ 0 }, GH_LIT("DevProperty"),
				 ghi_written(&w), numbered_note, one);
	if (err && err != GH_ENOTFOUND)
		return err;
	if (gh_slice_ieq((gh_slice){ one->serial, one->n }, device_sn(d)))
		one->n = 0;
	u->numbers++;
	*unit = (gh_slice){ one->serial, one->n };
	return GH_OK;
}
