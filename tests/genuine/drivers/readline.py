# readline: history, files, the completer and the hooks, which the C library itself calls.
import ctypes
import gc
import os
import tempfile

R = module
with open("/proc/self/maps") as maps:
    library = ctypes.CDLL([line.split()[-1] for line in maps if "/libreadline" in line][0])
handle, path = tempfile.mkstemp()
os.close(handle)
given = path.encode("ascii") if PY3 else path

# History.
show("empty", lambda: (R.get_current_history_length(), R.get_history_item(1), R.get_history_item(0)))
for line in ("first", "second", "third", "b\xe9yond", ""):
    show("add", R.add_history, b(line))
show("length", R.get_current_history_length)
show("items", lambda: [R.get_history_item(n) for n in range(1, 7)])
show("item before", R.get_history_item, -1)
show("item of huge", R.get_history_item, 2 ** 30)
show("replace", lambda: (R.replace_history_item(1, b("SECOND")), R.get_history_item(2)))
show("replace beyond", R.replace_history_item, 100, b("x"))
show("replace before", R.replace_history_item, -1, b("x"))
show("remove", lambda: (R.remove_history_item(0), R.get_current_history_length(), R.get_history_item(1)))
show("remove beyond", R.remove_history_item, 100)
show("remove before", R.remove_history_item, -5)
for bad in (None, b("1"), [], 2 ** 80):
    kind("get(%s)" % name_of(bad), R.get_history_item, bad)
    kind("remove(%s)" % name_of(bad), R.remove_history_item, bad)
    kind("replace(%s)" % name_of(bad), R.replace_history_item, bad, b("x"))
for bad in (None, 5, []):
    kind("add(%s)" % name_of(bad), R.add_history, bad)
    kind("replace with %s" % name_of(bad), R.replace_history_item, 0, bad)
kind("add a zero", R.add_history, b("a\0b"))
kind("add()", R.add_history)
show("add text", lambda: (R.add_history(u("text")), R.get_history_item(R.get_current_history_length())))

# Files.
show("write", R.write_history_file, given)
with open(path, "rb") as f:
    show("written", f.read)
show("clear", lambda: (R.clear_history(), R.get_current_history_length()))
show("read", lambda: (R.read_history_file(given), R.get_current_history_length(), R.get_history_item(1)))
show("history length", R.get_history_length)
show("set length", lambda: (R.set_history_length(2), R.get_history_length()))
try:
    R.write_history_file(given)
except EnvironmentError:
    pass  # what the library says of a shortened file depends on its version
with open(path, "rb") as f:
    show("two are written", f.read)
kind("set length None", R.set_history_length, None)
R.set_history_length(-1)
system("no file", R.read_history_file, b("/nonexistent/history"))
system("no folder", R.write_history_file, b("/nonexistent/history"))
kind("read 5", R.read_history_file, 5)
kind("write of two", R.write_history_file, given, 1)
with open(path, "w") as f:
    f.write("set bell-style none\n")
show("init file", R.read_init_file, given)
system("no init file", R.read_init_file, b("/nonexistent/inputrc"))
kind("init file 5", R.read_init_file, 5)
show("bind", R.parse_and_bind, b("set editing-mode emacs"))
show("bind a key", R.parse_and_bind, b("tab: complete"))
show("bind text", R.parse_and_bind, u("tab: complete"))
kind("bind None", R.parse_and_bind, None)
kind("bind()", R.parse_and_bind)

# The line.
show("line", R.get_line_buffer)
show("insert", lambda: (R.insert_text(b("some text")), R.get_line_buffer()))
kind("insert 5", R.insert_text, 5)
library.rl_initialize()

# Completion: as the library asks for it when the key is pressed.
complete = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_int)(
    ctypes.cast(ctypes.c_void_p.in_dll(library, "rl_attempted_completion_function").value or 0,
                ctypes.c_void_p).value)


def completions(text, start=0):
    """What the completer says to that text."""
    found = complete(text, start, start + len(text))
    if not found:
        return None
    lines = ctypes.cast(found, ctypes.POINTER(ctypes.c_char_p))
    out, n = [], 0
    while lines[n] is not None:
        out.append(lines[n])
        n += 1
    return out


def words(text, state):
    asked.append((type(text) is bytes or text.encode("ascii"), state, R.get_begidx(), R.get_endidx(),
                  R.get_completion_type() >= 0))
    found = [word for word in ("import", "imports", "in", "if") if b(word).startswith(wanted)]
    return b(found[state]) if state < len(found) else None


asked = []
wanted = b("imp")
show("no completer", R.get_completer)
show("not asked", completions, b("imp"))
show("set completer", R.set_completer, words)
show("completer", lambda: R.get_completer() is words)
show("completions", completions, b("imp"))
print("asked", len(asked), [x[1:4] for x in asked])
wanted = b("zzz")
show("none", completions, b("zzz"), 4)
show("where", lambda: asked[-1][1:4])
for reply in (5, None, [], 1.5):
    R.set_completer(lambda text, state: reply)
    show("answers %s" % name_of(reply), completions, b("im"))


def failing(text, state):
    raise KeyError(text)


R.set_completer(failing)
show("fails", completions, b("im"))
R.set_completer(words)
del words
gc.collect()
wanted = b("in")
show("completer outlives its name", completions, b("in"))
show("unset", lambda: (R.set_completer(None), R.get_completer()))
show("unset by nothing", lambda: (R.set_completer(), R.get_completer()))
kind("set 5", R.set_completer, 5)
kind("set of two", R.set_completer, len, len)
show("delimiters", lambda: (R.set_completer_delims(b(" .")), R.get_completer_delims()))
kind("delimiters 5", R.set_completer_delims, 5)
kind("delimiters None", R.set_completer_delims, None)

# Hooks.
calls = []


def called(name):
    """Call one of the library's hooks, as it does before it reads a line."""
    address = ctypes.c_void_p.in_dll(library, name).value
    return ctypes.CFUNCTYPE(ctypes.c_int)(address)() if address else "none"


for setter, hook in ((R.set_startup_hook, "rl_startup_hook"),
                     (getattr(R, "set_pre_input_hook", None), "rl_pre_input_hook")):
    show(hook + " set", setter, lambda: calls.append(1))
    show(hook + " called", lambda: (called(hook), len(calls)))
    show(hook + " answers", lambda: (setter(lambda: 7), called(hook)))
    show(hook + " answers nothing", lambda: (setter(lambda: None), called(hook)))
    show(hook + " unset", lambda: (setter(), called(hook)))
    show(hook + " None", lambda: (setter(None), called(hook)))
    kind(hook + " 5", setter, 5)
    kind(hook + " of two", setter, len, 1)
show("display hook", R.set_completion_display_matches_hook, lambda *args: calls.append(args))
show("display hook unset", R.set_completion_display_matches_hook, None)
kind("display hook 5", R.set_completion_display_matches_hook, 5)
kind("redisplay(1)", R.redisplay, 1)
R.clear_history()
os.unlink(path)
