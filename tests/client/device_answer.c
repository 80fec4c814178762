/* The answers of the device when it is not set to misbehave. */
#include "device.h"

#include <assert.h>
#include <stdlib.h>

#include "wire/terminal/auth.h"
#include "wire/terminal/code.h"
#include "wire/terminal/oplog.h"
#include "wire/terminal/option.h"
#include "wire/terminal/packed_time.h"
#include "wire/terminal/request.h"
#include "wire/terminal/sizes.h"
#include "wire/terminal/template.h"
#include "wire/terminal/upload.h"
#include "wire/terminal/user.h"

enum { FIRST_SESSION = 0x6BA0 };

static void reply_ok(struct device *d)
{
	device_reply(d, GH_ACK_OK, d->session, NULL, 0);
}

static void reply_error(struct device *d, uint16_t code)
{
	device_reply(d, code, d->session, NULL, 0);
}

/* Tables. */

static gh_slice users_table(struct device *d)
{
	struct ghi_writer w = ghi_writer_on(d->scratch, DEVICE_SCRATCH);

	ghi_put_u32(&w, (uint32_t)(d->n_users * d->user_size));
	for (size_t i = 0; i < d->n_users; i++)
		ghi_terminal_user_write(&w, &d->users[i], d->user_size);
	assert(w.err == GH_OK);
	return ghi_written(&w);
}

static gh_slice templates_table(struct device *d)
{
	struct ghi_writer w = ghi_writer_on(d->scratch, DEVICE_SCRATCH);
	uint8_t *head = w.p;
	uint32_t n;

	ghi_put_u32(&w, 0);
	for (size_t i = 0; i < d->n_templates; i++)
		ghi_terminal_template_write(&w, &d->templates[i]);
	n = (uint32_t)(w.n - 4);
	w.n = 0;
	ghi_put_u32(&w, n);
	return (gh_slice){ head, n + 4 };
}

static gh_slice oplog_table(struct device *d)
{
	struct ghi_writer w = ghi_writer_on(d->scratch, DEVICE_SCRATCH);

	ghi_put_u32(&w, (uint32_t)(d->n_oplogs * 16));
	for (size_t i = 0; i < d->n_oplogs; i++)
		ghi_terminal_oplog_write(&w, &d->oplogs[i]);
	return ghi_written(&w);
}

static bool table_of(struct device *d, uint16_t command, uint32_t table, gh_slice *out)
{
	static const uint8_t empty[4];

	if (command == GH_CMD_ATTLOG_RRQ || (command == GH_CMD_DB_RRQ && table == 1))
		*out = d->punches ? (gh_slice){ d->punches, d->punches_bytes }
				  : (gh_slice){ empty, 4 };
	else if (command == GH_CMD_USERTEMP_RRQ || (command == GH_CMD_DB_RRQ && table == 5))
		*out = users_table(d);
	else if (command == GH_CMD_DB_RRQ && table == 2)
		*out = templates_table(d);
	else if (command == GH_CMD_OPLOG_RRQ)
		*out = oplog_table(d);
	else
		return false;
	return true;
}

static void reply_prepare(struct device *d, const struct ghi_terminal_frame *f)
{
	struct ghi_terminal_prepare p;
	uint8_t b[16];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	gh_slice table;

	if (d->mute_buffered)
		return;
	if (d->no_buffered || ghi_terminal_prepare_parse(f->data, &p) ||
	    !table_of(d, p.command, p.table, &table)) {
		reply_error(d, GH_ACK_UNKNOWN);
		return;
	}
	if (table.n <= d->inline_max) {
		device_reply(d, GH_CMD_DATA, d->session, table.p, table.n);
		return;
	}
	d->table = table.p;
	d->table_n = table.n;
	ghi_terminal_prepared_write(&w, (uint32_t)table.n);
	device_reply(d, GH_ACK_OK, d->session, b, w.n);
}

