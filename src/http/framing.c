/* Where a request ends. libmicrohttpd uses the first Content-Length, and prefers
 * Transfer-Encoding; a proxy in front may choose otherwise, and then the bytes of one client
 * become the request of another. A request that is ambiguous is refused.
 *
 * Chunks are read by the library. A chunk extension is left out before version 0.9.77.1 and
 * makes the request a 400 in version 1.0, which takes the end of its line for the chunk's first
 * byte.
 *
 * A NUL in the request line: version 0.9.77 of the library and later closes the connection;
 * before that the request target ends there, and nothing of what follows is read. */
#include "base/number.h"
#include "http/http_private.h"

struct framing {
	unsigned lengths, encodings, hosts;
	uint64_t length;
	const char *fault;
};

static bool framing_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void framing_length_add(struct framing *f, gh_slice value)
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

static void framing_encoding_add(struct framing *f, gh_slice value)
{
	if (f->encodings++ || !gh_slice_ieq(gh_slice_trim(value), GH_LIT("chunked")))
		f->fault = "Transfer-Encoding is not just \"chunked\"";
}

static enum MHD_Result framing_header_add(void *cls, enum MHD_ValueKind kind, const char *name,
					  size_t name_n, const char *value, size_t value_n)
{
	struct framing *f = cls;
	gh_slice key = { (const uint8_t *)name, name_n };
	gh_slice val = { (const uint8_t *)value, value_n };
	bool stray = false;

	(void)kind;
	while (key.n && framing_is_blank((char)key.p[key.n - 1])) {
		stray = true;
		key.n--;
	}
	if (key.n == 4 && gh_slice_ieq(key, GH_LIT("Host"))) {
		f->hosts++;
	} else if (key.n == 14 && gh_slice_ieq(key, GH_LIT("Content-Length"))) {
		framing_length_add(f, val);
	} else if (key.n == 17 && gh_slice_ieq(key, GH_LIT("Transfer-Encoding"))) {
		framing_encoding_add(f, val);
	} else {
		return MHD_YES;
	}
	if (stray)
		f->fault = "a header name ends in a blank";
	return MHD_YES;
}

/* What lenient listeners accept (QUIRKS Q1, Q3). */
static const char *framing_strict_fault(const struct http_request *r, const struct framing *f)
{
	if (memchr(r->target, ' ', r->target_n))
		return "the request target contains a blank";
	if (f->hosts > 1 || (f->hosts == 0 && strcmp(r->version, "HTTP/1.0") != 0))
		return "there is not exactly one Host";
	return NULL;
}

const char *framing_check(struct http_request *r)
{
	struct framing f = { 0 };

	MHD_get_connection_values_n(r->connection, MHD_HEADER_KIND, framing_header_add, &f);
	if (f.encodings && f.lengths)
		return "both Content-Length and Transfer-Encoding are given";
	if (f.encodings && strcmp(r->version, "HTTP/1.0") == 0)
		return "Transfer-Encoding is given in HTTP/1.0";
	if (f.fault)
		return f.fault;
	r->chunked = f.encodings != 0;
	r->length = f.length;
	r->body_comes = r->chunked || f.length != 0;
	return r->listener->config.lenient ? NULL : framing_strict_fault(r, &f);
}
