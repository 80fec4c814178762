#include "api/stored_states.h"

#include <stdlib.h>

#include "api/command_view.h"
#include "api/compat/zk_server/fields.h"
#include "api/enrolment_view.h"
#include "api/list.h"

enum {
	CHANGES = 1000,	 /* looked at by one job */
	PLANS = 100,	 /* the newest */
	PLAN_ROW = 4096, /* bytes of one that is printed, at the least */
	STATE_LIMIT = 1 << 20,
	/* Topics that are made of changes of commands. */
	CHANGED = 1 << STATE_COMMAND | 1 << STATE_ENROLMENT,
};

/* A plan as it was given. */
struct plan_seen {
	int64_t id;
	uint64_t mark; /* of what was printed */
};

struct stored_states {
	struct read_job job;
	struct server *server;
	state_changed_fn *put;
	void (*wake)(void *ctx);
	void *ctx;

	/* Under the lock. */
	pthread_mutex_t lock;
	bool looking;
	unsigned topics;  /* of the look */
	unsigned begun;	  /* topics that began since the last one */
	int64_t begun_ms; /* when that of commands did */

	/* Of the job. */
	bool gave;
	unsigned followed;
	struct arena texts; /* of `order` */
	struct command order;
	bool enrols;
	int64_t change; /* the last one that was given */
	int64_t command[CHANGES];
	size_t commands;
	struct plan_seen plan[PLANS];
	size_t plans;
	struct json out;
};

static struct stored_states *stored_states_of(struct read_job *job)
{
	return (struct stored_states *)job;
}

/* What was printed, if it could be. */
static void stored_state_give(struct stored_states *s, enum state_topic topic, int64_t device)
{
	s->gave = true;
	s->put(s->ctx, topic, device, json_text(&s->out));
}

/* --- commands --- */

static bool change_note(void *ctx, int64_t change, int64_t command)
{
	struct stored_states *s = ctx;

	s->command[s->commands++] = command;
	s->change = change;
	return s->commands < CHANGES;
}

static void stored_row_give(struct stored_states *s, enum state_topic topic, int64_t device,
			    const struct fields *fields, const void *row)
{
	if (!(s->followed >> topic & 1))
		return;
	buffer_empty(&s->out.text);
	json_begin(&s->out);
	fields_json(&s->out, fields, row);
	if (s->out.text.err)
		json_clear(&s->out);
	else
		stored_state_give(s, topic, device);
}

/* Answers with files are shown to no stream. */
static bool stored_command_give(void *ctx, const struct command *c)
{
	struct stored_states *s = ctx;
	struct command_view v = command_view_of(s->server, c, 0);
	struct enrolment e;

	stored_row_give(s, STATE_COMMAND, c->device, &zk_server_command_fields, &v);
	s->enrols =
		s->followed >> STATE_ENROLMENT & 1 && enrolment_of(c->kind, c->arguments, &e);
	if (s->enrols)
		enrolment_order_copy(&s->texts, c, &s->order);
	return true;
}

/* After the store was read: another question is to be put for it. */
static enum gh_err stored_enrolment_give(struct stored_states *s, struct store_reader *reader)
{
	struct enrolment_view v;
	enum gh_err err = enrolment_view_make(s->server, reader, &s->order, &v);

	if (err == GH_OK)
		stored_row_give(s, STATE_ENROLMENT, s->order.device, &enrolment_fields, &v);
	ghi_arena_clear(&s->texts);
	return err;
}

static enum gh_err stored_change_give(struct stored_states *s, struct store_reader *reader,
				      int64_t command)
{
	enum gh_err err;

	s->enrols = false;
	err = s->server->db.ops->command_get(reader, command, stored_command_give, s);
	/* It was removed for its age. */
	if (err == GH_ENOTFOUND)
		return GH_OK;
	return err == GH_OK && s->enrols ? stored_enrolment_give(s, reader) : err;
}

static enum gh_err stored_commands_give(struct stored_states *s, struct store_reader *reader)
{
	const struct store_ops *ops = s->server->db.ops;
	enum gh_err err = GH_OK;

	do {
		s->commands = 0;
		err = ops->command_changes(reader, s->change, CHANGES, change_note, s);
		for (size_t i = 0; i < s->commands && err == GH_OK; i++)
			err = stored_change_give(s, reader, s->command[i]);
	} while (err == GH_OK && s->commands == CHANGES);
	return err;
}

/* --- plans --- */

struct plans_look {
	struct stored_states *s;
	struct list_viewer viewer;
	const struct list_resource *list;
	struct plan_seen now[PLANS];
	size_t n;
	bool begins;
};

static uint64_t text_mark(gh_slice text)
{
	uint64_t mark = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < text.n; i++)
		mark = (mark ^ text.p[i]) * UINT64_C(1099511628211);
	return mark;
}

