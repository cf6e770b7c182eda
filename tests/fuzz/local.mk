# tests/fuzz/: exporters that do what they like, for a bounded time: with
# pseudo-random inputs in `make check`, with libFuzzer in `make fuzz`.
# PY2ABI_FUZZ_SECONDS says how long.

if HAVE_CHECK
check_PROGRAMS += fuzz_asbuffer test_fuzz fuzz_elf test_fuzz_elf
long_suites += test_fuzz test_fuzz_elf
endif

fuzz_asbuffer_SOURCES = tests/fuzz/fuzz_asbuffer.c
fuzz_asbuffer_CPPFLAGS = $(AM_CPPFLAGS) $(LIBFFI_CFLAGS) -D_GNU_SOURCE
fuzz_asbuffer_LDADD = $(internal)
fuzz_asbuffer_LDFLAGS = -no-install $(SANITIZER_FLAGS)

test_fuzz_SOURCES = tests/fuzz/test_fuzz.c $(harness)
test_fuzz_CPPFLAGS = $(test_cppflags)
test_fuzz_LDADD = $(CHECK_LIBS)

# The ELF reader: mutants of real shared objects.
mutate = tests/fuzz/mutate.c tests/fuzz/mutate.h
fuzz_elf_SOURCES = tests/fuzz/fuzz_elf.c $(mutate) src/binary.c src/binary.h $(elf_sources)
fuzz_elf_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
fuzz_elf_LDFLAGS = -no-install $(SANITIZER_FLAGS)

test_fuzz_elf_SOURCES = tests/fuzz/test_fuzz_elf.c $(mutate) $(elf_sources) \
	tests/common/objects.c tests/common/objects.h $(harness)
test_fuzz_elf_CPPFLAGS = $(test_cppflags)
test_fuzz_elf_LDADD = $(CHECK_LIBS)

EXTRA_DIST += tests/fuzz/libpython.py tests/fuzz/libfuzzer tests/fuzz/libfuzzer-elf \
	tests/fuzz/inputs/call-from-pending-call tests/fuzz/inputs/exporter-leaves-exception

# The formats of PyArg_Parse* and Py_BuildValue, in a host.
if HAVE_CHECK
if GUESTS
check_PROGRAMS += test_fuzz_getargs test_fuzz_buildvalue
long_suites += test_fuzz_getargs test_fuzz_buildvalue
endif
endif
test_fuzz_getargs_SOURCES = tests/fuzz/test_fuzz_formats.c $(harness)
test_fuzz_getargs_CPPFLAGS = $(test_cppflags) -DTARGET='"parse"'
test_fuzz_getargs_LDADD = $(CHECK_LIBS)
test_fuzz_buildvalue_SOURCES = tests/fuzz/test_fuzz_formats.c $(harness)
test_fuzz_buildvalue_CPPFLAGS = $(test_cppflags) -DTARGET='"build"'
test_fuzz_buildvalue_LDADD = $(CHECK_LIBS)
EXTRA_DIST += tests/fuzz/formats.c tests/fuzz/fuzz_formats.py

# For an hour, unless PY2ABI_FUZZ_SECONDS says otherwise.
.PHONY: fuzz-formats
fuzz-formats:
	PY2ABI_FUZZ_SECONDS=$${PY2ABI_FUZZ_SECONDS:-3600} $(MAKE) $(AM_MAKEFLAGS) check \
		TESTS="test_fuzz_getargs test_fuzz_buildvalue"

# What a failure leaves, and what libFuzzer has found interesting.
CLEANFILES += tests/fuzz/input.* tests/fuzz/fuzz_libfuzzer tests/fuzz/crash-* tests/fuzz/timeout-* \
	tests/fuzz/oom-* tests/fuzz/leak-* tests/fuzz/corpus/* tests/fuzz/fuzz_libfuzzer_elf tests/fuzz/corpus-elf/*

FUZZ_CC = clang

.PHONY: fuzz
fuzz: config.h
	$(AM_V_at)$(MKDIR_P) tests/fuzz
	$(AM_V_at)FUZZ_CC='$(FUZZ_CC)' PYTHON='$(PYTHON)' $(SHELL) $(srcdir)/tests/fuzz/libfuzzer \
		$(srcdir) $(DEFAULT_INCLUDES) $(AM_CPPFLAGS) $(LIBFFI_CFLAGS) $(CPPFLAGS) -- \
		$(LIBFFI_LIBS) $(LIBS)

.PHONY: fuzz-elf
fuzz-elf: config.h
	$(AM_V_at)$(MKDIR_P) tests/fuzz
	$(AM_V_at)FUZZ_CC='$(FUZZ_CC)' $(SHELL) $(srcdir)/tests/fuzz/libfuzzer-elf $(srcdir) \
		$(DEFAULT_INCLUDES) $(CPPFLAGS)
