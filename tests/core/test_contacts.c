/* Contacts that became no device: distinguished, counted, bounded, copied. */
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/contacts.h"

static struct server server;
static int64_t now;

static int64_t clock_ms(void)
{
	return now;
}

static int contacts_open(void **state)
{
	(void)state;
	now = INT64_C(1722470400000);
	server = (struct server){ .now_ms = clock_ms, .contacts = contacts_new() };
	return server.contacts ? 0 : -1;
}

static int contacts_close(void **state)
{
	(void)state;
	contacts_free(server.contacts);
	return 0;
}

static void contact_came(enum contact_reason reason, enum contact_port port, const char *peer,
			 const char *target)
{
	contact_note(&server, &(struct contact){ .reason = reason,
						 .port = port,
						 .peer = gh_slice_of(peer),
						 .target = gh_slice_of(target) });
}

struct search {
	enum contact_reason reason;
	const char *peer;
	struct contact found;
	size_t n;
};

static bool search_look(void *ctx, const struct contact *c)
{
	struct search *w = ctx;

	if (c->reason == w->reason && gh_slice_eq(c->peer, gh_slice_of(w->peer))) {
		w->found = *c;
		w->n++;
	}
	return true;
}

static struct search contact_find(enum contact_reason reason, const char *peer)
{
	struct search w = { .reason = reason, .peer = peer };

	contacts_read(&server, search_look, &w);
	return w;
}

static void the_same_again_is_one_row_with_the_latest(void **state)
{
	(void)state;
	char target[] = "/a";
	struct search w;

	contact_came(CONTACT_PATH_UNKNOWN, CONTACT_DEVICES, "10.0.0.1", target);
	now += 5000;
	contact_came(CONTACT_PATH_UNKNOWN, CONTACT_DEVICES, "10.0.0.1", "/b");
	contact_came(CONTACT_PATH_UNKNOWN, CONTACT_DEVICES, "10.0.0.1", target);
	target[1] = 'x'; /* it was copied */
	w = contact_find(CONTACT_PATH_UNKNOWN, "10.0.0.1");
	assert_int_equal(w.n, 1);
	assert_int_equal(w.found.count, 3);
	assert_int_equal(w.found.last_ms - w.found.since_ms, 5000);
	assert_true(gh_slice_eq(w.found.target, GH_LIT("/a")));
}

static void ports_addresses_and_reasons_are_rows_of_their_own(void **state)
{
	(void)state;
	contact_came(CONTACT_NOT_HTTP, CONTACT_DEVICES, "10.0.0.1", "");
	contact_came(CONTACT_NOT_HTTP, CONTACT_ADMIN, "10.0.0.1", "");
	contact_came(CONTACT_NOT_HTTP, CONTACT_DEVICES, "10.0.0.10", "");
	contact_came(CONTACT_NOT_HTTPS, CONTACT_DEVICES, "10.0.0.1", "");
	assert_int_equal(contacts_count(&server), 4);
	assert_int_equal(contact_find(CONTACT_NOT_HTTP, "10.0.0.1").n, 2);
	assert_int_equal(contact_find(CONTACT_NOT_HTTP, "10.0.0.10").n, 1);
	assert_int_equal(contact_find(CONTACT_NOT_HTTPS, "10.0.0.1").n, 1);
}

static void a_flood_of_one_reason_pushes_out_its_own_oldest_only(void **state)
{
	(void)state;
	char peer[CONTACT_PEER];

	contact_came(CONTACT_SERIAL_MISSING, CONTACT_DEVICES, "10.0.0.1", "");
	contact_came(CONTACT_PATH_UNKNOWN, CONTACT_DEVICES, "10.0.0.1", "");
	contact_came(CONTACT_PATH_UNKNOWN, CONTACT_DEVICES, "10.0.0.2", "");
	for (int i = 0; i < CONTACT_PEERS - 2; i++) {
		snprintf(peer, sizeof(peer), "10.1.%d.%d", i / 250, i % 250);
		contact_came(CONTACT_PATH_UNKNOWN, CONTACT_DEVICES, peer, "");
	}
	assert_int_equal(contact_find(CONTACT_PATH_UNKNOWN, "10.0.0.1").n, 1);
	/* It came again, so the other one is the oldest. */
	contact_came(CONTACT_PATH_UNKNOWN, CONTACT_DEVICES, "10.0.0.1", "");
	contact_came(CONTACT_PATH_UNKNOWN, CONTACT_DEVICES, "10.2.0.1", "");
	assert_int_equal(contact_find(CONTACT_PATH_UNKNOWN, "10.0.0.1").n, 1);
	assert_int_equal(contact_find(CONTACT_PATH_UNKNOWN, "10.0.0.2").n, 0);
	assert_int_equal(contact_find(CONTACT_SERIAL_MISSING, "10.0.0.1").n, 1);
	assert_int_equal(contacts_count(&server), CONTACT_PEERS + 1);
}

static void long_texts_are_cut_and_strange_peers_left_out(void **state)
{
	(void)state;
	char text[4 * CONTACT_TARGET];
	struct search w;

	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	contact_came(CONTACT_TARGET_REFUSED, CONTACT_DEVICES, "::1", text);
	w = contact_find(CONTACT_TARGET_REFUSED, "::1");
	assert_int_equal(w.found.target.n, CONTACT_TARGET);
	contact_came(CONTACT_TARGET_REFUSED, CONTACT_DEVICES, text, "");
	contact_came(CONTACT_TARGET_REFUSED, CONTACT_DEVICES, "", "");
	assert_int_equal(contacts_count(&server), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_same_again_is_one_row_with_the_latest,
						contacts_open, contacts_close),
		cmocka_unit_test_setup_teardown(
			ports_addresses_and_reasons_are_rows_of_their_own, contacts_open,
			contacts_close),
		cmocka_unit_test_setup_teardown(
			a_flood_of_one_reason_pushes_out_its_own_oldest_only, contacts_open,
			contacts_close),
		cmocka_unit_test_setup_teardown(long_texts_are_cut_and_strange_peers_left_out,
						contacts_open, contacts_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
