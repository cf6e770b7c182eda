# The guests: tests/compat/ (the table and the headers), tests/import/ (how
# binaries are loaded), tests/legacy/ (what extensions do), tests/genuine/ (the
# binaries of real Pythons 2.7).

if HAVE_CHECK
if GUESTS
guest_long_suites = test_legacy test_import test_genuine
guest_suites = test_check test_getargs test_strings test_secure
guest_build_suites = test_api27 test_headers27 test_memcheck
# And those that are told what is installed.
guest_installcheck = test_getargs test_strings test_import test_secure test_legacy test_genuine
guest_programs = again
check_PROGRAMS += $(guest_programs) $(guest_long_suites) $(guest_suites) $(guest_build_suites)
long_suites += $(guest_long_suites)
all_suites += $(guest_suites)
build_suites += $(guest_build_suites)
else
guest_installcheck = test_refused
check_PROGRAMS += test_refused
all_suites += test_refused
endif
endif

test_api27_SOURCES = tests/compat/test_api27.c $(harness)
test_api27_CPPFLAGS = $(test_cppflags)
test_api27_LDADD = $(CHECK_LIBS)

test_headers27_SOURCES = tests/compat/test_headers27.c $(harness)
test_headers27_CPPFLAGS = $(test_cppflags)
test_headers27_LDADD = $(CHECK_LIBS)

again_SOURCES = tests/import/again.c
again_LDADD = libpy2abi.la
again_LDFLAGS = -no-install $(SANITIZER_FLAGS)

test_import_SOURCES = tests/import/test_import.c $(harness)
test_import_CPPFLAGS = $(test_cppflags)
test_import_LDADD = $(CHECK_LIBS)

test_refused_SOURCES = tests/import/test_refused.c $(harness)
test_refused_CPPFLAGS = $(test_cppflags)
test_refused_LDADD = $(CHECK_LIBS)

test_secure_SOURCES = tests/import/test_secure.c $(harness)
test_secure_CPPFLAGS = $(test_cppflags)
test_secure_LDADD = $(CHECK_LIBS)

fixtures = tests/legacy/fixtures.c tests/legacy/fixtures.h $(harness)
test_legacy_SOURCES = tests/legacy/test_legacy.c $(fixtures)
# For another machine a suite whose programs may all be embedded ones has this for its host.
test_legacy_CPPFLAGS = $(test_cppflags) -DEMBEDDED_HOST='"$(EMULATED_LIBPYTHON)"'
test_legacy_LDADD = $(CHECK_LIBS)

test_memcheck_SOURCES = tests/legacy/test_memcheck.c $(fixtures)
test_memcheck_CPPFLAGS = $(test_cppflags)
test_memcheck_LDADD = $(CHECK_LIBS)

test_genuine_SOURCES = tests/genuine/test_genuine.c $(harness)
test_genuine_CPPFLAGS = $(test_cppflags)
test_genuine_LDADD = $(CHECK_LIBS)

test_getargs_SOURCES = tests/compat/test_getargs.c $(harness)
test_getargs_CPPFLAGS = $(test_cppflags)
test_getargs_LDADD = $(CHECK_LIBS)

test_strings_SOURCES = tests/compat/test_strings.c $(harness)
test_strings_CPPFLAGS = $(test_cppflags)
test_strings_LDADD = $(CHECK_LIBS)

test_check_SOURCES = tests/compat/test_check.c $(harness)
test_check_CPPFLAGS = $(test_cppflags)
test_check_LDADD = $(CHECK_LIBS)
EXTRA_test_check_DEPENDENCIES = wrong-guests.la

# Our guests.so, but for some functions.  A module that is not installed needs an -rpath to be
# one.
if HAVE_CHECK
if GUESTS
check_LTLIBRARIES += wrong-guests.la
endif
endif
wrong_guests_la_SOURCES = tests/compat/wrong-guests.c
wrong_guests_la_CPPFLAGS = $(guests_la_CPPFLAGS)
wrong_guests_la_CFLAGS = $(guests_la_CFLAGS)
wrong_guests_la_LIBADD = $(guests_la_OBJECTS) $(guests_la_LIBADD)
wrong_guests_la_LDFLAGS = $(guests_la_LDFLAGS) -rpath /nonexistent \
	-Wl,--wrap=py2_PyList_Size,--wrap=py2_PyTuple_Size,--wrap=py2_PyTuple_GetItem \
	-Wl,--wrap=py2_PySequence_GetItem,--wrap=py2_PyTuple_SetItem,--wrap=py2__PyString_Resize \
	-Wl,--wrap=py2_PyNumber_CoerceEx,--wrap=py2_PyDict_Next,--wrap=py2_PyErr_Fetch \
	-Wl,--wrap=py2_PyString_Repr,--wrap=py2_PyLong_FromLong,--wrap=py2_PyComplex_FromDoubles

# Each fixture is a folder, and each driver two files; they are listed when the tarball is made.
dist-hook:
	cd $(srcdir) && for folder in tests/legacy/[0-9]*-*; do \
		$(MKDIR_P) "$(distdir_absolute)/$$folder" && cp -p $$folder/* "$(distdir_absolute)/$$folder"; done
	cd $(srcdir) && $(MKDIR_P) "$(distdir_absolute)/tests/genuine/drivers" && \
		cp -p tests/genuine/drivers/* "$(distdir_absolute)/tests/genuine/drivers"
distdir_absolute = $(abs_builddir)/$(distdir)

EXTRA_DIST += \
	tests/compat/cython27.c tests/compat/exports27.tsv tests/compat/layout27.c \
	tests/compat/layout27.def tests/compat/macros27.c tests/compat/plain27.c \
	tests/compat/swig27.cpp tests/compat/use27.py \
	tests/genuine/driver.py tests/genuine/import.py \
	tests/import/caselist.py tests/import/cases.py tests/import/cxx.cc tests/import/ends.c tests/import/faults.c tests/import/library.c tests/import/lives.cc \
	tests/import/living.py tests/import/odd.c \
	tests/import/plain.c tests/import/sealed.c tests/import/secure.py tests/legacy/faulty.c tests/legacy/memcheck.py tests/legacy/memcheck.supp tests/legacy/nomemory.py tests/legacy/repeat.py tests/legacy/blocks.c tests/legacy/derived.h tests/legacy/generic.h tests/legacy/kept.h tests/legacy/numbers.h tests/legacy/say.h tests/legacy/texts.h \
	tests/compat/asbuffer.py tests/compat/buffers.c tests/compat/buffers.py tests/compat/buffers.tsv \
	tests/compat/check.py tests/compat/exporters.h tests/compat/wrong.c \
	tests/compat/genuine.py tests/compat/getargs.c tests/compat/getargs.py tests/compat/getargs.tsv \
	tests/compat/strings.c tests/compat/strings.py tests/compat/strings.tsv \
	tests/compat/strings27.tsv
