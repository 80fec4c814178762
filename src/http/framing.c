/* Where a request ends. libmicrohttpd takes the first Content-Length it meets, and prefers
 * Transfer-Encoding; a proxy in front may take another, and then one client's bytes become
 * another's request. Whatever can be read in two ways is refused. */
#include "base/number.h"
#include "http/exchange.h"

struct framing {
	unsigned lengths, encodings, hosts;
	uint64_t length;
	const char *fault;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void see_length(struct framing *f, gh_slice value)
{
	uint64_t n;

	if (ghi_number_parse(gh_slice_trim(value), UINT64_MAX - 1, &n) != GH_OK)
		f->fault = "Content-Length is not a number";
	else if (f->lengths && n != f->length)
		f->fault = "Content-Length is given twice, and differently";
	else
		f->length = n;
	f->lengths++;
}

static void see_encoding(struct framing *f, gh_slice value)
{
	if (f->encodings++ || !gh_slice_ieq(gh_slice_trim(value), GH_LIT("chunked")))
		f->fault = "Transfer-Encoding is not just \"chunked\"";
}

static enum MHD_Result see_line(void *cls, enum MHD_ValueKind kind, const char *name,
				size_t name_n, const char *value, size_t value_n)
{
	struct framing *f = cls;
	gh_slice key = { (const uint8_t *)name, name_n };
	gh_slice val = { (const uint8_t *)value, value_n };
	bool stray = false;

	(void)kind;
	while (key.n && is_blank((char)key.p[key.n - 1])) {
		stray = true;
		key.n--;
	}
	if (key.n == 4 && gh_slice_ieq(key, GH_LIT("Host"))) {
		f->hosts++;
	} else if (key.n == 14 && gh_slice_ieq(key, GH_LIT("Content-Length"))) {
		see_length(f, val);
	} else if (key.n == 17 && gh_slice_ieq(key, GH_LIT("Transfer-Encoding"))) {
		see_encoding(f, val);
	} else {
		return MHD_YES;
	}
	if (stray)
		f->fault = "a header name ends in a blank";
	return MHD_YES;
}

/* What lenient listeners let pass (QUIRKS Q1, Q3). */
static const char *strict_fault(const struct http_request *r, const struct framing *f)
{
	if (memchr(r->target, ' ', r->target_n))
		return "the request target contains a blank";
	if (f->hosts > 1 || (f->hosts == 0 && strcmp(r->version, "HTTP/1.0") != 0))
		return "there is not exactly one Host";
	return NULL;
}

const char *framing_judge(struct http_request *r)
{
	struct framing f = { 0 };

	/* libmicrohttpd hands out the target as a C string, and the version behind it. */
	if (r->version - 1 - r->raw_target != (ptrdiff_t)r->target_n)
		return "the request target contains a NUL";
	MHD_get_connection_values_n(r->connection, MHD_HEADER_KIND, see_line, &f);
	if (f.encodings && f.lengths)
		return "both Content-Length and Transfer-Encoding are given";
	if (f.encodings && strcmp(r->version, "HTTP/1.0") == 0)
		return "Transfer-Encoding is given in HTTP/1.0";
	if (f.fault)
		return f.fault;
	r->chunked = f.encodings != 0;
	r->length = f.length;
	r->body_comes = r->chunked || f.length != 0;
	return r->listener->config.lenient ? NULL : strict_fault(r, &f);
}
