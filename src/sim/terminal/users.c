#include "sim/terminal/users.h"

#include "base/text.h"
#include "sim/prng.h"
#include "wire/terminal/text.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const given[] = { "Amélie", "Bao",  "Chiara", "Dmitri", "Esra", "Farid",
				     "Grete",  "Hugo", "Iñaki",	 "Jin",	   "Kofi", "Lúcia",
				     "Marek",  "Noor", "Oksana", "Priya" };
static const char *const family[] = { "Aydın", "Bauer", "Costa",   "Dvořák", "Eze",  "Fujita",
				      "Gómez", "Horák", "Ivanova", "Joshi",  "Kaya", "Lund",
				      "Mbeki", "Nagy",	"Ozturk",  "Petit" };
static const char *const surname[] = { "王", "李", "张", "刘", "陈", "杨", "赵", "黄" };
static const char *const forename[] = { "伟", "芳", "秀英", "敏", "静", "丽娜", "强", "磊" };

#define PICK(table, h) (table)[(h) % (sizeof(table) / sizeof((table)[0]))]

/* --- who is there at the start --- */

static void users_pin_of(const struct term_plan *p, uint32_t person, char pin[GH_PIN_SIZE])
{
	memset(pin, 0, GH_PIN_SIZE);
	if (p->persona->quirks & TERM_TEXT_PIN && p->user_size == 72 && person % 2)
		snprintf(pin, GH_PIN_SIZE, "GA%06u", person + 1);
	else if (p->persona->quirks & TERM_TEXT_PIN && p->user_size == 72)
		snprintf(pin, GH_PIN_SIZE, "%07u", person + 1);
	else
		ghi_terminal_text_decimal(person + 1, pin, GH_PIN_SIZE);
}

/* As much of the name as the record holds, in whole characters. */
static void users_name_of(const struct term_plan *p, uint64_t h, char out[GH_NAME_RAW_SIZE])
{
	size_t room = p->user_size == 72 ? 23 : 8;
	char text[64];
	gh_slice name, gb;

	memset(out, 0, GH_NAME_RAW_SIZE);
	if (p->persona->quirks & TERM_GB18030) {
		snprintf(text, sizeof(text), "%s%s", PICK(surname, h), PICK(forename, h / 64));
		if (ghi_text_to_gb18030(gh_slice_of(text), &gb) == GH_OK) {
			memcpy(out, gb.p, gb.n < room ? gb.n : room & ~(size_t)1);
			free((void *)(uintptr_t)gb.p);
			return;
		}
	}
	snprintf(text, sizeof(text), "%s %s", PICK(given, h), PICK(family, h / 64));
	name = gh_slice_of(text);
	if (name.n > room)
		name.n = ghi_text_utf8_prefix((gh_slice){ name.p, room });
	memcpy(out, name.p, name.n);
}

static struct term_user *first_user(const struct term_plan *p, uint32_t person)
{
	uint64_t h = sim_hash(p->seed, person, 'U');
	struct term_user *u = g_new0(struct term_user, 1);
	struct gh_user *r = &u->record;

	r->uid = (uint16_t)(person + 1);
	users_pin_of(p, person, r->pin);
	users_name_of(p, h, r->name_raw);
	r->privilege = person == 0 ? GH_PRIVILEGE_ADMIN : GH_PRIVILEGE_USER;
	r->group = 1;
	if (h >> 20 & 1 && p->user_size != 16)
		r->card = h >> 24 & 0xFFFFFFFF;
	if ((h >> 21 & 3) == 0)
		snprintf(r->password, sizeof(r->password), "%04u", (unsigned)(h >> 40) % 10000);
	r->record_size = p->user_size;
	u->person = person;
	if (p->templates &&
	    (person == 0 || sim_hash(p->seed, person, 'T') % 100 < p->templates)) {
		u->made = h >> 22 & 1 ? 1 << 6 | 1 << 1 : 1 << 6;
		u->portrait = 1;
	}
	return u;
}

/* --- the list --- */

