#include "sim/reply.h"

#include "base/number.h"

#include <stdlib.h>

#define HEAD_LIMIT ((size_t)16384)

void sim_reply_clear(struct sim_reply *r)
{
	free(r->p);
	*r = (struct sim_reply){ .limit = r->limit, .exact_case = r->exact_case };
}

static gh_slice reply_line_of(gh_slice *in)
{
	gh_slice line;

	gh_slice_cut(*in, '\n', &line, in);
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

bool sim_reply_header(const struct sim_reply *r, const char *name, gh_slice *value)
{
	gh_slice in = { r->p, r->head }, key, rest;
	gh_slice wanted = gh_slice_of(name);

	reply_line_of(&in);
	while (in.n) {
		if (!gh_slice_cut(reply_line_of(&in), ':', &key, &rest))
			continue;
		if (r->exact_case ? gh_slice_eq(key, wanted) : gh_slice_ieq(key, wanted)) {
			*value = gh_slice_trim(rest);
			return true;
		}
	}
	return false;
}

/* "HTTP/1.x NNN" */
static enum gh_err head_read(struct sim_reply *r)
{
	gh_slice in = { r->p, r->head }, version, rest, code, value;
	uint64_t number;

	if (!gh_slice_cut(reply_line_of(&in), ' ', &version, &rest) ||
	    !gh_slice_starts(version, GH_LIT("HTTP/1.")))
		return GH_EMALFORMED;
	gh_slice_cut(rest, ' ', &code, &rest);
	if (ghi_number_parse(code, 999, &number))
		return GH_EMALFORMED;
	r->status = (int)number;
	r->close = gh_slice_eq(version, GH_LIT("HTTP/1.0"));
	if (sim_reply_header(r, "Connection", &value))
		r->close = gh_slice_ieq(value, GH_LIT("close")) ||
			   (r->close && !gh_slice_ieq(value, GH_LIT("keep-alive")));
	r->declared = -1;
	if (sim_reply_header(r, "Transfer-Encoding", &value))
		r->chunked = gh_slice_ieq(value, GH_LIT("chunked"));
	else if (r->status == 204 || r->status == 304)
		r->declared = 0;
	else if (sim_reply_header(r, "Content-Length", &value)) {
		if (ghi_number_parse(value, r->limit, &number))
			return GH_EMALFORMED;
		r->declared = (int64_t)number;
	}
	return GH_OK;
}

static void head_find(struct sim_reply *r)
{
	for (size_t i = 0; i + 1 < r->n && r->head == 0; i++) {
		if (r->p[i] != '\n')
			continue;
		if (r->p[i + 1] == '\n')
			r->head = i + 2;
		else if (i + 2 < r->n && r->p[i + 1] == '\r' && r->p[i + 2] == '\n')
			r->head = i + 3;
	}
}

/* Join the chunks in place. GH_ETRUNCATED: more to come. */
static enum gh_err chunks_join(struct sim_reply *r, bool move)
{
	gh_slice in = { r->p + r->head, r->n - r->head };
	size_t length = 0;

	for (;;) {
		gh_slice line, size, extension;
		char digits[9] = { 0 }, *end;
		const uint8_t *newline = in.n ? memchr(in.p, '\n', in.n) : NULL;
		unsigned long n;

		if (newline == NULL)
			return GH_ETRUNCATED;
		line = reply_line_of(&in);
		gh_slice_cut(line, ';', &size, &extension);
		size = gh_slice_trim(size);
		if (size.n == 0 || size.n >= sizeof(digits))
			return GH_EMALFORMED;
		memcpy(digits, size.p, size.n);
		n = strtoul(digits, &end, 16);
		if (*end || n > r->limit)
			return GH_EMALFORMED;
		if (n == 0)
			break;
		if (in.n < n + 2)
			return GH_ETRUNCATED;
		if (move)
			memmove(r->p + r->head + length, in.p, n);
		length += n;
		in = gh_slice_from(in, n);
		reply_line_of(&in);
	}
	/* Trailers end with a blank line, as a head does. */
	for (;;) {
		if (in.n == 0 || memchr(in.p, '\n', in.n) == NULL)
			return GH_ETRUNCATED;
		if (reply_line_of(&in).n == 0)
			break;
	}
	r->length = length;
	return GH_OK;
}

static enum gh_err sim_reply_progress(struct sim_reply *r)
{
	enum gh_err err = GH_OK;

	if (r->head == 0) {
		head_find(r);
		if (r->head == 0)
			return r->n > HEAD_LIMIT ? GH_ETOOBIG : GH_OK;
		err = head_read(r);
		if (err)
			return err;
	}
	if (r->chunked) {
		err = chunks_join(r, false);
		if (err == GH_ETRUNCATED)
			return GH_OK;
		if (err == GH_OK)
			err = chunks_join(r, true);
		r->complete = err == GH_OK;
	} else if (r->declared >= 0 && r->n - r->head >= (size_t)r->declared) {
		r->length = (size_t)r->declared;
		r->complete = true;
	}
	return err;
}

enum gh_err sim_reply_feed(struct sim_reply *r, gh_slice bytes)
{
	if (bytes.n > r->limit - r->n)
		return GH_ETOOBIG;
	if (r->cap - r->n < bytes.n) {
		size_t cap = r->cap ? r->cap : 512;
		uint8_t *p;

		while (cap < r->n + bytes.n)
			cap *= 2;
		p = realloc(r->p, cap);
		if (p == NULL)
			return GH_ENOMEM;
		r->p = p;
		r->cap = cap;
	}
	if (bytes.n)
		memcpy(r->p + r->n, bytes.p, bytes.n);
	r->n += bytes.n;
	return r->complete ? GH_OK : sim_reply_progress(r);
}

enum gh_err sim_reply_end(struct sim_reply *r)
{
	r->close = true;
	if (r->complete)
		return GH_OK;
	if (r->head == 0 || r->chunked || r->declared >= 0)
		return GH_ETRUNCATED;
	r->length = r->n - r->head;
	r->complete = true;
	return GH_OK;
}
