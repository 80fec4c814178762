/* People in commands: an update contains the whole record, and what a device acknowledged is
 * stored as its contents. */
#include <stdlib.h>

#include "core/command_job.h"
#include "model/record.h"

struct merge {
	struct arena *arena; /* of the texts */
	const struct model_kind *kind;
	union model_record record;
	bool failed;
};

/* The present fields of `from` replace the existing ones. */
static void merge_record(struct merge *m, const void *from)
{
	for (size_t i = 0; i < m->kind->fields; i++) {
		const void *at = model_at_const(m->kind, from, i);
		gh_slice text;

		/* No command has words for what is extra. */
		if (!model_has(from, i) || m->kind->field[i].flags & MODEL_EXTRA)
			continue;
		m->record.present |= UINT64_C(1) << i;
		if (m->kind->field[i].type == MODEL_INT) {
			*(int64_t *)model_at(m->kind, &m->record, i) = *(const int64_t *)at;
			continue;
		}
		text = ghi_arena_copy(m->arena, *(const gh_slice *)at);
		m->failed |= text.n != ((const gh_slice *)at)->n;
		*(gh_slice *)model_at(m->kind, &m->record, i) = text;
	}
}

static bool merge_stored(void *ctx, const struct record_row *row)
{
	merge_record(ctx, row->record);
	return true;
}

/* A deletion of the person, after which nothing of what was is left on the device. */
static bool merge_deletes(const struct command *c, gh_slice of)
{
	gh_slice pin;

	return (c->kind == COMMAND_KIND_DELETE_PERSON || c->kind == COMMAND_KIND_END_STAY) &&
	       command_argument(c->arguments, ARGUMENT_pin, &pin) && gh_slice_eq(pin, of);
}

static void merge_command(struct merge *m, const struct command *c, gh_slice pin)
{
	union model_record earlier;
	const struct person *other = (const struct person *)&earlier;
	gh_slice flag;

	if (merge_deletes(c, pin))
		m->record.present = 0;
	if (c->kind != COMMAND_KIND_UPDATE_PERSON ||
	    command_record(c->kind, c->arguments, &earlier) || !gh_slice_eq(other->pin, pin))
		return;
	/* What it was completed with is not new. */
	if (command_argument(c->arguments, ARGUMENT_own_name, &flag))
		earlier.present &= ~(UINT64_C(1) << PERSON_name);
	merge_record(m, &earlier);
	if (model_has(&earlier, PERSON_name))
		m->record.present &= ~(UINT64_C(1) << PERSON_name_bytes);
}

/* Earlier commands may write to the same person, or delete it: those of the list, and those whose result is
 * still to come, in the order of their numbers. */
static enum gh_err merge_earlier(struct merge *m, const struct command_list *l,
				 const struct command_list *deferred,
				 const struct command_item *until, gh_slice pin)
{
	const struct command_item *at = l->first, *later = deferred->first;

	while (at || later) {
		bool of_list = later == NULL || (at && at->command.id < later->command.id);
		const struct command_item *next = of_list ? at : later;

		if (next == until || next->command.id >= until->command.id)
			break;
		merge_command(m, &next->command, pin);
		if (of_list)
			at = at->next;
		else
			later = later->next;
	}
	return m->failed ? GH_ENOMEM : GH_OK;
}

static size_t merge_room(const struct merge *m)
{
	size_t room = 1;

	for (size_t i = 0; i < m->kind->fields; i++) {
		room += strlen(m->kind->field[i].column) + 24;
		if (model_has(&m->record, i) && m->kind->field[i].type != MODEL_INT)
			room += ((const gh_slice *)model_at_const(m->kind, &m->record, i))->n;
	}
	return room;
}

/* A name that is not changed goes back in the bytes the device wrote it in, where it did. */
static bool merge_own_name(struct merge *m)
{
	struct person *p = (struct person *)&m->record;
	bool own = model_has(p, PERSON_name_bytes) && p->name_bytes.n;

	if (own)
		p->name = p->name_bytes;
	p->present &= ~(UINT64_C(1) << PERSON_name_bytes);
	return own;
}

enum gh_err command_person_merge(const struct store_ops *ops, struct store *s,
				 struct command_list *l, const struct command_list *deferred,
				 struct command_item *item)
{
	struct command *c = &item->command;
	struct merge m = { .arena = &l->arena, .kind = &model_kinds[KIND_PERSON] };
	union model_record wanted;
	gh_slice flag;
	enum gh_err err;

	if (c->kind != COMMAND_KIND_UPDATE_PERSON ||
	    !command_argument(c->arguments, ARGUMENT_merge, &flag) ||
	    command_record(c->kind, c->arguments, &wanted))
		return GH_OK;
	err = ops->record_find(s, KIND_PERSON, c->device, &wanted, merge_stored, &m);
	if (err == GH_OK || err == GH_ENOTFOUND)
		err = merge_earlier(&m, l, deferred, item,
				    ((const struct person *)&wanted)->pin);
	if (err)
		return err;
	merge_record(&m, &wanted);
	bool own = !model_has(&wanted, PERSON_name) && merge_own_name(&m);
	size_t room = merge_room(&m) + sizeof("own_name=1\n");
	uint8_t *text = m.failed ? NULL : ghi_arena_alloc(&l->arena, room);
	struct ghi_writer w = ghi_writer_on(text, text ? room : 0);

	if (text == NULL)
		return GH_ENOMEM;
	command_record_put(&w, c->kind, &m.record);
	if (own)
		command_argument_put(&w, command_arguments[ARGUMENT_own_name].name,
				     GH_LIT("1"));
	c->arguments = ghi_written(&w);
	return w.err;
}

