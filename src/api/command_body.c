#include "api/command_body.h"

#include <stdio.h>

#include "api/command_record.h"
#include "api/query.h"
#include "model/command_field.h"
#include "model/record.h"

static enum gh_err field_refuse(struct fault *fault, const char *name, const char *what)
{
	fault_set(fault, gh_slice_of(name), "%s", what);
	return GH_EINVALID;
}

static enum gh_err time_read(struct command_scalar *to, bool end, gh_slice s)
{
	ghi_civil t;

	if (query_moment(s, end, &t))
		return GH_EINVALID;
	ghi_put_civil(&to->w, t);
	return to->w.err;
}

/* Whether a text without a limit of its own is within that of all. */
static bool text_is_too_long(const struct command_rule *rule, gh_slice text)
{
	return rule->most == INT32_MAX && text.n > COMMAND_BODY_VALUE;
}

enum gh_err command_value_read(struct command_scalar *to, const struct command_rule *rule,
			       const struct body *m, bool may_be_empty, gh_slice *value,
			       char why[COMMAND_WHY])
{
	enum gh_err err = GH_OK;

	to->w = ghi_writer_on(to->text, sizeof(to->text));
	switch (rule->type) {
	case ARGUMENT_INT:
		snprintf(why, COMMAND_WHY, "must be a whole number");
		if (m->kind != BODY_INT || m->i < -1 || m->i > INT32_MAX)
			return GH_EINVALID;
		ghi_put_signed(&to->w, m->i);
		break;
	case ARGUMENT_BOOL:
		snprintf(why, COMMAND_WHY, "must be true or false");
		if (m->kind != BODY_BOOL)
			return GH_EINVALID;
		ghi_put_u8(&to->w, m->i ? '1' : '0');
		break;
	default:
		snprintf(why, COMMAND_WHY, "must be text that is not empty");
		if (m->kind != BODY_TEXT || (m->s.n == 0 && !may_be_empty))
			return GH_EINVALID;
		if (rule->type == ARGUMENT_START || rule->type == ARGUMENT_END) {
			snprintf(why, COMMAND_WHY,
				 "must be a date or time that exists, as YYYY-MM-DD or "
				 "YYYY-MM-DD HH:MM:SS");
			err = time_read(to, rule->type == ARGUMENT_END, m->s);
			break;
		}
		*value = m->s;
		if (text_is_too_long(rule, m->s))
			return GH_ESPACE;
		/* Raw words alone may hold tabs. */
		if (rule->type == ARGUMENT_LINE)
			return command_value_check(&(struct command_rule){ ARGUMENT_TEXT,
									   rule->least,
									   rule->most },
						   m->s, why);
		return m->s.n == 0 && may_be_empty ? GH_OK
						   : command_value_check(rule, m->s, why);
	}
	*value = ghi_written(&to->w);
	return err ? err : command_value_check(rule, *value, why);
}

static enum gh_err parameter_read(struct ghi_writer *w, const struct command_parameter *p,
				  const struct body *b, struct fault *fault)
{
	const struct command_argument_row *a = &command_arguments[p->id];
	const struct body *m = body_find(b, gh_slice_of(a->name));
	struct command_scalar scalar;
	char why[COMMAND_WHY];
	gh_slice value;

	if (m && m->kind == BODY_NULL)
		m = NULL;
	if (m == NULL && p->required)
		return field_refuse(fault, a->name, "is missing");
	if (m == NULL && !p->has_usual)
		return GH_OK;
	if (m == NULL) {
		command_argument_put(w, a->name, p->usual);
		return w->err;
	}
	enum gh_err err = command_value_read(&scalar, &a->rule, m, p->has_usual, &value, why);

	if (err == GH_EINVALID)
		return field_refuse(fault, a->name, why);
	if (err)
		return err;
	command_argument_put(w, a->name, value);
	return w->err;
}

/* --- pictures --- */

/* The length of an advertising picture. */
static enum gh_err advert_complete(struct ghi_writer *w, gh_slice arguments,
				   struct fault *fault)
{
	char why[COMMAND_WHY], digits[24];
	gh_slice content;
	int64_t bytes;

