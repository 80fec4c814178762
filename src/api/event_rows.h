/* The rows of the store's streams as events of the live stream: "event: punch" and its data. The id
 * is written by who sends it, because it depends on what the receiver follows. */
#ifndef GH_API_EVENT_ROWS_H
#define GH_API_EVENT_ROWS_H

#include "api/area_grant.h"
#include "api/punches.h"
#include "base/json.h"
#include "core/server.h"

/* What an event is of: a device, and the area it is in; 0: it was deleted. */
struct event_origin {
	int64_t device, area;
};

/* Whose events a stream has: of one device, or of all (0); and of which areas. */
struct event_filter {
	int64_t device;
	struct area_limit limit;
};
bool event_filter_has(const struct event_filter *f, const struct event_origin *of);

struct event_rows {
	struct server *server;
	struct json *out;
	/* Called for each row: before its event is appended to `out`, and after, when the result is
	 * whether to go on. */
	void (*begin)(void *ctx, int64_t seq);
	bool (*end)(void *ctx, int64_t seq, const struct event_origin *of);
	void *ctx;
	struct punch_viewer viewer;
};

/* The rows of a stream on that page, in ascending order. */
enum gh_err event_rows_read(struct event_rows *rows, enum store_stream stream,
			    struct store_reader *reader, const struct store_page *page);

/* How far a receiver has got: the number of the last row looked at, of each stream. */
struct feed_place {
	int64_t cursor[STORE_STREAMS];
	bool pair; /* its ids have both numbers, P-A: it follows access events */
};

/* "id: 7" or "id: 7-12", with the line's end. */
void event_id_write(struct buffer *out, const struct feed_place *place);

#endif
