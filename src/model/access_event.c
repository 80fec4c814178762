#include "model/access_event.h"

const struct model_field access_event_field[ACCESS_EVENT_FIELDS] = {
#define ACCESS_EVENT_FIELD(member, json, type, flags) \
	{ #member, json, offsetof(struct access_event, member), MODEL_##type, flags },
#include "model/access_event.def"
};

const struct access_event access_event_blank = {
	.device_number = ACCESS_ABSENT,
	.time = GHI_CIVIL_NONE,
	.event_group = ACCESS_ABSENT,
	.event = ACCESS_ABSENT,
	.address = ACCESS_ABSENT,
	.direction = ACCESS_ABSENT,
	.card_number = ACCESS_ABSENT,
	.door = ACCESS_ABSENT,
	.reader = ACCESS_ABSENT,
	.verify_form = VERIFY_ABSENT,
	.verify = ACCESS_ABSENT,
	.linkage_id = ACCESS_ABSENT,
	.linkage_trigger = ACCESS_ABSENT,
	.site_code = ACCESS_ABSENT,
	.bit_count = ACCESS_ABSENT,
	.mask = ACCESS_ABSENT,
	.alarm_type = ACCESS_ABSENT,
	.utc = ACCESS_NO_UTC,
};

struct access_event access_event_empty(void)
{
	return access_event_blank;
}

static bool access_field_same(const struct model_field *f, const void *a, const void *b)
{
	const uint8_t *x = (const uint8_t *)a + f->offset, *y = (const uint8_t *)b + f->offset;
	gh_slice s, t;
	int64_t i, k;

	if (f->type == MODEL_TEXT || f->type == MODEL_BYTES) {
		memcpy(&s, x, sizeof(s));
		memcpy(&t, y, sizeof(t));
		return gh_slice_eq(s, t);
	}
	memcpy(&i, x, sizeof(i));
	memcpy(&k, y, sizeof(k));
	return i == k;
}

bool access_event_same(const struct access_event *a, const struct access_event *b)
{
	unsigned key = MODEL_KEY | (a->record_index == 0 ? ACCESS_KEY_PLAIN : 0);

	for (size_t i = 0; i < ACCESS_EVENT_FIELDS; i++)
		if ((access_event_field[i].flags & key) &&
		    !access_field_same(&access_event_field[i], a, b))
			return false;
	return true;
}

bool access_event_granted(const struct access_event *e)
{
	return e->pin.n && event_is_granted(e->event) && !(e->flags & ACCESS_SHIFTED);
}
