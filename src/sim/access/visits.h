/* Visits that a file names: who comes to which door, when, and what they show. A line each, of six fields parted by
 * tabs: serial number, door, "in" or "out", what is shown (a word of visits.c), its value, and the time that
 * the device's clock is to show, as YYYY-MM-DD hh:mm:ss. The value is the number of a card, or a PIN; of a
 * password it is PIN:PASSWORD. The file is read as it grows.
 *
 * A device's clock goes to the time of a visit that lies ahead of it, and what would have happened until then
 * happens; what is more than a month ahead it is set to, an hour later. A visit that lies behind the clock takes place
 * at once. Those of one device take place one after the other, once it is configured. */
#ifndef GH_SIM_ACCESS_VISITS_H
#define GH_SIM_ACCESS_VISITS_H

#include "sim/access/panel.h"

struct unit;

struct acc_visit {
	int64_t at_s;
	unsigned sub; /* number of the sub-controller; 0: the unit itself */
	unsigned door;
	int direction; /* 0 in, 1 out */
	enum panel_factor factor;
	uint64_t card;		 /* of PANEL_CARD */
	char pin[PANEL_PIN + 1]; /* of anything else */
	char password[16];	 /* of PANEL_PASSWORD */
};

/* The file, and how far it is read. */
struct acc_visits {
	int fd;
	char line[256]; /* the beginning of one that is not whole yet */
	size_t n;
	bool more;	     /* its end was not reached at the latest reading */
	uint32_t lines;	     /* that were read */
	const char *problem; /* of the latest of them; NULL: none */
	uint64_t waiting, came, late;
};

/* fd of a file open for reading, which the caller closes. */
struct acc_visits acc_visits_of(int fd);

/* One line without its end. GH_EMALFORMED: *problem is what is wrong. *sn lies in the line. */
GH_MUST_CHECK enum gh_err acc_visit_parse(gh_slice line, gh_slice *sn, struct acc_visit *out,
					  const char **problem);

/* Hand what the file has to the units, as long as few visits wait. GH_EMALFORMED: v->problem and v->lines have why;
 * GH_EIO. */
GH_MUST_CHECK enum gh_err acc_visits_read(struct acc_visits *v, struct unit *units, uint32_t n);

/* The visits of a unit that can take place now. */
void acc_visits_follow(struct unit *u);

#endif
