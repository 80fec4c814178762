#include "api/api.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/caller.h"
#include "api/door_grant.h"
#include "api/events.h"
#include "api/host.h"
#include "api/list.h"
#include "api/listener_registry.h"
#include "api/workbook_place.h"
#include "base/number.h"
#include "core/area_tree.h"
#include "core/contacts.h"
#include "core/readers.h"

static enum gh_err ledger_read(struct api *a)
{
	const struct store_handle *db = &a->server->db;
	struct store_reader *reader;
	enum gh_err err = db->ops->reader_open(db->store, &reader);

	if (err)
		return err;
	err = db->ops->ledger_id(reader, a->ledger);
	db->ops->reader_close(reader);
	return err;
}

enum gh_err api_open(struct server *server, struct tokens *tokens, struct accounts *accounts,
		     const struct api_settings *settings, struct api **out)
{
	struct api *a = calloc(1, sizeof(*a));
	enum gh_err err = GH_ENOMEM;

	if (a == NULL)
		return GH_ENOMEM;
	a->server = server;
	a->readers = server->readers;
	a->tokens = tokens;
	a->accounts = accounts;
	a->settings = *settings;
	openapi_document_init(&a->openapi);
	a->listeners = listener_registry_new();
	a->workbooks = workbook_places_new();
	if (RAND_bytes((unsigned char *)&a->run, sizeof(a->run)) != 1)
		err = GH_EIO;
	else if (a->listeners && a->workbooks)
		err = GH_OK;
	if (err == GH_OK)
		err = ledger_read(a);
	if (err == GH_OK)
		err = area_tree_open(server, &a->areas);
	if (err == GH_OK)
		err = events_open(a, &a->events);
	if (err) {
		api_close(a);
		return err;
	}
	*out = a;
	return GH_OK;
}

void api_close(struct api *a)
{
	if (a == NULL)
		return;
	events_close(a->events);
	listener_registry_free(a->listeners);
	area_tree_close(a->areas);
	workbook_places_unref(a->workbooks);
	openapi_document_clear(&a->openapi);
	free(a);
}

void api_quiesce(struct api *a)
{
	atomic_store(&a->closing, true);
	events_end(a->events);
}

void api_listener_add(struct api *a, const char *name, struct http_listener *l)
{
	listener_registry_add(a->listeners, name, l);
}

void api_listener_remove(struct api *a, struct http_listener *l)
{
	listener_registry_remove(a->listeners, l);
}

static gh_slice target_path(gh_slice target, gh_slice *query)
{
	gh_slice path;

	gh_slice_cut(target, '?', &path, query);
	return path;
}

bool api_owns(gh_slice target)
{
	gh_slice query, path = target_path(target, &query);

	return gh_slice_eq(path, GH_LIT("/api")) || gh_slice_starts(path, GH_LIT("/api/")) ||
	       gh_slice_eq(path, GH_LIT("/metrics")) || gh_slice_eq(path, GH_LIT("/healthz")) ||
	       gh_slice_eq(path, GH_LIT("/readyz"));
}

/* "/api/punches.csv": a list in another form. */
static bool call_form_find(struct call *c, gh_slice path)
{
	const uint8_t *dot = path.n ? memrchr(path.p, '.', path.n) : NULL;
	char allow[ALLOW_MAX];

	if (dot == NULL)
		return false;
	c->form = gh_slice_from(path, (size_t)(dot - path.p) + 1);
	path.n = (size_t)(dot - path.p);
	c->route = route_find(http_method(c->r), path, &c->path, allow);
	if (c->route && !(c->route->shape == SHAPE_LIST && list_form_exists(c->form)))
		c->route = NULL;
	return c->route != NULL;
}

/* A device that is set to the port of people and programs. */
static void call_contact_note(struct call *c, gh_slice path)
{
	if (gh_slice_starts(path, GH_LIT("/iclock/")))
		contact_note(c->server, &(struct contact){ .reason = CONTACT_ADMIN_PORT,
							   .port = CONTACT_ADMIN,
							   .peer = http_peer(c->r),
							   .target = path });
}

static bool call_route_find(struct call *c, gh_slice path)
{
	char allow[ALLOW_MAX];

	c->route = route_find(http_method(c->r), path, &c->path, allow);
	if (c->route || (*allow == 0 && call_form_find(c, path)))
		return true;
	if (*allow) {
		http_add_header(c->r, "Allow", allow);
		call_fail(c, ERROR_method_not_allowed, "This path takes %s.", allow);
	} else {
		call_contact_note(c, path);
		call_fail(c, ERROR_no_such_path, "There is no such path.");
	}
	return false;
}

/* How long a body the route takes, in bytes; what it does not read is the listener's to skip. */
static size_t call_body_limit(const struct call *c)
{
	size_t most = c->api->settings.body_limit, own = request_schemas[c->route->body].bytes;

	return own && (most == 0 || own < most) ? own : most;
}

