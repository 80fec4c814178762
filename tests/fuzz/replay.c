/* Runs seeds through a fuzz target without libFuzzer: every file named or found in a named
 * directory, whole and cut short at each of its first bytes. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

#define PREFIXES 512

static void replay_bytes(const uint8_t *data, size_t n)
{
	/* In a block of its own size, so that a sanitizer sees every read beyond the end. */
	uint8_t *copy = malloc(n ? n : 1);

	check(copy);
	if (n)
		memcpy(copy, data, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

static void replay_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct stat st;

	if (f == NULL || fstat(fileno(f), &st)) {
		perror(path);
		exit(1);
	}
	size_t n = (size_t)st.st_size;
	uint8_t *data = malloc(n ? n : 1);

	check(data && fread(data, 1, n, f) == n);
	fclose(f);
	replay_bytes(data, n);
	for (size_t i = 0; i < n && i < PREFIXES; i++)
		replay_bytes(data, i);
	free(data);
}

static size_t replay_folder(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	size_t files = 0;

	if (dir == NULL) {
		replay_file(path);
		return 1;
	}
	while ((e = readdir(dir))) {
		char name[4096];

		if (e->d_name[0] == '.')
			continue;
		check(snprintf(name, sizeof(name), "%s/%s", path, e->d_name) <
		      (int)sizeof(name));
		replay_file(name);
		files++;
	}
	closedir(dir);
	return files;
}

int main(int argc, char **argv)
{
	size_t files = 0;

	for (int i = 1; i < argc; i++)
		files += replay_folder(argv[i]);
	printf("%zu seeds\n", files);
	return files == 0;
}
