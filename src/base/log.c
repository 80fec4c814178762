#include "base/log.h"

#include "base/civil_time.h"
#include "base/clock.h"
#include "base/json.h"

#define VALUE_MAX 200

static const char *const level_name[LOG_LEVELS] = { "error", "warning", "info", "debug" };

enum log_level log_level_of(const char *name)
{
	enum log_level l = 0;

	while (l < LOG_LEVELS && strcmp(name, level_name[l]) != 0)
		l++;
	return l;
}

static gh_slice log_cut(gh_slice s)
{
	return s.n > VALUE_MAX ? (gh_slice){ s.p, VALUE_MAX } : s;
}

static void log_put_json(FILE *to, int64_t now_ms, enum log_level level, const char *event,
			 const struct log_value *v)
{
	struct json j = json_with_limit(16384);

	json_object(&j);
	json_key(&j, "time");
	json_utc_ms(&j, now_ms);
	json_key(&j, "level");
	json_string(&j, gh_slice_of(level_name[level]));
	json_key(&j, "event");
	json_string(&j, gh_slice_of(event));
	for (; v->key; v++) {
		json_key(&j, v->key);
		json_string(&j, log_cut(v->text));
	}
	json_object_end(&j);
	if (j.text.err == GH_OK)
		fprintf(to, "%.*s\n", GH_FMT(json_text(&j)));
	json_clear(&j);
}

static bool log_is_plain(gh_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] == '"' || s.p[i] == '\\' || s.p[i] == 0x7F)
			return false;
	return s.n > 0;
}

static void log_put_text(FILE *to, int64_t now_ms, enum log_level level, const char *event,
			 const struct log_value *v)
{
	uint8_t stamp[40];
	struct ghi_writer w = ghi_writer_on(stamp, sizeof(stamp));

	ghi_put_utc(&w, now_ms / 1000);
	flockfile(to);
	fprintf(to, "%.*s %-7s %s", GH_FMT(ghi_written(&w)), level_name[level], event);
	for (; v->key; v++) {
		gh_slice text = log_cut(v->text);

		if (log_is_plain(text)) {
			fprintf(to, " %s=%.*s", v->key, GH_FMT(text));
			continue;
		}
		struct json j = json_with_limit(8 * VALUE_MAX);
		json_string(&j, text);
		if (j.text.err == GH_OK)
			fprintf(to, " %s=%.*s", v->key, GH_FMT(json_text(&j)));
		json_clear(&j);
	}
	fputc('\n', to);
	funlockfile(to);
}

void log_event(struct log *log, enum log_level level, const char *event,
	       const struct log_value *values)
{
	int64_t now_ms;

	if (log == NULL || (int)level > atomic_load_explicit(&log->level, memory_order_relaxed))
		return;
	now_ms = ghi_clock_wall_ms();
	if (log->json)
		log_put_json(log->to, now_ms, level, event, values);
	else
		log_put_text(log->to, now_ms, level, event, values);
	fflush(log->to);
}
