/* How calls are refused. */
#include <stdarg.h>
#include <stdio.h>

#include "api/call.h"

static void details_write(struct json *j, const struct faults *faults)
{
	json_key(j, "details");
	json_array(j);
	for (size_t i = 0; i < faults->n && i < FAULTS; i++) {
		json_object(j);
		json_key(j, "field");
		json_string(j, gh_slice_of(faults->row[i].field));
		json_key(j, "message");
		json_string(j, gh_slice_of(faults->row[i].message));
		json_object_end(j);
	}
	json_array_end(j);
}

/* What the server could not do is for its administrator, too. */
static void failure_log(struct call *c, unsigned status, const char *code, const char *sentence)
{
	LOG(c->server->log, status >= 500 ? LOG_WARNING : LOG_DEBUG,
	    status >= 500 ? "request failed" : "request refused",
	    { "request", gh_slice_of(c->id) }, { "method", http_method(c->r) },
	    { "route", gh_slice_of(c->route ? c->route->path : "") },
	    { "code", gh_slice_of(code) }, { "reason", gh_slice_of(sentence) },
	    { "peer", http_peer(c->r) });
}

static void failure_write(struct json *j, enum error_code code, const char *sentence,
			  const struct faults *faults)
{
	const struct error_row *row = &error_rows[code];

	json_key(j, "error");
	json_string(j, gh_slice_of(sentence));
	json_key(j, "code");
	json_string(j, gh_slice_of(row->code));
	if (*row->hint) {
		json_key(j, "hint");
		json_string(j, gh_slice_of(row->hint));
	}
	if (faults)
		details_write(j, faults);
}

static void failure_reply(struct call *c, unsigned status, enum error_code code,
			  const char *sentence, const struct faults *faults)
{
	struct json j = json_with_limit(16384);

	failure_log(c, status, error_rows[code].code, sentence);
	json_object(&j);
	json_key(&j, "success");
	json_bool(&j, false);
	failure_write(&j, code, sentence, faults);
	json_key(&j, "requestId");
	json_string(&j, gh_slice_of(c->id));
	json_object_end(&j);
	http_reply(c->r, status, "application/json", json_text(&j));
	json_clear(&j);
}

void call_fail(struct call *c, enum error_code code, const char *text, ...)
{
	char sentence[512];
	va_list ap;

	va_start(ap, text);
	vsnprintf(sentence, sizeof(sentence), text, ap);
	va_end(ap);
	failure_reply(c, error_rows[code].status, code, sentence, NULL);
}

#define SENTENCE (FAULT_FIELD + FAULT_MESSAGE + 32)

/* "Field "zone" must be ….": the first fault, as a sentence. */
static void fault_sentence(char sentence[SENTENCE], const char *what, const struct fault *f)
{
	size_t end = strlen(f->message);
	const char *stop = end && strchr(".?!", f->message[end - 1]) ? "" : ".";

	if (*f->field)
		snprintf(sentence, SENTENCE, "%s \"%s\" %s%s", what, f->field, f->message,
			 stop);
	else
		snprintf(sentence, SENTENCE, "%s%s", f->message, stop);
}

static void faults_reply(struct call *c, enum error_code code, const char *what,
			 const struct faults *faults)
{
	const struct fault *f = &faults->row[0];
	char sentence[SENTENCE];

	fault_sentence(sentence, what, f);
	failure_reply(c, error_rows[code].status, code, sentence, *f->field ? faults : NULL);
}

void call_fault_json(struct json *j, enum error_code code, const struct faults *faults)
{
	const struct fault *f = &faults->row[0];
	char sentence[SENTENCE];

	fault_sentence(sentence, "Field", f);
	failure_write(j, code, sentence, *f->field ? faults : NULL);
}

void call_fail_faults(struct call *c, enum error_code code, const struct faults *faults)
{
	faults_reply(c, code, "Field", faults);
}

void call_fail_fault(struct call *c, enum error_code code, const struct fault *fault)
{
	faults_reply(c, code, "Field", &(struct faults){ .n = 1, .row = { *fault } });
}

void call_fail_field(struct call *c, enum error_code code, const char *field, const char *text,
		     ...)
{
	char message[FAULT_MESSAGE];
	struct fault f;
	va_list ap;

	va_start(ap, text);
	vsnprintf(message, sizeof(message), text, ap);
	va_end(ap);
	fault_set(&f, gh_slice_of(field), "%s", message);
	call_fail_fault(c, code, &f);
}

