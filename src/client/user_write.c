/* Users: written and deleted. */
#include "client/name.h"
#include "client/user.h"
#include "wire/terminal/request.h"
#include "wire/terminal/text.h"
#include "wire/terminal/user.h"

enum { NAME_72 = 24, NAME_SHORT = 8 };

/* Which uids are in use, and which of them a PIN has. */
struct slots {
	const char *pin;
	uint16_t uid_of_pin;
	uint16_t highest;
	uint8_t used[GHI_UID_COUNT / 8];
	uint8_t pins[GHI_UID_COUNT / 8]; /* PINs that are small numbers */
};

static void uid_set_add(uint8_t *set, uint32_t i)
{
	set[i / 8] |= (uint8_t)(1 << i % 8);
}

static bool uid_set_has(const uint8_t *set, uint32_t i)
{
	return set[i / 8] >> i % 8 & 1;
}

static bool note_slot(void *context, const struct gh_user *u)
{
	struct slots *s = context;
	uint32_t number;

	uid_set_add(s->used, u->uid);
	if (ghi_terminal_text_number(u->pin, &number) && number < GHI_UID_COUNT)
		uid_set_add(s->pins, number);
	if (u->uid > s->highest)
		s->highest = u->uid;
	if (s->pin && strcmp(u->pin, s->pin) == 0)
		s->uid_of_pin = u->uid;
	return true;
}

/* Above the highest, as the vendor's software counts; below it once that is the last. 0: full.
 */
static uint16_t user_uid_free(const struct slots *s)
{
	if (s->highest < UINT16_MAX)
		return (uint16_t)(s->highest + 1);
	for (unsigned i = 1; i < GHI_UID_COUNT; i++)
		if (!uid_set_has(s->used, i))
			return (uint16_t)i;
	return 0;
}

static enum gh_err user_slots_scan(struct gh_terminal *t, const char *pin, struct slots *s)
{
	*s = (struct slots){ .pin = pin };
	return ghi_users_each(t, note_slot, s);
}

enum gh_err gh_terminal_user_free_slot(struct gh_terminal *t, struct gh_user *out)
{
	struct slots s;
	struct gh_user u = { 0 };
	uint32_t number;
	enum gh_err err = ghi_call_begin(t, "find a free user slot");

	if (!err)
		err = user_slots_scan(t, NULL, &s);
	if (err)
		return err;
	u.uid = user_uid_free(&s);
	if (u.uid == 0)
		return ghi_call_fail(t, GH_EFULL, "every user slot is in use");
	for (number = u.uid; number < GHI_UID_COUNT && uid_set_has(s.pins, number);)
		number++;
	ghi_terminal_text_decimal(number, u.pin, sizeof(u.pin));
	u.record_size = t->user_size;
	*out = u;
	return GH_OK;
}

/* The table of a device without users does not show their size; TFT platforms use 72. */
static enum gh_err learn_size(struct gh_terminal *t)
{
	char platform[GH_TEXT_SIZE];
	enum gh_err err;

	if (t->user_size)
		return GH_OK;
	err = ghi_users_each(t, note_slot, &(struct slots){ 0 });
	if (err || t->user_size)
		return err;
	t->user_size = GHI_TERMINAL_USER_MAX;
	err = ghi_option_read(t, "~Platform", platform, sizeof(platform));
	if (err == GH_OK && strstr(platform, "_TFT") == NULL && !t->transport.tcp)
		t->user_size = 28;
	return t->connected ? GH_OK : err;
}

enum gh_err gh_terminal_user_record_size(struct gh_terminal *t, int *out)
{
	enum gh_err err = ghi_call_begin(t, "find out the size of user records");

	if (!err)
		err = learn_size(t);
	if (!err)
		*out = t->user_size;
	return err;
}

enum gh_err ghi_user_ready(struct gh_terminal *t, struct gh_user *u)
{
	size_t room = t->user_size == GHI_TERMINAL_USER_MAX ? NAME_72 : NAME_SHORT;
	enum gh_err err;

	if (u->name[0] == 0)
		return GH_OK;
	err = ghi_name_encode(u, t->options.encoding, room);
	if (err == GH_ETOOBIG)
		return ghi_call_fail(t, err, "the name is too long for this device");
	if (err == GH_EINVALID)
		return ghi_call_fail(t, err,
				     "the name cannot be written in the device's encoding");
	return err ? ghi_call_fail(t, err, NULL) : GH_OK;
}

