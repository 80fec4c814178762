/* table=linkphotoinfo: pictures of linked cameras, and what there is of a video (Security PUSH 3.1.2, 7.15).
 * The event that one is of is found where it is stored (core/access/link_photo.c). */
#include <stdio.h>

#include "model/record.h"
#include "session/access/upload.h"
#include "session/upload_record.h"
#include "wire/access/state.h"

#define LINK_FILES_MAX 512 /* bytes: the names are a key */
#define LINK_ROOM 32	   /* "LinkVideo=", a number of 64 bits */

static bool link_text_fits(gh_slice text)
{
	return text.n == 0 ||
	       (text.n <= LINK_FILES_MAX && memchr(text.p, '\0', text.n) == NULL);
}

/* A picture keeps what the unit wrote of the video beside it. */
static const char *link_photo_set(struct access_upload *u, const struct ghi_link_photo *from,
				  struct photo *to)
{
	char *number = ghi_arena_alloc(u->piece, LINK_ROOM);
	struct ghi_writer w;
	uint8_t *extra;

	*to = (struct photo){
		.kind = GH_LIT("linkage"),
		.file_name = gh_slice_trim(from->files),
		.event_index = from->record_index,
		.content = upload_base64_decode(from->picture, u->piece),
	};
	to->size = (int64_t)to->content.n;
	to->present = UINT64_C(1) << PHOTO_kind | UINT64_C(1) << PHOTO_file_name |
		      UINT64_C(1) << PHOTO_event_index;
	if (to->content.n)
		to->present |= UINT64_C(1) << PHOTO_content | UINT64_C(1) << PHOTO_size;
	else if (from->picture.n)
		return "PhotoData: picture is not base64";
	if (!link_text_fits(from->files))
		return "PhotoInfo: the value is too long, or not readable";
	if (!link_text_fits(from->video))
		return "LinkVideo: the value is too long, or not readable";
	if (to->file_name.n == 0 && number) {
		snprintf(number, LINK_ROOM, "%lld", (long long)from->record_index);
		to->file_name = gh_slice_of(number);
	}
	extra = from->video.n ? ghi_arena_alloc(u->piece, LINK_ROOM + from->video.n) : NULL;
	if (extra) {
		w = ghi_writer_on(extra, LINK_ROOM + from->video.n);
		ghi_put(&w, GH_LIT("LinkVideo="));
		ghi_put(&w, from->video);
		to->extra = ghi_written(&w);
		to->present |= UINT64_C(1) << PHOTO_extra;
	}
	return NULL;
}

enum gh_err access_link_photos_read(struct access_upload *u)
{
	enum gh_err err = GH_OK;
	gh_slice line;

	while (err == GH_OK && !access_turn_over(u)) {
		struct ghi_link_photo link;
		struct photo photo;
		const char *wrong = "LogIndex: there is none, or it is no number";

		u->ended = !ghi_lines_next(&u->lines, &line);
		if (u->ended)
			break;
		u->rows++;
		if (ghi_link_photo_parse(line, &link) == GH_OK)
			wrong = link_photo_set(u, &link, &photo);
		err = wrong ? access_quarantine(u, line, wrong)
			    : ingest_record(u->in, KIND_PHOTO, &photo);
	}
	return err;
}