	(void)command_argument(arguments, ARGUMENT_content, &content);
	if (command_argument_number(arguments, ARGUMENT_bytes, &bytes)) {
		snprintf(why, sizeof(why),
			 "must be %zu, the length of the base64 text, or absent", content.n);
		return bytes == (int64_t)content.n ? GH_OK : field_refuse(fault, "bytes", why);
	}
	snprintf(digits, sizeof(digits), "%zu", content.n);
	command_argument_put(w, "bytes", gh_slice_of(digits));
	return w->err;
}

/* The picture is in the command, or at a url. */
static enum gh_err comparison_complete(struct ghi_writer *w, gh_slice arguments,
				       struct fault *fault)
{
	union model_record record;
	gh_slice url;
	int64_t format;
	bool at_url = command_argument(arguments, ARGUMENT_url, &url);

	if (command_record(COMMAND_KIND_UPDATE_COMPARISON_PHOTO, arguments, &record))
		return GH_EINVALID;
	if (at_url == model_has(&record, PHOTO_content))
		return field_refuse(fault, "photo.content",
				    at_url ? "and \"url\" are one too many"
					   : "is missing, and so is \"url\"");
	if (command_argument_number(arguments, ARGUMENT_format, &format))
		return format == at_url ? GH_OK
					: field_refuse(fault, "format",
						       "must be 1 with \"url\", else 0");
	command_argument_put(w, "format", at_url ? GH_LIT("1") : GH_LIT("0"));
	return w->err;
}

/* --- packages of command lines --- */

static bool word_is(gh_slice word, const char *const *known, size_t n, gh_slice *out)
{
	for (size_t i = 0; i < n; i++) {
		*out = gh_slice_of(known[i]);
		if (gh_slice_ieq(word, *out))
			return true;
	}
	return false;
}

/* The table and the number of records of SyncData, which replaces a table; AppendData has neither. */
static enum gh_err package_sync_complete(struct ghi_writer *w, gh_slice arguments,
					 struct fault *fault)
{
	static const char *const tables[] = { "USERINFO", "FINGERTMP", "FACE" };
	gh_slice table = { 0 };
	int64_t records;

	(void)command_argument(arguments, ARGUMENT_table, &table);
	if (!word_is(table, tables, 3, &table))
		return field_refuse(fault, "table",
				    "must be USERINFO, FINGERTMP or FACE with SyncData");
	if (!command_argument_number(arguments, ARGUMENT_records, &records))
		return field_refuse(fault, "records", "is missing, and SyncData needs it");
	ghi_put(w, GH_LIT("SyncData\tTableName="));
	ghi_put(w, table);
	ghi_put(w, GH_LIT("\tRecordCount="));
	ghi_put_signed(w, records);
	return w->err;
}

/* PutFile's further parameters (Attendance PUSH 2020-03, 12.5.2, function 2). */
static enum gh_err package_complete(struct ghi_writer *w, gh_slice arguments,
				    struct fault *fault)
{
	static const char *const actions[] = { "SyncData", "AppendData" };
	gh_slice action, url = { 0 }, other;
	enum gh_err err = GH_OK;

	if (!command_argument(arguments, ARGUMENT_action, &action)) {
		if (command_argument(arguments, ARGUMENT_table, &other))
			return field_refuse(fault, "table", "goes with \"action\" alone");
		return command_argument(arguments, ARGUMENT_records, &other)
			       ? field_refuse(fault, "records", "goes with \"action\" alone")
			       : GH_OK;
	}
	(void)command_argument(arguments, ARGUMENT_url, &url);
	if (!word_is(action, actions, 2, &action))
		return field_refuse(fault, "action", "must be SyncData or AppendData");
	if (gh_slice_istarts(url, GH_LIT("http://")) ||
	    gh_slice_istarts(url, GH_LIT("https://")))
		return field_refuse(fault, "url",
				    "must be the name of a published file with \"action\"");
	if (!command_argument(arguments, ARGUMENT_path, &other))
		return field_refuse(fault, "path", "is missing, and \"action\" needs it");
	if (command_argument(arguments, ARGUMENT_options, &other))
		return field_refuse(fault, "options", "does not go with \"action\"");
	ghi_put(w, GH_LIT("options=Action="));
	if (gh_slice_eq(action, GH_LIT("SyncData")))
		err = package_sync_complete(w, arguments, fault);
	else if (command_argument(arguments, ARGUMENT_table, &other))
		err = field_refuse(fault, "table", "does not go with AppendData");
	else if (command_argument(arguments, ARGUMENT_records, &other))
		err = field_refuse(fault, "records", "does not go with AppendData");
	else
		ghi_put(w, action);
	ghi_put_u8(w, '\n');
	return err ? err : w->err;
}

