/* odd.c - what only looks like an extension that could work: the names tell.  And
 * what is for Python 3. */

#if defined(UCS2)
extern void *PyUnicodeUCS2_FromUnicode(const void *, long);
extern void *Py_InitModule4_64(const char *, void *, const char *, void *, int);
void initodd_ucs2(void) { PyUnicodeUCS2_FromUnicode(0, 0); Py_InitModule4_64("", 0, 0, 0, 0); }
#elif defined(PRE25)
extern void *Py_InitModule4(const char *, void *, const char *, void *, int);
void initodd_pre25(void) { Py_InitModule4("", 0, 0, 0, 0); }
#elif defined(DEBUG_BUILD)
extern void *Py_InitModule4TraceRefs_64(const char *, void *, const char *, void *, int);
void initodd_debug(void) { Py_InitModule4TraceRefs_64("", 0, 0, 0, 0); }
#elif defined(GRAMMAR)
extern void *Py_InitModule4_64(const char *, void *, const char *, void *, int);
extern int _PyParser_Grammar;
void initodd_grammar(void) { Py_InitModule4_64("", 0, 0, 0, _PyParser_Grammar); }
#elif defined(UNKNOWN)
extern void *Py_InitModule4_64(const char *, void *, const char *, void *, int);
extern void *PyVendor_Function(void);
extern int PyVendor_Data;
void initodd_unknown(void) { Py_InitModule4_64("", 0, 0, PyVendor_Function(), PyVendor_Data); }
#elif defined(OTHER)
extern void *Py_InitModule4_64(const char *, void *, const char *, void *, int);
extern void *vendor_function(void);
void initodd_other(void) { Py_InitModule4_64("", 0, 0, vendor_function(), 0); }
#elif defined(PYTHON3)
/* For Python 3, with a function of the old buffer protocol or without.  They are
 * opened only. */
extern int PyErr_CheckSignals(void);
extern int PyObject_CheckReadBuffer(void *);
char filling[50000] = {1};
void *PyInit_odd_python3(void) { return PyErr_CheckSignals() ? 0 : filling + PYTHON3; }
#endif
