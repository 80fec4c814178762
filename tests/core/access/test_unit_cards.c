/* Cards of mirrors are read again where the order of their bytes was changed (core/access/unit_cards.h). */
#include "tests.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "core/access/unit_card.h"
#include "core/access/unit_cards.h"
#include "core/access/unit_mirror.h"
#include "server.h"

#define CARDS 450 /* more than two pieces */
#define WAIT_MS 60000

static struct server_fixture f;

static int open_cards(void **state)
{
	(void)state;
	server_fixture_open(&f);
	f.server.unit_cards = unit_cards_new(&f.server);
	assert_non_null(f.server.unit_cards);
	return 0;
}

static int close_cards(void **state)
{
	struct unit_cards *u = f.server.unit_cards;

	(void)state;
	server_fixture_close(&f);
	unit_cards_free(u);
	f.server.unit_cards = NULL;
	return 0;
}

/* The digits of a card as the unit has them, and what they are in either order. */
static uint64_t card_highest_first(int i)
{
	return 0x01020000 + (uint64_t)i;
}

static int64_t card_lowest_first(int i)
{
	return (int64_t)(i & 0xff) << 24 | (int64_t)(i >> 8) << 16 | 0x0201;
}

/* Rows as a unit uploaded them, on the store thread. */
struct rows_job {
	struct store_job job;
	int64_t device;
	int from, to;
	_Atomic int ended;
};

static enum gh_err rows_run(struct store_job *job, const struct store_ops *ops, struct store *s)
{
	struct rows_job *j = (struct rows_job *)job;
	enum gh_err err = GH_OK;

	for (int i = j->from; i < j->to && err == GH_OK; i++) {
		char key[40], text[80];

		snprintf(key, sizeof(key), "%d\t%08" PRIX64, i, card_highest_first(i));
		snprintf(text, sizeof(text), "Pin=%d\tCardNo=%08" PRIX64 "\tLossCardFlag=0", i,
			 card_highest_first(i));
		err = unit_mirror_take(ops, s, j->device,
				       &(struct unit_row){ .table = GH_LIT("mulcarduser"),
							   .key = gh_slice_of(key),
							   .row = gh_slice_of(text),
							   .origin = UNIT_ROW_UPLOADED,
							   .as_of_ms = 1 },
				       INT64_MAX);
	}
	return err;
}

static void rows_done(struct store_job *job, enum gh_err err)
{
	atomic_store(&((struct rows_job *)job)->ended, err ? -1 : 1);
}

static void rows_put(const struct device *d, int from, int to)
{
	struct rows_job j = { .job = { .run = rows_run, .done = rows_done },
			      .device = device_id(d),
			      .from = from,
			      .to = to };

	assert_int_equal(store_put(f.server.queue, &j.job), GH_OK);
	server_settle(&f);
	assert_int_equal(atomic_load(&j.ended), 1);
}

static bool row_see(void *ctx, const struct unit_row *row)
{
	char pin[24];

	snprintf(pin, sizeof(pin), "%d", *(int *)ctx);
	if (!gh_slice_eq(unit_row_pin(row), gh_slice_of(pin)))
		fail_msg("the card is one of %.*s, not %s", GH_FMT(unit_row_pin(row)), pin);
	*(int *)ctx = -1;
	return true;
}

/* Whether the unit holds that card for the person of that number. */
static bool card_is_held(struct store_reader *r, const struct device *d, int64_t card, int pin)
{
	assert_int_equal(f.server.db.ops->unit_rows_of_card(r, device_id(d), (gh_slice){ 0 },
							    card, 2, row_see, &pin),
			 GH_OK);
	return pin == -1;
}

static void cards_are(const struct device *d, int n, bool turned)
{
	struct store_reader *r;

	assert_int_equal(f.server.db.ops->reader_open(f.server.db.store, &r), GH_OK);
	for (int i = 0; i < n; i++) {
		int64_t highest = (int64_t)card_highest_first(i), lowest = card_lowest_first(i);

		assert_true(card_is_held(r, d, turned ? lowest : highest, i));
		assert_false(card_is_held(r, d, turned ? highest : lowest, i));
	}
	f.server.db.ops->reader_close(r);
}

static void change_ended(void *ctx, enum gh_err err)
{
	atomic_store((_Atomic int *)ctx, err ? -1 : 1);
}

static void cards_turn(struct device *d, bool turned)
{
	const struct device_row change = {
		.present = DEVICE_FIELDS_OF(DEVICE_cards_turned, DEVICE_cards_derived),
		.access = { .cards_turned = turned, .cards_derived = DEVICE_CARDS_MIXED }
	};
	_Atomic int ended = 0;

	assert_int_equal(device_change(&f.server, d, &change, change_ended, &ended), GH_OK);
	server_settle(&f);
	assert_int_equal(atomic_load(&ended), 1);
}

static int64_t cards_derived(struct device *d)
{
	struct arena a = { 0 };
	struct device_row row;

	device_row(d, &a, &row);
	ghi_arena_clear(&a);
	return row.access.cards_derived;
}

static void cards_wait(struct device *d, bool turned)
{
	const struct timespec moment = { .tv_nsec = 1000000 };

	for (int i = 0; i < WAIT_MS && cards_derived(d) != turned; i++) {
		server_settle(&f);
		nanosleep(&moment, NULL);
	}
	assert_int_equal(cards_derived(d), turned);
}

static void a_mirror_is_read_again_when_its_cards_are_turned(void **state)
{
	struct device *d = server_admit(&f, "UNIT1"), *other = server_admit(&f, "UNIT2");
	(void)state;

	rows_put(d, 0, CARDS);
	rows_put(other, 0, 3);
	cards_are(d, CARDS, false);
	cards_turn(d, true);
	/* What comes meanwhile is read by the setting. */
	rows_put(d, CARDS, CARDS + 20);
	cards_wait(d, true);
	cards_are(d, CARDS + 20, true);
	cards_are(other, 3, false);
	cards_turn(d, false);
	cards_wait(d, false);
	cards_are(d, CARDS + 20, false);
	device_unref(d);
	device_unref(other);
}

static void a_stop_leaves_nothing_half_read(void **state)
{
	struct device *d = server_admit(&f, "UNIT1");
	struct unit_cards *u = f.server.unit_cards;
	(void)state;

	rows_put(d, 0, CARDS);
	cards_turn(d, true);
	cards_wait(d, true);
	/* The setting is changed, and before any row was read the server ends. */
	f.server.unit_cards = NULL;
	cards_turn(d, false);
	cards_turn(d, true);
	rows_put(d, CARDS, CARDS + 1);
	cards_turn(d, false);
	device_unref(d);
	server_fixture_restart(&f);
	unit_cards_free(u);
	f.server.unit_cards = unit_cards_new(&f.server);
	d = devices_find(f.server.devices, GH_LIT("UNIT1"));
	assert_non_null(d);
	assert_int_equal(cards_derived(d), DEVICE_CARDS_MIXED);
	unit_cards_tick(f.server.unit_cards);
	cards_wait(d, false);
	cards_are(d, CARDS + 1, false);
	device_unref(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_mirror_is_read_again_when_its_cards_are_turned, open_cards,
			close_cards),
		cmocka_unit_test_setup_teardown(a_stop_leaves_nothing_half_read, open_cards,
						close_cards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
