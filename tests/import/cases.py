"""cases.py CASE: importing Python 2 binaries in this Python 3; run by test_import.

The binaries lie in the first folder of sys.path; a case may write to the folder
that PY2ABI_TEST_SCRATCH names.
"""

import gc
import importlib
import os
import shutil
import subprocess
import sys
import threading

HERE = os.environ["PYTHONPATH"]
SCRATCH = os.environ.get("PY2ABI_TEST_SCRATCH", "")
CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def skip(reason):
    print(reason)
    sys.exit(77)


def fails(error, call, *words):
    try:
        call()
    except error as caught:
        text = str(caught)
        for word in words:
            assert word in text, (word, text)
        return caught
    raise AssertionError("no %s" % error.__name__)


def mapped():
    with open("/proc/self/maps") as maps:
        return maps.read()


def text(value):
    return value.decode() if isinstance(value, bytes) else value


@case
def a_plain_import():
    import plain
    assert plain.__name__ == "plain" and plain.__doc__ == "Plain."
    assert plain.__file__ == os.path.join(HERE, "plain.so"), plain.__file__
    assert plain.__spec__.name == "plain" and plain.__spec__.origin == plain.__file__
    assert plain.__loader__ is plain.__spec__.loader and plain.__package__ == ""
    assert plain.init_count == 1 and sys.modules["plain"] is plain
    assert plain.values[:2] == [1, 2] and text(plain.values[2]) == "three"
    assert type(plain) is type(sys) and "plain" in repr(plain)


@case
def the_name_that_debuggers_see():
    import plain
    assert text(plain.file()) == os.path.join(HERE, "plain.so"), plain.file()


@case
def no_second_python():
    # It needs libpython2.7.so.1.0, which lies beside it and aborts when loaded.
    import wants_python
    assert wants_python.inits() == 1
    assert "libpython2" not in mapped()


@case
def libraries_from_beside_it():
    import by_origin
    assert by_origin.depend() == 11


@case
def a_library_without_a_name():
    import by_origin_unnamed
    assert by_origin_unnamed.depend() == 12


@case
def a_library_that_uses_python():
    import by_library
    assert text(by_library.made()) == "made by a library"


@case
def a_library_that_is_missing():
    fails(ImportError, lambda: importlib.import_module("without_library"), "libnowhere.so")


@case
def cxx():
    import cxx as module
    names = module.names()
    assert [text(n) if isinstance(n, bytes) else n for n in names] == [
        "derived", 42, "early", "cast"], names
    assert module.thrown(0) == 6 and module.thrown(0) == 7
    fails(IndexError, lambda: module.thrown(99), "out of range")
    fails(TypeError, lambda: module.thrown("x"), "no int")
    result = []
    thread = threading.Thread(target=lambda: result.append(module.thrown(0)))
    thread.start()
    thread.join()
    assert result == [6], result


@case
def thread_local_storage():
    import plain
    assert [plain.count_in_thread() for i in range(3)] == [7, 8, 9]
    result = []
    thread = threading.Thread(target=lambda: result.append(plain.count_in_thread()))
    thread.start()
    thread.join()
    assert result == [7]


@case
def second_import():
    import plain
    import plain as again
    assert again is plain and plain.inits() == 1


@case
def removed_and_imported_again():
    # As Python 2: the init function does not run again, the names are as they were
    # when it had run.
    import plain
    plain.added = 1
    plain.init_count = 99
    del sys.modules["plain"]
    again = importlib.import_module("plain")
    assert again is not plain and again.inits() == 1
    assert again.init_count == 1 and not hasattr(again, "added")
    assert again.__spec__.origin == plain.__file__
    assert plain.added == 1


@case
def reload():
    import plain
    plain.added = 1
    assert importlib.reload(plain) is plain
    assert plain.inits() == 1 and plain.added == 1


@case
def in_a_package():
    import package.inner
    assert package.inner.__name__ == "package.inner", package.inner.__name__
    assert package.inner.__package__ == "package"
    assert package.inner.inits.__module__ == "package.inner", package.inner.inits.__module__
    assert "inner" not in sys.modules


@case
def failing_init():
    fails(ValueError, lambda: importlib.import_module("failing"), "the instrument does not answer")
    assert "failing" not in sys.modules
    fails(ValueError, lambda: importlib.import_module("failing"))


@case
def init_that_fails_late():
    fails(RuntimeError, lambda: importlib.import_module("failing_late"), "half done")
    assert "failing_late" not in sys.modules and "left_behind" not in sys.modules


