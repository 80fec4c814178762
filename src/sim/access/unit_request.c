#include "sim/access/unit_request.h"

#include <assert.h>
#include <stdio.h>

void unit_token(const struct unit *u, const char *third, char to[40])
{
	GChecksum *md5 = g_checksum_new(G_CHECKSUM_MD5);

	g_checksum_update(md5, (const guchar *)u->code, -1);
	g_checksum_update(md5, (const guchar *)u->sn, -1);
	g_checksum_update(md5, (const guchar *)third, -1);
	g_snprintf(to, 40, "%s", g_checksum_get_string(md5));
	g_checksum_free(md5);
}

/* The line of the cookie. Before the configuration the session is not known. */
static void request_cookie(const struct unit *u, const char *session, char to[160])
{
	char token[40], stamp[24];

	if (u->persona->quirk & ACC_TOKEN_COOKIE && u->state == UNIT_CONFIGURE) {
		snprintf(stamp, sizeof(stamp), "%lld", (long long)u->panel.now_s);
		unit_token(u, stamp, token);
		snprintf(to, 160, "Cookie: token=%s, timestamp=%s\r\n", token, stamp);
		return;
	}
	unit_token(u, session, token);
	snprintf(to, 160, "Cookie: token=%s\r\n", token);
}

static void unit_head_put(struct ghi_writer *w, const struct unit *u, const char *cookie,
			  const char *length_line, bool post)
{
	static const char push_lines[] = "Content-Type: application/push;charset=UTF-8\r\n"
					 "Content-Language: zh-CN\r\n";

	for (const char *c = u->persona->head; *c; c++) {
		if (*c != '%') {
			ghi_put_u8(w, (uint8_t)*c);
			continue;
		}
		switch (*++c) {
		case 'h':
			ghi_put(w, gh_slice_of(u->plan->server.host));
			break;
		case 'c':
			ghi_put(w, gh_slice_of(cookie));
			break;
		case 'a':
			ghi_put(w, GH_LIT("zh-CN"));
			break;
		case 'p':
			if (post)
				ghi_put(w, gh_slice_of(push_lines));
			break;
		default:
			ghi_put(w, gh_slice_of(length_line));
			break;
		}
	}
	ghi_put(w, GH_LIT("\r\n"));
}

static void unit_request_finish(const struct unit *u, struct ghi_writer *w, gh_slice body,
				struct sim_request *out)
{
	enum { LARGE = 10240 };
	/* TimeoutSec, where the plan has no shorter one. */
	int64_t timeout_ms =
		u->plan->timeout_ms < u->timeout_ms ? u->plan->timeout_ms : u->timeout_ms;

	/* The scratch is larger than the longest head: names have their limits. */
	assert(w->err == GH_OK);
	*out = (struct sim_request){
		.head = ghi_written(w),
		.body = body,
		.keep_alive = strstr(u->persona->head, "Connection: close") == NULL,
		.timeout_ms = timeout_ms * (body.n > LARGE ? 4 : 1),
	};
}

void unit_request_to(const struct unit *u, const char *endpoint, gh_slice query, gh_slice body,
		     bool cookie, struct unit_scratch *scratch, struct sim_request *out)
{
	struct ghi_writer w = ghi_writer_on(scratch->head, sizeof(scratch->head));
	char length[48] = "", line[160] = "";
	bool post = body.p;

	ghi_put(&w, post ? GH_LIT("POST ") : GH_LIT("GET "));
	ghi_put(&w, gh_slice_of(u->plan->server.prefix));
	ghi_put(&w, GH_LIT("/iclock/"));
	ghi_put(&w, gh_slice_of(endpoint));
	ghi_put(&w, GH_LIT("?SN="));
	ghi_put(&w, gh_slice_of(u->sn));
	ghi_put(&w, query);
	ghi_put(&w, GH_LIT(" HTTP/1.1\r\n"));
	if (post)
		snprintf(length, sizeof(length), "Content-Length: %zu\r\n", body.n);
	if (cookie && !(u->persona->quirk & ACC_NO_COOKIE))
		request_cookie(u, u->stale ? u->old_session : u->session, line);
	unit_head_put(&w, u, line, length, post);
	unit_request_finish(u, &w, body, out);
}

void unit_request_file(const struct unit *u, const char *path, const char *line,
		       struct unit_scratch *scratch, struct sim_request *out)
{
	struct ghi_writer w = ghi_writer_on(scratch->head, sizeof(scratch->head));
	char cookie[160];

	request_cookie(u, u->session, cookie);
	ghi_put(&w, GH_LIT("GET "));
	ghi_put(&w, gh_slice_of(u->plan->server.prefix));
	ghi_put(&w, gh_slice_of(path));
	ghi_put(&w, GH_LIT(" HTTP/1.1\r\n"));
	unit_head_put(&w, u, cookie, line, false);
	unit_request_finish(u, &w, (gh_slice){ 0 }, out);
}
