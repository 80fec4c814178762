#include "api/openapi.h"

#include <stdio.h>
#include <stdlib.h>

#include "api/error.h"
#include "api/list_resource.h"
#include "api/openapi_json.h"
#include "api/openapi_list.h"
#include "api/openapi_schema.h"

/* Statuses that refusals have; each has a response of its own among the components. */
static const unsigned refusal_status[] = { 400, 401, 403, 404, 409, 413, 422, 502, 503, 504 };

#define REFUSALS (sizeof(refusal_status) / sizeof(refusal_status[0]))

/* --- parts of an operation --- */

static json_t *parameters_of(const struct route *r, size_t form)
{
	json_t *list = json_array();
	enum path_param_id id;

	for (size_t at = 0; route_placeholder_next(r->path, &at, &id);)
		list = tree_append(list, openapi_path_param(&path_params[id]));
	for (enum param_id i = 0; i < PARAM_COUNT; i++)
		/* The forms of a file have paths of their own: a path has one type of answer. */
		if (query_takes(r->params, gh_slice_of(params[i].name)) && i != PARAM_format &&
		    !(form && list_param_is_of_pages(i)) &&
		    !(form != LIST_CSV && list_param_is_of_csv(i)))
			list = tree_append(
				list, openapi_param(&params[i], list_resource_of(r->path)));
	return r->orders ? tree_append(list, openapi_order_key()) : list;
}

static json_t *content_of(const char *type, json_t *schema)
{
	return tree_with(json_object(), type, tree_with(json_object(), "schema", schema));
}

static json_t *request_body_of(enum request_id id)
{
	const struct request_schema *s = &request_schemas[id];
	json_t *o =
		tree_with(json_object(), "required", json_boolean(!request_may_be_empty(id)));

	o = tree_with(o, "x-max-bytes", json_integer((json_int_t)s->bytes));
	return tree_with(
		o, "content",
		content_of("application/json", tree_reference("schemas", s->schema.name)));
}

static json_t *envelope_of(const struct route *r)
{
	static const char *const member[] = { "success", "data", "count", "next", "more" };
	bool list = r->shape == SHAPE_LIST;
	json_t *data = tree_reference("schemas", r->answer), *required = json_array();
	json_t *properties = tree_with(json_object(), "success",
				       tree_with(json_object(), "const", json_true()));
	json_t *o = tree_with_text(json_object(), "type", "object");

	if (list)
		data = tree_with(tree_with_text(json_object(), "type", "array"), "items", data);
	properties = tree_with(properties, "data", data);
	if (list)
		properties = openapi_list_members(properties, r);
	if (r->orders)
		properties = tree_with(properties, "message",
				       tree_with_text(json_object(), "type", "string"));
	for (size_t i = 0; i < (list ? 5 : 2); i++)
		required = tree_append(required, json_string(member[i]));
	return tree_with(tree_with(o, "required", required), "properties", properties);
}

static json_t *answer_of(const struct route *r)
{
	if (r->shape == SHAPE_BARE)
		return tree_reference("schemas", r->answer);
	return r->shape == SHAPE_DONE ? tree_reference("schemas", "Done") : envelope_of(r);
}

/* Of an answer that is not JSON: text, or bytes. */
static json_t *bytes_schema(const char *type)
{
	json_t *s = tree_with_text(json_object(), "type", "string");

	return strncmp(type, "text/", 5) == 0 ? s : tree_with_text(s, "format", "binary");
}

static json_t *success_of(const struct route *r, size_t form)
{
	json_t *content, *o = tree_with_text(json_object(), "description", "Success");

	if (form)
		content = openapi_list_file(json_object(), form);
	else if (r->shape == SHAPE_OTHER)
		content = content_of(r->answer, bytes_schema(r->answer));
	else
		content = content_of("application/json", answer_of(r));
	json_t *headers = tree_with(json_object(), "X-Request-Id",
				    tree_reference("headers", "RequestId"));

	if (form && query_takes(r->params, GH_LIT("ledger")))
		headers = tree_with(headers, "X-Gatehouse-Ledger",
				    tree_reference("headers", "Ledger"));
	return tree_with(tree_with(o, "headers", headers), "content", content);
}

/* --- refusals --- */

