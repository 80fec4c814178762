#!/bin/sh
# usage: check-library.sh SHARED STATIC HEADER
#
# The shared library gives out exactly the functions its headers declare, is called by its SONAME and
# needs nothing but the C library. The static one, which cannot hide names, has only gh_ and ghi_.
set -eu
lib=$1 static=$2 header=$3
dir=$(dirname "$header")
given=$(nm -D --defined-only "$lib" | awk '{ print $NF }' | grep -v '^__' | sort)
declared=$(cat "$dir"/error.h "$dir"/terminal.h | tr '\n' ' ' |
	grep -o 'GH_API[^;(]*[ *]gh_[a-z0-9_]*(' | sed 's/.*[ *]\(gh_[a-z0-9_]*\)($/\1/' | sort)
if test "$given" != "$declared"; then
	echo "given and declared differ:" >&2
	printf '%s\n' "$given" >"${TMPDIR:-/tmp}/given.$$"
	printf '%s\n' "$declared" | diff "${TMPDIR:-/tmp}/given.$$" - >&2 || true
	rm -f "${TMPDIR:-/tmp}/given.$$"
	exit 1
fi
foreign=$(nm --defined-only --extern-only "$static" | awk 'NF == 3 { print $3 }' |
	grep -vE '^(gh_|ghi_|_)|^(asan|ubsan|tsan|gcov)' || true)
if test -n "$foreign"; then
	echo "the static library shows $foreign" >&2
	exit 1
fi
readelf -d "$lib" | grep -q 'SONAME.*libgatehouse\.so\.0\]' || {
	echo "no SONAME" >&2
	exit 1
}
needed=$(readelf -d "$lib" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' |
	grep -vE '^(libc|libpthread|libasan|libubsan|libtsan|ld-linux.*|libgcov)\.so' || true)
if test -n "$needed"; then
	echo "needs $needed" >&2
	exit 1
fi
printf '%s functions\n' "$(printf '%s\n' "$given" | wc -l)"
