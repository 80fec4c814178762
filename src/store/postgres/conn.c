#include "store/postgres/conn.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* The server may report of a commit that it is stored here and that the wait for the standby was
 * cancelled: then it is not as durable as configured. That warning has a detail; one that a
 * server sends at its end, of the same code and maybe right behind a commit, has none (syncrep.c
 * and quickdie() of its source). */
static void notice_receive(void *ctx, const PGresult *notice)
{
	struct pg_conn *c = ctx;
	const char *state = PQresultErrorField(notice, PG_DIAG_SQLSTATE);
	const char *severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);

	if (state && severity && strcmp(severity, "WARNING") == 0 &&
	    PQresultErrorField(notice, PG_DIAG_MESSAGE_DETAIL) &&
	    (strcmp(state, "01000") == 0 || strcmp(state, "57P01") == 0))
		c->warned = true;
}

/* What libpq could not send it moves to the front of its buffer, so the more the socket takes at once, the less
 * a long value costs. A TCP socket's buffer grows by itself. The kernel gives as much of this as it may. */
#define LOCAL_SEND_BYTES (1 << 20)

static void send_room_make(int fd)
{
	struct sockaddr_storage peer = { .ss_family = AF_UNSPEC };
	socklen_t n = sizeof(peer);
	int bytes = LOCAL_SEND_BYTES;

	if (getpeername(fd, (struct sockaddr *)&peer, &n) == 0 && peer.ss_family == AF_UNIX)
		(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
}

/* The URL may override the parameters before it. A dead server is detected after 11 seconds, on
 * either side. */
static PGconn *conn_open(const char *url)
{
	static const char *const keys[] = { "connect_timeout",	    "keepalives_idle",
					    "keepalives_interval",  "keepalives_count",
					    "tcp_user_timeout",	    "fallback_application_name",
					    "target_session_attrs", "dbname",
					    "client_encoding",	    NULL };
	const char *const values[] = { "5",	    "5",	  "2", "3",    "11000",
				       "gatehouse", "read-write", url, "UTF8", NULL };

	return PQconnectdbParams(keys, values, 1);
}

bool pg_connected(const struct pg_conn *c)
{
	return c->db && PQstatus(c->db) == CONNECTION_OK;
}

/* --- the guard --- */

void pg_guard_init(struct pg_guard *g)
{
	pthread_mutex_init(&g->lock, NULL);
	g->fd = -1;
	g->closed = false;
}

void pg_guard_destroy(struct pg_guard *g)
{
	pthread_mutex_destroy(&g->lock);
}

void pg_guard_stop(struct pg_guard *g, bool for_good)
{
	pthread_mutex_lock(&g->lock);
	g->closed |= for_good;
	if (g->fd >= 0)
		shutdown(g->fd, SHUT_RDWR);
	pthread_mutex_unlock(&g->lock);
}

/* False: the connection may not be used. */
static bool guard_enter(struct pg_conn *c)
{
	struct pg_guard *g = c->guard;

	if (g == NULL || PQstatus(c->db) != CONNECTION_OK)
		return true;
	pthread_mutex_lock(&g->lock);
	if (!g->closed)
		g->fd = fcntl(PQsocket(c->db), F_DUPFD_CLOEXEC, 0);
	bool ok = g->fd >= 0;

	pthread_mutex_unlock(&g->lock);
	return ok;
}

static void guard_leave(struct pg_guard *g)
{
	if (g == NULL)
		return;
	pthread_mutex_lock(&g->lock);
	if (g->fd >= 0)
		close(g->fd);
	g->fd = -1;
	pthread_mutex_unlock(&g->lock);
}

bool pg_guard_closed(struct pg_guard *g)
{
	pthread_mutex_lock(&g->lock);
	bool closed = g->closed;

	pthread_mutex_unlock(&g->lock);
	return closed;
}

void pg_disconnect(struct pg_conn *c)
{
	guard_leave(c->guard);
	PQclear(c->rows);
	c->rows = NULL;
	PQfinish(c->db);
	c->db = NULL;
	memset(c->prepared, 0, sizeof(c->prepared));
}

void pg_conn_close(struct pg_conn *c)
{
	pg_disconnect(c);
	free(c->text);
	c->text = NULL;
}

enum gh_err pg_connect(struct pg_conn *c, char *why, size_t why_size)
{
	pg_disconnect(c);
	if (c->guard && pg_guard_closed(c->guard)) {
		if (why)
			snprintf(why, why_size,
				 "the database did not answer while the program ends");
		return GH_EIO;
	}
	c->db = conn_open(c->url);
	if (c->db == NULL)
		return GH_ENOMEM;
	PQsetNoticeReceiver(c->db, notice_receive, c);
	if (pg_connected(c))
		send_room_make(PQsocket(c->db));
	if (guard_enter(c) && PQstatus(c->db) == CONNECTION_OK &&
	    pg_exec(c, c->settings, NULL) == GH_OK)
		return GH_OK;
	if (why)
		pg_message_write(c, "use the database", why, why_size);
	pg_disconnect(c);
	return GH_EIO;
}

void pg_message_write(const struct pg_conn *c, const char *what, char *why, size_t why_size)
{
	size_t n;

	snprintf(why, why_size, "cannot %s: %s", what, PQerrorMessage(c->db));
	n = strlen(why);
	while (n && (why[n - 1] == '\n' || why[n - 1] == ' '))
		why[--n] = '\0';
	for (size_t i = 0; i < n; i++)
		if (why[i] == '\n' || why[i] == '\t')
			why[i] = ' ';
}

static bool state_is(const char *state, const char *class)
{
	return strncmp(state, class, strlen(class)) == 0;
}

/* Classes and codes: PostgreSQL documentation, appendix A. */
static const struct {
	const char *state;
	struct pg_fault fault;
} faults[] = {
	{ .state = "40001",
	  .fault = { .err = GH_EBUSY, .again = true } }, /* serialization_failure */
	{ .state = "40P01",
	  .fault = { .err = GH_EBUSY, .again = true } }, /* deadlock_detected */
	{ .state = "GH001",
	  .fault = { .err = GH_EBUSY, .again = true } }, /* a device changed meanwhile */
	{ .state = "GH410",
	  .fault = { .err = GH_EIO, .again = true, .lost = true } },		/* gh_mark */
	{ .state = "GH404", .fault = { .err = GH_ENOTFOUND, .of_job = true } }, /* gh_append */
	{ .state = "GH503", .fault = { .err = GH_EBUSY, .of_job = true } },	/* the same */
	{ .state = "23505",
	  .fault = { .err = GH_EEXISTS, .of_job = true } }, /* unique_violation */
	{ .state = "22", .fault = { .err = GH_EINVALID, .of_job = true } }, /* data_exception */
	{ .state = "23", .fault = { .err = GH_EINVALID, .of_job = true } }, /* a constraint */
	{ .state = "54",
	  .fault = { .err = GH_ETOOBIG, .of_job = true } }, /* program_limit_exceeded */
	{ .state = "55P03",
	  .fault = { .err = GH_EBUSY, .locked = true } },	 /* lock_not_available */
	{ .state = "57014", .fault = { .err = GH_ECANCELLED } }, /* query_canceled */
	{ .state = "53200", .fault = { .err = GH_ENOMEM } },	 /* out_of_memory */
	{ .state = "53300",
	  .fault = { .err = GH_EBUSY, .lost = true } },	 /* too_many_connections */
	{ .state = "53", .fault = { .err = GH_EFULL } }, /* insufficient_resources */
	{ .state = "25006",
	  .fault = { .err = GH_EDENIED, .lost = true } },     /* read_only_sql_transaction */
	{ .state = "42501", .fault = { .err = GH_EDENIED } }, /* insufficient_privilege */
	{ .state = "57P",
	  .fault = { .err = GH_EIO, .again = true, .lost = true } }, /* shut down, restarted */
	{ .state = "08",
	  .fault = { .err = GH_EIO, .again = true, .lost = true } }, /* connection_exception */
	{ .state = "XX001", .fault = { .err = GH_ECORRUPT } },
	{ .state = "XX002", .fault = { .err = GH_ECORRUPT } },
};

struct pg_fault pg_fault(const struct pg_conn *c, const PGresult *result)
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;

	for (size_t i = 0; state && i < sizeof(faults) / sizeof(faults[0]); i++)
		if (state_is(state, faults[i].state))
			return faults[i].fault;
	if (!pg_connected(c))
		return (struct pg_fault){ .err = GH_EIO, .again = true, .lost = true };
	return (struct pg_fault){ .err = GH_EIO };
}

