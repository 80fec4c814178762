// The public headers are C++, too, and so is what a program does with them.
#include <gatehouse/terminal.h>

#include <cstdio>

static enum gh_err count_punches(const char *address, unsigned long *out)
{
	struct gh_terminal_options options;
	struct gh_terminal *t = nullptr;
	struct gh_terminal_punches *it = nullptr;
	struct gh_punch punch;
	enum gh_err err;

	gh_terminal_options_init(&options);
	options.reply_ms = 500;
	err = gh_terminal_new(address, &options, &t);
	if (err == GH_OK)
		err = gh_terminal_connect(t);
	if (err == GH_OK)
		err = gh_terminal_punches_open(t, &it);
	while (err == GH_OK && (err = gh_terminal_punches_next(it, &punch)) == GH_OK)
		++*out;
	gh_terminal_punches_close(it);
	gh_terminal_free(t);
	return err;
}

int main()
{
	unsigned long n = 0;
	enum gh_err err = count_punches("not an address", &n);

	std::printf("%s\n", gh_strerror(err));
	return err == GH_EINVALID && n == 0 ? 0 : 1;
}
