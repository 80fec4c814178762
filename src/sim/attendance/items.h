/* The records a device has at the start, besides its log: each person in full, in the order
 * in which enrolling them would have left them. */
#ifndef GH_SIM_ATTENDANCE_ITEMS_H
#define GH_SIM_ATTENDANCE_ITEMS_H

#include "base/writer.h"
#include "sim/attendance/people.h"
#include "sim/attendance/table.h"

#define ITEMS_LIMIT 40

struct item {
	uint8_t table; /* enum table_id */
	uint8_t op;    /* of an OPLOG */
	uint8_t no, part;
};

enum items_list { ITEMS_OPERLOG, ITEMS_BIODATA, ITEMS_IDCARD };

/* The items of one person in a list; the number of them is the same for every person. */
size_t items_of(const struct persona *persona, enum items_list list,
		struct item out[ITEMS_LIMIT]);

/* Whether this person has that item at all. */
bool items_has(const struct plan *p, struct item item, uint32_t user);

/* The keys of an item, as pairs. */
gh_slice items_keys(const struct plan *p, const struct persona *persona, struct item item,
		    uint32_t user, char *to, size_t cap);

/* Room for the parts of the largest item while it is written. */
struct items_text {
	struct people_text person;
	char template[PEOPLE_TEMPLATE];
	uint8_t picture[8192];
	char content[11000];
};

/* Its upload line; time_s is for an OPLOG. */
void items_write(struct ghi_writer *w, const struct plan *p, const struct persona *persona,
		 struct item item, uint32_t user, int64_t time_s, struct items_text *text);

/* The template line a device sends for what was just enrolled on it; pin is any. */
gh_slice items_template_pairs(const struct plan *p, enum table_id t, gh_slice pin,
			      unsigned type, unsigned no, struct items_text *text, char *to,
			      size_t cap);

/* An operation log line with up to two operands. */
void items_write_op(struct ghi_writer *w, unsigned op, gh_slice admin, int64_t time_s,
		    gh_slice value1, gh_slice value2);

#endif
