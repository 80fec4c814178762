#include "store/sql/access_removed.h"

#include <stdlib.h>

#include "base/writer.h"

#define KEY_NUMBERS 5
#define KEY_TEXTS 5
/* Texts of an event are shorter; longer ones, of another program, are hashed on the heap. */
#define KEY_ON_STACK 512

static void key_number_put(struct ghi_writer *w, int bytes, uint64_t v)
{
	while (bytes--)
		ghi_put_u8(w, (uint8_t)(v >> (8 * bytes)));
}

static enum gh_err access_hash(const struct access_event *e, uint8_t out[REMOVED_HASH])
{
	bool plain = e->record_index == 0;
	const int64_t number[KEY_NUMBERS] = { e->time, e->record_index, e->event_group,
					      e->address, e->direction };
	const gh_slice text[KEY_TEXTS] = { e->unit, e->event_text, e->pin, e->card,
					   e->verify_raw };
	size_t numbers = plain ? KEY_NUMBERS : 3, texts = plain ? KEY_TEXTS : 3;
	size_t room = numbers * 8;
	uint8_t stack[KEY_ON_STACK], *key = stack;

	for (size_t i = 0; i < texts; i++)
		room += 4 + text[i].n;
	if (room > sizeof(stack))
		key = malloc(room);
	if (key == NULL)
		return GH_ENOMEM;

	struct ghi_writer w = ghi_writer_on(key, room);

	for (size_t i = 0; i < numbers; i++)
		key_number_put(&w, 8, (uint64_t)number[i]);
	for (size_t i = 0; i < texts; i++) {
		key_number_put(&w, 4, text[i].n);
		ghi_put(&w, text[i]);
	}
	enum gh_err err = w.err ? w.err : removed_hash(ghi_written(&w), out);

	if (key != stack)
		free(key);
	return err;
}

static enum gh_err old_event_hash(const struct sql_call *q, uint8_t out[REMOVED_HASH])
{
	struct access_event e = { .time = sql_int(q, 2),
				  .record_index = sql_int(q, 5),
				  .event_group = sql_int(q, 6),
				  .address = sql_int(q, 7),
				  .direction = sql_int(q, 8),
				  .unit = sql_text(q, 9),
				  .event_text = sql_text(q, 10),
				  .pin = sql_text(q, 11),
				  .card = sql_text(q, 12),
				  .verify_raw = sql_text(q, 13) };

	return access_hash(&e, out);
}

static enum gh_err sought_event_fill(const void *rows, struct removed_sought *one)
{
	return access_hash(&((const struct access_put *)rows)[one->at].event, one->hash);
}

enum gh_err access_find_removed(struct sql *c, struct access_put *a, size_t n)
{
	struct removed_sought *sought = malloc(n * sizeof(*sought));
	size_t count = 0;

	if (sought == NULL)
		return n ? GH_ENOMEM : GH_OK;
	for (size_t i = 0; i < n; i++)
		if (!a[i].stored)
			sought[count++] =
				(struct removed_sought){ .device = a[i].event.device,
							 .day = removed_day(a[i].event.time),
							 .at = i };
	enum gh_err err = removed_find(c, &access_ledger, sought, count, sought_event_fill, a);

	for (size_t i = 0; i < count; i++)
		if (sought[i].found)
			a[sought[i].at].event.seq = ACCESS_SEQ_REMOVED;
	free(sought);
	return err;
}

const struct removed_ledger access_ledger = {
	.stream = STREAM_ACCESS,
	.oldest = SQL_ACCESS_OLDEST,
	.known = SQL_ACCESS_KNOWN,
	.remove = SQL_ACCESS_REMOVE,
	.find = SQL_ACCESS_REMOVED_FIND,
	.last = SQL_ACCESS_REMOVED_LAST,
	.drop = SQL_ACCESS_REMOVED_DROP,
	.put = SQL_ACCESS_REMOVED_PUT,
	.hash = old_event_hash,
};
