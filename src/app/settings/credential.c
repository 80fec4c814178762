#include "app/settings/credential.h"

#include <glib.h>
#include <stdio.h>

char *credential_path(const char *name)
{
	const char *directory = g_getenv("CREDENTIALS_DIRECTORY");

	if (directory == NULL || *directory == '\0')
		return NULL;

	char *file = g_strconcat("gatehouse.", name, NULL);
	char *path = g_build_filename(directory, file, NULL);

	g_free(file);
	if (g_file_test(path, G_FILE_TEST_EXISTS))
		return path;
	g_free(path);
	return NULL;
}

bool credential_read(const char *name, char **text)
{
	char *path = credential_path(name);
	GError *bad = NULL;
	gsize n = 0;

	*text = NULL;
	if (path == NULL)
		return true;
	if (!g_file_get_contents(path, text, &n, &bad)) {
		fprintf(stderr, "gatehouse: credential: %s\n", bad->message);
		g_error_free(bad);
	} else if (n > CREDENTIAL_BYTES || *g_strstrip(*text) == '\0') {
		fprintf(stderr, "gatehouse: credential %s: expected a text of 1 to %d bytes\n",
			path, CREDENTIAL_BYTES);
		g_free(*text);
		*text = NULL;
	}
	g_free(path);
	return *text != NULL;
}
