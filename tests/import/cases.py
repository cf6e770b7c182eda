"""cases.py CASE: importing Python 2 binaries in this Python 3; run by test_import.

The binaries lie in the first folder of sys.path; a case may write to the folder
that PY2ABI_TEST_SCRATCH names.
"""

import gc
import glob
import importlib
import importlib.machinery
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time

from caselist import case, fails, main, skip

HERE = os.environ["PYTHONPATH"]
SCRATCH = os.environ.get("PY2ABI_TEST_SCRATCH", "")


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
def the_files_that_are_tested():
    # The library that the suite was given, and the guests module that belongs to it.
    import plain
    assert plain.inits() == 1
    library = os.path.realpath(os.environ["PY2ABI_TEST_LIBRARY"])
    folders = os.path.join(glob.escape(os.path.dirname(library)), "py2abi-*")
    (guests,) = map(os.path.realpath, glob.glob(os.path.join(folders, "guests.so")))
    files = {line.split(None, 5)[5] for line in mapped().splitlines() if line.count("/") > 1}
    ours = {file for file in files
            if os.path.basename(file).startswith(("libpy2abi.", "guests."))}
    assert ours == {library, guests}, ours


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


def without_us(name):
    """What the dynamic linker alone says of a file: nothing calls Python when it is
    opened, so that it opens it, if it finds the libraries."""
    code = "import sys; sys.setdlopenflags(1); import %s" % name
    result = subprocess.run([sys.executable, "-c", code], env=dict(os.environ, PY2ABI_DISABLE="1"),
                            stderr=subprocess.PIPE, universal_newlines=True)
    return result.stderr


@case
def libraries_by_its_rpath():
    # Of what the library needs that it needs.
    assert "PyInit_by_rpath" in without_us("by_rpath")
    import by_rpath
    assert by_rpath.depend() == 21


@case
def a_library_without_a_name_by_its_rpath():
    assert "PyInit_by_rpath_unnamed" in without_us("by_rpath_unnamed")
    import by_rpath_unnamed
    assert by_rpath_unnamed.depend() == 31


@case
def a_library_that_uses_python_by_its_rpath():
    import by_rpath_user
    assert text(by_rpath_user.made()) == "made by a library"


@case
def libraries_by_no_rpath():
    assert "libinner.so" in without_us("by_rpath_runpath")
    fails(ImportError, lambda: importlib.import_module("by_rpath_runpath"), "libinner.so")


@case
def a_library_that_uses_python_by_the_programs_rpath():
    # A copy of the interpreter that says where libraries are, by a word that it has.
    import struct
    fails(ImportError, lambda: importlib.import_module("by_program"), "libuser_inner.so")
    image = Image(sys.executable)
    if RPATH in image.dynamic or RUNPATH in image.dynamic:
        skip("it has a DT_RPATH or a DT_RUNPATH already")
    last = max(image.dynamic.values()) + 16
    if image.get(last, "QQQ")[::2] != (0, 0):
        skip("there is no room for another entry in its dynamic segment")
    word = b"\0__libc_start_main\0"
    strings = image.table(STRTAB)
    at = image.bytes.find(word, strings, strings + image.value(STRSZ))
    if at < 0:
        skip("it has no word that one knows")
    struct.pack_into("<QQ", image.bytes, last, RPATH, at + 1 - strings)
    program = os.path.join(SCRATCH, os.path.basename(sys.executable))
    with open(program, "wb") as stream:
        stream.write(image.bytes)
    os.chmod(program, 0o755)
    os.mkdir(os.path.join(SCRATCH, "__libc_start_main"))
    shutil.copy(os.path.join(HERE, "chain", "libuser_inner.so"),
                os.path.join(SCRATCH, "__libc_start_main"))
    env = dict(os.environ, PYTHONHOME=":".join((sys.base_prefix, sys.base_exec_prefix)))

    def run(code):
        return subprocess.run([program, "-c", code], cwd=SCRATCH, env=env, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, universal_newlines=True)
    if run("pass").returncode != 0:
        skip("a copy of it does not start elsewhere")
    result = run("import by_program; print(by_program.made())")
    assert "made by a library" in result.stdout and result.returncode == 0, result.stdout


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
def closed_by_ctypes():
    # Nothing can do without a binary whose types and functions are in use.
    import _ctypes
    import ctypes
    first = ctypes.PyDLL(os.path.join(HERE, "plain.so"))
    _ctypes.dlclose(first._handle)
    import plain
    assert plain.inits() == 1
    assert ctypes.PyDLL(os.path.join(HERE, "plain.so"))._handle == first._handle


def handle_of(name):
    import ctypes
    return ctypes.PyDLL(os.path.join(HERE, name + ".so"))._handle


@case
def a_constructor_that_opens_its_own_binary():
    import opens_itself
    assert opens_itself.opened() == (1, handle_of("opens_itself")), opens_itself.opened()
    assert opens_itself.inits() == 1


@case
def constructors_that_open_each_others_binaries():
    import opens_left
    import opens_right
    assert opens_left.opened() == (1, handle_of("opens_right")), opens_left.opened()
    assert opens_right.opened() == (1, handle_of("opens_left")), opens_right.opened()