enum gh_err pg_exec(struct pg_conn *c, const char *text, PGresult **out)
{
	PGresult *r = PQexec(c->db, text);
	ExecStatusType status = PQresultStatus(r);
	enum gh_err err = GH_OK;

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		err = pg_fault(c, r).err;
	if (out && err == GH_OK)
		*out = r;
	else
		PQclear(r);
	return err;
}

/* --- values --- */

static bool text_reserve(struct pg_conn *c, size_t more)
{
	size_t room = c->text_n + more + 1;

	if (room <= c->text_room)
		return true;
	char *grown = realloc(c->text, room * 2);

	if (grown == NULL)
		return false;
	c->text = grown;
	c->text_room = room * 2;
	return true;
}

enum gh_err pg_text_add(struct pg_conn *c, const char *more)
{
	size_t n = strlen(more);

	if (!text_reserve(c, n))
		return GH_ENOMEM;
	memcpy(c->text + c->text_n, more, n + 1);
	c->text_n += n;
	return GH_OK;
}

void pg_call_start(struct sql_call *q, gh_slice text, const char *locks)
{
	struct pg_conn *c = pg_conn_of(q->c);
	int n = 0;

	c->text_n = 0;
	c->values.n = 0;
	if (c->rows)
		q->err = GH_ESTATE;
	if (q->err)
		return;
	/* A question mark becomes at most three letters. */
	if (!text_reserve(c, 3 * text.n)) {
		q->err = GH_ENOMEM;
		return;
	}
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '?')
			c->text_n += (size_t)snprintf(c->text + c->text_n, 4, "$%d", ++n);
		else
			c->text[c->text_n++] = (char)text.p[i];
	c->text[c->text_n] = '\0';
	if (c->sql.writes)
		q->err = pg_text_add(c, locks);
}

