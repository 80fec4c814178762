#include "model/contact.h"

const struct contact_reason_row contact_reasons[CONTACT_REASONS] = {
#define CONTACT_REASON(NAME, word, hint) [CONTACT_##NAME] = { #word, hint },
#include "model/contact_reason.def"
#undef CONTACT_REASON
};

const char *contact_reason_word(size_t reason)
{
	return reason < CONTACT_REASONS ? contact_reasons[reason].word : NULL;
}

const char *contact_port_word(size_t port)
{
	static const char *const word[CONTACT_PORTS] = {
		[CONTACT_DEVICES] = "devices",
		[CONTACT_ADMIN] = "admin",
	};

	return port < CONTACT_PORTS ? word[port] : NULL;
}
