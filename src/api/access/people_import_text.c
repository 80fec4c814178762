/* The body of an import as UTF-8. */
#include "api/access/people_import.h"
#include "base/text.h"
#include "base/utf16.h"

/* Of the parameter, or of Content-Type; empty: none is given. */
static gh_slice charset_given(struct call *c)
{
	gh_slice type, one, given = call_param(c, PARAM_charset)->s;

	if (given.n || !http_header(c->r, "Content-Type", &type))
		return given;
	while (gh_slice_cut(type, ';', &one, &type) || one.n) {
		one = gh_slice_trim(one);
		if (gh_slice_istarts(one, GH_LIT("charset="))) {
			given = gh_slice_from(one, 8);
			if (given.n > 1 && given.p[0] == '"' && given.p[given.n - 1] == '"')
				given = (gh_slice){ given.p + 1, given.n - 2 };
			return given;
		}
		if (type.n == 0)
			break;
	}
	return (gh_slice){ 0 };
}

static bool body_convert(struct people_import *m, gh_slice charset)
{
	char *from = g_strndup((const char *)charset.p, charset.n);
	gh_slice out = { 0 };
	enum gh_err err = ghi_text_convert("UTF-8", from, http_body(m->c->r), &out);

	g_free(from);
	m->converted = (uint8_t *)(uintptr_t)out.p;
	m->body = out;
	if (err == GH_EUNSUPPORTED)
		call_fail_param(m->c, PARAM_charset,
				"is no character set that is known: \"%.*s\"", GH_FMT(charset));
	else if (err == GH_EMALFORMED)
		call_fail(m->c, ERROR_body_malformed, "The file is not in %.*s.",
			  GH_FMT(charset));
	else if (err)
		call_fail_err(m->c, err);
	return err == GH_OK;
}

/* By its mark, or by where its first letter has a zero byte. */
static bool body_utf16(struct people_import *m)
{
	gh_slice body = http_body(m->c->r);
	struct ghi_utf16 t = { 0 };
	size_t mark;
	enum ghi_text_form form = ghi_text_form_of(body, &mark);
	uint8_t *to;

	m->body = gh_slice_from(body, mark);
	if (form == GHI_TEXT_BYTES)
		return true;
	to = m->converted = malloc(GHI_UTF16_ROOM(m->body.n));
	if (to == NULL) {
		call_fail_err(m->c, GH_ENOMEM);
		return false;
	}
	t.big = form == GHI_TEXT_UTF16_BE;
	m->body = (gh_slice){ to, ghi_utf16_read(&t, m->body, to) };
	return true;
}

bool import_decode(struct people_import *m)
{
	gh_slice charset = charset_given(m->c);
	size_t good;
	long long line = 1;

	if (gh_slice_starts(http_body(m->c->r), GH_LIT("PK\003\004"))) {
		call_fail(m->c, ERROR_body_malformed,
			  "The file is a workbook or an archive, which is not read. Save it as "
			  "CSV.");
		return false;
	}
	if (charset.n && !gh_slice_ieq(charset, GH_LIT("utf-8")) &&
	    !gh_slice_ieq(charset, GH_LIT("utf8")))
		return body_convert(m, charset);
	if (!body_utf16(m))
		return false;
	good = ghi_text_utf8_prefix(m->body);
	for (size_t i = 0; i < good; i++)
		line += m->body.p[i] == '\n';
	if (good < m->body.n)
		call_fail(m->c, ERROR_body_malformed,
			  "The file is not UTF-8, in line %lld. The parameter charset names "
			  "another character set, as charset=windows-1252.",
			  line);
	return good == m->body.n;
}
