/* GET rtdata?type=time: "DateTime=<packed, GMT>,ServerTZ=+0800" (Security PUSH 3.1.2, 9.5.1, 11.5). */
#include <stdio.h>
#include <stdlib.h>

#include "base/zone.h"
#include "session/access/access.h"
#include "wire/access/pack.h"

void access_time(struct exchange *x)
{
	char text[64];
	struct zone *z = device_zone(x->device);
	uint32_t now = 0;
	int offset_s = zone_offset_at(z, x->now_ms / 1000), minutes = abs(offset_s) / 60;

	zone_close(z);
	if (ghi_packed_second(ghi_civil_from_seconds(x->now_ms / 1000), &now)) {
		exchange_refuse(x, 500, "the time here is beyond what the protocol has");
		return;
	}
	snprintf(text, sizeof(text), "DateTime=%lu,ServerTZ=%c%02d%02d", (unsigned long)now,
		 offset_s < 0 ? '-' : '+', minutes / 60, minutes % 60);
	exchange_text(x, gh_slice_of(text));
}