@case
def a_library_that_opens_what_needs_it():
    import opened_back
    assert opened_back.depend() == 16 and opened_back.inits() == 1
    # Code of one copy, however often that was begun.
    assert sum("opened_back.so" in line and "r-xp" in line
               for line in mapped().splitlines()) == 1


@case
def a_library_that_uses_python_and_opens_what_needs_it():
    # It has a name such as Python's own, which nobody else gives.
    import opened_vendor
    assert text(opened_vendor.made()) == "made by a library" and opened_vendor.inits() == 1


def threads(function, *files):
    """What two threads say that open files, while nobody has the GIL."""
    import ctypes
    import plain
    assert plain.inits() == 1           # The first one has to be opened with the GIL.
    library = ctypes.CDLL(os.path.join(HERE, "libthreads.so"), ctypes.RTLD_GLOBAL)
    result = getattr(library, function)(*[os.fsencode(file) for file in files])
    if result == 0:
        sys.stdout.write("the threads wait for each other\n")
        sys.stdout.flush()
        os._exit(1)                     # Without waiting for them, too.
    return result


def copies():
    files = [os.path.join(SCRATCH, name) for name in ("one.so", "other.so")]
    for file in files:
        shutil.copy(os.path.join(HERE, "plain.so"), file)
    return files


@case
def opened_in_a_constructor_and_meanwhile():
    # The constructor of a library that is not ours has the dynamic linker's lock.
    one, other = copies()
    assert threads("open_in_constructor", os.path.join(HERE, "libslow.so"), one, other) == 3


@case
def the_same_in_a_constructor_and_meanwhile():
    one = copies()[0]
    assert threads("open_in_constructor", os.path.join(HERE, "libslow.so"), one, one) == 7
    assert sum("one.so" in line and "r-xp" in line for line in mapped().splitlines()) == 1


@case
def with_libraries_in_a_constructor_and_meanwhile():
    file = os.path.join(HERE, "by_rpath_user.so")
    assert threads("open_in_constructor", os.path.join(HERE, "libslow.so"), file, file) == 7
    import by_rpath_user
    assert text(by_rpath_user.made()) == "made by a library"
    assert sum("user" in line and "r-xp" in line for line in mapped().splitlines()) == 3


@case
def each_others_binaries_in_two_threads():
    assert threads("open_together", os.path.join(HERE, "opens_left.so"),
                   os.path.join(HERE, "opens_right.so")) == 3
    import opens_left
    import opens_right
    assert opens_left.opened()[0] == 1 and opens_right.opened()[0] == 1


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
                        ("odd_grammar", ["syntax trees", "_PyParser_Grammar"]),
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


def open_in_child(file):
    """Open a file: what ctypes says, "" for no complaint.  The process must survive."""
    import ctypes
    end, start = os.pipe()
    child = os.fork()
    if child == 0:
        words = ""
        try:
            ctypes.PyDLL(file)
        except OSError as error:
            words = str(error) or "nothing"
        os.write(start, os.fsencode(words))
        os._exit(0)
    os.close(start)
    with os.fdopen(end, "rb") as stream:
        words = os.fsdecode(stream.read())
    status = os.waitpid(child, 0)[1]
    assert status == 0, "%s: status %#x" % (file, status)
    return words


@case
def cut_short():
    # What is not ours too: the dynamic linker would map what is not there.
    import struct
    for name in ("odd_python3.so", "lib/libnamed.so", "plain.so", "odd_ucs2.so"):
        with open(os.path.join(HERE, name), "rb") as stream:
            whole = stream.read()
        phoff, = struct.unpack_from("<Q", whole, 32)
        phnum, = struct.unpack_from("<H", whole, 56)
        headers = [struct.unpack_from("<IIQQQQ", whole, phoff + 56 * i) for i in range(phnum)]
        needed = max(header[2] + header[5] for header in headers if header[0] == 1)
        sizes = set(range(1, needed, 2500)) | {63, 64, 200, needed - 1, needed - 4096}
        for number, size in enumerate(sorted(sizes) + [needed]):
            file = os.path.join(SCRATCH, "cut%d.so" % number)
            with open(file, "wb") as stream:
                stream.write(whole[:size])
            words = open_in_child(file)
            if size >= phoff + 56 * phnum and size < needed:
                assert words.startswith(file + ": its segment"), (size, words)
            elif size < needed:
                assert file in words, (size, words)
            elif name in ("odd_python3.so", "lib/libnamed.so", "plain.so"):
                # What is cut off are the sections, which are for others.
                assert words == "", (size, words)
            os.remove(file)


