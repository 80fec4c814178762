/* Commands that change what the device does. */
#include "client/handle.h"
#include "wire/terminal/code.h"
#include "wire/terminal/request.h"

enum { LCD_TEXT_MAX = 512 };

enum gh_err gh_terminal_disable(struct gh_terminal *t, unsigned seconds)
{
	enum gh_err err = ghi_call_begin(t, "disable the device");

	if (err)
		return err;
	/* Even if no answer comes, it may have happened. */
	t->disabled = true;
	if (seconds)
		err = ghi_call_simple_number(t, t->attempt, GH_CMD_DISABLEDEVICE, seconds);
	else
		err = ghi_call_command(t, GH_CMD_DISABLEDEVICE, (gh_slice){ 0 }, NULL);
	if (err == GH_EDENIED || err == GH_EUNSUPPORTED)
		t->disabled = false;
	return err;
}

enum gh_err gh_terminal_enable(struct gh_terminal *t)
{
	enum gh_err err = ghi_call_simple(t, "enable the device", GH_CMD_ENABLEDEVICE);

	if (!err)
		t->disabled = false;
	return err;
}

void gh_terminal_keep_disabled(struct gh_terminal *t)
{
	t->disabled = false;
}

/* The device acknowledges these two, or closes the connection first, or sends nothing. Nothing
 * has to be restored: a device is enabled after its start. */
static enum gh_err control_call_end(struct gh_terminal *t, const char *attempt,
				    uint16_t command)
{
	struct ghi_answer a = { .code = GH_ACK_OK };
	enum gh_err err = ghi_call_begin(t, attempt);

	if (!err && !t->connected)
		err = ghi_connection_reopen(t);
	if (!err && t->sdk_set)
		err = ghi_sdk_restore(t);
	if (err)
		return err;
	err = ghi_call_request(t, command, (gh_slice){ 0 }, &a);
	if (err == GH_ECLOSED || err == GH_ETIMEOUT || err == GH_EIO)
		err = GH_OK;
	if (!err && ghi_terminal_reply_err(a.code))
		return ghi_call_fail_reply(t, ghi_terminal_reply_err(a.code), command, a.code);
	if (err)
		return err;
	ghi_connection_close(t);
	t->disabled = t->sdk_set = t->ever = false;
	return GH_OK;
}

enum gh_err gh_terminal_restart(struct gh_terminal *t)
{
	return control_call_end(t, "restart the device", GH_CMD_RESTART);
}

enum gh_err gh_terminal_poweroff(struct gh_terminal *t)
{
	return control_call_end(t, "switch the device off", GH_CMD_POWEROFF);
}

enum gh_err gh_terminal_sleep(struct gh_terminal *t)
{
	return ghi_call_simple(t, "let the device sleep", GH_CMD_SLEEP);
}

enum gh_err gh_terminal_resume(struct gh_terminal *t)
{
	return ghi_call_simple(t, "wake the device", GH_CMD_RESUME);
}

enum gh_err gh_terminal_unlock(struct gh_terminal *t, uint32_t tenths)
{
	return ghi_call_simple_number(t, "unlock the door", GH_CMD_UNLOCK, tenths);
}

enum gh_err gh_terminal_door(struct gh_terminal *t, enum gh_door *out)
{
	struct ghi_answer a;
	enum gh_err err = ghi_call_begin(t, "read the state of the door");

	if (!err)
		err = ghi_call_command(t, GH_CMD_DOORSTATE_RRQ, (gh_slice){ 0 }, &a);
	if (err)
		return err;
	*out = a.data.n == 0 ? GH_DOOR_UNKNOWN : a.data.p[0] ? GH_DOOR_OPEN : GH_DOOR_CLOSED;
	return GH_OK;
}

enum gh_err gh_terminal_state(struct gh_terminal *t, int *out)
{
	struct ghi_answer a;
	enum gh_err err = ghi_call_begin(t, "read the state of the device");

	if (!err)
		err = ghi_call_command(t, GH_CMD_STATE_RRQ, (gh_slice){ 0 }, &a);
	if (err)
		return err;
	*out = a.field;
	return GH_OK;
}

enum gh_err gh_terminal_lcd_write(struct gh_terminal *t, int line, const char *text)
{
	uint8_t b[LCD_TEXT_MAX];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	enum gh_err err = ghi_call_begin(t, "write on the screen");

	ghi_terminal_lcd_write(&w, (int16_t)line, gh_slice_of(text));
	if (!err && (w.err || line < INT16_MIN || line > INT16_MAX))
		err = ghi_call_fail(t, GH_ETOOBIG, "the text or the line is too long");
	return err ? err : ghi_call_command(t, GH_CMD_WRITE_LCD, ghi_written(&w), NULL);
}

enum gh_err gh_terminal_lcd_clear(struct gh_terminal *t)
{
	return ghi_call_simple(t, "clear the screen", GH_CMD_CLEAR_LCD);
}

enum gh_err gh_terminal_clock_blink(struct gh_terminal *t, bool on)
{
	uint8_t b = on;
	enum gh_err err = ghi_call_begin(t, "set the clock's colon");

	return err ? err : ghi_call_command(t, GH_CMD_ENABLE_CLOCK, (gh_slice){ &b, 1 }, NULL);
}

enum gh_err gh_terminal_voice(struct gh_terminal *t, unsigned index)
{
	return ghi_call_simple_number(t, "play a prompt", GH_CMD_TESTVOICE, index);
}

enum gh_err gh_terminal_data_clear(struct gh_terminal *t, enum gh_data_kind kind)
{
	uint8_t b = (uint8_t)kind;
	enum gh_err err = ghi_call_begin(t, "erase data");

	if (!err && kind != GH_DATA_ALL && kind != GH_DATA_PUNCHES &&
	    kind != GH_DATA_TEMPLATES && kind != GH_DATA_OPLOG && kind != GH_DATA_USERS)
		err = ghi_call_fail(t, GH_EINVALID, "there is no such kind of data");
	if (!err)
		err = ghi_call_command(t, GH_CMD_CLEAR_DATA,
				       (gh_slice){ &b, kind != GH_DATA_ALL }, NULL);
	return err ? err : ghi_call_command(t, GH_CMD_REFRESHDATA, (gh_slice){ 0 }, NULL);
}

enum gh_err gh_terminal_refresh(struct gh_terminal *t)
{
	return ghi_call_simple(t, "apply uploaded data", GH_CMD_REFRESHDATA);
}

enum gh_err gh_terminal_free_data(struct gh_terminal *t)
{
	return ghi_call_simple(t, "free the device's buffer", GH_CMD_FREE_DATA);
}

enum gh_err gh_terminal_verify_start(struct gh_terminal *t)
{
	return ghi_call_simple(t, "start verifying", GH_CMD_STARTVERIFY);
}

enum gh_err gh_terminal_capture_cancel(struct gh_terminal *t)
{
	return ghi_call_simple(t, "stop capturing", GH_CMD_CANCELCAPTURE);
}

enum gh_err gh_terminal_events_register(struct gh_terminal *t, unsigned mask)
{
	return ghi_call_simple_number(t, "register for live events", GH_CMD_REG_EVENT, mask);
}
