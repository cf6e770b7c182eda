"""terminal.py COLUMNS COMMAND...: run a command in a terminal of that width, print
its output with what is not printable escaped, and end with its status; 77, and the
reason, where there are no terminals (a chroot without /dev/pts)."""

import fcntl
import os
import pty
import struct
import sys
import termios

try:
    child, terminal = pty.fork()
except OSError as error:
    print("there is no terminal to be had: %s" % error)
    sys.exit(77)
if child == 0:
    size = struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0)
    fcntl.ioctl(1, termios.TIOCSWINSZ, size)
    os.execvp(sys.argv[2], sys.argv[2:])
output = b""
while True:
    try:
        more = os.read(terminal, 4096)
    except OSError:  # Linux: the other end is closed.
        more = b""
    if not more:
        break
    output += more
status = os.waitpid(child, 0)[1]
for line in output.decode("utf-8", "backslashreplace").replace("\r\n", "\n").splitlines():
    print(ascii(line)[1:-1])
sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 99)
