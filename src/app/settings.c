#include "app/settings.h"

#include <argp.h>
#include <arpa/inet.h>
#include <ctype.h>
#include <glib.h>
#include <stdlib.h>

#include "base/number.h"
#include "base/zone.h"

static const struct {
	const char *flag, *arg, *value, *help;
} facts[SETTING_COUNT] = {
#define SETTING(ID, flag, arg, value, help) { flag, arg, value, help },
#include "app/setting.def"
#undef SETTING
};

#define KEY_CONFIG 'c'
#define KEY_FIRST 0x100 /* above every letter, so that argp shows no short option */

static void complain(enum setting id, const char *value, const char *why)
{
	fprintf(stderr, "gatehouse: %s is \"%s\": %s\n", facts[id].flag, value, why);
}

/* --- one value, checked --- */

static bool number(const struct settings *s, enum setting id, uint64_t min, uint64_t max,
		   uint64_t *out)
{
	char why[96];

	if (ghi_number_parse(gh_slice_of(s->value[id]), max, out) == GH_OK && *out >= min)
		return true;
	snprintf(why, sizeof(why), "must be a number from %llu to %llu",
		 (unsigned long long)min, (unsigned long long)max);
	complain(id, s->value[id], why);
	return false;
}

/* Which of the words in "one|two|three" it is. */
static bool choice(const struct settings *s, enum setting id, int *out)
{
	gh_slice words = gh_slice_of(facts[id].arg), word;
	gh_slice value = gh_slice_of(s->value[id]);

	for (*out = 0; words.n; (*out)++) {
		gh_slice_cut(words, '|', &word, &words);
		if (gh_slice_eq(word, value))
			return true;
	}
	char why[96];
	snprintf(why, sizeof(why), "must be one of %s", facts[id].arg);
	complain(id, s->value[id], why);
	return false;
}

/* "ADDR:PORT", "[ADDR]:PORT" or "PORT". */
static bool address(const struct settings *s, enum setting id, struct address *out)
{
	const char *text = s->value[id], *colon = strrchr(text, ':');
	struct in6_addr any;
	uint64_t port;

	if (colon == NULL) {
		snprintf(out->host, sizeof(out->host), "0.0.0.0");
	} else {
		size_t n = (size_t)(colon - text);
		bool bracket = n >= 2 && text[0] == '[' && colon[-1] == ']';

		if (n >= sizeof(out->host)) {
			complain(id, text, "the address is too long");
			return false;
		}
		snprintf(out->host, sizeof(out->host), "%.*s", (int)(bracket ? n - 2 : n),
			 bracket ? text + 1 : text);
		if (n == 0)
			snprintf(out->host, sizeof(out->host), "0.0.0.0");
		if (strcmp(out->host, "localhost") == 0)
			snprintf(out->host, sizeof(out->host), "127.0.0.1");
		if (inet_pton(AF_INET, out->host, &any) != 1 &&
		    inet_pton(AF_INET6, out->host, &any) != 1) {
			complain(id, text,
				 "the address must be numeric, such as 0.0.0.0 or [::]");
			return false;
		}
	}
	if (ghi_number_parse(gh_slice_of(colon ? colon + 1 : text), 65535, &port) != GH_OK) {
		complain(id, text, "must be ADDR:PORT with a port from 0 to 65535");
		return false;
	}
	out->port = (uint16_t)port;
	return true;
}

static bool zone(struct settings *s)
{
	struct zone *z;

	if (s->value[SETTING_ZONE][0] == '\0') {
		s->server.zone = zone_system_name();
		return true;
	}
	if (zone_open(gh_slice_of(s->value[SETTING_ZONE]), &z) != GH_OK) {
		complain(SETTING_ZONE, s->value[SETTING_ZONE],
			 "no such time zone; try a name such as Europe/Istanbul, or +05:30");
		return false;
	}
	zone_close(z);
	s->server.zone = s->value[SETTING_ZONE];
	return true;
}

static bool tls_pair(const struct settings *s, enum setting cert, enum setting key)
{
	if ((s->value[cert][0] == '\0') == (s->value[key][0] == '\0'))
		return true;
	complain(cert, s->value[cert], "certificate and key go together");
	return false;
}

