/* GET cdata?options=all: the identity of the device, and its options (Attendance PUSH 2020-03,
 * 5; PUSH SDK 2013, 3.2.2; QUIRKS Q12 to Q18). */
#include <stdlib.h>

#include "core/commands.h"
#include "core/device_options.h"
#include "model/biometric_type.h"
#include "session/attendance/attendance.h"
#include "wire/attendance/handshake.h"

/* The newest supported release of the protocol. Encryption, which it has as well, is declined by
 * Encrypt=0. */
#define PROTOCOL GH_LIT("2.4.1")

#define OPTIONS_WANTED                                                                   \
	GH_LIT("FingerFunOn,FaceFunOn,MultiBioDataSupport,MultiBioPhotoSupport,"         \
	       "MultiBioVersion,MaxMultiBioDataCount,MaxMultiBioPhotoCount,BioPhotoFun," \
	       "BioDataFun,VisilightFun")
#define ALL_TYPES GH_LIT(BIOMETRIC_TYPES_TAKEN)

static const struct {
	const char *table;
} stamped[] = {
	{ "ATTLOG" },  { "OPERLOG" }, { "ATTPHOTO" },
	{ "BIODATA" }, { "IDCARD" },  { "ERRORLOG" },
};

static bool version_below(gh_slice version, gh_slice floor)
{
	struct ghi_version v, f;

	(void)ghi_version_parse(floor, &f);
	return !ghi_version_parse(version, &v) || ghi_version_compare(&v, &f) < 0;
}

static void stamps_add(struct exchange *x, struct ghi_handshake *hs)
{
	for (size_t i = 0; i < sizeof(stamped) / sizeof(stamped[0]); i++) {
		gh_slice table = gh_slice_of(stamped[i].table);
		gh_slice stamp = device_stamp(x->device, table, x->arena);

		/* A device without stored stamps sends all its records. */
		hs->stamp[hs->stamps].table = table;
		hs->stamp[hs->stamps++].stamp = stamp.n ? stamp : GH_LIT("0");
	}
}

/* The options for the device, and its previous ones. In the request's arena. */
struct options_reply {
	struct device_options options;
	struct device_row before;
};

/* Where the reply breaks off, the clock runs on as it did. */
struct options_before {
	struct server *server;
	struct device *device;
	struct device_row row;
	struct arena arena;
};

static void options_reply_end(void *user, bool sent)
{
	struct options_before *b = user;

	if (!sent && device_change(b->server, b->device, &b->row, NULL, NULL))
		LOG(b->server->log, LOG_WARNING, "device may not have read its options",
		    { "sn", device_sn(b->device) });
	device_unref(b->device);
	ghi_arena_clear(&b->arena);
	free(b);
}

/* Without memory it counts as sent. */
static void options_reply_watch(struct exchange *x)
{
	const struct device_row *row = &((const struct options_reply *)x->state)->before;
	struct options_before *b = calloc(1, sizeof(*b));

	if (b == NULL)
		return;
	b->server = x->server;
	b->device = device_ref(x->device);
	b->row = (struct device_row){
		.present = DEVICE_FIELDS_OF(DEVICE_clock_zone, DEVICE_options_sent_ms,
					    DEVICE_options_sent_offset_s, DEVICE_options_sent),
		.clock_zone = ghi_arena_copy(&b->arena, row->clock_zone),
		.attendance = { .options_sent_ms = row->attendance.options_sent_ms,
				.options_sent_offset_s = row->attendance.options_sent_offset_s,
				.options_sent = ghi_arena_copy(&b->arena,
							       row->attendance.options_sent) },
	};
	x->transport->watch(x->link, b, options_reply_end);
}

static void options_reply(struct exchange *x, const struct device_row *row)
{
	const struct device_options *o = &((const struct options_reply *)x->state)->options;
	struct ghi_version device, ours;
	uint8_t text[4096];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	struct ghi_handshake hs = {
		.sn = x->sn,
		/* Some 2.4.1 firmware uses the old names, too (QUIRKS Q14). */
		.old_stamps = true,
		/* From 2.1.1 on a list of words is accepted (PUSH SDK 2013, 3.2.2). */
		.digits = version_below(row->attendance.push_version, GH_LIT("2.1.1")),
		.delay_s = o->delay_s,
		.error_delay_s = o->error_delay_s,
		.trans_interval_min = o->trans_interval_min,
		.trans_times = o->trans_times,
		/* Everything except fingerprint images, whose format no document describes. */
		.trans_flags = ((1u << GHI_TRANS_COUNT) - 1) & ~(1u << GHI_TRANS_FP_IMAGE),
		.has_zone = true,
		.zone_offset_s = o->zone_offset_s,
		.realtime = o->realtime,
		.server_version = PROTOCOL,
	};

	stamps_add(x, &hs);
	if (ghi_version_parse(row->attendance.push_version, &device)) {
		(void)ghi_version_parse(PROTOCOL, &ours);
		hs.push_version = ghi_version_compare(&device, &ours) < 0
					  ? row->attendance.push_version
					  : PROTOCOL;
	}
	if (!version_below(row->attendance.push_version, GH_LIT("2.2.14"))) {
		hs.push_options = OPTIONS_WANTED;
		hs.bio_data = hs.bio_photo = ALL_TYPES;
		/* Attendance PUSH 2020-03, 5; older documents do not have it. */
		hs.photo_base64 = x->server->settings->photo_base64;
	}
	ghi_handshake_write(&w, &hs);
	options_reply_watch(x);
	if (w.err)
		exchange_refuse(x, 500, "the options do not fit their buffer");
	else
		exchange_text(x, ghi_written(&w));
	if (w.err == GH_OK)
		device_resend_given(x->device);
}

static void handshake_stored(struct exchange *x)
{
	struct device_row row;

	if (x->err) {
		exchange_store_failed(x, x->err);
		return;
	}
	device_row(x->device, x->arena, &row);
	options_reply(x, &row);
}

/* Its options, and the record that it got them. */
static bool options_reply_begin(struct exchange *x, struct device_row *change)
{
	struct options_reply *t = ghi_arena_alloc(x->arena, sizeof(*t));
	char *text = ghi_arena_alloc(x->arena, DEVICE_OPTIONS_TEXT);

	if (t == NULL || text == NULL)
		return false;
	device_row(x->device, x->arena, &t->before);
	device_options_now(x->server, x->device, &t->before, x->now_ms, &t->options);
	device_options_sent(change, &t->options, device_options_print(&t->options, text),
			    x->now_ms);
	x->state = t;
	return true;
}

void attendance_handshake(struct exchange *x)
{
	struct device_row change = {
		.attendance = { .push_version = exchange_param(x, "pushver"),
				.language = exchange_param(x, "language") },
		.device_type = exchange_param(x, "DeviceType"),
		.address = exchange_peer(x),
		.proven_address = exchange_peer(x),
		.present = DEVICE_FIELDS_OF(DEVICE_push_version, DEVICE_address),
	};

	if (device_has_key(x->device))
		model_mark(&change, DEVICE_proven_address);
	if (change.attendance.language.n)
		model_mark(&change, DEVICE_language);
	if (change.device_type.n)
		model_mark(&change, DEVICE_device_type);
	if (!options_reply_begin(x, &change) || x->arena->failed) {
		exchange_store_failed(x, GH_ENOMEM);
		return;
	}
	command_device_restarted(x->server, x->device);
	if (!exchange_defer(x)) {
		exchange_drop(x);
		return;
	}
	x->next = handshake_stored;
	enum gh_err err = device_change(x->server, x->device, &change, exchange_done, x);
	if (err)
		exchange_store_failed(x, err);
}
