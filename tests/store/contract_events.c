#include "contract_events.h"

struct access_put event_at(int64_t device, int64_t index, int n)
{
	struct access_event e = access_event_empty();

	e.device = device;
	e.record_index = index;
	e.time = 20260301080000 + n / 3600 * 10000 + n / 60 % 60 * 100 + n % 60;
	e.event = e.event_group = 0;
	e.pin = GH_LIT("7");
	e.address = e.door = 1;
	e.direction = ACCESS_IN;
	e.verify_raw = GH_LIT("4");
	e.verify_form = VERIFY_MODE_NUMBER;
	e.verify = 4;
	e.zone = GH_LIT("Europe/Istanbul");
	e.utc = 1772341200 + n;
	e.received_ms = 1772341200123 + n;
	return (struct access_put){ .event = e, .punch_status = 0, .punch_verify = 4 };
}

size_t events_store(struct fixture *f, struct access_put *a, size_t n)
{
	size_t fresh = 999999;

	tx_begin(f);
	assert_ok(f->ops->access_put(f->s, a, n, &fresh));
	tx_commit(f);
	return fresh;
}