static bool check(struct settings *s)
{
	struct server_settings *h = &s->server;
	uint64_t delay, error_delay, interval, ttl, retry, tries, connections, devices, body,
		memory, idle, threads, terminals;
	int new_devices, comm_key, realtime, format, level;

	/* All of them, so that every mistake is told of at once. */
	bool ok = true;
	ok &= address(s, SETTING_LISTEN, &s->listen);
	ok &= address(s, SETTING_ADMIN, &s->admin);
	ok &= choice(s, SETTING_NEW_DEVICES, &new_devices);
	ok &= choice(s, SETTING_COMM_KEY, &comm_key);
	ok &= choice(s, SETTING_REALTIME, &realtime);
	ok &= choice(s, SETTING_LOG_FORMAT, &format);
	ok &= choice(s, SETTING_LOG_LEVEL, &level);
	ok &= number(s, SETTING_DELAY, 1, 86400, &delay);
	ok &= number(s, SETTING_ERROR_DELAY, 1, 86400, &error_delay);
	ok &= number(s, SETTING_TRANS_INTERVAL, 0, 1440, &interval);
	ok &= number(s, SETTING_COMMAND_TTL, 1, UINT32_MAX, &ttl);
	ok &= number(s, SETTING_COMMAND_RETRY, 1, 86400, &retry);
	ok &= number(s, SETTING_COMMAND_TRIES, 1, 1000, &tries);
	ok &= number(s, SETTING_CONNECTIONS, 1, 1000000, &connections);
	ok &= number(s, SETTING_DEVICES, 1, 10000000, &devices);
	ok &= number(s, SETTING_TERMINALS, 0, 10000, &terminals);
	ok &= number(s, SETTING_BODY_LIMIT, 4096, 1u << 30, &body);
	ok &= number(s, SETTING_MEMORY_LIMIT, 4096, UINT64_C(1) << 40, &memory);
	ok &= number(s, SETTING_IDLE_TIMEOUT, 1, 86400, &idle);
	ok &= number(s, SETTING_THREADS, 1, 64, &threads);
	ok &= zone(s);
	ok &= tls_pair(s, SETTING_TLS_CERT, SETTING_TLS_KEY);
	ok &= tls_pair(s, SETTING_ADMIN_TLS_CERT, SETTING_ADMIN_TLS_KEY);
	if (!ok)
		return false;
	h->new_devices = (enum new_devices)new_devices;
	h->comm_key_required = comm_key == 1;
	h->delay_s = (uint32_t)delay;
	h->error_delay_s = (uint32_t)error_delay;
	h->trans_interval_min = (uint32_t)interval;
	h->trans_times = s->value[SETTING_TRANS_TIMES];
	h->realtime = realtime == 0;
	h->command_ttl_ms = (int64_t)ttl * 1000;
	h->command_retry_ms = (int64_t)retry * 1000;
	h->command_tries = (int32_t)tries;
	/* PUSH SDK 2013, 3.2.4: at most 200 commands and 40 KB a reply. */
	h->batch_commands = 200;
	h->batch_bytes = 40u << 10;
	h->devices_max = devices;
	s->connections = (uint32_t)connections;
	s->idle_timeout_s = (uint32_t)idle;
	s->threads = (uint32_t)threads;
	s->terminals = (uint32_t)terminals;
	s->body_limit = body;
	s->memory_limit = memory;
	s->log_json = format == 1;
	s->log_level = (enum log_level)level;
	s->one_listener = s->listen.port && s->listen.port == s->admin.port &&
			  strcmp(s->listen.host, s->admin.host) == 0;
	return true;
}

/* --- where a value comes from --- */

static const char *from_environment(enum setting id)
{
	char name[64] = "GATEHOUSE_";
	size_t n = strlen(name);

	for (const char *at = facts[id].flag; *at && n < sizeof(name) - 1; at++)
		name[n++] = *at == '-' ? '_' : (char)toupper((unsigned char)*at);
	name[n] = '\0';
	const char *value = getenv(name);
	return value == NULL && id == SETTING_LISTEN ? getenv("PORT") : value;
}

