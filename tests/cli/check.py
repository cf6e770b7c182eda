"""What `py2abi audit --json` puts out, looked at with other eyes.

    check.py schema SCHEMA PY2ABI FILE...   the output is as the schema says
    check.py nm PY2ABI FILE...              the names are those that nm shows
    check.py genuine PY2ABI FOLDER          so they are for all that is in lib-dynload
    check.py rows ROWS PY2ABI FILE          each name is as its row of the table says
    check.py name PY2ABI FILE               the file's name comes back as it is
    check.py get PY2ABI FILE EXPRESSION     print a value: file is the object

Prints what is wrong, and ends with 1 then.
"""

import json
import os
import re
import subprocess
import sys

TYPES = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict,
         "null": type(None)}
complaints = []


def complain(*words):
    complaints.append(" ".join(str(word) for word in words))


def audit(program, files, status=(0, 1, 2)):
    """The objects; keys that occur twice and a wrong exit status are complained about."""
    def pairs(found):
        keys = [key for key, value in found]
        if len(set(keys)) != len(keys):
            complain("a key occurs twice:", keys)
        return dict(found)

    child = subprocess.Popen([program, "audit", "--json"] + files, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL)
    text = child.communicate()[0]
    if child.returncode not in status:
        complain("exit status", child.returncode)
    result = json.loads(text.decode("ascii"), object_pairs_hook=pairs)
    if [entry["file"] for entry in result] != files:
        complain("the files are", [entry["file"] for entry in result])
    if child.returncode != max(entry["status"] for entry in result):
        complain("exit status", child.returncode, [entry["status"] for entry in result])
    return result


def check_schema(schema, root, value, where):
    """As much of JSON schema as ours uses; an unknown word is complained about."""
    known = {"$schema", "title", "description", "$ref", "type", "enum", "items", "properties",
             "required", "additionalProperties", "definitions"}
    if set(schema) - known:
        complain("the schema has words that are not known here:", set(schema) - known)
    if "$ref" in schema:
        target = root
        for part in schema["$ref"].lstrip("#/").split("/"):
            target = target[part]
        check_schema(target, root, value, where)
        return
    if "enum" in schema and value not in schema["enum"]:
        complain(where, "is", repr(value))
    if "type" in schema:
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if not any(type(value) is TYPES[name] for name in types):
            complain(where, "is", repr(value), "and not of type", types)
            return
    if isinstance(value, list):
        for i, item in enumerate(value):
            check_schema(schema["items"], root, item, "%s[%d]" % (where, i))
    if isinstance(value, dict):
        properties = schema["properties"]
        for key in schema.get("required", ()):
            if key not in value:
                complain(where, "has no", key)
        for key in value:
            if key in properties:
                check_schema(properties[key], root, value[key], where + "." + key)
            elif schema.get("additionalProperties") is False:
                complain(where, "has", key)
        # Python 3.6 and later keep the order of both.
        if [key for key in properties if key in value] != list(value):
            complain(where, "has its keys in another order:", list(value))


def check_counts(where, entry):
    counts = dict.fromkeys(entry["counts"], 0)
    for symbol in entry["symbols"]:
        counts[symbol["disposition"]] += 1
    if counts != entry["counts"]:
        complain(where, "counts", entry["counts"], "and not", counts)
    names = [symbol["name"] for symbol in entry["symbols"]]
    if names != sorted(set(names), key=os.fsencode):
        complain(where, "its names are not sorted, or not unique")


def schema(path, program, *files):
    with open(path) as stream:
        description = json.load(stream)
    result = audit(program, list(files))
    check_schema(description, description, result, "")
    for entry in result:
        check_counts(entry["file"], entry)
        for library in entry["libraries"]:
            check_counts(library["name"], library)


def names_of(path):
    """What the binary wants of Python, by nm: {name: whether it is weak}."""
    output = subprocess.check_output(["nm", "-D", "--undefined-only", path]).decode()
    wanted = {}
    for line in output.splitlines():
        kind, name = line.split()[-2:]
        name = name.partition("@")[0]
        if re.match("_?Py[A-Z_]", name):
            wanted[name] = wanted.get(name, True) and kind in "wv"
    return wanted


def nm(program, *files):
    for entry in audit(program, list(files)):
        if not entry["kind"].startswith("python2"):
            complain(entry["file"], "is", entry["kind"])
        for path, what in [(entry["file"], entry)] + [
                (library["path"], library) for library in entry["libraries"]
                if library["uses_python2"]]:
            found = {symbol["name"]: symbol["weak"] for symbol in what["symbols"]}
            if found != names_of(path):
                complain(path, "wants", sorted(set(found.items()) ^ set(names_of(path).items())))
    print(len(files))


