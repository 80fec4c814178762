/* Text for people in lines of 80 columns. */
#ifndef GH_APP_API_CLIENT_WRAPPED_H
#define GH_APP_API_CLIENT_WRAPPED_H

#define WRAPPED_WIDTH 79

/* Print words, and a line end. The first line goes on at column `at`, which is where the cursor is; the others begin
 * at `column`. A word that is longer than a line stays whole. */
void wrapped_print(const char *text, int at, int column);

#endif
