#include "store/memory/memory.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static void state_unref(struct memory_state *m)
{
	if (m == NULL || atomic_fetch_sub(&m->refs, 1) != 1)
		return;
	for (size_t t = 0; t < TABLES; t++)
		table_clear(&m->table[t]);
	free(m);
}

static struct memory_state *state_copy(const struct memory_state *from)
{
	struct memory_state *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return NULL;
	atomic_init(&m->refs, 1);
	for (size_t t = 0; from && t < TABLES; t++)
		if (table_copy(&from->table[t], &m->table[t])) {
			state_unref(m);
			return NULL;
		}
	return m;
}

static void memory_close(struct store *s)
{
	memory_index_clear(s);
	state_unref(s->open);
	state_unref(s->committed);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static enum gh_err memory_open(gh_slice url, struct store **out, char *why, size_t why_size)
{
	struct store *s = calloc(1, sizeof(*s));

	(void)url;
	if (s)
		s->committed = state_copy(NULL);
	if (s == NULL || s->committed == NULL) {
		free(s);
		snprintf(why, why_size, "out of memory");
		return GH_ENOMEM;
	}
	pthread_mutex_init(&s->lock, NULL);
	*out = s;
	return GH_OK;
}

/* `committed` is replaced on this thread only, so it may be read here without the lock. */
static enum gh_err memory_begin(struct store *s)
{
	if (s->open)
		return GH_ESTATE;
	s->open = state_copy(s->committed);
	return s->open ? GH_OK : GH_ENOMEM;
}

static enum gh_err memory_commit(struct store *s)
{
	struct memory_state *old = s->committed;

	if (s->open == NULL)
		return GH_ESTATE;
	pthread_mutex_lock(&s->lock);
	s->committed = s->open;
	pthread_mutex_unlock(&s->lock);
	s->open = NULL;
	state_unref(old);
	return GH_OK;
}

static void memory_rollback(struct store *s)
{
	state_unref(s->open);
	s->open = NULL;
	memory_index_clear(s);
}

static bool memory_wrote(struct store *s)
{
	return s->open &&
	       memcmp(s->open->table, s->committed->table, sizeof(s->open->table)) != 0;
}

static void memory_idle(struct store *s)
{
	(void)s;
}

enum gh_err memory_for_device(struct store *s, int64_t device)
{
	if (s->open == NULL)
		return GH_ESTATE;
	const struct memory_device *d = table_get(&s->open->table[TABLE_DEVICE], device);

	return d && !d->deleted ? GH_OK : GH_ENOTFOUND;
}

static enum gh_err memory_reader_open(struct store *s, struct store_reader **out)
{
	struct store_reader *r = calloc(1, sizeof(*r));
	if (r == NULL)
		return GH_ENOMEM;
	r->store = s;
	*out = r;
	return GH_OK;
}

static void memory_reader_close(struct store_reader *r)
{
	free(r);
}

struct memory_state *memory_enter(struct store_reader *r)
{
	pthread_mutex_lock(&r->store->lock);
	struct memory_state *m = r->store->committed;

	atomic_fetch_add(&m->refs, 1);
	pthread_mutex_unlock(&r->store->lock);
	return m;
}

void memory_leave(struct memory_state *m)
{
	state_unref(m);
}

gh_slice memory_serial(const struct memory_state *m, int64_t device)
{
	const struct memory_device *d = table_get(&m->table[TABLE_DEVICE], device);

	return d ? d->d.sn : (gh_slice){ 0 };
}

void memory_list(const struct table *t, const struct store_page *page, memory_row_fn *give,
		 void *ctx)
{
	int64_t n = page->descending ? t->last : 1;

	if (page->descending && page->after)
		n = page->after <= t->last ? page->after - 1 : t->last;
	else if (!page->descending && page->after > 0)
		n = page->after < t->last ? page->after + 1 : t->last + 1;
	for (; n > 0 && n <= t->last; n += page->descending ? -1 : 1) {
		const void *row = table_get(t, n);

		if (row && !give(ctx, n, row))
			break;
	}
}

const struct store_ops store_memory = {
	.scheme = "memory",
	.open = memory_open,
	.close = memory_close,
	.begin = memory_begin,
	.commit = memory_commit,
	.rollback = memory_rollback,
	.wrote = memory_wrote,
	.idle = memory_idle,
	.device_put = memory_device_put,
	.device_delete = memory_device_delete,
	.option_put = memory_option_put,
	.stamp_put = memory_stamp_put,
	.punches_put = memory_punches_put,
	.record_put = memory_record_put,
	.record_delete = memory_record_delete,
	.quarantine_put = memory_quarantine_put,
	.upload_put = memory_upload_put,
	.command_put = memory_command_put,
	.command_find = memory_command_find,
	.commands_open = memory_commands_open,
	.token_put = memory_token_put,
	.token_delete = memory_token_delete,
	.reader_open = memory_reader_open,
	.reader_close = memory_reader_close,
	.devices_read = memory_devices_read,
	.options_read = memory_options_read,
	.stamps_read = memory_stamps_read,
	.punches_read = memory_punches_read,
	.records_read = memory_records_read,
	.record_get = memory_record_get,
	.record_counts = memory_record_counts,
	.template_counts = memory_template_counts,
	.quarantine_read = memory_quarantine_read,
	.uploads_read = memory_uploads_read,
	.commands_read = memory_commands_read,
	.command_get = memory_command_get,
	.command_events_read = memory_command_events_read,
	.tokens_read = memory_tokens_read,
	.last_seq = memory_last_seq,
	.counts = memory_counts,
};
