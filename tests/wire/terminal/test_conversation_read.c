/* Reads that come to their end: whatever the cuts, losses and damage of the line, the table is whole. */
#include "conversation.h"

#include <stdlib.h>

#include "hex.h"
#include "wire/terminal/request.h"

enum { TABLE = 200000 };

/* A device that serves one table, as a function of its requests. */
struct server {
	const uint8_t *data;
	size_t n, packet;
	size_t cut; /* of each packet of data no more is sent; 0: all */
	size_t inline_max;
	bool no_final_ack, early_ack, session_index, bare;
	bool answers_free;
	uint32_t seed;
	unsigned lose, twice, swap; /* of 100 datagrams */
	unsigned damage;	    /* of 100 packets */
	unsigned events;	    /* of 100 packets an event before */
	unsigned requested_chunks;
	/* What is odd about the packets of one command: one field of them. */
	struct {
		uint16_t command;
		enum { ODD_NOTHING, ODD_SESSION, ODD_REPLY, ODD_SIZE } field;
		int32_t value;
		bool added; /* to what stands there */
	} odd;
	uint8_t wire[400000]; /* what it sent, not yet delivered */
	size_t wire_n;
	struct {
		size_t at, n;
	} datagram[512];
	size_t datagrams;
};

static void source_put(struct conversation_test *t, struct server *s, uint16_t command,
		       uint16_t session, uint16_t reply, gh_slice data)
{
	uint16_t value = (uint16_t)s->odd.value;
	uint8_t odd[16];

	if (command == s->odd.command && s->odd.field == ODD_SESSION)
		session = s->odd.added ? (uint16_t)(session + value) : value;
	if (command == s->odd.command && s->odd.field == ODD_REPLY)
		reply = s->odd.added ? (uint16_t)(reply + value) : value;
	if (command == s->odd.command && s->odd.field == ODD_SIZE && data.n && data.n <= 16) {
		/* Announcements begin with the size, the answer to PREPARE_BUFFER a byte later. */
		size_t at = command == GH_ACK_OK;
		uint32_t size;

		memcpy(odd, data.p, data.n);
		memcpy(&size, odd + at, 4);
		size = s->odd.added ? size + (uint32_t)s->odd.value : (uint32_t)s->odd.value;
		memcpy(odd + at, &size, 4);
		data.p = odd;
	}

	size_t n = conversation_packet(t, s->wire + s->wire_n, sizeof(s->wire) - s->wire_n,
				       command, session, reply, data);

	if (random_next(&s->seed) % 100 < s->damage)
		s->wire[s->wire_n + n - 1] ^= 0x40;
	assert_true(s->datagrams < 512);
	s->datagram[s->datagrams].at = s->wire_n;
	s->datagram[s->datagrams++].n = n;
	s->wire_n += n;
}

static void send_window(struct conversation_test *t, struct server *s, uint32_t offset,
			uint32_t size)
{
	uint16_t id = t->request.reply, index = 0;
	uint8_t b[8];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));

	if (offset > s->n && s->odd.field) /* more was announced */
		return;
	assert_true(offset <= s->n);
	size = size < s->n - offset ? size : (uint32_t)(s->n - offset);
	s->requested_chunks++;
	if (s->bare && size <= s->packet) {
		source_put(t, s, GH_CMD_DATA, 0, id, (gh_slice){ s->data + offset, size });
		return;
	}
	ghi_terminal_announce_write(&w, size, (uint32_t)s->packet);
	source_put(t, s, GH_CMD_PREPARE_DATA, SESSION, id, ghi_written(&w));
	for (uint32_t at = 0; at < size; index++) {
		uint32_t step = size - at < s->packet ? size - at : (uint32_t)s->packet;

		if (s->early_ack && at + step == size)
			source_put(t, s, GH_ACK_OK, (uint16_t)size, id, (gh_slice){ 0 });
		if (random_next(&s->seed) % 100 < s->events)
			source_put(t, s, GH_CMD_REG_EVENT, GH_EVENT_FINGER, 0, (gh_slice){ 0 });
		source_put(t, s, GH_CMD_DATA, s->session_index ? SESSION : index, id,
			   (gh_slice){ s->data + offset + at,
				       s->cut && step > s->cut ? (uint32_t)s->cut : step });
		at += step;
	}
	if (!s->no_final_ack && !s->early_ack)
		source_put(t, s, GH_ACK_OK, (uint16_t)size, id, (gh_slice){ 0 });
}

