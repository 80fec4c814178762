/* GET cdata?options=all: a unit begins (Security PUSH 3.1.2, 4.1). One that is registered gets its code
 * and its options; any other "OK", after which it registers. */
#include "wire/access/handshake.h"
#include "core/access/doors.h"
#include "core/access/subs.h"
#include "core/access/unit_counts.h"
#include "core/commands.h"
#include "core/server_clock.h"
#include "session/access/access.h"

/* A unit with a comm key gets its code where it showed its key; from
 * elsewhere it is to register, and to show it there. */
static void handshake_reply(struct exchange *x)
{
	struct ghi_server_options o;
	struct device_row row;

	if (x->err) {
		exchange_store_failed(x, x->err);
		return;
	}
	device_row(x->device, x->arena, &row);
	if (access_answer_of(x) != ACCESS_ANSWER_OPTIONS || row.access.parameters.n == 0) {
		exchange_ok(x);
		return;
	}
	access_options_fill(x, &row, true, &o);
	access_options_reply(x, &o);
}

void access_handshake(struct exchange *x)
{
	struct device_row row;
	struct device_row change = {
		.present = DEVICE_FIELDS_OF(DEVICE_protocol),
		.access.protocol = exchange_param(x, "pushver"),
	};

	/* Of what is not approved nothing is stored but its registration. */
	if (device_state(x->device) != DEVICE_APPROVED || x->verdict.unproven) {
		exchange_ok(x);
		return;
	}
	command_device_restarted(x->server, x->device);
	device_doors_restarted(x->device);
	device_subs_restarted(x->server, x->device);
	device_row(x->device, x->arena, &row);
	if (!x->verdict.elsewhere && !gh_slice_eq(row.address, exchange_peer(x))) {
		model_mark(&change, DEVICE_address);
		change.address = exchange_peer(x);
	}
	/* It may have lost rows. */
	if (row.access.counts_ms &&
	    server_steady_ms(x->server) - row.access.counts_ms >= UNIT_COUNTS_AGAIN_MS) {
		change.access.counts_ms = UNIT_COUNTS_NOW;
		model_mark(&change, DEVICE_counts_ms);
	}
	if (gh_slice_eq(row.access.protocol, change.access.protocol) &&
	    !model_has(&change, DEVICE_address) && !model_has(&change, DEVICE_counts_ms)) {
		handshake_reply(x);
		return;
	}
	if (x->arena->failed) {
		exchange_store_failed(x, GH_ENOMEM);
		return;
	}
	if (!exchange_defer(x)) {
		exchange_drop(x);
		return;
	}
	x->next = handshake_reply;
	enum gh_err err = device_change(x->server, x->device, &change, exchange_done, x);
	if (err)
		exchange_store_failed(x, err);
}
