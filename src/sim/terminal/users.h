/* The users of a terminal with their fingers, and those that were deleted: a punch remains after
 * its user is deleted. */
#ifndef GH_SIM_TERMINAL_USERS_H
#define GH_SIM_TERMINAL_USERS_H

#include "sim/terminal/plan.h"

#include <glib.h>

struct term_finger {
	struct term_finger *next;
	uint16_t size;
	uint8_t finger, flag;
	uint8_t data[];
};

struct term_user {
	struct gh_user record; /* `name` is not used, `name_raw` is */
	uint32_t person;       /* see term_users_person() */
	uint16_t made;	       /* bits of the fingers whose template follows from the seed */
	uint8_t verify;	       /* mode */
	uint8_t portrait;      /* has a photo and a face */
	struct term_finger *written; /* templates that were written */
};

struct term_person {
	uint16_t uid;
	char pin[GH_PIN_SIZE];
};

struct term_users {
	const struct term_plan *plan;
	GPtrArray *list;  /* struct term_user, by uid */
	GHashTable *pins; /* of the users in the list */
	GArray *persons;  /* struct term_person: all ever written, after those of the start */
};

enum {
	TERM_TEMPLATE_MAX = 1600, /* bytes of a template that follows from the seed */
	TERM_PERSONS_MAX = 1 << 20,
	TERM_FINGERS_MAX = 64 * 1024, /* bytes of a template that is written */
};

void term_users_open(struct term_users *u, const struct term_plan *plan);
void term_users_close(struct term_users *u);

struct term_user *term_users_uid(const struct term_users *u, uint16_t uid);
struct term_user *term_users_pin(const struct term_users *u, const char *pin);
static inline struct term_user *term_users_at(const struct term_users *u, uint32_t i)
{
	return g_ptr_array_index(u->list, i);
}

/* Write a user as USER_WRQ does. GH_EEXISTS: the PIN is another uid's. GH_EINVALID: no uid or
 * no PIN. GH_EFULL. */
GH_MUST_CHECK enum gh_err term_users_put(struct term_users *u, const struct gh_user *record);
/* false: there is none. */
bool term_users_delete(struct term_users *u, uint16_t uid);
void term_users_clear(struct term_users *u);

/* Uid and PIN of the person with this number: those of the start come first. */
static inline const struct term_person *term_users_person(const struct term_users *u,
							  uint32_t person)
{
	return &g_array_index(u->persons, struct term_person, person);
}
/* The number of people at the start. Without users it is that of the people in the log. */
static inline uint32_t term_users_first(const struct term_users *u)
{
	return u->plan->users ? u->plan->users : 10;
}

/* Templates. One that follows from the seed is made in `to`, TERM_TEMPLATE_MAX bytes. false:
 * the finger is not enrolled. */
bool term_users_template(const struct term_users *u, const struct term_user *user,
			 unsigned finger, uint8_t *to, struct gh_template *out);
void term_users_put_template(struct term_user *user, const struct gh_template *t);
bool term_users_delete_template(struct term_user *user, unsigned finger);
void term_users_delete_templates(struct term_user *user);
unsigned term_users_fingers(const struct term_user *user);

#endif
