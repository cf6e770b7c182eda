# tests/preload/: dlopen, dlsym and dlerror with the library before them.

if HAVE_CHECK
check_PROGRAMS += test_preload
all_suites += test_preload
endif

test_preload_SOURCES = tests/preload/test_preload.c $(harness)
test_preload_CPPFLAGS = $(test_cppflags)
test_preload_LDADD = libfront.la $(internal) $(CHECK_LIBS)

EXTRA_DIST += tests/preload/host.py tests/preload/parts.c tests/preload/probe.c
