/* An access event as people and programs read it. */
#ifndef GH_RENDER_ACCESS_H
#define GH_RENDER_ACCESS_H

#include "model/access_event.h"
#include "render/field.h"

#define ACCESS_VERIFY_NAME 512

struct access_view {
	struct access_event e; /* texts are borrowed */
	size_t verify_name_n;
	char verify_name[ACCESS_VERIFY_NAME]; /* in words */
};

/* A row is a struct access_view. */
extern const struct fields access_fields_shown;

/* In place: the words are in the view. */
void access_view_make(struct access_view *v, const struct access_event *e);

#endif
