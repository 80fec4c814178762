#include "sim/terminal/link.h"

#include "sim/terminal/command.h"
#include "wire/terminal/event.h"
#include "wire/terminal/request.h"

enum {
	IN_FIRST = 8192,
	PACKET_UDP = 1024,
	SMALL = 2048, /* data of an answer that is no stream */
	FRAME = GHI_TERMINAL_PREFIX + GHI_TERMINAL_HEAD,
	ANSWERS = 4, /* of one command at most, streams aside */
};

struct term_link *term_link_new(struct term_device *d, bool tcp)
{
	struct term_link *l;
	size_t i = 0;

	while (i < TERM_LINKS && d->link[i])
		i++;
	if (i == TERM_LINKS)
		return NULL;
	l = g_new0(struct term_link, 1);
	l->device = d;
	l->tcp = tcp;
	l->received_ms = d->now_ms;
	term_outbox_open(&l->out, tcp);
	l->out.faults = &d->plan->faults;
	l->out.happened = d->statistics->faults;
	l->out.pace_ms = d->plan->pace_ms;
	l->out.chance.state = sim_hash(d->plan->seed, d->number, d->statistics->connections++);
	l->scratch = g_malloc(GHI_TERMINAL_SEND_MAX);
	d->link[i] = l;
	return l;
}

static void link_stop_stream(struct term_link *l)
{
	if (!l->stream.borrowed)
		term_dataset_close(&l->stream.data);
	l->stream.active = false;
}

void term_link_free(struct term_link *l)
{
	struct term_device *d = l->device;

	for (size_t i = 0; i < TERM_LINKS; i++)
		if (d->link[i] == l)
			d->link[i] = NULL;
	if (d->enrol.link == l)
		term_device_enrol_stop(d);
	link_stop_stream(l);
	term_dataset_close(&l->prepared);
	term_outbox_close(&l->out);
	g_free(l->scratch);
	g_free(l->upload);
	g_free(l->in);
	g_free(l);
}

/* --- out --- */

static void link_send_packet(struct term_link *l, struct ghi_terminal_head h, gh_slice data)
{
	size_t room = FRAME + data.n;
	uint8_t *p = term_outbox_reserve(&l->out, room);
	struct ghi_writer w;

	if (p == NULL)
		return; /* term_link_step() keeps room; events are lost, as on a device */
	w = ghi_writer_on(p, room);
	if (l->tcp)
		ghi_terminal_frame_write(&w, h, data);
	else
		ghi_terminal_packet_write(&w, h, data);
	l->device->statistics->packets++;
	l->device->statistics->bytes += w.n;
	if (l->cache.filling && l->cache.n + 2 + w.n <= sizeof(l->cache.p)) {
		uint8_t *c = l->cache.p + l->cache.n;

		c[0] = (uint8_t)w.n;
		c[1] = (uint8_t)(w.n >> 8);
		memcpy(c + 2, w.p, w.n);
		l->cache.n += 2 + w.n;
	} else {
		l->cache.filled &= !l->cache.filling;
	}
	term_outbox_commit(&l->out, w.n, l->device->now_ms, h.command == GH_CMD_DATA);
}

void term_answer_field(struct term_link *l, uint16_t code, uint16_t field, gh_slice data)
{
	link_send_packet(l, (struct ghi_terminal_head){ code, field, l->reply }, data);
}

void term_answer(struct term_link *l, uint16_t code, gh_slice data)
{
	term_answer_field(l, code, l->session, data);
}

static size_t link_packet_data(const struct term_link *l)
{
	return l->tcp ? l->device->plan->persona->packet_tcp : PACKET_UDP;
}

void term_answer_stream(struct term_link *l, struct term_dataset *data, size_t at, size_t end)
{
	struct term_stream *s = &l->stream;
	uint8_t b[8];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));

	link_stop_stream(l);
	*s = (struct term_stream){ .data = *data,
				   .active = true,
				   .borrowed = data == &l->prepared,
				   .at = at,
				   .end = end,
				   .size = (uint32_t)(end - at) };
	/* Streams are not kept to be sent again: reading twice does no harm. */
	l->cache.filled = l->cache.filling = false;
	ghi_terminal_announce_write(&w, s->size, (uint32_t)link_packet_data(l));
	term_answer(l, GH_CMD_PREPARE_DATA, ghi_written(&w));
}

