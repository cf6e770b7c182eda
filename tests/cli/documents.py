"""documents.py SOURCE-DIR COMMAND FOLDER COVERAGE: holds the documents against the code, run by
test_cli.

Every sentence that says why a binary does not load is in the guide, and the guide has no
other; every variable and every exit status has its place in the manual; what the README says
to type works.  FOLDER has a robot.so and a program.py for the latter; it is empty ("") where
no such binary is loaded.
"""

import collections
import os
import re
import subprocess
import sys

SOURCE, COMMAND, FOLDER, COVERAGE = sys.argv[1:]
GUIDE = "doc/my-binary-does-not-load.md"
problems = []


def read(name):
    with open(os.path.join(SOURCE, name), encoding="utf-8") as file:
        return file.read()


def sources(*folders):
    return [folder + "/" + name for folder in folders
            for name in sorted(os.listdir(os.path.join(SOURCE, folder)))
            if name.endswith((".c", ".h", ".def", ".in"))]


# ---- Sentences ----

LITERAL = r'"(?:[^"\\\n]|\\.)*"(?:\s*"(?:[^"\\\n]|\\.)*")*'

# Where sentences are made: a file, and what stands before the literal.  The reasons of damaged
# files (DAMAGED in elf.c) are not listed one by one: the guide has an entry for them all.
PLACES = [
    ("src/bind.c", r"say\(why, size, "),
    ("src/front.c", r"say\(why, path, "),
    ("src/loader.c", r"snprintf\(why, size, "),
    ("src/elf.c", r"REFUSED\(PY2ABI_ELF_\w+,\s*"),
    ("src/audit.c", r"object->why = format\("),
    ("src/audit.c", r"put_reason\(&sentence, &count\),\s*"),
    ("src/audit.c", r"add_note\(audit, \w+,\s*"),
    ("src/audit.c", r"fprintf\(stream, (?=\"%s needs|\"its file)"),
    ("src/audit.c", r"sentence = format\((?=\"is an)"),
    ("compat/guests.c", r"snprintf\(why, size, "),
    ("compat/guests.c", r"after_the_end\[\] = "),
    ("compat/guests.c", r"dprintf\(2, "),
    ("compat/importdl.c", r"raise_import_error\(\s*(?:module->)?guest, (?:full_)?name,\s*"),
    ("compat/capsule.c", r"PyErr_Format\(PyExc_ImportError,\s*(?=\"%s: wants)"),
    ("compat/dispatch.c", r"PyErr_Format\(PyExc_NotImplementedError,\s*"),
    ("compat/typeobject.c", r"PyErr_Format\(PyExc_NotImplementedError,\s*"),
    ("compat/trace.c", r"dprintf\(STDERR_FILENO, (?=\"py2abi: PY2ABI_TRACE)"),
    ("compat/refusals.c", r"return (?=\"is a binary)"),
    ("compat/refusals.def", r"\n(?:ABI|IMPORTS)\(\w+, "),
]
CONVERSION = r"%[-+ #0]*(?:\*|\d+)?(?:\.(?:\*|\d+))?(?:hh|h|ll|l|z)?[a-zA-Z]"


def sentences():
    """The templates of printf in the code, each with where it is."""
    found = {}
    for name, before in PLACES:
        text = read(name)
        matches = list(re.finditer(before + "(" + LITERAL + ")", text))
        if not matches:
            problems.append("%s has nothing like %s any more: see documents.py" % (name, before))
        for match in matches:
            template = "".join(re.findall(r'"((?:[^"\\\n]|\\.)*)"', match.group(1)))
            template = re.sub(r"^(py2abi|%[.\d]*s): ", "", template.replace("\\n", ""))
            if len(re.sub(CONVERSION, "", template).strip(" :;.")) > 6:
                found[template] = name
    return found


def expression(template):
    literals = re.split(CONVERSION, template)
    return ".*".join(re.escape(literal) for literal in literals) + (
        ".*" if template.endswith(" ") else "")


