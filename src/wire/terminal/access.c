#include "wire/terminal/access.h"

#include "base/reader.h"
#include "wire/terminal/text.h"

enum { HOLIDAYS = 0x80, USER_ZONES_REPLY = 8, ZONE_REPLY = 30 };

void ghi_terminal_user_group_write(struct ghi_writer *w, uint32_t uid, uint8_t group)
{
	ghi_put_u32(w, uid);
	ghi_put_u8(w, group);
}

enum gh_err ghi_terminal_user_group_parse(gh_slice data, uint32_t *uid, uint8_t *group)
{
	struct ghi_reader r = ghi_reader_on(data);
	uint32_t u = ghi_u32(&r);
	uint8_t g = ghi_u8(&r);

	if (r.err)
		return GH_EMALFORMED;
	*uid = u;
	*group = g;
	return GH_OK;
}

void ghi_terminal_user_zones_write(struct ghi_writer *w,
				   const struct ghi_terminal_user_zones *v)
{
	ghi_put_u32(w, v->uid);
	ghi_put_u32(w, v->own);
	for (int i = 0; i < 3; i++)
		ghi_put_u32(w, v->zone[i]);
}

void ghi_terminal_user_zones_reply(struct ghi_writer *w,
				   const struct ghi_terminal_user_zones *v)
{
	ghi_put_u16(w, v->own);
	for (int i = 0; i < 3; i++)
		ghi_put_u16(w, v->zone[i]);
}

enum gh_err ghi_terminal_user_zones_parse(gh_slice data, struct ghi_terminal_user_zones *out)
{
	struct ghi_reader r = ghi_reader_on(data);
	struct ghi_terminal_user_zones v = { 0 };
	bool reply = data.n == USER_ZONES_REPLY;

	v.uid = reply ? 0 : ghi_u32(&r);
	v.own = reply ? ghi_u16(&r) : (uint16_t)ghi_u32(&r);
	for (int i = 0; i < 3; i++)
		v.zone[i] = reply ? ghi_u16(&r) : (uint16_t)ghi_u32(&r);
	if (r.err)
		return GH_EMALFORMED;
	*out = v;
	return GH_OK;
}

void ghi_terminal_group_write(struct ghi_writer *w, const struct ghi_terminal_group *v)
{
	ghi_put_u8(w, v->group);
	for (int i = 0; i < 3; i++)
		ghi_put_u16(w, v->zone[i]);
	ghi_put_u8(w, (uint8_t)((v->holidays ? HOLIDAYS : 0) | (v->verify & ~HOLIDAYS)));
}

enum gh_err ghi_terminal_group_parse(gh_slice data, struct ghi_terminal_group *out)
{
	struct ghi_reader r = ghi_reader_on(data);
	struct ghi_terminal_group v = { 0 };
	uint8_t last;

	v.group = ghi_u8(&r);
	for (int i = 0; i < 3; i++)
		v.zone[i] = ghi_u16(&r);
	last = ghi_u8(&r);
	if (r.err)
		return GH_EMALFORMED;
	v.holidays = last & HOLIDAYS;
	v.verify = last & (uint8_t)~HOLIDAYS;
	*out = v;
	return GH_OK;
}

static void access_days_put(struct ghi_writer *w, const struct ghi_terminal_zone *v)
{
	for (int i = 0; i < GHI_ZONE_DAYS; i++) {
		ghi_put_u8(w, v->day[i].from_hour);
		ghi_put_u8(w, v->day[i].from_minute);
		ghi_put_u8(w, v->day[i].to_hour);
		ghi_put_u8(w, v->day[i].to_minute);
	}
}

void ghi_terminal_zone_write(struct ghi_writer *w, const struct ghi_terminal_zone *v)
{
	ghi_put_u32(w, v->index);
	access_days_put(w, v);
}

void ghi_terminal_zone_reply(struct ghi_writer *w, const struct ghi_terminal_zone *v)
{
	ghi_put_u16(w, (uint16_t)v->index);
	access_days_put(w, v);
}

enum gh_err ghi_terminal_zone_parse(gh_slice data, struct ghi_terminal_zone *out)
{
	struct ghi_reader r = ghi_reader_on(data);
	struct ghi_terminal_zone v = { 0 };

	v.index = data.n == ZONE_REPLY ? ghi_u16(&r) : ghi_u32(&r);
	for (int i = 0; i < GHI_ZONE_DAYS; i++) {
		v.day[i].from_hour = ghi_u8(&r);
		v.day[i].from_minute = ghi_u8(&r);
		v.day[i].to_hour = ghi_u8(&r);
		v.day[i].to_minute = ghi_u8(&r);
	}
	if (r.err)
		return GH_EMALFORMED;
	*out = v;
	return GH_OK;
}

void ghi_terminal_unlock_rule_write(struct ghi_writer *w,
				    const struct ghi_terminal_unlock_rule *v)
{
	ghi_put_u8(w, v->number);
	for (int i = 0; i < GHI_UNLOCK_GROUPS; i++)
		ghi_put_u8(w, v->group[i]);
	ghi_put_u16(w, v->groups);
}

enum gh_err ghi_terminal_unlock_rule_parse(gh_slice data, struct ghi_terminal_unlock_rule *out)
{
	struct ghi_reader r = ghi_reader_on(data);
	struct ghi_terminal_unlock_rule v = { 0 };

	v.number = ghi_u8(&r);
	for (int i = 0; i < GHI_UNLOCK_GROUPS; i++)
		v.group[i] = ghi_u8(&r);
	v.groups = ghi_u16(&r);
	if (r.err)
		return GH_EMALFORMED;
	*out = v;
	return GH_OK;
}

void ghi_terminal_sms_write(struct ghi_writer *w, const struct ghi_terminal_sms *v)
{
	ghi_put_u8(w, v->tag);
	ghi_put_u16(w, v->id);
	ghi_put_u16(w, v->minutes);
	ghi_put_u16(w, 0);
	ghi_put_u32(w, v->start);
	ghi_terminal_text_put(w, v->text, sizeof(v->text), GHI_SMS_TEXT);
}

enum gh_err ghi_terminal_sms_parse(gh_slice data, struct ghi_terminal_sms *out)
{
	struct ghi_reader r = ghi_reader_on(data);
	struct ghi_terminal_sms v = { 0 };
	gh_slice text;

	v.tag = ghi_u8(&r);
	v.id = ghi_u16(&r);
	v.minutes = ghi_u16(&r);
	ghi_u16(&r);
	v.start = ghi_u32(&r);
	text = ghi_bytes(&r, GHI_SMS_TEXT);
	if (r.err)
		return GH_EMALFORMED;
	ghi_terminal_text_get(text.p, text.n, v.text, sizeof(v.text));
	*out = v;
	return GH_OK;
}

void ghi_terminal_user_sms_write(struct ghi_writer *w, uint16_t uid, uint16_t id)
{
	ghi_put_u16(w, uid);
	ghi_put_u16(w, id);
}

enum gh_err ghi_terminal_user_sms_parse(gh_slice data, uint16_t *uid, uint16_t *id)
{
	struct ghi_reader r = ghi_reader_on(data);
	uint16_t u = ghi_u16(&r), i = ghi_u16(&r);

	if (r.err)
		return GH_EMALFORMED;
	*uid = u;
	*id = i;
	return GH_OK;
}
