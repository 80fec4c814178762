#include "api/piece.h"

static struct piece *piece_of(struct read_job *job)
{
	return (struct piece *)job;
}

static bool piece_left(struct read_job *job)
{
	return atomic_load(&piece_of(job)->gone);
}

static void piece_run(struct read_job *job, struct store_reader *reader, enum gh_err err)
{
	struct piece *p = piece_of(job);

	if (err == GH_OK)
		err = p->make(p, reader);
	p->err = err ? err : p->out.text.err;
}

static void piece_done(struct read_job *job)
{
	struct piece *p = piece_of(job);
	bool gone;

	pthread_mutex_lock(&p->lock);
	p->state = PIECE_MADE;
	gone = atomic_load(&p->gone);
	if (!gone)
		http_stream_wake(p->stream);
	pthread_mutex_unlock(&p->lock);
	if (gone)
		p->release(p);
}

void piece_init(struct piece *p, struct readers *readers, enum readers_class class)
{
	p->job = (struct read_job){
		.run = piece_run, .done = piece_done, .left = piece_left, .admitted = true
	};
	p->readers = readers;
	p->class = class;
	p->state = PIECE_IDLE;
	p->out = json_with_limit(PIECE_LIMIT);
	p->full = PIECE_BYTES;
	pthread_mutex_init(&p->lock, NULL);
}

void piece_clear(struct piece *p)
{
	json_clear(&p->out);
	pthread_mutex_destroy(&p->lock);
}

void piece_write(struct piece *p, gh_slice s)
{
	buffer_add(&p->out.text, s);
	json_begin(&p->out);
}

bool piece_full(const struct piece *p)
{
	return p->out.text.n >= p->full || p->out.text.err;
}

void piece_reset(struct piece *p)
{
	p->out.text.n = 0;
	p->at = 0;
}

bool piece_making(struct piece *p)
{
	bool making;

	pthread_mutex_lock(&p->lock);
	making = p->state == PIECE_MAKING;
	pthread_mutex_unlock(&p->lock);
	return making;
}

size_t piece_send(struct piece *p, uint8_t *to, size_t n)
{
	if (n > p->out.text.n - p->at)
		n = p->out.text.n - p->at;
	if (n)
		memcpy(to, p->out.text.p + p->at, n);
	p->at += n;
	return n;
}

enum gh_err piece_request(struct piece *p)
{
	enum gh_err err;

	piece_reset(p);
	pthread_mutex_lock(&p->lock);
	p->state = PIECE_MAKING;
	pthread_mutex_unlock(&p->lock);
	err = readers_put(p->readers, p->class, &p->job);
	if (err) {
		pthread_mutex_lock(&p->lock);
		p->state = PIECE_IDLE;
		pthread_mutex_unlock(&p->lock);
	}
	return err;
}

void piece_gone(void *ctx)
{
	struct piece *p = ctx;
	bool making;

	pthread_mutex_lock(&p->lock);
	making = p->state == PIECE_MAKING;
	atomic_store(&p->gone, true);
	pthread_mutex_unlock(&p->lock);
	if (!making)
		p->release(p);
}
