#include "app/settings/settings.h"

#include <argp.h>
#include <glib.h>
#include <sched.h>
#include <stdlib.h>

#include "app/settings/configuration.h"
#include "base/zone.h"

#define THREADS_MOST 64

enum { SYNC_WORD_UNITS, SYNC_WORD_AUTO, SYNC_WORD_PLAN }; /* as setting.def has them */

#define KEY_CONFIG 'c'
#define KEY_CHECK 0x80
#define KEY_FIRST 0x100 /* above every letter, so that argp shows no short option */

/* The variable of a value, for the message about a wrong one. */
struct source {
	char variable[SETTING_VARIABLE_SIZE];
};

/* --- what is wrong --- */

static void setting_complain(const struct settings *s, enum setting id,
			     const struct source *source, const char *expected)
{
	const struct setting_row *row = setting_row(id);
	const char *value = s->value[id];

	switch (s->origin[id]) {
	case ORIGIN_FILE:
		fprintf(stderr, "gatehouse: %s: [%s] %s = %s: expected %s\n", s->config,
			setting_group_name(row->group), row->name, value, expected);
		break;
	case ORIGIN_VARIABLE:
		fprintf(stderr, "gatehouse: variable %s is \"%s\": expected %s\n",
			source->variable, value, expected);
		break;
	case ORIGIN_CREDENTIAL:
		fprintf(stderr, "gatehouse: credential gatehouse.%s: expected %s\n", row->name,
			expected);
		break;
	default:
		fprintf(stderr, "gatehouse: --%s is \"%s\": expected %s\n", row->name, value,
			expected);
		break;
	}
}

static bool settings_pairs_check(const struct settings *s, const struct source *source)
{
	static const enum setting pairs[][2] = {
#define SETTING_PAIR(one, other) { SETTING_##one, SETTING_##other },
#include "app/settings/setting.def"
#undef SETTING_PAIR
	};
	bool ok = true;

	for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
		bool one = *s->value[pairs[i][0]], other = *s->value[pairs[i][1]];
		enum setting given = pairs[i][one ? 0 : 1], missing = pairs[i][one ? 1 : 0];
		char expected[80];

		if (one == other)
			continue;
		snprintf(expected, sizeof(expected), "%s beside it",
			 setting_row(missing)->name);
		setting_complain(s, given, &source[given], expected);
		ok = false;
	}
	return ok;
}

/* All of them, so that every mistake is reported at once. */
static bool settings_check(const struct settings *s, const struct source *source,
			   union setting_value *parsed)
{
	bool ok = true;

	for (int i = 0; i < SETTING_COUNT; i++) {
		enum setting id = (enum setting)i;
		char expected[160];

		if (s->value[i] == NULL || setting_check(id, s->value[i], &parsed[i]))
			continue;
		setting_expected(id, expected, sizeof(expected));
		setting_complain(s, id, &source[i], expected);
		ok = false;
	}
	return settings_pairs_check(s, source) && ok;
}

/* --- what follows from the values --- */

static int64_t days_ms(uint64_t days)
{
	return (int64_t)days * 86400000;
}

/* How many the program may run on, which a container or taskset(1) may restrict. */
static uint32_t settings_processors(void)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof(set), &set) ? 1 : CPU_COUNT(&set);

	return n < 1 ? 1 : n > THREADS_MOST ? THREADS_MOST : (uint32_t)n;
}

