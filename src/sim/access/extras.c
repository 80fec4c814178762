/* What a unit uploads beside its events, and about commands it could not use. */
#include "base/base64.h"
#include "sim/access/command.h"
#include "sim/picture.h"
#include "wire/access/state.h"

#include <stdio.h>
#include <stdlib.h>

enum { EVENT_CAMERA_LINKAGE = 231, ONE_IN = 8 };

/* A still of a camera, with the seconds of video around it. */
static void linked_picture_upload(struct unit *u, const struct panel_event *e)
{
	char text[256], name[64];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));
	struct ghi_link_photo photo = { .record_index = e->index,
					.video = GH_LIT("1-30-30"),
					.picture = GH_LIT("/9j/4AAQSkZJRg==") };

	snprintf(name, sizeof(name), "%014lld-link-ch0.jpg",
		 (long long)ghi_civil_from_seconds(e->at_s));
	photo.files = gh_slice_of(name);
	ghi_link_photo_write(&w, &photo);
	ghi_put(&w, GH_LIT("\r\n"));
	if (w.err == GH_OK)
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
