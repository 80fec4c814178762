/* Tables, photos and faces out; data in pieces in. */
#include "sim/picture.h"
#include "sim/terminal/command.h"
#include "wire/terminal/code.h"
#include "wire/terminal/face.h"
#include "wire/terminal/request.h"
#include "wire/terminal/text.h"

enum { FACES = 2, FACE_DATA = 2000, PHOTO_MAX = 12000 };

static bool refused_here(const struct term_link *l, uint16_t command, uint32_t table)
{
	return l->device->plan->persona->quirks & TERM_NO_PUNCHES &&
	       (command == GH_CMD_ATTLOG_RRQ ||
		(command == GH_CMD_DB_RRQ && table == GHI_TABLE_PUNCHES));
}

/* A whole table as one stream, as old firmware gives it (terminal digest 10.3). */
void term_table(struct term_link *l, const struct ghi_terminal_frame *f)
{
	uint32_t table = f->data.n ? f->data.p[0] : 0;
	struct term_dataset data;

	if (f->command == GH_CMD_ATTLOG_RRQ || f->command == GH_CMD_OPLOG_RRQ)
		table = 0;
	if (refused_here(l, f->command, table)) {
		term_answer(l, GH_NO_TABLE, (gh_slice){ 0 });
		return;
	}
	if (term_dataset_open(&data, l->device, f->command, table)) {
		term_answer_error(l);
		return;
	}
	l->device->statistics->tables++;
	term_answer_stream(l, &data, 0, data.bytes);
}

void term_prepare(struct term_link *l, const struct ghi_terminal_frame *f)
{
	const struct term_plan *p = l->device->plan;
	struct ghi_terminal_prepare v;
	uint8_t b[13];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));

	if (p->persona->quirks & TERM_MUTE_BUFFER)
		return;
	if (p->persona->quirks & TERM_NO_BUFFER) {
		term_answer(l, GH_ACK_UNKNOWN, (gh_slice){ 0 });
		return;
	}
	term_dataset_close(&l->prepared);
	if (ghi_terminal_prepare_parse(f->data, &v)) {
		term_answer(l, GH_ACK_ERROR_DATA, (gh_slice){ 0 });
		return;
	}
	if (refused_here(l, v.command, v.table)) {
		term_answer(l, GH_NO_TABLE, (gh_slice){ 0 });
		return;
	}
	if (term_dataset_open(&l->prepared, l->device, v.command, v.table)) {
		term_answer_error(l);
		return;
	}
	l->device->statistics->tables++;
	if (l->prepared.bytes <= p->inline_max) {
		size_t n = l->prepared.bytes;

		term_dataset_read(&l->prepared, l->device, 0, l->scratch, n);
		term_dataset_close(&l->prepared);
		term_answer(l, GH_CMD_DATA, (gh_slice){ l->scratch, n });
		return;
	}
	ghi_terminal_prepared_write(&w, (uint32_t)l->prepared.bytes);
	term_answer_field(
		l, GH_ACK_OK,
		(uint16_t)(l->session +
			   term_device_fault(l->device, TERM_FAULT_SESSION, v.command)),
		ghi_written(&w));
}

void term_read(struct term_link *l, const struct ghi_terminal_frame *f)
{
	struct ghi_terminal_window v;
	size_t all = l->prepared.bytes;

	if (ghi_terminal_window_parse(f->data, &v) || all == 0 || v.offset >= all) {
		term_answer_error(l);
		return;
	}
	if (v.size > all - v.offset)
		v.size = (uint32_t)(all - v.offset);
	term_answer_stream(l, &l->prepared, v.offset, (size_t)v.offset + v.size);
}

static void transfer_upload_drop(struct term_link *l)
{
	g_free(l->upload);
	l->upload = NULL;
	l->upload_n = l->upload_size = 0;
}

void term_free_data(struct term_link *l, const struct ghi_terminal_frame *f)
{
	(void)f;
	term_dataset_close(&l->prepared);
	transfer_upload_drop(l);
	term_answer_ok(l);
}

/* --- in --- */

