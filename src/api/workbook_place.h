/* How many workbooks are under way, and since when: each takes room on the disk and a processor for
 * about as long as its rows are many. The places outlive the API: a workbook that no request waits for any more
 * is compressed to its end all the same, since the library cannot be stopped. */
#ifndef GH_API_WORKBOOK_PLACE_H
#define GH_API_WORKBOOK_PLACE_H

#include <stdbool.h>

struct call;
struct workbook_places;
struct workbook_place;

#define WORKBOOKS 2

/* NULL: no memory. */
struct workbook_places *workbook_places_new(void);
/* NULL is fine. They go with the last place that is taken. */
void workbook_places_unref(struct workbook_places *p);

/* False: there is none, answered. */
bool workbook_place_take(struct call *c, struct workbook_place **out);
/* From any thread. NULL is fine. */
void workbook_place_give(struct workbook_place *place);

#endif