/* --- the request --- */

static enum gh_err name_unknown(enum command_kind kind, gh_slice name, struct fault *fault)
{
	const struct command_kind_row *row = command_kind_row(kind);
	struct suggestion near = suggestion_for(name);
	gh_slice type = command_kind_type(kind);
	const char *at = row->arguments;
	struct command_parameter p;
	char what[80];

	suggestion_offer_words(&near, "deviceSerial type ttl reason");
	if (row->record < KIND_COUNT)
		suggestion_offer(&near, gh_slice_of(command_record_member(kind)));
	while (command_parameter_next(&at, &p))
		suggestion_offer(&near, gh_slice_of(command_arguments[p.id].name));
	snprintf(what, sizeof(what), "is unknown for type \"%.*s\"", GH_FMT(type));
	suggestion_fault(&near, fault, name, what);
	return GH_EINVALID;
}

/* Every field of the request must mean something to this kind. */
static enum gh_err names_check(enum command_kind kind, const struct body *b,
			       struct fault *fault)
{
	for (size_t i = 0; i < b->parts; i++) {
		gh_slice name = b->part[i].name;
		const char *at = command_kind_row(kind)->arguments;
		const struct command_kind_row *row = command_kind_row(kind);
		bool known = query_takes("deviceSerial type ttl reason", name) ||
			     (row->record < KIND_COUNT &&
			      gh_slice_eq(name, gh_slice_of(command_record_member(kind))));
		struct command_parameter p;

		while (!known && command_parameter_next(&at, &p))
			known = gh_slice_eq(gh_slice_of(command_arguments[p.id].name), name);
		if (!known)
			return name_unknown(kind, name, fault);
	}
	return GH_OK;
}

#define ARGUMENT_ROOM 64    /* a name and a number */
#define ARGUMENTS_ROOM 2048 /* of what is absent */

static size_t body_room(const struct body *b)
{
	size_t room = ARGUMENT_ROOM + b->name.n + (b->kind == BODY_TEXT ? b->s.n : 0);

	for (size_t i = 0; i < b->parts; i++)
		room += body_room(&b->part[i]);
	return room;
}

size_t command_body_room(const struct body *b)
{
	return ARGUMENTS_ROOM + body_room(b);
}

enum gh_err command_body_read(struct ghi_writer *w, enum command_kind kind,
			      const struct body *b, struct fault *fault)
{
	const char *at = command_kind_row(kind)->arguments;
	struct command_parameter p;
	size_t from = w->n;
	enum gh_err err = names_check(kind, b, fault);

	if (err == GH_OK && command_kind_row(kind)->record < KIND_COUNT)
		err = command_record_read(w, kind, b, fault);
	while (err == GH_OK && command_parameter_next(&at, &p))
		err = parameter_read(w, &p, b, fault);
	gh_slice arguments = { w->p + from, w->n - from };

	if (err == GH_OK && kind == COMMAND_KIND_UPDATE_ADVERT)
		err = advert_complete(w, arguments, fault);
	if (err == GH_OK && kind == COMMAND_KIND_UPDATE_COMPARISON_PHOTO)
		err = comparison_complete(w, arguments, fault);
	if (err == GH_OK && kind == COMMAND_KIND_PUT_FILE)
		err = package_complete(w, arguments, fault);
	return err;
}
