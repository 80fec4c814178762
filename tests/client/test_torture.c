/* Everything fails once: each allocation, each send, each receive, each connect in turn.
 * Nothing may leak or crash, and whatever happens the device is left enabled and with its own
 * SDKBuild. */
#include "tests.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "common.h"

enum what { NOTHING, ALLOCATE, SEND, RECEIVE, HANG_UP, CONNECT, POLL };

/* Only the thread of the test is disturbed, not that of the device. */
static _Thread_local struct {
	enum what what;
	int countdown; /* calls until the one that fails */
	bool hit;
} fate;

static bool fault_strikes(enum what what)
{
	if (fate.what != what || fate.hit || --fate.countdown > 0)
		return false;
	fate.hit = true;
	return true;
}

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
ssize_t __real_send(int fd, const void *p, size_t n, int flags);
ssize_t __real_recv(int fd, void *p, size_t n, int flags);
int __real_connect(int fd, const struct sockaddr *a, socklen_t n);
int __real_poll(struct pollfd *p, nfds_t n, int ms);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
ssize_t __wrap_send(int fd, const void *p, size_t n, int flags);
ssize_t __wrap_recv(int fd, void *p, size_t n, int flags);
int __wrap_connect(int fd, const struct sockaddr *a, socklen_t n);
int __wrap_poll(struct pollfd *p, nfds_t n, int ms);

void *__wrap_malloc(size_t n)
{
	return fault_strikes(ALLOCATE) ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fault_strikes(ALLOCATE) ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
	return fault_strikes(ALLOCATE) ? NULL : __real_realloc(p, n);
}

ssize_t __wrap_send(int fd, const void *p, size_t n, int flags)
{
	if (fault_strikes(SEND)) {
		errno = EPIPE;
		return -1;
	}
	return __real_send(fd, p, n, flags);
}

ssize_t __wrap_recv(int fd, void *p, size_t n, int flags)
{
	if (fault_strikes(RECEIVE)) {
		errno = ECONNRESET;
		return -1;
	}
	if (fault_strikes(HANG_UP))
		return 0;
	return __real_recv(fd, p, n, flags);
}

int __wrap_connect(int fd, const struct sockaddr *a, socklen_t n)
{
	if (fault_strikes(CONNECT)) {
		errno = ECONNREFUSED;
		return -1;
	}
	return __real_connect(fd, a, n);
}

int __wrap_poll(struct pollfd *p, nfds_t n, int ms)
{
	if (fault_strikes(POLL)) {
		errno = ENOMEM;
		return -1;
	}
	return __real_poll(p, n, ms);
}

#define TRY(call)                   \
	do {                        \
		err = (call);       \
		if (err != GH_OK)   \
			return err; \
	} while (0)

static enum gh_err read_tables(struct gh_terminal *t)
{
	struct gh_terminal_users *users;
	struct gh_terminal_punches *punches;
	struct gh_terminal_templates *templates;
	struct gh_user u;
	struct gh_punch p;
	struct gh_template f;
	enum gh_err err;
	size_t n = 0;

	TRY(gh_terminal_users_open(t, &users));
	while ((err = gh_terminal_users_next(users, &u)) == GH_OK)
		;
	gh_terminal_users_close(users);
	if (err != GH_EEND)
		return err;
	TRY(gh_terminal_punches_open(t, &punches));
	while ((err = gh_terminal_punches_next(punches, &p)) == GH_OK)
		n++;
	gh_terminal_punches_close(punches);
	if (err != GH_EEND)
		return err;
	/* Whole, or an error. */
	assert_int_equal(n, 3000);
	TRY(gh_terminal_templates_open(t, &templates));
	while ((err = gh_terminal_templates_next(templates, &f)) == GH_OK)
		;
	gh_terminal_templates_close(templates);
	return err == GH_EEND ? GH_OK : err;
}

