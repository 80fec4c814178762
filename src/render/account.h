/* Accounts and sessions, as people and programs read them. */
#ifndef GH_RENDER_ACCOUNT_H
#define GH_RENDER_ACCOUNT_H

#include "render/field.h"

/* A row is a struct record_view (record.h) of an account, or of a login. */
extern const struct fields account_fields, session_fields;

#endif
