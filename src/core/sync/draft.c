/* Orders that are needed, until it is settled which of them are queued. */
#include "core/sync/planner.h"

gh_slice sync_arguments(struct planner *p, enum command_argument_id id, gh_slice value,
			const enum command_argument_id *more, const int64_t *number, size_t n)
{
	size_t room = value.n + 32 + n * 48;
	uint8_t *text = ghi_arena_alloc(p->arena, room);
	struct ghi_writer w = ghi_writer_on(text, text ? room : 0);

	command_argument_put(&w, command_arguments[id].name, value);
	for (size_t i = 0; i < n && number[i] != SYNC_NO_NUMBER; i++) {
		uint8_t digits[24];
		struct ghi_writer d = ghi_writer_on(digits, sizeof(digits));

		ghi_put_signed(&d, number[i]);
		command_argument_put(&w, command_arguments[more[i]].name, ghi_written(&d));
	}
	if (w.err)
		p->err = text ? w.err : GH_ENOMEM;
	return ghi_written(&w);
}

/* Memory for n bytes: where the text may be that of an order which waits, memory that the next one uses again. */
static uint8_t *draft_text(struct planner *p, size_t n, bool again)
{
	if (!again)
		return ghi_arena_alloc(p->arena, n);
	if (p->text_room < n) {
		size_t room = n > SIZE_MAX / 2 ? n : 2 * n;

		p->text = ghi_arena_alloc(p->arena, room);
		p->text_room = p->text ? room : 0;
	}
	return p->text;
}

static gh_slice draft_record(struct planner *p, enum command_kind kind, const void *record,
			     bool own, bool again)
{
	const struct model_kind *k = &model_kinds[command_kind_row(kind)->record];
	size_t room = 64;

	for (size_t i = 0; i < k->fields; i++) {
		if (!model_has(record, i))
			continue;
		room += strlen(k->field[i].column) + 24;
		if (k->field[i].type != MODEL_INT)
			room += ((const gh_slice *)model_at_const(k, record, i))->n;
	}
	uint8_t *text = draft_text(p, room, again);
	struct ghi_writer w = ghi_writer_on(text, text ? room : 0);

	command_record_put(&w, kind, record);
	if (own)
		command_argument_put(&w, command_arguments[ARGUMENT_own_name].name,
				     GH_LIT("1"));
	if (w.err)
		p->err = text ? w.err : GH_ENOMEM;
	return ghi_written(&w);
}

size_t sync_row_add(struct planner *p, enum sync_state state, enum sync_reason reason,
		    const struct sync_item *target, const struct sync_item *held)
{
	const struct sync_input *in = p->in;

	p->out->row[p->out->rows] = (struct sync_row){
		.state = state,
		.reason = reason,
		.target = target ? (size_t)(target - in->target) : SYNC_NO_ITEM,
		.held = held ? (size_t)(held - in->held) : SYNC_NO_ITEM,
	};
	return p->out->rows++;
}

size_t sync_removal_add(struct planner *p, const struct sync_part *part, enum command_kind kind,
			gh_slice arguments)
{
	p->removal[p->removals] = (struct sync_draft){
		.kind = kind,
		.arguments = arguments,
		.target = SYNC_NO_ITEM,
		.row = SYNC_NONE,
		.room = SYNC_NONE,
		.first = SYNC_NONE,
		.person = SYNC_NONE,
		.removal = SYNC_NONE,
		.waits = sync_wait_take(p, part, kind, arguments),
	};
	return p->removals++;
}

struct sync_draft *sync_write_add(struct planner *p, const struct sync_part *part,
				  enum command_kind kind, const void *record, bool own,
				  const struct sync_item *target, size_t row)
{
	struct sync_draft *d = &p->write[p->writes];
	gh_slice arguments = draft_record(p, kind, record, own, part->waits > 0);
	size_t waits = sync_wait_take(p, part, kind, arguments);

	if (waits != SYNC_NONE)
		arguments = p->in->waiting[waits].arguments;
	else if (part->waits)
		arguments = ghi_arena_copy(p->arena, arguments);
	if (arguments.n == 0)
		p->err = p->err ? p->err : GH_ENOMEM;
	*d = (struct sync_draft){
		.kind = kind,
		.arguments = arguments,
		.target = (size_t)(target - p->in->target),
		.row = row,
		.room = SYNC_NONE,
		.first = p->writes,
		.person = SYNC_NONE,
		.removal = SYNC_NONE,
		.waits = waits,
	};
	p->writes++;
	return d;
}

