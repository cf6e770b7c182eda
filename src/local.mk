# src/: the library.

lib_LTLIBRARIES = libpy2abi.la
include_HEADERS = src/py2abi.h
pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = src/py2abi.pc

tables = src/types.def src/host.def src/exports.def src/deviations.def src/settings.def

# Built once, linked twice: into the library and, with every name visible, into
# the tests of its parts.
noinst_LTLIBRARIES = libcore.la
libcore_la_SOURCES = \
	src/asbuffer.c \
	src/capi.h \
	src/host.c src/host.h \
	src/layout.c src/layout.h \
	src/settings.h \
	src/sig.c src/sig.h \
	src/version.c \
	src/views.c src/views.h \
	$(tables)
libcore_la_CFLAGS = $(AM_CFLAGS) $(LIBFFI_CFLAGS) -fvisibility=hidden
libcore_la_LIBADD = $(LIBFFI_LIBS)

# In the shared library only: an extension that is linked with the static one
# must not bring a dlopen of its own.  interpose.c is called while a sanitizer's
# runtime starts, and link-time optimisation does not see what its assembly calls.
noinst_LTLIBRARIES += libinterpose.la libfront.la
libinterpose_la_SOURCES = src/interpose.c src/interpose.h
libinterpose_la_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden -fno-sanitize=all -fno-lto
libfront_la_SOURCES = \
	src/binary.c src/binary.h \
	$(elf_sources) \
	src/front.c src/front.h
libfront_la_CPPFLAGS = $(AM_CPPFLAGS) -DGUESTS_FOLDER='"$(guests_folder)"'
libfront_la_CFLAGS = $(libcore_la_CFLAGS)

libpy2abi_la_SOURCES =
libpy2abi_la_LIBADD = libcore.la
# Bound to itself: its functions and its dlsym are its own, whoever else defines
# them, and take no time of the dynamic linker's.
libpy2abi_la_LDFLAGS = $(LINK_FLAGS) -version-info $(LIBPY2ABI_VERSION) \
	-Wl,-Bsymbolic-functions -Wl,--version-script=src/libpy2abi.map \
	-Wl,--whole-archive,.libs/libinterpose.a,.libs/libfront.a,--no-whole-archive
EXTRA_libpy2abi_la_DEPENDENCIES = src/libpy2abi.map libinterpose.la libfront.la

# The version script: a node of exports.def after the other.  "local: *" would
# hide the names without a version.  What else there is the compiler hides, but
# for names of the linker's and those of a libffi that is linked statically.
CLEANFILES += src/libpy2abi.map
src/libpy2abi.map: src/exports.def $(top_srcdir)/src/local.mk
	$(AM_V_GEN)$(MKDIR_P) src && $(AWK) -F '[(, )]+' '/^EXPORT/ { \
		if ($$2 != node) { if (node) print "};"; print $$2 " {\nglobal:"; node = $$2 } \
		print "\t" $$3 ";" } \
		END { print "local:\n\t_*;\n\tffi_*;\n};" }' $(srcdir)/src/exports.def >$@.tmp && mv $@.tmp $@

# The library looks for its guests module in a folder beside it.
all-local: .libs/$(guests_folder)
.libs/$(guests_folder):
	$(AM_V_at)$(MKDIR_P) .libs && $(LN_S) . $@

# The command.  It links to none of the libraries: it works without Python, and
# where the library does not.
bin_PROGRAMS = py2abi
py2abi_SOURCES = \
	src/audit.c src/audit.h \
	src/binary.c src/binary.h \
	src/cli-audit.c \
	src/cli-run.c \
	src/cli.c src/cli.h \
	$(elf_sources) \
	src/needed.c src/needed.h \
	compat/api.c compat/api.h \
	compat/refusals.c compat/refusals.h
py2abi_CPPFLAGS = -I$(top_builddir) -iquote $(top_srcdir)/src -iquote $(top_srcdir)/compat \
	$(HARDEN_CPPFLAGS) -DBINDIR='"$(bindir)"' -DLIBDIR='"$(libdir)"'
py2abi_CFLAGS = $(AM_CFLAGS) -pthread
py2abi_LDFLAGS = $(SANITIZER_FLAGS)

# Its completion, which bash looks for under the name of the command.
completionsdir = $(datadir)/bash-completion/completions
completions_DATA = src/completions/py2abi
CLEANFILES += src/completions/py2abi
EXTRA_DIST += src/py2abi.bash
src/completions/py2abi: src/py2abi.bash
	$(AM_V_GEN)$(MKDIR_P) src/completions && cp $(srcdir)/src/py2abi.bash $@

# What gdb shows of binaries.
dist_pkgdata_DATA = src/py2abi-gdb.py