/* Whether a route can be refused so; what every route may meet is its `default`. */
static bool refused_with(const struct route *r, unsigned status)
{
	bool path = strchr(r->path, '{') != NULL;

	switch (status) {
	case 400:
		return path || *r->params || r->body;
	case 401:
	case 403:
		return r->scope != ROUTE_SCOPE_NONE;
	case 404:
		return path || r->body || query_takes(r->params, GH_LIT("device"));
	case 409:
		return strcmp(r->method, "GET") != 0 ||
		       query_takes(r->params, GH_LIT("ledger"));
	case 422:
		return r->thread == ROUTE_LISTS || r->orders;
	case 413:
		return r->body;
	case 502:
	case 504:
		/* Those that call a terminal before they answer. */
		return r->body == REQUEST_TerminalRequest || r->body == REQUEST_DiscoverRequest;
	default:
		return true;
	}
}

static const char *status_of(enum route_shape shape)
{
	return shape == SHAPE_NEW ? "201" : shape == SHAPE_ACCEPTED ? "202" : "200";
}

static json_t *responses_of(const struct route *r, size_t form)
{
	json_t *o = tree_with(json_object(), status_of(r->shape), success_of(r, form));

	for (size_t i = 0; i < REFUSALS; i++) {
		char status[8], name[16];

		if (!refused_with(r, refusal_status[i]))
			continue;
		snprintf(status, sizeof(status), "%u", refusal_status[i]);
		snprintf(name, sizeof(name), "Error%u", refusal_status[i]);
		o = tree_with(o, status, tree_reference("responses", name));
	}
	/* What every call may meet: a malformed head, another method, another host. */
	o = tree_with(o, "4XX", tree_reference("responses", "Error"));
	return tree_with(o, "default", tree_reference("responses", "Error"));
}

/* The codes a status may come with, 0: all of them, as a sentence each. */
static json_t *refusal_text(unsigned status)
{
	char text[2048] = "Refused or failed.";
	size_t n = strlen(text);

	for (size_t i = 0; status && i < ERROR_CODES; i++) {
		if (error_rows[i].status != status || n >= sizeof(text))
			continue;
		n += (size_t)snprintf(text + n, sizeof(text) - n, " `%s`%s%s",
				      error_rows[i].code, *error_rows[i].hint ? ": " : ".",
				      error_rows[i].hint);
	}
	return json_string(text);
}

static json_t *refusal_of(unsigned status)
{
	json_t *o = tree_with(json_object(), "description", refusal_text(status));
	json_t *headers = tree_with(json_object(), "X-Request-Id",
				    tree_reference("headers", "RequestId"));

	o = tree_with(o, "headers", headers);
	return tree_with(o, "content",
			 content_of("application/json", tree_reference("schemas", "Error")));
}

static json_t *document_refusals(void)
{
	json_t *o = tree_with(json_object(), "Error", refusal_of(0));

	for (size_t i = 0; i < REFUSALS; i++) {
		char name[16];

		snprintf(name, sizeof(name), "Error%u", refusal_status[i]);
		o = tree_with(o, name, refusal_of(refusal_status[i]));
	}
	return o;
}

/* --- paths --- */

/* What its path is about: "devices". */
static json_t *tags_of(const struct route *r)
{
	gh_slice path = gh_slice_of(r->path), tag;

	if (gh_slice_starts(path, GH_LIT("/api/")))
		path = gh_slice_from(path, 4);
	gh_slice_cut(gh_slice_from(path, 1), '/', &tag, &path);
	return tree_append(json_array(), tree_text(tag));
}

static json_t *security_of(const struct route *r)
{
	json_t *list = json_array();

	if (r->scope == ROUTE_SCOPE_NONE)
		return list;
	list = tree_append(list, tree_with(json_object(), "token", json_array()));
	return tree_append(list, tree_with(json_object(), "session", json_array()));
}

static json_t *roles_of(const struct route *r)
{
	json_t *list = json_array();
	uint32_t roles = route_roles(r);

	for (size_t i = 0; i < ROLES; i++)
		if (roles & ROLE_BIT(i))
			list = tree_append(list, json_string(role_word(i)));
	return list;
}

/* `form`: of the path of a list's file in that form; 0: the route's own path. */
static json_t *operation_of(const struct route *r, size_t form)
{
	const char *word = list_format_word(form);
	json_t *o = json_object();

	if (form) {
		o = tree_with(
			o, "operationId",
			json_sprintf("%s%c%s", r->operation, *word - 'a' + 'A', word + 1));
		o = tree_with(o, "summary", json_sprintf("%s: a file of all rows", r->summary));
	} else {
		o = tree_with_text(o, "operationId", r->operation);
		o = tree_with_text(o, "summary", r->summary);
	}
	o = tree_with(o, "tags", tags_of(r));
	o = tree_with_text(o, "x-scope", route_scopes[r->scope].word);
	o = tree_with(o, "x-roles", roles_of(r));
	o = tree_with(o, "security", security_of(r));
	if (strchr(r->path, '{') || *r->params || r->orders)
		o = tree_with(o, "parameters", parameters_of(r, form));
	if (r->body)
		o = tree_with(o, "requestBody", request_body_of(r->body));
	return tree_with(o, "responses", responses_of(r, form));
}