/* The place of a uid, or where it would be. */
static uint32_t users_index(const struct term_users *u, uint16_t uid)
{
	uint32_t low = 0, high = u->list->len;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (term_users_at(u, mid)->record.uid < uid)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void users_user_free(gpointer at)
{
	term_users_delete_templates(at);
	g_free(at);
}

void term_users_open(struct term_users *u, const struct term_plan *plan)
{
	*u = (struct term_users){
		.plan = plan,
		.list = g_ptr_array_new_with_free_func(users_user_free),
		.pins = g_hash_table_new(g_str_hash, g_str_equal),
		.persons = g_array_new(FALSE, FALSE, sizeof(struct term_person)),
	};
	for (uint32_t i = 0; i < term_users_first(u); i++) {
		struct term_person p = { .uid = (uint16_t)(i + 1) };

		users_pin_of(plan, i, p.pin);
		g_array_append_val(u->persons, p);
	}
	for (uint32_t i = 0; i < plan->users; i++) {
		struct term_user *user = first_user(plan, i);

		g_ptr_array_add(u->list, user);
		g_hash_table_insert(u->pins, user->record.pin, user);
	}
}

void term_users_close(struct term_users *u)
{
	if (u->list == NULL)
		return;
	g_hash_table_destroy(u->pins);
	g_ptr_array_free(u->list, TRUE);
	g_array_free(u->persons, TRUE);
	u->list = NULL;
}

struct term_user *term_users_uid(const struct term_users *u, uint16_t uid)
{
	uint32_t at = users_index(u, uid);

	return at < u->list->len && term_users_at(u, at)->record.uid == uid
		       ? term_users_at(u, at)
		       : NULL;
}

struct term_user *term_users_pin(const struct term_users *u, const char *pin)
{
	return g_hash_table_lookup(u->pins, pin);
}

static enum gh_err number_person(struct term_users *u, struct term_user *user)
{
	struct term_person p = { .uid = user->record.uid };

	if (u->persons->len >= TERM_PERSONS_MAX)
		return GH_EFULL;
	memcpy(p.pin, user->record.pin, sizeof(p.pin));
	user->person = u->persons->len;
	g_array_append_val(u->persons, p);
	return GH_OK;
}

enum gh_err term_users_put(struct term_users *u, const struct gh_user *record)
{
	struct term_user *old = term_users_uid(u, record->uid), *user = old;
	struct term_user *other = term_users_pin(u, record->pin);
	enum gh_err err = GH_OK;

	if (record->uid == 0 || record->pin[0] == 0)
		return GH_EINVALID;
	if (other && other != old)
		return GH_EEXISTS;
	if (old == NULL)
		user = g_new0(struct term_user, 1);
	else
		g_hash_table_remove(u->pins, old->record.pin);
	if (old == NULL || strcmp(old->record.pin, record->pin) != 0) {
		struct gh_user before = user->record;

		user->record = *record;
		err = number_person(u, user);
		if (err)
			user->record = before;
	}
	if (err == GH_OK) {
		user->record = *record;
		if (old == NULL)
			g_ptr_array_insert(u->list, (gint)users_index(u, record->uid), user);
	} else if (old == NULL) {
		g_free(user);
		return err;
	}
	g_hash_table_insert(u->pins, user->record.pin, user);
	return err;
}

bool term_users_delete(struct term_users *u, uint16_t uid)
{
	struct term_user *user = term_users_uid(u, uid);

	if (user == NULL)
		return false;
	g_hash_table_remove(u->pins, user->record.pin);
	g_ptr_array_remove_index(u->list, users_index(u, uid));
	return true;
}

void term_users_clear(struct term_users *u)
{
	g_hash_table_remove_all(u->pins);
	g_ptr_array_set_size(u->list, 0);
}

/* --- templates --- */

/* Bytes that begin and measure themselves as templates of algorithm 10 do (digest 8.3). */
static uint16_t users_template_make(const struct term_users *u, const struct term_user *user,
				    unsigned finger, uint8_t *to)
{
	uint64_t h = sim_hash(u->plan->seed, user->person, 'F' << 8 | finger);
	uint16_t n = (uint16_t)(400 + h % 1000);

	for (size_t i = 0; i < n; i += 8) {
		uint64_t v = sim_mix(h + i);

		for (size_t k = 0; k < 8 && i + k < n; k++)
			to[i + k] = (uint8_t)(v >> 8 * k);
	}
	memcpy(to + 2, "SS21", 4);
	to[6] = to[7] = 0;
	to[8] = to[11] = (uint8_t)(n >> 8);
	to[9] = to[10] = (uint8_t)n;
	return n;
}

static struct term_finger **user_find_finger(struct term_user *user, unsigned finger)
{
	struct term_finger **at = &user->written;

	while (*at && (*at)->finger != finger)
		at = &(*at)->next;
	return at;
}

bool term_users_template(const struct term_users *u, const struct term_user *user,
			 unsigned finger, uint8_t *to, struct gh_template *out)
{
	const struct term_finger *f = user->written;

	while (f && f->finger != finger)
		f = f->next;
	*out = (struct gh_template){ .uid = user->record.uid, .finger = (uint8_t)finger };
	memcpy(out->pin, user->record.pin, sizeof(out->pin));
	if (f) {
		out->flag = f->flag;
		out->size = f->size;
		out->data = f->data;
		return true;
	}
	if (finger >= GH_FINGERS || !(user->made >> finger & 1))
		return false;
	out->flag = GH_TEMPLATE_VALID;
	out->size = users_template_make(u, user, finger, to);
	out->data = to;
	return true;
}

void term_users_put_template(struct term_user *user, const struct gh_template *t)
{
	struct term_finger *f = g_malloc(sizeof(*f) + t->size);

	term_users_delete_template(user, t->finger);
	*f = (struct term_finger){
		.next = user->written, .size = t->size, .finger = t->finger, .flag = t->flag
	};
	if (t->size)
		memcpy(f->data, t->data, t->size);
	user->written = f;
}

bool term_users_delete_template(struct term_user *user, unsigned finger)
{
	struct term_finger **at = user_find_finger(user, finger), *gone = *at;
	bool made = finger < GH_FINGERS && user->made >> finger & 1;

	if (made)
		user->made &= (uint16_t) ~(1u << finger);
	if (gone) {
		*at = gone->next;
		g_free(gone);
	}
	return made || gone;
}

void term_users_delete_templates(struct term_user *user)
{
	while (user->written)
		term_users_delete_template(user, user->written->finger);
	user->made = 0;
}

unsigned term_users_fingers(const struct term_user *user)
{
	unsigned n = (unsigned)__builtin_popcount(user->made);

	for (const struct term_finger *f = user->written; f; f = f->next)
		n++;
	return n;
}
