/* POST or GET push: the options of a unit (Security PUSH 3.1.2, 4.5). */
#include "session/access/access.h"
#include "session/access/code.h"
#include "wire/access/handshake.h"
#include "wire/access/parameters.h"
#include "wire/attendance/handshake.h"

#define OUR_PROTOCOL GH_LIT("3.1.2")   /* below it a unit sends no error log (7.12) */
#define PLAIN_PROTOCOL GH_LIT("3.0.1") /* below 3.1.1 it does not encrypt (11.16) */
#define OPTIONS_TEXT 2048

/* The lower of both; one that announces none has 3.0.1 (11.13). */
static gh_slice protocol_agree(const struct device_row *row)
{
	struct ghi_version ours, its;
	gh_slice protocol = row->access.protocol;

	if (row->access.plain_only || !ghi_version_parse(protocol, &its))
		return PLAIN_PROTOCOL;
	(void)ghi_version_parse(OUR_PROTOCOL, &ours);
	return ghi_version_compare(&its, &ours) < 0 ? protocol : OUR_PROTOCOL;
}

/* Templates and photos that the server takes, by biometric type: all but the general one (3.1, 11.18). */
#define OUR_TYPES GH_LIT("0:1:1:1:1:1:1:1:1:1:1")

#define FUNCTION_COMPARISON_PHOTO 38
#define FUNCTION_BIODATA 39

static gh_slice types_agree(struct exchange *x, gh_slice unit)
{
	size_t room = 2 * unit.n + 2;
	uint8_t *to = ghi_arena_alloc(x->arena, room);
	struct ghi_writer w = ghi_writer_on(to, to ? room : 0);

	if (unit.n)
		ghi_list_agree(&w, unit, OUR_TYPES);
	return w.err ? (gh_slice){ 0 } : ghi_written(&w);
}

static void biometrics_fill(struct exchange *x, gh_slice parameters,
			    struct ghi_server_options *o)
{
	gh_slice functions = access_parameter(parameters, "AccSupportFunList");

	if (ghi_flags_has(functions, FUNCTION_COMPARISON_PHOTO))
		o->bio_photo = 1;
	if (ghi_flags_has(functions, FUNCTION_BIODATA))
		o->bio_data = 1;
	o->multi_bio_data = types_agree(x, access_parameter(parameters, "MultiBioDataSupport"));
	o->multi_bio_photo =
		types_agree(x, access_parameter(parameters, "MultiBioPhotoSupport"));
}

void access_options_fill(struct exchange *x, const struct device_row *row, bool registered,
			 struct ghi_server_options *o)
{
	const struct server_settings *s = x->server->settings;
	gh_slice parameters = row->access.parameters;

	ghi_server_options_clear(o);
	if (registered)
		o->registry_code = row->access.registry_code;
	o->server_version = OUR_PROTOCOL;
	o->server_name = GH_LIT("Gatehouse");
	o->protocol = o->push_version = protocol_agree(row);
	o->error_delay_s = row->attendance.error_delay_s > 0 ? row->attendance.error_delay_s
							     : s->error_delay_s;
	o->request_delay_s = row->attendance.delay_s > 0 ? row->attendance.delay_s : 2;
	o->trans_times = row->attendance.trans_times.n ? row->attendance.trans_times
						       : GH_LIT("00:00;14:00");
	o->trans_interval_min = model_has(row, DEVICE_trans_interval_min)
					? row->attendance.trans_interval_min
					: 1;
	o->trans_tables = GH_LIT("User Transaction");
	o->realtime = model_has(row, DEVICE_realtime) ? row->attendance.realtime != 0 : 1;
	o->session_id = row->access.session_id;
	o->timeout_s = 10;
	o->push_options = 1;
	biometrics_fill(x, parameters, o);
	if (!gh_slice_eq(row->access.verify_style, GH_LIT("old")))
		o->verify_styles = access_parameter(parameters, "NewVFStyles");
	if (row->access.qr_type > 0)
		o->qr_type = row->access.qr_type;
	o->qr_key = row->access.qr_key;
	o->security_level = access_parameter(parameters, "DevNSLevel");
	if (ghi_parameters_number(parameters, "IRTempDetectionFunOn", 0) == 1)
		o->fahrenheit = 0; /* degrees are Celsius in both fields of an event (7.2) */
}

/* The same without the codes. */
static gh_slice options_shown(struct exchange *x, const struct ghi_server_options *o)
{
	uint8_t *text = ghi_arena_alloc(x->arena, OPTIONS_TEXT);
	struct ghi_writer w = ghi_writer_on(text, text ? OPTIONS_TEXT : 0);
	struct ghi_server_options shown = *o;

	if (o->registry_code.n)
		shown.registry_code = GH_LIT("***");
	if (o->session_id.n)
		shown.session_id = GH_LIT("***");
	if (o->qr_key.n)
		shown.qr_key = GH_LIT("***");
	ghi_server_options_write(&w, &shown);
	return w.err ? GH_LIT("***") : ghi_written(&w);
}

void access_options_reply(struct exchange *x, const struct ghi_server_options *o)
{
	uint8_t text[OPTIONS_TEXT];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	x->shown_reply = options_shown(x, o);
	ghi_server_options_write(&w, o);
	if (w.err)
		exchange_refuse(x, 500, "the options do not fit their buffer");
	else
		exchange_text(x, ghi_written(&w));
}

static void configuration_reply(struct exchange *x)
{
	struct ghi_server_options o;
	struct device_row row;

	if (x->err) {
		exchange_store_failed(x, x->err);
		return;
	}
	device_row(x->device, x->arena, &row);
	access_options_fill(x, &row, false, &o);
	access_options_reply(x, &o);
}

void access_configuration(struct exchange *x)
{
	struct device_row row, change = { .id = 0 };

	device_row(x->device, x->arena, &row);
	if (access_answer_of(x) == ACCESS_ANSWER_CONFIGURE) {
		change.access.registration = DEVICE_CONFIGURED;
		change.access.configured_ms = x->now_ms;
		device_fields_add(&change.present,
				  DEVICE_FIELDS_OF(DEVICE_registration, DEVICE_configured_ms));
	}
	if (row.access.session_id.n == 0) {
		change.access.session_id = access_session_make(x->arena);
		model_mark(&change, DEVICE_session_id);
	}
	if (device_fields_empty(change.present)) {
		configuration_reply(x);
		return;
	}
	if (x->arena->failed) {
		exchange_store_failed(x, GH_ENOMEM);
		return;
	}
	if (!exchange_defer(x)) {
		exchange_drop(x);
		return;
	}
	x->next = configuration_reply;
	enum gh_err err = device_change(x->server, x->device, &change, exchange_done, x);
	if (err)
		exchange_store_failed(x, err);
}
