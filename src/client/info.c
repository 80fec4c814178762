/* What the device reports about itself: options, counters, firmware; and SDKBuild. */
#include "base/number.h"
#include "client/handle.h"
#include "wire/terminal/option.h"
#include "wire/terminal/sizes.h"
#include "wire/terminal/text.h"

#define SDK_BUILD "SDKBuild"

/* The value as text of at most size - 1 bytes. */
static void info_copy(gh_slice s, char *out, size_t size)
{
	size_t n = s.n < size - 1 ? s.n : size - 1;

	if (n)
		memcpy(out, s.p, n);
	out[n] = 0;
}

enum gh_err ghi_option_read(struct gh_terminal *t, const char *name, char *out, size_t size)
{
	struct ghi_answer a;
	gh_slice value;
	enum gh_err err;

	/* Name and NUL, as the vendor's software sends it. */
	err = ghi_call_request(t, GH_CMD_OPTIONS_RRQ,
			       (gh_slice){ (const uint8_t *)name, strlen(name) + 1 }, &a);
	if (err)
		return err;
	if (a.code != GH_ACK_OK && a.code != GH_ACK_DATA && a.code != GH_CMD_DATA)
		return ghi_call_fail_reply(t, GH_ENOTFOUND, GH_CMD_OPTIONS_RRQ, a.code);
	err = ghi_terminal_option_parse(a.data, gh_slice_of(name), &value);
	if (err == GH_ENOTFOUND)
		return ghi_call_fail(t, err, "the device has no such option, or it is empty");
	if (err)
		return ghi_call_fail(t, err, "the answer is about another option");
	info_copy(value, out, size);
	return GH_OK;
}

enum gh_err ghi_option_write(struct gh_terminal *t, const char *name, const char *value)
{
	uint8_t b[1024];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	enum gh_err err;

	ghi_terminal_option_write(&w, gh_slice_of(name), gh_slice_of(value));
	if (w.err)
		return ghi_call_fail(t, w.err == GH_ESPACE ? GH_ETOOBIG : w.err, NULL);
	err = ghi_call_command(t, GH_CMD_OPTIONS_WRQ, ghi_written(&w), NULL);
	if (err)
		return err;
	return ghi_call_command(t, GH_CMD_REFRESHOPTION, (gh_slice){ 0 }, NULL);
}

enum gh_err gh_terminal_option_get(struct gh_terminal *t, const char *name, char *out,
				   size_t size)
{
	enum gh_err err = ghi_call_begin(t, "read an option");

	if (!err && (!name[0] || size == 0))
		err = ghi_call_fail(t, GH_EINVALID, NULL);
	return err ? err : ghi_option_read(t, name, out, size);
}

enum gh_err gh_terminal_option_get_int(struct gh_terminal *t, const char *name, int *out)
{
	char text[GH_TEXT_SIZE];
	int64_t v;
	enum gh_err err = gh_terminal_option_get(t, name, text, sizeof(text));

	if (err)
		return err;
	if (ghi_signed_parse(gh_slice_trim(gh_slice_of(text)), INT32_MIN, INT32_MAX, &v))
		return ghi_call_fail(t, GH_EMALFORMED, "the value is not a number");
	*out = (int)v;
	return GH_OK;
}

enum gh_err gh_terminal_option_set(struct gh_terminal *t, const char *name, const char *value)
{
	enum gh_err err = ghi_call_begin(t, "write an option");

	return err ? err : ghi_option_write(t, name, value);
}

/* SDKBuild. */

enum gh_err ghi_sdk_set(struct gh_terminal *t)
{
	enum gh_err err;

	if (t->sdk_set)
		return GH_OK;
	err = ghi_option_read(t, SDK_BUILD, t->sdk_old, sizeof(t->sdk_old));
	if (err == GH_ENOTFOUND || err == GH_EMALFORMED)
		memcpy(t->sdk_old, "0", 2);
	else if (err)
		return err;
	/* From here on the option may have been written even if no answer arrives. */
	t->sdk_set = true;
	err = ghi_option_write(t, SDK_BUILD, "1");
	if (err == GH_EDENIED || err == GH_EUNSUPPORTED || err == GH_EINVALID) {
		t->sdk_set = false; /* old firmware: nothing to unlock, nothing to restore */
		return GH_OK;
	}
	if (err == GH_OK)
		err = ghi_call_command(t, GH_CMD_REFRESHDATA, (gh_slice){ 0 }, NULL);
	return err;
}

enum gh_err ghi_sdk_restore(struct gh_terminal *t)
{
	enum gh_err err;

	if (!t->sdk_set)
		return GH_OK;
	err = ghi_option_write(t, SDK_BUILD, t->sdk_old);
	if (err == GH_OK)
		err = ghi_call_command(t, GH_CMD_REFRESHDATA, (gh_slice){ 0 }, NULL);
	if (err == GH_OK)
		t->sdk_set = false;
	return err;
}