static void settings_apply(struct settings *s, const union setting_value *v)
{
	s->listen = v[SETTING_LISTEN].address;
	s->admin = v[SETTING_ADMIN].address;
	s->one_listener = s->listen.port && s->listen.port == s->admin.port &&
			  strcmp(s->listen.host, s->admin.host) == 0;
	s->connections = (uint32_t)v[SETTING_CONNECTIONS].number;
	s->address_share = (uint32_t)v[SETTING_ADDRESS_SHARE].number;
	s->idle_timeout_s = (uint32_t)v[SETTING_IDLE_TIMEOUT].number;
	s->threads = (uint32_t)v[SETTING_THREADS].number;
	if (s->threads == 0)
		s->threads = settings_processors();
	s->terminals = (uint32_t)v[SETTING_TERMINALS].number;
	s->tls_oldest = (uint32_t)v[SETTING_TLS_OLDEST].number;
	s->body_limit = v[SETTING_BODY_LIMIT].number;
	s->memory_limit = v[SETTING_MEMORY_LIMIT].number;
	s->force = v[SETTING_FORCE].number == 0;
	s->unsafe_store = v[SETTING_UNSAFE_STORE].number == 0;
	s->log_json = v[SETTING_LOG_FORMAT].number == 1;
	s->log_level = (enum log_level)v[SETTING_LOG_LEVEL].number;
	s->server = (struct server_settings){
		.new_devices = (enum new_devices)v[SETTING_NEW_DEVICES].number,
		.zone = *s->value[SETTING_ZONE] ? s->value[SETTING_ZONE] : zone_system_name(),
		.clock = (enum clock_policy)v[SETTING_CLOCK].number,
		.comm_key_required = v[SETTING_DEVICE_KEYS].number == 1,
		.access_punches = s->value[SETTING_ACCESS_PUNCHES],
		.remote_identification =
			(enum identify_policy)v[SETTING_REMOTE_IDENTIFICATION].number,
		.access_account_h = (uint32_t)v[SETTING_ACCESS_ACCOUNT].number,
		.compare_h = (uint32_t)v[SETTING_COMPARE].number,
		.access_hold_s = (uint32_t)v[SETTING_ACCESS_HOLD].number,
		.allow_shell = v[SETTING_ALLOW_SHELL].number == 0,
		.remote_attendance = v[SETTING_REMOTE_ATTENDANCE].number == 1,
		.remote_stay_h = (uint32_t)v[SETTING_REMOTE_STAY].number,
		.background_verification = v[SETTING_BACKGROUND_VERIFICATION].number == 1,
		.verify_url = s->value[SETTING_VERIFY_URL],
		.key_proof = (enum key_proof)v[SETTING_KEY_PROOF].number,
		.access_token = (enum access_token_policy)v[SETTING_ACCESS_TOKEN].number,
		.sync = v[SETTING_SYNC].number == SYNC_WORD_PLAN ? SYNC_PLAN : SYNC_AUTO,
		.sync_clocks = v[SETTING_SYNC].number == SYNC_WORD_AUTO,
		.delay_s = (uint32_t)v[SETTING_DELAY].number,
		.error_delay_s = (uint32_t)v[SETTING_ERROR_DELAY].number,
		.trans_interval_min = (uint32_t)v[SETTING_TRANS_INTERVAL].number,
		.trans_times = s->value[SETTING_TRANS_TIMES],
		.realtime = v[SETTING_REALTIME].number == 0,
		.photo_base64 = v[SETTING_PHOTO_FORM].number == 1,
		.command_ttl_ms = (int64_t)v[SETTING_COMMAND_TTL].number * 1000,
		.command_retry_ms = (int64_t)v[SETTING_COMMAND_RETRY].number * 1000,
		.command_tries = (int32_t)v[SETTING_COMMAND_TRIES].number,
		/* PUSH SDK 2013, 3.2.4: at most 200 commands and 40 KB a reply. */
		.batch_commands = 200,
		.batch_bytes = 40u << 10,
		.devices_max = v[SETTING_DEVICES].number,
		.held_max = v[SETTING_HELD_DEVICES].number,
		.keep_ms = { [KEPT_UPLOADS] = days_ms(v[SETTING_KEEP_UPLOADS].number),
			     [KEPT_QUARANTINE] = days_ms(v[SETTING_KEEP_QUARANTINE].number),
			     [KEPT_COMMANDS] = days_ms(v[SETTING_KEEP_COMMANDS].number),
			     [KEPT_OPLOG] = days_ms(v[SETTING_KEEP_OPLOG].number),
			     [KEPT_PHOTOS] = days_ms(v[SETTING_KEEP_PHOTOS].number),
			     [KEPT_PUNCHES] = days_ms(v[SETTING_KEEP_PUNCHES].number),
			     [KEPT_ACCESS] = days_ms(v[SETTING_KEEP_ACCESS].number) },
		.held_age_ms = days_ms(v[SETTING_HELD_AGE].number),
	};
}

/* --- where a value comes from --- */

