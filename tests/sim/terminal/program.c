#include "tests.h"

#include "program.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS = 32 };

static void program_exec(const char *arguments)
{
	char *words[WORDS] = { getenv("GATEHOUSE"), "sim", "terminal", "--listen",
			       "127.0.0.1:0" };
	char *copy = strdup(arguments), *save = NULL;
	size_t n = 5;

	for (char *w = strtok_r(copy, " ", &save); w && n < WORDS - 1;
	     w = strtok_r(NULL, " ", &save))
		words[n++] = w;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	execv(words[0], words);
	_exit(127);
}

static void read_address(struct program *r, char *to, size_t size)
{
	static const char before[] = "listening terminal ";
	char line[256];

	assert_non_null(fgets(line, sizeof(line), r->out));
	assert_int_equal(strncmp(line, before, strlen(before)), 0);
	line[strcspn(line, "\n")] = 0;
	assert_true(strlen(line) - strlen(before) < size);
	memcpy(to, line + strlen(before), strlen(line) - strlen(before) + 1);
}

void program_start(struct program *r, const char *arguments)
{
	int ends[2];

	assert_non_null(getenv("GATEHOUSE"));
	assert_int_equal(pipe(ends), 0);
	r->pid = fork();
	assert_true(r->pid >= 0);
	if (r->pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		program_exec(arguments);
	}
	close(ends[1]);
	r->out = fdopen(ends[0], "r");
	assert_non_null(r->out);
	read_address(r, r->tcp, sizeof(r->tcp));
	read_address(r, r->udp, sizeof(r->udp));
	r->report[0] = 0;
}

void program_stop(struct program *r)
{
	int status;

	assert_int_equal(kill(r->pid, SIGTERM), 0);
	assert_non_null(fgets(r->report, sizeof(r->report), r->out));
	fclose(r->out);
	assert_int_equal(waitpid(r->pid, &status, 0), r->pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

long program_number(const struct program *r, const char *key)
{
	char word[64];
	const char *at;

	snprintf(word, sizeof(word), "\"%s\":", key);
	at = strstr(r->report, word);
	return at ? strtol(at + strlen(word), NULL, 10) : -1;
}
