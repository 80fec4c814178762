/* /api/files: files that devices fetch. The body of a PUT is the file. */
#include "api/call.h"
#include "core/audit.h"
#include "core/published.h"

struct file_change {
	struct call *c;
	enum gh_err err;
	gh_slice name;
	struct audit_row audit;
	bool deleted;
};

static void file_write(struct json *j, const struct published *f)
{
	char url[80 + PUBLISHED_NAME], put[PUBLISHED_PATH];
	struct value made = value_ms_if(f->created_ms);

	snprintf(url, sizeof(url), "/iclock/file?url=%s/%s", f->token, f->name);
	published_path_write(f, put);
	json_object(j);
	json_key(j, "name");
	json_string(j, gh_slice_of(f->name));
	json_key(j, "size");
	json_int(j, (int64_t)f->size);
	json_key(j, "model");
	json_string(j, gh_slice_of(f->model));
	json_key(j, "md5");
	json_string(j, gh_slice_of(f->md5));
	json_key(j, "sha256");
	json_string(j, gh_slice_of(f->sha256));
	json_key(j, "createdAt");
	value_json(j, &made);
	json_key(j, "url");
	json_string(j, gh_slice_of(url));
	json_key(j, "putFileUrl");
	json_string(j, gh_slice_of(put));
	json_object_end(j);
}

void handle_files_list(struct call *c)
{
	struct json j = call_data();
	size_t n;
	const struct published **list = published_list(c->server->published, call_arena(c), &n);

	json_object(&j);
	json_key(&j, "files");
	json_array(&j);
	for (size_t i = 0; i < n; i++) {
		file_write(&j, list[i]);
		published_unref(list[i]);
	}
	json_array_end(&j);
	json_object_end(&j);
	call_data_end(c, 200, &j);
}

void handle_file_get(struct call *c)
{
	gh_slice name = c->path.value[PATH_name];
	const struct published *f = published_find(c->server->published, name);
	struct json j;

	if (f == NULL) {
		call_fail(c, ERROR_not_found, "There is no file \"%.*s\".", GH_FMT(name));
		return;
	}
	j = call_data();
	file_write(&j, f);
	published_unref(f);
	call_data_end(c, 200, &j);
}

static void file_reply(void *ctx)
{
	struct file_change *g = ctx;
	const struct published *f;
	struct json j;

	if (g->err == GH_ENOTFOUND) {
		call_fail(g->c, ERROR_not_found, "There is no file \"%.*s\".", GH_FMT(g->name));
		return;
	}
	if (g->err) {
		call_fail_err(g->c, g->err);
		return;
	}
	LOG(g->c->server->log, LOG_INFO, g->deleted ? "file withdrawn" : "file published",
	    { "name", g->name }, { "by", g->c->who }, { "peer", http_peer(g->c->r) });
	if (g->deleted) {
		call_done(g->c, "File deleted");
		return;
	}
	f = published_find(g->c->server->published, g->name);
	if (f == NULL) {
		call_fail_err(g->c, GH_ENOTFOUND);
		return;
	}
	j = call_data();
	file_write(&j, f);
	published_unref(f);
	call_data_end(g->c, 201, &j);
}

static void file_done(void *ctx, enum gh_err err)
{
	struct file_change *g = ctx;

	g->err = err;
	http_resume_with(g->c->r, file_reply, g);
}

/* NULL: answered. */
static struct file_change *file_change_new(struct call *c, const char *action)
{
	struct file_change *g;
	gh_slice name = c->path.value[PATH_name];

	if (!published_name_valid(name)) {
		call_fail_field(c, ERROR_field_invalid, "name",
				"must be 1 to %d letters, digits, '.', '-' or '_', and not "
				"begin with '.'",
				PUBLISHED_NAME);
		return NULL;
	}
	g = ghi_arena_alloc(call_arena(c), sizeof(*g));
	if (g == NULL) {
		call_fail_err(c, GH_ENOMEM);
		return NULL;
	}
	g->c = c;
	g->name = name;
	g->audit = call_audit(c, action);
	g->audit.outcome = AUDIT_DONE;
	g->audit.subject = audit_subject(call_arena(c), "file", name);
	return g;
}

void handle_file_put(struct call *c)
{
	struct file_change *g = file_change_new(c, "publish_file");
	gh_slice bytes = http_body(c->r);
	enum gh_err err;

	if (g == NULL)
		return;
	if (bytes.n == 0) {
		call_fail_field(c, ERROR_field_invalid, "body", "is empty; it is the file");
		return;
	}
	if (!http_defer(c->r))
		return;
	err = published_put(c->server->published, g->name, call_param(c, PARAM_model)->s, bytes,
			    &g->audit, file_done, g);
	if (err == GH_ETOOBIG) {
		call_fail(c, ERROR_body_too_big,
			  "A file may have %d bytes, all %d of them together %d.",
			  PUBLISHED_FILE_BYTES, PUBLISHED_FILES, PUBLISHED_BYTES);
		http_resume(c->r);
	} else if (err) {
		call_fail_err(c, err);
		http_resume(c->r);
	}
}

void handle_file_delete(struct call *c)
{
	struct file_change *g = file_change_new(c, "withdraw_file");
	enum gh_err err;

	if (g == NULL || !http_defer(c->r))
		return;
	g->deleted = true;
	err = published_delete(c->server->published, g->name, &g->audit, file_done, g);
	if (err) {
		call_fail_err(c, err);
		http_resume(c->r);
	}
}
