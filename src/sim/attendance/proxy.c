#include "sim/attendance/proxy.h"

#include <stdio.h>

#include "sim/attendance/settings.h"

const struct sim_server *proxy_server(const struct sim_device *d)
{
	return d->proxied ? d->proxy : &d->plan->server;
}

void proxy_choose(struct sim_device *d)
{
	char address[64];
	struct ghi_writer w = ghi_writer_on(address, sizeof(address) - 1);
	uint64_t port = settings_number(d, "ProxyServerPort");
	bool on = settings_number(d, "EnableProxyServer") == 1 && port >= 1 && port <= 65535;
	struct sim_server found;

	settings_put_value(&w, d, GH_LIT("ProxyServerIP"));
	address[w.err ? 0 : w.n] = '\0';
	on = on &&
	     sim_server_through(&d->plan->server, address, (uint16_t)port, &found) == GH_OK;
	d->proxy_changed |= on || d->proxied;
	d->proxied = on;
	if (!on)
		return;
	/* A connection may still have the address of its texts. */
	if (d->proxy == NULL)
		d->proxy = g_new0(struct sim_server, 1);
	*d->proxy = found;
}

const struct sim_server *proxy_of_fleet(void *device, bool *changed)
{
	struct sim_device *d = device;

	*changed = d->proxy_changed;
	d->proxy_changed = false;
	return proxy_server(d);
}
