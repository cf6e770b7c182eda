/* fixtures.h - the fixtures of tests/legacy/: finding them, building their extensions.
 *
 * A folder NN-name holds mod.c (or mod.cc), an extension as one wrote them for
 * Python 2.7, use.py, which drives it, and expected, what a real 2.7.18 printed. */

#ifndef PY2ABI_TEST_FIXTURES_H
#define PY2ABI_TEST_FIXTURES_H

#include "../common/harness.h"

enum { FIXTURES_MAX = 100, BUILDS_MAX = 4 };

extern char *fixtures[FIXTURES_MAX];
extern int fixture_count;

/* Whose headers: our own first, then those of each Python 2.7 found. */
extern struct build {
    const struct host *host; /* NULL: our own */
    char *flags;
} builds[BUILDS_MAX];
extern int build_count;

/* Fill these.  What is built from now on is built anew. */
void find_fixtures(void);

/* Compile a shared object, once for all tests of this run. */
void build_extension(const char *source, const char *output, const char *flags);
/* Build a fixture's; the directory in which the module is then. */
const char *build_fixture(const char *fixture, int build);

/* The first host that binaries can be imported in, debug build or not; or NULL. */
const struct host *find_host(bool debug);

#endif
