# src/: the library.

lib_LTLIBRARIES = libpy2abi.la
include_HEADERS = src/py2abi.h
pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = src/py2abi.pc

tables = src/types.def src/host.def src/exports.def src/deviations.def

# Built once, linked twice: into the library and, with every name visible, into
# the tests of its parts.
noinst_LTLIBRARIES = libcore.la
libcore_la_SOURCES = \
	src/asbuffer.c \
	src/capi.h \
	src/host.c src/host.h \
	src/layout.c src/layout.h \
	src/sig.c src/sig.h \
	src/version.c \
	src/views.c src/views.h \
	$(tables)
libcore_la_CFLAGS = $(AM_CFLAGS) $(LIBFFI_CFLAGS) -fvisibility=hidden
libcore_la_LIBADD = $(LIBFFI_LIBS)

libpy2abi_la_SOURCES =
libpy2abi_la_LIBADD = libcore.la
libpy2abi_la_LDFLAGS = $(LINK_FLAGS) -version-info $(LIBPY2ABI_VERSION) \
	-Wl,--version-script=src/libpy2abi.map
EXTRA_libpy2abi_la_DEPENDENCIES = src/libpy2abi.map

# The version script: a node of exports.def after the other, and nothing else
# visible.
CLEANFILES += src/libpy2abi.map
src/libpy2abi.map: src/exports.def $(top_srcdir)/src/local.mk
	$(AM_V_GEN)$(MKDIR_P) src && $(AWK) -F '[(, )]+' '/^EXPORT/ { \
		if ($$2 != node) { if (node) print "};"; print $$2 " {\nglobal:"; node = $$2 } \
		print "\t" $$3 ";" } \
		END { print "local:\n\t*;\n};" }' $(srcdir)/src/exports.def >$@.tmp && mv $@.tmp $@
