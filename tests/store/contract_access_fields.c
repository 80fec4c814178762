#include "contract_events.h"

static bool see_all_fields(void *ctx, const struct access_event *e)
{
	const struct access_event *want = ctx;

	assert_slice(e->serial, "A1");
	for (int i = 0; i < ACCESS_EVENT_FIELDS; i++) {
		const struct model_field *k = &access_event_field[i];
		const uint8_t *x = (const uint8_t *)e + k->offset,
			      *y = (const uint8_t *)want + k->offset;

		if (k->type == MODEL_TEXT) {
			const gh_slice *s = (const void *)x, *t = (const void *)y;

			if (!gh_slice_eq(*s, *t))
				print_error("%s\n", k->column);
			assert_true(gh_slice_eq(*s, *t));
			continue;
		}
		const int64_t *n = (const void *)x, *m = (const void *)y;

		if (*n != *m)
			print_error("%s\n", k->column);
		assert_int_equal(*n, *m);
	}
	return true;
}

static void every_field_of_an_event_is_read_back(void **state)
{
	static const uint8_t odd[] = { 0xff, 0 };
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct access_put full = event_at(a, 5, 0), empty = { .event = access_event_empty() };

	empty.event.device = a;
	empty.event.time = 20260301080000;
	empty.event.event = empty.event.event_group = 206;
	empty.event.zone = GH_LIT("UTC");
	full.event.unit = GH_LIT("SUB1");
	full.event.event_text = GH_LIT("27E");
	full.event.card = (gh_slice){ odd, 2 };
	full.event.card_number = INT64_MAX;
	full.event.reader = 2;
	full.event.linkage_id = 3;
	full.event.linkage_trigger = 220;
	full.event.site_code = 10;
	full.event.bit_count = 26;
	full.event.mask = 1;
	full.event.temperature = GH_LIT("36.5");
	full.event.temperature_as_shown = GH_LIT("97.7");
	full.event.alarm_type = 1;
	full.event.source = ACCESS_ACCOUNT;
	full.event.first_request = 77;
	full.event.flags = ACCESS_AHEAD;
	assert_int_equal(events_store(f, &full, 1), 1);
	assert_ok(f->ops->access_read(f->r, &PAGE(.limit = 1), see_all_fields, &full.event));
	assert_int_equal(events_store(f, &empty, 1), 1);
	assert_ok(f->ops->access_read(f->r, &PAGE(.after = 1, .limit = 1), see_all_fields,
				      &empty.event));
}

/* Each of the fields that few events have, alone. */
static void odd_field_set(struct access_event *e, int which)
{
	switch (which) {
	case 0:
		e->card = GH_LIT("123456789");
		e->card_number = 123456789;
		break;
	case 1:
		e->card = GH_LIT("no number");
		break;
	case 2:
		e->flags = ACCESS_AHEAD;
		break;
	case 3:
		e->event = e->event_group = ACCESS_ABSENT;
		e->event_text = GH_LIT("27E");
		e->flags = ACCESS_ODD_EVENT;
		break;
	case 4:
		e->temperature = GH_LIT("36.5");
		break;
	case 5:
		e->alarm_type = 200;
		break;
	case 6:
		e->linkage_id = 0;
		break;
	case 7:
		e->utc = ACCESS_NO_UTC;
		break;
	default:
		break;
	}
}

enum { ODD_FIELDS = 8, UPLOAD = 6 };

/* An upload whose i-th event has the field `first`, and whose k-th has `second`. */
static void upload_check(struct fixture *f, int64_t device, const int place[2],
			 const int odd[2], int64_t *seq)
{
	struct access_put e[UPLOAD];

	for (int i = 0; i < UPLOAD; i++) {
		e[i] = event_at(device, *seq % 2 ? 0 : *seq + i + 1, (int)*seq + i);
		e[i].event.received_ms = 1772341200123 + *seq;
		e[i].event.first_request = *seq + 5;
		e[i].event.source = *seq % 3;
		for (int k = 0; k < 2; k++)
			if (place[k] == i)
				odd_field_set(&e[i].event, odd[k]);
	}
	assert_int_equal(events_store(f, e, UPLOAD), UPLOAD);
	for (int i = 0; i < UPLOAD; i++) {
		e[i].event.index_epoch = 0;
		assert_int_equal(e[i].event.seq, *seq + i + 1);
		assert_ok(f->ops->access_read(f->r, &PAGE(.after = *seq + i, .limit = 1),
					      see_all_fields, &e[i].event));
	}
	*seq += UPLOAD + 1;
	/* One more, so that every other upload has numbers of records, and no number twice. */
	struct access_put one = event_at(device, 0, (int)*seq + 20000);

	assert_int_equal(events_store(f, &one, 1), 1);
}

static void what_one_event_of_an_upload_has_no_other_gets(void **state)
{
	static const int places[][2] = { { 0, 5 }, { 2, 2 }, { 5, 1 }, { -1, 3 } };
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1"), seq = 0;

	for (size_t p = 0; p < sizeof(places) / sizeof(places[0]); p++)
		for (int first = 0; first < ODD_FIELDS; first++)
			for (int second = 0; second < ODD_FIELDS; second++)
				upload_check(f, a, places[p], (const int[]){ first, second },
					     &seq);
}

/* A long upload is put by few statements. Its numbers rise over ones that are there: the unit began again. */
static void a_long_upload_has_what_was_there_and_what_is_rare(void **state)
{
	enum { MANY = 200, RARE = 150, KNOWN = 1500, LATER = KNOWN + MANY / 2 };
	struct fixture *f = *state;
	int64_t a = device_new(f, "A1");
	struct access_put e[MANY], one;
	int64_t seq = 0, punch = 0, last;

	for (int i = KNOWN; i < LATER; i++) {
		one = event_at(a, i, i);
		assert_int_equal(events_store(f, &one, 1), 1);
		seq++;
	}
	one = event_at(a, 1, 0);
	assert_int_equal(events_store(f, &one, 1), 1);
	seq++;
	for (int i = 0; i < MANY; i++) {
		e[i] = event_at(a, KNOWN + i, KNOWN + i);
		e[i].punch = true;
	}
	e[RARE].event.temperature = GH_LIT("36.5");
	e[RARE].event.reader = 3;
	assert_int_equal(events_store(f, e, MANY), MANY - MANY / 2);
	for (int i = 0; i < MANY; i++) {
		bool fresh = KNOWN + i >= LATER;

		assert_int_equal(e[i].event.seq, fresh ? ++seq : 0);
		assert_int_equal(e[i].event.punch_seq, fresh ? ++punch : 0);
	}
	assert_ok(f->ops->last_seq(f->r, STREAM_ACCESS, &last));
	assert_int_equal(last, seq);
	assert_int_equal(last_seq(f), punch);
	e[RARE].event.index_epoch = e[RARE + 1].event.index_epoch = 1;
	assert_ok(f->ops->access_read(f->r, &PAGE(.after = e[RARE].event.seq - 1, .limit = 1),
				      see_all_fields, &e[RARE].event));
	assert_ok(f->ops->access_read(f->r,
				      &PAGE(.after = e[RARE + 1].event.seq - 1, .limit = 1),
				      see_all_fields, &e[RARE + 1].event));
	/* All of it is a repeat now. */
	assert_int_equal(events_store(f, e, MANY), 0);
}

int contract_access_fields(void)
{
	const struct CMUnitTest tests[] = {
		CONTRACT(every_field_of_an_event_is_read_back),
		CONTRACT(what_one_event_of_an_upload_has_no_other_gets),
		CONTRACT(a_long_upload_has_what_was_there_and_what_is_rare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