/* false: a message was printed. */
static bool settings_value_find(struct settings *s, const struct configuration *file,
				enum setting id, struct source *source)
{
	const char *variable = setting_from_environment(id, source->variable);
	char *in_file = configuration_value(file, id), *credential;
	const char *value = setting_row(id)->value;
	bool ok = setting_from_credential(id, &credential);

	s->origin[id] = s->flag[id]  ? ORIGIN_FLAG
			: variable   ? ORIGIN_VARIABLE
			: credential ? ORIGIN_CREDENTIAL
			: in_file    ? ORIGIN_FILE
				     : ORIGIN_DEFAULT;
	if (s->flag[id])
		value = s->flag[id];
	else if (variable)
		value = variable;
	else if (credential)
		value = credential;
	else if (in_file)
		value = in_file;
	g_free(s->value[id]);
	s->value[id] = g_strdup(value);
	g_free(credential);
	g_free(in_file);
	return ok;
}

static bool settings_gather(struct settings *s)
{
	struct source source[SETTING_COUNT] = { 0 };
	union setting_value parsed[SETTING_COUNT] = { 0 };
	struct configuration *file = configuration_open(s->config);

	if (file == NULL)
		return false;
	bool ok = configuration_check(file);
	for (int i = 0; i < SETTING_COUNT; i++)
		if (setting_row((enum setting)i)->group == SETTING_GROUP_SERVE)
			ok = settings_value_find(s, file, (enum setting)i, &source[i]) && ok;
	configuration_close(file);
	ok = settings_check(s, source, parsed) && ok;
	if (ok)
		settings_apply(s, parsed);
	return ok;
}

static error_t settings_take_option(int key, char *arg, struct argp_state *state)
{
	struct settings *s = state->input;

	if (key == KEY_CONFIG) {
		g_free(s->config);
		s->config = g_strdup(arg);
	} else if (key == KEY_CHECK) {
		s->check = true;
	} else if (key >= KEY_FIRST && key < KEY_FIRST + SETTING_COUNT) {
		g_free(s->flag[key - KEY_FIRST]);
		s->flag[key - KEY_FIRST] = g_strdup(arg ? arg : "yes");
	} else if (key == ARGP_KEY_ARG) {
		argp_error(state, "unexpected argument: %s", arg);
	} else {
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

int settings_parse(struct settings *s, int argc, char **argv)
{
	struct argp_option options[SETTING_COUNT + 3] = {
		{ "config", KEY_CONFIG, "FILE", 0, "read settings from FILE", 0 },
		{ "check", KEY_CHECK, NULL, 0,
		  "see whether settings and certificates are in order, and serve nothing", 0 },
	};
	size_t n = setting_options(SETTING_GROUP_SERVE, KEY_FIRST, 0, options + 2);
	struct argp argp = {
		.options = options,
		.parser = settings_take_option,
		.doc = "Serve devices that call this server, and people and programs that use "
		       "their data.\vEvery option is also an environment variable "
		       "(GATEHOUSE_LISTEN for --listen) and a key in the [serve] group of the "
		       "configuration file. SIGTERM ends the server in good order; SIGHUP "
		       "reads the configuration and the certificates again.",
	};

	*s = (struct settings){ 0 };
	argv[0] = (char *)(uintptr_t) "gatehouse serve";
	argp_err_exit_status = 2;
	error_t bad = argp_parse(&argp, argc, argv, 0, NULL, s);
	setting_options_free(options + 2, n);
	if (bad == 0 && s->config == NULL && getenv("GATEHOUSE_CONFIG"))
		s->config = g_strdup(getenv("GATEHOUSE_CONFIG"));
	if (bad || !settings_gather(s)) {
		settings_clear(s);
		return 2;
	}
	return 0;
}

bool settings_reload(const struct settings *s, struct settings *fresh)
{
	*fresh = (struct settings){ .config = g_strdup(s->config) };
	for (size_t i = 0; i < SETTING_COUNT; i++)
		fresh->flag[i] = g_strdup(s->flag[i]);
	if (settings_gather(fresh))
		return true;
	settings_clear(fresh);
	return false;
}

void settings_clear(struct settings *s)
{
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		g_free(s->flag[i]);
		g_free(s->value[i]);
	}
	g_free(s->config);
	*s = (struct settings){ 0 };
}
