/* A whole core over SQLite in memory, driven from the test's thread. */
#ifndef GH_TESTS_CORE_SERVER_H
#define GH_TESTS_CORE_SERVER_H

#include "core/commands.h"
#include "core/devices.h"
#include "core/ingest.h"
#include "core/limiter.h"
#include "core/live.h"
#include "core/metrics.h"
#include "core/problems.h"
#include "core/trace.h"
#include "temp_store.h"

struct server_fixture {
	struct server server;
	struct temp_store at;
	struct server_settings settings;
	struct metrics metrics;
};

void server_fixture_open(struct server_fixture *f);
void server_fixture_close(struct server_fixture *f);
/* As a server that ended and began again on the same store. */
void server_fixture_restart(struct server_fixture *f);

/* The clock of the server, milliseconds; starts at 2024-08-01 00:00:00 UTC. */
extern _Atomic int64_t server_fixture_now;

/* Each puts a job and waits for its end. */
struct device *server_admit(struct server_fixture *f, const char *sn); /* caller unreferences */
/* One that has not called yet; held. */
struct device *server_announce(struct server_fixture *f, const char *sn);
void server_approve(struct server_fixture *f, struct device *d);
/* Store the present fields of a device. */
void server_change(struct server_fixture *f, struct device *d, const struct device_row *change);
struct device *server_admit_row(struct server_fixture *f, const struct device_row *first);
/* One upload of ATTLOG lines; *result may be NULL. */
enum gh_err server_upload(struct server_fixture *f, struct device *d, const char *lines,
			  struct ingest_result *result);
int64_t server_queue(struct server_fixture *f, struct device *d, const char *text);
void queue_orders(struct server_fixture *f, struct command_order *orders, size_t n);
void queue_orders_whole(struct server_fixture *f, struct command_order *orders, size_t n);
int64_t queue_kind(struct server_fixture *f, struct device *d, enum command_kind kind,
		   gh_slice arguments);
/* What a poll would be answered with; "" for nothing. Static until the next call. */
const char *server_poll(struct server_fixture *f, struct device *d);
void server_answer(struct server_fixture *f, struct device *d, int64_t id, int64_t code);
/* Until every job put so far has ended. */
void server_settle(struct server_fixture *f);
/* The state of a command, as stored. */
enum command_state state_of(struct server_fixture *f, int64_t id);

#endif