@case
def bound_or_not():
    # An extension for Python 3 that calls one of the four functions.
    code = ("import ctypes; ctypes.PyDLL(%r);"
            "print(''.join(line for line in open('/proc/self/maps') if '.so' in line))"
            % os.path.join(HERE, "odd_bound.so"))
    for setting, bound in (("", True), ("all", True), ("nonsense", True), ("guests", False)):
        result = subprocess.run([sys.executable, "-c", code],
                                env=dict(os.environ, PY2ABI_BIND=setting),
                                stdout=subprocess.PIPE, universal_newlines=True)
        assert result.returncode == 0 and "odd_bound.so" in result.stdout, result.stdout
        assert ("guests.so" in result.stdout) == bound, (setting, result.stdout)
        assert (os.path.join(HERE, "odd_bound.so") in result.stdout) != bound, result.stdout
        code_of_guest = code.replace("odd_bound", "plain")
        result = subprocess.run([sys.executable, "-c", code_of_guest],
                                env=dict(os.environ, PY2ABI_BIND=setting),
                                stdout=subprocess.PIPE, universal_newlines=True)
        assert result.returncode == 0 and "guests.so" in result.stdout, result.stdout


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


class Image:
    """A shared object that is to be damaged: where its tables are, in the file."""

    def __init__(self, path):
        with open(path, "rb") as stream:
            self.bytes = bytearray(stream.read())
        self.phoff, = self.get(32, "Q")
        self.loads = [at for at in self.headers() if self.get(at, "I") == (1,)]
        self.segment_of_dynamic, = [at for at in self.headers() if self.get(at, "I") == (2,)]
        self.dynamic = {}                # tag: where its entry is
        at, = self.get(self.segment_of_dynamic + 8, "Q")
        while self.get(at, "Q") != (0,):
            self.dynamic.setdefault(self.get(at, "Q")[0], at)
            at += 16

    def headers(self):
        return [self.phoff + 56 * i for i in range(*self.get(56, "H"))]

    def get(self, at, form):
        import struct
        return struct.unpack_from("<" + form, self.bytes, at)

    def value(self, tag):
        return self.get(self.dynamic[tag] + 8, "Q")[0]

    def table(self, tag):
        """Where in the file the table is that a tag has the address of."""
        for load in self.loads:
            offset, address, _, size = self.get(load + 8, "QQQQ")
            if address <= self.value(tag) < address + size:
                return offset + self.value(tag) - address
        raise KeyError(tag)

    def symbol(self, name):
        """Where the entry of a symbol is."""
        at = self.table(SYMTAB)
        while True:
            name_at = self.table(STRTAB) + self.get(at, "I")[0]
            if self.bytes[name_at:].startswith(name + b"\0"):
                return at
            at += 24


NEEDED, PLTRELSZ, HASH, STRTAB, SYMTAB, RELA, RELASZ, RELAENT, STRSZ, SYMENT = (
    1, 2, 4, 5, 6, 7, 8, 9, 10, 11)
RPATH, JMPREL, INIT_ARRAY, INIT_ARRAYSZ, RUNPATH, GNU_HASH, VERSYM, VERNEED = (
    15, 23, 25, 27, 29, 0x6ffffef5, 0x6ffffff0, 0x6ffffffe)
FAR = 1 << 45


def mutants(image):
    """What is damaged: (its name, where, in which form, what stands there instead)."""
    load, second = image.loads[:2]
    code, = [at for at in image.loads if image.get(at + 4, "I")[0] & 1]

    def entry(tag):
        return image.dynamic[tag] + 8
    init, gnu, sysv = image.symbol(b"initvictim"), image.table(GNU_HASH), image.table(HASH)
    buckets, _, filters = image.get(gnu, "III")
    rela, plt = image.table(RELA), image.table(JMPREL)
    return [
        ("header: the place of the program headers", 32, "Q", len(image.bytes) - 8),
        ("header: their size", 54, "H", 57),
        ("header: their number", 56, "H", 0xffff),
        ("header: the class", 4, "B", 7),
        ("header: the machine", 18, "H", 43),
        ("header: the version", 20, "I", 7),
        ("segments: a place outside the file", load + 8, "Q", FAR),
        ("segments: a length beyond the file", code + 32, "QQ", FAR, FAR),
        ("segments: more in the file than in memory", load + 40, "Q", 1),
        ("segments: an alignment", load + 48, "Q", 3),
        ("segments: one over the other", second + 16, "Q", image.get(load + 16, "Q")[0]),
        ("segments: the dynamic one outside", image.segment_of_dynamic + 8, "QQ", FAR, FAR),
        ("dynamic: no strings", image.dynamic[STRTAB], "Q", 0x6000dead),
        ("dynamic: the strings' address", entry(STRTAB), "Q", FAR),
        ("dynamic: the strings' size", entry(STRSZ), "Q", FAR),
        ("dynamic: the symbols' address", entry(SYMTAB), "Q", FAR),
        ("dynamic: the symbols' size", entry(SYMENT), "Q", 23),
        ("dynamic: the name of a library", entry(NEEDED), "Q", FAR),
        ("dynamic: the constructors' address", entry(INIT_ARRAY), "Q", FAR),
        ("dynamic: the constructors' size", entry(INIT_ARRAYSZ), "Q", FAR),
        ("dynamic: the relocations' address", entry(RELA), "Q", FAR),
        ("dynamic: the relocations' size", entry(RELASZ), "Q", image.value(RELASZ) + 1),
        ("dynamic: a relocation's size", entry(RELAENT), "Q", 25),
        ("symbols: a name outside the strings", init, "I", 0xffffff00),
        ("symbols: an address outside", init + 8, "Q", FAR),
        ("strings: no end", image.table(STRTAB) + image.value(STRSZ) - 1, "B", 120),
        ("hash: no buckets", gnu, "I", 0),
        ("hash: too many buckets", gnu, "I", 0x7fffffff),
        ("hash: no filters", gnu + 8, "I", 0),
        ("hash: filters that are no power of two", gnu + 8, "I", 3),
        ("hash: a chain outside", gnu + 16 + 8 * filters, "I", 0xfffffff0),
        ("hash: System V's, too many buckets", sysv, "I", 0x7fffffff),
        ("hash: System V's, too many symbols", sysv + 4, "I", 0x7fffffff),
        ("hash: System V's, a chain outside", sysv + 8, "I", 0x7fffffff),
        ("relocations: a place outside", rela, "Q", FAR),
        ("relocations: a place in the code", rela, "Q", image.get(code + 16, "Q")[0] + 8),
        ("relocations: of an unknown kind", rela + 8, "I", 0xee),
        ("relocations: a symbol that is not there", plt + 12, "I", 0x7fffffff),
        ("relocations: a place outside, of a function", plt, "Q", FAR),
        ("relocations: their length", entry(PLTRELSZ), "Q", FAR),
        ("versions: no such place", entry(VERSYM), "Q", FAR),
        ("versions: of no library", image.table(VERNEED) + 4, "I", 0x7fffffff),
        ("versions: a chain outside", image.table(VERNEED) + 8, "I", 0x7ffffff0),
    ]


