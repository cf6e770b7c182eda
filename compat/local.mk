# compat/: the C ABI of Python 2.7, in files named as CPython's.

# The module that libpy2abi.so opens for the first Python 2 binary.  It is not
# part of the library, so that what is preloaded everywhere stays small.
guestsdir = $(libdir)/$(guests_folder)
guests_LTLIBRARIES = guests.la

compat_tables = \
	compat/api27.def \
	compat/attributes27.def \
	compat/builtins27.def \
	compat/host.def \
	compat/hostslots.def \
	compat/methods27.def \
	compat/refusals.def \
	compat/slots27.def \
	compat/types27.def
# What Python 2.7's headers gave an extension.
guest_headers = $(srcdir)/compat/include

# Python 3's headers are not for this directory: PyObject is the guest's here.
compat_cppflags = -I$(top_builddir) -iquote $(top_builddir)/compat -iquote $(top_srcdir)/compat \
	-iquote $(top_srcdir)/src -I$(top_srcdir)/compat/include $(HARDEN_CPPFLAGS)

guests_la_SOURCES = \
	compat/refusals.c compat/refusals.h \
	src/binary.c src/binary.h \
	src/bind.c src/bind.h \
	$(elf_sources) \
	src/front.h \
	src/loader.c src/loader.h \
	src/needed.c src/needed.h
if !GUESTS
guests_la_SOURCES += src/binder.c
else
guests_la_SOURCES += \
	compat/abstract.c \
	compat/api.c compat/api.h \
	compat/attributes.c compat/attributes.h \
	compat/bitset.c \
	compat/bltinmodule.c \
	compat/boolobject.c \
	compat/bufferobject.c \
	compat/bytearrayobject.c \
	compat/capsule.c \
	compat/cellobject.c \
	compat/check.c compat/check.h \
	compat/classobject.c \
	compat/ceval.c \
	compat/closure.c compat/closure.h \
	compat/cobject.c \
	compat/codeobject.c \
	compat/codecs.c \
	compat/collect.c compat/collect.h \
	compat/compile.c \
	compat/complexobject.c \
	compat/crossing.c compat/crossing.h \
	compat/datetimemodule.c \
	compat/descr.h compat/descrobject.c \
	compat/dictobject.c \
	compat/dictslots.c \
	compat/dispatch.c compat/dispatch.h \
	compat/dtoa.c \
	compat/entry.c compat/entry.h \
	compat/errors.c \
	compat/exceptions.c compat/exceptions.h \
	compat/faulthandler.c \
	compat/fields.c \
	compat/fileobject.c \
	compat/floatobject.c \
	compat/formatter.c \
	compat/formatter_string.c \
	compat/frameobject.c compat/frames.h \
	compat/funcobject.c \
	compat/gcmodule.c \
	compat/getargs.c \
	compat/getopt.c \
	compat/getpath.c \
	compat/getversion.c \
	compat/graph.c compat/graph.h \
	compat/guests.c \
	compat/hostapi.c compat/hostapi.h \
	compat/hostcall.c compat/hostcall.h \
	compat/hostlayout.c compat/hostlayout.h \
	compat/hosttype.c compat/hosttype.h \
	compat/import.c \
	compat/importdl.c \
	compat/intobject.c \
	compat/iterobject.c \
	compat/library.c compat/library.h \
	compat/lifetimes.c \
	compat/listobject.c \
	compat/longobject.c \
	compat/main.c \
	compat/map.c compat/map.h \
	compat/marshal.c \
	compat/memoryobject.c \
	compat/methodobject.c \
	compat/mirror.c \
	compat/modsupport.c \
	compat/moduleobject.c \
	compat/myreadline.c \
	compat/mysnprintf.c \
	compat/mystrtoul.c \
	compat/object.c \
	compat/obmalloc.c compat/pool.h \
	compat/proxy.c compat/proxy.h \
	compat/proxyslots.c compat/proxyslots.h \
	compat/proxytype.c \
	compat/pyarena.c \
	compat/pyctype.c \
	compat/pyfpe.c \
	compat/pymath.c \
	compat/pystate.c \
	compat/pystrcmp.c \
	compat/pystrtod.c \
	compat/pythonrun.c \
	compat/random.c \
	compat/setobject.c \
	compat/sharedlist.c compat/sharedlist.h \
	compat/signalmodule.c \
	compat/sliceobject.c \
	compat/slotdefs.c \
	compat/slotplace.h \
	compat/slots.c compat/slots.h \
	compat/stringobject.c \
	compat/structmember.c \
	compat/structseq.c \
	compat/sysmodule.c \
	compat/thread.c \
	compat/trace.c \
	compat/tokenizer.c \
	compat/traceback.c \
	compat/tupleobject.c \
	compat/typemirror.c \
	compat/typeobject.c \
	compat/unicodectype.c \
	compat/unicodeobject.c \
	compat/variadic.c compat/variadic.h \
	compat/weakrefobject.c \
	compat/views.c compat/views.h \
	compat/containers.h \
	compat/guest.h \
	compat/numbers.h \
	compat/percent.h \
	compat/strings27.h \
	compat/text.h \
	compat/textmethods.h \
	$(compat_tables)
endif
nodist_guests_la_SOURCES = compat/names.h
guests_la_CPPFLAGS = $(compat_cppflags)
# -shared is libtool's: nothing is compiled a second time, for a static library.
guests_la_CFLAGS = $(AM_CFLAGS) $(GUESTS_CFLAGS) $(LIBFFI_CFLAGS) -fvisibility=hidden -fno-strict-aliasing \
	-shared
guests_la_LIBADD = $(LIBFFI_LIBS) -lm
guests_la_LDFLAGS = -module -avoid-version -shared $(LINK_FLAGS)

# The host's functions, compared with the headers of Python 3.
if GUESTS
noinst_LTLIBRARIES += libhostcheck.la
endif
libhostcheck_la_SOURCES = compat/hostcheck.c
libhostcheck_la_CFLAGS = $(AM_CFLAGS)

BUILT_SOURCES += compat/names.h
CLEANFILES += compat/names.h
compat/names.h: compat/api27.def compat/make-names
	$(AM_V_GEN)$(MKDIR_P) compat && $(SHELL) $(srcdir)/compat/make-names \
		<$(srcdir)/compat/api27.def >$@.tmp && mv $@.tmp $@

EXTRA_DIST += compat/abstract.h compat/include compat/make-names
