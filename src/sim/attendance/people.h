/* The people of a simulated site: the same on every device, written as each writes them. */
#ifndef GH_SIM_ATTENDANCE_PEOPLE_H
#define GH_SIM_ATTENDANCE_PEOPLE_H

#include "model/record.h"
#include "sim/attendance/plan.h"

#define PEOPLE_PIN 24

/* Person number `user` as PIN of a persona. */
gh_slice people_pin(const struct persona *persona, uint32_t user, char to[PEOPLE_PIN]);
/* The inverse; false: no person of the start has this PIN. */
bool people_find(const struct plan *p, const struct persona *persona, gh_slice pin,
		 uint32_t *user);

struct people_text {
	char pin[PEOPLE_PIN], card[24], password[8], name[64];
};
/* Text is borrowed from *text. The name is in the persona's character set. */
void people_make(const struct plan *p, const struct persona *persona, uint32_t user,
		 struct person *out, struct people_text *text);

/* Whether this person has fingers, faces and pictures enrolled. */
bool people_enrolled(const struct plan *p, uint32_t user);

/* Base64 of a template: `source` as in model/template.def. to needs PEOPLE_TEMPLATE bytes. */
#define PEOPLE_TEMPLATE 2100
gh_slice people_template(const struct plan *p, const char *source, gh_slice pin, unsigned no,
			 unsigned part, char *to);

/* Eighteen characters of an identity card. */
gh_slice people_id_number(const struct plan *p, uint32_t user, char to[20]);

#endif