@case
def damaged_one_by_one():
    # What cannot be opened is refused with the name of the file, and by the import.
    import struct
    whole = Image(os.path.join(HERE, "victim.so"))
    for number, (what, at, form, *values) in enumerate(mutants(whole)):
        image = bytearray(whole.bytes)
        struct.pack_into("<" + form, image, at, *values)
        assert image != whole.bytes, what
        folder = os.path.join(SCRATCH, str(number))
        os.mkdir(folder)
        file = os.path.join(folder, "victim.so")
        with open(file, "wb") as stream:
            stream.write(image)
        child = os.fork()
        if child == 0:
            sys.path.insert(0, folder)
            try:
                importlib.import_module("victim")
                words = "it was imported"
            except ImportError as error:
                words = str(error)
            except BaseException as error:
                words = repr(error)
            if words.startswith(file + ": ") and len(words) > len(file) + 10:
                os._exit(0)
            print("%s: %s" % (what, words))
            sys.stdout.flush()
            os._exit(1)
        status = os.waitpid(child, 0)[1]
        assert status == 0, "%s: status %#x" % (what, status)
    import victim
    assert victim.inits() == 1


@case
def a_copy_that_nobody_changes():
    # While the dynamic linker has it: sealed against shrinking, growing, writing, more seals.
    import sealed
    found, seals, written = sealed.seen()
    assert (found, written) == (1, -1) and seals & 15 == 15, (found, seals, written)


def rewrite_for(seconds, file, contents):
    """A process that puts one after the other into the file, in place, and ends.  Each is left
    there for a moment, or for long enough to be read, or is not."""
    child = os.fork()
    if child == 0:
        end = time.monotonic() + seconds
        with open(file, "r+b", buffering=0) as stream:
            while time.monotonic() < end:
                for content in contents:
                    stream.seek(0)
                    stream.write(content)
                    stream.truncate()
                    time.sleep(random.choice((0, 0, 0, 0, 0.01, 0.1)))
        os._exit(0)
    return child