enum gh_err gh_terminal_sdk_build(struct gh_terminal *t, bool on)
{
	enum gh_err err = ghi_call_begin(t, on ? "set SDKBuild" : "restore SDKBuild");

	if (err)
		return err;
	return on ? ghi_sdk_set(t) : ghi_sdk_restore(t);
}

/* Reads that are no options. */

enum gh_err ghi_counters_read(struct gh_terminal *t, struct gh_counters *out)
{
	struct ghi_answer a;
	enum gh_err err = ghi_call_command(t, GH_CMD_GET_FREE_SIZES, (gh_slice){ 0 }, &a);

	if (!err)
		ghi_terminal_sizes_parse(a.data, out);
	return err;
}

enum gh_err gh_terminal_counters(struct gh_terminal *t, struct gh_counters *out)
{
	enum gh_err err = ghi_call_begin(t, "read the counters");

	return err ? err : ghi_counters_read(t, out);
}

static enum gh_err info_firmware(struct gh_terminal *t, char *out, size_t size)
{
	struct ghi_answer a;
	enum gh_err err = ghi_call_command(t, GH_CMD_GET_VERSION, (gh_slice){ 0 }, &a);

	if (!err)
		info_copy(ghi_terminal_text_cut(a.data), out, size);
	return err;
}

enum gh_err gh_terminal_firmware(struct gh_terminal *t, char *out, size_t size)
{
	enum gh_err err = ghi_call_begin(t, "read the firmware version");

	if (!err && size == 0)
		err = ghi_call_fail(t, GH_EINVALID, NULL);
	return err ? err : info_firmware(t, out, size);
}

static enum gh_err pin_width(struct gh_terminal *t, int *out)
{
	static const uint8_t as_the_sdk[] = { ' ', 'P' };
	struct ghi_answer a;
	enum gh_err err = ghi_call_command(t, GH_CMD_GET_PINWIDTH,
					   (gh_slice){ as_the_sdk, sizeof(as_the_sdk) }, &a);

	if (err)
		return err;
	if (a.data.n == 0)
		return ghi_call_fail_at(t, GH_ETRUNCATED, 1, 0, NULL);
	*out = a.data.p[0];
	return GH_OK;
}

enum gh_err gh_terminal_pin_width(struct gh_terminal *t, int *out)
{
	enum gh_err err = ghi_call_begin(t, "read the width of PINs");

	return err ? err : pin_width(t, out);
}

/* Everything at once. */

static const struct {
	const char *option;
	size_t offset;
} texts[] = {
#define TEXT(option, member) { option, offsetof(struct gh_terminal_info, member) },
#define NUMBER(option, member)
#include "client/info.def"
#undef NUMBER
#undef TEXT
}, numbers[] = {
#define TEXT(option, member)
#define NUMBER(option, member) { option, offsetof(struct gh_terminal_info, member) },
#include "client/info.def"
#undef NUMBER
#undef TEXT
};

/* Whether the failure is the device's "no", and not that of the connection. */
static bool error_is_refusal(enum gh_err err)
{
	return err == GH_OK || err == GH_ENOTFOUND || err == GH_EDENIED ||
	       err == GH_EUNSUPPORTED || err == GH_EMALFORMED || err == GH_EINVALID ||
	       err == GH_ETRUNCATED || err == GH_ESTATE;
}

enum gh_err gh_terminal_info(struct gh_terminal *t, struct gh_terminal_info *out)
{
	struct gh_terminal_info info = { 0 }, *i = &info;
	enum gh_err err = ghi_call_begin(t, "read what the device is");
	char value[GH_TEXT_SIZE];
	int64_t v;

	if (err)
		return err;
	for (size_t n = 0; n < sizeof(texts) / sizeof(texts[0]) && error_is_refusal(err); n++) {
		char *member = (char *)i + texts[n].offset;

		/* Two options may fill one member: the first that is present counts. */
		if (member[0] == 0)
			err = ghi_option_read(t, texts[n].option, member, GH_TEXT_SIZE);
	}
	for (size_t n = 0; n < sizeof(numbers) / sizeof(numbers[0]) && error_is_refusal(err);
	     n++) {
		int *member = (int *)(void *)((char *)i + numbers[n].offset);

		if (*member > 0)
			continue;
		*member = -1;
		err = ghi_option_read(t, numbers[n].option, value, sizeof(value));
		if (err == GH_OK && ghi_signed_parse(gh_slice_trim(gh_slice_of(value)), 0,
						     INT32_MAX, &v) == GH_OK)
			*member = (int)v;
	}
	if (error_is_refusal(err))
		err = info_firmware(t, i->firmware, sizeof(i->firmware));
	i->pin_width = -1;
	if (error_is_refusal(err))
		err = pin_width(t, &i->pin_width);
	ghi_terminal_sizes_parse((gh_slice){ 0 }, &i->counters);
	if (error_is_refusal(err))
		err = ghi_counters_read(t, &i->counters);
	if (!error_is_refusal(err))
		return err;
	*out = info;
	return GH_OK;
}
