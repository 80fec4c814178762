#include "base/json.h"

#include "base/civil_time.h"
#include "base/hex.h"
#include "base/text.h"
#include "base/writer.h"

static void json_put(struct json *j, const void *p, size_t n)
{
	buffer_add(&j->text, (gh_slice){ p, n });
}

/* Before each value: the comma that separates it from the previous one. */
static void json_put_comma(struct json *j)
{
	if (j->comma)
		json_put(j, ",", 1);
	j->comma = true;
}

void json_object(struct json *j)
{
	json_put_comma(j);
	json_put(j, "{", 1);
	j->comma = false;
}

void json_object_end(struct json *j)
{
	json_put(j, "}", 1);
	j->comma = true;
}

void json_array(struct json *j)
{
	json_put_comma(j);
	json_put(j, "[", 1);
	j->comma = false;
}

void json_array_end(struct json *j)
{
	json_put(j, "]", 1);
	j->comma = true;
}

static void json_put_string(struct json *j, gh_slice s)
{
	json_put(j, "\"", 1);
	while (s.n && j->text.err == GH_OK) {
		size_t plain = 0;

		while (plain < s.n && s.p[plain] >= 0x20 && s.p[plain] < 0x7F &&
		       s.p[plain] != '"' && s.p[plain] != '\\')
			plain++;
		if (plain) {
			json_put(j, s.p, plain);
			s = gh_slice_from(s, plain);
			continue;
		}
		size_t n = ghi_utf8_length(s);
		if (s.p[0] >= 0x80) {
			json_put(j, n ? (const char *)s.p : "\xEF\xBF\xBD", n ? n : 3);
		} else if (s.p[0] == '"' || s.p[0] == '\\') {
			json_put(j, (char[]){ '\\', (char)s.p[0] }, 2);
		} else {
			json_put(j,
				 (char[]){ '\\', 'u', '0', '0', ghi_hex_digit(s.p[0] >> 4),
					   ghi_hex_digit(s.p[0]) },
				 6);
		}
		s = gh_slice_from(s, n ? n : 1);
	}
	json_put(j, "\"", 1);
}

void json_key(struct json *j, const char *key)
{
	json_put_comma(j);
	json_put_string(j, gh_slice_of(key));
	json_put(j, ":", 1);
	j->comma = false;
}

void json_string(struct json *j, gh_slice s)
{
	json_put_comma(j);
	json_put_string(j, s);
}

void json_raw(struct json *j, gh_slice s)
{
	json_put_comma(j);
	json_put(j, s.p, s.n);
}

void json_int(struct json *j, int64_t v)
{
	uint8_t text[24];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	ghi_put_signed(&w, v);
	json_raw(j, ghi_written(&w));
}

void json_bool(struct json *j, bool v)
{
	json_raw(j, v ? GH_LIT("true") : GH_LIT("false"));
}

void json_null(struct json *j)
{
	json_raw(j, GH_LIT("null"));
}

/* A moment without a text is null. */
static void json_put_moment(struct json *j, const struct ghi_writer *w)
{
	if (w->err)
		json_null(j);
	else
		json_string(j, ghi_written(w));
}

void json_utc(struct json *j, int64_t seconds)
{
	uint8_t text[40];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	ghi_put_utc(&w, seconds);
	json_put_moment(j, &w);
}

void json_utc_ms(struct json *j, int64_t ms)
{
	uint8_t text[40];
	struct ghi_writer w = ghi_writer_on(text, sizeof(text));

	ghi_put_utc_ms(&w, ms);
	json_put_moment(j, &w);
}