void term_upload_begin(struct term_link *l, const struct ghi_terminal_frame *f)
{
	uint32_t size;

	transfer_upload_drop(l);
	if (ghi_terminal_announce_parse(f->data, &size) || size == 0 ||
	    size > TERM_UPLOAD_MAX) {
		term_answer_error(l);
		return;
	}
	l->upload = g_malloc(size);
	l->upload_size = size;
	term_answer_ok(l);
}

void term_upload(struct term_link *l, const struct ghi_terminal_frame *f)
{
	if (f->data.n > l->upload_size - l->upload_n) {
		term_answer(l, GH_ACK_ERROR_DATA, (gh_slice){ 0 });
		return;
	}
	if (f->data.n)
		memcpy(l->upload + l->upload_n, f->data.p, f->data.n);
	l->upload_n += f->data.n;
	term_answer_ok(l);
}

void term_upload_checksum(struct term_link *l, const struct ghi_terminal_frame *f)
{
	uint32_t sum = 0;
	uint8_t b[4];
	struct ghi_writer w = ghi_writer_on(b, sizeof(b));
	(void)f;

	for (size_t i = 0; i < l->upload_n; i++)
		sum += l->upload[i];
	ghi_terminal_number_write(&w, sum);
	term_answer(l, GH_ACK_OK, ghi_written(&w));
}

/* --- pictures --- */

/* Newer firmware shows photos and faces only after the option SDKBuild=1 (terminal digest 4.2). */
static bool shows_pictures(struct term_link *l)
{
	uint32_t quirks = l->device->plan->persona->quirks;
	char *build = term_option_get(l->device, GH_LIT("SDKBuild"));
	bool yes = !(quirks & TERM_NO_FACE) &&
		   (!(quirks & TERM_SDK_BUILD) || (build && !strcmp(build, "1")));

	g_free(build);
	if (!yes)
		term_answer(l, GH_NO_FUNCTION, (gh_slice){ 0 });
	return yes;
}

void term_photo(struct term_link *l, const struct ghi_terminal_frame *f)
{
	const struct term_user *u = NULL;
	uint8_t picture[PHOTO_MAX];
	struct term_dataset data;
	char pin[GH_PIN_SIZE];
	uint64_t h;

	if (!shows_pictures(l))
		return;
	if (ghi_terminal_photo_request_parse(f->data, pin) == GH_OK)
		u = term_users_pin(&l->device->users, pin);
	if (u == NULL || !u->portrait) {
		term_answer(l, GH_NO_PHOTO, (gh_slice){ 0 });
		return;
	}
	h = sim_hash(l->device->plan->seed, u->person, 'J');
	term_dataset_of(&data, sim_picture(h, picture, SIM_PICTURE_MIN + h % 8000));
	term_answer_stream(l, &data, 0, data.bytes);
}

void term_face(struct term_link *l, const struct ghi_terminal_frame *f)
{
	uint8_t all[FACES * GHI_TERMINAL_FACE_ENTRY], bytes[FACE_DATA];
	struct ghi_writer w = ghi_writer_on(all, sizeof(all));
	const struct term_user *u = NULL;
	struct term_dataset data;
	char pin[GH_PIN_SIZE];
	uint16_t uid;

	if (!shows_pictures(l))
		return;
	if (ghi_terminal_face_request_parse(f->data, pin, &uid) == GH_OK)
		u = pin[0] ? term_users_pin(&l->device->users, pin)
			   : term_users_uid(&l->device->users, uid);
	if (u == NULL || !u->portrait) {
		term_answer_ok(l);
		return;
	}
	for (unsigned i = 0; i < FACES; i++) {
		uint64_t h = sim_hash(l->device->plan->seed, u->person, 'f' << 8 | i);

		for (size_t k = 0; k < sizeof(bytes); k++)
			bytes[k] = (uint8_t)(sim_mix(h + k / 8) >> k % 8 * 8);
		ghi_terminal_face_write(
			&w, &(struct ghi_terminal_face){ .uid = u->record.uid,
							 .index = (uint8_t)i,
							 .valid = 1,
							 .data = { bytes, sizeof(bytes) } });
	}
	term_dataset_of(&data, ghi_written(&w));
	term_answer_stream(l, &data, 0, data.bytes);
}
