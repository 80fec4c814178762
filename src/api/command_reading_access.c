/* Orders for access units: their words, and what these cannot express. */
#include <stdlib.h>

#include "api/call.h"
#include "api/command_reading.h"
#include "core/access/doors.h"
#include "model/access_option.h"
#include "wire/access/data_command.h"
#include "wire/access/parameters.h"
#include "wire/access/words.h"

static bool row_takes_factors(const struct device_row *row)
{
	gh_slice styles;

	return ghi_parameters_get(row->access.parameters, "NewVFStyles", &styles) && styles.n &&
	       !gh_slice_eq(row->access.verify_style, GH_LIT("old"));
}

static void option_value_set(struct reading *r, gh_slice name, gh_slice value)
{
	struct arena *a = call_arena(r->q->call);
	size_t room = name.n + value.n + 32;
	uint8_t *text = ghi_arena_alloc(a, room);
	struct ghi_writer w = ghi_writer_on(text, text ? room : 0);

	command_argument_put(&w, "name", name);
	command_argument_put(&w, "value", value);
	if (w.err)
		r->q->err = w.err;
	else
		order_arguments(r, &w);
}

/* A value that the unit takes; words become what it gets. An unknown name goes as it is. */
static void order_check_option(struct reading *r)
{
	struct command_order *order = &r->q->order[r->i];
	struct command_request *request = &order->request;
	struct arena *a = call_arena(r->q->call);
	gh_slice name = { 0 }, value = { 0 };
	char why[ACCESS_OPTION_WHY];
	struct access_option o;
	struct device_row row;

	(void)command_argument(request->arguments, ARGUMENT_name, &name);
	(void)command_argument(request->arguments, ARGUMENT_value, &value);
	if (!access_option_find(name, &o))
		return;
	/* Words of the unit's own go as they are. */
	if (command_argument(request->arguments, ARGUMENT_written, &(gh_slice){ 0 }))
		return;
	device_row(order->device, a, &row);
	int64_t doors = ghi_parameters_number(row.access.parameters, "LockCount", DOORS_MAX);

	if (o.door > doors) {
		order_refuse(r, ERROR_field_invalid, "name", "The unit has %lld doors",
			     (long long)doors);
		return;
	}
	size_t room = value.n + ACCESS_OPTION_WHY;
	uint8_t *text = ghi_arena_alloc(a, room);
	struct ghi_writer w = ghi_writer_on(text, text ? room : 0);
	enum gh_err err = access_option_encode(&o, value, row_takes_factors(&row), &w, why);

	if (err == GH_EINVALID)
		order_refuse(r, ERROR_field_invalid, "value", "%s %s", o.parameter->name, why);
	else if (err)
		r->q->err = err;
	else if (!gh_slice_eq(ghi_written(&w), value))
		option_value_set(r, name, ghi_written(&w));
}

/* One of the three forms of 9.2.2. */
static void order_check_account(struct reading *r)
{
	gh_slice arguments = r->q->order[r->i].request.arguments, value;
	bool max = command_argument(arguments, ARGUMENT_max_index, &value),
	     first = command_argument(arguments, ARGUMENT_first_index, &value),
	     last = command_argument(arguments, ARGUMENT_last_index, &value),
	     from = command_argument(arguments, ARGUMENT_from, &value),
	     to = command_argument(arguments, ARGUMENT_to, &value);

	if (max + first + from != 1 || first != last || from != to)
		order_refuse(r, ERROR_field_invalid, "",
			     "Type \"account\" needs max_index, or first_index and "
			     "last_index, or from and to");
}

static void order_check_kind(struct reading *r)
{
	switch (r->q->order[r->i].request.kind) {
	case COMMAND_KIND_SET_OPTION:
		order_check_option(r);
		break;
	case COMMAND_KIND_ACCOUNT:
		order_check_account(r);
		break;
	case COMMAND_KIND_UPGRADE_FILE:
		order_check_file(r);
		break;
	default:
		break;
	}
}

