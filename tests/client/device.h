/* A small terminal in a thread, for tests of the client: it has users, templates, punches and
 * options, uses TCP or UDP on a port of its own, and can be set to misbehave. */
#ifndef GH_TESTS_CLIENT_DEVICE_H
#define GH_TESTS_CLIENT_DEVICE_H

#include <gatehouse/terminal_record.h>

#include <pthread.h>
#include <stdatomic.h>

#include "wire/terminal/attendance.h"
#include "wire/terminal/frame.h"

enum {
	DEVICE_OPTIONS = 24,
	DEVICE_USERS = 64,
	DEVICE_TEMPLATES = 16,
	DEVICE_SEEN = 4096,
	DEVICE_SCRATCH = 8 << 20
};

struct device;

/* Called before a request is answered. true: it was answered, or swallowed, by the hook. */
typedef bool device_hook(struct device *d, const struct ghi_terminal_frame *f);

struct device {
	/* Set before device_start(). */
	bool udp;
	uint32_t comm_key; /* 0: connect without */
	size_t user_size;  /* 72 */
	struct ghi_terminal_punch_format punch_format;
	struct gh_user users[DEVICE_USERS];
	size_t n_users;
	struct gh_template templates[DEVICE_TEMPLATES];
	size_t n_templates;
	uint8_t *punches; /* the table, with its head; on the heap */
	size_t n_punches, punches_bytes;
	struct gh_oplog oplogs[8];
	size_t n_oplogs;
	struct {
		char name[32], value[64];
	} options[DEVICE_OPTIONS];
	size_t packet;	    /* bytes of a DATA packet in streams; 0: as many as requested */
	size_t inline_max;  /* tables up to this come in the answer to PREPARE_BUFFER */
	bool no_buffered;   /* PREPARE_BUFFER is refused with 65535 */
	bool mute_buffered; /* or not answered at all */
	bool session_index; /* DATA packets carry the session, not their number */
	bool no_final_ack;
	bool lie_counters;    /* GET_FREE_SIZES is one dword */
	unsigned drop_every;  /* over UDP: every n-th datagram sent is lost */
	unsigned twice_every; /* or sent twice */
	size_t cut;	      /* over TCP: bytes of each send() at most */
	device_hook *hook;
	void *hook_context;
	const uint8_t *photo;
	size_t photo_size;

	/* State, and what a test looks at after device_stop(). */
	char address[64];
	int port;
	bool disabled, connected;
	uint16_t session;
	uint32_t event_mask;
	struct gh_time clock;
	uint16_t seen[DEVICE_SEEN]; /* commands, in the order they came */
	atomic_size_t n_seen;
	atomic_uint event_acks, connections;
	uint8_t uploaded[65536];
	size_t uploaded_n, upload_size;

	/* Its own. */
	const uint8_t *table; /* prepared for reading */
	size_t table_n;
	uint8_t *scratch;
	int listener, fd, wake[2];
	unsigned sent;
	struct ghi_terminal_frame request;
	uint8_t peer[32];
	unsigned peer_n;
	pthread_t thread;
	pthread_mutex_t lock; /* held while a request is answered */
};

/* Around what a test does to a device that runs. */
static inline void device_lock(struct device *d)
{
	pthread_mutex_lock(&d->lock);
}
static inline void device_unlock(struct device *d)
{
	pthread_mutex_unlock(&d->lock);
}

/* Three users, a few options, 72-byte users and 40-byte punches, none of them yet. */
void device_init(struct device *d);
void device_add_punches(struct device *d, size_t n);
void device_option(struct device *d, const char *name, const char *value);
const char *device_option_of(struct device *d, const char *name);
/* Compared under the lock. */
bool device_option_is(struct device *d, const char *name, const char *value);
void device_start(struct device *d);
void device_stop(struct device *d); /* and free what it holds */
/* How often a command came. */
size_t device_saw(struct device *d, uint16_t command);

/* For hooks: answer the request. */
void device_reply(struct device *d, uint16_t code, uint16_t field, const void *data, size_t n);
void device_raw(struct device *d, const void *bytes, size_t n);
void device_stream(struct device *d, const uint8_t *data, size_t n);
void device_event(struct device *d, uint16_t code, const void *data, size_t n);
void device_hang_up(struct device *d);
/* What it would do without the hook. */
void device_answer(struct device *d, const struct ghi_terminal_frame *f);

#endif