@case
def silent_init():
    error = fails(ImportError, lambda: importlib.import_module("silent"),
                  "initsilent", "silent.so")
    assert error.name == "silent" and error.path.endswith("silent.so")


@case
def another_name():
    shutil.copy(os.path.join(HERE, "plain.so"), os.path.join(SCRATCH, "renamed.so"))
    sys.path.insert(0, SCRATCH)
    fails(ImportError, lambda: importlib.import_module("renamed"), "initrenamed", "renamed.so")


@case
def through_a_link():
    link = os.path.join(SCRATCH, "plain.so")
    os.symlink(os.path.join(HERE, "plain.so"), link)
    sys.path.insert(0, SCRATCH)
    import plain
    assert plain.__file__ == link
    maps = mapped().count("plain.so")
    del sys.modules["plain"]
    sys.path.remove(SCRATCH)
    again = importlib.import_module("plain")
    assert again.inits() == 1 and mapped().count("plain.so") == maps


@case
def path_that_is_not_ascii():
    folder = os.path.join(SCRATCH, "M\u00fcller \u65e5\u672c")
    try:
        os.mkdir(folder)
    except UnicodeEncodeError:
        skip("its file system encoding has no other letters")
    shutil.copy(os.path.join(HERE, "plain.so"), folder)
    sys.path.insert(0, folder)
    import plain
    assert plain.__file__ == os.path.join(folder, "plain.so")
    assert os.fsdecode(plain.file()) == plain.__file__


@case
def undecodable_path():
    folder = os.fsdecode(os.fsencode(SCRATCH) + b"/\xff")
    os.mkdir(folder)
    shutil.copy(os.path.join(HERE, "plain.so"), folder)
    sys.path.insert(0, folder)
    try:
        import plain
    except UnicodeEncodeError:
        skip("it cannot import any extension from a path that cannot be decoded")
    assert plain.__file__ == os.path.join(folder, "plain.so")


@case
def file_replaced_meanwhile():
    file = os.path.join(SCRATCH, "plain.so")
    shutil.copy(os.path.join(HERE, "plain.so"), file)
    sys.path.insert(0, SCRATCH)
    import plain
    # Overwritten in place: a mapped file would now be damaged code.
    with open(file, "r+b") as stream:
        stream.write(b"\0" * os.path.getsize(file))
    assert plain.inits() == 1 and plain.count_in_thread() == 7
    fails(ValueError, lambda: importlib.import_module("failing"))
    # And replaced by another one: the path is known, as Python 2 has it.
    os.remove(file)
    shutil.copy(os.path.join(HERE, "silent.so"), file)
    del sys.modules["plain"]
    assert importlib.import_module("plain").inits() == 1


@case
def from_many_threads():
    maps = mapped().count("plain.so")
    assert maps == 0
    barrier = threading.Barrier(8)
    modules, errors = [], []

    def run():
        try:
            barrier.wait()
            modules.append(importlib.import_module("plain"))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors
    assert len(set(map(id, modules))) == 1 and modules[0].inits() == 1


@case
def opened_by_ctypes():
    import ctypes
    first = ctypes.PyDLL(os.path.join(HERE, "plain.so"))
    second = ctypes.PyDLL(os.path.join(HERE, "plain.so"))
    assert first._handle == second._handle
    assert not hasattr(first, "no_such_name") and first.initplain is not None
    import plain
    assert plain.inits() == 1
    assert mapped().count("r-xp") and plain.inits() == 1


@case
def another_interpreter():
    interpreters = None
    for name in ("_interpreters", "_xxsubinterpreters"):
        try:
            interpreters = importlib.import_module(name)
            break
        except ImportError:
            pass
    if interpreters is None:
        skip("it has no module for several interpreters")
    import plain
    code = """if True:
        import sys
        sys.path.insert(0, %r)
        try:
            import plain
        except ImportError as error:
            assert 'interpreter' in str(error), error
        else:
            raise SystemError('it was imported')
        """ % HERE
    try:
        other = interpreters.create("legacy")
    except TypeError:
        other = interpreters.create()
    failure = interpreters.run_string(other, code)
    assert failure is None, failure
    interpreters.destroy(other)
    assert plain.inits() == 1