@case
def a_file_that_changes_all_the_time():
    # Whoever looks at it, or binds it, has an answer and lives.
    import ctypes
    library = ctypes.PyDLL(os.environ["PY2ABI_TEST_LIBRARY"])
    library.py2abi_create_module.restype = ctypes.c_void_p
    library.py2abi_create_module.argtypes = [ctypes.py_object]
    contents = []
    for name in ("plain.so", "victim.so", "odd_python3.so"):
        with open(os.path.join(HERE, name), "rb") as stream:
            contents.append(stream.read())
    whole = contents[0]
    contents += [whole[:len(whole) // 2], whole[:5000] + bytes(len(whole) - 5000), b"",
                 whole[:8000] + contents[1][8000:]]
    file = os.path.join(SCRATCH, "plain.so")
    with open(file, "wb") as stream:
        stream.write(whole)
    spec = importlib.machinery.ModuleSpec(
        "plain", importlib.machinery.ExtensionFileLoader("plain", file), origin=file)
    writer = rewrite_for(80, file, contents)
    seen, made, refused = set(), 0, 0
    begin = time.monotonic()
    while time.monotonic() < begin + 3 or not (seen == {0, 1} and made and refused):
        assert os.waitpid(writer, os.WNOHANG) == (0, 0), (seen, made, refused)
        for i in range(200):
            seen.add(library.py2abi_is_python2(os.fsencode(file)))
        child = os.fork()
        if child == 0:
            try:
                library.py2abi_create_module(spec)
                os._exit(0)
            except ImportError as error:
                os._exit(1 if file in str(error) else 2)
        status = os.waitpid(child, 0)[1]
        made += status == 0
        refused += status == 1 << 8
        assert status in (0, 1 << 8), "status %#x" % status
    os.kill(writer, signal.SIGKILL)
    os.waitpid(writer, 0)


def writable_code():
    return {line.split()[0] for line in mapped().splitlines() if "wx" in line.split()[1]}


@case
def no_memory_both_writable_and_executable():
    before = writable_code()
    import plain
    import by_library
    import cxx
    assert plain.inits() == 1 and plain.file() and by_library.made() and cxx
    # A function that libffi makes (closure.c).
    fails(NotImplementedError, plain.unimplemented)
    if os.uname().machine not in ("x86_64", "aarch64"):
        skip("such functions are libffi's own on %s" % os.uname().machine)
    assert "py2abi-closures" in mapped()
    after = writable_code()
    assert after == before, after


@case
def more_functions_than_are_compiled():
    # entry.c has so many; the others are made, and made again in the place of those that are gone.
    import plain
    calls = [((), {}, (None,)), ((5,), {}, (5,)), ((5, "x"), {}, ((5, "x"),)),
             ((5,), {"key": 6}, ((5,), {"key": 6}))]
    before = writable_code()
    for convention, (args, keywords, told) in enumerate(calls):
        functions = plain.functions(convention, 1500)
        del functions[::2]
        functions += plain.functions(convention, 2000)
        numbers = list(range(1, 1500, 2)) + list(range(2000))
        for number, function in zip(numbers, functions):
            assert function(*args, **keywords) == (number,) + told, (number, function)
    if os.uname().machine in ("x86_64", "aarch64"):
        assert writable_code() == before


@case
def without_proc():
    # As in a chroot that was just made.
    code = "import os; assert not os.path.exists('/proc/self'); import plain"
    hidden = ["unshare", "-rm", "sh", "-c", "mount -t tmpfs none /proc && exec \"$@\"", "sh"]
    if not shutil.which("unshare") or subprocess.call(hidden + ["true"], stderr=subprocess.DEVNULL):
        skip("nobody may hide /proc here")
    result = subprocess.run(hidden + [sys.executable, "-c", code], stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, universal_newlines=True)
    assert result.stdout.endswith("%s: cannot be opened without /proc, which is not mounted\n"
                                  % os.path.join(HERE, "plain.so")), result.stdout
    assert result.returncode == 1


@case
def without_preload():
    # The module py2abi: names that Python 2 used, found without LD_PRELOAD.
    for name in ("plain.so", "plainmodule.so", "plain.x86_64-linux-gnu.so"):
        folder = os.path.join(SCRATCH, name)
        os.mkdir(folder)
        shutil.copy(os.path.join(HERE, "plain.so"), os.path.join(folder, name))
        path = os.pathsep.join([folder, os.environ["PY2ABI_TEST_PYTHON"]])
        env = dict(os.environ, PYTHONPATH=path)
        library = os.environ["PY2ABI_TEST_LIBRARY"]
        if os.path.basename(os.path.dirname(library)) == ".libs" or os.environ.get("DESTDIR"):
            env["PY2ABI_LIBRARY"] = library  # the module does not look there by itself
        env["LD_PRELOAD"] = env.get("PY2ABI_TEST_RUNTIME", "")
        code = ("import py2abi, plain; assert plain.inits() == 1; print(plain.__file__);"
                "import importlib; importlib.reload(plain);"
                "assert py2abi.find('nowhere') is None; assert py2abi.find('plain').origin")
        result = subprocess.run([sys.executable, "-c", code], env=env, cwd=SCRATCH,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                universal_newlines=True)
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
    # What is no module of Python 2's is told what it is.
    for name, words in (("odd_python3.so", "is an extension module for Python 3, which loads without"),
                        ("lib/libunnamed.so", "is a shared object that wants nothing of Python")):
        code = "import py2abi; py2abi.load(%r)" % os.path.join(HERE, name)
        result = subprocess.run([sys.executable, "-c", code], env=env, cwd=SCRATCH,
                                stderr=subprocess.PIPE, universal_newlines=True)
        assert result.returncode == 1 and os.path.basename(name) + ": " + words in (
            result.stderr.splitlines()[-1]), result.stderr
    # Another Python's ctypes and C API are its own.
    code = ("import sys, types; sys.implementation = types.SimpleNamespace(name='pypy',"
            " cache_tag=None); import py2abi")
    result = subprocess.run([sys.executable, "-c", code], env=env, cwd=SCRATCH,
                            stderr=subprocess.PIPE, universal_newlines=True)
    assert result.returncode == 1 and result.stderr.splitlines()[-1] == (
        "ImportError: py2abi: binaries for Python 2 can be imported in CPython only, and this is "
        "pypy"), result.stderr


@case
def not_implemented():
    import plain
    error = fails(NotImplementedError, plain.unimplemented, "plain", "PyNode_New", "py2abi")
    assert error is not None


@case
def not_implemented_without_an_exception():
    # What may be called without the GIL returns what it returns on failure, and says why.
    result = subprocess.run([sys.executable, "-c", "import plain; print(plain.unimplemented_quietly())"],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    assert (result.returncode, result.stdout) == (0, "1\n"), result
    for name in ("Py_NewInterpreter", "PyInterpreterState_New"):
        assert "py2abi: plain called %s, which py2abi " % name in result.stderr, result.stderr


@case
def bases_that_are_refused():
    # By PyType_Ready, with the reason.
    import plain
    for base in (slice(1), len, range(2), memoryview(b""), iter([]), type(len), bool):
        fails(NotImplementedError, lambda: plain.derive(base), "plain derives its type ",
              "'plain.Derived' from", "Python 3 does not let anything be derived from it")
    for base in (None, sys.stdout):
        fails(NotImplementedError, lambda: plain.derive(base), " from 'file'", "py2abi",
              "are of several types")
    derived = plain.derive(dict)
    assert issubclass(derived, dict) and derived(a=1) == {"a": 1}


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
def str_policy_that_is_none():
    code = "import plain; print(repr(plain.file()[-8:]))"
    result = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, universal_newlines=True,
                            env=dict(os.environ, PY2ABI_STR="plain=utf8,other=latin1"))
    assert result.stdout == "b'plain.so'\n", result.stdout
    assert ("py2abi: PY2ABI_STR has 'plain=utf8', which is none of bytes, ascii, latin1, utf-8: "
            "ignored\n") in result.stderr, result.stderr


@case
def text_policy():
    # What a str of Python 3 becomes: a unicode, or a str by the codec, if that has it all.
    values = ["caf\xe9", ("ab", ["\u20ac", b"x"]), {"key": "\udc80"}]
    unicode = "unicode:4 unicode:2 unicode:1 str:1 unicode:3 unicode:1"
    utf8 = "str:5 str:2 str:3 str:1 str:3 unicode:1"
    latin1 = "str:4 str:2 unicode:1 str:1 str:3 unicode:1"
    for text, codec, expected in (("unicode", "utf-8", unicode), ("str", "bytes", utf8),
                                  ("str", "utf-8", utf8), ("str", "latin1", latin1),
                                  ("str,plain=unicode", "bytes", unicode),
                                  ("plain=str", "utf-8,plain=latin1", latin1),
                                  ("other=str", "utf-8", unicode)):
        env = dict(os.environ, PY2ABI_TEXT=text, PY2ABI_STR=codec)
        code = ("import plain; kinds = lambda o: bytes(plain.kinds(o), 'ascii')"
                " if isinstance(plain.kinds(o), str) else plain.kinds(o)\n"
                "print(kinds(%r).decode().strip())\n"
                "text = plain.always_unicode('text')\n"
                "print(text if isinstance(text, str) else text.decode())" % (values,))
        result = subprocess.run([sys.executable, "-c", code], env=env, stdout=subprocess.PIPE,
                                universal_newlines=True)
        found = result.stdout.splitlines()
        assert found == [expected, "unicode:4 unicode:4 unicode:4 unicode:4 unicode:4 "], (
            text, codec, found)
    result = subprocess.run([sys.executable, "-c", "import plain; print(plain.kinds('a'))"],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            universal_newlines=True,
                            env=dict(os.environ, PY2ABI_TEXT="plain=bytes"))
    assert result.stdout == "b'unicode:1 '\n", result.stdout
    assert ("py2abi: PY2ABI_TEXT has 'plain=bytes', which is none of unicode, str: "
            "ignored\n") in result.stderr, result.stderr


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


# ---- Where an error came through, and a crash was ----

def functions_of(error):
    """The names that a traceback shows of the binary, outermost first."""
    import traceback
    shown = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    names = []
    for entry in traceback.extract_tb(error.__traceback__):
        if entry[0] == "<%s>" % os.path.join(HERE, "faults.so"):
            line = '  File "%s", line %d, in %s\n' % entry[:3]
            # No text of the binary follows, and nothing but the next entry or the message.
            assert line in shown and not entry[3], (entry, shown)
            names.append(entry[2])
    return names


@case
def tracebacks_name_the_function():
    import faults
    error = fails(ValueError, faults.raise_value_error, "raised by C")
    assert functions_of(error) == ["faults.raise_value_error"], functions_of(error)

    def divide():
        return 1 // 0
    error = fails(ZeroDivisionError, lambda: faults.call(divide))
    assert functions_of(error) == ["faults.call"]
    assert error.__traceback__.tb_next.tb_next.tb_next.tb_frame.f_code.co_name == "divide"
    error = fails(ValueError, lambda: faults.call(lambda: faults.call(lambda: faults.raise_value_error())))
    assert functions_of(error) == ["faults.call"] * 2 + ["faults.raise_value_error"], \
        functions_of(error)


@case
def tracebacks_name_the_slot():
    import faults
    failing, opaque = faults.Failing(), faults.Opaque()
    for name, call in (("method", failing.method), ("attribute", lambda: failing.attribute),
                       ("__add__", lambda: failing + 1), ("__neg__", lambda: -failing),
                       ("__len__", lambda: len(failing)), ("__getitem__", lambda: failing[1]),
                       ("__repr__", lambda: repr(failing)), ("__iter__", lambda: iter(failing)),
                       ("__next__", lambda: next(failing)), ("__lt__", lambda: failing < 1),
                       ("__eq__", lambda: failing == 1)):
        error = fails(ArithmeticError, call, "never")
        assert functions_of(error) == ["faults.Failing." + name], (name, functions_of(error))
    error = fails(ArithmeticError, lambda: opaque.nothing, "never")
    assert functions_of(error) == ["faults.Opaque.__getattribute__"], functions_of(error)


@case
def tracebacks_do_not_pile_up():
    import faults
    same = KeyError("same")
    for i in range(3):
        error = fails(KeyError, lambda: faults.raise_same(same))
        assert error is same and functions_of(error) == ["faults.raise_same"]
    gc.collect()
    before = len(gc.get_objects())
    for i in range(1000):
        fails(ValueError, faults.raise_value_error)
        fails(ArithmeticError, faults.Failing().method)
    gc.collect()
    assert len(gc.get_objects()) < before + 50


@case
def tracebacks_of_an_import():
    error = fails(RuntimeError, lambda: importlib.import_module("init_raises"), "not there")
    import traceback
    entries = [entry[2] for entry in traceback.extract_tb(error.__traceback__)]
    assert "init_raises.initinit_raises" in entries, entries


def run_python(code, *options, **variables):
    """The status of a Python that crashes, and what it wrote."""
    result = subprocess.run([sys.executable] + list(options) + ["-c", code], cwd=SCRATCH,
                            env=dict(os.environ, **variables), stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, universal_newlines=True)
    return result.returncode, result.stdout


SIGNALS = {"segment": "SIGSEGV", "bus": "SIGBUS", "illegal": "SIGILL", "float": "SIGFPE",
           "abort": "SIGABRT", "elsewhere": "SIGSEGV", "lock": "SIGSEGV"}


def without_sanitizers():
    if "PY2ABI_TEST_RUNTIME" in os.environ:
        skip("sanitizers have handlers of their own")


@case
def crashes_name_the_binary():
    import signal
    without_sanitizers()
    file = os.path.join(HERE, "faults.so")
    for how, name in sorted(SIGNALS.items()):
        status, output = run_python("import faults; faults.call(lambda: faults.crash('%s'))" % how,
                                    "-X", "faulthandler")
        first = output.splitlines()[0]
        assert status == -getattr(signal, name), (how, status, output)
        assert first == "py2abi: %s in faults.crash of %s" % (name, file), (how, output)
        assert "py2abi: called in faults.call of %s\n" % file in output, (how, output)
        # The host's handler had its turn, once.
        assert output.count("Fatal Python error") == 1, (how, output)
        assert output.count("in faults.crash of") == 1, (how, output)


@case
def crashes_by_the_stack():
    without_sanitizers()
    # There may be no limit at all, and a stack that takes all of the memory.
    code = ("import faults, resource\n"
            "limit = resource.getrlimit(resource.RLIMIT_STACK)[1]\n"
            "resource.setrlimit(resource.RLIMIT_STACK, (8 << 20, limit))\n"
            "faults.crash('overflow')")
    status, output = run_python(code, "-X", "faulthandler")
    assert status == -11 and output.startswith("py2abi: SIGSEGV in faults.crash of "), output


@case
def crashes_without_faulthandler():
    without_sanitizers()
    code = "import faults; faults.crash('segment')"
    assert run_python(code, PY2ABI_FAULTS="on") == (
        -11, "py2abi: SIGSEGV in faults.crash of %s\n" % os.path.join(HERE, "faults.so"))
    assert run_python(code) == (-11, "")
    assert "py2abi:" not in run_python(code, "-X", "faulthandler", PY2ABI_FAULTS="off")[1]
    assert "PY2ABI_FAULTS has 'maybe', which is none of" in run_python(code,
                                                                      PY2ABI_FAULTS="maybe")[1]


@case
def crashes_outside_of_binaries():
    # Nothing is said of what is not in a binary, in any thread, and the host's handler is
    # left where it was.
    without_sanitizers()
    code = ("import faults, os, signal, threading\n"
            "thread = threading.Thread(target=os.kill, args=(os.getpid(), signal.SIGSEGV))\n"
            "thread.start(); thread.join(); faults.call(int); signal.pause()")
    status, output = run_python(code, "-X", "faulthandler")
    assert status == -11 and "py2abi:" not in output, output
    assert output.count("Fatal Python error") == 1, output


@case
def crashes_with_several_handlers():
    # faulthandler before us, after us, and both.
    without_sanitizers()
    crash = "faults.crash('segment')"
    for code in ("import faults, faulthandler; faulthandler.enable()\n",
                 "import faulthandler; faulthandler.enable(); import faults\n"
                 "faulthandler.disable(); faulthandler.enable()\n",
                 "import faults, faulthandler; faulthandler.enable()\n"
                 "import plain; faulthandler.enable()\n"):
        for setting in "on", "auto":
            status, output = run_python(code + crash, PY2ABI_FAULTS=setting)
            assert status == -11, (status, output)
            assert output.count("Fatal Python error") == 1, output
            if "disable" not in code:
                assert output.count("py2abi: SIGSEGV in faults.crash of") == 1, output


@case
def crashes_with_faulthandler_enabled_at_last():
    # After the last binary, whatever the signal; not when it is disabled again, and never
    # when a program handles the signal itself, as often as it comes.
    without_sanitizers()
    for how, name in sorted(SIGNALS.items()):
        output = run_python("import faults, faulthandler; faulthandler.enable()\n"
                            "faults.crash('%s')" % how)[1]
        assert output.count("py2abi: %s in faults.crash of" % name) == 1, output
        assert output.count("Fatal Python error") == 1, output
    assert run_python("import faults, faulthandler; faulthandler.enable(); faulthandler.disable()\n"
                      "faults.crash('segment')") == (-11, "")
    assert run_python("import os, signal\n"
                      "count = 0\n"
                      "def handle(*args):\n"
                      "    global count\n"
                      "    count += 1\n"
                      "signal.signal(signal.SIGFPE, handle)\n"
                      "import faults\n"
                      "os.kill(os.getpid(), signal.SIGFPE)\n"
                      "import plain\n"
                      "os.kill(os.getpid(), signal.SIGFPE)\n"
                      "os.kill(os.getpid(), signal.SIGFPE)\n"
                      "assert count == 3, count") == (0, "")


@case
def traces_tell_the_last_call():
    def trace(name, status, *words):
        log = os.path.join(SCRATCH, name)
        code = "import %s" % name
        got, output = run_python(code, PY2ABI_TRACE=log)
        file = os.path.join(HERE, name + ".so")
        told = [line for line in output.splitlines() if line.startswith("py2abi: ")]
        assert got == status and told, (name, got, output)
        for word in words:
            assert word in "\n".join(told), (word, told)
        assert file in "\n".join(told), told
        # The same is the end of the file, unless the call never returned.
        with open(log) as lines:
            last = lines.read().splitlines()[-1]
        assert "in a call of" in output or last in output, (last, output)

    before = "py2abi: the import of %s from %s failed after the call "
    for name, words in (
            ("init_raises", "PyErr_SetString(<type exceptions.RuntimeError>, 'the device is not "
                            "there') !<type exceptions.RuntimeError>"),
            ("init_imports", "PyImport_ImportModule('py2abi_no_such_module') = NULL !<type "),
            ("init_is_silent", "PyInt_FromLong(42) = <int 42>"),
            ("init_lacks", "PyParser_SimpleParseStringFlags('1', 258, 0) = (nil) !<type "
                           "exceptions.NotImplementedError>")):
        trace(name, 1, before % (name, os.path.join(HERE, name + ".so")), name + ": " + words)
    if "PY2ABI_TEST_RUNTIME" not in os.environ:
        trace("init_crashes", -11, "SIGSEGV in init_crashes.initinit_crashes of ",
              "py2abi: after the call init_crashes: PyInt_FromLong(43) = <int 43>")
        status, output = run_python("import faults; faults.crash('c')", PY2ABI_TRACE="calls")
        assert status == -11 and "py2abi: in a call of PyObject_GetAttrString\n" in output, output


@case
def gdb_shows_binaries_and_objects():
    gdb = shutil.which("gdb")
    if gdb is None:
        skip("gdb is not installed")
    without_sanitizers()
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir, "src",
                          "py2abi-gdb.py")
    program = os.path.join(SCRATCH, "program.py")
    with open(program, "w") as file:
        file.write("import faults\n"
                   "class Error(Exception): pass\n"
                   "error = Error()\n"
                   "def call(): faults.crash('segment')\n"
                   "faults.call(call)\n")
    # gdb and its own Python do without us.
    env = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    commands = ["set startup-with-shell off", "set debuginfod enabled off",
                "set environment LD_PRELOAD " + os.environ["LD_PRELOAD"], "source " + script, "run",
                "py2abi-guests", "py2abi-frames",
                # The copy that was opened is gone; now it is known by the name of the file.
                "nosharedlibrary", "sharedlibrary", "py2abi-object called",
                "py2abi-object ((PyFunctionObject *)called)->func_code", "py2abi-object 8", "kill"]
    words = [gdb, "-nx", "-q", "-batch"]
    for command in commands:
        words += ["-ex", command]
    result = subprocess.run(words + ["--args", sys.executable, program], env=env,
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, universal_newlines=True, timeout=100)
    output = result.stdout
    if "ptrace" in output or "SIGSEGV" not in output:
        skip("gdb cannot run programs here")
    if "guests.so has no debug information" in output:
        skip("guests.so has no debug information, which the script for gdb wants")
    file = os.path.join(HERE, "faults.so")
    for words in ("  faults.crash of %s\n  faults.call of %s\n" % (file, file),
                  "a mirror\n  guest: <function> at ", "  host:  <function> of Python 3 at ",
                  "0x8 is not the address of an object"):
        assert words in output, (words, output)
    assert any(line.startswith("faults ") and line.endswith("  " + file)
               for line in output.splitlines()), output


if __name__ == "__main__":
    main()
