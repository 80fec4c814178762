/* /api/stats: how much is stored. */
#include "api/device_view.h"
#include "api/status.h"
#include "core/live.h"

void handle_stats(struct call *c)
{
	struct store_counts n;
	struct template_sum t = { 0 };
	enum gh_err err = status_counts_read(c, &n, &t);
	struct json j;

	if (err) {
		call_fail_err(c, err);
		return;
	}
	j = call_data();
	json_object(&j);
	status_int(&j, "devices", (int64_t)devices_count(c->server->devices));
	status_int(&j, "users", n.records[KIND_PERSON]);
	status_int(&j, "fingerprintTemplates", t.fp);
	status_int(&j, "faceTemplates", t.face);
	status_int(&j, "bioTemplates", t.biodata);
	status_int(&j, "punches", n.punches);
	status_int(&j, "lastSeq", live_seq(c->server->live, STREAM_PUNCH));
	status_int(&j, "quarantined", n.quarantined);
	status_int(&j, "uploads", n.raw_uploads);
	status_int(&j, "pendingCommands", status_open_commands(&n));
	status_int(&j, "completedCommands", n.commands[COMMAND_ACKNOWLEDGED]);
	json_key(&j, "commands");
	json_object(&j);
	for (enum command_state s = 0; s < COMMAND_STATES; s++)
		status_int(&j, command_state_name(s), n.commands[s]);
	json_object_end(&j);
	json_key(&j, "records");
	json_object(&j);
	for (size_t k = 0; k < KIND_COUNT; k++)
		status_int(&j, model_kinds[k].plural, n.records[k]);
	json_object_end(&j);
	json_object_end(&j);
	call_data_end(c, 200, &j);
}
