/* Users, templates and logs: what is written, deleted and cleared. */
#include "sim/terminal/command.h"
#include "wire/terminal/request.h"
#include "wire/terminal/template.h"
#include "wire/terminal/text.h"
#include "wire/terminal/upload.h"
#include "wire/terminal/user.h"

/* What a request of CLEAR_DATA erases (terminal digest 6.2). */
enum { KIND_ALL = 0, KIND_PUNCHES = 1, KIND_TEMPLATES = 2, KIND_OPLOG = 4, KIND_USERS = 5 };

enum {
	OP_USER_DELETED = 9,
	OP_FINGER_DELETED = 10,
	OP_CLEARED = 13,
	OP_PUNCHES_CLEARED = 23,
	OP_ADMINS_CLEARED = 24,
	OP_USER = 30,
	PAD = 6
};

static struct term_user *request_user(struct term_link *l, gh_slice data)
{
	uint16_t uid;

	return ghi_terminal_uid_parse(data, &uid) ? NULL
						  : term_users_uid(&l->device->users, uid);
}

static void answer_done(struct term_link *l, bool done)
{
	if (done)
		term_answer_ok(l);
	else
		term_answer_error(l);
}

/* --- users --- */

void term_user_write(struct term_link *l, const struct ghi_terminal_frame *f)
{
	struct term_device *d = l->device;
	struct gh_user u;

	if (f->data.n != d->plan->user_size || ghi_terminal_user_parse(f->data, &u) ||
	    term_users_put(&d->users, &u)) {
		term_answer_error(l);
		return;
	}
	term_device_oplog(d, OP_USER, u.uid, 0);
	term_answer_ok(l);
}

void term_user_delete(struct term_link *l, const struct ghi_terminal_frame *f)
{
	struct term_user *u = request_user(l, f->data);
	uint16_t uid = u ? u->record.uid : 0;

	if (u) {
		term_users_delete(&l->device->users, uid);
		term_device_oplog(l->device, OP_USER_DELETED, uid, 0);
	}
	answer_done(l, u != NULL);
}

void term_admins_clear(struct term_link *l, const struct ghi_terminal_frame *f)
{
	struct term_users *u = &l->device->users;
	(void)f;

	for (uint32_t i = 0; i < u->list->len; i++)
		term_users_at(u, i)->record.privilege &= GH_PRIVILEGE_DISABLED;
	term_device_oplog(l->device, OP_ADMINS_CLEARED, 0, 0);
	term_answer_ok(l);
}

void term_verify_write(struct term_link *l, const struct ghi_terminal_frame *f)
{
	struct term_user *u = request_user(l, f->data);
	uint16_t uid;
	uint8_t mode;

	if (u && ghi_terminal_verify_parse(f->data, &uid, &mode) == GH_OK)
		u->verify = mode;
	else
		u = NULL;
	answer_done(l, u != NULL);
}

void term_verify_read(struct term_link *l, const struct ghi_terminal_frame *f)
{
	struct term_user *u = request_user(l, f->data);
	uint8_t b[24];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));

	if (u == NULL) {
		term_answer_error(l);
		return;
	}
	ghi_terminal_verify_write(&w, u->record.uid, u->verify);
	term_answer(l, GH_ACK_OK, ghi_written(&w));
}

void term_users_save(struct term_link *l, const struct ghi_terminal_frame *f)
{
	struct term_users *users = &l->device->users;
	struct ghi_terminal_upload up;
	struct gh_template t;
	struct gh_user u;
	bool done;
	(void)f;

	if (l->upload_n == 0 || l->upload_n != l->upload_size ||
	    ghi_terminal_upload_parse((gh_slice){ l->upload, l->upload_n }, &up)) {
		term_answer(l, GH_ACK_ERROR_DATA, (gh_slice){ 0 });
		return;
	}
	done = up.user_size == l->device->plan->user_size;
	while (done && ghi_terminal_upload_next_user(&up, &u))
		done = term_users_put(users, &u) == GH_OK;
	while (done && ghi_terminal_upload_next_template(&up, &t)) {
		struct term_user *owner = term_users_uid(users, t.uid);

		done = owner && t.finger < GH_FINGERS;
		if (done)
			term_users_put_template(owner, &t);
	}
	answer_done(l, done && up.users.n == 0 && up.table.n == 0);
}

/* --- templates --- */

static void answer_no_finger(struct term_link *l)
{
	if (l->device->plan->persona->quirks & TERM_NO_FINGER)
		term_answer(l, GH_NO_FINGER, (gh_slice){ 0 });
	else
		term_answer_error(l);
}

/* The bare template, the six bytes that the size of its entry counts too many, and behind
 * GET_USERTEMP another one (terminal digest 8.3). */
