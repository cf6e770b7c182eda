# tests/: see HACKING.md for how they are laid out.

test_cppflags = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(LIBFFI_CFLAGS) -DTOP_SRCDIR='"$(abs_top_srcdir)"' \
	-DTOP_BUILDDIR='"$(abs_top_builddir)"' -DPYTHON='"$(PYTHON)"' -DVALGRIND='"$(VALGRIND)"' \
	-DSANITIZER_RUNTIME='"$(SANITIZER_RUNTIME)"' -DGUESTS_FOLDER='"$(guests_folder)"' -D_GNU_SOURCE
if CROSS_COMPILING
test_cppflags += -DEMULATOR='"$(EMULATOR)"'
endif
harness = tests/common/harness.c tests/common/harness.h
cases = tests/common/cases.c tests/common/cases.h $(harness)
# The internal library: what the shared one is made of, with every name visible.
internal = libcore.la

if HAVE_CHECK

suites = test_sig test_host test_layout test_elf test_binary test_bind test_process
check_PROGRAMS += embed $(suites) test_asbuffer test_views
all_suites += $(suites)
long_suites += test_views test_asbuffer
check_LTLIBRARIES = fake-errors.la fake-empty.la fake-python2.la

embed_SOURCES = tests/common/embed.c
embed_LDADD = libpy2abi.la
embed_LDFLAGS = -no-install $(SANITIZER_FLAGS)

test_sig_SOURCES = tests/unit/test_sig.c $(harness)
test_sig_CPPFLAGS = $(test_cppflags)
test_sig_LDADD = $(internal) $(CHECK_LIBS)

test_host_SOURCES = tests/unit/test_host.c $(harness)
test_host_CPPFLAGS = $(test_cppflags)
test_host_LDADD = $(internal) $(CHECK_LIBS)

test_layout_SOURCES = tests/unit/test_layout.c $(harness)
test_layout_CPPFLAGS = $(test_cppflags)
test_layout_LDADD = $(internal) $(CHECK_LIBS)

# The sources are compiled into each program: so they are tested alone.
objects = tests/common/objects.c tests/common/objects.h $(harness)

test_elf_SOURCES = tests/unit/test_elf.c $(elf_sources) $(objects)
test_elf_CPPFLAGS = $(test_cppflags)
test_elf_LDADD = $(CHECK_LIBS)

test_binary_SOURCES = tests/unit/test_binary.c src/binary.c src/binary.h $(elf_sources) $(objects)
test_binary_CPPFLAGS = $(test_cppflags)
test_binary_LDADD = $(CHECK_LIBS)

test_bind_SOURCES = tests/unit/test_bind.c src/bind.c src/bind.h $(elf_sources) $(objects)
test_bind_CPPFLAGS = $(test_cppflags)
test_bind_LDADD = $(CHECK_LIBS)

# Modules that only the tests open; -rpath makes libtool build a shared object.
fake_ldflags = -module -avoid-version -rpath /nowhere
fake_errors_la_SOURCES = tests/unit/fake.c
fake_errors_la_CPPFLAGS = -DFAKE_VERSION='"3.11.0"' -DFAKE_ERRORS
fake_errors_la_LDFLAGS = $(fake_ldflags)
fake_empty_la_SOURCES = tests/unit/fake.c
fake_empty_la_CPPFLAGS = -DFAKE_VERSION='"3.11.0"'
fake_empty_la_LDFLAGS = $(fake_ldflags)
fake_python2_la_SOURCES = tests/unit/fake.c
fake_python2_la_CPPFLAGS = -DFAKE_VERSION='"2.7.18"' -DFAKE_PYTHON2
fake_python2_la_LDFLAGS = $(fake_ldflags)

test_asbuffer_SOURCES = tests/export/test_asbuffer.c $(harness)
test_asbuffer_CPPFLAGS = $(test_cppflags)
test_asbuffer_LDADD = $(CHECK_LIBS)

test_process_SOURCES = tests/export/test_process.c $(cases)
test_process_CPPFLAGS = $(test_cppflags)
test_process_LDADD = $(CHECK_LIBS)

test_views_SOURCES = tests/export/test_views.c $(cases)
test_views_CPPFLAGS = $(test_cppflags)
test_views_LDADD = $(CHECK_LIBS)

endif

EXTRA_DIST += tests/demo/demo tests/demo/demo.py tests/demo/genuine.py tests/demo/lab.c tests/headers tests/hosts tests/legacy/compile tests/legacy/oldbuffer.c tests/summary \
	tests/export/battery.py tests/export/expect.py tests/export/fixture.py \
	tests/export/oracle.tsv tests/export/process.py tests/export/views.py

# What a suite printed goes with `make clean`, whichever TESTS it was run with.
CLEANFILES += $(check_PROGRAMS:=.log) $(check_PROGRAMS:=.trs)

# The extensions that the tests build for each host.
clean-local:
	rm -rf tests/check.d tests/cli.d tests/fuzz.d tests/guests.d tests/hosts.d tests/import.d \
		tests/legacy.d tests/objects.d

include tests/abi/local.mk
include tests/cli/local.mk
include tests/compat/local.mk
include tests/bench/local.mk
include tests/fuzz/local.mk
include tests/preload/local.mk

# For another machine: the suites that need no Python of it, and the fixtures in a Python of it
# that is embedded.
if CROSS_COMPILING
if HAVE_EMULATOR
if HAVE_CHECK
TESTS = test_sig test_elf test_binary test_bind test_exports test_header test_install test_fuzz_elf
if GUESTS
TESTS += test_api27 test_headers27
if HAVE_EMULATED_LIBPYTHON
TESTS += test_legacy
endif
endif
endif
endif
LOG_COMPILER = $(EMULATOR)
AM_TESTS_ENVIRONMENT = CC='$(CC)'; CXX='$(CXX)'; export CC CXX;
else
# Those that take long come first, so that no processor waits for one at the end.  The last
# are about what is built and how, or have a memory checker of their own.
if HAVE_CHECK
if SANITIZERS
TESTS = $(long_suites) $(all_suites)
else
TESTS = $(long_suites) $(all_suites) $(build_suites)
endif
endif
endif
