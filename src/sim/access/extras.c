/* What a unit uploads beside its events, and about commands it could not use. */
#include "base/base64.h"
#include "sim/access/command.h"
#include "sim/picture.h"
#include "wire/access/pack.h"
#include "wire/access/state.h"

#include <stdio.h>
#include <stdlib.h>

enum { EVENT_CAMERA_LINKAGE = 231, ONE_IN = 8 };

/* What the linkage that made an event has its camera do. */
static struct ghi_camera_action camera_action(const struct panel *p,
					      const struct panel_event *e)
{
	const struct panel_row *row;

	for (size_t i = 0; (row = panel_row_at(&p->tables, PANEL_INOUTFUN, i)); i++)
		if (panel_number(row, "Index", 0) == e->linkage)
			return ghi_camera_action_unpack(
				(uint32_t)panel_number(row, "OutTime", 0));
	return (struct ghi_camera_action){ 0 };
}

/* A still of a camera, with the seconds of video around it: what its linkage has of both. */
static void linked_picture_upload(struct unit *u, const struct panel_event *e)
{
	struct ghi_camera_action action = camera_action(&u->panel, e);
	char text[256], name[64] = "", video[24] = "";
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	struct ghi_link_photo photo = { .record_index = e->index };

	if (action.photo)
		snprintf(name, sizeof(name), "%014lld-link-ch0.jpg",
			 (long long)ghi_civil_from_seconds(e->at_s));
	if (action.video)
		snprintf(video, sizeof(video), "1-%d-%d", action.before_s, action.after_s);
	photo.files = gh_slice_of(name);
	photo.video = gh_slice_of(video);
	photo.picture = action.photo ? GH_LIT("/9j/4AAQSkZJRg==") : GH_LIT("");
	ghi_link_photo_write(&w, &photo);
	ghi_put(&w, GH_LIT("\r\n"));
	if (w.err == GH_OK && (action.photo || action.video))
		acc_outbox_add(&u->outbox, ACC_POST_UPLOAD, "cdata", "&table=linkphotoinfo",
			       ghi_written(&w));
}

/* The face of a person who passed, of some events. */
static void own_picture_upload(struct unit *u, const struct panel_event *e)
{
	uint8_t bytes[SIM_PICTURE_MIN];
	char line[BASE64_ROOM(SIM_PICTURE_MIN) + 256], coded[BASE64_ROOM(SIM_PICTURE_MIN)];
	gh_slice jpeg = sim_picture(sim_hash(u->plan->seed, u->number, e->number), bytes,
				    sizeof(bytes));
	gh_slice text = base64_encode(jpeg, coded);

	snprintf(line, sizeof(line), "pin=%014lld-%s.jpg\tsn=%s\tsize=%zu\tphoto=%.*s",
		 (long long)ghi_civil_from_seconds(e->at_s), e->pin, u->sn, jpeg.n,
		 GH_FMT(text));
	unit_line_upload(u, "ATTPHOTO", line);
}

void unit_event_extras(struct unit *u, const struct panel_event *e)
{
	bool camera = panel_option_number(&u->panel, "CameraOpen", 0) == 1;

	if (e->event == EVENT_CAMERA_LINKAGE)
		linked_picture_upload(u, e);
	else if (camera && u->state == UNIT_READY && strcmp(e->pin, "0") != 0 &&
		 sim_hash(u->plan->seed, u->number, e->number) % ONE_IN == 0)
		own_picture_upload(u, e);
}

void unit_error_upload(struct unit *u, gh_slice command, const char *code)
{
	char line[160];

	/* Compared as text: all versions that there are have one digit a part. */
	if (strcmp(u->protocol, "3.1.2") < 0)
		return;
	snprintf(line, sizeof(line),
		 "errorlog errcode=%s\terrmsg=\tdataorigin=cmd\tcmdid=%.*s\t"
		 "additional=",
		 code, GH_FMT(command));
	unit_line_upload(u, "errorlog", line);
}