static int value_add(struct sql_call *q, const char *value, size_t length)
{
	struct pg_values *v = &pg_conn_of(q->c)->values;

	q->at++;
	if (q->err)
		return -1;
	if (v->n == PG_PARAMETERS || length > INT32_MAX) {
		q->err = GH_ETOOBIG;
		return -1;
	}
	v->value[v->n] = value;
	v->length[v->n] = (int)length;
	v->format[v->n] = 1;
	return v->n++;
}

void pg_number(uint8_t out[8], int64_t v)
{
	for (int i = 0; i < 8; i++)
		out[i] = (uint8_t)((uint64_t)v >> (56 - 8 * i));
}

void pg_put_int(struct sql_call *q, int64_t v)
{
	struct pg_values *values = &pg_conn_of(q->c)->values;
	int at = value_add(q, NULL, 8);

	if (at < 0)
		return;
	pg_number(values->number[at], v);
	values->value[at] = (const char *)values->number[at];
}

void pg_put_null(struct sql_call *q)
{
	value_add(q, NULL, 0);
}

void pg_put_bytes(struct sql_call *q, gh_slice s)
{
	value_add(q, s.n ? (const char *)s.p : "", s.n);
}

int64_t pg_value_int(const PGresult *r, int row, int column)
{
	const uint8_t *p = (const uint8_t *)PQgetvalue(r, row, column);
	int n = PQgetlength(r, row, column);
	uint64_t v = n && p[0] & 0x80 ? UINT64_MAX : 0;

	for (int i = 0; i < n && i < 8; i++)
		v = v << 8 | p[i];
	return (int64_t)v;
}

bool pg_is_null(const struct sql_call *q, int column)
{
	const struct pg_conn *c = pg_conn_of(q->c);

	return PQgetisnull(c->rows, c->row, column);
}

int64_t pg_int_of(const struct sql_call *q, int column)
{
	const struct pg_conn *c = pg_conn_of(q->c);

	return pg_value_int(c->rows, c->row, column);
}

gh_slice pg_bytes_of(const struct sql_call *q, int column)
{
	const struct pg_conn *c = pg_conn_of(q->c);

	return (gh_slice){ (const uint8_t *)PQgetvalue(c->rows, c->row, column),
			   (size_t)PQgetlength(c->rows, c->row, column) };
}

void pg_statement_name(enum sql_id id, char name[16])
{
	snprintf(name, 16, "s%d", (int)id);
}
