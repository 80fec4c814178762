/* Whether a request is the unit's whose serial number it bears, where nothing else shows it: by the address it
 * comes from. */
#include "core/server_clock.h"
#include "session/access/access.h"

void access_address_note(struct exchange *x)
{
	struct device_row change = { .present = DEVICE_FIELDS_OF(DEVICE_address),
				     .address = exchange_peer(x) };

	if (device_change(x->server, x->device, &change, NULL, NULL))
		LOG(x->server->log, LOG_WARNING, "the new address of a unit is not kept yet",
		    { "sn", x->sn });
}

void access_home_judge(struct exchange *x)
{
	enum device_home home;

	if (device_has_key(x->device))
		x->verdict.proven = !x->verdict.unproven;
	if (x->verdict.proven || device_state(x->device) != DEVICE_APPROVED)
		return;
	x->verdict.elsewhere = true;
	/* What is refused moves no address. */
	if (x->verdict.status || x->verdict.unproven)
		return;
	home = device_home(x->device, exchange_peer(x), x->server->settings->key_proof,
			   server_monotonic_ms(x->server));
	x->verdict.elsewhere = home == DEVICE_ELSEWHERE;
	if (home == DEVICE_MOVED)
		access_address_note(x);
}

gh_slice access_from(struct exchange *x)
{
	return x->verdict.proven ? (gh_slice){ 0 } : exchange_peer(x);
}
