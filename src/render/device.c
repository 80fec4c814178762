#include "render/device.h"

static const char *device_state_word(size_t i)
{
	return i < DEVICE_STATES ? device_state_name((enum device_state)i) : NULL;
}

static const char *device_contact_word(size_t i)
{
	return i < DEVICE_CONTACTS ? device_contact_name((enum device_contact)i) : NULL;
}

/* A number that was never set is the default, whatever the row holds. */
static struct value device_setting(const void *row, enum device_field number,
				   enum value_kind kind, int64_t n)
{
	const struct device_view *v = row;

	return model_has(&v->row, number) ? value_of(kind, n) : value_null();
}

static struct value device_delay(const struct field *f, const void *row)
{
	const struct device_view *v = row;

	return device_setting(row, DEVICE_delay_s, f->kind, v->row.attendance.delay_s);
}

static struct value device_error_delay(const struct field *f, const void *row)
{
	const struct device_view *v = row;

	return device_setting(row, DEVICE_error_delay_s, f->kind,
			      v->row.attendance.error_delay_s);
}

static struct value device_trans_interval(const struct field *f, const void *row)
{
	const struct device_view *v = row;

	return device_setting(row, DEVICE_trans_interval_min, f->kind,
			      v->row.attendance.trans_interval_min);
}

static struct value device_realtime(const struct field *f, const void *row)
{
	const struct device_view *v = row;

	return device_setting(row, DEVICE_realtime, f->kind, v->row.attendance.realtime);
}

static struct value device_remote_attendance(const struct field *f, const void *row)
{
	const struct device_view *v = row;

	return device_setting(row, DEVICE_remote_attendance, f->kind,
			      v->row.attendance.remote_attendance);
}

static struct value device_compare(const struct field *f, const void *row)
{
	const struct device_view *v = row;
	int64_t hours = v->row.attendance.compare_h;

	return hours < 0 ? value_null() : device_setting(row, DEVICE_compare_h, f->kind, hours);
}

static struct value device_batch_bytes(const struct field *f, const void *row)
{
	const struct device_view *v = row;
	int64_t bytes = v->row.attendance.batch_bytes;

	return bytes > 0 ? device_setting(row, DEVICE_batch_bytes, f->kind, bytes)
			 : value_null();
}

static struct value device_mobile_network(const struct field *f, const void *row)
{
	const struct device_view *v = row;

	return device_setting(row, DEVICE_mobile, f->kind, v->row.attendance.mobile);
}

static struct value device_background_verification(const struct field *f, const void *row)
{
	const struct device_view *v = row;

	return device_setting(row, DEVICE_background_verification, f->kind,
			      v->row.attendance.background_verification);
}

static struct value device_read_interval(const struct field *f, const void *row)
{
	const struct device_view *v = row;
	int64_t s = v->row.terminal.read_interval_s;

	if (v->row.terminal.call_address.n == 0)
		return value_null();
	return value_of(f->kind, s > 0 ? s : DEVICE_READ_INTERVAL_S);
}

static struct value device_complete_to(const struct field *f, const void *row)
{
	const struct comparison *c = &((const struct device_view *)row)->comparison;

	return c->complete_to == GHI_CIVIL_NONE ? value_null()
						: value_of(f->kind, c->complete_to);
}

static const char *device_complete_word(size_t i)
{
	return comparison_way_name((enum comparison_way)i);
}

static struct value device_complete_by(const struct field *f, const void *row)
{
	const struct comparison *c = &((const struct device_view *)row)->comparison;
	int64_t way = c->complete_to == GHI_CIVIL_NONE ? COMPARISON_NONE : c->complete_by;
	const char *word = device_complete_word((size_t)way);

	(void)f;
	return value_text(gh_slice_of(word ? word : "none"));
}

static struct value device_clock_off(const struct field *f, const void *row)
{
	const struct device_view *v = row;

	return v->clock_known ? value_of(f->kind, v->clock_offset_s) : value_null();
}

static struct value device_clock_is_off(const struct field *f, const void *row)
{
	const struct device_view *v = row;

	return v->clock_known ? value_of(f->kind, v->clock_wrong) : value_null();
}

static struct value device_log_share(const struct field *f, const void *row)
{
	const struct device_view *v = row;

	return v->log_used >= 0 ? value_of(f->kind, v->log_used) : value_null();
}

static const char *device_clock_word(size_t i)
{
	static const char *const word[] = { "auto", "off", "local", "utc" };

	return i < sizeof(word) / sizeof(word[0]) ? word[i] : NULL;
}

