/* The tables of an access unit for the handlers of /api/devices/{sn}/tables: which unit and table a call
 * is about. */
#ifndef GH_API_UNIT_TABLES_H
#define GH_API_UNIT_TABLES_H

#include "wire/access/table.h"

struct call;
struct device;

/* In the request's arena; the device is referenced. */
struct unit_call {
	struct device *device;
	int64_t id;
	struct ghi_table_unit unit;	      /* what it registered and reported */
	const struct ghi_access_table *table; /* NULL: the path names none */
};

/* False and answered: no such device, it is no access unit, there is no reader, or no such table. */
bool unit_call_open(struct call *c, struct unit_call *u);

#endif
