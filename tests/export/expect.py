"""Compares what the battery saw with what is expected of it.

    expect.py ORACLE VERSION OUTPUT             the host's own functions
    expect.py ORACLE VERSION OUTPUT REFUSALS    the library's

VERSION is as in oracle.tsv ("3.11", "3.11d").  Where the library promises
something else than the host does, the rules below, one for each row of
deviations.def, say what; the reasons of a refusal come from REFUSALS, which the
battery wrote without the library.

Prints each row that is not as expected, then "N rows as expected; rules used:
NAME..." and exits with 1 if a row was not.  It runs on any Python 3.
"""
import json
import struct
import sys

QUOTED = ('msg', 'context', 'cause', 'after', 'na')
AS_READ = ('PyObject_AsCharBuffer', 'PyObject_AsReadBuffer')
AS_WRITE = 'PyObject_AsWriteBuffer'
CHECK = 'PyObject_CheckReadBuffer'
NOT_SIMPLE = 'expected a single-segment bytes-like object'
NOT_WRITABLE = 'expected a writable bytes-like object'
PRESET = "KeyError: 'preset'"
# Objects that consist of longs or pointers, which were recorded with eight bytes each.
WIDE = ('array_l', 'array_L', 'ct_char_p', 'ct_funcptr', 'ct_pointer', 'ct_py_object', 'ct_void_p',
        'ct_wchar_p')


# --- Reading -----------------------------------------------------------------

def fields(observation):
    """The words of an observation as a dict of strings."""
    result = {}
    decoder = json.JSONDecoder()
    while observation:
        key, _, rest = observation.partition('=')
        if rest.startswith('"'):
            value, end = decoder.raw_decode(rest)
        else:
            end = (rest + ' ').index(' ')
            value = rest[:end]
        result[key] = value
        observation = rest[end:].lstrip(' ')
    return result


def read_rows(path):
    rows = {}
    with open(path, encoding='utf-8') as file:
        for line in file:
            name, variant, function, observation = line.rstrip('\n').split('\t')
            rows[name, variant, function] = fields(observation)
    return rows


def number(version):
    major, _, minor = version.partition('.')
    return int(major), int(minor)


def includes(versions, version):
    for part in versions.split(','):
        first, _, last = part.partition('-')
        if first == version:
            return True
        if (not first.endswith('d') and not version.endswith('d')
                and number(first) <= number(version) <= number(last or first)):
            return True
    return False


def read_oracle(path, version):
    rows, debug_rows = {}, {}
    with open(path, encoding='utf-8') as file:
        for line in file:
            if line.startswith('#'):
                continue
            versions, name, variant, function, observation = line.rstrip('\n').split('\t')
            key = name, variant, function
            if includes(versions, version):
                debug_rows[key] = fields(observation)
            if includes(versions, version.rstrip('d')):
                rows[key] = fields(observation)
    return rows, {**rows, **debug_rows}


