/* Commands to a terminal except those for people and templates, most importantly erasing its
 * log. */
#include <stdio.h>

#include "session/terminal/execution.h"

#define UNLOCK_TENTHS 30 /* unless the command has its own */
#define UNLOCK_SECONDS_MAX 60

/* --- its log --- */

static enum gh_err control_read_failed(struct terminal_execution *x,
				       const struct terminal_read *r, enum gh_err err)
{
	x->stored = r->unstored;
	return err;
}

static enum gh_err control_read_described(struct terminal_execution *x,
					  const struct terminal_read *r)
{
	char text[120];

	terminal_read_describe(r, text, sizeof(text));
	return terminal_refuse(x, GH_OK, "%s", text);
}

/* 0: the period is open there. */
static ghi_civil period_end(const struct terminal_execution *x, enum command_argument_id id)
{
	ghi_civil t;

	return command_argument_time(x->command->arguments, id, &t) ? t : 0;
}

/* The whole log is read, since a terminal cannot select; only rows in the period are counted. */
enum gh_err terminal_command_query_log(struct terminal_execution *x)
{
	struct terminal_read r = { .from = period_end(x, ARGUMENT_from),
				   .to = period_end(x, ARGUMENT_to) };
	enum gh_err err = terminal_read_log(x->worker, x->terminal, &r);

	if (err)
		return control_read_failed(x, &r, err);
	x->code = (int64_t)r.within;
	return terminal_refuse(x, GH_OK, "%llu of them new", (unsigned long long)r.fresh);
}

enum gh_err terminal_command_read_log_now(struct terminal_execution *x)
{
	struct terminal_read r = { 0 };
	enum gh_err err = terminal_read_log(x->worker, x->terminal, &r);

	return err ? control_read_failed(x, &r, err) : control_read_described(x, &r);
}

/* Nothing is erased that is not in the ledger: while punches are blocked, the whole log is read
 * to its end, every row is committed, and the device must report the same number of rows. */
static enum gh_err store_whole_log(struct terminal_execution *x)
{
	struct terminal_read r = { 0 };
	struct gh_counters c;
	enum gh_err err = terminal_read_log(x->worker, x->terminal, &r);

	if (err && r.unstored)
		return terminal_refuse(x, GH_ESTATE,
				       "not erased: not every punch could be stored");
	if (err)
		return err;
	if (r.quarantined > TERMINAL_QUARANTINE_MAX)
		return terminal_refuse(x, GH_ESTATE,
				       "not erased: %llu records are no punches, and not all "
				       "of them are kept",
				       (unsigned long long)r.quarantined);
	err = gh_terminal_counters(x->terminal, &c);
	if (err)
		return err;
	if (c.punches < 0)
		return terminal_refuse(
			x, GH_ESTATE,
			"not erased: the device does not report how many punches "
			"it has");
	if ((uint64_t)c.punches != r.rows)
		return terminal_refuse(
			x, GH_ESTATE,
			"not erased: the device holds %ld punches, %llu were read",
			(long)c.punches, (unsigned long long)r.rows);
	return GH_OK;
}

static enum gh_err control_erase(struct terminal_execution *x,
				 enum gh_err (*what)(struct gh_terminal *t))
{
	enum gh_err err = gh_terminal_disable(x->terminal, 0), enabled;

	if (err)
		return err;
	err = store_whole_log(x);
	if (err == GH_OK)
		err = what(x->terminal);
	enabled = gh_terminal_is_connected(x->terminal) ? gh_terminal_enable(x->terminal) : err;
	return err ? err : enabled;
}

enum gh_err terminal_command_clear_log(struct terminal_execution *x)
{
	return control_erase(x, gh_terminal_punches_clear);
}

static enum gh_err control_all_clear(struct gh_terminal *t)
{
	return gh_terminal_data_clear(t, GH_DATA_ALL);
}

enum gh_err terminal_command_clear_data(struct terminal_execution *x)
{
	return control_erase(x, control_all_clear);
}

/* --- its options --- */

static enum gh_err control_number_put(struct terminal_batch *b, const char *key, int64_t n)
{
	char text[24];

	if (n < 0)
		return GH_OK;
	snprintf(text, sizeof(text), "%lld", (long long)n);
	return terminal_batch_option(b, key, text);
}

static enum gh_err control_info_put(struct terminal_batch *b, const struct gh_terminal_info *i)
{
	const struct {
		const char *key, *text;
	} texts[] = {
		{ "~DeviceName", i->name },	 { "~Platform", i->platform },
		{ "FWVersion", i->firmware },	 { "MAC", i->mac },
		{ "~OEMVendor", i->vendor },	 { "~OS", i->os },
		{ "~ProductTime", i->produced }, { "IPAddress", i->ip },
		{ "NetMask", i->mask },		 { "GATEIPAddress", i->gateway },
	};
	const struct {
		const char *key;
		int64_t n;
	} numbers[] = {
		{ "~ZKFPVersion", i->fingerprint_version },
		{ "ZKFaceVersion", i->face_version },
		{ "~PIN2Width", i->pin_width },
		{ "FaceFunOn", i->face_on },
		{ "FingerFunOn", i->finger_on },
		{ "PhotoFunOn", i->photo_on },
		{ "UserCount", i->counters.users },
		{ "FPCount", i->counters.templates },
		{ "TransactionCount", i->counters.punches },
		{ "FaceCount", i->counters.faces },
		{ "~MaxUserCount", i->counters.users_capacity },
		{ "~MaxFingerCount", i->counters.templates_capacity },
		{ "~MaxAttLogCount", i->counters.punches_capacity },
	};
	enum gh_err err = GH_OK;

