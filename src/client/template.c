/* Fingerprint templates: streamed, read, written, deleted one by one. */
#include "wire/terminal/template.h"

#include <stdlib.h>

#include "client/reading.h"
#include "client/upload.h"
#include "client/user.h"
#include "wire/terminal/request.h"

struct gh_terminal_templates {
	struct ghi_reading reading;
	struct ghi_pins pins;
	struct gh_terminal *t;
};

static const struct ghi_source source = {
	.command = GH_CMD_DB_RRQ,
	.table = GHI_TABLE_TEMPLATES,
};

static void template_abandon(void *it)
{
	gh_terminal_templates_close(it);
}

enum gh_err gh_terminal_templates_open(struct gh_terminal *t,
				       struct gh_terminal_templates **out)
{
	static const char attempt[] = "read the templates";
	enum gh_err err;
	struct gh_terminal_templates *it = ghi_iterator_new(t, attempt, sizeof(*it), &err);

	if (it == NULL)
		return err;
	it->t = t;
	err = ghi_pins_try(&it->pins, t);
	if (err == GH_OK)
		err = ghi_reading_open(&it->reading, t, attempt, &source, UINT16_MAX);
	if (err) {
		ghi_pins_clear(&it->pins);
		free(it);
		return err;
	}
	ghi_iterator_hold(t, it, template_abandon);
	*out = it;
	return GH_OK;
}

enum gh_err gh_terminal_templates_next(struct gh_terminal_templates *it,
				       struct gh_template *out)
{
	gh_slice entry;
	enum gh_err err = ghi_reading_next(&it->reading, &entry);

	if (err)
		return err;
	if (ghi_terminal_template_parse(entry, out)) {
		it->reading.over =
			ghi_call_fail(it->t, GH_EMALFORMED, "a template has no head");
		return it->reading.over;
	}
	ghi_pins_fill(&it->pins, out->uid, out->pin);
	return GH_OK;
}

void gh_terminal_templates_close(struct gh_terminal_templates *it)
{
	if (it == NULL)
		return;
	ghi_reading_close(&it->reading);
	ghi_pins_clear(&it->pins);
	ghi_iterator_release(it->t);
	free(it);
}

static enum gh_err template_finger_check(struct gh_terminal *t, unsigned finger)
{
	return finger < GH_FINGERS ? GH_OK
				   : ghi_call_fail(t, GH_EINVALID, "fingers are 0 to 9");
}

static gh_slice uid_finger(uint8_t b[3], uint16_t uid, unsigned finger)
{
	struct ghi_writer w = ghi_writer_on(b, 3);

	ghi_terminal_finger_write(&w, uid, (uint8_t)finger);
	return ghi_written(&w);
}

static enum gh_err template_get(struct gh_terminal *t, uint16_t uid, unsigned finger,
				struct gh_template *out)
{
	uint8_t b[3];
	bool flagged = true;
	struct ghi_answer a = { 0 };
	enum gh_err err =
		ghi_call_request(t, GH_CMD_GET_USERTEMP, uid_finger(b, uid, finger), &a);

	if (!err && a.code != GH_CMD_DATA && a.code != GH_NO_FINGER &&
	    ghi_terminal_reply_err(a.code) == GH_EUNSUPPORTED) {
		flagged = false;
		err = ghi_call_request(t, GH_CMD_USERTEMP_RRQ, uid_finger(b, uid, finger), &a);
	}
	if (err)
		return err;
	if (a.code == GH_ACK_ERROR || a.code == GH_NO_FINGER ||
	    (a.code == GH_ACK_OK && a.data.n == 0))
		return ghi_call_fail(t, GH_ENOTFOUND, "this finger is not enrolled");
	if (a.code != GH_CMD_DATA && ghi_terminal_reply_err(a.code))
		return ghi_call_fail_reply(t, ghi_terminal_reply_err(a.code),
					   GH_CMD_GET_USERTEMP, a.code);
	a.data = ghi_terminal_template_trim(a.data, flagged);
	if (a.data.n == 0 || a.data.n > UINT16_MAX)
		return ghi_call_fail_at(t, GH_EMALFORMED, 0, a.data.n, "this is no template");
	*out = (struct gh_template){
		.uid = uid,
		.finger = (uint8_t)finger,
		.flag = GH_TEMPLATE_VALID,
		.size = (uint16_t)a.data.n,
		.data = a.data.p,
	};
	return GH_OK;
}

