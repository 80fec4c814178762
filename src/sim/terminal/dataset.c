#include "sim/terminal/dataset.h"

#include "wire/terminal/code.h"
#include "wire/terminal/oplog.h"
#include "wire/terminal/template.h"
#include "wire/terminal/user.h"

#include <stdlib.h>

enum { HEAD = 4, PADDING = 3 };

/* The size that the head of a table of so many bytes gives. */
static uint32_t dataset_head(const struct term_device *d, size_t bytes, size_t record)
{
	if (record && term_device_fault(d, TERM_FAULT_HEAD, bytes))
		return (uint32_t)(bytes / record / 2 * record);
	return (uint32_t)(bytes + (d->plan->persona->quirks & TERM_WRONG_SIZE ? record : 0));
}

static size_t dataset_extra(const struct term_device *d)
{
	return d->plan->persona->quirks & TERM_PADDING ? PADDING : 0;
}

/* Room for a table of `bytes` and its head; the rest is zero. */
static struct ghi_writer table_of(struct term_dataset *t, const struct term_device *d,
				  size_t bytes, size_t record)
{
	struct ghi_writer w;

	t->head = dataset_head(d, bytes, record);
	t->bytes = HEAD + bytes + dataset_extra(d);
	t->p = g_malloc0(t->bytes);
	w = ghi_writer_on(t->p, HEAD + bytes);
	ghi_put_u32(&w, t->head);
	return w;
}

static void dataset_fill_users(struct term_dataset *t, const struct term_device *d)
{
	uint32_t n = d->users.list->len;
	size_t size = d->plan->user_size;
	struct ghi_writer w = table_of(t, d, n * size, size);

	for (uint32_t i = 0; i < n; i++)
		ghi_terminal_user_write(&w, &term_users_at(&d->users, i)->record, size);
}

static void dataset_fill_templates(struct term_dataset *t, const struct term_device *d)
{
	uint8_t made[TERM_TEMPLATE_MAX];
	GByteArray *all = g_byte_array_new();
	struct gh_template one;
	struct ghi_writer w;

	for (uint32_t i = 0; i < d->users.list->len; i++) {
		const struct term_user *u = term_users_at(&d->users, i);

		for (unsigned f = 0; (u->made || u->written) && f < GH_FINGERS; f++) {
			uint8_t head[GHI_TERMINAL_TEMPLATE_HEAD];
			struct ghi_writer h = ghi_writer_on(head, sizeof(head));

			if (!term_users_template(&d->users, u, f, made, &one))
				continue;
			/* The head alone: the writer stops where the bytes no longer fit. */
			ghi_terminal_template_write(&h, &one);
			g_byte_array_append(all, head, sizeof(head));
			g_byte_array_append(all, one.data, one.size);
		}
	}
	w = table_of(t, d, all->len, 0);
	ghi_put(&w, (gh_slice){ all->data, all->len });
	g_byte_array_free(all, TRUE);
}

static void dataset_fill_oplogs(struct term_dataset *t, const struct term_device *d)
{
	struct ghi_writer w = table_of(t, d, (size_t)d->oplogs->len * GHI_TERMINAL_OPLOG_SIZE,
				       GHI_TERMINAL_OPLOG_SIZE);

	for (guint i = 0; i < d->oplogs->len; i++)
		ghi_terminal_oplog_write(&w, &g_array_index(d->oplogs, struct gh_oplog, i));
}

static void dataset_fill_punches(struct term_dataset *t, const struct term_device *d)
{
	t->stride = d->plan->punch.size;
	t->first = d->log.first;
	t->records = term_log_count(&d->log) * (size_t)t->stride;
	if (t->records && term_device_fault(d, TERM_FAULT_SHORT, t->records))
		t->records -= t->stride;
	t->head = dataset_head(d, t->records, t->stride);
	t->bytes = HEAD + t->records + dataset_extra(d);
}

static void dataset_fill_none(struct term_dataset *t, const struct term_device *d)
{
	(void)table_of(t, d, 0, 0);
}

