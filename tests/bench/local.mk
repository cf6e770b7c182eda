# tests/bench/: `make bench` measures what py2abi costs.  No test's verdict
# depends on it.

BENCH_HOSTS = $(PYTHON)

EXTRA_PROGRAMS += tests/bench/spawn
tests_bench_spawn_SOURCES = tests/bench/spawn.c

EXTRA_DIST += tests/bench/bench.c tests/bench/guest.c tests/bench/guests.py \
	tests/bench/measure.py tests/bench/run.py
CLEANFILES += tests/bench/spawn$(EXEEXT) tests/bench/bench.*.so tests/bench/guest.*/*.so

.PHONY: bench
bench: libpy2abi.la guests.la tests/bench/spawn$(EXEEXT)
	$(AM_V_at)CC='$(CC)' $(PYTHON) $(srcdir)/tests/bench/run.py $(BENCH_HOSTS)
	$(AM_V_at)CC='$(CC)' $(PYTHON) $(srcdir)/tests/bench/guests.py $(BENCH_HOSTS)
