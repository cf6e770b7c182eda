# linuxaudiodev: constants, and how devices are refused.
import gc
import os
import tempfile

L = module
print("formats", [(name, getattr(L, "AFMT_" + name)) for name in "MU_LAW A_LAW U8 S8 U16_BE U16_LE S16_BE S16_LE".split()
                  if hasattr(L, "AFMT_" + name)] ==
      [("MU_LAW", 1), ("A_LAW", 2), ("U8", 8), ("S8", 64), ("U16_BE", 256), ("U16_LE", 128),
       ("S16_BE", 32), ("S16_LE", 16)])
print("error", L.error.__name__, issubclass(L.error, Exception), L.error.__module__)
handle, path = tempfile.mkstemp()
os.close(handle)
given = path.encode("ascii") if PY3 else path


def opened(label, *args):
    os.environ["AUDIODEV"] = path
    system(label, L.open, *args)


for mode in ("r", "w"):
    opened("open %s" % mode, given, b(mode))
    opened("open text %s" % mode, u(path), u(mode))
    opened("mode alone %s" % mode, b(mode))
for mode in (b("x"), b(""), u("r+"), b("rw")):
    kind("open with mode %s" % value(mode), L.open, given, mode)
    kind("mode alone %s" % value(mode), L.open, mode)
system("no device", L.open, b("/nonexistent/dsp"), b("w"))
system("a folder to write", L.open, b("/"), b("w"))
kind("open()", L.open)
for bad in (None, 5, [], 1.5, (b("r"),), b("w\0")):
    kind("open(%s)" % name_of(bad), L.open, bad)
    kind("open(path, %s)" % name_of(bad), L.open, given, bad)
    kind("open(%s, r)" % name_of(bad), L.open, bad, b("r"))
kind("open of three", L.open, given, b("w"), 1)
fds = len(os.listdir("/proc/self/fd"))
errors = []
for n in range(50):
    try:
        L.open(given, b("w"))
    except (L.error, EnvironmentError) as error:
        errors.append(error)
print("descriptors", len(os.listdir("/proc/self/fd")) - fds)
gc.collect()
print("errors outlive", len(errors), len(set(error.args[0] for error in errors)))
open_ = L.open
del L, module
gc.collect()
kind("function outlives", open_, given, b("x"))
os.unlink(path)