def narrowed(row):
    """What was recorded of longs or pointers, where these have four bytes."""
    if 'len' not in row:
        return row
    row = dict(row, len=str(int(row['len']) // 2))
    if row['content'] != 'pointers':
        items = row['content']
        row['content'] = ''.join(items[at:at + 8] for at in range(0, len(items), 16))
    return row


# --- The library's rules -----------------------------------------------------

used = set()


def rule(name):
    used.add(name)


def raised(row, exc, msg, **more):
    """row with another exception."""
    row = {key: value for key, value in row.items()
           if key not in ('exc', 'msg', 'context', 'cause', 'suppress_context')}
    row.update(exc=exc, msg=msg, **more)
    return row


def calm(row):
    """row without an exception."""
    return {key: value for key, value in row.items()
            if key not in ('exc', 'msg', 'context', 'cause', 'suppress_context')}


def with_cause(row, exc, msg, refusal):
    more = {'cause': '%s: %s' % (refusal['exc'], refusal['msg']), 'suppress_context': 'True'}
    if 'context' in row:
        more['context'] = row['context']
    row = raised(row, exc, msg, **more)
    # The traceback of a refusal in Python code holds a reference to the object.
    row['refdelta'] = refusal['refdelta']
    return row


def expected_of_library(key, row, debug_row, refusals):
    """What the library is to do where the host does row."""
    name, variant, function = key
    preset = 'preset' in variant
    if variant.startswith('NULL'):
        if function == CHECK:
            rule('CHECK_NULL')
            row = {'rc': '0', 'refdelta': '0'}
            if preset:
                return raised(row, 'KeyError', "'preset'")
            return raised(row, 'SystemError', 'null argument to internal routine')
        return row
    if function == '-':
        return row

    flags = 'WRITABLE' if function == AS_WRITE else 'SIMPLE'
    refusal = refusals[name, 'handling' if variant == 'handling' else '-',
                       'PyObject_GetBuffer(%s)' % flags]
    if 'signal' in refusal:
        # The host's check of its exporters, which only a debug build has.
        if 'signal' not in debug_row:
            rule('DEBUG_SLOT')
        return {'signal': refusal['signal']}
    if 'signal' in debug_row or 'exc_at_entry=1' in row.get('after', ''):
        rule('PENDING_ASIDE')
        row = dict(row)
        if 'after' in row:
            row['after'] = row['after'].replace('exc_at_entry=1', 'exc_at_entry=0')

    if function == CHECK:
        if preset:
            if row.get('exc') != 'KeyError':
                rule('CHECK_PENDING')
            return raised(row, 'KeyError', "'preset'")
        if 'exc' in row:
            rule('CHECK_QUIET')
        return calm(row)
    if row['rc'] == '0':
        return row
    if function in AS_READ:
        if 'exc' not in refusal:
            rule('NO_REASON')
            more = {'context': PRESET} if preset else {}
            if variant == 'handling':
                more['context'] = 'LookupError: being handled'
            return raised(row, 'TypeError', NOT_SIMPLE, **more)
        if refusal['exc'] == 'BufferError':
            rule('BUFFER_ERROR')
            return with_cause(row, 'TypeError', NOT_SIMPLE, refusal)
        return row
    if 'exc' not in refusal:
        if preset:
            rule('WRITE_CONTEXT')
            return raised(row, 'TypeError', NOT_WRITABLE, context=PRESET)
        return row
    if refusal['exc'] in ('MemoryError', 'KeyboardInterrupt'):
        rule('WRITE_PASSES')
        more = {'context': refusal['context']} if 'context' in refusal else {}
        return raised(row, refusal['exc'], refusal['msg'], **more)
    rule('WRITE_CAUSE')
    return with_cause(row, 'TypeError', NOT_WRITABLE, refusal)


# --- Comparing ---------------------------------------------------------------

def main(arguments):
    oracle, version, output = arguments[:3]
    plain, expected = read_oracle(oracle, version)
    if struct.calcsize('P') == 4:
        for rows in (plain, expected):
            rows.update((key, narrowed(row)) for key, row in list(rows.items()) if key[0] in WIDE)
    if len(arguments) > 3:
        refusals = read_rows(arguments[3])
        expected = {key: expected_of_library(key, plain[key], expected[key], refusals)
                    for key in plain}
    seen = {key: row for key, row in read_rows(output).items() if 'na' not in row}
    wrong = 0
    for key in sorted(set(seen) | set(expected)):
        if seen.get(key) != expected.get(key):
            wrong += 1
            print('%s\n    seen      %s\n    expected  %s'
                  % (' '.join(key), show(seen.get(key)), show(expected.get(key))))
    print('%d rows as expected; rules used:%s'
          % (len(expected) - wrong, ''.join(' ' + name for name in sorted(used))))
    return 1 if wrong or not expected else 0


def show(row):
    if row is None:
        return 'no row'
    return ' '.join('%s=%s' % (key, json.dumps(value) if key in QUOTED else value)
                    for key, value in sorted(row.items()))


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