	for (size_t k = 0; k < sizeof(texts) / sizeof(texts[0]) && err == GH_OK; k++)
		err = terminal_batch_option(b, texts[k].key, texts[k].text);
	for (size_t k = 0; k < sizeof(numbers) / sizeof(numbers[0]) && err == GH_OK; k++)
		err = control_number_put(b, numbers[k].key, numbers[k].n);
	return err;
}

enum gh_err terminal_info_store(struct terminal_worker *w, struct gh_terminal *t,
				bool *unstored)
{
	struct terminal_batch b = { .worker = w, .table = GH_LIT("options") };
	struct gh_terminal_info info;
	enum gh_err err = gh_terminal_info(t, &info);

	*unstored = err == GH_OK;
	if (err)
		return err;
	err = control_info_put(&b, &info);
	if (err == GH_OK)
		return terminal_batch_end(&b);
	terminal_batch_drop(&b);
	return err;
}

enum gh_err terminal_command_read_info(struct terminal_execution *x)
{
	bool unstored;
	enum gh_err err = terminal_info_store(x->worker, x->terminal, &unstored);

	x->stored = err && unstored;
	return err;
}

enum gh_err terminal_command_set_option(struct terminal_execution *x)
{
	char name[64], value[GH_TEXT_SIZE];
	gh_slice key = gh_slice_trim(terminal_argument(x, ARGUMENT_name)), text;

	if (!command_argument(x->command->arguments, ARGUMENT_value, &text))
		return terminal_refuse(x, GH_EINVALID, "not NAME=VALUE");
	if (key.n == 0 || key.n >= sizeof(name) || text.n >= sizeof(value))
		return terminal_refuse(x, GH_EINVALID, "name or value is too long, or missing");
	memcpy(name, key.p, key.n);
	name[key.n] = 0;
	memcpy(value, text.p, text.n);
	value[text.n] = 0;
	return gh_terminal_option_set(x->terminal, name, value);
}

enum gh_err terminal_command_reload_options(struct terminal_execution *x)
{
	return gh_terminal_refresh(x->terminal);
}

/* --- the device itself --- */

/* As the documents number them (Attendance PUSH 2020-03, 12.6.1). */
static enum gh_err enroll_failed(struct terminal_execution *x, enum gh_err err)
{
	static const struct {
		enum gh_err err;
		int64_t code;
	} row[] = {
		{ GH_EEXISTS, 5 },
		{ GH_EDENIED, 4 },
		{ GH_ETIMEOUT, 6 },
		{ GH_EBUSY, 7 },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		if (row[i].err != err || !gh_terminal_is_connected(x->terminal))
			continue;
		x->code = row[i].code;
		return terminal_refuse(x, GH_OK, "%s", gh_terminal_error(x->terminal)->text);
	}
	return err;
}

enum gh_err terminal_command_enroll_finger(struct terminal_execution *x)
{
	int64_t finger, overwrite;
	char pin[GH_PIN_SIZE];
	enum gh_err err = terminal_command_pin(x, terminal_argument(x, ARGUMENT_pin), pin);

	if (err)
		return err;
	if (!command_argument_number(x->command->arguments, ARGUMENT_finger, &finger) ||
	    finger >= GH_FINGERS)
		return terminal_refuse(x, GH_EINVALID, "FID is not a number from 0 to 9");
	if (command_argument_number(x->command->arguments, ARGUMENT_overwrite, &overwrite) &&
	    overwrite) {
		err = gh_terminal_template_delete(x->terminal, pin, (unsigned)finger);
		if (err && err != GH_ENOTFOUND)
			return err;
	}
	err = gh_terminal_enroll(x->terminal, pin, (unsigned)finger, NULL, NULL);
	return err ? enroll_failed(x, err) : GH_OK;
}

enum gh_err terminal_command_unlock_door(struct terminal_execution *x)
{
	int64_t seconds;

	if (!command_argument_number(x->command->arguments, ARGUMENT_seconds, &seconds))
		return gh_terminal_unlock(x->terminal, UNLOCK_TENTHS);
	if (seconds < 1 || seconds > UNLOCK_SECONDS_MAX)
		return terminal_refuse(x, GH_EINVALID,
				       "a terminal's door opens for 1 to %d "
				       "seconds",
				       UNLOCK_SECONDS_MAX);
	return gh_terminal_unlock(x->terminal, (unsigned)seconds * 10);
}

enum gh_err terminal_command_restart(struct terminal_execution *x)
{
	enum gh_err err = gh_terminal_restart(x->terminal);

	x->over = err == GH_OK;
	return err;
}