static void reply_window(struct device *d, const struct ghi_terminal_frame *f)
{
	struct ghi_terminal_window v;

	if (d->table == NULL || ghi_terminal_window_parse(f->data, &v) || v.offset > d->table_n)
		reply_error(d, GH_ACK_ERROR);
	else
		device_stream(d, d->table + v.offset,
			      v.size < d->table_n - v.offset ? v.size : d->table_n - v.offset);
}

/* The rest of the commands. */

static void reply_login(struct device *d, const struct ghi_terminal_frame *f)
{
	if (f->command == GH_CMD_CONNECT) {
		d->session = FIRST_SESSION;
		d->connected = d->comm_key == 0;
	} else {
		d->connected = f->data.n == 4 &&
			       ghi_terminal_auth_fits(f->data.p, d->comm_key, d->session);
	}
	reply_error(d, d->connected ? GH_ACK_OK : GH_ACK_UNAUTH);
}

static void reply_sizes(struct device *d)
{
	uint8_t b[92];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	struct gh_counters c = { .users = (int32_t)d->n_users,
				 .punches = (int32_t)d->n_punches,
				 .templates = (int32_t)d->n_templates,
				 .users_capacity = 3000 };

	ghi_terminal_sizes_write(&w, &c, true);
	device_reply(d, GH_ACK_OK, d->session, b, d->lie_counters ? 4 : w.n);
}

static void read_option(struct device *d, const struct ghi_terminal_frame *f)
{
	uint8_t b[128];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	char name[64] = "";
	const char *value;

	memcpy(name, f->data.p, f->data.n < 63 ? f->data.n : 63);
	value = device_option_of(d, name);
	if (value == NULL) {
		reply_error(d, GH_ACK_ERROR);
		return;
	}
	ghi_terminal_option_write(&w, gh_slice_of(name), gh_slice_of(value));
	device_reply(d, GH_ACK_OK, d->session, b, w.n);
}

static void write_option(struct device *d, const struct ghi_terminal_frame *f)
{
	gh_slice name, value;
	char n[32] = "", v[64] = "";

	if (!ghi_terminal_option_split(f->data, &name, &value)) {
		reply_error(d, GH_ACK_ERROR);
		return;
	}
	memcpy(n, name.p, name.n < 31 ? name.n : 31);
	if (value.n)
		memcpy(v, value.p, value.n < 63 ? value.n : 63);
	device_option(d, n, v);
	reply_ok(d);
}

static void write_user(struct device *d, const struct ghi_terminal_frame *f)
{
	struct gh_user u;

	if (f->data.n != d->user_size || ghi_terminal_user_parse(f->data, &u)) {
		reply_error(d, GH_ACK_ERROR);
		return;
	}
	for (size_t i = 0; i < d->n_users; i++)
		if (d->users[i].uid == u.uid) {
			d->users[i] = u;
			reply_ok(d);
			return;
		}
	assert(d->n_users < DEVICE_USERS);
	d->users[d->n_users++] = u;
	reply_ok(d);
}

static void delete_user(struct device *d, const struct ghi_terminal_frame *f)
{
	uint16_t uid = 0;

	if (ghi_terminal_uid_parse(f->data, &uid) == GH_OK)
		for (size_t i = 0; i < d->n_users; i++)
			if (d->users[i].uid == uid) {
				d->users[i] = d->users[--d->n_users];
				reply_ok(d);
				return;
			}
	reply_error(d, GH_ACK_ERROR);
}

static struct gh_template *find_template(struct device *d, uint16_t uid, uint8_t finger)
{
	for (size_t i = 0; i < d->n_templates; i++)
		if (d->templates[i].uid == uid && d->templates[i].finger == finger)
			return &d->templates[i];
	return NULL;
}

static void drop_template(struct device *d, struct gh_template *t)
{
	if (t == NULL) {
		reply_error(d, GH_ACK_ERROR);
		return;
	}
	*t = d->templates[--d->n_templates];
	reply_ok(d);
}

