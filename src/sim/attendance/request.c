#include "sim/attendance/request.h"

#include "wire/attendance/info.h"

#include <assert.h>
#include <stdio.h>

static void put_head(struct ghi_writer *w, const struct unit *u, const char *length_line)
{
	for (const char *c = u->persona->head; *c; c++) {
		if (c[0] == '%' && c[1] == 'h') {
			ghi_put(w, gh_slice_of(u->plan->server.host));
			c++;
		} else if (c[0] == '%' && c[1] == 'l') {
			ghi_put(w, gh_slice_of(length_line));
			c++;
		} else {
			ghi_put_u8(w, (uint8_t)*c);
		}
	}
	ghi_put(w, GH_LIT("\r\n"));
}

static void finish(const struct unit *u, struct ghi_writer *w, gh_slice body,
		   struct unit_request *out)
{
	/* The scratch is larger than the longest head: names have their limits. */
	assert(w->err == GH_OK);
	*out = (struct unit_request){
		.head = ghi_written(w),
		.body = body,
		.separate = u->persona->quirk & QUIRK_SEPARATE_SENDS && body.n,
		.keep_alive = u->persona->keep_alive,
		.exact_case = u->persona->quirk & QUIRK_EXACT_CASE,
		/* Large bodies get four times the patience (QUIRKS Q22). */
		.timeout_ms = u->plan->timeout_ms * (body.n > 10240 ? 4 : 1),
	};
}

void request_to(const struct unit *u, const char *endpoint, gh_slice query, gh_slice body,
		struct unit_scratch *scratch, struct unit_request *out)
{
	struct ghi_writer w = ghi_writer_on(scratch->head, sizeof(scratch->head));
	bool post = body.p && (body.n || !(u->persona->quirk & QUIRK_EMPTY_POST));
	const char *slot = strstr(u->persona->path, "%s");
	char length[48] = "";

	ghi_put(&w, post ? GH_LIT("POST ") : GH_LIT("GET "));
	ghi_put(&w, gh_slice_of(u->plan->server.prefix));
	ghi_put(&w, (gh_slice){ (const uint8_t *)u->persona->path,
				(size_t)(slot - u->persona->path) });
	ghi_put(&w, gh_slice_of(endpoint));
	ghi_put(&w, gh_slice_of(slot + 2));
	ghi_put(&w, GH_LIT("?SN="));
	ghi_put(&w, gh_slice_of(u->sn));
	ghi_put(&w, query);
	ghi_put_u8(&w, ' ');
	ghi_put(&w, gh_slice_of(u->persona->http));
	ghi_put(&w, GH_LIT("\r\n"));
	if (post)
		snprintf(length, sizeof(length), "Content-Length: %zu\r\n", body.n);
	put_head(&w, u, length);
	finish(u, &w, post ? body : (gh_slice){ 0 }, out);
}

void request_file(const struct unit *u, const char *path, const char *line,
		  struct unit_scratch *scratch, struct unit_request *out)
{
	struct ghi_writer w = ghi_writer_on(scratch->head, sizeof(scratch->head));

	ghi_put(&w, GH_LIT("GET "));
	ghi_put(&w, gh_slice_of(u->plan->server.prefix));
	ghi_put(&w, gh_slice_of(path));
	ghi_put_u8(&w, ' ');
	ghi_put(&w, gh_slice_of(u->persona->http));
	ghi_put(&w, GH_LIT("\r\n"));
	put_head(&w, u, line);
	finish(u, &w, (gh_slice){ 0 }, out);
}

uint32_t request_count(const struct unit *u, enum table_id t)
{
	const struct holdings *h = &u->holdings;
	struct item items[ITEMS_LIMIT];
	const struct holding *one;
	uint32_t count = 0;
	char keys[96];
	enum items_list list = t == TABLE_BIODATA ? ITEMS_BIODATA : ITEMS_OPERLOG;
	size_t n = items_of(u->persona, list, items);

	for (size_t i = 0; (one = holdings_at(h, i)); i++)
		count += one->table == t && !one->gone;
	for (size_t i = 0; i < n && !h->emptied; i++) {
		if (items[i].table != t || items[i].part)
			continue;
		for (uint32_t user = 0; user < u->plan->users; user++)
			if (items_has(u->plan, items[i], user) &&
			    (h->list == NULL ||
			     !holdings_hide(h, t,
					    items_keys(u->plan, u->persona, items[i], user,
						       keys, sizeof(keys)))))
				count++;
	}
	return count;
}

void request_info(struct ghi_writer *w, const struct unit *u)
{
	const struct persona *p = u->persona;
	bool faces = p->face_version;
	char text[256], functions[8];
	struct ghi_writer plain = ghi_writer_on(text, sizeof(text));
	struct ghi_info info = {
		.firmware = gh_slice_of(p->firmware),
		.users = request_count(u, TABLE_USERINFO),
		.fingerprints = request_count(u, TABLE_FINGERTMP),
		.punches = stream_end(u, STREAM_ATTLOG) - u->cursor[STREAM_ATTLOG].first,
		.address = GH_LIT("192.168.1.201"),
		.fp_version = gh_slice_of(p->fp_version),
	};

	snprintf(functions, sizeof(functions), "%d%d%d%d%d", !!(p->can & CAN_FP), faces,
		 !!(p->can & CAN_USER_PIC), !!(p->can & CAN_BIO_PHOTO), p->face_parts == 1);
	/* Three digits without visible-light parts, five with them (Attendance PUSH 2020-03,
	 * 9). */
	info.functions =
		(gh_slice){ (const uint8_t *)functions, p->can & CAN_BIO_PHOTO ? 5 : 3 };
	info.fingerprint = p->can & CAN_FP;
	info.face = faces;
	info.user_photo = p->can & CAN_USER_PIC;
	info.comparison_photo = p->can & CAN_BIO_PHOTO;
	info.visible_face = p->face_parts == 1;
	info.face_version = faces ? gh_slice_of(p->face_version) : GH_LIT("-1");
	info.faces_per_enrolment = p->face_parts;
	info.faces = !faces		     ? 0
		     : p->can & CAN_BIO_DATA ? request_count(u, TABLE_BIODATA)
					     : request_count(u, TABLE_FACE) /
						       (p->face_parts ? p->face_parts : 1);
	ghi_info_write(&plain, &info);
	ghi_put(w, GH_LIT("&INFO="));
	for (size_t i = 0; i < plain.n; i++)
		if (text[i] == ' ' && !(p->quirk & QUIRK_RAW_BLANKS))
			ghi_put(w, GH_LIT("%20"));
		else
			ghi_put_u8(w, (uint8_t)text[i]);
}
