/* A change of a person, as people and programs read it. */
#ifndef GH_RENDER_PEOPLE_CHANGE_H
#define GH_RENDER_PEOPLE_CHANGE_H

#include "render/field.h"

/* A row is a struct record_view (record.h) of a struct people_change. */
extern const struct fields people_change_fields;

#endif
