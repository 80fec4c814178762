#include "model/access_option.h"

#include <stdio.h>

#include "base/ip_address.h"
#include "base/number.h"
#include "model/verify_factors.h"
#include "model/verify_mode.h"

#define DOORS_MOST 16
#define VERIFY_MODES 33 /* 0 to 32 (11.3) */

/* "Door3Drivertime": the name without the number, in `room`, and the number. */
static bool door_name_read(gh_slice name, char room[64], gh_slice *plain, unsigned *door)
{
	size_t at = sizeof("Door") - 1;
	unsigned n = 0;

	if (!gh_slice_istarts(name, GH_LIT("Door")) || name.n >= 64)
		return false;
	for (; at < name.n && name.p[at] >= '0' && name.p[at] <= '9' && n <= DOORS_MOST; at++)
		n = n * 10 + name.p[at] - '0';
	if (n == 0 || n > DOORS_MOST || at == name.n)
		return false;

	int size = snprintf(room, 64, "Door%.*s", GH_FMT(gh_slice_from(name, at)));

	*plain = (gh_slice){ (const uint8_t *)room, (size_t)size };
	*door = n;
	return true;
}

bool access_option_find(gh_slice name, struct access_option *out)
{
	static const enum access_parameter_kind order[] = {
		ACCESS_PARAMETER_NETWORK,     ACCESS_PARAMETER_OPTION, ACCESS_PARAMETER_DOOR,
		ACCESS_PARAMETER_DEVICE,      ACCESS_PARAMETER_READER, ACCESS_PARAMETER_CHANNEL,
		ACCESS_PARAMETER_REGISTRATION
	};
	char room[64];
	gh_slice plain;

	*out = (struct access_option){ 0 };
	if (door_name_read(name, room, &plain, &out->door)) {
		out->parameter = access_parameter_find(ACCESS_PARAMETER_DOOR, plain);
		return out->parameter != NULL;
	}
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]) && !out->parameter; i++)
		out->parameter = access_parameter_find(order[i], name);
	return out->parameter != NULL;
}

static bool is_mode(int64_t mode)
{
	return mode < VERIFY_MODES || mode == 200 || mode == VERIFY_MODE_UNSET;
}

static enum gh_err mode_encode(gh_slice value, bool factors, struct ghi_writer *w, char *why)
{
	int64_t n;
	uint16_t word, of_mode;
	enum verify_form form = verify_read(value, &n);

	if ((form == VERIFY_MODE_NUMBER && is_mode(n)) || form == VERIFY_FACTORS) {
		ghi_put(w, value);
		return w->err;
	}
	if (!verify_words_read(value, &word)) {
		snprintf(why, ACCESS_OPTION_WHY,
			 "must be the number of a verify mode, 16 digits, or factors as "
			 "\"card + password\" or \"card or face\"");
		return GH_EINVALID;
	}
	if (factors) {
		verify_word_put(w, word);
		return w->err;
	}
	for (int64_t mode = 0; mode < VERIFY_MODES; mode++)
		if (verify_word_of_mode(mode, &of_mode) && verify_words_same(of_mode, word)) {
			ghi_put_signed(w, mode);
			return w->err;
		}
	snprintf(why, ACCESS_OPTION_WHY,
		 "must be factors that a verify mode of its own stands for: the unit takes "
		 "modes by their numbers alone");
	return GH_EINVALID;
}

static enum gh_err rule_encode(enum access_rule_kind kind, gh_slice value, struct ghi_writer *w,
			       char *why)
{
	int64_t n;

	if (ghi_signed_parse(value, 0, INT32_MAX, &n))
		n = access_rule_value(kind, value);
	if (n < 0 || access_rule_name(kind, n) == NULL) {
		snprintf(why, ACCESS_OPTION_WHY,
			 kind == ACCESS_RULE_INTERLOCK
				 ? "must be a value of interlock, 0 to 5, or its words"
				 : "must be a value of anti-passback: 0 to 6, or sums of 16, "
				   "32, 64, 128; or its words");
		return GH_EINVALID;
	}
	ghi_put_signed(w, n);
	return w->err;
}

enum gh_err access_option_encode(const struct access_option *o, gh_slice value, bool factors,
				 struct ghi_writer *w, char why[ACCESS_OPTION_WHY])
{
	const struct access_parameter *p = o->parameter;
	int64_t n;

	switch (p->form) {
	case ACCESS_FORM_MODE:
		return mode_encode(value, factors, w, why);
	case ACCESS_FORM_PASSBACK:
		return rule_encode(ACCESS_RULE_ANTI_PASSBACK, value, w, why);
	case ACCESS_FORM_INTERLOCK:
		return rule_encode(ACCESS_RULE_INTERLOCK, value, w, why);
	case ACCESS_FORM_SWITCH:
	case ACCESS_FORM_NUMBER:
		if (ghi_signed_parse(value, p->least, p->most, &n)) {
			snprintf(why, ACCESS_OPTION_WHY, "must be a number from %lld to %lld",
				 (long long)p->least, (long long)p->most);
			return GH_EINVALID;
		}
		break;
	case ACCESS_FORM_ADDRESS:
		if (!ghi_ipv4_is_dotted(value)) {
			snprintf(why, ACCESS_OPTION_WHY, "must be an address of IPv4");
			return GH_EINVALID;
		}
		break;
	default:
		if ((int64_t)value.n < p->least || (int64_t)value.n > p->most) {
			snprintf(why, ACCESS_OPTION_WHY, "must have %lld to %lld bytes",
				 (long long)p->least, (long long)p->most);
			return GH_EINVALID;
		}
		break;
	}
	ghi_put(w, value);
	return w->err;
}

static void mode_words_put(struct ghi_writer *w, gh_slice value)
{
	int64_t n;
	const char *name;

	switch (verify_read(value, &n)) {
	case VERIFY_FACTORS:
		verify_words_put(w, (uint16_t)n);
		break;
	case VERIFY_MODE_NUMBER:
		name = verify_mode_name((int32_t)n, VERIFY_NEW);
		if (name)
			ghi_put(w, gh_slice_of(name));
		break;
	default:
		break;
	}
}

void access_option_words_put(struct ghi_writer *w, const struct access_option *o,
			     gh_slice value)
{
	const char *name = NULL;
	int64_t n = -1;

	if (o->parameter->form == ACCESS_FORM_MODE)
		mode_words_put(w, value);
	if (ghi_signed_parse(value, 0, INT32_MAX, &n))
		return;
	if (o->parameter->form == ACCESS_FORM_PASSBACK)
		name = access_rule_name(ACCESS_RULE_ANTI_PASSBACK, n);
	else if (o->parameter->form == ACCESS_FORM_INTERLOCK)
		name = access_rule_name(ACCESS_RULE_INTERLOCK, n);
	if (name)
		ghi_put(w, gh_slice_of(name));
}
