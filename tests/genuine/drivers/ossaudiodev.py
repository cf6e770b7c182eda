# ossaudiodev: constants, mixers of files that are none, and how devices are refused.
import gc
import os
import tempfile
import weakref

O = module
formats = ("MU_LAW A_LAW IMA_ADPCM U8 S16_LE S16_BE S8 U16_LE U16_BE MPEG AC3").split()
print("formats", [getattr(O, "AFMT_" + name) for name in formats])
print("controls", len(O.control_names), len(O.control_labels), type(O.control_names) is list)
show("first names", lambda: [x if type(x) is bytes else x.encode("ascii") for x in O.control_names[:6]])
show("first labels", lambda: [(x if type(x) is bytes else x.encode("ascii")).strip() for x in O.control_labels[:6]])
for name in ("SOUND_MIXER_VOLUME SOUND_MIXER_BASS SOUND_MIXER_PCM SOUND_MIXER_MIC SOUND_MIXER_NRDEVICES "
             "SNDCTL_DSP_RESET SNDCTL_DSP_SPEED SNDCTL_DSP_GETFMTS SNDCTL_COPR_HALT "
             "SNDCTL_SEQ_SYNC").split():
    show(name, getattr, O, name)
print("errors", O.error is O.OSSAudioError, O.error.__name__, issubclass(O.error, Exception))

# Devices that are none.
handle, path = tempfile.mkstemp()
os.close(handle)
given = path.encode("ascii") if PY3 else path
for mode in ("r", "w", "rw"):
    system("open %s" % mode, O.open, given, b(mode))
system("no device", O.open, b("/nonexistent/dsp"), b("w"))
system("a folder", O.open, b("/"), b("w"))
for mode in (b("x"), b(""), u("r+")):
    kind("open with mode %s" % value(mode), O.open, given, mode)
kind("open()", O.open)
kind("open of one that is no mode", O.open, given)
for bad in (None, 5, [], 1.5):
    kind("open(%s)" % name_of(bad), O.open, bad)
    kind("open(path, %s)" % name_of(bad), O.open, given, bad)
kind("open of three", O.open, given, b("w"), 1)
fds = len(os.listdir("/proc/self/fd"))
for mode in ("r", "w", "x"):
    system("again", O.open, given, b(mode))
print("descriptors", len(os.listdir("/proc/self/fd")) - fds)

# Mixers, which look at their file only when they are asked.
system("no mixer", O.openmixer, b("/nonexistent/mixer"))
for bad in (None, 5, []):
    kind("openmixer(%s)" % name_of(bad), O.openmixer, bad)
kind("openmixer of two", O.openmixer, given, 1)
m = O.openmixer(given)
print("mixer", type(m).__name__)
show("fileno", lambda: m.fileno() > 2 and os.fstat(m.fileno()).st_ino == os.stat(path).st_ino)
for name in "controls stereocontrols reccontrols get_recsrc".split():
    system(name, getattr(m, name))
    kind(name + "(1)", getattr(m, name), 1)
system("get", m.get, O.SOUND_MIXER_VOLUME)
system("set", m.set, O.SOUND_MIXER_VOLUME, (50, 60))
system("set_recsrc", m.set_recsrc, 1)
for bad in (-1, 1000, None, b("x"), 2 ** 80):
    kind("get(%s)" % name_of(bad), m.get, bad)
    kind("set(%s)" % name_of(bad), m.set, bad, (1, 2))
for bad in ((101, 0), (0, -1), 5, None, (1,), (1, 2, 3), (None, 1)):
    system("set volume %s" % value(bad), m.set, 0, bad)
kind("get()", m.get)
kind("set(1)", m.set, 1)
kind("set_recsrc(None)", m.set_recsrc, None)
kind("attribute", setattr, m, "x", 1)
kind("no attribute", lambda: m.nothing)
kind("weak", weakref.ref, m)
kind("type makes none", lambda: type(m)())
show("close", lambda: (m.close(), m.close()))
for name in "fileno controls get_recsrc".split():
    system("closed " + name, getattr(m, name))
fds = len(os.listdir("/proc/self/fd"))
many = [O.openmixer(given) for n in range(50)]
methods = list(map(lambda x: x.fileno, many[:5]))
show("open", lambda: len(os.listdir("/proc/self/fd")) - fds)
del many
gc.collect()
show("those that methods keep", lambda: (len(os.listdir("/proc/self/fd")) - fds,
                                         all(f() > 2 for f in methods)))
del methods
gc.collect()
show("all closed", lambda: len(os.listdir("/proc/self/fd")) - fds)
os.unlink(path)
