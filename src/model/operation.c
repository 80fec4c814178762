#include "model/operation.h"

#include "base/number.h"

#define VALUES 3

static const struct {
	int64_t code;
	const char *meaning;
	const char *value[VALUES];
} operation[] = {
#define OPERATION(code, meaning, value1, value2, value3) \
	{ code, meaning, { value1, value2, value3 } },
#include "facts/operation.def"
#undef OPERATION
};

static const struct {
	int64_t code;
	const char *meaning;
} reason[] = {
#define ALARM_REASON(code, meaning) { code, meaning },
#include "facts/alarm_reason.def"
#undef ALARM_REASON
};

const char *operation_name(int64_t op)
{
	for (size_t i = 0; i < sizeof(operation) / sizeof(operation[0]); i++)
		if (operation[i].code == op)
			return operation[i].meaning;
	return NULL;
}

const char *operation_value_name(int64_t op, unsigned value)
{
	for (size_t i = 0; i < sizeof(operation) / sizeof(operation[0]); i++)
		if (operation[i].code == op && value >= 1 && value <= VALUES &&
		    operation[i].value[value - 1][0] != '\0')
			return operation[i].value[value - 1];
	return NULL;
}

const char *alarm_reason_name(int64_t code)
{
	for (size_t i = 0; i < sizeof(reason) / sizeof(reason[0]); i++)
		if (reason[i].code == code)
			return reason[i].meaning;
	return NULL;
}

const char *alarm_reason_of(gh_slice value1, gh_slice value2)
{
	const gh_slice value[] = { value1, value2 };
	const char *name = NULL;
	uint64_t code;

	for (size_t i = 0; i < 2 && name == NULL; i++)
		if (ghi_number_parse(gh_slice_trim(value[i]), INT32_MAX, &code) == GH_OK)
			name = alarm_reason_name((int64_t)code);
	return name;
}
