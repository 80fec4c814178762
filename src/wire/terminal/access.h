/* Access rules and short messages of standalone terminals (terminal digest 6.3): requests that write
 * them and replies that hold them. Parsers are GH_EMALFORMED where the bytes are too few. */
#ifndef GH_WIRE_TERMINAL_ACCESS_H
#define GH_WIRE_TERMINAL_ACCESS_H

#include "base/err.h"
#include "base/slice.h"
#include "base/writer.h"

enum { GHI_ZONE_DAYS = 7, GHI_UNLOCK_GROUPS = 5, GHI_SMS_TEXT = 60 };

/* USERGRP_WRQ: uid in 32 bits and the group. The reply to _RRQ is the group alone. */
void ghi_terminal_user_group_write(struct ghi_writer *w, uint32_t uid, uint8_t group);
GH_MUST_CHECK enum gh_err ghi_terminal_user_group_parse(gh_slice data, uint32_t *uid,
							uint8_t *group);

/* Zones of a user; own 0: those of the group. The write is 20 bytes, the reply to a read 8. */
struct ghi_terminal_user_zones {
	uint32_t uid; /* of the write */
	uint16_t own, zone[3];
};
void ghi_terminal_user_zones_write(struct ghi_writer *w,
				   const struct ghi_terminal_user_zones *v);
void ghi_terminal_user_zones_reply(struct ghi_writer *w,
				   const struct ghi_terminal_user_zones *v);
GH_MUST_CHECK enum gh_err ghi_terminal_user_zones_parse(gh_slice data,
							struct ghi_terminal_user_zones *out);

/* A group: 8 bytes both ways. */
struct ghi_terminal_group {
	uint8_t group, verify; /* verify: mode without bit 7 */
	uint16_t zone[3];
	bool holidays; /* they count */
};
void ghi_terminal_group_write(struct ghi_writer *w, const struct ghi_terminal_group *v);
GH_MUST_CHECK enum gh_err ghi_terminal_group_parse(gh_slice data,
						   struct ghi_terminal_group *out);

/* A time zone: begin and end of each day, Sunday first. Written with a 32-bit index, read back
 * with one of 16. */
struct ghi_terminal_zone {
	uint32_t index;
	struct {
		uint8_t from_hour, from_minute, to_hour, to_minute;
	} day[GHI_ZONE_DAYS];
};
void ghi_terminal_zone_write(struct ghi_writer *w, const struct ghi_terminal_zone *v);
void ghi_terminal_zone_reply(struct ghi_writer *w, const struct ghi_terminal_zone *v);
GH_MUST_CHECK enum gh_err ghi_terminal_zone_parse(gh_slice data, struct ghi_terminal_zone *out);

/* Groups that open the door together: 8 bytes both ways. */
struct ghi_terminal_unlock_rule {
	uint8_t number, group[GHI_UNLOCK_GROUPS];
	uint16_t groups; /* how many count */
};
void ghi_terminal_unlock_rule_write(struct ghi_writer *w,
				    const struct ghi_terminal_unlock_rule *v);
GH_MUST_CHECK enum gh_err ghi_terminal_unlock_rule_parse(gh_slice data,
							 struct ghi_terminal_unlock_rule *out);

enum { GHI_SMS_PUBLIC = 253, GHI_SMS_PERSONAL = 254, GHI_SMS_DRAFT = 255 };

/* A short message, 71 bytes without gaps. The writer's error is GH_ETOOBIG for a long text. */
struct ghi_terminal_sms {
	uint8_t tag;
	uint16_t id, minutes; /* it is shown for */
	uint32_t start;	      /* packed time */
	char text[GHI_SMS_TEXT + 1];
};
void ghi_terminal_sms_write(struct ghi_writer *w, const struct ghi_terminal_sms *v);
GH_MUST_CHECK enum gh_err ghi_terminal_sms_parse(gh_slice data, struct ghi_terminal_sms *out);

/* UDATA_WRQ and DELETE_UDATA: this message is for that user. */
void ghi_terminal_user_sms_write(struct ghi_writer *w, uint16_t uid, uint16_t id);
GH_MUST_CHECK enum gh_err ghi_terminal_user_sms_parse(gh_slice data, uint16_t *uid,
						      uint16_t *id);

#endif
