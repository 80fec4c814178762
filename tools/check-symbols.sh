#!/bin/sh
# The codecs may not touch the world: list every symbol they import that is not ours (base, model), not
# string.h. No output is a pass.
set -eu
ar=$1
if nm -u "$ar" | awk '$1 == "U" { print $2 }' | sort -u |
	grep -vE '^(gh_|ghi_|model_|attendance_|device_|command_|access_|event_|verify_|mem(chr|cmp|cpy|mem|move|set)$|strlen$|_GLOBAL_OFFSET_TABLE_$|__(stack_chk_fail|mem[a-z]*_chk$|asan_|ubsan_|tsan_|sancov_|sanitizer_cov|start___sancov|stop___sancov|gcov))'
then
	echo "$ar reaches outside the codecs" >&2
	exit 1
fi