static void source_serve(struct conversation_test *t, struct server *s)
{
	uint8_t b[16];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	struct ghi_terminal_window v;

	switch (t->request.command) {
	case GH_CMD_PREPARE_BUFFER:
		if (s->n <= s->inline_max) {
			source_put(t, s, GH_CMD_DATA, SESSION, t->request.reply,
				   (gh_slice){ s->data, s->n });
			break;
		}
		ghi_terminal_prepared_write(&w, (uint32_t)s->n);
		source_put(t, s, GH_ACK_OK, SESSION, t->request.reply, ghi_written(&w));
		break;
	case GH_CMD_READ_BUFFER:
		assert_int_equal(ghi_terminal_window_parse(t->request.data, &v), GH_OK);
		send_window(t, s, v.offset, v.size);
		break;
	case GH_CMD_CONNECT:
	case GH_CMD_FREE_DATA:
		source_put(t, s, GH_ACK_OK, SESSION, t->request.reply, (gh_slice){ 0 });
		break;
	default:
		break;
	}
}

/* Give the machine the next bytes of the line, cut at random, or a datagram or two with the
 * losses of the network. */
static bool source_deliver(struct conversation_test *t, struct server *s, size_t *given)
{
	if (t->c.options.tcp) {
		size_t n = 1 + random_next(&s->seed) % (random_next(&s->seed) % 4 ? 50000 : 30);

		if (*given == s->wire_n) {
			s->wire_n = *given = s->datagrams = 0;
			return false;
		}
		n = n < s->wire_n - *given ? n : s->wire_n - *given;
		ghi_conversation_input(&t->c, (gh_slice){ s->wire + *given, n }, t->now);
		*given += n;
		return true;
	}
	while (*given < s->datagrams) {
		size_t i = (*given)++;

		if (random_next(&s->seed) % 100 < s->lose)
			continue;
		if (i + 1 < s->datagrams && random_next(&s->seed) % 100 < s->swap) {
			size_t at = s->datagram[i].at, n = s->datagram[i].n;

			s->datagram[i] = s->datagram[i + 1];
			s->datagram[i + 1].at = at;
			s->datagram[i + 1].n = n;
		}
		if (random_next(&s->seed) % 100 < s->twice)
			*given = i;
		ghi_conversation_input(
			&t->c, (gh_slice){ s->wire + s->datagram[i].at, s->datagram[i].n },
			t->now);
		return true;
	}
	s->wire_n = *given = s->datagrams = 0;
	return false;
}

/* Read the table to its end; the error it ends with. `got` counts the bytes, all of which
 * are compared. */
static enum gh_err read_all(struct conversation_test *t, struct server *s, size_t *got)
{
	size_t given = 0;
	unsigned rounds = 0;

	*got = 0;
	assert_int_equal(ghi_conversation_read(&t->c, GH_CMD_ATTLOG_RRQ, 0, 0, t->now), GH_OK);
	for (;;) {
		enum ghi_conversation_event event;

		assert_true(++rounds < 2000000);
		while (conversation_take(t))
			source_serve(t, s);
		event = conversation_next(t);
		switch (event) {
		case GHI_CONVERSATION_BEGIN:
			if (s->odd.field < ODD_SIZE)
				assert_int_equal(t->details.total, s->n);
			break;
		case GHI_CONVERSATION_DATA:
			assert_true(*got + t->details.data.n <= s->n);
			assert_memory_equal(s->data + *got, t->details.data.p,
					    t->details.data.n);
			*got += t->details.data.n;
			break;
		case GHI_CONVERSATION_END:
			return GH_OK;
		case GHI_CONVERSATION_FAILED:
			return t->details.fault.err;
		case GHI_CONVERSATION_REPLY:
			return GH_EDENIED;
		case GHI_CONVERSATION_NOTHING:
			if (source_deliver(t, s, &given))
				break;
			while (conversation_take(t))
				source_serve(t, s);
			if (s->wire_n == 0) {
				gh_ms when = ghi_conversation_deadline(&t->c);

				assert_true(when != GHI_NEVER);
				t->now = when > t->now ? when : t->now;
				ghi_conversation_tick(&t->c, t->now);
			}
			break;
		default:
			break;
		}
	}
}