/* The session field of the packets of a stream is not the session (terminal digest 3.2). */
static void link_stream_packet(struct term_link *l)
{
	struct term_stream *s = &l->stream;
	uint32_t quirks = l->device->plan->persona->quirks;
	size_t n = link_packet_data(l);
	uint16_t field = quirks & TERM_SESSION ? l->session : s->index;
	bool last, early;

	n = n < s->end - s->at ? n : s->end - s->at;
	last = s->at + n == s->end;
	early = last && quirks & TERM_EARLY_ACK;
	term_dataset_read(&s->data, l->device, s->at, l->scratch, n);
	s->at += n;
	s->index++;
	if (early)
		term_answer_field(l, GH_ACK_OK, (uint16_t)s->size, (gh_slice){ 0 });
	if (n)
		term_answer_field(l, GH_CMD_DATA, field, (gh_slice){ l->scratch, n });
	if (!last)
		return;
	if (!early)
		term_answer_field(l, GH_ACK_OK,
				  quirks & TERM_SESSION ? l->session : (uint16_t)s->size,
				  (gh_slice){ 0 });
	link_stop_stream(l);
}

uint32_t term_link_mask(const struct term_link *l)
{
	return l->stage == TERM_CONNECTED && term_device_enabled(l->device) ? l->events : 0;
}

void term_link_event(struct term_link *l, const struct gh_event *e)
{
	uint8_t b[64];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));

	if (e->type == GH_EVENT_PUNCH)
		ghi_terminal_event_write_punch(&w, &e->punch, l->device->plan->event_size);
	else
		ghi_terminal_event_write(&w, e);
	if (w.err)
		return;
	l->cache.filling = false;
	l->device->statistics->events++;
	link_send_packet(l, (struct ghi_terminal_head){ GH_CMD_REG_EVENT, e->type, 0 },
			 ghi_written(&w));
}

/* --- in --- */

/* Room for whatever one command or one packet of a stream may add. */
static bool link_has_room(const struct term_link *l)
{
	size_t most = l->stream.active ? link_packet_data(l) + FRAME + ANSWERS * FRAME
				       : ANSWERS * (SMALL + FRAME);

	return term_outbox_fits(&l->out, most);
}

static void link_receive_frame(struct term_link *l, const struct ghi_terminal_frame *f)
{
	l->received_ms = l->device->now_ms;
	if (!f->intact) {
		l->device->statistics->bad_checksums++;
		return;
	}
	term_command(l, f);
}

/* The same datagram once more: the peer missed the answer. It is not executed twice. */
static bool link_is_repeated(struct term_link *l, const struct ghi_terminal_frame *f,
			     uint16_t checksum)
{
	struct term_cache *c = &l->cache;

	if (!c->filled || c->command != f->command || c->reply != f->reply ||
	    c->checksum != checksum)
		return false;
	l->device->statistics->repeats++;
	c->filling = false;
	for (size_t at = 0; at < c->n;) {
		size_t n = (size_t)c->p[at] | (size_t)c->p[at + 1] << 8;
		uint8_t *p = term_outbox_reserve(&l->out, n);

		if (p == NULL)
			break;
		memcpy(p, c->p + at + 2, n);
		l->device->statistics->packets++;
		l->device->statistics->bytes += n;
		term_outbox_commit(&l->out, n, l->device->now_ms, false);
		at += 2 + n;
	}
	return true;
}

/* A request of a peer that does not read the rest of a stream. */
static bool frame_ends_stream(const struct ghi_terminal_frame *f)
{
	return f->intact && (f->command == GH_CMD_CONNECT || f->command == GH_CMD_EXIT);
}

/* A device answers one request after the other. Datagrams that come meanwhile are queued, as in
 * its socket, each behind its length. Those without room are lost. */
