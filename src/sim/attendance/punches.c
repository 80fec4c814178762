#include "sim/attendance/punches.h"

#include "sim/attendance/calendar.h"
#include "sim/prng.h"

#include <stdio.h>

uint32_t punches_user(const struct plan *p, uint32_t device, uint32_t index)
{
	uint32_t users = p->users ? p->users : 1;

	return (uint32_t)(sim_hash(p->seed ^ device, index, 'U') % users);
}

bool punches_photo(const struct plan *p, uint32_t device, uint32_t index)
{
	return sim_hash(p->seed ^ device, index, 'F') % 1000 < p->photos;
}

void punches_make(const struct plan *p, const struct persona *persona, uint32_t device,
		  uint32_t index, int64_t shift_s, struct punch *out, struct punches_text *text)
{
	/* In and out mostly; overtime, leave and meals now and then (PUSH SDK 2013, 2-3). */
	static const uint8_t status[] = { 0, 1, 0, 1, 0, 1, 0, 1, 4, 5, 2, 3, 8, 9 };
	uint64_t h = sim_hash(p->seed ^ device, index, 'S');
	int64_t at = calendar_punch_s(p, device, index) + shift_s;
	bool coded = strchr(persona->columns, 'W') != NULL;

	at += calendar_jump_s(p, device, index);
	*out = (struct punch){
		.pin = people_pin(persona, punches_user(p, device, index), text->pin),
		.time = ghi_civil_from_seconds(at),
		.status = persona->status ? persona->status : status[h % sizeof(status)],
		.verify = persona->verify[h / 16 % persona->verifies],
		.utc = PUNCH_NO_UTC,
	};
	text->work_code[0] = 0;
	if (coded)
		snprintf(text->work_code, sizeof(text->work_code), "%u",
			 h / 256 % 8 ? 0 : (unsigned)(h / 2048 % 899 + 1));
	out->work_code = gh_slice_of(text->work_code);
}

void punches_write(struct ghi_writer *w, const struct persona *persona,
		   const struct punch *punch, gh_slice id_number, bool verification)
{
	for (const char *c = persona->columns; *c; c++) {
		if (c != persona->columns)
			ghi_put_u8(w, '\t');
		switch (*c) {
		case 'P':
			ghi_put(w, punch->pin);
			break;
		case 'T':
			ghi_put_civil(w, punch->time);
			break;
		case 'S':
			ghi_put_signed(w, punch->status);
			break;
		case 'V':
			ghi_put_signed(w, punch->verify);
			break;
		case 'W':
			ghi_put(w, punch->work_code);
			break;
		case 'I':
			ghi_put(w, id_number);
			break;
		case '0':
			ghi_put_u8(w, '0');
			break;
		case 'Y':
			ghi_put_u8(w, verification ? '1' : '0');
			break;
		case 'M': /* QUIRKS Q25: seen on an MB560 */
			ghi_put(w, GH_LIT("43"));
			break;
		default: /* E */
			break;
		}
	}
	ghi_put(w, gh_slice_of(persona->line_end));
}
