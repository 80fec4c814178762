/* Each fault that the sanitizers of a build have to find, for planted_faults.py: the word that names it is the
 * argument. Ends with 0 where a fault has no consequence. */
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Values that the compiler does not know. */
static volatile int one = 1;
static volatile size_t eight = 8;
static char *volatile bytes;
static int *volatile outlived;

struct member {
	int first, second;
};

static int heap_overflow(void)
{
	bytes = malloc(eight);
	return bytes ? bytes[eight] : 0;
}

static int use_after_free(void)
{
	bytes = malloc(eight);
	free(bytes);
	return bytes[0];
}

static int stack_overflow(void)
{
	char local[8];

	memset(local, one, sizeof(local));
	bytes = local;
	return bytes[eight];
}

static int global_overflow(void)
{
	static char table[8] = "abc";

	bytes = table;
	return bytes[eight];
}

static __attribute__((noinline)) void local_leave(void)
{
	int local = one;

	outlived = &local;
}

static int stack_use_after_return(void)
{
	local_leave();
	return *outlived;
}

static int bytes_leak(void)
{
	bytes = malloc(eight);
	memset(bytes, one, eight);
	bytes = NULL;
	return 0;
}

static int signed_overflow(void)
{
	return INT_MAX - 1 + one + one > 0;
}

static int bits_shift(void)
{
	return one << (one + 31);
}

static int index_out_of_bounds(void)
{
	int table[4] = { 0 };

	return table[one + 3];
}

static int misaligned_int(void)
{
	static _Alignas(8) char table[16];

	return *(int *)(void *)(table + one);
}

static int member_of_null(void)
{
	struct member *volatile none = NULL;
	int *volatile second = &none->second;

	return second == NULL;
}

static int wrong_bool(void)
{
	bool value;
	char byte = (char)(one + 1);

	memcpy(&value, &byte, 1);
	return value;
}

static int null_where_none_may_be(void)
{
	char *volatile none = NULL;
	char local[8] = "";

	memcpy(local, none, (size_t)one - 1);
	return local[0];
}

static int division_by_zero(void)
{
	return one / (one - 1);
}

static const struct {
	const char *word;
	int (*commit)(void);
} faults[] = {
	{ "heap-overflow", heap_overflow },
	{ "use-after-free", use_after_free },
	{ "stack-overflow", stack_overflow },
	{ "global-overflow", global_overflow },
	{ "stack-use-after-return", stack_use_after_return },
	{ "leak", bytes_leak },
	{ "signed-overflow", signed_overflow },
	{ "shift", bits_shift },
	{ "index", index_out_of_bounds },
	{ "misaligned", misaligned_int },
	{ "member-of-null", member_of_null },
	{ "bool", wrong_bool },
	{ "null-argument", null_where_none_may_be },
	{ "division", division_by_zero },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc == 2 && i < sizeof(faults) / sizeof(*faults); i++)
		if (strcmp(argv[1], faults[i].word) == 0) {
			printf("%d\n", faults[i].commit() != 12345);
			return 0;
		}
	return 2;
}
