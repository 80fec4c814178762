/* The attendance log of a simulated device, made record by record. */
#ifndef GH_SIM_ATTENDANCE_PUNCHES_H
#define GH_SIM_ATTENDANCE_PUNCHES_H

#include "base/writer.h"
#include "model/punch.h"
#include "sim/attendance/people.h"

struct punches_text {
	char pin[PEOPLE_PIN], work_code[12];
};

/* Punch `index`; shift_s is what the device's clock was moved by (plan.follow_clock). Text
 * is borrowed from *text. */
void punches_make(const struct plan *p, const struct persona *persona, uint32_t device,
		  uint32_t index, int64_t shift_s, struct punch *out,
		  struct punches_text *text);

/* Who it was. */
uint32_t punches_user(const struct plan *p, uint32_t device, uint32_t index);

/* Whether a photo was taken. */
bool punches_photo(const struct plan *p, uint32_t device, uint32_t index);

/* The line the persona sends for it; `verification`: its identity card was looked at, and it is no attendance
 * record (Attendance PUSH 2020-03, 11.7). */
void punches_write(struct ghi_writer *w, const struct persona *persona,
		   const struct punch *punch, gh_slice id_number, bool verification);

#endif
