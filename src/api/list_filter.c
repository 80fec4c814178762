/* Parameters of lists that name a value of a column. */
#include "api/list_filter.h"

#include <stdio.h>

#include "api/compat/zk_server/fields.h"
#include "base/number.h"

static const struct list_filter {
	enum param_id param;
	const char *column;
	enum store_match match;
} filters[] = {
	{ PARAM_pin, "pin", MATCH_EQUAL },
	{ PARAM_person, "pin", MATCH_EQUAL },
	{ PARAM_state, "state", MATCH_EQUAL },
	{ PARAM_contact, "contact", MATCH_AMONG },
	{ PARAM_tag, "tags", MATCH_EQUAL },
	{ PARAM_sn, "sn", MATCH_PATTERN },
	{ PARAM_clock, "clockOff", MATCH_EQUAL },
	{ PARAM_full, "logUsed", MATCH_AT_LEAST },
	{ PARAM_firmware, "firmwareVersion", MATCH_EQUAL },
	{ PARAM_protocol, "dialect", MATCH_EQUAL },
	{ PARAM_status, "status", MATCH_AMONG },
	{ PARAM_verify, "verifyType", MATCH_EQUAL },
	{ PARAM_workCode, "workCode", MATCH_EQUAL },
	{ PARAM_source, "source", MATCH_EQUAL },
	{ PARAM_receivedFrom, "receivedAt", MATCH_AT_LEAST },
	{ PARAM_receivedTo, "receivedAt", MATCH_AT_MOST },
	{ PARAM_type, "type", MATCH_EQUAL },
	{ PARAM_kind, "kind", MATCH_EQUAL },
	{ PARAM_severity, "severity", MATCH_EQUAL },
	{ PARAM_reason, "reason", MATCH_EQUAL },
	{ PARAM_peer, "peer", MATCH_EQUAL },
	{ PARAM_subject, "subject", MATCH_EQUAL },
	{ PARAM_door, "door", MATCH_EQUAL },
	{ PARAM_event, "event", MATCH_EQUAL },
	{ PARAM_class, "class", MATCH_EQUAL },
	{ PARAM_action, "action", MATCH_EQUAL },
	{ PARAM_outcome, "outcome", MATCH_EQUAL },
	{ PARAM_by, "by", MATCH_EQUAL },
	{ PARAM_command, "commandId", MATCH_EQUAL },
	{ PARAM_from, "timestamp", MATCH_AT_LEAST },
	{ PARAM_startDate, "timestamp", MATCH_AT_LEAST },
	{ PARAM_to, "timestamp", MATCH_AT_MOST },
	{ PARAM_endDate, "timestamp", MATCH_AT_MOST },
};

/* Number of a word among those of a field; -1: it is none of them. */
static int64_t field_word_number(const struct field *f, gh_slice word)
{
	for (size_t i = 0; f->word(i); i++)
		if (gh_slice_eq(word, gh_slice_of(f->word(i))))
			return (int64_t)i;
	return -1;
}

/* The audit and commands have the moments of the server, the ledgers those of devices. */
static const char *filter_column(const struct list_question *q, const struct list_filter *f)
{
	bool moment = f->param == PARAM_from || f->param == PARAM_to;

	if (q->resource->source == STORE_COMMANDS && f->param == PARAM_by)
		return "requestedBy";
	if (q->resource->source == STORE_COMMANDS && moment)
		return "createdAt";
	return moment && q->resource->source == STORE_AUDIT ? "at" : f->column;
}

static bool filter_is_received(const struct list_filter *f)
{
	return f->param == PARAM_receivedFrom || f->param == PARAM_receivedTo;
}

/* UTC digits as milliseconds; of the end of a period the last one. */
static int64_t filter_instant_ms(const struct list_filter *f, ghi_civil t)
{
	return ghi_civil_to_seconds(t) * 1000 + (f->match == MATCH_AT_MOST ? 999 : 0);
}

/* A column of words may be stored by their numbers. False: it is none of them; answered. */
static bool word_read(struct call *c, enum param_id param, gh_slice given,
		      const struct field *f, struct store_term *t)
{
	gh_slice word = zk_server_word(given);
	struct suggestion near = suggestion_for(word);
	char text[FAULT_MESSAGE] = "must be ";
	size_t at = strlen(text);

	t->value.s = word;
	t->value.i = field_word_number(f, word);
	if (t->value.i >= 0)
		return true;
	for (size_t i = 0; f->word(i) && at < sizeof(text); i++) {
		suggestion_offer(&near, gh_slice_of(f->word(i)));
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s", f->word(i),
				       f->word(i + 1) == NULL	? ""
				       : f->word(i + 2) == NULL ? " or "
								: ", ");
	}
	if (near.best.n)
		call_fail_param(c, param, "%s; did you mean \"%.*s\"?", text,
				GH_FMT(near.best));
	else
		call_fail_param(c, param, "%s", text);
	return false;
}

