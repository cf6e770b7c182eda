# tests/abi/: what others build against: the symbols, the header, an installed
# library.

if HAVE_CHECK
check_PROGRAMS += test_exports test_header test_install test_packaging
all_suites += test_exports
build_suites += test_header test_install test_packaging
endif

test_exports_SOURCES = tests/abi/test_exports.c $(harness)
test_exports_CPPFLAGS = $(test_cppflags) -DABIDIFF='"$(ABIDIFF)"' -DNM='"$(NM)"' -DLINK_FLAGS='"$(LINK_FLAGS)"'
test_exports_LDADD = $(CHECK_LIBS)

test_header_SOURCES = tests/abi/test_header.c $(harness)
test_header_CPPFLAGS = $(test_cppflags) \
	-DBUILD_FLAGS='"-iquote$(abs_top_srcdir)/src -iquote$(abs_top_srcdir)/compat $(PYTHON_CPPFLAGS) $(LIBFFI_CFLAGS)"'
test_header_LDADD = $(CHECK_LIBS)

test_install_SOURCES = tests/abi/test_install.c $(harness)
test_install_CPPFLAGS = $(test_cppflags) -DPKG_CONFIG='"$(PKG_CONFIG)"' \
	-DLIBFFI_LIBS='"$(LIBFFI_LIBS)"' -DINSTALLED_MANS='"$(man_MANS) $(dist_man_MANS)"' \
	-DLIBDIR='"$(libdir)"' -DINCLUDEDIR='"$(includedir)"' -DMANDIR='"$(mandir)"' \
	-DBINDIR='"$(bindir)"' -DDOCDIR='"$(docdir)"' -DPKGDATADIR='"$(pkgdatadir)"' -DCOMPLETIONSDIR='"$(completionsdir)"' \
	-DPYTHON_MODULE_DIR='"$(python_module_dir)"' \
	-DPKGCONFIGDIR='"$(pkgconfigdir)"'
test_install_LDADD = $(CHECK_LIBS)

test_packaging_SOURCES = tests/abi/test_packaging.c $(harness)
test_packaging_CPPFLAGS = $(test_cppflags) -DLIBPY2ABI_VERSION='"$(LIBPY2ABI_VERSION)"'
test_packaging_LDADD = $(CHECK_LIBS)

EXTRA_DIST += tests/abi/absent.py tests/abi/dump tests/abi/embedding.c tests/abi/extension.c \
	tests/abi/frozen.tsv tests/abi/header.c tests/abi/x86_64.abi

# For when the interface is meant to change: x86_64.abi as it would be now, to
# be compared with the one of the sources and to replace it.
.PHONY: abi-dump
abi-dump: libpy2abi.la
	$(MKDIR_P) tests/abi
	$(SHELL) $(srcdir)/tests/abi/dump .libs/libpy2abi.so $(srcdir)/src/py2abi.h \
		>tests/abi/x86_64.abi.new
	@echo "The dump is tests/abi/x86_64.abi.new."
CLEANFILES += tests/abi/x86_64.abi.new

# `make installcheck`: the suites, on what is installed.  (Not by way of `check`,
# which would build the library again.)
INSTALLCHECK_TESTS = test_exports test_asbuffer test_process test_views test_preload test_cli \
	$(guest_installcheck)
if PYTHON_MODULE
installed_python = $(DESTDIR)$(pymoddir)
endif
installcheck-local:
if HAVE_CHECK
	PY2ABI_TEST_LIBRARY='$(DESTDIR)$(libdir)/libpy2abi.so.0' \
	PY2ABI_TEST_COMMAND='$(DESTDIR)$(bindir)/py2abi' \
	PY2ABI_TEST_PYTHON='$(installed_python)' \
		$(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS='$(INSTALLCHECK_TESTS)' \
		check_PROGRAMS='$(guest_programs) embed $(INSTALLCHECK_TESTS)' check_LTLIBRARIES=
else
	@echo "There is no check library, so nothing of the installation is tested."; exit 1
endif
