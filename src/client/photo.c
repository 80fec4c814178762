/* Photos and faces: one user at a time, under SDKBuild. */
#include <stdlib.h>

#include "client/user.h"
#include "wire/terminal/request.h"

static enum gh_err photo_pin_check(struct gh_terminal *t, const char *pin)
{
	size_t n = strlen(pin);

	return n && n < GH_PIN_SIZE ? GH_OK : ghi_call_fail(t, GH_EINVALID, "this is no PIN");
}

/* Every answer without data means that the device has none. */
static enum gh_err photo_is_missing(const struct ghi_answer *a)
{
	if (a->code == GH_CMD_DATA)
		return a->data.n ? GH_OK : GH_ENOTFOUND;
	if (a->code == GH_NO_PHOTO || a->code == GH_ACK_ERROR || a->code == GH_ACK_OK ||
	    a->code == GH_ACK_DATA || a->code == GH_NO_FINGER)
		return GH_ENOTFOUND;
	return ghi_terminal_reply_err(a->code);
}

enum gh_err gh_terminal_photo(struct gh_terminal *t, const char *pin, const uint8_t **data,
			      size_t *size)
{
	uint8_t b[GH_PIN_SIZE + 8];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	struct ghi_answer a = { 0 };
	enum gh_err err = ghi_call_begin(t, "read a photo");

	if (!err)
		err = photo_pin_check(t, pin);
	if (!err)
		err = ghi_sdk_set(t);
	ghi_terminal_photo_request_write(&w, pin);
	if (!err)
		err = ghi_call_request(t, GH_CMD_DOWNLOAD_PHOTO, ghi_written(&w), &a);
	if (err)
		return err;
	err = photo_is_missing(&a);
	if (err == GH_ENOTFOUND)
		return ghi_call_fail(t, err, "the device has no photo of this user");
	if (err)
		return ghi_call_fail_reply(t, err, GH_CMD_DOWNLOAD_PHOTO, a.code);
	*data = a.data.p;
	*size = a.data.n;
	return GH_OK;
}

/* By PIN, and by uid for firmware that refuses that form (pyzk 259). */
static enum gh_err face_read(struct gh_terminal *t, const char *pin, uint16_t uid,
			     struct gh_face *out)
{
	uint8_t b[GH_PIN_SIZE + 8];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	struct ghi_answer a = { 0 };
	enum gh_err err;

	ghi_terminal_face_request_write(&w, pin);
	err = ghi_call_request(t, GH_CMD_GET_USER_FACE, ghi_written(&w), &a);
	if (!err && uid && photo_is_missing(&a) == GH_EINVALID) {
		w = ghi_writer_on(b, sizeof(b));
		ghi_terminal_face_request_write_uid(&w, uid);
		err = ghi_call_request(t, GH_CMD_GET_USER_FACE, ghi_written(&w), &a);
	}
	if (err)
		return err;
	err = photo_is_missing(&a);
	if (err == GH_ENOTFOUND)
		return ghi_call_fail(t, err, "the device has no face of this user");
	if (err)
		return ghi_call_fail_reply(t, err, GH_CMD_GET_USER_FACE, a.code);
	*out = (struct gh_face){ .uid = uid, .size = (uint32_t)a.data.n, .data = a.data.p };
	memcpy(out->pin, pin, strlen(pin));
	return GH_OK;
}

enum gh_err gh_terminal_face_get(struct gh_terminal *t, const char *pin, struct gh_face *out)
{
	struct gh_user u = { 0 };
	enum gh_err err = ghi_call_begin(t, "read a face");

	if (!err)
		err = photo_pin_check(t, pin);
	if (!err)
		err = ghi_user_find(t, pin, &u);
	if (!err)
		err = ghi_sdk_set(t);
	return err ? err : face_read(t, u.pin, u.uid, out);
}

/* Devices without faces report it in an option; a request for each of their users would take
 * long. */
static enum gh_err photo_has_faces(struct gh_terminal *t)
{
	char value[GH_TEXT_SIZE];
	enum gh_err err = ghi_option_read(t, "FaceFunOn", value, sizeof(value));

	if (err == GH_OK && strcmp(value, "0") == 0)
		return ghi_call_fail(t, GH_EUNSUPPORTED, "the device has no face recognition");
	return t->connected ? GH_OK : err;
}

struct gh_terminal_faces {
	struct gh_terminal *t;
	struct ghi_pins pins;
	uint32_t uid; /* that comes next */
	enum gh_err over;
};

static void photo_abandon(void *it)
{
	gh_terminal_faces_close(it);
}

enum gh_err gh_terminal_faces_open(struct gh_terminal *t, struct gh_terminal_faces **out)
{
	enum gh_err err;
	struct gh_terminal_faces *it = ghi_iterator_new(t, "read the faces", sizeof(*it), &err);

	if (it == NULL)
		return err;
	it->t = t;
	err = photo_has_faces(t);
	if (!err)
		err = ghi_pins_read(&it->pins, t);
	if (!err)
		err = ghi_sdk_set(t);
	if (err) {
		ghi_pins_clear(&it->pins);
		free(it);
		return err;
	}
	ghi_iterator_hold(t, it, photo_abandon);
	*out = it;
	return GH_OK;
}

enum gh_err gh_terminal_faces_next(struct gh_terminal_faces *it, struct gh_face *out)
{
	it->t->attempt = "read the faces";
	while (!it->over && it->uid < GHI_UID_COUNT) {
		uint16_t uid = (uint16_t)it->uid++;
		const char *pin = it->pins.pin[uid];
		enum gh_err err;

		if (pin[0] == 0)
			continue;
		err = face_read(it->t, pin, uid, out);
		if (err == GH_OK)
			return GH_OK;
		if (err != GH_ENOTFOUND)
			it->over = err;
	}
	if (!it->over)
		it->over = GH_EEND;
	return it->over;
}

void gh_terminal_faces_close(struct gh_terminal_faces *it)
{
	if (it == NULL)
		return;
	ghi_pins_clear(&it->pins);
	ghi_iterator_release(it->t);
	free(it);
}
