/* What reached a port and became no device, as people and programs read it. A row is a struct contact. */
#ifndef GH_RENDER_CONTACT_H
#define GH_RENDER_CONTACT_H

#include "model/contact.h"
#include "render/field.h"

extern const struct fields contact_fields;

#endif