static void delete_template(struct device *d, const struct ghi_terminal_frame *f)
{
	struct ghi_terminal_pin_finger v;
	uint16_t uid = 0;
	uint8_t finger = 0;

	if (f->command == GH_CMD_DELETE_USERTEMP) {
		if (ghi_terminal_finger_parse(f->data, &uid, &finger))
			uid = 0;
	} else if (ghi_terminal_pin_finger_parse(f->data, &v) == GH_OK) {
		finger = v.finger;
		for (size_t i = 0; i < d->n_users; i++)
			if (strcmp(d->users[i].pin, v.pin) == 0)
				uid = d->users[i].uid;
	}
	drop_template(d, find_template(d, uid, finger));
}

static void read_template(struct device *d, const struct ghi_terminal_frame *f)
{
	struct gh_template *t = NULL;
	uint16_t uid;
	uint8_t finger, b[4096] = { 0 };

	if (ghi_terminal_finger_parse(f->data, &uid, &finger) == GH_OK)
		t = find_template(d, uid, finger);
	if (t == NULL) {
		reply_error(d, GH_NO_FINGER);
		return;
	}
	memcpy(b, t->data, t->size);
	b[t->size + 6] = 1;
	device_stream(d, b, t->size + 7u);
}

static void store_template(struct device *d, const struct ghi_terminal_frame *f)
{
	struct ghi_terminal_store s;

	if (ghi_terminal_store_parse(f->data, &s) || s.size != d->uploaded_n) {
		reply_error(d, GH_ACK_ERROR);
		return;
	}
	assert(d->n_templates < DEVICE_TEMPLATES);
	d->templates[d->n_templates++] = (struct gh_template){ .uid = s.uid,
							       .finger = s.finger,
							       .flag = s.flag,
							       .size = s.size,
							       .data = d->uploaded };
	reply_ok(d);
}

static void save_users(struct device *d)
{
	struct ghi_terminal_upload up;
	struct gh_user u;
	struct gh_template t;

	if (ghi_terminal_upload_parse((gh_slice){ d->uploaded, d->uploaded_n }, &up)) {
		reply_error(d, GH_ACK_ERROR);
		return;
	}
	while (ghi_terminal_upload_next_user(&up, &u) && d->n_users < DEVICE_USERS)
		d->users[d->n_users++] = u;
	while (ghi_terminal_upload_next_template(&up, &t) && d->n_templates < DEVICE_TEMPLATES)
		d->templates[d->n_templates++] = t;
	reply_ok(d);
}

static void reply_upload(struct device *d, const struct ghi_terminal_frame *f)
{
	uint32_t size = 0;

	if (f->command == GH_CMD_PREPARE_DATA) {
		if (ghi_terminal_announce_parse(f->data, &size) == GH_OK)
			d->upload_size = size;
		d->uploaded_n = 0;
	} else if (d->uploaded_n + f->data.n <= sizeof(d->uploaded)) {
		memcpy(d->uploaded + d->uploaded_n, f->data.p, f->data.n);
		d->uploaded_n += f->data.n;
	}
	reply_ok(d);
}

static void clock_command(struct device *d, const struct ghi_terminal_frame *f)
{
	uint8_t b[4];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	uint32_t code;

	if (f->command == GH_CMD_GET_TIME) {
		ghi_put_u32(&w, ghi_terminal_time_pack(d->clock));
		device_reply(d, GH_ACK_OK, d->session, b, 4);
	} else if (ghi_terminal_number_parse(f->data, &code) == GH_OK) {
		d->clock = ghi_terminal_time_unpack(code);
		reply_ok(d);
	}
}

static void reply_photo(struct device *d)
{
	const char *sdk = device_option_of(d, "SDKBuild");

	if (sdk && strcmp(sdk, "0") == 0)
		reply_error(d, GH_NO_FUNCTION);
	else if (d->photo)
		device_stream(d, d->photo, d->photo_size);
	else
		reply_error(d, GH_NO_PHOTO);
}

