# fcntl: flags, locks, ioctl with a buffer that it changes.
import os
import struct
import tempfile


class Filed(object):
    def __init__(self, result):
        self.result = result

    def fileno(self):
        return self.result


F = module
print("constants", F.F_DUPFD, F.F_GETFD, F.F_SETFD, F.F_GETFL, F.F_SETFL, F.F_GETLK, F.F_SETLK,
        F.F_SETLKW,
      F.FD_CLOEXEC, F.LOCK_SH, F.LOCK_EX, F.LOCK_NB, F.LOCK_UN, F.F_RDLCK, F.F_WRLCK, F.F_UNLCK)
f = tempfile.TemporaryFile()
f.write(b("some bytes"))
f.flush()
fd = os.dup(f.fileno())
show("getfl", lambda: F.fcntl(fd, F.F_GETFL) & 3)
show("setfl", lambda: (F.fcntl(fd, F.F_SETFL, os.O_APPEND),
        F.fcntl(fd, F.F_GETFL) & os.O_APPEND != 0))
show("cloexec", lambda: (F.fcntl(fd, F.F_SETFD, F.FD_CLOEXEC), F.fcntl(fd, F.F_GETFD),
                         F.fcntl(fd, F.F_SETFD, 0), F.fcntl(fd, F.F_GETFD)))
show("file", lambda: F.fcntl(f, F.F_GETFL) & 3)
show("fileno()", lambda: F.fcntl(Filed(fd), F.F_GETFL) & 3)
show("fileno() text", F.fcntl, Filed(b("x")), F.F_GETFL)
show("fileno() negative", F.fcntl, Filed(-1), F.F_GETFL)
show("no fileno", F.fcntl, object(), F.F_GETFL)
show("text", F.fcntl, b("x"), F.F_GETFL)
show("float", F.fcntl, 1.5, F.F_GETFL)
show("negative", F.fcntl, -1, F.F_GETFL)
system("closed", F.fcntl, 12345, F.F_GETFL)
system("bad command", F.fcntl, fd, 123456)
show("text command", F.fcntl, fd, b("x"))
show("list argument", F.fcntl, fd, F.F_GETFL, [])
show("float argument", F.fcntl, fd, F.F_GETFL, 1.5)
show("huge argument", F.fcntl, fd, F.F_SETFD, 2**70)
show("nothing", F.fcntl)
show("many", F.fcntl, 1, 2, 3, 4)
lock = struct.pack(b("hhqqi4x") if not PY3 else "hhqqi4x", F.F_WRLCK, 0, 0, 5, 0)
show("getlk", lambda: struct.unpack(b("h") if not PY3 else "h", F.fcntl(fd, F.F_GETLK, lock)[:2]))
system("short struct", lambda: len(F.fcntl(fd, F.F_GETFD, b("abc"))))
show("long struct", F.fcntl, fd, F.F_GETLK, b("x") * 2000)
show("flock", lambda: (F.flock(fd, F.LOCK_EX), F.flock(f, F.LOCK_SH | F.LOCK_NB),
        F.flock(fd, F.LOCK_UN)))
other = tempfile.NamedTemporaryFile()
one, two = os.open(other.name, os.O_RDWR), os.open(other.name, os.O_RDWR)
show("flock one", F.flock, one, F.LOCK_EX)
system("flock two", F.flock, two, F.LOCK_EX | F.LOCK_NB)
show("flock given back", lambda: (F.flock(one, F.LOCK_UN), F.flock(two, F.LOCK_EX | F.LOCK_NB)))
system("flock bad", F.flock, one, 0)
show("flock text", F.flock, one, b("x"))
show("lockf", lambda: (F.lockf(one, F.LOCK_EX), F.lockf(one, F.LOCK_UN, 5, 2, 0)))
show("lockf bad", F.lockf, one, 0)
system("lockf closed", F.lockf, 12345, F.LOCK_EX)
show("lockf text length", F.lockf, one, F.LOCK_EX, b("x"))
show("lockf few", F.lockf, one)

# ioctl
TIOCGWINSZ, FIONREAD, TIOCSWINSZ, TIOCGPTN = 0x5413, 0x541b, 0x5414, 0x80045430
read, write = os.pipe()
os.write(write, b("12345"))
zero = b("\0\0\0\0")
show("ioctl str", F.ioctl, read, FIONREAD, zero)
buffer_of = bytearray(4)
show("ioctl bytearray", lambda: (F.ioctl(read, FIONREAD, buffer_of), bytes(buffer_of)))
buffer_of = bytearray(4)
show("ioctl bytearray kept", lambda: (F.ioctl(read, FIONREAD, buffer_of, False), bytes(buffer_of)))
array = load("array").array
a = array(b("i"), [0])
show("ioctl array", lambda: (F.ioctl(read, FIONREAD, a), a.tolist()))
a = array(b("i"), [0])
show("ioctl array kept", lambda: (F.ioctl(read, FIONREAD, a, 0), a.tolist()))
a = array(b("i"), [0] * 1000)
show("ioctl long array", lambda: (F.ioctl(read, FIONREAD, a), a[0]))
show("ioctl long array kept", F.ioctl, read, FIONREAD, a, 0)
show("ioctl long str", F.ioctl, read, FIONREAD, b("x") * 2000)
system("ioctl number", F.ioctl, read, TIOCGWINSZ, 0)
show("ioctl list", F.ioctl, read, FIONREAD, [])
show("ioctl text code", F.ioctl, read, b("x"), 0)
system("ioctl closed", F.ioctl, 12345, FIONREAD, zero)
show("ioctl few", F.ioctl, read)
system("ioctl unicode", F.ioctl, read, FIONREAD, u("\0\0\0\0"))
mmap = load("mmap")
m = mmap.mmap(-1, 4)
show("ioctl mmap", lambda: (F.ioctl(read, FIONREAD, m), m[:]))
for d in (read, write, one, two, fd):
    os.close(d)

# Lifetimes.
import array
import gc
read, write = os.pipe()
os.write(write, b("abc"))
buffer = bytearray(4)
show("ioctl bytearray", lambda: (F.ioctl(read, FIONREAD, buffer), value(bytes(buffer))))
buffer += b("more")
show("memory is let go", lambda: len(buffer))
numbers = array.array("i", [0])
show("ioctl array", lambda: (F.ioctl(read, FIONREAD, numbers), numbers[0]))
numbers.append(1)
show("array is let go", lambda: len(numbers))


class File(object):
    """Something with a descriptor, seen by nobody else."""
    made = 0

    def __init__(self):
        File.made += 1

    def fileno(self):
        return read

    def __del__(self):
        File.made -= 1


kept = [F.ioctl(File(), FIONREAD, zero) for turn in range(20)]
gc.collect()
print("files are let go", File.made)
print("results outlive", len(kept), set(map(value, kept)) == set([value(kept[0])]))
file = File()
file.fileno = lambda: File
show("fileno is a class", F.ioctl, file, FIONREAD, zero)
file.fileno = lambda: {}[5]
show("fileno raises", F.fcntl, file, F.F_GETFD)
file.fileno = lambda: b("5")
show("fileno is text", F.flock, file, F.LOCK_UN)
call = F.fcntl
del F, module, file
gc.collect()
system("function outlives", call, 12345, 1)
for d in (read, write):
    os.close(d)
