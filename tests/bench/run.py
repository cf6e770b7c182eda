"""run.py HOST...: what py2abi's functions cost, as ratios to each Python HOST's own.

Runs in the build directory, of which it uses the library, config.h and tests/bench/spawn.  The
figures are to be read, not to be passed: whatever they are, the exit status is 0.
"""

import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
LIBRARY = os.path.abspath(os.path.join(".libs", "libpy2abi.so"))
BUILT = os.path.abspath(os.path.join("tests", "bench"))

ROUNDS = 21
TRUE_ROUNDS = 3000
PYTHON_ROUNDS = 150

# What the ratios should not exceed: with an exact bytes or bytearray, through plain libffi calls,
# through libffi's call plans, and for the start of a program that is no Python.
FAST_TARGET, PLAIN_TARGET, PLAN_TARGET, TRUE_TARGET = 1.0, 8.0, 3.0, 1.15

# What a host says of itself.  The command line is without any script in front of the interpreter:
# its start-up would be measured, too.
ASK = """
import json, sys, sysconfig
if sys.version_info < (3, 6):
    sys.exit("it is no Python 3.6 or later")
print(sys.version.split()[0])
print(sysconfig.get_config_var("EXT_SUFFIX"))
print(json.dumps(open("/proc/self/cmdline").read().split("\\0")[:-3]))
"""


class Skip(Exception):
    """A measurement is not possible here."""


def environment(**settings):
    """This process's environment without what could change the figures."""
    dropped = ("LD_PRELOAD", "PY2ABI_DISPATCH", "PY2ABI_VIEWS")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    kept.update(settings)
    return kept


def run(command, **settings):
    """The output of a command, which may fail."""
    process = subprocess.Popen(command, env=environment(**settings), stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, universal_newlines=True)
    output, errors = process.communicate()
    if process.returncode != 0:
        raise Skip((errors + output).strip() or "%s failed" % command[0])
    return output


def has_plans():
    with open("config.h") as config:
        return re.search(r"^#define HAVE_FFI_CALL_PLAN 1$", config.read(), re.M) is not None


def verdict(ratio, target, strictly=False):
    met = ratio < target if strictly else ratio <= target
    return "%-2s %.2f %s" % ("<" if strictly else "<=", target, "ok" if met else "over")


def measure(host, suffix, **settings):
    """{(function, object): (our ns, the host's ns, "error" or "")}, in order."""
    extension = os.path.join(BUILT, "bench" + suffix)
    run([os.path.join(HERE, os.pardir, "legacy", "compile"), host,
         os.path.join(HERE, "bench.c"), extension])
    lines = run([host, os.path.join(HERE, "measure.py"), BUILT, LIBRARY, str(ROUNDS)],
                **settings).splitlines()
    return [(tuple(fields[:2]), (float(fields[2]), float(fields[3]), fields[4]))
            for fields in (line.split("\t") for line in lines)]


def print_calls(host, suffix):
    auto = measure(host, suffix)
    ffi = dict(measure(host, suffix, PY2ABI_DISPATCH="ffi"))
    slow_target = PLAN_TARGET if has_plans() else PLAIN_TARGET

    group = "%6s %6s %6s  %-12s"
    columns = group % ("py2abi", "host's", "ratio", "target")
    print("%-38s%-35s%s" % ("ns of a call:", "PY2ABI_DISPATCH=auto", "PY2ABI_DISPATCH=ffi"))
    print("%-37s %s %s" % ("", columns, columns.rstrip()))
    for (function, name), answer in auto:
        groups = []
        for dispatch, (ours, peer, error) in (("auto", answer), ("ffi", ffi[function, name])):
            if peer == 0:
                groups.append(group % ("%.1f" % ours, "none", "", ""))
                continue
            fast = dispatch == "auto" and name in ("bytes", "bytearray") and not error
            ratio = ours / peer
            groups.append(group % ("%.1f" % ours, "%.1f" % peer, "%.2f" % ratio,
                                   verdict(ratio, FAST_TARGET if fast else slow_target, fast)))
        label = name + (" (error)" if answer[2] else "")
        print(("%-19s%-18s %s" % (function[len("PyObject_"):] if name == "bytes" else "", label,
                                  " ".join(groups))).rstrip())


def print_start(label, rounds, command, target=None):
    try:
        # The dynamic linker only warns of what it cannot preload.
        trial = subprocess.Popen(command, env=environment(LD_PRELOAD=LIBRARY),
                                 stderr=subprocess.PIPE, universal_newlines=True)
        words = trial.communicate()[1].strip()
        if words or trial.returncode != 0:
            raise Skip("the library cannot be preloaded: %s" % (words or trial.returncode))
        without, preloaded = map(float, run([os.path.join(BUILT, "spawn"), str(rounds), LIBRARY]
                                            + command).split())
        ratio = preloaded / without
        print("%-36s %7.0f %6.0f %6.2f  %s"
              % (label, preloaded, without, ratio, verdict(ratio, target) if target else "none"))
    except Skip as reason:
        print("%-36s %s" % (label, reason))


def main(hosts):
    print("py2abi with libffi's %s; medians of interleaved rounds"
          % ("call plans" if has_plans() else "plain ffi_call, no call plans"))
    interpreters = []
    for host in hosts:
        try:
            version, suffix, command = run([host, "-c", ASK]).splitlines()
            print("\nPython %s, %s" % (version, host))
            interpreters.append((version, host, json.loads(command)))
            print_calls(host, suffix)
        except (OSError, Skip) as reason:
            print("\n%s: not measured: %s" % (host, reason))

    print("\n%-37s %6s %6s %6s  %s" % ("us of a program's start and end:", "loaded", "not",
                                       "ratio", "target"))
    print_start("/bin/true", TRUE_ROUNDS, ["/bin/true"], TRUE_TARGET)
    for version, host, command in interpreters:
        print_start("Python %s -c pass" % version, PYTHON_ROUNDS, command + ["-c", "pass"])


main(sys.argv[1:])