/* --- what there is room for --- */

static int64_t room_left(const struct sync_room *r)
{
	int64_t unknown = r->reported > r->held ? r->reported - r->held : 0;

	return r->most > 0 ? r->most - unknown - r->now : INT64_MAX;
}

/* Of a full device the first get the room. */
static void drafts_refuse(struct planner *p)
{
	int64_t left[SYNC_ROOMS];

	for (size_t i = 0; i < SYNC_ROOMS; i++) {
		left[i] = room_left(&p->room[i]);
		if (left[i] != INT64_MAX)
			left[i] += p->room[i].freed;
	}
	for (size_t i = 0; i < p->writes; i++) {
		struct sync_draft *d = &p->write[i];
		bool person = d->person != SYNC_NONE && p->write[d->person].refused,
		     full = d->room != SYNC_NONE && d->first == i && left[d->room] <= 0;

		d->refused = person || full || (d->first != i && p->write[d->first].refused);
		if (d->refused) {
			struct sync_row *row = &p->out->row[d->row];

			row->state = SYNC_IMPOSSIBLE;
			row->reason = person ? SYNC_PERSON : SYNC_CAPACITY;
		} else if (d->room != SYNC_NONE && d->first == i &&
			   left[d->room] != INT64_MAX) {
			left[d->room]--;
		}
	}
}

/* --- what waits already --- */

static bool draft_follows(const struct sync_draft *d, const struct sync_draft *before)
{
	return before->kept && before->waits < d->waits;
}

/* Where room is short it comes behind all that may free some. */
static bool draft_has_room(const struct planner *p, const struct sync_draft *d)
{
	const struct sync_room *r = d->room == SYNC_NONE ? NULL : &p->room[d->room];

	if (r == NULL || r->freed == 0 || room_left(r) >= r->needed)
		return true;
	for (size_t i = 0; i < p->removals; i++)
		if (!draft_follows(d, &p->removal[i]))
			return false;
	return true;
}

static void drafts_keep(struct planner *p)
{
	for (size_t i = 0; i < p->removals; i++)
		p->removal[i].kept = p->removal[i].waits != SYNC_NONE;
	for (size_t i = 0; i < p->writes; i++) {
		struct sync_draft *d = &p->write[i];

		d->kept = d->waits != SYNC_NONE && !d->refused &&
			  (d->person == SYNC_NONE || draft_follows(d, &p->write[d->person])) &&
			  (d->removal == SYNC_NONE ||
			   draft_follows(d, &p->removal[d->removal])) &&
			  draft_has_room(p, d);
	}
}

static void drafts_put(struct planner *p, const struct sync_draft *d, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (d[i].kept)
			p->out->kept++;
		else if (!d[i].refused)
			p->out->order[p->out->orders++] =
				(struct sync_order){ d[i].kind, d[i].arguments, d[i].target };
	}
}

/* What a draft is the same as, and is not kept for all that, is queued again. */
static void drafts_withdraw(struct planner *p)
{
	for (size_t i = 0; i < p->removals; i++)
		if (p->removal[i].kept)
			p->stays[p->removal[i].waits] = true;
	for (size_t i = 0; i < p->writes; i++)
		if (p->write[i].kept)
			p->stays[p->write[i].waits] = true;
	for (size_t i = 0; i < p->waits; i++) {
		size_t at = p->wait[i].at;

		if (!p->stays[at] && !sync_wait_is_fixed(&p->in->waiting[at]))
			p->out->withdrawn[p->out->withdrawals++] = p->in->waiting[at].id;
	}
}

void sync_drafts_settle(struct planner *p)
{
	drafts_refuse(p);
	drafts_keep(p);
	drafts_put(p, p->removal, p->removals);
	drafts_put(p, p->write, p->writes);
	drafts_withdraw(p);
	for (size_t i = 0; i < p->out->rows; i++)
		p->out->count[p->out->row[i].state]++;
}
