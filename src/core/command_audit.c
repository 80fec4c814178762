#include "core/command_audit.h"

#include "base/json.h"
#include "base/number.h"
#include "base/writer.h"
#include "core/commands.h"
#include "model/command_takeover.h"
#include "wire/push/secret_option.h"

/* Of the text of arguments in a row. */
#define AUDIT_VALUES 8192

bool command_is_audited(const struct command *c)
{
	enum token_scope scope = command_scope(c->kind, c->arguments);

	return scope == TOKEN_DOOR || scope == TOKEN_ADMIN ||
	       command_kind_row(c->kind)->nature == COMMAND_NATURE_RESTART;
}

bool command_is_own(const struct command *c)
{
	return c->kind == COMMAND_KIND_UPDATE_TABLE &&
	       gh_slice_eq(c->requested_by, COMMAND_BY_SERVER);
}

static bool kind_has_door(enum command_kind kind)
{
	return strcmp(command_kind_row(kind)->subject, "door") == 0;
}

/* "door:SN:2", or "device:SN" */
static gh_slice audit_order_subject(const struct command *c, uint8_t room[AUDIT_SUBJECT])
{
	struct ghi_writer w = ghi_writer_on(room, AUDIT_SUBJECT);
	int64_t door = 1;

	ghi_put(&w, kind_has_door(c->kind) ? GH_LIT("door:") : GH_LIT("device:"));
	ghi_put(&w, c->serial);
	if (kind_has_door(c->kind)) {
		(void)command_argument_number(c->arguments, ARGUMENT_door, &door);
		ghi_put_u8(&w, ':');
		ghi_put_signed(&w, door);
	}
	return w.err ? c->serial : ghi_written(&w);
}

gh_slice command_audit_subject(struct arena *a, const struct command *c)
{
	uint8_t room[AUDIT_SUBJECT];

	return ghi_arena_copy(a, audit_order_subject(c, room));
}

static void audit_value_write(struct json *j, gh_slice name, gh_slice value)
{
	enum command_argument_id id = command_argument_of(name);
	int64_t number;
	char key[48];

	if (name.n >= sizeof(key))
		return;
	memcpy(key, name.p, name.n);
	key[name.n] = '\0';
	json_key(j, key);
	if (id < ARGUMENTS && command_arguments[id].flags & MODEL_SECRET)
		json_string(j, GH_LIT("***"));
	else if (id < ARGUMENTS && command_arguments[id].rule.type == ARGUMENT_INT &&
		 ghi_signed_parse(value, INT64_MIN, INT64_MAX, &number) == GH_OK)
		json_int(j, number);
	else
		json_string(j, value);
}

static bool argument_is(gh_slice name, enum command_argument_id id)
{
	return gh_slice_eq(name, gh_slice_of(command_arguments[id].name));
}

/* What is written of the arguments of an order so far. */
struct audit_values {
	struct json j;
	bool any, words;
	bool secret; /* the option that was named last is one */
};

/* Words and rows may have secrets in them, which what is shown of the command has not. */
static void audit_argument_write(struct audit_values *v, gh_slice shown, gh_slice name,
				 gh_slice value)
{
	bool words = argument_is(name, ARGUMENT_written) || argument_is(name, ARGUMENT_pairs);

	if (argument_is(name, ARGUMENT_name))
		v->secret = ghi_option_is_secret(value);
	if (v->secret && argument_is(name, ARGUMENT_value))
		value = GH_LIT("***");
	if (!words) {
		audit_value_write(&v->j, name, value);
	} else if (!v->words) {
		json_key(&v->j, "command");
		json_string(&v->j, shown);
		v->words = true;
	}
	v->any = true;
}

/* The arguments as an object; what kinds with a record have is in their own tables. */
static gh_slice audit_order_values(struct arena *a, const struct command *c)
{
	struct audit_values v = { .j = json_with_limit(AUDIT_VALUES) };
	gh_slice rest = c->arguments, name, value, text;

	if (command_kind_row(c->kind)->record < KIND_COUNT)
		return (gh_slice){ 0 };
	json_object(&v.j);
	while (command_argument_next(&rest, &name, &value))
		audit_argument_write(&v, c->shown, name, value);
	json_object_end(&v.j);
	text = v.j.text.err ? GH_LIT("{\"tooLong\":true}") : json_text(&v.j);
	text = v.any ? ghi_arena_copy(a, text) : (gh_slice){ 0 };
	json_clear(&v.j);
	return text;
}

enum gh_err command_audit_make(struct arena *a, const struct audit_row *by,
			       const struct command *c, int64_t now_ms, struct audit_row *out)
{
	*out = by ? *by : (struct audit_row){ .actor = AUDIT_SERVER };
	/* The request may end before the order is stored. */
	out->by = ghi_arena_copy(a, out->by);
	out->from = ghi_arena_copy(a, out->from);
	out->reason = ghi_arena_copy(a, out->reason);
	out->at_ms = now_ms;
	out->action = gh_slice_of(command_kind_row(c->kind)->name);
	out->subject = command_audit_subject(a, c);
	out->outcome = gh_slice_of(command_state_name(COMMAND_QUEUED));
	out->after = audit_order_values(a, c);
	out->command_at = &c->id;
	return a->failed ? GH_ENOMEM : GH_OK;
}

enum gh_err command_audit_state(const struct store_ops *ops, struct store *s,
				const struct command *c, const struct audit_row *by,
				int64_t now_ms, gh_slice detail)
{
	bool answered = c->state == COMMAND_ACKNOWLEDGED || c->state == COMMAND_FAILED ||
			c->state == COMMAND_DEFERRED;
	uint8_t subject[AUDIT_SUBJECT], code[48];
	struct audit_row row = { .actor = answered ? AUDIT_DEVICE : AUDIT_SERVER,
				 .by = answered ? c->serial : (gh_slice){ 0 } };

	if (by)
		row = *by;
	row.at_ms = now_ms;
	row.command = c->id;
	row.action = gh_slice_of(command_kind_row(c->kind)->name);
	row.subject = audit_order_subject(c, subject);
	row.outcome = gh_slice_of(command_state_name(c->state));
	row.reason = detail.n || by == NULL ? detail : row.reason;
	if (c->has_return && answered) {
		struct ghi_writer w = ghi_writer_on(code, sizeof(code));

		ghi_put(&w, GH_LIT("{\"returnCode\":"));
		ghi_put_signed(&w, c->return_code);
		ghi_put_u8(&w, '}');
		row.after = ghi_written(&w);
	}
	return ops->audit_put(s, &row);
}

enum gh_err command_audit_confirmed(const struct store_ops *ops, struct store *s,
				    const struct command *c, int64_t now_ms, int64_t seq)
{
	uint8_t subject[AUDIT_SUBJECT], after[48];
	struct ghi_writer w = ghi_writer_on(after, sizeof(after));
	struct audit_row row = { .at_ms = now_ms,
				 .command = c->id,
				 .actor = AUDIT_DEVICE,
				 .by = c->serial,
				 .action = gh_slice_of(command_kind_row(c->kind)->name),
				 .subject = audit_order_subject(c, subject),
				 .outcome = AUDIT_CONFIRMED };

	if (!command_is_audited(c))
		return GH_OK;
	ghi_put(&w, seq ? GH_LIT("{\"seq\":") : GH_LIT("{\"relay\":true"));
	if (seq)
		ghi_put_signed(&w, seq);
	ghi_put_u8(&w, '}');
	row.after = ghi_written(&w);
	return ops->audit_put(s, &row);
}
