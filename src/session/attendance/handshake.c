/* GET cdata?options=all: who the device is, and what it is told (Attendance PUSH 2020-03, 5;
 * PUSH SDK 2013, 3.2.2; QUIRKS Q12 to Q18). */
#include "wire/attendance/handshake.h"
#include "core/commands.h"
#include "session/attendance/attendance.h"

/* The newest release of the protocol that is followed. Encryption, which it also names, is
 * declined by Encrypt=0. */
#define PROTOCOL GH_LIT("2.4.1")

#define OPTIONS_WANTED                                                                   \
	GH_LIT("FingerFunOn,FaceFunOn,MultiBioDataSupport,MultiBioPhotoSupport,"         \
	       "MultiBioVersion,MaxMultiBioDataCount,MaxMultiBioPhotoCount,BioPhotoFun," \
	       "BioDataFun,VisilightFun")
#define ALL_TYPES GH_LIT("0:1:1:0:0:0:1:1:1:1")

static const struct {
	const char *table;
} stamped[] = {
	{ "ATTLOG" },  { "OPERLOG" }, { "ATTPHOTO" },
	{ "BIODATA" }, { "IDCARD" },  { "ERRORLOG" },
};

static bool below(gh_slice version, gh_slice floor)
{
	struct ghi_version v, f;

	(void)ghi_version_parse(floor, &f);
	return !ghi_version_parse(version, &v) || ghi_version_compare(&v, &f) < 0;
}

static void stamps(struct exchange *x, struct ghi_handshake *hs)
{
	for (size_t i = 0; i < sizeof(stamped) / sizeof(stamped[0]); i++) {
		gh_slice table = gh_slice_of(stamped[i].table);
		gh_slice stamp = device_stamp(x->device, table, http_arena(x->request));

		/* A device we hold nothing of sends all it has. */
		hs->stamp[hs->stamps].table = table;
		hs->stamp[hs->stamps++].stamp = stamp.n ? stamp : GH_LIT("0");
	}
}

static void reply(struct exchange *x, const struct device_row *row)
{
	const struct server_settings *s = x->server->settings;
	struct zone *zone = device_zone(x->device);
	struct ghi_version device, ours;
	uint8_t text[4096];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	struct ghi_handshake hs = {
		.sn = x->sn,
		/* Some 2.4.1 firmware asks by the old names too (QUIRKS Q14). */
		.old_stamps = true,
		/* From 2.1.1 on a list of words is understood (PUSH SDK 2013, 3.2.2). */
		.digits = below(row->push_version, GH_LIT("2.1.1")),
		.delay_s = row->delay_s > 0 ? (uint32_t)row->delay_s : s->delay_s,
		.error_delay_s = row->error_delay_s > 0 ? (uint32_t)row->error_delay_s
							: s->error_delay_s,
		.trans_interval_min = row->present >> DEVICE_trans_interval_min & 1
					      ? (uint32_t)row->trans_interval_min
					      : s->trans_interval_min,
		.trans_times =
			row->trans_times.n ? row->trans_times : gh_slice_of(s->trans_times),
		/* Everything but fingerprint images, whose form no document describes. */
		.trans_flags = ((1u << GHI_TRANS_COUNT) - 1) & ~(1u << GHI_TRANS_FP_IMAGE),
		.has_zone = true,
		.zone_offset_s = zone_offset_at(zone, x->now_ms / 1000),
		.realtime =
			row->present >> DEVICE_realtime & 1 ? row->realtime != 0 : s->realtime,
		.server_version = PROTOCOL,
	};

	zone_close(zone);
	stamps(x, &hs);
	if (ghi_version_parse(row->push_version, &device)) {
		(void)ghi_version_parse(PROTOCOL, &ours);
		hs.push_version =
			ghi_version_compare(&device, &ours) < 0 ? row->push_version : PROTOCOL;
	}
	if (!below(row->push_version, GH_LIT("2.2.14"))) {
		hs.push_options = OPTIONS_WANTED;
		hs.bio_data = hs.bio_photo = ALL_TYPES;
	}
	ghi_handshake_write(&w, &hs);
	if (w.err)
		exchange_refuse(x, 500, "the options do not fit their buffer");
	else
		exchange_text(x, ghi_written(&w));
}

static void noted(void *ctx, enum gh_err err)
{
	struct exchange *x = ctx;
	struct device_row row;

	if (err) {
		exchange_store_failed(x, err);
		return;
	}
	device_row(x->device, http_arena(x->request), &row);
	reply(x, &row);
}

void attendance_handshake(struct exchange *x)
{
	struct device_row change = {
		.push_version = exchange_param(x, "pushver"),
		.language = exchange_param(x, "language"),
		.device_type = exchange_param(x, "DeviceType"),
		.address = http_peer(x->request),
		.present = UINT64_C(1) << DEVICE_push_version | UINT64_C(1) << DEVICE_address,
	};

	/* The type decides, not the version (QUIRKS Q21). */
	if (gh_slice_ieq(change.device_type, GH_LIT("acc"))) {
		exchange_refuse(x, 406, "access control devices are not served yet");
		return;
	}
	if (change.language.n)
		change.present |= UINT64_C(1) << DEVICE_language;
	if (change.device_type.n)
		change.present |= UINT64_C(1) << DEVICE_device_type;
	command_device_restarted(x->server, x->device);
	exchange_defer(x);
	enum gh_err err = device_change(x->server, x->device, &change, noted, x);
	if (err)
		exchange_store_failed(x, err);
}
