/* An access device without its connection: tables, options, doors, the ring of its events and its
 * clock. It decides who passes (decision.h), and what happens at its doors becomes events. Times are
 * the seconds since 1970 that its clock shows, as if it were UTC. */
#ifndef GH_SIM_ACCESS_PANEL_H
#define GH_SIM_ACCESS_PANEL_H

#include "sim/access/persona.h"
#include "sim/access/ring.h"
#include "sim/access/table.h"
#include "wire/access/state.h"

#define PANEL_DOORS 16
#define PANEL_AUX 16
#define PANEL_PIN 24
#define PANEL_GROUP 5 /* people of a multi-card opening */
#define PANEL_NEVER INT64_MIN
#define PANEL_HOLD INT64_MAX /* of a relay: until it is closed */

/* What identifies or verifies a person; bit n of a factor word (Security PUSH 3.1.2, 9.5.1). */
enum panel_factor {
	PANEL_FACE = 1 << 1,
	PANEL_PALM = 1 << 2,
	PANEL_FINGER = 1 << 4,
	PANEL_VEIN = 1 << 5,
	PANEL_PASSWORD = 1 << 9,
	PANEL_USER_ID = 1 << 10,
	PANEL_CARD = 1 << 11,
	PANEL_QR = 1 << 12,
};

struct panel_door {
	int64_t relay_until_s; /* PANEL_NEVER: not energised; PANEL_HOLD */
	bool open;	       /* the leaf, whether there is a sensor or not */
	bool let_through;      /* it was opened with the lock's consent */
	int64_t open_s;	       /* since when */
	uint8_t alarms;
	bool locked;		/* CONTROL DEVICE 06 */
	bool normal_open;	/* now, by its zone or its first card */
	int64_t normal_off_day; /* the day on which its normal-open zone does not count */
	int64_t first_until_s;	/* normal-open that a first card began ends then */
	int64_t first_day;	/* the day on which a first card activated the door */
	int64_t attempt_s;	/* the last one */
	/* A person who has to show more. */
	char pending_pin[PANEL_PIN + 1];
	uint16_t pending;
	int64_t pending_s;
	/* People of a multi-card opening that has begun. */
	char group_pin[PANEL_GROUP][PANEL_PIN + 1];
	uint8_t group_of[PANEL_GROUP], group;
	int64_t group_s;
	uint8_t group_kind; /* of the last one: how its failure is reported */
};

/* When a person last passed a door, by its entry and its exit reader. */
struct panel_passage {
	int64_t at_s[PANEL_DOORS][2];
};

struct panel_attempt;
struct panel_cards;
struct panel_floors;
struct panel_verdict;

struct panel_option {
	char *name, *value; /* owned */
};

struct panel {
	const struct acc_persona *persona;
	struct panel_tables tables;
	GArray *options;	   /* struct panel_option */
	GHashTable *option_places; /* plain name in small letters to place in options, from 1 */
	struct panel_cards *cards; /* rights.c */
	GHashTable *passages;	   /* PIN to struct panel_passage */
	struct panel_door door[PANEL_DOORS];
	int64_t aux_until_s[PANEL_AUX];	 /* outputs, as relay_until_s */
	bool aux_normal_open[PANEL_AUX]; /* outputs: on, by their time rule */
	bool aux_shorted[PANEL_AUX];	 /* inputs */
	struct panel_floors *floors;	 /* floors.h; NULL: none was opened */
	struct panel_ring ring;
	int64_t now_s;
	int64_t skew_s;	   /* added to the time of events: a clock that jumps */
	bool remote;	   /* a server decides, where AutoServerFunOn is 1 */
	bool merged;	   /* codes of merge groups are reported by one of them */
	bool new_verify;   /* the server agreed to factor words */
	unsigned linkages; /* in progress: one linkage does not fire another without end */
	uint32_t seed;	   /* of the steps of the index */
	/* Called for each event that was made; NULL: none. */
	void (*observer)(void *ctx, const struct panel_event *e);
	/* Called for an attempt that the server decides; NULL: there is no server. */
	void (*refer)(void *ctx, const struct panel_attempt *a, const struct panel_verdict *v);
	void *observer_ctx;
};

/* As it leaves the factory: tables empty but for time rule 1, which is always open. */
void panel_open(struct panel *p, const struct acc_persona *persona, int64_t now_s,
		uint32_t seed);
void panel_close(struct panel *p);

/* Options; names are compared without case and a leading `~`. NULL: there is no such one. */
const char *panel_option(const struct panel *p, gh_slice name);
uint64_t panel_option_number(const struct panel *p, const char *name, uint64_t otherwise);
/* GH_ETOOBIG: there are too many, or the value is too long. */
GH_MUST_CHECK enum gh_err panel_option_set(struct panel *p, gh_slice name, gh_slice value);

/* A setting of door n (from 1): a row of DoorParameters, an option Door<n><name>, or `otherwise`
 * (Security PUSH 3.1.2, 11.10). The text is borrowed; p NULL: absent. */
gh_slice panel_door_text(const struct panel *p, unsigned door, const char *name);
uint64_t panel_door_number(const struct panel *p, unsigned door, const char *name,
			   uint64_t otherwise);
/* A setting of the device: a row of DevParameters or an option (11.12). */
uint64_t panel_device_number(const struct panel *p, const char *name, uint64_t otherwise);

/* Whether door n exists and is enabled (DoorDisable 1 is enabled, DoorProperty.Disable 1 is not). */
bool panel_door_enabled(const struct panel *p, unsigned door);

/* The parts of a moment that rules go by. */
struct panel_moment {
	int year, month, day, weekday; /* 0: Sunday */
	int hhmm;
	int64_t days; /* since 1970 */
};
struct panel_moment panel_moment_of(int64_t at_s);

#endif