static enum gh_err session_run(struct gh_terminal *t)
{
	struct gh_template f = { .uid = 1, .finger = 2, .size = 4, .data = (uint8_t *)"abcd" };
	struct gh_user u = { .uid = 9, .pin = "9", .name = "\xE5\xBC\xA0" };
	struct gh_terminal_live *live;
	struct gh_terminal_info info;
	struct gh_event e;
	const uint8_t *photo;
	size_t size;
	enum gh_err err;

	TRY(gh_terminal_connect(t));
	TRY(gh_terminal_disable(t, 0));
	TRY(gh_terminal_info(t, &info));
	TRY(read_tables(t));
	TRY(gh_terminal_photo(t, "1", &photo, &size));
	TRY(gh_terminal_user_set(t, &u));
	TRY(gh_terminal_users_save(t, &u, 1, &f, 1));
	TRY(gh_terminal_live_open(t, GH_EVENT_PUNCH, &live));
	err = gh_terminal_live_next(live, 1, &e);
	gh_terminal_live_close(live);
	if (err != GH_ETIMEOUT)
		return err;
	TRY(gh_terminal_disable(t, 10));
	return GH_OK;
}

/* false: nothing was struck, so there is nothing more to try. */
static bool session_torture(enum what what, int nth, bool udp)
{
	static const uint8_t jpeg[3000] = { 0xFF, 0xD8 };
	struct gh_terminal_options o;
	struct gh_terminal *t = NULL;
	struct device d;
	enum gh_err err;
	bool struck;

	device_init(&d);
	d.udp = udp;
	d.photo = jpeg;
	d.photo_size = sizeof(jpeg);
	d.templates[d.n_templates++] = (struct gh_template){
		.uid = 1, .finger = 6, .flag = 1, .size = 900, .data = d.uploaded
	};
	device_add_punches(&d, 3000);
	device_start(&d);
	gh_terminal_options_init(&o);
	o.encoding = what == ALLOCATE ? "GB18030" : NULL;
	o.reply_ms = 2000;
	fate.what = what;
	fate.countdown = nth;
	fate.hit = false;
	err = gh_terminal_new(d.address, &o, &t);
	if (err == GH_OK) {
		err = session_run(t);
		if (err)
			assert_true(gh_terminal_error(t)->text[0]);
		gh_terminal_free(t);
	}
	struck = fate.hit;
	fate.what = NOTHING;
	device_stop(&d);
	if (!struck)
		assert_int_equal(err, GH_OK);
	assert_false(d.disabled);
	assert_true(device_option_is(&d, "SDKBuild", "0"));
	return struck;
}

static void sessions_each(enum what what, bool udp, int step)
{
	int nth = 1;

	while (session_torture(what, nth, udp)) {
		nth += step;
		assert_true(nth < 2000);
	}
	assert_true(nth > (what == CONNECT ? 1 : 10));
}

static void no_allocation_is_missed_for_long(void **state)
{
	(void)state;
	sessions_each(ALLOCATE, false, 1);
	sessions_each(ALLOCATE, true, 1);
}

static void no_send_is(void **state)
{
	(void)state;
	sessions_each(SEND, false, 1);
	sessions_each(SEND, true, 3);
}

static void no_receive_is(void **state)
{
	(void)state;
	sessions_each(RECEIVE, false, 1);
	sessions_each(RECEIVE, true, 3);
}

static void no_hanging_up_is(void **state)
{
	(void)state;
	sessions_each(HANG_UP, false, 1);
}

static void no_connect_is(void **state)
{
	(void)state;
	sessions_each(CONNECT, false, 1);
	sessions_each(CONNECT, true, 1);
}

static void no_wait_is(void **state)
{
	(void)state;
	sessions_each(POLL, false, 1);
	sessions_each(POLL, true, 3);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_allocation_is_missed_for_long),
		cmocka_unit_test(no_send_is),
		cmocka_unit_test(no_receive_is),
		cmocka_unit_test(no_hanging_up_is),
		cmocka_unit_test(no_connect_is),
		cmocka_unit_test(no_wait_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