/* All operations of a path stand together. */
static json_t *path_add(json_t *all, const struct route *r, size_t form)
{
	char method[8] = "", name[128];
	json_t *path;

	snprintf(name, sizeof(name), "%s%s%s", r->path, form ? "." : "",
		 form ? list_format_word(form) : "");
	path = json_object_get(all, name);
	for (size_t k = 0; r->method[k] && k < sizeof(method) - 1; k++)
		method[k] = (char)gh_ascii_lower((uint8_t)r->method[k]);
	path = path ? json_incref(path) : json_object();
	return tree_with(all, name, tree_with(path, method, operation_of(r, form)));
}

static json_t *document_paths(void)
{
	json_t *all = json_object();

	for (size_t i = 0; i < routes_count; i++) {
		all = path_add(all, &routes[i], 0);
		for (size_t k = 1; routes[i].shape == SHAPE_LIST && list_format_word(k); k++)
			all = path_add(all, &routes[i], k);
	}
	return all;
}

/* --- the document --- */

static json_t *document_info(void)
{
	json_t *o = tree_with_text(json_object(), "title", "Gatehouse"), *license;

	o = tree_with_text(o, "version", GATEHOUSE_VERSION);
	o = tree_with_text(o, "summary",
			   "One reliable stream of data from attendance and access devices");
	license = tree_with_text(json_object(), "name", "Apache License 2.0");
	return tree_with(o, "license", tree_with_text(license, "identifier", "Apache-2.0"));
}

static json_t *document_servers(void)
{
	json_t *here = tree_with_text(json_object(), "url", "/");

	return tree_append(json_array(),
			   tree_with_text(here, "description", "The admin listener"));
}

static json_t *text_header(const char *about)
{
	json_t *header = tree_with_text(json_object(), "description", about);

	return tree_with(header, "schema", openapi_value(VALUE_TEXT, false, NULL));
}

static json_t *document_headers(void)
{
	json_t *o = json_object();

	o = tree_with(o, "RequestId",
		      text_header("Number of the request, as in errors and in the log"));
	return tree_with(o, "Ledger",
			 text_header("The id of the ledger that `seq` is a number of"));
}

static json_t *document_components(void)
{
	json_t *token = tree_with_text(json_object(), "type", "http");
	json_t *session = tree_with_text(json_object(), "type", "apiKey");
	json_t *o = tree_with(json_object(), "schemas", openapi_components());

	session = tree_with_text(session, "in", "cookie");
	session = tree_with_text(session, "name", "gatehouse_session");
	token = tree_with_text(token, "scheme", "bearer");
	o = tree_with(o, "responses", document_refusals());
	o = tree_with(o, "headers", document_headers());
	return tree_with(
		o, "securitySchemes",
		tree_with(tree_with(json_object(), "token", token), "session", session));
}

enum gh_err openapi_build(char **out)
{
	json_t *o = tree_with_text(json_object(), "openapi", "3.1.0");

	o = tree_with(o, "info", document_info());
	o = tree_with(o, "servers", document_servers());
	o = tree_with(o, "paths", document_paths());
	o = tree_with(o, "components", document_components());
	*out = o ? json_dumps(o, JSON_COMPACT) : NULL;
	json_decref(o);
	return *out ? GH_OK : GH_ENOMEM;
}

void openapi_document_init(struct openapi_document *d)
{
	pthread_mutex_init(&d->lock, NULL);
	d->text = NULL;
}

void openapi_document_clear(struct openapi_document *d)
{
	free(d->text);
	d->text = NULL;
	pthread_mutex_destroy(&d->lock);
}

enum gh_err openapi_document_text(struct openapi_document *d, const char **out)
{
	enum gh_err err = GH_OK;

	pthread_mutex_lock(&d->lock);
	if (d->text == NULL)
		err = openapi_build(&d->text);
	*out = d->text;
	pthread_mutex_unlock(&d->lock);
	return err;
}