void term_template_read(struct term_link *l, const struct ghi_terminal_frame *f)
{
	uint8_t made[TERM_TEMPLATE_MAX], *bytes;
	struct term_user *u = request_user(l, f->data);
	struct term_dataset data;
	struct gh_template t;
	uint16_t uid;
	uint8_t finger;
	size_t n;

	if (u == NULL || ghi_terminal_finger_parse(f->data, &uid, &finger) ||
	    !term_users_template(&l->device->users, u, finger, made, &t)) {
		answer_no_finger(l);
		return;
	}
	n = (size_t)t.size + PAD + (f->command == GH_CMD_GET_USERTEMP);
	bytes = g_malloc0(n);
	memcpy(bytes, t.data, t.size);
	if (f->command == GH_CMD_GET_USERTEMP)
		bytes[n - 1] = t.flag;
	term_dataset_of(&data, (gh_slice){ bytes, n });
	g_free(bytes);
	term_answer_stream(l, &data, 0, n);
}

/* One byte names the user table (old firmware); uid and finger name a template. */
void term_users_or_template(struct term_link *l, const struct ghi_terminal_frame *f)
{
	if (f->data.n == 3)
		term_template_read(l, f);
	else
		term_table(l, f);
}

void term_template_write(struct term_link *l, const struct ghi_terminal_frame *f)
{
	struct gh_template t;
	struct term_user *u = NULL;

	if (ghi_terminal_template_parse(f->data, &t) == GH_OK && t.finger < GH_FINGERS)
		u = term_users_uid(&l->device->users, t.uid);
	if (u)
		term_users_put_template(u, &t);
	answer_done(l, u != NULL);
}

void term_template_store(struct term_link *l, const struct ghi_terminal_frame *f)
{
	struct ghi_terminal_store s;
	struct term_user *u = request_user(l, f->data);

	if (u == NULL || ghi_terminal_store_parse(f->data, &s) || s.finger >= GH_FINGERS ||
	    s.size == 0 || s.size > l->upload_n) {
		term_answer_error(l);
		return;
	}
	term_users_put_template(u, &(struct gh_template){ .uid = s.uid,
							  .finger = s.finger,
							  .flag = s.flag,
							  .size = s.size,
							  .data = l->upload });
	term_answer_ok(l);
}

static void user_remove_finger(struct term_link *l, struct term_user *u, unsigned finger)
{
	bool done = u && term_users_delete_template(u, finger);

	if (u && l->device->plan->persona->quirks & TERM_ALL_FINGERS) {
		done |= term_users_fingers(u) > 0;
		term_users_delete_templates(u);
	}
	if (done)
		term_device_oplog(l->device, OP_FINGER_DELETED, u->record.uid, 0);
	answer_done(l, done);
}

void term_template_delete(struct term_link *l, const struct ghi_terminal_frame *f)
{
	uint16_t uid;
	uint8_t finger;

	if (ghi_terminal_finger_parse(f->data, &uid, &finger))
		term_answer_error(l);
	else
		user_remove_finger(l, term_users_uid(&l->device->users, uid), finger);
}

void term_template_remove(struct term_link *l, const struct ghi_terminal_frame *f)
{
	struct ghi_terminal_pin_finger v;

	if (ghi_terminal_pin_finger_parse(f->data, &v))
		term_answer_error(l);
	else
		user_remove_finger(l, term_users_pin(&l->device->users, v.pin), v.finger);
}

/* Find the owner of a template. The answer holds the uid (manual 2006-12). */
void term_template_test(struct term_link *l, const struct ghi_terminal_frame *f)
{
	const struct term_users *users = &l->device->users;
	uint8_t made[TERM_TEMPLATE_MAX], b[2];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	struct gh_template t;

	for (uint32_t i = 0; i < users->list->len; i++)
		for (unsigned finger = 0; finger < GH_FINGERS; finger++) {
			const struct term_user *u = term_users_at(users, i);

			if (!term_users_template(users, u, finger, made, &t) ||
			    !gh_slice_eq((gh_slice){ t.data, t.size }, f->data))
				continue;
			ghi_terminal_uid_write(&w, u->record.uid);
			term_answer(l, GH_ACK_OK, ghi_written(&w));
			return;
		}
	term_answer_error(l);
}

/* --- clearing --- */

static void device_clear_templates(struct term_device *d)
{
	for (uint32_t i = 0; i < d->users.list->len; i++)
		term_users_delete_templates(term_users_at(&d->users, i));
}

void term_data_clear(struct term_link *l, const struct ghi_terminal_frame *f)
{
	struct term_device *d = l->device;
	uint8_t kind = f->data.n ? f->data.p[0] : KIND_ALL;

	if (kind == KIND_ALL || kind == KIND_PUNCHES)
		term_log_clear(&d->log);
	if (kind == KIND_TEMPLATES)
		device_clear_templates(d);
	if (kind == KIND_ALL || kind == KIND_OPLOG)
		g_array_set_size(d->oplogs, 0);
	if (kind == KIND_ALL || kind == KIND_USERS)
		term_users_clear(&d->users);
	term_device_oplog(d, OP_CLEARED, 0, 0);
	term_answer_ok(l);
}

void term_punches_clear(struct term_link *l, const struct ghi_terminal_frame *f)
{
	(void)f;
	term_log_clear(&l->device->log);
	term_device_oplog(l->device, OP_PUNCHES_CLEARED, 0, 0);
	term_answer_ok(l);
}

void term_oplog_clear(struct term_link *l, const struct ghi_terminal_frame *f)
{
	(void)f;
	g_array_set_size(l->device->oplogs, 0);
	term_answer_ok(l);
}