static struct value device_clock_policy(const struct field *f, const void *row)
{
	(void)f;
	return value_text_if(((const struct device_view *)row)->row.clock);
}

static const char *device_clock_form_word(size_t i)
{
	return i == 0 ? "utc" : NULL;
}

static struct value device_clock_form(const struct field *f, const void *row)
{
	(void)f;
	return value_text_if(((const struct device_view *)row)->row.access.clock_form);
}

static struct value device_qr_type(const struct field *f, const void *row)
{
	int64_t type = ((const struct device_view *)row)->row.access.qr_type;

	return type > 0 ? value_of(f->kind, type) : value_null();
}

static struct value device_has_qr_key(const struct field *f, const void *row)
{
	return value_of(f->kind, ((const struct device_view *)row)->row.access.qr_key.n > 0);
}

static const char *device_registration_word(size_t i)
{
	return i < DEVICE_REGISTRATIONS ? device_registration_name((enum device_registration)i)
					: NULL;
}

static struct value device_registration_shown(const struct field *f, const void *row)
{
	const struct device_row *r = &((const struct device_view *)row)->row;
	enum device_registration to = (enum device_registration)r->access.registration;

	(void)f;
	return device_dialect_of(r->dialect) == DEVICE_ACCESS
		       ? value_text_if(gh_slice_of(device_registration_name(to)))
		       : value_null();
}

static const char *device_sub_step_word(size_t i)
{
	return i < DEVICE_SUB_STEPS ? device_sub_step_name((enum device_sub_step)i) : NULL;
}

static struct value device_sub_step_shown(const struct field *f, const void *row)
{
	const struct device_access *a = &((const struct device_view *)row)->row.access;
	const char *word = device_sub_step_word((size_t)a->sub_step);

	(void)f;
	return a->parent.n && word ? value_text_if(gh_slice_of(word)) : value_null();
}

static struct value device_sub_reached(const struct field *f, const void *row)
{
	const struct device_access *a = &((const struct device_view *)row)->row.access;

	return a->parent.n ? value_of(f->kind, a->sub_online == 1) : value_null();
}

static const char *device_token_word(size_t i)
{
	static const char *const word[] = { "off", "log", "strict" };

	return i < sizeof(word) / sizeof(word[0]) ? word[i] : NULL;
}

static struct value device_token_policy(const struct field *f, const void *row)
{
	(void)f;
	return value_text_if(((const struct device_view *)row)->row.access.access_token);
}

static const char *device_sync_word(size_t i)
{
	return sync_policy_name((enum sync_policy)i);
}

static struct value device_sync(const struct field *f, const void *row)
{
	(void)f;
	return value_text_if(((const struct device_view *)row)->row.access.sync);
}

static struct value device_batch(const struct field *f, const void *row)
{
	const struct device_view *v = row;

	return device_setting(row, DEVICE_batch_commands, f->kind,
			      v->row.access.batch_commands);
}

static struct value device_rows_per_command(const struct field *f, const void *row)
{
	const struct device_view *v = row;
	int64_t rows = v->row.access.rows_per_command;

	return rows <= 0 ? value_null()
			 : device_setting(row, DEVICE_rows_per_command, f->kind, rows);
}

static struct value device_has_cards_turned(const struct field *f, const void *row)
{
	return value_of(f->kind,
			((const struct device_view *)row)->row.access.cards_turned == 1);
}

static struct value device_operator(const struct field *f, const void *row)
{
	const struct device_view *v = row;
	int64_t byte = v->row.access.operator_byte;

	return byte < 0 ? value_null()
			: device_setting(row, DEVICE_operator_byte, f->kind, byte);
}

static struct value device_woken(const struct field *f, const void *row)
{
	return value_of(f->kind, ((const struct device_view *)row)->row.udp_wake == 1);
}

static struct value device_live(const struct field *f, const void *row)
{
	const struct device_view *v = row;

	return v->row.terminal.call_address.n ? value_of(f->kind, v->row.terminal.live != 0)
					      : value_null();
}

static struct value device_has_comm_key(const struct field *f, const void *row)
{
	const struct device_view *v = row;

	return value_of(f->kind, v->row.comm_key.n > 0);
}

static struct value device_expected(const struct field *f, const void *row)
{
	const struct device_view *v = row;

	return value_of(f->kind, v->row.announced_ms > 0 && v->row.seen_ms == 0);
}

#define ROW struct device_view
static const struct field device_field[] = {
#include "render/device.def"
};
#undef ROW

const struct fields device_fields = { "Device", device_field,
				      sizeof(device_field) / sizeof(device_field[0]), NULL };
