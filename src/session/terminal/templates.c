/* Fingerprint templates: read from a terminal as the records a push device uploads (Attendance PUSH
 * 2020-03, 11.9), written to it from the records of commands. */
#include <stdlib.h>

#include "base/base64.h"
#include "base/number.h"
#include "session/terminal/execution.h"

static enum gh_err template_add(struct terminal_batch *b, const struct gh_template *t)
{
	struct arena *a;
	enum gh_err err = terminal_batch_begin(b, &a);

	if (err)
		return err;
	char *text = ghi_arena_alloc(a, BASE64_ROOM(t->size));
	if (text == NULL)
		return GH_ENOMEM;
	struct template record = {
		.present = UINT64_C(1) << TEMPLATE_pin | UINT64_C(1) << TEMPLATE_source |
			   UINT64_C(1) << TEMPLATE_type | UINT64_C(1) << TEMPLATE_no |
			   UINT64_C(1) << TEMPLATE_valid | UINT64_C(1) << TEMPLATE_size |
			   UINT64_C(1) << TEMPLATE_data,
		.pin = t->pin[0] ? ghi_arena_copy(a, gh_slice_of(t->pin))
				 : terminal_number_print(a, t->uid),
		.source = GH_LIT("fp"),
		.type = 1,
		.no = t->finger,
		.valid = t->flag,
		.data = base64_encode((gh_slice){ t->data, t->size }, text),
	};

	/* Size is that of the text (Attendance PUSH 2020-03, 11.9). */
	record.size = (int64_t)record.data.n;
	return terminal_batch_add(b, KIND_TEMPLATE, &record);
}

static enum gh_err query_all_templates(struct terminal_execution *x, struct terminal_batch *b)
{
	struct gh_terminal_templates *it;
	struct gh_template t;
	enum gh_err err = gh_terminal_templates_open(x->terminal, &it);

	if (err)
		return err;
	for (;;) {
		err = gh_terminal_templates_next(it, &t);
		if (err)
			break;
		err = template_add(b, &t);
		if (err) {
			gh_terminal_templates_close(it);
			return terminal_batch_failed(x, b, err);
		}
	}
	gh_terminal_templates_close(it);
	return err == GH_EEND ? GH_OK : err;
}

static enum gh_err query_fingers(struct terminal_execution *x, struct terminal_batch *b,
				 const char *pin, unsigned from, unsigned to)
{
	struct gh_template t;
	struct gh_user u;
	enum gh_err err = gh_terminal_user_get(x->terminal, pin, &u);

	for (unsigned finger = from; finger <= to && err == GH_OK; finger++) {
		err = gh_terminal_template_get(x->terminal, pin, finger, &t);
		if (err == GH_ENOTFOUND) {
			err = GH_OK;
			continue;
		}
		if (err)
			break;
		memcpy(t.pin, pin, sizeof(t.pin));
		err = template_add(b, &t);
		if (err)
			return terminal_batch_failed(x, b, err);
	}
	return err;
}

/* The finger a command names, or all. */
static enum gh_err command_fingers(struct terminal_execution *x, unsigned *from, unsigned *to)
{
	int64_t finger;

	*from = 0;
	*to = GH_FINGERS - 1;
	if (!command_argument_number(x->command->arguments, ARGUMENT_finger, &finger))
		return GH_OK;
	if (finger >= GH_FINGERS)
		return terminal_refuse(x, GH_EINVALID, "finger is not a number from 0 to 9");
	*from = *to = (unsigned)finger;
	return GH_OK;
}

enum gh_err terminal_command_query_templates(struct terminal_execution *x)
{
	struct terminal_batch b = { .worker = x->worker, .table = GH_LIT("FINGERTMP") };
	gh_slice pin_text = terminal_argument(x, ARGUMENT_pin);
	char pin[GH_PIN_SIZE];
	unsigned from, to;
	enum gh_err err = command_fingers(x, &from, &to);

	if (err)
		return err;
	if (pin_text.n == 0)
		return terminal_query_end(x, &b, query_all_templates(x, &b));
	err = terminal_command_pin(x, pin_text, pin);
	return err ? err : terminal_query_end(x, &b, query_fingers(x, &b, pin, from, to));
}

/* The bytes of the template in `text`: out->p is on the heap, the caller frees it. */
static enum gh_err template_decode(struct terminal_execution *x, gh_slice text, gh_slice *out)
{
	uint8_t *to = malloc(text.n + 1);
	gh_slice bytes = { 0 };

	if (to == NULL)
		return GH_ENOMEM;
	if (ghi_base64_count(text) % 4 == 0 && base64_decode(text, to, &bytes) == GH_OK &&
	    bytes.n <= UINT16_MAX) {
		*out = bytes;
		return GH_OK;
	}
	free(to);
	return terminal_refuse(x, GH_EINVALID, "TMP is no base64 of 1 to 65535 bytes");
}

enum gh_err terminal_command_update_template(struct terminal_execution *x)
{
	union model_record record;
	const struct template *from = (const struct template *)&record;
	struct gh_template t = { .flag = GH_TEMPLATE_VALID };
	gh_slice data = { 0 };
	enum gh_err err = terminal_command_record(x, &record);

	if (err == GH_OK)
		err = terminal_command_pin(x, from->pin, t.pin);
	if (err == GH_OK &&
	    (!model_has(from, TEMPLATE_no) || from->no < 0 || from->no >= GH_FINGERS))
		err = terminal_refuse(x, GH_EINVALID, "FID is not a number from 0 to 9");
	if (err == GH_OK && model_has(from, TEMPLATE_valid))
		err = terminal_command_byte(x, "Valid", from->valid, &t.flag);
	if (err == GH_OK)
		err = template_decode(x, from->data, &data);
	if (err)
		return err;
	t.finger = (uint8_t)from->no;
	t.size = (uint16_t)data.n;
	t.data = data.p;
	err = gh_terminal_template_set(x->terminal, &t);
	free((void *)(uintptr_t)data.p);
	return err;
}

enum gh_err terminal_command_delete_template(struct terminal_execution *x)
{
	char pin[GH_PIN_SIZE];
	unsigned from = 0, to = 0;
	bool any = false;
	enum gh_err err = terminal_command_pin(x, terminal_argument(x, ARGUMENT_pin), pin);

	if (err == GH_OK)
		err = command_fingers(x, &from, &to);
	for (unsigned finger = from; err == GH_OK && finger <= to; finger++) {
		err = gh_terminal_template_delete(x->terminal, pin, finger);
		any |= err == GH_OK;
		if (err == GH_ENOTFOUND)
			err = GH_OK;
	}
	return err == GH_OK && !any ? terminal_refuse(x, GH_ENOTFOUND, "no such template")
				    : err;
}