static struct server *new_server(size_t n, size_t packet, uint32_t seed)
{
	struct server *s = calloc(1, sizeof(*s));
	uint8_t *data = malloc(n + 1);

	assert_non_null(s);
	assert_non_null(data);
	for (size_t i = 0; i < n; i++)
		data[i] = (uint8_t)(i * 7 + (i >> 8) * 13 + (i >> 16));
	s->data = data;
	s->n = n;
	s->packet = packet;
	s->seed = seed;
	return s;
}

static void free_server(struct server *s)
{
	free((void *)(uintptr_t)s->data);
	free(s);
}

static void any_cut_of_the_stream_gives_the_same_table(void **state)
{
	static const size_t packets[] = { 65528, 1008, 4096 };
	(void)state;

	for (uint32_t seed = 0; seed < 60; seed++) {
		struct server *s = new_server(TABLE, packets[seed % 3], seed);
		struct conversation_test *t = conversation_connected(true);
		size_t got;

		s->events = 5;
		s->no_final_ack = seed % 5 == 1;
		s->early_ack = seed % 5 == 2;
		s->bare = seed % 5 == 3;
		assert_int_equal(read_all(t, s, &got), GH_OK);
		assert_int_equal(got, TABLE);
		free_server(s);
		free(t);
	}
}

static void tables_of_any_size_end_where_they_end(void **state)
{
	static const size_t sizes[] = { 0,     4,     100,   1023,  1024,   1025,  16384,
					16385, 65471, 65472, 65473, 130944, 130945 };
	(void)state;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (int tcp = 0; tcp < 2; tcp++)
			for (int in_one = 0; in_one < 2; in_one++) {
				struct server *s;
				struct conversation_test *t;
				size_t got;

				if (in_one && sizes[i] == 0)
					continue;
				s = new_server(sizes[i], tcp ? 65528 : 1024, 1);
				t = conversation_connected(tcp);
				s->inline_max = in_one && sizes[i] <= 1024 ? 1024 : 0;
				assert_int_equal(read_all(t, s, &got), GH_OK);
				assert_int_equal(got, sizes[i]);
				free_server(s);
				free(t);
			}
}

static void a_lossy_network_never_changes_a_table(void **state)
{
	(void)state;
	for (uint32_t seed = 0; seed < 200; seed++) {
		struct server *s = new_server(40000, 1024, seed + 1);
		struct conversation_test *t = conversation_connected(false);
		size_t got;
		enum gh_err err;

		s->lose = seed % 4 * 10;
		s->twice = seed % 3 * 20;
		s->swap = seed % 5 * 8;
		s->damage = seed % 7 ? 0 : 5;
		s->session_index = seed % 11 == 0;
		err = read_all(t, s, &got);
		/* With every third datagram lost it may fail; it may not be wrong. */
		if (s->lose <= 10)
			assert_int_equal(err, GH_OK);
		if (err == GH_OK)
			assert_int_equal(got, 40000);
		else
			assert_true(got < 40000);
		free_server(s);
		free(t);
	}
}

/* Firmware that puts something else where a number belongs: the read is right, or an error, and
 * either soon. */
