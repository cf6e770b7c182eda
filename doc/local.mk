# doc/: the manual pages.

man_MANS = doc/PyObject_AsReadBuffer.3
dist_man_MANS += doc/py2abi.7 doc/py2abi_create_module.3 doc/py2abi_views_begin.3
EXTRA_DIST += doc/PyObject_AsReadBuffer.3.in
CLEANFILES += doc/PyObject_AsReadBuffer.3

# The table of differences is made from the one that the tests use.
doc/PyObject_AsReadBuffer.3: doc/PyObject_AsReadBuffer.3.in src/deviations.def $(top_srcdir)/doc/local.mk
	$(AM_V_GEN)$(MKDIR_P) doc && $(AWK) -F '"' -v version='$(PACKAGE_VERSION)' ' \
		FNR == NR { if (/^DEVIATION/) row = $$2; else if (row != "" && /"/) row = row "\t" $$2; \
			if (row != "" && /\)$$/) { n = split(row, cell, "\t"); line = ""; \
				for (i = 1; i <= n; i++) \
					line = line (i > 1 ? "\t" : "") "T{\n" cell[i] "\nT}"; \
				table = table (table != "" ? "\n" : "") line; row = "" } next } \
		/^@DEVIATIONS@/ { print table; next } \
		{ gsub(/@VERSION@/, version); print }' \
		$(srcdir)/src/deviations.def $(srcdir)/doc/PyObject_AsReadBuffer.3.in >$@.tmp && mv $@.tmp $@

# One page under each of the names that it documents.
install-data-hook:
	cd $(DESTDIR)$(man3dir) && for name in AsCharBuffer AsWriteBuffer CheckReadBuffer; do \
		rm -f PyObject_$$name.3 && $(LN_S) PyObject_AsReadBuffer.3 PyObject_$$name.3; done
	cd $(DESTDIR)$(man3dir) && for name in py2abi_views_end py2abi_version; do \
		rm -f $$name.3 && $(LN_S) py2abi_views_begin.3 $$name.3; done
	cd $(DESTDIR)$(man3dir) && rm -f py2abi_is_python2.3 && \
		$(LN_S) py2abi_create_module.3 py2abi_is_python2.3

# The links, what Python has made of its module, and the folders that are ours alone.
uninstall-hook:
	rm -f $(DESTDIR)$(man3dir)/PyObject_AsCharBuffer.3 $(DESTDIR)$(man3dir)/PyObject_AsWriteBuffer.3 \
		$(DESTDIR)$(man3dir)/PyObject_CheckReadBuffer.3 $(DESTDIR)$(man3dir)/py2abi_views_end.3 \
		$(DESTDIR)$(man3dir)/py2abi_is_python2.3 \
		$(DESTDIR)$(man3dir)/py2abi_version.3
if PYTHON_MODULE
	rm -f $(DESTDIR)$(pymoddir)/__pycache__/py2abi.*.pyc
	rmdir $(DESTDIR)$(pymoddir)/__pycache__ 2>/dev/null || :
endif
	rmdir $(DESTDIR)$(guestsdir) $(DESTDIR)$(docdir) $(DESTDIR)$(pkgdatadir) 2>/dev/null || :

# The command.
dist_man_MANS += doc/py2abi.1 doc/py2abi-audit.1 doc/py2abi-run.1
dist_doc_DATA = doc/py2abi-audit.schema.json

# What is to be read, and the page that is made of the table.
dist_doc_DATA += doc/four-functions.md doc/my-binary-does-not-load.md doc/packaging.md
doc_DATA = doc/coverage.md
EXTRA_DIST += doc/make-coverage
CLEANFILES += doc/coverage.md
doc/coverage.md: doc/make-coverage compat/types27.def compat/api27.def
	$(AM_V_GEN)$(MKDIR_P) doc && AWK='$(AWK)' $(SHELL) $(srcdir)/doc/make-coverage \
		$(srcdir)/compat/types27.def $(srcdir)/compat/api27.def >$@.tmp && mv $@.tmp $@
