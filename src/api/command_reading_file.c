/* Orders by which a device fetches a file that is published here (core/published.h): their words name its address,
 * and its MD5 where it is firmware (Security PUSH 3.1.2, 9.4.1; Attendance PUSH 2020-03, 12.5.2, 12.8.2). */
#include <stdio.h>

#include "api/call.h"
#include "api/command_reading.h"
#include "core/published.h"
#include "wire/access/parameters.h"

enum { METHOD_TEXT = 1, METHOD_WHOLE = 2, METHOD_PARTS = 3 };

/* --- the device --- */

struct model_search {
	struct arena *arena;
	gh_slice model;
};

static bool model_see(void *ctx, int64_t device, gh_slice key, gh_slice value)
{
	struct model_search *m = ctx;

	(void)device;
	if (gh_slice_ieq(key, GH_LIT("~DeviceName")) || gh_slice_ieq(key, GH_LIT("DeviceName")))
		m->model = ghi_arena_copy(m->arena, gh_slice_trim(value));
	return true;
}

/* As it reports it: an access unit when it registers, a clock among its options. Empty: it does not. */
static gh_slice device_model(struct reading *r, const struct device_row *row)
{
	struct call *c = r->q->call;
	struct model_search m = { .arena = call_arena(c) };

	if (device_dialect(r->q->order[r->i].device) == DEVICE_ACCESS)
		(void)ghi_parameters_get(row->access.parameters, "~DeviceName", &m.model);
	else if (c->reader &&
		 c->server->db.ops->options_read(c->reader, row->id, model_see, &m))
		m.model.n = 0;
	return m.model;
}

/* --- the words --- */

/* In parts where the unit registers that it fetches them, otherwise whole. */
static int64_t upgrade_method(const struct device_row *row, gh_slice arguments)
{
	int64_t method;

	if (command_argument_number(arguments, ARGUMENT_method, &method))
		return method;
	return ghi_parameters_number(row->access.parameters, "SubcontractingUpgradeFunOn", 0) ==
			       1
		       ? METHOD_PARTS
		       : METHOD_WHOLE;
}

static void upgrade_put(struct ghi_writer *w, const struct published *f, gh_slice sn,
			int64_t method)
{
	char options[512];

	if (method == METHOD_PARTS)
		snprintf(options, sizeof(options),
			 "checksum=%s,size=%zu,url=/iclock/file?SN=%.*s&url=%s/%s,"
			 "supportsubcontracting=1",
			 f->md5, f->size, GH_FMT(sn), f->token, f->name);
	else
		snprintf(options, sizeof(options), "%schecksum=%s,size=%zu,url=%s/%s%s",
			 method == METHOD_WHOLE ? "type=1," : "", f->md5, f->size, f->token,
			 method == METHOD_TEXT ? "base64/" : "", f->name);
	command_argument_put(w, "options", gh_slice_of(options));
}

/* A unit's order keeps the name of its file; a clock has the words alone. */
static void order_check_upgrade(struct reading *r, const struct published *f,
				const struct device_row *row)
{
	struct command_order *order = &r->q->order[r->i];
	gh_slice arguments = order->request.arguments;
	bool access = device_dialect(order->device) == DEVICE_ACCESS;
	int64_t method = upgrade_method(row, arguments);
	size_t room = arguments.n + 600;
	uint8_t *to = ghi_arena_alloc(call_arena(r->q->call), room);
	struct ghi_writer w = ghi_writer_on(to, to ? room : 0);

	if (method < METHOD_TEXT || method > (access ? METHOD_PARTS : METHOD_WHOLE)) {
		order_refuse(r, ERROR_field_invalid, "method", "must be %s",
			     access ? "1, 2 or 3" : "1 or 2");
		return;
	}
	if (access)
		ghi_put(&w, arguments);
	else
		order->request.kind = COMMAND_KIND_UPGRADE;
	upgrade_put(&w, f, device_sn(order->device), method);
	if (w.err)
		r->q->err = w.err;
	else
		order_arguments(r, &w);
}

/* The name of the file becomes its address, below /iclock/. */
static void file_url_write(struct reading *r, const struct published *f)
{
	gh_slice rest = r->q->order[r->i].request.arguments, name, value;
	size_t room = rest.n + PUBLISHED_TOKEN + 16;
	uint8_t *to = ghi_arena_alloc(call_arena(r->q->call), room);
	struct ghi_writer w = ghi_writer_on(to, to ? room : 0);
	char url[PUBLISHED_PATH];

	published_path_write(f, url);
	command_argument_put(&w, "url", gh_slice_of(url));
	while (command_argument_next(&rest, &name, &value)) {
		if (gh_slice_eq(name, GH_LIT("url")))
			continue;
		ghi_put(&w, name);
		ghi_put_u8(&w, '=');
		ghi_put(&w, value);
		ghi_put_u8(&w, '\n');
	}
	if (w.err)
		r->q->err = w.err;
	else
		order_arguments(r, &w);
}

/* --- both --- */

/* What the order names a file by; NULL: it is for none of this server. Words go as they are. */
static const char *file_field(const struct reading *r, gh_slice *name)
{
	const struct command_request *request = &r->q->order[r->i].request;

	if (request->kind == COMMAND_KIND_UPGRADE_FILE)
		return command_argument(request->arguments, ARGUMENT_file, name) ? "file"
										 : NULL;
	if (request->kind != COMMAND_KIND_PUT_FILE || body_find(r->body, GH_LIT("command")) ||
	    !command_argument(request->arguments, ARGUMENT_url, name) ||
	    gh_slice_istarts(*name, GH_LIT("http://")) ||
	    gh_slice_istarts(*name, GH_LIT("https://")))
		return NULL;
	return "url";
}

void order_check_file(struct reading *r)
{
	const struct command_order *order = &r->q->order[r->i];
	gh_slice name = { 0 }, model;
	const char *field = file_field(r, &name);
	const struct published *f;
	struct device_row row;

	if (field == NULL)
		return;
	f = published_find(r->q->call->server->published, name);
	if (f == NULL) {
		order_refuse(r, ERROR_field_invalid, field, "is no published file");
		return;
	}
	device_row(order->device, call_arena(r->q->call), &row);
	model = device_model(r, &row);
	if (f->model[0] && !gh_slice_ieq(gh_slice_of(f->model), model))
		order_refuse(r, ERROR_field_invalid, field,
			     "is for devices of model \"%s\", and this one %s \"%.*s\"",
			     f->model, model.n ? "is a" : "reports none:", GH_FMT(model));
	else if (order->request.kind == COMMAND_KIND_UPGRADE_FILE)
		order_check_upgrade(r, f, &row);
	else
		file_url_write(r, f);
	published_unref(f);
}

void order_name_photo(struct reading *r)
{
	const struct command_request *request = &r->q->order[r->i].request;
	const struct published *f;
	gh_slice name;

	if (!command_argument(request->arguments, ARGUMENT_url, &name))
		return;
	f = published_find(r->q->call->server->published, name);
	if (f == NULL)
		return;
	file_url_write(r, f);
	published_unref(f);
}