/* One or several, parted by commas; the term is of all of them then. */
static bool words_read(struct call *c, enum param_id param, const struct field *f,
		       struct store_term *t)
{
	gh_slice rest = call_param(c, param)->s, one;
	uint8_t *text = ghi_arena_alloc(call_arena(c), 8 * rest.n + 1);
	struct ghi_writer w = ghi_writer_on(text, text ? 8 * rest.n + 1 : 0);
	int64_t bits = 0;

	do {
		gh_slice_cut(rest, ',', &one, &rest);
		if (!word_read(c, param, one, f, t))
			return false;
		bits |= (int64_t)1 << t->value.i;
		ghi_put(&w, t->value.s);
		ghi_put_u8(&w, ',');
	} while (rest.n);
	t->value.i = bits;
	t->value.s = ghi_written(&w);
	if (w.err)
		call_fail_err(c, GH_ENOMEM);
	return w.err == GH_OK;
}

/* The type of commands is stored as the name of its kind. */
static bool type_filter_read(struct call *c, struct list_question *q, struct store_term *t)
{
	gh_slice word = t->value.s;
	struct suggestion near = suggestion_for(word);
	struct fault f;

	for (size_t k = 0; k < COMMAND_KINDS; k++) {
		if (gh_slice_eq(word, command_kind_type((enum command_kind)k))) {
			t->value.s = gh_slice_of(command_kind_row((enum command_kind)k)->name);
			q->rows.terms++;
			return true;
		}
		suggestion_offer(&near, command_kind_type((enum command_kind)k));
	}
	suggestion_fault(&near, &f, GH_LIT("type"), "must be a type of command");
	call_fail_parameter(c, &f);
	return false;
}

/* "off" or "right"; devices of which it is not known are neither. */
static bool clock_filter_read(struct call *c, struct list_question *q, struct store_term *t)
{
	gh_slice word = t->value.s;

	t->value.i = gh_slice_eq(word, GH_LIT("off"));
	if (!t->value.i && !gh_slice_eq(word, GH_LIT("right"))) {
		call_fail_param(c, PARAM_clock, "must be off or right");
		return false;
	}
	q->rows.terms++;
	return true;
}

static bool list_filter_read(struct call *c, struct list_question *q,
			     const struct list_filter *f)
{
	const struct param_value *v = call_param(c, f->param);
	size_t n;
	const struct store_column *column = list_columns(q->resource, &n);
	const char *name = filter_column(q, f);
	const struct field *field = fields_find(q->resource->fields, gh_slice_of(name));
	struct store_term *t = &q->term[q->rows.terms];

	for (; n; n--, column++)
		if (column->use && strcmp(column->name, name) == 0)
			break;
	if (n == 0) {
		call_fail_param(c, f->param, "does not go with this list");
		return false;
	}
	*t = (struct store_term){ column, f->match, { .is_text = column->is_text } };
	t->value.i =
		name == f->column && !filter_is_received(f) ? v->i : filter_instant_ms(f, v->i);
	t->value.s = v->s;
	if (f->param == PARAM_clock)
		return clock_filter_read(c, q, t);
	if (f->param == PARAM_type)
		return type_filter_read(c, q, t);
	if (t->match == MATCH_AMONG && !(field && field->word))
		t->match = MATCH_EQUAL;
	if (field && field->word &&
	    !(t->match == MATCH_AMONG ? words_read(c, f->param, field, t)
				      : word_read(c, f->param, v->s, field, t)))
		return false;
	/* A number that other routes have as text. */
	if (!column->is_text && !(field && field->word) && v->s.n &&
	    ghi_signed_parse(v->s, 0, INT64_MAX, &t->value.i)) {
		call_fail_param(c, f->param, "must be a whole number from 0 on");
		return false;
	}
	q->rows.terms++;
	return true;
}

bool list_filters_read(struct call *c, struct list_question *q, bool tagged)
{
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		const struct list_filter *f = &filters[i];

		if (!tagged && f->param == PARAM_tag)
			continue;
		if (call_param(c, f->param)->present && !list_filter_read(c, q, f))
			return false;
	}
	return true;
}