/* Commands 9, 13 and 34 name their table themselves (terminal digest 10.1). */
static const struct {
	uint16_t command;
	uint32_t table;
	void (*make)(struct term_dataset *t, const struct term_device *d);
} tables[] = {
	{ GH_CMD_USERTEMP_RRQ, GHI_TABLE_USERS, dataset_fill_users },
	{ GH_CMD_DB_RRQ, GHI_TABLE_USERS, dataset_fill_users },
	{ GH_CMD_ATTLOG_RRQ, 0, dataset_fill_punches },
	{ GH_CMD_DB_RRQ, GHI_TABLE_PUNCHES, dataset_fill_punches },
	{ GH_CMD_DB_RRQ, GHI_TABLE_TEMPLATES, dataset_fill_templates },
	{ GH_CMD_OPLOG_RRQ, 0, dataset_fill_oplogs },
	{ GH_CMD_DB_RRQ, GHI_TABLE_OPLOG, dataset_fill_oplogs },
	{ GH_CMD_DB_RRQ, GHI_TABLE_SMS, dataset_fill_none },
	{ GH_CMD_DB_RRQ, GHI_TABLE_USER_SMS, dataset_fill_none },
	{ GH_CMD_DB_RRQ, GHI_TABLE_WORK_CODES, dataset_fill_none },
};

enum gh_err term_dataset_open(struct term_dataset *t, const struct term_device *d,
			      uint16_t command, uint32_t table)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		if (tables[i].command != command || tables[i].table != table)
			continue;
		*t = (struct term_dataset){ 0 };
		tables[i].make(t, d);
		return GH_OK;
	}
	return GH_EUNSUPPORTED;
}

void term_dataset_of(struct term_dataset *t, gh_slice bytes)
{
	*t = (struct term_dataset){ .p = g_malloc(bytes.n ? bytes.n : 1), .bytes = bytes.n };
	if (bytes.n)
		memcpy(t->p, bytes.p, bytes.n);
}

void term_dataset_close(struct term_dataset *t)
{
	g_free(t->p);
	*t = (struct term_dataset){ 0 };
}

/* A record has the same fault each time it is read. */
static void punch_spoil(const struct term_device *d, uint32_t number, struct gh_punch *p)
{
	if (term_device_fault(d, TERM_FAULT_SLOT, number))
		p->pin[0] = 0;
	if (term_device_fault(d, TERM_FAULT_EMPTY, number))
		*p = (struct gh_punch){ 0 };
	if (term_device_fault(d, TERM_FAULT_FOREIGN, number))
		memcpy(p->pin, "\x02\x1f\x7f", 4);
}

static void dataset_punch_write(const struct term_dataset *t, const struct term_device *d,
				uint32_t number, struct term_day *day, struct ghi_writer *w)
{
	struct gh_punch p;

	term_log_get(&d->log, t->first + number, day, &p);
	if (d->plan->spoils)
		punch_spoil(d, t->first + number, &p);
	ghi_terminal_punch_write(w, &p, d->plan->punch);
}

static void dataset_log_read(const struct term_dataset *t, const struct term_device *d,
			     size_t offset, uint8_t *to, size_t n)
{
	struct term_day day = { 0 };
	uint8_t one[GHI_TERMINAL_PUNCH_MAX];
	size_t done = 0;

	for (; done < n && offset < HEAD; done++, offset++)
		to[done] = (uint8_t)(t->head >> 8 * offset);
	while (done < n && offset < HEAD + t->records) {
		uint32_t number = (uint32_t)((offset - HEAD) / t->stride);
		size_t skip = (offset - HEAD) % t->stride, take = t->stride - skip;
		bool whole = skip == 0 && take <= n - done;
		struct ghi_writer w = ghi_writer_on(whole ? to + done : one, t->stride);

		take = take < n - done ? take : n - done;
		dataset_punch_write(t, d, number, &day, &w);
		if (!whole)
			memcpy(to + done, one + skip, take);
		done += take;
		offset += take;
	}
	memset(to + done, 0, n - done);
}

void term_dataset_read(const struct term_dataset *t, const struct term_device *d, size_t offset,
		       uint8_t *to, size_t n)
{
	if (t->p == NULL)
		dataset_log_read(t, d, offset, to, n);
	else
		memcpy(to, t->p + offset, n);
}
