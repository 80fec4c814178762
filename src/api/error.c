#include "api/error.h"

const struct error_row error_rows[ERROR_CODES] = {
#define ERROR(code, status, hint) [ERROR_##code] = { #code, status, hint },
#include "api/error.def"
#undef ERROR
};

const char *error_code_word(size_t i)
{
	return i < ERROR_CODES ? error_rows[i].code : NULL;
}

enum error_code error_code_of(enum gh_err err)
{
	static const struct {
		enum gh_err err;
		enum error_code code;
	} row[] = {
		{ GH_ENOTFOUND, ERROR_not_found },  { GH_ESTATE, ERROR_wrong_state },
		{ GH_EEXISTS, ERROR_exists },	    { GH_EINVALID, ERROR_invalid },
		{ GH_EMALFORMED, ERROR_malformed }, { GH_ETOOBIG, ERROR_too_big },
		{ GH_EDENIED, ERROR_denied },	    { GH_EBUSY, ERROR_busy },
		{ GH_EFULL, ERROR_storage_full },   { GH_ENOMEM, ERROR_no_memory },
		{ GH_ECLOSED, ERROR_stopping },	    { GH_ETIMEOUT, ERROR_too_slow },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		if (row[i].err == err)
			return row[i].code;
	return ERROR_store_failed;
}

enum error_code error_code_of_status(unsigned status)
{
	return status == 411   ? ERROR_length_required
	       : status == 413 ? ERROR_body_too_big
	       : status == 431 ? ERROR_head_too_big
	       : status == 503 ? ERROR_busy
			       : ERROR_request_malformed;
}
