#include "app/api_client/wrapped.h"

#include <glib.h>
#include <stdbool.h>
#include <stdio.h>

void wrapped_print(const char *text, int at, int column)
{
	char **word = g_strsplit(text, " ", -1);
	bool begun = false; /* the line has a word */

	for (char **w = word; *w; w++) {
		int n = (int)g_utf8_strlen(*w, -1);

		if (begun && at + 1 + n > WRAPPED_WIDTH) {
			printf("\n%*s", column, "");
			at = column;
			begun = false;
		}
		printf("%s%s", begun ? " " : "", *w);
		at += n + begun;
		begun = true;
	}
	printf("\n");
	g_strfreev(word);
}
