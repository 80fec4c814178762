/* Whether what is written is for a device that is there. Where the database is written by one connection
 * only, the answer holds until that connection changes it, so most uploads read nothing for it. */
#include "store/sql/rows.h"

static struct device_found *device_place(struct store *s, int64_t device)
{
	return &s->found.at[(uint64_t)device % DEVICES_FOUND];
}

enum gh_err sql_for_device(struct store *s, int64_t device)
{
	if (s->for_device)
		return s->for_device(s, device);
	struct device_found *place = device_place(s, device);

	if (place->id && place->id == device)
		return GH_OK;
	struct sql_call q = sql_call(s->sql, SQL_DEVICE_ALIVE);

	sql_put_int(&q, device);
	bool found = sql_next(&q);
	bool clearing = found && sql_int(&q, 0) != 0;
	enum gh_err err = sql_end(&q);

	if (found && err == GH_OK)
		*place = (struct device_found){ .id = device, .clearing = clearing };
	return err == GH_OK && !found ? GH_ENOTFOUND : err;
}

void sql_found_clear(struct store *s)
{
	s->found = (struct devices_found){ 0 };
}

enum gh_err sql_for_records(struct store *s, int64_t device)
{
	if (s->for_records)
		return s->for_records(s, device);
	enum gh_err err = sql_for_device(s, device);

	return err == GH_OK && device_place(s, device)->clearing ? GH_EBUSY : err;
}
