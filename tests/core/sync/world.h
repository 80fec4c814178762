/* A device with people, and what it is to hold, both made by chance: lists for the planner, and a device that carries
 * out its orders. The device is the contents of the simulated clock, and each order reaches it in the words of the
 * attendance dialect, written and read by the codec. */
#ifndef GH_TESTS_CORE_SYNC_WORLD_H
#define GH_TESTS_CORE_SYNC_WORLD_H

#include "core/sync/sync.h"
#include "sim/attendance/contents.h"
#include "sim/prng.h"

#define WORLD_ITEMS 256
#define WORLD_QUEUE 1024

struct world {
	uint64_t seed;
	struct sim_prng chance;
	struct arena arena; /* of all records */
	struct sync_device device;
	struct sync_item target[WORLD_ITEMS], held[WORLD_ITEMS];
	size_t targets, helds;
	struct contents there;	   /* on the device */
	struct contents known;	   /* of that, what the server was sent */
	struct contents foreign;   /* what was there at first and not put there from here */
	struct contents untouched; /* of that, what no order took the place of */
	struct sync_waiting queue[WORLD_QUEUE];
	size_t queued;
	int64_t id;
	size_t carried_out;
};

void world_begin(struct world *w, uint64_t seed);
void world_end(struct world *w);

/* Fails with the seed. */
void world_claim(const struct world *w, bool holds, const char *what);

/* The device's abilities, what it is to hold and what it holds, by chance. */
void world_device_choose(struct world *w);
void world_targets_choose(struct world *w);
void world_contents_choose(struct world *w);

/* A record that the device is to hold, or holds; they are brought into their order by world_sort(). */
/* `target_add`: an empty record, in the arena of the world. */
void *target_add(struct world *w, enum model_kind_id kind);
struct person *target_person(struct world *w, const char *pin, const char *name);
struct template *target_template(struct world *w, const char *pin, int64_t type, int64_t no,
				 int64_t part, const char *data, int64_t version);
struct photo *target_photo(struct world *w, const char *pin, const char *kind, int64_t type,
			   const char *content);
void world_sort(struct world *w);
/* A copy that lives as long as the world. */
gh_slice world_text(struct world *w, const char *text);
/* Something that is on the device, in the words of an update: "USERINFO", "PIN=1\tName=Ann". */
void there_put(struct world *w, const char *word, const char *pairs, bool ours);

/* An order that waits; `given`: the device has it. */
void world_wait(struct world *w, enum command_kind kind, const char *arguments, bool ours,
		bool given);

/* One of others, by chance. */
void world_wait_choose(struct world *w);

/* The plan of now, with a new list of what is known. */
void world_plan(struct world *w, struct sync_plan *out);
/* Withdraw and queue what it has. */
void world_queue(struct world *w, const struct sync_plan *plan);
/* The device carries out the first order of the queue; `answered`: the server gets its answer. */
void world_carry_out(struct world *w, bool answered);

/* That the device holds what it is to hold, but for what is impossible by the plan; that nothing else which was put
 * there from here is left, and that the rest is as it was. */
void world_claim_settled(struct world *w, const struct sync_plan *plan);

#endif
