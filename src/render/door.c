#include "render/door.h"

static const char *door_sensor_word(size_t i)
{
	static const char *const word[] = { "none", "closed", "open", "unknown" };

	return i < sizeof(word) / sizeof(word[0]) ? word[i] : NULL;
}

static struct value door_sensor(const struct field *f, const void *row)
{
	int sensor = ((const struct door_view *)row)->state.sensor;

	return sensor < 0 ? value_null() : field_word_value(f, sensor);
}

static struct value door_relay(const struct field *f, const void *row)
{
	int relay = ((const struct door_view *)row)->state.relay;

	(void)f;
	return relay < 0 ? value_null() : value_of(VALUE_BOOL, relay);
}

#define ROW struct door_view
static const struct field door_field[] = {
#include "render/door.def"
};
#undef ROW

const struct fields door_fields = { "Door", door_field,
				    sizeof(door_field) / sizeof(door_field[0]), NULL };