def check_sentences():
    guide = read(GUIDE)
    ours = guide[:guide.index("## Python says something else")] + \
        guide[guide.index("## The loader's other sentences"):]
    # In bold, alone or first in a row of a table.
    spans = [re.sub(r"\s+", " ", span) for span in
             re.findall(r"\*\*`([^`]+)`\*\*", ours) + re.findall(r"^\| `([^`]+)` \|", ours, re.M)]
    spans = [re.sub(r"^(FILE|\w+Error): ", "", span) for span in spans]
    # What `py2abi audit` says in parts, and what is not about loading.
    parts = {"will load", "will load; NUMBER of NUMBER functions are not implemented",
             "module none by this file name", "by this file name after 'import py2abi' only",
             "is a shared object that wants nothing of Python",
             "is a library that uses Python, but not Python 2",
             "it is a directory", "it is no regular file", "cannot be opened", "it is no ELF file", "it is empty",
             "libffi can make no function for a Python 2 function here: executable memory seems "
             "to be forbidden"}
    audit = re.sub(r'"\s*"', "", read("src/audit.c") + read("src/audit.h") + read("src/elf.c")
                   + read("src/cli-audit.c") + read("src/bind.c") + read("compat/entry.c")).replace("`", "'")
    for part in parts:
        words = re.sub("^(is|it is) (an? )?", "", part)
        words = re.sub("^(will load); .*", r"\1; %zu of %zu functions %s not implemented", words)
        words = words.replace("module none", "none")
        if part not in spans:
            problems.append("%s lacks: %s" % (GUIDE, part))
        if words not in audit:
            problems.append("the command says nothing like: %s" % part)
    templates = sentences()
    for template, name in sorted(templates.items()):
        if not any(re.fullmatch(expression(template), span) for span in spans):
            problems.append("%s lacks what %s says: %s" % (GUIDE, name, template))
    for span, times in collections.Counter(spans).items():
        if times != 1:
            problems.append("%s explains this %d times: %s" % (GUIDE, times, span))
        if span not in parts and not any(re.fullmatch(expression(t), span) for t in templates):
            problems.append("%s has what nothing says: %s" % (GUIDE, span))
    return len(templates)


# ---- Variables and exit statuses ----

def manual(name):
    return read("doc/" + name).replace("\\-", "-").replace("\\(aq", "'")


def entries(page, section):
    """What follows each .TP of a section."""
    text = re.search(r"\n\.SH %s\n(.*?)(?:\n\.SH |\Z)" % section, page, re.S)
    return re.split(r"\n?\.TP\n", text.group(1))[1:] if text else []


def check_variables():
    wanted = set()
    for name in sources("src", "compat", "python"):
        # Those that are read, and those that are settings.
        wanted |= set(re.findall(r'getenv\("(PY2ABI_\w+)"\)', read(name)))
        wanted |= set(re.findall(r'environ\.get\("(PY2ABI_\w+)"', read(name)))
    settings = re.findall(r"^SETTING(?:_ALONE|_FREE)?\((\w+),(.*?)\)\n(?=SETTING|\Z|\n)",
                          read("src/settings.def"), re.M | re.S)
    values = {"PY2ABI_" + name: re.findall(r"(?:FIRST|OR)\(([\w-]+)\)", rest)
              for name, rest in settings}
    wanted |= set(values)
    pages = [name for name in sorted(os.listdir(os.path.join(SOURCE, "doc")))
             if re.search(r"\.\d(\.in)?$", name)]
    for variable in sorted(wanted):
        places = [(name, entry) for name in pages for entry in entries(manual(name), "ENVIRONMENT")
                  if re.match(r"\.BR? %s\b" % variable, entry)]
        if len(places) != 1:
            problems.append("%s is documented in %s" % (variable, [name for name, _ in places]))
        for value in values.get(variable, []) if len(places) == 1 else []:
            if not re.search(r"(?<![\w-])%s(?![\w-])" % re.escape(value), places[0][1]):
                problems.append("%s: %s does not say what %s is" % (places[0][0], variable, value))
    return len(wanted)


def check_statuses():
    for command in ("audit", "run"):
        text = subprocess.run([COMMAND, command, "--help"], stdout=subprocess.PIPE,
                              universal_newlines=True).stdout
        text = text[text.index("Exit status:"):text.index("Options:")]
        told = set(re.findall(r"\b\d+\b", text.replace("Python 2", "")))
        shown = {entry.split()[1] for entry in entries(manual("py2abi-%s.1" % command),
                                                       "EXIT STATUS")}
        if told != shown:
            problems.append("py2abi-%s(1) has the exit statuses %s, --help %s"
                            % (command, sorted(shown), sorted(told)))