void call_fail_parameter(struct call *c, const struct fault *fault)
{
	faults_reply(c, ERROR_parameter_invalid, "Parameter",
		     &(struct faults){ .n = 1, .row = { *fault } });
}

void call_fail_param(struct call *c, enum param_id id, const char *text, ...)
{
	char message[FAULT_MESSAGE];
	struct fault f;
	va_list ap;

	va_start(ap, text);
	vsnprintf(message, sizeof(message), text, ap);
	va_end(ap);
	fault_set(&f, gh_slice_of(params[id].name), "%s", message);
	call_fail_parameter(c, &f);
}

void call_fail_device(struct call *c, const char *field, gh_slice sn)
{
	struct faults faults = { .n = 1 };
	char sentence[160];

	sn.n = sn.n > 40 ? 40 : sn.n;
	fault_set(&faults.row[0], gh_slice_of(field),
		  "must be the serial number of a known device");
	snprintf(sentence, sizeof(sentence), "No device has the serial number \"%.*s\".",
		 GH_FMT(sn));
	failure_reply(c, 404, ERROR_device_unknown, sentence, &faults);
}

void call_fail_scope(struct call *c, enum token_scope missing)
{
	struct faults faults = { .n = 1 };

	fault_set(&faults.row[0], GH_LIT("scope"), "must have \"%s\"",
		  token_scope_word(missing));
	call_audit_refusal(c, missing);
	call_fail_scope_of(c, missing, &faults);
}

void call_fail_doors(struct call *c, const char *instead)
{
	call_audit_doors(c);
	call_fail(c, ERROR_denied, "The token may see and act on some doors alone; %s.",
		  instead);
}

void call_fail_scope_of(struct call *c, enum token_scope missing, const struct faults *of)
{
	uint8_t text[TOKEN_SCOPES_TEXT];
	struct ghi_writer has = ghi_writer_on(text, sizeof(text));
	char sentence[256 + SENTENCE], why[SENTENCE] = "", header[128];
	const char *word = token_scope_word(missing);

	token_scopes_write(&has, c->scopes);
	if (of->n > 1)
		fault_sentence(why, " Field", &of->row[1]);
	snprintf(header, sizeof(header),
		 "Bearer realm=\"gatehouse\", error=\"insufficient_scope\", scope=\"%s\"",
		 word);
	snprintf(sentence, sizeof(sentence),
		 "This needs a token with scope %s; the one sent has: %.*s.%s", word,
		 GH_FMT(ghi_written(&has)), why);
	http_add_header(c->r, "WWW-Authenticate", header);
	failure_reply(c, 403, ERROR_scope_too_small, sentence, of);
}

void call_fail_status(struct call *c, unsigned status, const char *reason)
{
	char sentence[256];

	snprintf(sentence, sizeof(sentence), "The request was refused: %s.", reason);
	failure_reply(c, status, error_code_of_status(status), sentence, NULL);
}

void call_fail_err(struct call *c, enum gh_err err)
{
	static const char *const text[ERROR_CODES] = {
		[ERROR_not_found] = "There is no such thing.",
		[ERROR_wrong_state] = "It is not in a state that allows this.",
		[ERROR_exists] = "It exists already.",
		[ERROR_invalid] = "A value is not valid.",
		[ERROR_malformed] = "A value breaks its format.",
		[ERROR_too_big] = "A value is over its limit.",
		[ERROR_denied] = "The server refuses this.",
		[ERROR_busy] = "The server is busy; try again in a moment.",
		[ERROR_storage_full] = "The server's storage is full.",
		[ERROR_no_memory] = "The server is out of memory.",
		[ERROR_too_slow] = "This takes the database too long.",
		[ERROR_stopping] = "The server is being stopped.",
	};
	enum error_code code;

	if (err == GH_ECANCELLED && c->stopped)
		err = (enum gh_err)atomic_load(c->stopped);
	code = error_code_of(err);

	if (error_rows[code].status == 503)
		http_add_header(c->r, "Retry-After", "1");
	if (text[code])
		call_fail(c, code, "%s", text[code]);
	else
		call_fail(c, code, "The server's storage failed: %s.", gh_strerror(err));
}
