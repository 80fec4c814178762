# The front door. Every word below is one script or one call of Meson; nothing is built here.
# Each installs the Debian packages it needs, once (INSTALL=no: only name them).

FUZZ_SECONDS ?= 60
DESTDIR ?=
J := -j$(shell nproc)
TESTED := asan tsan quick coverage

# ccache, where Meson found it, gives up without a home to write to.
ifeq ($(shell test -w "$(HOME)" && echo yes),)
export CCACHE_DISABLE = 1
endif

.PHONY: all run test test-roster test-long test-threads test-release test-debian-12 test-debian-13 test-libraries
.PHONY: test-package test-package-12 test-package-13 test-npm image test-image
.PHONY: portability bench fuzz torture install deb lint coverage clean

all: build/build.ninja
	ninja -C build $(J)

# Installs what the build needs, builds, and serves from ./data until Ctrl-C.
run: all
	exec build/gatehouse serve --data ./data

# All tests but the suite `long`, under the address and undefined-behaviour sanitizers. Here and in the
# next four the last line says how many cases passed and failed.
test: build-asan/build.ninja
	@tools/install-packages build test
	@tools/run-tests build-asan:-long

# The suite `long`, under the same sanitizers: long simulated lives, large stores, and matrices of faults.
test-long: build-asan/build.ninja
	@tools/install-packages build test
	@tools/run-tests build-asan:long

# A site of 50 clocks and terminals and 2,000 people in place of the few of the suite `long`: some minutes, optimised.
test-roster: all
	@tools/install-packages build test
	@GATEHOUSE=build/gatehouse GATEHOUSE_ROSTER=40,10,2000,400 python3 tests/sim/test_roster_large.py

# The tests that need clients, generators and validators from npm, which is installed for them.
test-npm: build-asan/build.ninja
	@tools/install-packages build test npm
	@tools/run-tests build-asan:npm

# The tests of programs with several threads, under the thread sanitizer.
test-threads: build-tsan/build.ninja
	@tools/install-packages build test
	@tools/run-tests build-tsan:threads

# All tests but the suite `long` of the optimised, hardened program that users run. What is in `long` has a
# shorter form here, or tells of faults that a sanitizer finds; `tools/run-tests build-release:long` runs it.
# What starts no program (units in C, corpora of fuzzing, tools) is of `make test`, and optimised of
# `make portability`; `tools/run-tests build-release:unit` runs it here.
test-release: build-release/build.ninja
	@tools/install-packages build test
	@tools/run-tests build-release:-long,-unit,-fuzz,-tools

# All tests on another release of Debian, installed by debootstrap beside the machine's own.
test-debian-12 test-debian-13: test-debian-%:
	@tools/run-debian $* make test test-long

# What the libraries of another release change first: HTTP, sessions, the protocol's conformance, without the
# suite `long`, which `make test-debian-13` has.
test-libraries: build-quick/build.ninja
	@tools/install-packages build test
	@tools/run-tests build-quick:http build-quick:session build-quick:conformance,-long

# The codecs' tests on a processor of 32 bits and on one that stores the highest byte first.
portability:
	@tools/run-portability

bench: all
	@tools/install-packages bench
	@bench/run

fuzz: build-fuzz/build.ninja
	@tools/run-fuzz build-fuzz $(FUZZ_SECONDS)

# Kills the server with signal 9 until 500 uploads have been cut short, and counts what is lost; then a
# week of clocks that lose punches in every way.
torture: all
	GATEHOUSE=build/gatehouse tests/torture/run.py --kills 500
	GATEHOUSE=build/gatehouse tests/torture/access.py --kills 100
	GATEHOUSE=build/gatehouse COMPARISON_WEEK=whole tests/conformance/comparison_week.py

install: all
	meson install -C build --no-rebuild --quiet --destdir "$(DESTDIR)"

deb:
	@tools/install-packages build deb
	@tools/make-deb

# An OCI image of the package, without a daemon.
image: deb
	@tools/install-packages image
	@tools/make-image

# What the image declares, and the server run from it.
test-image: image
	@tools/run-tap tests/packaging/image.py

# The package without installing it: lintian, the list of its parts, the same bytes from another folder.
test-package: deb
	@tools/run-tap tests/packaging/package.py

# The package, built for that release and installed, upgraded and purged where nothing else is.
test-package-12 test-package-13: test-package-%:
	@tools/run-tap RELEASE=$* tests/packaging/install

lint: build-release/build.ninja build-clang/build.ninja
	@tools/lint

coverage: build-coverage/build.ninja
	@tools/install-packages coverage
	@tools/run-tests build-coverage
	ninja -C build-coverage coverage-text
	@cat build-coverage/meson-logs/coverage.txt

clean:
	rm -rf build build-asan build-tsan build-release build-i686 build-s390x build-fuzz build-clang \
		build-coverage build-quick build-deb build-ci build-image build-debian-12 build-debian-13

build/build.ninja:
	@tools/install-packages build
	meson setup build --native-file presets/release.ini

$(TESTED:%=build-%/build.ninja): build-%/build.ninja:
	@tools/install-packages build test
	meson setup build-$* --native-file presets/$*.ini

build-release/build.ninja:
	@tools/install-packages build test
	meson setup build-release --native-file presets/release.ini --native-file presets/tests.ini

build-fuzz/build.ninja:
	@tools/install-packages build test fuzz
	meson setup build-fuzz --native-file presets/fuzz.ini

build-clang/build.ninja:
	@tools/install-packages build test lint
	meson setup build-clang --native-file presets/clang.ini
