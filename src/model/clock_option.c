#include "model/clock_option.h"

#include <stdio.h>

#include "base/ip_address.h"
#include "base/number.h"

static const struct clock_option options[] = {
#define CLOCK_OPTION(name, form, least, most, words) \
	{ name, CLOCK_OPTION_##form, least, most, words },
#include "facts/option.def"
#undef CLOCK_OPTION
};

enum { OPTIONS = sizeof(options) / sizeof(options[0]) };

const struct clock_option *clock_option_at(size_t i)
{
	return i < OPTIONS ? &options[i] : NULL;
}

static gh_slice option_plain(gh_slice name)
{
	return name.n && name.p[0] == '~' ? gh_slice_from(name, 1) : name;
}

const struct clock_option *clock_option_find(gh_slice name)
{
	for (size_t i = 0; i < OPTIONS; i++)
		if (gh_slice_ieq(option_plain(gh_slice_of(options[i].name)),
				 option_plain(name)))
			return &options[i];
	return NULL;
}

static bool option_is_mac(gh_slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = gh_ascii_lower(text.p[i]);

		if (i % 3 == 2 ? c != ':' : (c < '0' || c > '9') && (c < 'a' || c > 'f'))
			return false;
	}
	return text.n == 17;
}

/* Minutes beyond 59 are no time. */
static bool option_is_time(int64_t n)
{
	return n % 256 < 60;
}

enum gh_err clock_option_check(const struct clock_option *option, gh_slice value,
			       char why[COMMAND_WHY])
{
	uint64_t n = 0;
	bool fits = true;

	switch (option->form) {
	case CLOCK_OPTION_ADDRESS:
		snprintf(why, COMMAND_WHY, "must be an IPv4 address, as 192.0.2.7");
		fits = ghi_ipv4_is_dotted(value);
		break;
	case CLOCK_OPTION_MAC:
		snprintf(why, COMMAND_WHY, "must be an Ethernet address, as 00:17:61:C8:EC:17");
		fits = option_is_mac(value);
		break;
	case CLOCK_OPTION_TEXT:
		snprintf(why, COMMAND_WHY, "must have at most %lld bytes",
			 (long long)option->most);
		fits = (int64_t)value.n <= option->most;
		break;
	case CLOCK_OPTION_SWITCH:
		snprintf(why, COMMAND_WHY, "must be 0 or 1");
		fits = ghi_number_parse(value, 1, &n) == GH_OK;
		break;
	case CLOCK_OPTION_TIME:
		snprintf(why, COMMAND_WHY,
			 "must be a time of day as hour * 256 + minute: 2048 is 08:00");
		fits = ghi_number_parse(value, (uint64_t)option->most, &n) == GH_OK &&
		       option_is_time((int64_t)n);
		break;
	case CLOCK_OPTION_NUMBER:
		snprintf(why, COMMAND_WHY, "must be a whole number from %lld to %lld",
			 (long long)option->least, (long long)option->most);
		fits = ghi_number_parse(value, (uint64_t)option->most, &n) == GH_OK &&
		       (int64_t)n >= option->least;
		break;
	}
	return fits ? GH_OK : GH_EINVALID;
}
