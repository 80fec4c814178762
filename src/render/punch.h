/* A punch as people and programs read it. */
#ifndef GH_RENDER_PUNCH_H
#define GH_RENDER_PUNCH_H

#include "model/punch.h"
#include "model/verify_mode.h"
#include "render/field.h"

struct punch_view {
	struct punch p; /* texts are borrowed */
	enum verify_generation generation;
	/* Only where they were looked up; empty: there is none. */
	gh_slice person_name, device_name;
};

/* A row is a struct punch_view. */
extern const struct fields punch_fields;
/* The same rows for files that people open: with names, and words in place of numbers. */
extern const struct fields punch_sheet_fields;

/* The numbering of a device's verify modes, by its protocol version; empty: it announced none.
 * Before 2.2.14 verify modes had other numbers (Attendance PUSH 2020-03, appendix 7; PUSH SDK
 * 2013, table 2-3), and a device that announces no version is that old. */
enum verify_generation punch_generation(gh_slice push_version);

#endif
