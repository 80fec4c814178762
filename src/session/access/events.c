/* Access events: live ones (table=rtlog, Security PUSH 3.1.2, 7.2) and stored ones (the table `transaction`,
 * 7.13 and 9.1.4). A row of door states may stand among live ones. */
#include "session/access/upload.h"
#include "wire/access/event.h"

static enum gh_err event_row_read(struct access_upload *u, gh_slice line,
				  enum access_source source)
{
	struct ghi_event_fault fault = { 0 };
	struct access_event *e = ingest_event_next(u->in, u->body.n);
	enum ghi_event_row row;

	if (e == NULL)
		return GH_ENOMEM;
	if (ghi_event_parse(line, e, &row, &fault))
		return access_quarantine(u, line, fault.reason);
	e->source = source;
	/* What was kept was brought by a request that is long gone. */
	e->first_request = u->again ? 0 : exchange_number(u->x);
	/* What doors were then is not what they are. */
	if (u->again && row != GHI_EVENT_ROW)
		return access_quarantine(u, line, "states of doors, which have passed");
	if (row == GHI_EVENT_ROW_STATE) {
		access_unit_known(u);
		return access_door_states_take(u->x, line, u->doors, NULL)
			       ? GH_OK
			       : access_quarantine(u, line,
						   "states of doors that make no sense");
	}
	if (row != GHI_EVENT_ROW)
		return GH_OK;
	u->live_time = source == ACCESS_LIVE && u->rows == 1 ? e->time : GHI_CIVIL_NONE;
	return ingest_event(u->in, e);
}

static enum gh_err events_read(struct access_upload *u, enum access_source source)
{
	enum gh_err err = GH_OK;
	gh_slice line;

	while (err == GH_OK && !access_turn_over(u)) {
		u->ended = !ghi_lines_next(&u->lines, &line);
		if (u->ended)
			break;
		if (gh_slice_trim(line).n == 0)
			continue;
		u->rows++;
		err = event_row_read(u, line, source);
	}
	return err;
}

enum gh_err access_live_events_read(struct access_upload *u)
{
	return events_read(u, ACCESS_LIVE);
}

enum gh_err access_stored_events_read(struct access_upload *u)
{
	return events_read(u, u->file.n ? ACCESS_ACCOUNT : ACCESS_STORED);
}