static void udp_with_odd_fields_ends_in_time(void **state)
{
	static const uint16_t commands[] = { GH_ACK_OK, GH_CMD_PREPARE_DATA, GH_CMD_DATA };
	static const int32_t values[] = { 0, 1, -1, 7, 1000, 40000, INT32_MAX };
	enum { N = 40000, MOST_MS = 15 * REPLY_MS, MOST_PACKETS = 400, CASES = 3 * 3 * 7 * 2 };
	(void)state;

	for (unsigned i = 0; i < CASES; i++) {
		struct server *s = new_server(N, 1024, i + 1);
		struct conversation_test *t = conversation_connected(false);
		gh_ms began = t->now;
		unsigned sent = t->sent;
		size_t got;
		enum gh_err err;

		s->odd.command = commands[i % 3];
		s->odd.field = ODD_SESSION + i / 3 % 3;
		s->odd.value = values[i / 9 % 7];
		s->odd.added = i / 63;
		err = read_all(t, s, &got);
		if (t->now - began > MOST_MS || t->sent - sent > MOST_PACKETS ||
		    (err == GH_OK && got != N && s->odd.field < ODD_SIZE))
			fail_msg("command %u, field %d, value %d%s: %s after %d ms and %u "
				 "packets, %zu bytes",
				 s->odd.command, (int)s->odd.field, s->odd.value,
				 s->odd.added ? " more" : "", gh_strerror(err),
				 (int)(t->now - began), t->sent - sent, got);
		free_server(s);
		free(t);
	}
}

/* A read must get on. The clock of the test moves only where the device is silent. */
static void data_cut_to_a_few_bytes_ends_in_time(void **state)
{
	enum { N = 40000, MOST_MS = 15 * REPLY_MS, MOST_PACKETS = 400 };
	(void)state;

	for (unsigned i = 0; i < 12; i++) {
		bool tcp = i % 2;
		struct server *s = new_server(N, 1024, i + 1);
		struct conversation_test *t = conversation_connected(tcp);
		gh_ms began = t->now;
		unsigned sent = t->sent;
		size_t got;

		/* The bytes are in the wrong places, which does not show. */
		memset((void *)(uintptr_t)s->data, 0, N);
		s->cut = (size_t)1 << i / 4 * 2;
		s->session_index = i / 2 % 2;
		assert_true(read_all(t, s, &got) != GH_OK);
		if (t->now - began > MOST_MS || t->sent - sent > MOST_PACKETS)
			fail_msg("%zu bytes over %s: %d ms, %u packets", s->cut,
				 tcp ? "TCP" : "UDP", (int)(t->now - began), t->sent - sent);
		free_server(s);
		free(t);
	}
}

static void damaged_pieces_are_requested_again_over_tcp(void **state)
{
	unsigned fine = 0;
	(void)state;

	for (uint32_t seed = 0; seed < 40; seed++) {
		struct server *s = new_server(TABLE, 65528, seed + 1);
		struct conversation_test *t = conversation_connected(true);
		size_t got;

		s->damage = 10;
		if (read_all(t, s, &got) == GH_OK) {
			assert_int_equal(got, TABLE);
			fine++;
		}
		free_server(s);
		free(t);
	}
	assert_true(fine > 30);
}

static void a_missing_final_ack_costs_time_once(void **state)
{
	struct server *s = new_server(TABLE, 65528, 3);
	struct conversation_test *t = conversation_connected(true);
	gh_ms start = t->now;
	size_t got;
	(void)state;

	s->no_final_ack = true;
	assert_int_equal(read_all(t, s, &got), GH_OK);
	assert_int_equal(got, TABLE);
	assert_int_equal(t->now - start, GHI_FINAL_ACK_MS);
	free_server(s);
	free(t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_cut_of_the_stream_gives_the_same_table),
		cmocka_unit_test(tables_of_any_size_end_where_they_end),
		cmocka_unit_test(a_lossy_network_never_changes_a_table),
		cmocka_unit_test(udp_with_odd_fields_ends_in_time),
		cmocka_unit_test(data_cut_to_a_few_bytes_ends_in_time),
		cmocka_unit_test(damaged_pieces_are_requested_again_over_tcp),
		cmocka_unit_test(a_missing_final_ack_costs_time_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
