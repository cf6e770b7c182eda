"""libpython.py: this interpreter's shared libpython, PYTHONHOME and PYTHONMALLOC, a line each.

Exit status 77 means that it has none that another program could open.
"""

import os
import sys
import sysconfig

get = sysconfig.get_config_var
with open("/proc/self/maps") as maps:
    found = [word for word in maps.read().split()
             if os.path.basename(word).startswith("libpython")]
names = [get("INSTSONAME"), get("LDLIBRARY"),
         "libpython%d.%d%s.so.1.0" % (sys.version_info[:2] + (getattr(sys, "abiflags", ""),))]
for name in names:
    for directory in (os.path.join(get("LIBDIR") or "", get("MULTIARCH") or ""), get("LIBDIR")):
        path = os.path.join(directory or "", str(name))
        if ".so" in path and os.path.exists(path):
            found.append(path)
if not found:
    print("%s has no shared libpython to embed" % sys.executable)
    sys.exit(77)
if "/ld-linux" in os.path.realpath("/proc/self/exe"):
    print("%s has a C library of its own" % sys.executable)
    sys.exit(77)
print(found[0])
print(sys.prefix)
# Sanitizers cannot look into Python's own allocator; free-threaded builds have no other.
print("default" if get("Py_GIL_DISABLED") else "malloc")
