#include "sim/attendance/people.h"

#include "base/base64.h"
#include "base/number.h"
#include "base/text.h"
#include "base/writer.h"
#include "model/record.h"
#include "sim/prng.h"

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const given[] = { "Ayşe",  "José",  "Zoë",	"Ravi", "Amina",  "Piotr",
				     "Linh",  "Björn", "Nadia", "Omar", "Thandi", "Mei",
				     "Søren", "Elif",  "Tomáš", "Ana" };
static const char *const family[] = { "Yılmaz", "García", "Müller",  "Kumar",
				      "Hassan", "Nowak",  "Nguyễn",  "Öberg",
				      "Haddad", "Silva",  "Dlamini", "Tan",
				      "Holm",	"Çelik",  "Novák",   "Popescu" };
static const char *const surname[] = { "王", "李", "张", "刘", "陈", "杨", "赵", "黄" };
static const char *const forename[] = { "伟", "芳",   "秀英", "敏",   "静", "丽娜",
					"强", "磊",   "建军", "晓明", "勇", "艳红",
					"杰", "桂兰", "涛",   "超" };

#define PICK(table, h) (table)[(h) % (sizeof(table) / sizeof((table)[0]))]

enum { CHINESE = 83 };

gh_slice people_pin(const struct persona *persona, uint32_t user, char to[PEOPLE_PIN])
{
	int n = 0;

	switch (persona->pin) {
	case PIN_NUMBER:
		n = snprintf(to, PEOPLE_PIN, "%u", user + 1);
		break;
	case PIN_PADDED:
		n = snprintf(to, PEOPLE_PIN, "%05u", user + 1);
		break;
	case PIN_LETTERS:
		n = snprintf(to, PEOPLE_PIN, "GA%06uMD", user + 1);
		break;
	}
	return (gh_slice){ (const uint8_t *)to, (size_t)n };
}

bool people_find(const struct plan *p, const struct persona *persona, gh_slice pin,
		 uint32_t *user)
{
	char text[PEOPLE_PIN];
	gh_slice digits = pin;
	uint64_t number;

	if (persona->pin == PIN_LETTERS && pin.n > 4)
		digits = (gh_slice){ pin.p + 2, pin.n - 4 };
	while (digits.n > 1 && digits.p[0] == '0')
		digits = gh_slice_from(digits, 1);
	if (ghi_number_parse(digits, p->users, &number) || number == 0)
		return false;
	*user = (uint32_t)number - 1;
	return gh_slice_eq(pin, people_pin(persona, *user, text));
}

bool people_enrolled(const struct plan *p, uint32_t user)
{
	return sim_hash(p->seed, user, 'E') % 100 < p->templates;
}

static gh_slice people_name_of(const struct plan *p, const struct persona *persona,
			       uint32_t user, char *to, size_t cap)
{
	uint64_t h = sim_hash(p->seed, user, 'N');
	bool chinese = persona->language == CHINESE;
	gh_slice utf8, gb;

	if (chinese)
		snprintf(to, cap, "%s%s", PICK(surname, h), PICK(forename, h / 64));
	else
		snprintf(to, cap, "%s %s", PICK(given, h), PICK(family, h / 64));
	utf8 = gh_slice_of(to);
	if (!(persona->quirk & QUIRK_GB18030) || ghi_text_to_gb18030(utf8, &gb))
		return utf8;
	if (gb.n < cap) {
		memcpy(to, gb.p, gb.n);
		utf8.n = gb.n;
	}
	free((void *)(uintptr_t)gb.p);
	return utf8;
}

void people_make(const struct plan *p, const struct persona *persona, uint32_t user,
		 struct person *out, struct people_text *text)
{
	uint64_t h = sim_hash(p->seed, user, 'C');
	bool old = persona->quirk & QUIRK_OLD_USER;
	unsigned card = (unsigned)(h % 900000000 + 1000000);

	*out = (struct person){ .pin = people_pin(persona, user, text->pin),
				.name = people_name_of(p, persona, user, text->name,
						       sizeof(text->name)),
				.privilege = user == 0 ? 14 : 0,
				.group_id = GH_LIT("1"),
				.time_zone = GH_LIT("0000000100000000"),
				.verify_mode = -1 };
	text->password[0] = 0;
	if (h / 7 % 5 == 0)
		snprintf(text->password, sizeof(text->password), "%04u",
			 (unsigned)(h / 35 % 10000));
	else if (persona->quirk & QUIRK_NULL_WORDS)
		snprintf(text->password, sizeof(text->password), "null");
	out->password = gh_slice_of(text->password);
	/* Least significant byte first; five bytes in the oldest form (PUSH SDK 2013, 3.2.1).
	 */
	if (old)
		snprintf(text->card, sizeof(text->card), "[%02X%02X%02X%02X02]", card & 255,
			 card >> 8 & 255, card >> 16 & 255, card >> 24);
	else
		snprintf(text->card, sizeof(text->card), "%u", card);
	out->card = gh_slice_of(text->card);
	out->present = 1u << PERSON_pin | 1u << PERSON_name | 1u << PERSON_password |
		       1u << PERSON_card | 1u << PERSON_group_id | 1u << PERSON_time_zone;
	if (old)
		out->time_zone = GH_LIT("");
	else
		out->present |= 1u << PERSON_privilege | 1u << PERSON_verify_mode |
				1u << PERSON_vice_card;
}

gh_slice people_template(const struct plan *p, const char *source, gh_slice pin, unsigned no,
			 unsigned part, char *to)
{
	uint8_t raw[1512];
	uint64_t h = sim_hash(p->seed, no, part);
	size_t n;

	for (size_t i = 0; i < pin.n; i++)
		h = sim_mix(h ^ pin.p[i]);
	for (const char *c = source; *c; c++)
		h = sim_mix(h ^ (uint8_t)*c);
	/* Lengths and first bytes as on the templates that the documents and a live log show.
	 */
	n = !strcmp(source, "FP") ? 512 + h % 320 : 1236;
	for (size_t i = 0; i < n; i++)
		raw[i] = (uint8_t)(sim_mix(h + i / 8) >> i % 8 * 8);
	if (!strcmp(source, "FP")) {
		memcpy(raw, "J\010SS21\0\0", 8);
		raw[8] = (uint8_t)(n >> 8);
		raw[9] = (uint8_t)n;
	} else {
		memset(raw, 0, 16);
		memcpy(raw + 16, "ZKFiX", 5);
	}
	return base64_encode((gh_slice){ raw, n }, to);
}

gh_slice people_id_number(const struct plan *p, uint32_t user, char to[20])
{
	uint64_t h = sim_hash(p->seed, user, 'I');
	int n = snprintf(to, 20, "2102181990%02u%02u%04u", (unsigned)(h % 12 + 1),
			 (unsigned)(h / 12 % 28 + 1), (unsigned)(h / 336 % 10000));

	return (gh_slice){ (const uint8_t *)to, (size_t)n };
}
