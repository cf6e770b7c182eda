# tests/cli/: the command.

if HAVE_CHECK
check_PROGRAMS += test_cli
all_suites += test_cli
endif

test_cli_SOURCES = tests/cli/test_cli.c tests/fuzz/mutate.c tests/fuzz/mutate.h \
	compat/api.c compat/api.h $(harness)
test_cli_CPPFLAGS = $(test_cppflags) -iquote $(top_srcdir)/compat -DMANDOC='"$(MANDOC)"'
test_cli_LDADD = $(CHECK_LIBS)
EXTRA_test_cli_DEPENDENCIES = py2abi$(EXEEXT)

EXTRA_DIST += tests/cli/check.py tests/cli/documents.py tests/cli/terminal.py
