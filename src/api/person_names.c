#include "api/person_names.h"

#include <stdlib.h>

#define SLOTS 4096
#define PIN_BYTES 32
#define NAME_BYTES 96

struct name_slot {
	int64_t device;
	uint8_t pin_n, name_n; /* pin_n 0: it is empty */
	uint8_t pin[PIN_BYTES], name[NAME_BYTES];
};

/* A slot has what was found last of those whose hash leads to it. */
struct person_names {
	struct name_slot slot[SLOTS];
	struct name_slot other; /* of a PIN that is too long for one */
};

struct person_names *person_names_new(void)
{
	return calloc(1, sizeof(struct person_names));
}

void person_names_free(struct person_names *n)
{
	free(n);
}

static struct name_slot *slot_of(struct person_names *n, int64_t device, gh_slice pin)
{
	uint64_t h = (uint64_t)device * UINT64_C(0x9e3779b97f4a7c15);

	if (pin.n == 0 || pin.n > PIN_BYTES)
		return &n->other;
	for (size_t i = 0; i < pin.n; i++)
		h = (h ^ pin.p[i]) * UINT64_C(1099511628211);
	return &n->slot[(h ^ h >> 32) % SLOTS];
}

static bool slot_is(const struct name_slot *s, int64_t device, gh_slice pin)
{
	return s->pin_n && s->device == device &&
	       gh_slice_eq(pin, (gh_slice){ s->pin, s->pin_n });
}

enum gh_err person_name_find(struct person_names *n, const struct store_ops *ops,
			     struct store_reader *reader, int64_t device, gh_slice pin,
			     gh_slice *out)
{
	struct name_slot *s = slot_of(n, device, pin);
	size_t found = 0;
	enum gh_err err = GH_OK;

	if (!slot_is(s, device, pin)) {
		s->pin_n = 0;
		err = ops->person_name(reader, device, pin, s->name, NAME_BYTES, &found);
		s->name_n = (uint8_t)found;
	}
	if (err == GH_OK && s != &n->other) {
		s->device = device;
		s->pin_n = (uint8_t)pin.n;
		memcpy(s->pin, pin.p, pin.n);
	}
	*out = (gh_slice){ s->name, err ? 0 : s->name_n };
	return err;
}
