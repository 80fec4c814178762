#include "model/biometric_type.h"

static const char *const type_name[] = {
#define BIOMETRIC_TYPE(number, words) [number] = words,
#include "facts/biometric_type.def"
#undef BIOMETRIC_TYPE
};

static const struct {
	const char *code, *meaning;
} error[] = {
#define DEVICE_ERROR(code, meaning) { code, meaning },
#include "facts/device_error.def"
#undef DEVICE_ERROR
};

const char *biometric_type_name(int64_t type)
{
	return type >= 0 && type < (int64_t)(sizeof(type_name) / sizeof(type_name[0]))
		       ? type_name[type]
		       : NULL;
}

const char *device_error_name(gh_slice code)
{
	for (size_t i = 0; i < sizeof(error) / sizeof(error[0]); i++)
		if (gh_slice_ieq(code, gh_slice_of(error[i].code)))
			return error[i].meaning;
	return NULL;
}
