# python/: the module py2abi for the configured Python 3.

if PYTHON_MODULE
pymoddir = $(python_module_dir)
nodist_pymod_DATA = python/py2abi.py
endif
all-local: python/py2abi.py
EXTRA_DIST += python/py2abi.py.in
CLEANFILES += python/py2abi.py
python/py2abi.py: python/py2abi.py.in Makefile
	$(AM_V_GEN)$(MKDIR_P) python && $(SED) -e 's|@libdir''@|$(libdir)|' \
		-e 's|@PACKAGE_VERSION''@|$(PACKAGE_VERSION)|' \
		-e 's|@multiarch''@|$(python_multiarch)|' $(srcdir)/python/py2abi.py.in >$@.tmp && mv $@.tmp $@