@case
def without_the_gil():
    if not getattr(sys, "_is_gil_enabled", None) or os.environ.get("PYTHON_GIL") == "1":
        skip("it has no build without the GIL")
    import subprocess
    env = dict(os.environ, PYTHON_GIL="0")
    result = subprocess.run([sys.executable, "-c", "import sys, plain"], env=env,
                            stderr=subprocess.PIPE, universal_newlines=True)
    if "does not support" in result.stderr or "config_read" in result.stderr:
        skip("it has no build without the GIL")
    assert result.returncode == 1 and "GIL" in result.stderr, result.stderr


@case
def refused_by_name():
    for name, words in (("odd_ucs2", ["two-byte Unicode", "UCS2"]),
                        ("odd_pre25", ["2.4", "Py_InitModule4"]),
                        ("odd_debug", ["debug", "Py_InitModule4TraceRefs"]),
                        ("odd_unknown", ["PyVendor_Function", "PyVendor_Data"]),
                        ("odd_other", ["vendor_function"])):
        fails(ImportError, lambda: importlib.import_module(name), name + ".so", *words)
        assert name not in sys.modules
    import plain
    assert plain.inits() == 1


@case
def damaged():
    with open(os.path.join(HERE, "plain.so"), "rb") as stream:
        whole = stream.read()
    sys.path.insert(0, SCRATCH)
    importlib.invalidate_caches()
    for size in (0, 1, 63, 64, 200, 1000, len(whole) // 2, len(whole) - 600):
        with open(os.path.join(SCRATCH, "plain.so"), "wb") as stream:
            stream.write(whole[:size])
        if size < len(whole) // 2:
            fails(ImportError, lambda: importlib.import_module("plain"), "plain.so")
        else:
            try:
                importlib.import_module("plain")
            except ImportError as error:
                assert "plain.so" in str(error)
            sys.modules.pop("plain", None)


def tables(image):
    """The ranges of the file that hold what the dynamic linker reads: the headers and the
    tables that the dynamic segment names, but not the names themselves."""
    import struct
    phoff, = struct.unpack_from("<Q", image, 32)
    phentsize, phnum = struct.unpack_from("<HH", image, 54)
    ranges, loads, dynamic = [(0, 64), (phoff, phentsize * phnum)], [], None
    for i in range(phnum):
        kind, _, offset, address, _, size = struct.unpack_from("<IIQQQQ", image,
                                                               phoff + i * phentsize)
        if kind == 1:
            loads.append((offset, address, size))
        if kind == 2:
            dynamic = (offset, size)
    ranges.append(dynamic)
    tags = {}
    for at in range(dynamic[0], sum(dynamic), 16):
        tag, value = struct.unpack_from("<QQ", image, at)
        tags.setdefault(tag, value)
    symbols = (tags[5] - tags[6]) if tags[5] > tags[6] else 24

    def add(tag, size):
        for offset, address, length in loads:
            if tag in tags and address <= tags[tag] < address + length:
                ranges.append((offset + tags[tag] - address, size))
    add(6, symbols)                      # DT_SYMTAB
    add(0x6ffffef5, 28)                  # DT_GNU_HASH
    return ranges


@case
def damaged_tables():
    # What is refused is refused with a sentence; what is opened all the same (most bytes of
    # a table may have another value) must not kill the process.
    import ctypes
    import random
    with open(os.path.join(HERE, "plain.so"), "rb") as stream:
        whole = stream.read()
    chosen = random.Random(27)
    ranges = tables(whole)
    file = os.path.join(SCRATCH, "plain.so")
    refused = 0
    import plain
    for i in range(150):
        image = bytearray(whole)
        start, size = chosen.choice(ranges)
        at = start + chosen.randrange(size)
        for k in range(chosen.choice((1, 1, 4, 8))):
            if at + k < len(image):
                image[at + k] = chosen.choice((0, 1, 0x7f, 0xff, chosen.randrange(256)))
        if image == whole:
            continue
        with open(file + ".new", "wb") as stream:
            stream.write(image)
        os.rename(file + ".new", file)
        child = os.fork()
        if child == 0:
            try:
                ctypes.PyDLL(file)
            except OSError as error:
                os._exit(1 if str(error) else 2)
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        assert status in (0, 0x100), "mutant %d, byte %#x: status %#x" % (i, at, status)
        refused += status == 0x100
    assert refused > 50, refused


@case
def without_preload():
    # The module py2abi: names that Python 2 used, found without LD_PRELOAD.
    for name in ("plain.so", "plainmodule.so", "plain.x86_64-linux-gnu.so"):
        folder = os.path.join(SCRATCH, name)
        os.mkdir(folder)
        shutil.copy(os.path.join(HERE, "plain.so"), os.path.join(folder, name))
        path = os.pathsep.join([folder, os.environ["PY2ABI_TEST_PYTHON"]])
        env = dict(os.environ, PYTHONPATH=path,
                   PY2ABI_LIBRARY=os.environ["PY2ABI_TEST_LIBRARY"])
        env["LD_PRELOAD"] = env.get("PY2ABI_TEST_RUNTIME", "")
        code = ("import py2abi, plain; assert plain.inits() == 1; print(plain.__file__);"
                "import importlib; importlib.reload(plain);"
                "assert py2abi.find('nowhere') is None; assert py2abi.find('plain').origin")
        result = subprocess.run([sys.executable, "-c", code], env=env, cwd=SCRATCH,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
        if "_ctypes" in result.stdout:
            skip("it has no ctypes")
        assert result.stdout == os.path.join(folder, name) + "\n", result.stdout
        assert result.returncode == 0
    env["PYTHONPATH"] = os.environ["PY2ABI_TEST_PYTHON"]
    code = "import py2abi; m = py2abi.load(%r); print(m.inits(), m.__name__)" % (
        os.path.join(folder, name))
    result = subprocess.run([sys.executable, "-c", code], env=env, cwd=SCRATCH,
                            stdout=subprocess.PIPE, universal_newlines=True)
    assert result.stdout == "1 plain\n", result.stdout


@case
def not_implemented():
    import plain
    error = fails(NotImplementedError, plain.unimplemented, "plain", "PyNode_New", "py2abi")
    assert error is not None


@case
def disabled():
    env = dict(os.environ, PY2ABI_DISABLE="1")
    result = subprocess.run([sys.executable, "-c", "import plain"], env=env,
                            stderr=subprocess.PIPE, universal_newlines=True)
    assert result.returncode == 1 and "ImportError" in result.stderr, result.stderr
    assert "PyInit_plain" in result.stderr or "undefined symbol" in result.stderr, result.stderr


@case
def traced():
    file = os.path.join(SCRATCH, "trace")
    code = "import plain; plain.inits()"
    for where in ("1", file):
        env = dict(os.environ, PY2ABI_TRACE=where)
        result = subprocess.run([sys.executable, "-c", code], env=env,
                                stderr=subprocess.PIPE, universal_newlines=True)
        assert result.returncode == 0, result.stderr
        lines = result.stderr if where == "1" else open(file).read()
        assert "plain: Py_InitModule4_64('plain', " in lines, lines
        assert "plain: PyInt_FromLong(1) = <int 1>\n" in lines, lines
        assert "plain: Py_BuildValue('[iis]', ...) = <list at 0x" in lines, lines


@case
def str_policy():
    for policy, expected in (("bytes", b"three"), ("ascii", "three"), ("utf-8", "three"),
                             ("latin1", "three"), ("utf-8,plain=bytes", b"three"),
                             ("plain=latin1", "three"), ("other=latin1", b"three")):
        env = dict(os.environ, PY2ABI_STR=policy)
        code = "import plain; print(repr(plain.file()[-8:]))"
        result = subprocess.run([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE,
                                universal_newlines=True)
        assert result.stdout.strip() == repr(type(expected)() + (
            b"plain.so" if isinstance(expected, bytes) else "plain.so")), (policy, result.stdout)


@case
def forked():
    import plain
    child = os.fork()
    if child == 0:
        ok = plain.inits() == 1 and importlib.import_module("by_origin").depend() == 11
        os._exit(0 if ok else 1)
    assert os.waitpid(child, 0)[1] == 0


@case
def kept_at_exit():
    # Functions and modules that outlive the interpreter's end.
    import atexit
    import plain

    class Keep:
        def __init__(self):
            self.function, self.module = plain.inits, plain

        def __del__(self):
            self.function()

    sys.kept = Keep()
    builtins = importlib.import_module("builtins")
    builtins.kept = plain.inits
    atexit.register(plain.inits)


@case
def functions_come_and_go():
    import plain
    before = len(gc.get_objects())
    for i in range(1000):
        assert plain.inits() == 1
        plain.file()
    gc.collect()
    assert len(gc.get_objects()) < before + 100


if __name__ == "__main__":
    if sys.argv[1] == "--list":
        print("\n".join(CASES))
    else:
        CASES[sys.argv[1]]()
