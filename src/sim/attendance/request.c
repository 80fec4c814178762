#include "sim/attendance/request.h"

#include "sim/attendance/proxy.h"
#include "wire/attendance/info.h"

#include <assert.h>
#include <stdio.h>

static void request_head_put(struct ghi_writer *w, const struct sim_device *d,
			     const char *length_line)
{
	for (const char *c = d->persona->head; *c; c++) {
		if (c[0] == '%' && c[1] == 'h') {
			ghi_put(w, gh_slice_of(proxy_server(d)->host));
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

static void request_finish(const struct sim_device *d, struct ghi_writer *w, gh_slice body,
			   struct sim_request *out)
{
	/* The scratch is larger than the longest head: names have their limits. */
	assert(w->err == GH_OK);
	*out = (struct sim_request){
		.head = ghi_written(w),
		.body = body,
		.separate = d->persona->quirk & QUIRK_SEPARATE_SENDS && body.n,
		.keep_alive = d->persona->keep_alive,
		.exact_case = d->persona->quirk & QUIRK_EXACT_CASE,
		/* A large body has four times the time (QUIRKS Q22). */
		.timeout_ms = d->plan->timeout_ms * (body.n > 10240 ? 4 : 1),
	};
}

void request_to(const struct sim_device *d, const char *endpoint, gh_slice query, gh_slice body,
		struct sim_scratch *scratch, struct sim_request *out)
{
	struct ghi_writer w = ghi_writer_on(scratch->head, sizeof(scratch->head));
	bool post = body.p && (body.n || !(d->persona->quirk & QUIRK_EMPTY_POST));
	const char *slot = strstr(d->persona->path, "%s");
	char length[48] = "";

	ghi_put(&w, post ? GH_LIT("POST ") : GH_LIT("GET "));
	ghi_put(&w, gh_slice_of(proxy_server(d)->prefix));
	ghi_put(&w, (gh_slice){ (const uint8_t *)d->persona->path,
				(size_t)(slot - d->persona->path) });
	ghi_put(&w, gh_slice_of(endpoint));
	ghi_put(&w, gh_slice_of(slot + 2));
	ghi_put(&w, GH_LIT("?SN="));
	ghi_put(&w, gh_slice_of(d->sn));
	ghi_put(&w, query);
	ghi_put_u8(&w, ' ');
	ghi_put(&w, gh_slice_of(d->persona->http));
	ghi_put(&w, GH_LIT("\r\n"));
	if (post)
		snprintf(length, sizeof(length), "Content-Length: %zu\r\n", body.n);
	request_head_put(&w, d, length);
	request_finish(d, &w, post ? body : (gh_slice){ 0 }, out);
}

void request_file(const struct sim_device *d, const char *path, const char *line,
		  struct sim_scratch *scratch, struct sim_request *out)
{
	struct ghi_writer w = ghi_writer_on(scratch->head, sizeof(scratch->head));

	ghi_put(&w, GH_LIT("GET "));
	ghi_put(&w, gh_slice_of(proxy_server(d)->prefix));
	ghi_put(&w, gh_slice_of(path));
	ghi_put_u8(&w, ' ');
	ghi_put(&w, gh_slice_of(d->persona->http));
	ghi_put(&w, GH_LIT("\r\n"));
	request_head_put(&w, d, line);
	request_finish(d, &w, (gh_slice){ 0 }, out);
}

uint32_t request_count(const struct sim_device *d, enum table_id t)
{
	const struct contents *h = &d->contents;
	struct item items[ITEMS_LIMIT];
	const struct contents_record *one;
	uint32_t count = 0;
	char keys[96];
	enum items_list list = t == TABLE_BIODATA ? ITEMS_BIODATA : ITEMS_OPERLOG;
	size_t n = items_of(d->persona, list, items);

	for (size_t i = 0; (one = sim_contents_at(h, i)); i++)
		count += one->table == t && !one->gone;
	for (size_t i = 0; i < n && !h->emptied; i++) {
		if (items[i].table != t || items[i].part)
			continue;
		for (uint32_t user = 0; user < d->plan->users; user++)
			if (items_has(d->plan, items[i], user) &&
			    (h->list == NULL ||
			     !sim_contents_hides(h, t,
						 items_keys(d->plan, d->persona, items[i], user,
							    keys, sizeof(keys)))))
				count++;
	}
	return count;
}

void request_info(struct ghi_writer *w, const struct sim_device *d)
{
	const struct persona *p = d->persona;
	bool faces = p->face_version;
	char text[256], functions[8];
	struct ghi_writer plain = ghi_writer_on(text, sizeof(text));
	struct ghi_info info = {
		.firmware = gh_slice_of(p->firmware),
		.users = request_count(d, TABLE_USERINFO),
		.fingerprints = request_count(d, TABLE_FINGERTMP),
		.punches = stream_punches(d),
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
		     : p->can & CAN_BIO_DATA ? request_count(d, TABLE_BIODATA)
					     : request_count(d, TABLE_FACE) /
						       (p->face_parts ? p->face_parts : 1);
	ghi_info_write(&plain, &info);
	ghi_put(w, GH_LIT("&INFO="));
	for (size_t i = 0; i < plain.n; i++)
		if (text[i] == ' ' && !(p->quirk & QUIRK_RAW_BLANKS))
			ghi_put(w, GH_LIT("%20"));
		else
			ghi_put_u8(w, (uint8_t)text[i]);
}
