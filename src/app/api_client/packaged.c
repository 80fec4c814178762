#include "app/api_client/packaged.h"

#include <glib.h>
#include <string.h>

#include "app/message.h"
#include "app/packaged_data.h"
#include "app/settings/configuration.h"

/* As packaging/gatehouse.service.in has it. */
#define PACKAGED_CONFIG "/etc/gatehouse/gatehouse.conf"

bool packaged_server_exists(void)
{
	return g_file_test(PACKAGED_DATA, G_FILE_TEST_IS_DIR);
}

char *packaged_token_read(void)
{
	GError *bad = NULL;
	char *text = NULL;

	if (g_file_get_contents(PACKAGED_DATA "/admin.token", &text, NULL, &bad))
		return g_strstrip(text);
	if (g_error_matches(bad, G_FILE_ERROR, G_FILE_ERROR_ACCES))
		message_print(
			"the token of the service is in " PACKAGED_DATA
			", which you may not read\nRun this as the service's user, such as "
			"'sudo -u gatehouse gatehouse device list', or give --token-file "
			"FILE.");
	else
		message_print("no token: %s\nIs the service running ('systemctl status "
			      "gatehouse')? Another server's is found with --data DIR or "
			      "--token-file FILE.",
			      bad->message);
	g_error_free(bad);
	return NULL;
}

/* Where an address that is listened at is reached from this machine. */
static char *address_url(const struct address *at, bool tls)
{
	const char *host = at->host;

	if (strcmp(host, "0.0.0.0") == 0)
		host = "127.0.0.1";
	else if (strcmp(host, "::") == 0)
		host = "::1";
	return g_strdup_printf(strchr(host, ':') ? "%s://[%s]:%u" : "%s://%s:%u",
			       tls ? "https" : "http", host, at->port);
}

char *packaged_url(void)
{
	union setting_value at;

	if (!g_file_test(PACKAGED_CONFIG, G_FILE_TEST_EXISTS))
		return NULL;
	struct configuration *file = configuration_open(PACKAGED_CONFIG);

	if (file == NULL)
		return NULL;
	char *admin = configuration_value(file, SETTING_ADMIN);
	char *cert = configuration_value(file, SETTING_ADMIN_TLS_CERT);
	char *url = NULL;

	if (admin && setting_check(SETTING_ADMIN, admin, &at))
		url = address_url(&at.address, cert && *cert);
	g_free(admin);
	g_free(cert);
	configuration_close(file);
	return url;
}