bool command_person_queried(const struct command_list *l, const struct command_item *item)
{
	const struct command *c = &item->command;
	union model_record wanted;
	const struct person *p = (const struct person *)&wanted;
	gh_slice flag, pin;

	if (c->kind != COMMAND_KIND_UPDATE_PERSON ||
	    !command_argument(c->arguments, ARGUMENT_merge, &flag) ||
	    command_record(c->kind, c->arguments, &wanted))
		return false;
	for (const struct command_item *at = l->first; at && at != item; at = at->next)
		if (at->command.kind == COMMAND_KIND_QUERY_PERSON &&
		    (!command_argument(at->command.arguments, ARGUMENT_pin, &pin) ||
		     gh_slice_eq(pin, p->pin)))
			return true;
	return false;
}

enum gh_err command_person_query(struct arena *a, enum device_dialect dialect,
				 const struct command *update, int64_t ttl_ms,
				 struct command *out)
{
	union model_record record;
	const struct person *p = (const struct person *)&record;
	size_t shown_n = 0;
	int64_t life_ms;
	enum gh_err err = command_record(update->kind, update->arguments, &record);

	if (err == GH_OK)
		err = command_life(COMMAND_KIND_QUERY_PERSON, 0, ttl_ms, &life_ms);
	if (err)
		return err;
	size_t room = p->pin.n + sizeof("pin=\n");
	uint8_t *text = ghi_arena_alloc(a, room);
	struct ghi_writer w = ghi_writer_on(text, text ? room : 0);

	command_argument_put(&w, command_arguments[ARGUMENT_pin].name, p->pin);
	*out = *update;
	out->kind = COMMAND_KIND_QUERY_PERSON;
	out->arguments = ghi_written(&w);
	out->expires_ms = update->created_ms + life_ms;
	if (out->expires_ms > update->expires_ms)
		out->expires_ms = update->expires_ms;
	uint8_t *shown = command_shown_new(dialect, out->kind, out->arguments, &shown_n);

	out->shown = ghi_arena_copy(a, (gh_slice){ shown, shown ? shown_n : 0 });
	free(shown);
	return w.err || shown == NULL || out->shown.n != shown_n ? GH_ENOMEM : GH_OK;
}

static bool placed_see(void *ctx, const struct record_row *row)
{
	const struct person *p = row->record;

	if (model_has(p, PERSON_placed))
		*(int64_t *)ctx = p->placed;
	return true;
}

/* Who was on the device before stays marked so. What a person orders of one device alone, no roster takes from it. */
static enum gh_err person_place(const struct store_ops *ops, struct store *s,
				const struct command *c, struct person *p)
{
	int64_t placed = 0;
	enum gh_err err;

	err = ops->record_find(s, KIND_PERSON, c->device, p, placed_see, &placed);
	/* What was stored there of one who was away is there no more. Where it was given again, the answer to a template may
	 * have come before that to its person. */
	if (err == GH_ENOTFOUND)
		err = c->tries <= 1 ? ops->held_credentials_gone(s, c->device, p->pin) : GH_OK;
	if (err || !command_author_is_roster(c->requested_by))
		return err;
	p->placed = placed == PERSON_ADOPTED ? PERSON_ADOPTED : PERSON_PLACED;
	p->present |= UINT64_C(1) << PERSON_placed;
	return GH_OK;
}

/* All its people went, and what is theirs with them. */
static enum gh_err contents_clear(const struct store_ops *ops, struct store *s,
				  const struct command *c)
{
	const struct person any = { .present = 0 };
	enum gh_err err = ops->record_delete(s, KIND_PERSON, c->device, &any, NULL);

	return err ? err : ops->held_credentials_gone(s, c->device, (gh_slice){ 0 });
}

/* What is stored of their templates stays stored. */
static enum gh_err person_gone_settle(const struct store_ops *ops, struct store *s,
				      const struct command *c, const struct person *gone)
{
	enum gh_err err = ops->record_delete(s, KIND_PERSON, c->device, gone, NULL);

	return err || gone->pin.n == 0 ? err
				       : ops->held_credentials_gone(s, c->device, gone->pin);
}

enum gh_err command_person_settle(const struct store_ops *ops, struct store *s,
				  const struct command *c, int64_t now_ms)
{
	struct person gone = { .present = UINT64_C(1) << PERSON_pin };
	union model_record record;
	gh_slice fault;

	if (c->state != COMMAND_ACKNOWLEDGED ||
	    command_argument(c->arguments, ARGUMENT_fault, &fault))
		return GH_OK;
	if (c->kind == COMMAND_KIND_UPDATE_PERSON &&
	    command_record(c->kind, c->arguments, &record) == GH_OK) {
		/* The device holds it in its character set now, which it was converted to. */
		if (model_has(&record, PERSON_name))
			record.present |= UINT64_C(1) << PERSON_name_bytes;
		enum gh_err err = person_place(ops, s, c, (struct person *)&record);

		if (err == GH_OK)
			err = ops->record_put(s, KIND_PERSON, c->device, now_ms, &record);
		return err ? err : ops->record_written(s, KIND_PERSON, c->device, &record);
	}
	if ((c->kind == COMMAND_KIND_DELETE_PERSON || c->kind == COMMAND_KIND_END_STAY) &&
	    command_argument(c->arguments, ARGUMENT_pin, &gone.pin))
		return person_gone_settle(ops, s, c, &gone);
	if (c->kind == COMMAND_KIND_CLEAR_DATA)
		return contents_clear(ops, s, c);
	return GH_OK;
}