/* Refuse what the words of an access unit cannot express. */
void order_check_words(struct reading *r)
{
	const struct command_request *request = &r->q->order[r->i].request;
	gh_slice type = command_kind_type(request->kind);

	order_check_kind(r);
	if (r->q->refused[r->i] || r->q->err)
		return;

	size_t room = ghi_access_words_room(request->arguments);
	uint8_t *words = malloc(room);
	struct ghi_writer w = ghi_writer_on(words, room);

	if (words == NULL) {
		r->q->err = GH_ENOMEM;
		return;
	}
	ghi_access_words_write(&w, request->kind, request->arguments);
	free(words);
	if (w.err == GH_EUNSUPPORTED)
		order_refuse(r, ERROR_device_cannot, "",
			     "Type \"%.*s\" has no form in the protocol of access units; "
			     "\"command\" takes their own words",
			     GH_FMT(type));
	else if (w.err)
		order_refuse(r, ERROR_field_invalid, "",
			     "Type \"%.*s\" cannot be written with these values: doors and "
			     "seconds are from 1 to 254",
			     GH_FMT(type));
	else
		order_check_control(r);
}

/* Whether a shape of the table has these conditions as one of its sets. */
static bool deletion_fits(const struct ghi_data_command *c)
{
	const struct ghi_access_table *t;
	struct ghi_table_fault fault;
	bool unverified;

	if (c->records.n == 0 || memchr(c->records.p, '\n', c->records.n))
		return false;
	for (size_t i = 0; (t = ghi_access_table_at(i)) != NULL; i++) {
		struct ghi_table_row row = ghi_table_row_of(t);

		if (gh_slice_ieq(gh_slice_of(t->name), c->table) &&
		    ghi_table_row_read(&row, c->records, true) == 0 &&
		    ghi_table_conditions_check(&row, false, &unverified, &fault))
			return true;
	}
	return false;
}

/* A unit was seen to ignore a condition that is none of the table's, and to empty the table. What may do so is
 * given once, and only where it is ordered so. */
static void order_check_deletion(struct reading *r, gh_slice text)
{
	const struct body *unchecked = body_find(r->body, GH_LIT("unchecked"));
	struct ghi_data_command c;

	if (ghi_data_command_parse(gh_slice_trim(text), &c) == GH_ENOTFOUND ||
	    c.verb != GHI_DATA_DELETE || deletion_fits(&c))
		return;
	if (!token_scopes_hold(r->q->call->scopes, TOKEN_ADMIN))
		order_refuse_scope(r, TOKEN_ADMIN, "command", "may empty a table of the unit");
	else if (unchecked == NULL || !unchecked->i)
		order_refuse(r, ERROR_field_invalid, "command",
			     "may empty the table: it has no conditions, or some that are none "
			     "of the table's, and units were seen to ignore those; with "
			     "\"unchecked\" (--unchecked) it is sent as it is, once");
	else
		r->q->order[r->i].request.kind = COMMAND_KIND_DELETE_UNCHECKED;
}

/* Words for an access unit. A command may have several records, a line each. */
void order_read_access(struct reading *r, gh_slice text)
{
	struct command_request *request = &r->q->order[r->i].request;
	const struct body *raw = body_find(r->body, GH_LIT("raw"));
	size_t room = GHI_ACCESS_READ_ROOM(text.n);
	uint8_t *read;

	if (!order_fields_check(r))
		return;
	read = malloc(room);
	if (read == NULL) {
		r->q->err = GH_ENOMEM;
		return;
	}
	struct ghi_writer w = ghi_writer_on(read, room);

	if (ghi_access_words_read(text, &request->kind, &w))
		order_refuse(r, ERROR_command_malformed, "command",
			     "has no words, a carriage return or NUL in them, or a line that "
			     "would be a second command");
	else if (request->kind == COMMAND_KIND_RAW && raw && !raw->i)
		order_refuse(r, ERROR_command_malformed, "command",
			     "begins with the words of no known command, or sets several "
			     "options; with \"raw\" (--raw) it is sent as it is");
	else if (request->kind == COMMAND_KIND_CONTROL_DEVICE)
		order_refuse(r, ERROR_command_malformed, "command",
			     "is no form of CONTROL DEVICE: AABBCCDD in hexadecimal digits, as "
			     "01020105 for door 2 and 5 seconds; the types of \"type\" write "
			     "them");
	else
		order_arguments(r, &w);
	free(read);
	if (r->q->refused[r->i] == NULL)
		order_check_scope(r);
	if (r->q->refused[r->i] == NULL)
		order_check_deletion(r, text);
}

bool order_is_access(const struct reading *r)
{
	const struct body *sn = body_find(r->body, GH_LIT("deviceSerial"));
	struct device *d = sn ? call_device_find(r->q->call, sn->s) : NULL;
	bool access = d && device_dialect(d) == DEVICE_ACCESS;

	device_unref(d);
	return access;
}
