/* Whether what is written is for a device that is there. Where the database is written by one connection
 * only, the answer holds until that connection changes it, so most uploads read nothing for it. */
#include "store/sql/rows.h"
#include "store/sql/value_list.h"

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

static enum gh_err devices_read(struct store *s, gh_slice list, size_t n)
{
	struct sql_call q = sql_call_locking(s->sql, gh_slice_of(s->sql->engine->devices_alive),
					     " FOR SHARE");

	sql_put_text(&q, list);
	for (; n && sql_next(&q); n--)
		*device_place(s, sql_int(&q, 0)) =
			(struct device_found){ .id = sql_int(&q, 0),
					       .clearing = sql_int(&q, 1) != 0 };
	enum gh_err err = sql_end(&q);

	return err == GH_OK && n ? GH_ENOTFOUND : err;
}

enum gh_err sql_for_devices(struct store *s, const int64_t *device, size_t n)
{
	struct buffer list = buffer_with_limit(VALUE_LIST_BYTES);
	enum gh_err err = GH_OK;
	size_t unknown = 0;

	if (s->for_device || s->sql->engine->devices_alive == NULL) {
		for (size_t i = 0; i < n && err == GH_OK; i++)
			err = sql_for_device(s, device[i]);
		return err;
	}
	for (size_t i = 0; i < n; i++)
		if (device[i] == 0 || device_place(s, device[i])->id != device[i])
			value_list_number(&list, unknown++, device[i]);
	err = list.err;
	if (err == GH_OK && unknown)
		err = devices_read(s, buffer_text(&list), unknown);
	buffer_clear(&list);
	return err;
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
