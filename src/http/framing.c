/* Where a request ends. libmicrohttpd uses the first Content-Length, and prefers
 * Transfer-Encoding; a proxy in front may choose otherwise, and then the bytes of one client
 * become the request of another. A request that is ambiguous is refused.
 *
 * Chunks are read by the library. It ends a chunk's line at LF alone too, which later ones refuse only where
 * they read strictly; so a request with chunks is the last of its connection. A chunk extension is left out
 * before version 0.9.77.1 and makes the request a 400 in version 1.0, which takes the end of its line for the
 * chunk's first byte. */
#include "base/number.h"
#include "http/http_private.h"

#define BLANKS_MOST 64 /* behind a colon */

struct framing {
	unsigned lengths, encodings, hosts;
	size_t size; /* of the lines, with their ends */
	uint64_t length;
	const char *fault;
	const char *provided; /* the value of a Host that is not the peer's */
	bool unfolds;	      /* the library makes blanks of the line ends in folded lines */
};

static bool framing_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* RFC 9110, 5.6.2. */
static bool framing_is_token(gh_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7F || strchr("\"(),/:;<=>?@[\\]{}", s.p[i]))
			return false;
	return s.n > 0;
}

/* The blanks between the colon of a line and its value. The library splits lines where they lie, so they are
 * between the two parts in memory. Where something else is there, a part has been moved, as those of folded
 * lines are: then it is the one blank that most clients write. */
static size_t framing_blanks(const char *name, size_t name_n, const char *value)
{
	const char *at = name + name_n + 1;
	size_t n =
		(uintptr_t)value >= (uintptr_t)at ? (uintptr_t)value - (uintptr_t)at : SIZE_MAX;

	if (n > BLANKS_MOST)
		return 1;
	for (size_t i = 0; i < n; i++)
		if (!framing_is_blank(at[i]))
			return 1;
	return n;
}

/* Where a folded line looks like one with blanks, those that define the end of the body have one blank. */
static size_t framing_expected_blanks(const struct framing *f, gh_slice name, const char *value)
{
	if (f->unfolds && (gh_slice_istarts(name, GH_LIT("Content-Length")) ||
			   gh_slice_istarts(name, GH_LIT("Transfer-Encoding"))))
		return 1;
	return framing_blanks((const char *)name.p, name.n, value);
}

/* The library appends what a folded line goes on with to the name of the line. */
static const char *framing_name_fault(gh_slice name, gh_slice value)
{
	if (name.n == 0)
		return "a header line has no name";
	if (!framing_is_token(name))
		return "a header name is malformed, or its line is folded";
	if (gh_slice_istarts(name, GH_LIT("Content-Length")) ||
	    gh_slice_istarts(name, GH_LIT("Transfer-Encoding")))
		return "Content-Length or Transfer-Encoding is mangled, or its line is folded";
	if (value.n && memchr(value.p, 0, value.n))
		return "a header value contains a NUL";
	return NULL;
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
	const char *fault;
	bool stray = false;

	(void)kind;
	if (value == f->provided)
		return MHD_YES;
	f->size += name_n + 1 + framing_expected_blanks(f, key, value) + value_n + 2;
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
		fault = framing_name_fault(key, val);
		if (fault)
			f->fault = fault;
		return MHD_YES;
	}
	if (val.n && memchr(val.p, 0, val.n))
		f->fault = "a header value contains a NUL";
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

/* Up to version 0.9.77 the library ends a line at a NUL, the head at a line without a name, and drops
 * what is between the parts of a folded line; later ones drop lines without a colon, and blanks at both
 * ends of a value, where a folded line has them. Only the size of the head shows it. One byte too much is
 * passed over, and with a later library any number in a request without a body. Where the size is another
 * than expected, something may be hidden, and the connection is used no further. */
static const char *framing_size_fault(struct http_request *r, const struct framing *f)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	size_t expected = strlen(r->method) + r->line_n + strlen(r->version) + 6 + f->size;

	if (info && info->header_size > expected + 1 &&
	    (!r->listener->library_is_strict || f->lengths || f->encodings))
		return "the head holds bytes that are in none of its lines";
	if (info && info->header_size != expected)
		r->close_after = true;
	return NULL;
}

const char *framing_check(struct http_request *r)
{
	const char *fault;
	struct framing f = { .unfolds = r->listener->library_is_strict,
			     .provided = r->host_provided };

	MHD_get_connection_values_n(r->connection, MHD_HEADER_KIND, framing_header_add, &f);
	if (f.encodings && f.lengths)
		return "both Content-Length and Transfer-Encoding are given";
	if (f.encodings && strcmp(r->version, "HTTP/1.0") == 0)
		return "Transfer-Encoding is given in HTTP/1.0";
	fault = f.fault ? f.fault : framing_size_fault(r, &f);
	if (fault)
		return fault;
	r->chunked = f.encodings != 0;
	/* A chunk's line may end in LF alone, except where a later library reads strictly. Who reads it
	 * differently finds another end of the body; nothing after that end is taken for a request. */
	if (r->chunked && (!r->listener->library_is_strict || r->listener->config.lenient))
		r->close_after = true;
	r->length = f.length;
	r->body_comes = r->chunked || f.length != 0;
	return r->listener->config.lenient ? NULL : framing_strict_fault(r, &f);
}
