/* The table of functions of the dialect, and the classification of requests. */
#include "session/attendance/attendance.h"

#include "session/answers.h"
#include "session/attendance/upload.h"
#include "session/files.h"

static const struct route {
	enum ghi_endpoint endpoint;
	enum dialect_request request;
} routes[] = {
#define ROUTE(endpoint, request) { GHI_ENDPOINT_##endpoint, DIALECT_##request },
#include "session/attendance/route.def"
#undef ROUTE
};

gh_slice attendance_table_name(struct exchange *x)
{
	static const struct {
		const char *param, *table;
	} implied[] = {
		{ "PhotoStamp", "ATTPHOTO" },
		{ "OpStamp", "OPERLOG" },
		{ "Stamp", "ATTLOG" },
	};
	gh_slice name = gh_slice_trim(exchange_param(x, "table"));

	if (name.n)
		return name;
	for (size_t i = 0; i < sizeof(implied) / sizeof(implied[0]); i++)
		if (exchange_has_param(x, implied[i].param))
			return gh_slice_of(implied[i].table);
	return x->target.endpoint == GHI_ENDPOINT_FDATA ? GH_LIT("ATTPHOTO") : name;
}

/* cdata is several requests in one; some firmware sends an empty POST as GET (QUIRKS Q2). */
static enum dialect_request data_classify(struct exchange *x)
{
	if (x->has_body || gh_slice_eq(x->method, GH_LIT("POST")))
		return DIALECT_UPLOAD;
	if (exchange_has_param(x, "options"))
		return DIALECT_HANDSHAKE;
	if (exchange_has_param(x, "PIN"))
		return DIALECT_PERSON;
	return attendance_table_name(x).n ? DIALECT_UPLOAD : DIALECT_HANDSHAKE;
}

/* Of devices that are known: no other one begins by fetching a file. */
static bool fetches_file(const struct exchange *x)
{
	return !x->has_body && gh_slice_ieq(x->method, GH_LIT("GET")) && x->device;
}

static enum dialect_request attendance_classify(struct exchange *x)
{
	if (x->target.endpoint == GHI_ENDPOINT_FILE && !fetches_file(x))
		return DIALECT_UNKNOWN;
	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++)
		if (routes[i].endpoint == x->target.endpoint)
			return routes[i].request == DIALECT_UPLOAD ? data_classify(x)
								   : routes[i].request;
	return DIALECT_UNKNOWN;
}

static void attendance_describe(struct exchange *x, struct device_row *first)
{
	first->attendance.push_version = exchange_param(x, "pushver");
	first->attendance.language = exchange_param(x, "language");
	device_fields_add(&first->present,
			  DEVICE_FIELDS_OF(DEVICE_push_version, DEVICE_language));
}

/* The most frequent request by far: only the serial number. */
static bool attendance_heartbeat(const struct exchange *x)
{
	return x->target.endpoint == GHI_ENDPOINT_GETREQUEST && x->target.params == 1 &&
	       !device_offer_due(x->device, x->now_ms);
}

static void attendance_ping(struct exchange *x)
{
	exchange_ok(x);
}

/* The algorithms of the key agreement are not published. After a 200 the device would wait for
 * keys, so the reply is 404 (QUIRKS, communication encryption). */
static void attendance_key_exchange(struct exchange *x)
{
	exchange_refuse(x, 404, "communication encryption is not offered; use HTTPS");
}

const struct dialect attendance_dialect = {
	.name = "attendance",
	.no_path = "no such path for attendance devices",
	.classify = attendance_classify,
	.describe = attendance_describe,
	.heartbeat = attendance_heartbeat,
	.authorise = comm_key_authorise,
	.serve = {
		[DIALECT_HANDSHAKE] = attendance_handshake,
		[DIALECT_UPLOAD] = attendance_upload,
		[DIALECT_PERSON] = attendance_person,
		[DIALECT_POLL] = attendance_poll,
		[DIALECT_ANSWERS] = answers_serve,
		[DIALECT_PING] = attendance_ping,
		[DIALECT_KEY_EXCHANGE] = attendance_key_exchange,
		[DIALECT_FILE] = files_serve,
	},
	.write_commands = attendance_commands_write,
	.tables = attendance_tables,
	.table_count = ATTENDANCE_TABLES,
};