void device_answer(struct device *d, const struct ghi_terminal_frame *f)
{
	static const uint8_t width = 9, open = 1;
	gh_slice table;

	if (f->command != GH_CMD_CONNECT && f->command != GH_CMD_AUTH && !d->connected) {
		reply_error(d, GH_ACK_UNAUTH);
		return;
	}
	switch (f->command) {
	case GH_CMD_CONNECT:
	case GH_CMD_AUTH:
		reply_login(d, f);
		break;
	case GH_CMD_EXIT:
		reply_ok(d);
		d->connected = false;
		break;
	case GH_CMD_ENABLEDEVICE:
	case GH_CMD_DISABLEDEVICE:
		d->disabled = f->command == GH_CMD_DISABLEDEVICE;
		reply_ok(d);
		break;
	case GH_CMD_PREPARE_BUFFER:
		reply_prepare(d, f);
		break;
	case GH_CMD_READ_BUFFER:
		reply_window(d, f);
		break;
	case GH_CMD_FREE_DATA:
		d->table = NULL;
		reply_ok(d);
		break;
	case GH_CMD_ATTLOG_RRQ:
	case GH_CMD_OPLOG_RRQ:
		if (table_of(d, f->command, 0, &table))
			device_stream(d, table.p, table.n);
		break;
	case GH_CMD_USERTEMP_RRQ:
		if (f->data.n == 1) {
			table = users_table(d);
			device_stream(d, table.p, table.n);
		} else {
			read_template(d, f);
		}
		break;
	case GH_CMD_GET_FREE_SIZES:
		reply_sizes(d);
		break;
	case GH_CMD_OPTIONS_RRQ:
		read_option(d, f);
		break;
	case GH_CMD_OPTIONS_WRQ:
		write_option(d, f);
		break;
	case GH_CMD_USER_WRQ:
		write_user(d, f);
		break;
	case GH_CMD_DELETE_USER:
		delete_user(d, f);
		break;
	case GH_CMD_DELETE_USERTEMP:
	case GH_CMD_DEL_USER_TEMP:
		delete_template(d, f);
		break;
	case GH_CMD_GET_USERTEMP:
		read_template(d, f);
		break;
	case GH_CMD_PREPARE_DATA:
	case GH_CMD_DATA:
		reply_upload(d, f);
		break;
	case GH_CMD_TMP_WRITE:
		store_template(d, f);
		break;
	case GH_CMD_SAVE_USERTEMPS:
		save_users(d);
		break;
	case GH_CMD_GET_TIME:
	case GH_CMD_SET_TIME:
		clock_command(d, f);
		break;
	case GH_CMD_GET_VERSION:
		device_reply(d, GH_ACK_OK, d->session, "Ver 6.60 Apr 28 2015", 21);
		break;
	case GH_CMD_GET_PINWIDTH:
		device_reply(d, GH_ACK_OK, d->session, &width, 1);
		break;
	case GH_CMD_DOORSTATE_RRQ:
		device_reply(d, GH_ACK_OK, d->session, &open, 1);
		break;
	case GH_CMD_STATE_RRQ:
		reply_error(d, GH_ACK_OK);
		break;
	case GH_CMD_DOWNLOAD_PHOTO:
		reply_photo(d);
		break;
	case GH_CMD_REG_EVENT:
		if (ghi_terminal_number_parse(f->data, &d->event_mask) == GH_OK)
			reply_ok(d);
		break;
	case GH_CMD_VERIFY_RRQ:
		device_reply(d, GH_ACK_OK, d->session, "\1\0\x81", 3);
		break;
	case GH_CMD_GET_USER_FACE:
		reply_error(d, GH_ACK_ERROR);
		break;
	default:
		if (ghi_terminal_command_name(f->command))
			reply_ok(d);
		else
			reply_error(d, GH_ACK_UNKNOWN);
		break;
	}
}