def genuine(program, folder):
    files = sorted(os.path.join(folder, name) for name in os.listdir(folder)
                   if name.endswith(".so"))
    if not files:
        print(0)
        return
    for entry in audit(program, files):
        name = os.path.basename(entry["file"]).partition(".")[0]
        wanted = name[:-len("module")] if name.endswith("module") else name
        if entry["kind"] != "python2-extension" or entry["module"] not in (name, wanted):
            complain(entry["file"], "is", entry["kind"], entry["module"])
        if not all(symbol["declaration"] for symbol in entry["symbols"]):
            complain(entry["file"], "wants names that are not in the table")
    nm(program, *files)


def expected_stub(row):
    """What a stub gives, from the declaration in C and the column for errors."""
    returned = None
    result = row["declaration"].partition(row["name"])[0].strip()
    error = row["error"]
    if result != "void":
        real = result in ("double", "Py_complex")
        if error.startswith("E_MINUS1") or error == "E_CODE":
            returned = "-1.0" if real else "-1"
        elif error == "E_MINUS2":
            returned = "-2"
        elif real:
            returned = "0.0"
        else:
            returned = "NULL" if "*" in result or result == "PyOS_sighandler_t" else "0"
    return None if "F_NOGIL" in row["flags"] else "NotImplementedError", returned


def read_rows(path):
    """The rows of api27.def, read as text."""
    rows = {}
    with open(path) as stream:
        text = re.sub(r"/\*.*?\*/", "", stream.read(), flags=re.S)
    for line in text.splitlines():
        match = re.match(r"API\((\w+)(?:\((\w+)\))?, (\w+), (\w+), \(([^)]*)\), (\w+), (.*)\)$",
                         line)
        if match:
            kind, other, name, result, args, error, flags = match.groups()
            rows[name] = {"name": name, "kind": kind, "other": other, "result": result,
                          "error": error, "flags": flags, "type": "function"}
            continue
        match = re.match(r"DATA\((\w+), (\w+), ", line)
        if match:
            rows[match.group(2)] = {"name": match.group(2), "kind": match.group(1),
                                    "other": None, "type": "data"}
    return rows


def rows(path, program, name):
    table = read_rows(path)
    entry = audit(program, [name])[0]
    found = {symbol["name"]: symbol for symbol in entry["symbols"]}
    if set(found) != set(table):
        complain("the names differ:", sorted(set(found) ^ set(table)))
    kinds = {"IMPL": "served", "EXC": "served", "NOP": "served", "VA": "served", "HOST": "host",
             "STUB": "stub", "STUB_VA": "stub"}
    for name in sorted(set(found) & set(table)):
        symbol, row, target = found[name], table[name], table[name]
        if row["kind"] == "ALIAS":
            target = table[row["other"]]
        disposition = kinds[target["kind"]]
        if disposition == "stub" and row["type"] == "data":
            disposition = "missing"
        if (symbol["disposition"], symbol["type"]) != (disposition, row["type"]):
            complain(name, "is", symbol["disposition"], symbol["type"], "and not", disposition,
                     row["type"])
        if not re.search(r"\b%s\b" % name, symbol["declaration"]):
            complain(name, "is declared as", symbol["declaration"])
        if re.search("__typeof__|UNTAGGED", symbol["declaration"]):
            complain(name, "is declared as", symbol["declaration"])
        wanted = (None, None)
        if disposition == "stub":
            wanted = expected_stub(dict(target, declaration=symbol["declaration"], name=name))
        if (symbol["raises"], symbol["returns"]) != wanted:
            complain(name, "gives", symbol["raises"], symbol["returns"], "and not", *wanted)
        if symbol["host_function"] != (target["other"] if disposition == "host" else None):
            complain(name, "is passed on to", symbol["host_function"])
    print(len(found))


def name(program, path):
    entry = audit(program, [path])[0]
    if os.fsencode(entry["file"]) != os.fsencode(path):
        complain("the name is", ascii(entry["file"]))


def get(program, path, expression):
    print(eval(expression, {"file": audit(program, [path])[0]}))


globals()[sys.argv[1]](*sys.argv[2:])
for line in complaints[:20]:
    print(line.encode("ascii", "backslashreplace").decode())
sys.exit(1 if complaints else 0)