static GKeyFile *open_file(const char *path)
{
	GKeyFile *file = g_key_file_new();
	GError *error = NULL;

	if (path && !g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &error)) {
		fprintf(stderr, "gatehouse: configuration %s: %s\n", path, error->message);
		g_error_free(error);
		g_key_file_free(file);
		return NULL;
	}
	return file;
}

/* A misspelt key would otherwise be a setting that silently does nothing. */
static bool only_known_keys(GKeyFile *file, const char *path)
{
	char **keys = g_key_file_get_keys(file, "serve", NULL, NULL);
	bool ok = true;

	for (char **key = keys; key && *key && ok; key++) {
		ok = false;
		for (size_t i = 0; i < SETTING_COUNT && !ok; i++)
			ok = strcmp(*key, facts[i].flag) == 0;
		if (!ok)
			fprintf(stderr, "gatehouse: configuration %s: no such setting: %s\n",
				path, *key);
	}
	g_strfreev(keys);
	return ok;
}

/* Text in quotes, as TOML writes it, and bare text mean the same. */
static char *from_file(GKeyFile *file, enum setting id)
{
	char *text = g_key_file_get_value(file, "serve", facts[id].flag, NULL);
	size_t n = text ? strlen(text) : 0;

	if (n >= 2 && text[0] == '"' && text[n - 1] == '"') {
		memmove(text, text + 1, n - 2);
		text[n - 2] = '\0';
	}
	return text;
}

static bool gather(struct settings *s)
{
	GKeyFile *file = open_file(s->config);

	if (file == NULL || !only_known_keys(file, s->config)) {
		if (file)
			g_key_file_free(file);
		return false;
	}
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		const char *environment = from_environment((enum setting)i);
		char *in_file = from_file(file, (enum setting)i);
		const char *value = s->flag[i]	  ? s->flag[i]
				    : environment ? environment
				    : in_file	  ? in_file
						  : facts[i].value;

		g_free(s->value[i]);
		s->value[i] = g_strdup(value);
		g_free(in_file);
	}
	g_key_file_free(file);
	return check(s);
}

static error_t take(int key, char *arg, struct argp_state *state)
{
	struct settings *s = state->input;

	if (key == KEY_CONFIG) {
		g_free(s->config);
		s->config = g_strdup(arg);
	} else if (key >= KEY_FIRST && key < KEY_FIRST + SETTING_COUNT) {
		g_free(s->flag[key - KEY_FIRST]);
		s->flag[key - KEY_FIRST] = g_strdup(arg);
	} else if (key == ARGP_KEY_ARG) {
		argp_error(state, "unexpected argument: %s", arg);
	} else {
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

int settings_parse(struct settings *s, int argc, char **argv)
{
	struct argp_option options[SETTING_COUNT + 2] = { 0 };
	char *help[SETTING_COUNT];
	struct argp argp = {
		.options = options,
		.parser = take,
		.doc = "Serve devices that call home, and the people and programs that want "
		       "their data.\vEvery option is also an environment variable "
		       "(GATEHOUSE_LISTEN for --listen) and a key in the [serve] group of the "
		       "configuration file. SIGTERM ends the server in good order; SIGHUP "
		       "reads "
		       "the configuration again.",
	};

	*s = (struct settings){ 0 };
	options[0] = (struct argp_option){
		"config", KEY_CONFIG, "FILE", 0, "read settings from FILE", 0
	};
	for (size_t i = 0; i < SETTING_COUNT; i++) {
		help[i] = facts[i].value[0]
				  ? g_strdup_printf("%s (%s)", facts[i].help, facts[i].value)
				  : g_strdup(facts[i].help);
		options[i + 1] = (struct argp_option){ facts[i].flag, KEY_FIRST + (int)i,
						       facts[i].arg,  0,
						       help[i],	      0 };
	}
	argv[0] = (char *)(uintptr_t) "gatehouse serve";
	argp_err_exit_status = 2;
	error_t bad = argp_parse(&argp, argc, argv, 0, NULL, s);
	for (size_t i = 0; i < SETTING_COUNT; i++)
		g_free(help[i]);
	if (bad == 0 && s->config == NULL && getenv("GATEHOUSE_CONFIG"))
		s->config = g_strdup(getenv("GATEHOUSE_CONFIG"));
	if (bad || !gather(s)) {
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
	if (gather(fresh))
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