static bool plan_was_given(const struct stored_states *s, const struct plan_seen *now)
{
	for (size_t i = 0; i < s->plans; i++)
		if (s->plan[i].id == now->id)
			return s->plan[i].mark == now->mark;
	return false;
}

static bool plan_look(void *ctx, const void *row, const struct store_key *key)
{
	struct plans_look *l = ctx;
	struct json *j = &l->s->out;
	const void *view = list_view(&l->viewer, l->list, row);
	struct plan_seen *now = &l->now[l->n++];

	if (view == NULL)
		return false;
	buffer_empty(&j->text);
	json_begin(j);
	fields_json(j, l->list->fields, view);
	if (j->text.err) {
		json_clear(j);
		l->n--;
		return true;
	}
	*now = (struct plan_seen){ key->number, text_mark(json_text(j)) };
	if (!l->begins && !plan_was_given(l->s, now))
		stored_state_give(l->s, STATE_PLAN, 0);
	return l->n < PLANS;
}

static enum gh_err stored_plans_give(struct stored_states *s, struct store_reader *reader,
				     bool begins)
{
	struct plans_look l = { .s = s,
				.viewer = { .server = s->server, .reader = reader },
				.list = list_resource_of("/api/plans"),
				.begins = begins };
	const struct store_rows rows = { .list = (enum store_list)l.list->source,
					 .limit = PLANS,
					 .descending = true };
	enum gh_err err = s->server->db.ops->rows_read(reader, &rows, plan_look, &l);

	list_viewer_clear(&l.viewer);
	if (err)
		return err;
	memcpy(s->plan, l.now, sizeof(l.now));
	s->plans = l.n;
	return l.viewer.err;
}

/* --- a look --- */

static void stored_states_run(struct read_job *job, struct store_reader *reader,
			      enum gh_err err)
{
	struct stored_states *s = stored_states_of(job);

	pthread_mutex_lock(&s->lock);
	unsigned topics = s->topics, begun = s->begun;
	int64_t begun_ms = s->begun_ms;

	s->begun = 0;
	s->gave = false;
	pthread_mutex_unlock(&s->lock);
	s->followed = topics;
	if (err == GH_OK && begun & CHANGED)
		err = s->server->db.ops->command_change_before(reader, begun_ms, &s->change);
	if (err == GH_OK && topics & CHANGED)
		err = stored_commands_give(s, reader);
	if (err == GH_OK && topics >> STATE_PLAN & 1)
		err = stored_plans_give(s, reader, begun >> STATE_PLAN & 1);
	if (err == GH_OK)
		return;
	/* What began is begun again by the next look. */
	pthread_mutex_lock(&s->lock);
	s->begun |= begun;
	pthread_mutex_unlock(&s->lock);
}

static void stored_states_done(struct read_job *job)
{
	struct stored_states *s = stored_states_of(job);
	bool gave = s->gave;

	pthread_mutex_lock(&s->lock);
	s->looking = false;
	pthread_mutex_unlock(&s->lock);
	if (gave)
		s->wake(s->ctx);
}

void stored_states_begin(struct stored_states *s, enum state_topic topic)
{
	pthread_mutex_lock(&s->lock);
	/* Who follows changes of commands already goes on where they are. */
	if (!(1U << topic & CHANGED && (s->topics | s->begun) & CHANGED)) {
		s->begun |= 1U << topic;
		if (1U << topic & CHANGED)
			s->begun_ms = s->server->now_ms();
	}
	pthread_mutex_unlock(&s->lock);
}

void stored_states_look(struct stored_states *s, unsigned topics)
{
	pthread_mutex_lock(&s->lock);
	bool put = topics && !s->looking;

	s->looking |= put;
	s->topics = topics;
	pthread_mutex_unlock(&s->lock);
	if (!put || readers_put(s->server->readers, READERS_SHORT, &s->job) == GH_OK)
		return;
	pthread_mutex_lock(&s->lock);
	s->looking = false;
	pthread_mutex_unlock(&s->lock);
}

struct stored_states *stored_states_new(struct server *server, state_changed_fn *put,
					void (*wake)(void *ctx), void *ctx)
{
	struct stored_states *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->job = (struct read_job){ .run = stored_states_run,
				    .done = stored_states_done,
				    .admitted = true };
	s->server = server;
	s->put = put;
	s->wake = wake;
	s->ctx = ctx;
	s->out = json_with_limit(STATE_LIMIT);
	s->texts = ghi_arena_with_limit(STATE_LIMIT);
	pthread_mutex_init(&s->lock, NULL);
	return s;
}

void stored_states_free(struct stored_states *s)
{
	if (s == NULL)
		return;
	json_clear(&s->out);
	ghi_arena_clear(&s->texts);
	pthread_mutex_destroy(&s->lock);
	free(s);
}
