/* A server with a real store and the attendance dialect, for tests of what a device is answered,
 * and of what is stored, traced and logged. One at a time; the state is in variables. */
#ifndef GH_TESTS_SESSION_FIXTURE_H
#define GH_TESTS_SESSION_FIXTURE_H

#include "tests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../core/server.h"
#include "carrier.h"

extern struct server_fixture fixture;
extern struct carrier_reply reply; /* to the last request */
extern struct device *clock1;	   /* CLOCK1, where it is approved */

/* The server's log: its text, and the thread of each line. */
extern struct log server_log;
extern char session_log[8192];
extern pthread_t session_log_thread[64];
extern size_t session_log_lines;

int session_open(void **state);
int session_close(void **state);
/* The server ends, and begins again on the same store. Devices are found again. */
void session_restart(void);
/* With the device CLOCK1 approved, an attendance clock. */
int session_open_approved(void **state);
void session_send(const char *method, const char *target, gh_slice body);
/* The address of the next requests; NULL: 192.0.2.7. */
extern const char *session_address;
/* Their cookie; NULL: none. */
extern const char *session_cookie;
void session_get(const char *target);
void session_post(const char *target, const char *body);
void session_handshake(void);
void assert_reply(unsigned status, const char *body);
struct store_reader *fixture_reader(void);
size_t fixture_punches(void);
size_t fixture_quarantined(void);
size_t fixture_records(enum model_kind_id kind);
const char *fixture_traced(const char *sn);
const char *fixture_stamp(const char *table);

#endif