enum gh_err gh_terminal_template_get_uid(struct gh_terminal *t, uint16_t uid, unsigned finger,
					 struct gh_template *out)
{
	enum gh_err err = ghi_call_begin(t, "read a template");

	if (!err)
		err = template_finger_check(t, finger);
	return err ? err : template_get(t, uid, finger, out);
}

enum gh_err gh_terminal_template_get(struct gh_terminal *t, const char *pin, unsigned finger,
				     struct gh_template *out)
{
	struct gh_user u;
	enum gh_err err = ghi_call_begin(t, "read a template");

	if (!err)
		err = template_finger_check(t, finger);
	if (!err)
		err = ghi_user_find(t, pin, &u);
	if (!err)
		err = template_get(t, u.uid, finger, out);
	if (!err)
		memcpy(out->pin, u.pin, sizeof(out->pin));
	return err;
}

enum gh_err gh_terminal_template_set(struct gh_terminal *t, const struct gh_template *tmpl)
{
	struct ghi_terminal_store store = { tmpl->uid, tmpl->size, tmpl->finger, tmpl->flag };
	uint8_t b[8];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	struct gh_user u;
	enum gh_err err = ghi_call_begin(t, "write a template");

	if (!err)
		err = template_finger_check(t, tmpl->finger);
	if (!err && (tmpl->size == 0 || tmpl->size > GHI_TERMINAL_TEMPLATE_MAX))
		err = ghi_call_fail(t, GH_EINVALID, "a template has 1 to 65529 bytes");
	if (!err && store.uid == 0) {
		err = ghi_user_find(t, tmpl->pin, &u);
		store.uid = u.uid;
	}
	if (err)
		return err;
	ghi_terminal_store_write(&w, &store);
	return ghi_upload(t, (gh_slice){ tmpl->data, tmpl->size }, true, GH_CMD_TMP_WRITE,
			  ghi_written(&w));
}

static enum gh_err template_uid_delete(struct gh_terminal *t, uint16_t uid, unsigned finger)
{
	uint8_t b[3];
	enum gh_err err =
		ghi_call_command(t, GH_CMD_DELETE_USERTEMP, uid_finger(b, uid, finger), NULL);

	if (err == GH_EDENIED)
		return ghi_call_fail(t, GH_ENOTFOUND, "this finger is not enrolled");
	return err ? err : ghi_call_command(t, GH_CMD_REFRESHDATA, (gh_slice){ 0 }, NULL);
}

enum gh_err gh_terminal_template_delete_uid(struct gh_terminal *t, uint16_t uid,
					    unsigned finger)
{
	enum gh_err err = ghi_call_begin(t, "delete a template");

	if (!err)
		err = template_finger_check(t, finger);
	return err ? err : template_uid_delete(t, uid, finger);
}

/* By PIN, which deletes one finger on every firmware that has it; by uid some delete all. */
enum gh_err gh_terminal_template_delete(struct gh_terminal *t, const char *pin, unsigned finger)
{
	struct ghi_terminal_pin_finger v = { .finger = (uint8_t)finger };
	uint8_t b[32];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	struct ghi_answer a;
	struct gh_user u;
	enum gh_err err = ghi_call_begin(t, "delete a template");

	if (!err)
		err = template_finger_check(t, finger);
	if (!err)
		err = ghi_user_find(t, pin, &u);
	if (err)
		return err;
	memcpy(v.pin, u.pin, sizeof(v.pin));
	ghi_terminal_delete_finger_write(&w, &v);
	err = ghi_call_request(t, GH_CMD_DEL_USER_TEMP, ghi_written(&w), &a);
	if (err)
		return err;
	if (ghi_terminal_reply_err(a.code) == GH_EUNSUPPORTED)
		return template_uid_delete(t, u.uid, finger);
	if (a.code == GH_ACK_ERROR || a.code == GH_NO_FINGER)
		return ghi_call_fail(t, GH_ENOTFOUND, "this finger is not enrolled");
	if (ghi_terminal_reply_err(a.code))
		return ghi_call_fail_reply(t, ghi_terminal_reply_err(a.code),
					   GH_CMD_DEL_USER_TEMP, a.code);
	return ghi_call_command(t, GH_CMD_REFRESHDATA, (gh_slice){ 0 }, NULL);
}
