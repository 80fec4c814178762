#include "core/command_words.h"

#include "wire/access/words.h"
#include "wire/attendance/command.h"
#include "wire/push/command.h"

static bool access_success(enum command_kind kind, int64_t code)
{
	(void)kind;
	return ghi_access_return_success(code);
}

static const char *access_meaning(enum command_kind kind, int64_t code)
{
	(void)kind;
	return ghi_access_return_meaning(code);
}

static const struct command_words attendance_words = {
	.exist = ghi_command_words_exist,
	.room = ghi_command_words_room,
	.write = ghi_command_words_write,
	.show = ghi_command_words_show,
	.success = ghi_return_success,
	.meaning = ghi_return_meaning,
};

static const struct command_words access_words = {
	.exist = ghi_access_words_exist,
	.room = ghi_access_words_room,
	.write = ghi_access_words_write,
	.operate = ghi_access_operator_write,
	.show = ghi_access_words_show,
	.success = access_success,
	.meaning = access_meaning,
};

const struct command_words *command_words_of(enum device_dialect dialect)
{
	return dialect == DEVICE_ACCESS ? &access_words : &attendance_words;
}