static enum gh_err user_slot_assign(struct gh_terminal *t, struct gh_user *u)
{
	struct slots s;
	enum gh_err err = user_slots_scan(t, u->pin[0] ? u->pin : NULL, &s);

	if (err)
		return err;
	u->uid = s.uid_of_pin ? s.uid_of_pin : user_uid_free(&s);
	return u->uid ? GH_OK : ghi_call_fail(t, GH_EFULL, "every user slot is in use");
}

enum gh_err gh_terminal_user_set(struct gh_terminal *t, struct gh_user *user)
{
	uint8_t b[GHI_TERMINAL_USER_MAX];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	struct gh_user u = *user;
	enum gh_err err = ghi_call_begin(t, "write a user");

	if (!err)
		err = learn_size(t);
	if (!err)
		err = ghi_user_ready(t, &u);
	if (!err && u.uid == 0)
		err = user_slot_assign(t, &u);
	if (err)
		return err;
	if (u.pin[0] == 0)
		ghi_terminal_text_decimal(u.uid, u.pin, sizeof(u.pin));
	ghi_terminal_user_write(&w, &u, t->user_size);
	if (w.err)
		return ghi_call_fail(
			t, w.err,
			w.err == GH_EINVALID
				? "this device needs a PIN that is a number"
				: "a text or the card is too long for this device");
	err = ghi_call_command(t, GH_CMD_USER_WRQ, ghi_written(&w), NULL);
	if (!err)
		err = ghi_call_command(t, GH_CMD_REFRESHDATA, (gh_slice){ 0 }, NULL);
	if (err)
		return err;
	u.record_size = t->user_size;
	*user = u;
	return GH_OK;
}

static enum gh_err user_uid_delete(struct gh_terminal *t, uint16_t uid)
{
	uint8_t b[2];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	enum gh_err err;

	ghi_terminal_uid_write(&w, uid);
	err = ghi_call_command(t, GH_CMD_DELETE_USER, ghi_written(&w), NULL);
	if (err == GH_EDENIED)
		return ghi_call_fail(t, GH_ENOTFOUND, "the device has no such user");
	return err ? err : ghi_call_command(t, GH_CMD_REFRESHDATA, (gh_slice){ 0 }, NULL);
}

enum gh_err gh_terminal_user_delete_uid(struct gh_terminal *t, uint16_t uid)
{
	enum gh_err err = ghi_call_begin(t, "delete a user");

	return err ? err : user_uid_delete(t, uid);
}

enum gh_err gh_terminal_user_delete(struct gh_terminal *t, const char *pin)
{
	struct gh_user u;
	enum gh_err err = ghi_call_begin(t, "delete a user");

	if (!err)
		err = ghi_user_find(t, pin, &u);
	return err ? err : user_uid_delete(t, u.uid);
}

enum gh_err gh_terminal_admins_clear(struct gh_terminal *t)
{
	enum gh_err err = ghi_call_simple(t, "make all users common users", GH_CMD_CLEAR_ADMIN);

	return err ? err : ghi_call_command(t, GH_CMD_REFRESHDATA, (gh_slice){ 0 }, NULL);
}

enum gh_err gh_terminal_verify_mode_get(struct gh_terminal *t, uint16_t uid, uint8_t *out)
{
	uint8_t b[2], mode;
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	struct ghi_answer a;
	uint16_t got;
	enum gh_err err = ghi_call_begin(t, "read a verify mode");

	ghi_terminal_uid_write(&w, uid);
	if (!err)
		err = ghi_call_command(t, GH_CMD_VERIFY_RRQ, ghi_written(&w), &a);
	if (err)
		return err;
	if (ghi_terminal_verify_parse(a.data, &got, &mode))
		return ghi_call_fail_at(t, GH_EMALFORMED, 3, a.data.n, NULL);
	*out = mode;
	return GH_OK;
}

enum gh_err gh_terminal_verify_mode_set(struct gh_terminal *t, uint16_t uid, uint8_t mode)
{
	uint8_t b[24];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	enum gh_err err = ghi_call_begin(t, "write a verify mode");

	ghi_terminal_verify_write(&w, uid, mode);
	if (!err)
		err = ghi_call_command(t, GH_CMD_VERIFY_WRQ, ghi_written(&w), NULL);
	return err ? err : ghi_call_command(t, GH_CMD_REFRESHDATA, (gh_slice){ 0 }, NULL);
}