static void link_queue_datagram(struct term_link *l, gh_slice bytes)
{
	if (l->in == NULL) {
		l->in = g_malloc(IN_FIRST);
		l->in_cap = IN_FIRST;
	}
	if (bytes.n > l->in_cap || l->in_cap - l->in_n < bytes.n + 2)
		return;
	l->in[l->in_n] = (uint8_t)bytes.n;
	l->in[l->in_n + 1] = (uint8_t)(bytes.n >> 8);
	memcpy(l->in + l->in_n + 2, bytes.p, bytes.n);
	l->in_n += bytes.n + 2;
}

static void link_execute_datagram(struct term_link *l, gh_slice bytes)
{
	struct ghi_terminal_frame f;
	uint16_t checksum;

	if (ghi_terminal_packet_parse(bytes, &f))
		return;
	checksum = ghi_terminal_checksum(bytes);
	if (f.intact && link_is_repeated(l, &f, checksum))
		return;
	if (f.intact && f.command != GH_ACK_OK) {
		l->cache.command = f.command;
		l->cache.reply = f.reply;
		l->cache.checksum = checksum;
		l->cache.filled = l->cache.filling = true;
		l->cache.n = 0;
	}
	link_receive_frame(l, &f);
	l->cache.filling = false;
}

static void link_execute_queued(struct term_link *l)
{
	size_t n = (size_t)l->in[0] | (size_t)l->in[1] << 8;

	link_execute_datagram(l, (gh_slice){ l->in + 2, n });
	l->in_n -= n + 2;
	memmove(l->in, l->in + n + 2, l->in_n);
}

/* Continue as far as the bytes received and the room for answers allow. */
static bool link_step(struct term_link *l)
{
	while (!l->closing && !l->out.cut && link_has_room(l)) {
		struct ghi_terminal_frame f;
		size_t used;
		enum gh_err err;

		if (l->stream.active) {
			link_stream_packet(l);
			continue;
		}
		if (l->in_n == 0)
			break;
		if (!l->tcp) {
			link_execute_queued(l);
			continue;
		}
		err = ghi_terminal_frame_parse((gh_slice){ l->in, l->in_n }, &f, &used);
		if (err == GH_ETRUNCATED) {
			if (used > l->in_cap) {
				l->in = g_realloc(l->in, used);
				l->in_cap = used;
			}
			break;
		}
		if (err)
			return false;
		link_receive_frame(l, &f);
		l->in_n -= used;
		memmove(l->in, l->in + used, l->in_n);
	}
	return true;
}

uint8_t *term_link_space(struct term_link *l, size_t *room)
{
	if (l->in == NULL) {
		l->in = g_malloc(IN_FIRST);
		l->in_cap = IN_FIRST;
	}
	*room = l->closing ? 0 : l->in_cap - l->in_n;
	return l->in + l->in_n;
}

bool term_link_received(struct term_link *l, size_t n)
{
	l->in_n += n;
	return link_step(l);
}

void term_link_datagram(struct term_link *l, gh_slice bytes)
{
	struct ghi_terminal_frame f;

	if (ghi_terminal_packet_parse(bytes, &f) || l->closing)
		return;
	if (l->stream.active && frame_ends_stream(&f)) {
		link_stop_stream(l);
		l->in_n = 0;
	}
	link_queue_datagram(l, bytes);
	(void)link_step(l);
}

gh_slice term_link_output(struct term_link *l, int64_t *at_ms)
{
	int64_t now_ms = l->device->now_ms;
	gh_slice out = term_outbox_next(&l->out, now_ms, at_ms);

	if (out.n || l->closing || !term_outbox_empty(&l->out))
		return out;
	l->closing = !link_step(l);
	return term_outbox_next(&l->out, now_ms, at_ms);
}

void term_link_sent(struct term_link *l, size_t n)
{
	term_outbox_sent(&l->out, n, l->device->now_ms);
	if (l->out.cut && term_outbox_empty(&l->out))
		l->closing = true;
	else if (l->stream.active || l->in_n)
		l->closing |= !link_step(l);
}

bool term_link_over(const struct term_link *l)
{
	return l->closing && term_outbox_empty(&l->out);
}