def check_options():
    """The options of a page are those of the help: test_cli has the other way round."""
    for command in ("audit", "run"):
        text = subprocess.run([COMMAND, command, "--help"], stdout=subprocess.PIPE,
                              universal_newlines=True).stdout
        for entry in entries(manual("py2abi-%s.1" % command), "OPTIONS"):
            for option in re.findall(r"--[a-z]+", entry.split("\n")[0]):
                if option not in text:
                    problems.append("py2abi-%s(1) has %s, --help has not" % (command, option))


# ---- Commands ----

def blocks(name):
    """The lines of the fenced blocks of a document, without what is set for the reader."""
    lines, inside = [], False
    for line in read(name).splitlines():
        if line.startswith("```"):
            inside = not inside
        elif inside:
            lines.append(line.split("  #")[0].strip())
    return lines


def check_commands():
    """Those that use the command run here; of the others the words are looked up."""
    environment = dict(os.environ, PATH=os.path.dirname(COMMAND) + ":" + os.environ["PATH"],
                       LD_PRELOAD="")
    found = 0
    for line in blocks("README.md"):
        if re.match(r"py2abi (audit|run)\b", line):
            found += 1
            if not FOLDER:
                continue
            result = subprocess.run(line, shell=True, cwd=FOLDER, env=environment,
                                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                    universal_newlines=True)
            if result.returncode != 0:
                problems.append("README.md: `%s` ends with %d:\n%s" % (line, result.returncode,
                                                                       result.stdout))
        elif line.startswith("./bootstrap "):
            if not re.search(r"\b%s\b" % re.escape(line.split()[1]), read("bootstrap")):
                problems.append("README.md: bootstrap knows no %s" % line)
    first = "\n".join(read("README.md").splitlines()[:40])
    for words in ("py2abi audit", "py2abi run", "./configure", "./bootstrap demo"):
        if words not in first:
            problems.append("README.md: %s is not on the first screen" % words)
    configure = read("configure.ac")
    for name in ("README.md", "doc/packaging.md"):
        for option in re.findall(r"--(?:with|without|enable|disable)-([a-z][a-z-]*)", read(name)):
            if "[%s]" % option not in configure and option not in ("static",):
                problems.append("%s: configure has no option about %s" % (name, option))
    for name in ["README.md", "HACKING.md"] + ["doc/" + name for name
                                               in os.listdir(os.path.join(SOURCE, "doc"))
                                               if name.endswith(".md")]:
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", read(name)):
            target = os.path.join(SOURCE, os.path.dirname(name), link)
            if not os.path.exists(target) and link != "coverage.md":
                problems.append("%s leads to %s, which is not there" % (name, link))
    return found


# ---- Coverage ----

def check_coverage():
    """Each name stands in the page once, where its row has it."""
    found = re.findall(r"^(?:API|DATA)\((\w+)(?:\((\w+)\))?, (\w+),", read("compat/api27.def"), re.M)
    rows = {name: kind for kind, _, name in found}
    rows.update({name: rows[other] for kind, other, name in found if kind == "ALIAS"})
    wanted = {"STUB": "Not implemented", "HOST": "Passed on to Python 3", "NOP": "Nothing to be done"}
    with open(COVERAGE, encoding="utf-8") as file:
        page = file.read()
    body = page[page.index("\n### "):]
    shown, where = collections.Counter(), None
    for line in body.splitlines():
        where = line.split(":")[0] if re.match(r"[A-Z]", line) else where
        for name in re.findall(r"`(\w+)`", re.sub(r"^- [^:]*:", "", line)):
            shown[name] += 1
            if name in rows and where != wanted.get(rows[name].replace("_VA", ""), "Implemented"):
                problems.append("coverage.md: %s is under %s" % (name, where))
    if set(shown) != set(rows) or max(shown.values()) != 1:
        problems.append("coverage.md has other names: %s" % sorted(set(shown) ^ set(rows))[:10])
    numbers = [int(number) for number in re.findall(r"^\| [a-z][^|]* \| (\d+) \|$", page, re.M)]
    if sum(numbers) != len(rows):
        problems.append("coverage.md counts %s of %d names" % (numbers, len(rows)))


counts = check_sentences(), check_variables(), check_commands()
check_statuses()
check_options()
check_coverage()
print("\n".join(problems) if problems else "%d sentences, %d variables, %d commands" % counts)
sys.exit(1 if problems or 0 in counts else 0)