static void call_body_refuse(struct call *c)
{
	http_close_after(c->r);
	call_fail(c, ERROR_body_too_big, "The body of this request may have %zu bytes at most.",
		  call_body_limit(c));
}

/* Refused before it is sent if its length is announced. */
static bool call_body_fits(struct call *c)
{
	gh_slice header;
	uint64_t n;

	if (call_body_limit(c) == 0 || !http_header(c->r, "Content-Length", &header) ||
	    ghi_number_parse(header, call_body_limit(c), &n) != GH_ETOOBIG)
		return true;
	call_body_refuse(c);
	return false;
}

/* The body, read and checked against the route's schema. False: answered. */
static bool call_body_read(struct call *c)
{
	enum request_id id = c->route->body;
	gh_slice text = http_body(c->r);
	struct body *b;
	struct faults faults = { .n = 1 };

	if (id == REQUEST_NONE)
		return true;
	if (call_body_limit(c) && text.n > call_body_limit(c)) {
		call_body_refuse(c);
		return false;
	}
	if (text.n == 0 && request_may_be_empty(id))
		text = GH_LIT("{}");
	b = ghi_arena_alloc(call_arena(c), sizeof(*b));
	enum gh_err err = b ? body_parse(text, call_arena(c), b, &faults.row[0]) : GH_ENOMEM;

	if (err == GH_ENOMEM) {
		call_fail_err(c, err);
		return false;
	}
	if (err) {
		call_fail_faults(c, ERROR_body_malformed, &faults);
		return false;
	}
	schema_check(&request_schemas[id].schema, b, &faults);
	if (faults.n)
		call_fail_faults(c, ERROR_field_invalid, &faults);
	c->body = b;
	return faults.n == 0;
}

static bool call_query_read(struct call *c, gh_slice text)
{
	switch (query_parse(text, c->route->params, call_arena(c), &c->query)) {
	case GH_OK:
		return true;
	case GH_ENOMEM:
		call_fail_err(c, GH_ENOMEM);
		return false;
	default:
		call_fail_parameter(c, &c->query.fault);
		return false;
	}
}

static bool call_path_decode(struct call *c)
{
	for (size_t i = 0; i < PATH_PARAMS; i++) {
		gh_slice *value = &c->path.value[i];

		if (value->n == 0 || query_decode(*value, false, call_arena(c), value) == GH_OK)
			continue;
		call_fail_field(c, ERROR_path_malformed, path_params[i].name,
				"of the path has a percent sign that starts no character");
		return false;
	}
	return true;
}

static void call_init(struct call *c, struct api *a, struct http_request *r)
{
	unsigned n = atomic_fetch_add(&a->requests, 1);

	*c = (struct call){ .api = a, .server = a->server, .r = r };
	snprintf(c->id, sizeof(c->id), "%08x%08x", a->run, n);
	http_add_header(r, "X-Request-Id", c->id);
}

/* See host.h. A request without a Host comes from no browser. */
static bool call_host_check(struct call *c)
{
	const struct api_settings *s = &c->api->settings;
	gh_slice host;

	if (!s->check_host || !http_header(c->r, "Host", &host) ||
	    host_allowed(host, gh_slice_of(s->hosts ? s->hosts : "")))
		return true;
	call_fail(c, ERROR_host_refused, "This server is not called \"%.*s\".",
		  host.n > 80 ? 80 : (int)host.n, (const char *)host.p);
	return false;
}

void api_head(struct api *a, struct http_request *r)
{
	struct call *c = ghi_arena_alloc(http_arena(r), sizeof(*c));
	gh_slice path, query;

	http_add_header(r, "X-Content-Type-Options", "nosniff");
	http_add_header(r, "Cache-Control", "no-store");
	if (c == NULL) {
		http_reply(r, 503, "application/json",
			   GH_LIT("{\"success\":false,\"error\":\"The server is out of "
				  "memory.\",\"code\":\"no_memory\"}"));
		return;
	}
	call_init(c, a, r);
	path = target_path(http_target(r), &query);
	if (call_host_check(c) && call_route_find(c, path) && call_permitted(c) &&
	    call_body_fits(c) && call_query_read(c, query) && call_path_decode(c) &&
	    call_doors_check(c))
		http_set_user(r, c, NULL);
}

void api_refused(struct api *a, struct http_request *r, unsigned status, const char *reason)
{
	struct call c;

	call_init(&c, a, r);
	call_fail_status(&c, status, reason);
}

void api_ready(struct api *a, struct http_request *r)
{
	struct call *c = http_user(r);

	(void)a;
	if (!call_body_read(c))
		return;
	switch (c->route->thread) {
	case ROUTE_HERE:
		c->route->handler(c);
		if (c->then)
			c->then(c);
		break;
	case ROUTE_READER:
		call_read(c, READERS_SHORT);
		break;
	case ROUTE_LISTS:
		call_read(c, READERS_LIST);
		break;
	}
}
