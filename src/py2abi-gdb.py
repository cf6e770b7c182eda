"""py2abi-gdb.py: what gdb shows of Python 2 binaries in a Python 3 process.

    source /usr/share/py2abi/py2abi-gdb.py
    py2abi-guests            the binaries that are open
    py2abi-frames            the guest functions that each thread is in, innermost first
    py2abi-object ADDRESS    what an object is on its side, and on the other

It reads memory only, so it works on core files too.  The process has to have opened a
binary, and guests.so its debug information.
"""

import struct

import gdb

# What Python 2.7's memory layouts are on LP64, whatever is known of types.
TYPE, SIZE, TP_NAME, TP_FLAGS = 8, 16, 24, 168
INT_VALUE, FLOAT_VALUE, STRING_TEXT = 16, 16, 36
# Of py2abi's own flags (guest.h).
FLAG_MIRROR, FLAG_HOST = 1 << 40, 1 << 41
# Where a thread's frames begin (crossing.h).
CURRENT = "py2abi_thread_current"


def missing(name):
    return gdb.GdbError("there is no %s: no Python 2 binary is open yet, or guests.so has no "
                        "debug information" % name)


def symbol(name, file):
    try:
        return gdb.parse_and_eval("'%s'::%s" % (file, name) if file else name)
    except gdb.error:
        raise missing(name)


def word(address):
    return int.from_bytes(gdb.selected_inferior().read_memory(address, 8).tobytes(), "little")


def real(address):
    return struct.unpack("<d", gdb.selected_inferior().read_memory(address, 8).tobytes())[0]


def text(address, longest=200):
    if address == 0:
        return "NULL"
    data = b""
    while len(data) < longest and not data.endswith(b"\0"):
        data += gdb.selected_inferior().read_memory(address + len(data), 1).tobytes()
    return data.rstrip(b"\0").decode("latin-1")


def readable(address):
    try:
        gdb.selected_inferior().read_memory(address, 16)
        return address % 8 == 0
    except gdb.MemoryError:
        return False


def entries(table):
    """The pairs of a struct py2abi_map."""
    size = int(table["size"])
    data = gdb.selected_inferior().read_memory(int(table["entries"]), 16 * size) if size else b""
    for key, value in struct.iter_unpack("<QQ", bytes(data)):
        if key != 0:
            yield key, value


# ---- Objects ----

def describe_guest(address):
    """An object in Python 2.7's layout."""
    kind = text(word(word(address + TYPE) + TP_NAME))
    try:
        if kind in ("int", "bool"):
            value = "%d" % int.from_bytes(gdb.selected_inferior().read_memory(
                address + INT_VALUE, 8).tobytes(), "little", signed=True)
        elif kind == "float":
            value = repr(real(address + FLOAT_VALUE))
        elif kind == "str":
            size = word(address + SIZE)
            value = repr(gdb.selected_inferior().read_memory(
                address + STRING_TEXT, min(size, 100)).tobytes())[1:]
        elif kind in ("tuple", "list"):
            value = "of %d" % word(address + SIZE)
        elif kind == "type":
            value = text(word(address + TP_NAME))
        else:
            value = ""
    except gdb.MemoryError:
        value = "(unreadable)"
    return "<%s%s%s> at %#x, %d references" % (kind, " " if value else "", value, address,
                                               word(address))


def describe_host(address):
    """An object of Python 3: its head ends with its type, a type's name follows its size."""
    head = int(symbol("py2abi_host_head", None))
    kind = word(address + head - 8)
    name = text(word(kind + head + 8)) if readable(kind) else "?"
    return "<%s> of Python 3 at %#x" % (name, address)


def find(address):
    """(what it is, the guest's object or None, the host's or None)"""
    by_host = dict(entries(symbol("py2abi_by_host", None)))
    by_guest = dict(entries(symbol("by_guest", "mirror.c")))
    guests = {guest: host for host, guest in by_host.items()}
    for host, guest in ((address, by_host.get(address)), (guests.get(address), address)):
        if guest is not None and host is not None:
            flags = word(word(guest + TYPE) + TP_FLAGS)
            born = by_guest.get(guest) == host
            if flags & FLAG_MIRROR:
                head = gdb.lookup_type("struct py2abi_head")
                born = bool(gdb.Value(guest - head.sizeof).cast(head.pointer())["is_born"])
            if host == address:
                return ("the proxy of an object of a binary" if born
                        else "an object of Python 3 that has a mirror"), guest, host
            return "an object of a binary that has a proxy" if born else "a mirror", guest, host
    if address in by_guest:
        return "an object of a binary that has a proxy", address, by_guest[address]
    return None, None, None


class Object(gdb.Command):
    """py2abi-object ADDRESS: what an object is, and what stands for it on the other side."""

    def __init__(self):
        super().__init__("py2abi-object", gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        if not argument:
            raise gdb.GdbError("it wants an address")
        address = int(gdb.parse_and_eval(argument).cast(gdb.lookup_type("unsigned long")))
        if not readable(address):
            raise gdb.GdbError("%#x is not the address of an object" % address)
        what, guest, host = find(address)
        if what is None:
            kind = word(address + TYPE)
            if not readable(kind) or not readable(word(kind + TP_NAME) & ~7):
                raise gdb.GdbError("%#x is no object that has crossed" % address)
            # Without a table to say so, it has to be read as a guest's.
            print("neither a mirror nor one that has a proxy: a value or an object of a binary, "
                  "or it has nothing to do with binaries")
            print("  guest: " + describe_guest(address))
            return
        print(what)
        print("  guest: " + describe_guest(guest))
        print("  host:  " + describe_host(host))


# ---- Binaries and frames ----

class Guests(gdb.Command):
    """py2abi-guests: the Python 2 binaries that are open."""

    def __init__(self):
        super().__init__("py2abi-guests", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        guest = symbol("loader", "loader.c")["guests"]
        while int(guest) != 0:
            print("%-20s %#x  %s" % (guest["name"].string(), word(int(guest["handle"])),
                                     guest["path"].string()))
            guest = guest["next"]


class Frames(gdb.Command):
    """py2abi-frames: the functions of binaries that each thread is in, innermost first."""

    def __init__(self):
        super().__init__("py2abi-frames", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        selected = gdb.selected_thread()
        if gdb.lookup_global_symbol(CURRENT) is None:
            raise missing(CURRENT)
        for thread in sorted(gdb.selected_inferior().threads(), key=lambda one: one.num):
            thread.switch()
            try:
                current = gdb.parse_and_eval(CURRENT)
                frame = current["frame"] if int(current) != 0 else None
            except gdb.error:
                # The thread has never been in a binary, and its variable has no memory.
                frame = None
            print("thread %d%s" % (thread.num, "" if frame is not None and int(frame) != 0
                                   else ": in no binary"))
            while frame is not None and int(frame) != 0:
                self.show(frame)
                frame = frame["outer"]
        if selected is not None:
            selected.switch()

    @staticmethod
    def show(frame):
        guest, function = frame["guest"], frame["function"]
        if int(guest) == 0:
            return
        name = function.string() if int(function) != 0 else "?"
        if int(frame["of"]) != 0:
            kind = text(word(int(frame["of"]) + TP_NAME))
            name = (kind if "." in kind else guest["name"].string() + "." + kind) + "." + name
        else:
            name = guest["name"].string() + "." + name
        print("  %s of %s" % (name, guest["path"].string()))


Object()
Guests()
Frames()
