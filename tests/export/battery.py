# -*- coding: utf-8 -*-
"""Calls the four old buffer functions on many objects, and says what they did.

    battery.py OUTPUT.tsv       write a line for each call
    battery.py --refusals OUTPUT.tsv
                                the same for PyObject_GetBuffer, whose refusals
                                are the reasons of what the four report
    battery.py --provider       print the file that the functions came from

It needs the extension module oldbuffer on sys.path, and runs on Python 2.7 and
on Python 3.6 and later, where the extension may be one for Python 2.7.
oracle.tsv, beside it, describes the lines and says what the interpreters' own
functions do.
"""
from __future__ import print_function

import array
import io
import json
import mmap
import os
import pickle
import re
import resource
import shutil
import signal
import sys
import tempfile

import oldbuffer

try:
    import ctypes
except ImportError:             # its objects are left out
    ctypes = None

PY3 = sys.version_info[0] >= 3
HAS_BUFFERS = hasattr(oldbuffer, 'mkbuffer')    # the extension is for Python 2.7
if PY3:
    unicode = str
    xrange = range

    def buffer(base, offset=0, size=-1):
        return oldbuffer.mkbuffer('object', base, offset, size)

FUNCTIONS = ('PyObject_AsCharBuffer', 'PyObject_AsReadBuffer',
             'PyObject_CheckReadBuffer', 'PyObject_AsWriteBuffer',
             'PyObject_GetBuffer(SIMPLE)', 'PyObject_GetBuffer(WRITABLE)')
CHAR, READ, CHECK, WRITE, GET_SIMPLE, GET_WRITABLE = range(6)

# Fields of an observation, in the order of writing.
FIELDS = ('rc', 'exc', 'msg', 'context', 'cause', 'suppress_context', 'len',
          'ptr', 'content', 'refdelta', 'after', 'signal', 'na')
QUOTED = ('msg', 'context', 'cause', 'after', 'na')

scratch = None                  # a directory, removed at the end


# --- Objects -----------------------------------------------------------------

class Case(object):
    """An object to probe, and what is known of it.

    under       the object that its memory belongs to, if that is another
    addresses   addresses that the pointer may equal, by name
    report      called afterwards; what it returns goes into "after"
    keep        what must stay alive; a memoryview is released afterwards
    counts      it counts requests, so ask for no buffer to learn the address
    pointers    its content is machine addresses, which change
    """
    def __init__(self, obj, under=None, addresses=None, report=None, keep=None,
                 counts=False, pointers=False):
        self.obj = obj
        self.under = under
        self.addresses = dict(addresses or {})
        self.report = report
        self.keep = keep
        self.counts = counts
        self.pointers = pointers

    tells_base = False

    def addresses_and(self, seen):
        found = dict(self.addresses)
        for name in seen['addresses']:
            if self.tells_base or not name.startswith('base.'):
                found[name] = seen['addresses'][name]
        return found


class BytesSub(bytes):
    pass


class UniSub(unicode):
    pass


class BASub(bytearray):
    pass


class ArrSub(array.array):
    pass


class NewStyle(object):
    pass


class LenGet(object):
    def __len__(self):
        return 3

    def __getitem__(self, i):
        return 65


class DunderBytes(object):
    def __bytes__(self):
        return b'xyz'

    def __str__(self):
        return 'xyz'


if HAS_BUFFERS:
    OldStyle = oldbuffer.mkclass(b'OldStyle', {})
    OldStyleDunder = oldbuffer.mkclass(b'OldStyleDunder', {'__str__': lambda self: 'xyz'})


class PyBuf(object):
    """Exports the buffer of another object (PEP 688, Python 3.12)."""
    def __init__(self, base, how=''):
        self.base = base
        self.how = how
        self.log = []

    def __buffer__(self, flags):
        self.log.append('get(%d)' % flags)
        if self.how == 'raise':
            raise ValueError('__buffer__ says no')
        if self.how == 'not a memoryview':
            return b'not a memoryview'
        return memoryview(self.base)

    def __release_buffer__(self, view):
        self.log.append('release')
        view.release()
        if self.how == 'release raises':
            raise RuntimeError('__release_buffer__ raised')


class PyBufNoRel(object):
    def __init__(self, base):
        self.base = base

    def __buffer__(self, flags):
        return memoryview(self.base)


class PyBufTemp(object):
    """Each view is of an exporter that nothing else refers to."""
    def __buffer__(self, flags):
        return memoryview(oldbuffer.exp_rw())


if ctypes:
    class St(ctypes.Structure):
        _fields_ = [('a', ctypes.c_int), ('b', ctypes.c_char * 4)]

    class EmptySt(ctypes.Structure):
        _fields_ = []

    class Un(ctypes.Union):
        _fields_ = [('a', ctypes.c_int), ('b', ctypes.c_char)]


def exporter(name, subclass=False):
    kind = getattr(oldbuffer, name)
    if subclass:
        kind = type('Sub_' + name, (kind,), {})
    obj = kind()

    def report():
        info = obj.info()
        text = ('gets=%(gets)d releases=%(releases)d flags=%(last_flags)d '
                'exc_at_entry=%(exc_at_entry)d' % info)
        if any(info[key] for key in ('l_read', 'l_write', 'l_char', 'l_seg')):
            text += (' legacy(read=%(l_read)d write=%(l_write)d '
                     'char=%(l_char)d seg=%(l_seg)d)' % info)
        return text

    return Case(obj, under=oldbuffer.inner(obj), report=report, counts=True,
                addresses={'exporter.mem': obj.info()['addr']},
                pointers='indirect' in name)


def view_of_exporter(name):
    case = exporter(name)
    view = memoryview(case.obj)
    return Case(view, addresses=case.addresses, report=case.report,
                keep=case.obj, counts=True, pointers=case.pointers)


def view(under, change=lambda view: view):
    """A memoryview of under, or what change() makes of it."""
    whole = memoryview(under)
    return Case(change(whole), keep=whole,
                under=None if isinstance(under, bytes) else under)


def released(obj):
    obj.release()
    return obj


def ctypes_object(obj, **keywords):
    try:
        addresses = {'ctypes.addressof': ctypes.addressof(obj)}
    except TypeError:
        addresses = {}
    return Case(obj, addresses=addresses, **keywords)


def array_of(obj):
    return Case(obj, addresses={'array.buffer_info': obj.buffer_info()[0]})


def exported_bytearray():
    obj = bytearray(b'hello')
    return Case(obj, keep=[memoryview(obj)])


def cut_bytearray(start, stop):
    obj = bytearray(b'hello world')
    del obj[start:stop]
    return obj


def view_of_bytesio(content, change=lambda view: view):
    file = io.BytesIO(content)
    return Case(change(file.getbuffer()), under=file)


def pickle_buffer(base):
    return Case(pickle.PickleBuffer(base),
                under=base if isinstance(base, bytearray) else None)


def released_bytearray_view():
    base = bytearray(b'hello')
    return Case(released(memoryview(base)), under=base)


def ctypes_from_bytearray():
    base = bytearray(b'hello')
    return ctypes_object((ctypes.c_char * 5).from_buffer(base), under=base)


def mapping(kind):
    if kind == 'anon':
        obj = mmap.mmap(-1, 4096)
        obj[:4] = b'anon'
        return obj
    if kind == 'closed':
        obj = mmap.mmap(-1, 4096)
        obj.close()
        return obj
    arguments = {
        'read': dict(access=mmap.ACCESS_READ),
        'write': dict(access=mmap.ACCESS_WRITE),
        'copy': dict(access=mmap.ACCESS_COPY),
        'protread': dict(flags=mmap.MAP_SHARED, prot=mmap.PROT_READ),
    }[kind]
    with tempfile.TemporaryFile(dir=scratch) as file:
        file.write(b'mmapfile' + b'x' * 4088)
        file.flush()
        return mmap.mmap(file.fileno(), 4096, **arguments)


def pep688(base, how=''):
    obj = PyBuf(base, how)
    addresses = oldbuffer.addrs(base, 0)
    return Case(obj, under=base if isinstance(base, bytearray) else None,
                addresses=dict(('b.' + name, addresses[name])
                               for name in addresses),
                report=lambda: 'log=' + ','.join(obj.log), counts=True)


def pep688_without_release():
    obj = PyBufNoRel(b'hello')
    return Case(obj, addresses=oldbuffer.addrs(obj.base, 0), counts=True)


class BufferCase(Case):
    """One of Python 2's buffer objects, over base."""
    tells_base = True

    def __init__(self, obj, base):
        Case.__init__(self, obj, under=base)
        if isinstance(base, array.array):
            self.addresses['base.array.buffer_info'] = base.buffer_info()[0]
        if hasattr(base, 'info'):
            self.addresses['base.exporter.mem'] = base.info()['addr']


def buffer_of(base, *arguments):
    return BufferCase(buffer(base, *arguments), base)


def rw_buffer_of(base, offset=0, size=-1):
    return BufferCase(oldbuffer.mkbuffer('rw-object', base, offset, size), base)


def buffer_of_shrunk():
    base = bytearray(b'hello world')
    obj = buffer(base, 8)
    del base[2:]
    return Case(obj, under=base)


def memory_buffer(sort, size):
    return oldbuffer.mkbuffer(sort, None, 0, size)


def new_buffer(size):
    obj = memory_buffer('new', size)
    obj[:] = b'\0' * size        # it was not initialized
    return obj


def utf8_is_default():
    if not PY3:                 # there it is
        reload(sys)
        sys.setdefaultencoding('utf-8')
    return u'h\xe9'


A = array.array

# Name and maker of each object.  What a maker raises is recorded: the object
# cannot be had with that version.
PLAIN = [
    ('bytes_empty', lambda: b''),
    ('bytes_hello', lambda: b'hello'),
    ('bytes_nul', lambda: b'a\0b\0'),
    ('bytes_high', lambda: b'\xe9\xff\x80'),
    ('bytes_1', lambda: b'a'),
    ('bytes_100000', lambda: b'x' * 100000),
    ('bytes_subclass', lambda: BytesSub(b'hello')),
    ('uni_empty', lambda: u''),
    ('uni_ascii', lambda: u'hello'),
    ('uni_nul', lambda: u'a\0b'),
    ('uni_latin1', lambda: u'h\xe9llo'),
    ('uni_bmp', lambda: u'\u20ac'),
    ('uni_astral', lambda: u'\U0001F600'),
    ('uni_subclass', lambda: UniSub(u'hello')),
    ('ba_empty', lambda: bytearray()),
    ('ba_hello', lambda: bytearray(b'hello')),
    ('ba_emptied', lambda: cut_bytearray(0, None)),
    ('ba_front_deleted', lambda: cut_bytearray(0, 2)),
    ('ba_subclass', lambda: BASub(b'hello')),
    ('ba_already_exported', exported_bytearray),
    ('mv_bytes', lambda: memoryview(b'hello')),
    ('mv_bytes_empty', lambda: memoryview(b'')),
    ('mv_ba', lambda: view(bytearray(b'hello'))),
    ('mv_ba_empty', lambda: view(bytearray())),
    ('mv_bytes_2_5', lambda: view(b'hello', lambda m: m[2:5])),
    ('mv_ba_2_5', lambda: view(bytearray(b'hello'), lambda m: m[2:5])),
    ('mv_ba_zero_slice', lambda: view(bytearray(b'hello'), lambda m: m[3:3])),
    ('mv_bytes_step2', lambda: view(b'hello', lambda m: m[::2])),
    ('mv_ba_step2', lambda: view(bytearray(b'hello'), lambda m: m[::2])),
    ('mv_ba_step2_len1', lambda: view(bytearray(b'h'), lambda m: m[::2])),
    ('mv_ba_reversed', lambda: view(bytearray(b'hello'), lambda m: m[::-1])),
    ('mv_ro_2d_c', lambda: view(b'abcdef', lambda m: m.cast('B', (2, 3)))),
    ('mv_rw_2d_c',
     lambda: view(bytearray(b'abcdef'), lambda m: m.cast('B', (2, 3)))),
    ('mv_rw_2d_c_rows_step',
     lambda: view(bytearray(b'abcdefghijkl'),
                  lambda m: m.cast('B', (4, 3))[::2])),
    ('mv_rw_3d_c',
     lambda: view(bytearray(range(24)), lambda m: m.cast('B', (2, 3, 4)))),
    ('mv_2d_c_exporter', lambda: view_of_exporter('exp_2d_c_contiguous')),
    ('mv_2d_f_exporter', lambda: view_of_exporter('exp_2d_f_contiguous')),
    ('mv_1d_strided_exporter', lambda: view_of_exporter('exp_1d_strided')),
    ('mv_indirect_exporter',
     lambda: view_of_exporter('exp_indirect_suboffsets')),
    ('mv_ba_cast_I', lambda: view(bytearray(b'abcdefgh'), lambda m: m.cast('I'))),
    ('mv_array_d', lambda: view(A('d', [1.0, 2.0]))),
    ('mv_0dim_ctypes', lambda: view(ctypes.c_int(5))),
    ('mv_0dim_cast',
     lambda: view(bytearray(b'abcd'), lambda m: m.cast('I', []))),
    ('mv_released_bytes', lambda: released(memoryview(b'hello'))),
    ('mv_released_ba', released_bytearray_view),
    ('mv_of_mv', lambda: view(bytearray(b'hello'), lambda m: memoryview(m)[1:])),
    ('mv_toreadonly',
     lambda: view(bytearray(b'hello'), lambda m: m.toreadonly())),
    ('mv_exp_rw', lambda: view_of_exporter('exp_rw')),
    ('mv_exp_ro', lambda: view_of_exporter('exp_ro')),
    ('mv_exp_poison', lambda: view_of_exporter('exp_poison_on_release')),
    ('mv_exp_unmap', lambda: view_of_exporter('exp_unmap_on_release')),
] + [
    ('array_' + code, lambda code=code: array_of(A(code, [1, 2, 3])))
    for code in 'bBhHiIlLfdq'
] + [
    ('array_u', lambda: array_of(A('u', u'h\xe9'))),
    ('array_w', lambda: array_of(A('w', u'h\xe9'))),
    ('array_c', lambda: array_of(A('c', 'xyz'))),
    ('array_b_empty', lambda: array_of(A('b'))),
    ('array_d_empty', lambda: array_of(A('d'))),
    ('array_u_empty', lambda: array_of(A('u'))),
    ('array_subclass', lambda: array_of(ArrSub('b', [1, 2, 3]))),
] + [
    ('mmap_' + kind, lambda kind=kind: mapping(kind))
    for kind in ('anon', 'read', 'write', 'copy', 'protread', 'closed')
] + [
    ('ct_char_5',
     lambda: ctypes_object((ctypes.c_char * 5).from_buffer_copy(b'hello'))),
    ('ct_char_0', lambda: ctypes_object((ctypes.c_char * 0)())),
    ('ct_strbuf', lambda: ctypes_object(ctypes.create_string_buffer(b'hi'))),
    ('ct_unibuf', lambda: ctypes_object(ctypes.create_unicode_buffer(u'hi'))),
    ('ct_int', lambda: ctypes_object(ctypes.c_int(5))),
    ('ct_char', lambda: ctypes_object(ctypes.c_char(b'q'))),
    ('ct_double', lambda: ctypes_object(ctypes.c_double(1.5))),
    ('ct_int_3', lambda: ctypes_object((ctypes.c_int * 3)(1, 2, 3))),
    ('ct_int_2_3', lambda: ctypes_object((ctypes.c_int * 2 * 3)())),
    ('ct_ubyte_4', lambda: ctypes_object((ctypes.c_ubyte * 4)(1, 2, 3, 4))),
    ('ct_struct', lambda: ctypes_object(St(5, b'abc'))),
    ('ct_empty_struct', lambda: ctypes_object(EmptySt())),
    ('ct_union', lambda: ctypes_object(Un(5))),
    ('ct_struct_array', lambda: ctypes_object((St * 2)())),
    ('ct_char_p',
     lambda: ctypes_object(ctypes.c_char_p(b'hello'), pointers=True)),
    ('ct_wchar_p',
     lambda: ctypes_object(ctypes.c_wchar_p(u'hello'), pointers=True)),
    ('ct_void_p', lambda: ctypes_object(ctypes.c_void_p(16))),
    ('ct_py_object',
     lambda: ctypes_object(ctypes.py_object(None), pointers=True)),
    ('ct_pointer',
     lambda: ctypes_object(ctypes.pointer(ctypes.c_int(7)), pointers=True)),
    ('ct_funcptr',
     lambda: ctypes_object(ctypes.CFUNCTYPE(None)(lambda: None), pointers=True)),
    ('ct_from_buffer_ba', ctypes_from_bytearray),
    ('int_5', lambda: 5),
    ('int_big', lambda: 10 ** 30),
    ('none', lambda: None),
    ('true', lambda: True),
    ('float', lambda: 1.5),
    ('complex', lambda: 1j),
    ('list', lambda: [1, 2]),
    ('tuple', lambda: (1, 2)),
    ('dict', lambda: {}),
    ('set', lambda: set()),
    ('object', lambda: object()),
    ('newstyle_inst', lambda: NewStyle()),
    ('lenget_inst', lambda: LenGet()),
    ('dunder_bytes_inst', lambda: DunderBytes()),
    ('type_int', lambda: int),
    ('type_bytes', lambda: bytes),
    ('type_bytearray', lambda: bytearray),
    ('type_newstyle', lambda: NewStyle),
    ('function', lambda: mapping),
    ('module', lambda: sys),
    ('slice', lambda: slice(1)),
    ('ellipsis', lambda: Ellipsis),
    ('range', lambda: xrange(5)),
    ('bytesio', lambda: io.BytesIO(b'hello')),
    ('stringio', lambda: io.StringIO(u'hello')),
    ('file', lambda: open(os.devnull)),
    ('type_exp_rw', lambda: oldbuffer.exp_rw),
]

PLAIN_2 = [
    ('buf_str', lambda: buffer_of(b'hello')),
    ('buf_str_off2', lambda: buffer_of(b'hello', 2)),
    ('buf_str_1_3', lambda: buffer_of(b'hello', 1, 3)),
    ('buf_str_off_beyond', lambda: buffer_of(b'hello', 10)),
    ('buf_str_size_beyond', lambda: buffer_of(b'hello', 2, 100)),
    ('buf_str_empty', lambda: buffer_of(b'')),
    ('buf_str_size0', lambda: buffer_of(b'hello', 1, 0)),
    ('buf_uni_ascii', lambda: buffer_of(u'hi')),
    ('buf_uni_latin1', lambda: buffer_of(u'h\xe9')),
    ('buf_ba', lambda: buffer_of(bytearray(b'hello'))),
    ('buf_ba_empty', lambda: buffer_of(bytearray())),
    ('buf_ba_shrunk', buffer_of_shrunk),
    ('buf_array_i', lambda: buffer_of(A('i', [1, 2]))),
    ('buf_array_empty', lambda: buffer_of(A('i'))),
    ('buf_mmap_anon', lambda: buffer_of(mapping('anon'))),
    ('buf_mmap_read', lambda: buffer_of(mapping('read'))),
    ('buf_mmap_closed', lambda: buffer_of(mapping('closed'))),
    ('buf_buf', lambda: buffer_of(buffer(b'hello', 1), 1)),
    ('buf_memoryview', lambda: buffer_of(memoryview(b'hello'))),
    ('buf_ctypes', lambda: buffer_of((ctypes.c_char * 5).from_buffer_copy(b'hello'))),
    ('buf_leg_full', lambda: buffer_of(oldbuffer.leg_full())),
    ('buf_leg_read_only', lambda: buffer_of(oldbuffer.leg_read_only())),
    ('buf_leg_segcount_2', lambda: buffer_of(oldbuffer.leg_segcount_2())),
    ('buf_leg_m1_exc', lambda: buffer_of(oldbuffer.leg_slot_m1_exc())),
    ('buf_leg_m1_noexc', lambda: buffer_of(oldbuffer.leg_slot_m1_noexc())),
    ('buf_leg_char_only', lambda: buffer_of(oldbuffer.leg_char_only())),
    ('buf_leg_read_write_nochar',
     lambda: buffer_of(oldbuffer.leg_read_write_nochar())),
    ('buf_leg_write_only', lambda: buffer_of(oldbuffer.leg_write_only())),
    ('rwbuf_ba', lambda: rw_buffer_of(bytearray(b'hello'))),
    ('rwbuf_ba_1_2', lambda: rw_buffer_of(bytearray(b'hello'), 1, 2)),
    ('rwbuf_array_i', lambda: rw_buffer_of(A('i', [1, 2]))),
    ('rwbuf_mmap_anon', lambda: rw_buffer_of(mapping('anon'))),
    ('rwbuf_mmap_read', lambda: rw_buffer_of(mapping('read'))),
    ('rwbuf_leg_full', lambda: rw_buffer_of(oldbuffer.leg_full())),
    ('rwbuf_leg_write_only', lambda: rw_buffer_of(oldbuffer.leg_write_only())),
    ('rwbuf_str', lambda: rw_buffer_of(b'hello')),
    ('rwbuf_of_robuf', lambda: rw_buffer_of(buffer(b'hello'))),
    ('rwbuf_of_rwbuf',
     lambda: rw_buffer_of(oldbuffer.mkbuffer('rw-object', bytearray(b'hello'), 1, 3),
                          1)),
    ('membuf_ro', lambda: memory_buffer('memory', 10)),
    ('membuf_rw', lambda: memory_buffer('rw-memory', 10)),
    ('membuf_ro_0', lambda: memory_buffer('memory', 0)),
    ('membuf_ro_m1', lambda: memory_buffer('memory', -1)),
    ('newbuf_8', lambda: new_buffer(8)),
    ('newbuf_0', lambda: new_buffer(0)),
    ('oldstyle_inst', lambda: OldStyle()),
    ('oldstyle_inst_str', lambda: OldStyleDunder()),
    ('oldstyle_class', lambda: OldStyle),
    ('cstringio_in', lambda: __import__('cStringIO').StringIO(b'hello')),
    ('cstringio_out', lambda: __import__('cStringIO').StringIO()),
]

PLAIN_3 = [
    ('bio_getbuffer', lambda: view_of_bytesio(b'hello')),
    ('bio_getbuffer_empty', lambda: view_of_bytesio(b'')),
    ('bio_getbuffer_released', lambda: view_of_bytesio(b'hello', released)),
    ('bio_getbuffer_slice', lambda: view_of_bytesio(b'hello', lambda m: m[1:3])),
    ('picklebuffer_ba', lambda: pickle_buffer(bytearray(b'hello'))),
    ('picklebuffer_bytes', lambda: pickle_buffer(b'hello')),
    ('picklebuffer_released', lambda: released(pickle.PickleBuffer(b'hello'))),
    ('pep688_ok_rw', lambda: pep688(bytearray(b'hello'))),
    ('pep688_ok_ro', lambda: pep688(b'hello')),
    ('pep688_raise', lambda: pep688(b'hello', 'raise')),
    ('pep688_not_mv', lambda: pep688(b'hello', 'not a memoryview')),
    ('pep688_temp', lambda: Case(PyBufTemp(), counts=True)),
    ('pep688_release_raises',
     lambda: pep688(bytearray(b'hello'), 'release raises')),
    ('pep688_no_release', pep688_without_release),
]

# These break the rules of buffers, or change the interpreter; each call is
# made in a process of its own.  What the heap-freeing exporter leaves to read
# is no fact to record.
WILD = [(name, lambda name=name: exporter(name)) for name in oldbuffer.kinds
        if name != 'exp_heap_freed_on_release'] + [
    ('exp_rw_subclass', lambda: exporter('exp_rw', True)),
    ('exp_valueerror_subclass', lambda: exporter('exp_valueerror', True)),
]
WILD_2 = [
    ('leg_full_subclass', lambda: exporter('leg_full', True)),
    ('uni_latin1_defaultenc_utf8', utf8_is_default),
]

PRESET = ['bytes_hello', 'uni_ascii', 'ba_hello', 'int_5', 'none', 'exp_rw',
          'exp_ro', 'exp_valueerror', 'exp_fail_noexc',
          'exp_ok_but_sets_exception', 'exp_release_raises',
          'exp_getbuffer_returns_plus1', 'mv_bytes', 'mv_ba_step2',
          'mmap_closed']
PRESET_2 = ['leg_full', 'leg_slot_m1_noexc', 'leg_segcount_2', 'buf_str_bare']

HANDLING = ['bytes_hello', 'int_5', 'exp_ro', 'exp_valueerror',
            'exp_memoryerror', 'exp_fail_noexc']

if PY3:
    PLAIN += PLAIN_3
if HAS_BUFFERS:
    PLAIN += PLAIN_2
    WILD += WILD_2
    PRESET += PRESET_2
MAKERS = dict(PLAIN + WILD)
if HAS_BUFFERS:
    MAKERS['buf_str_bare'] = lambda: buffer(b'hello')    # base's address unknown


# --- One call ----------------------------------------------------------------

def without_addresses(text):
    return re.sub('0x[0-9a-fA-F]{6,}', '0xADDR', text)


def exception_text(exception):
    if exception is None:
        return None
    return '%s: %s' % (type(exception).__name__, without_addresses(str(exception)))


def name_pointer(pointer, addresses):
    """Which of the known addresses it is, or how far behind which."""
    exact = [name for name in sorted(addresses) if addresses[name] == pointer]
    near = ['%s+%d' % (name, pointer - addresses[name])
            for name in sorted(addresses)
            if addresses[name] and 0 < pointer - addresses[name] < 4096]
    return ','.join(exact or near) or 'other'


def attempts(case):
    """What the object allows after the call: resizing it, for instance."""
    obj, under = case.obj, case.under
    if isinstance(obj, bytearray):
        yield 'append', lambda: obj.append(33)
    elif isinstance(obj, array.array):
        yield 'array.append', lambda: obj.append(item_for(obj))
    elif isinstance(obj, mmap.mmap):
        yield 'mmap.close', obj.close
    elif isinstance(obj, memoryview) and hasattr(obj, 'release'):
        yield 'mv.release', obj.release
        if isinstance(case.keep, memoryview):
            yield 'parent.release', case.keep.release
    if isinstance(under, bytearray):
        yield 'under.append', lambda: under.append(33)
    elif isinstance(under, array.array):
        yield 'under.array.append', lambda: under.append(item_for(under))
    elif isinstance(under, io.BytesIO):
        yield 'bio.truncate', lambda: under.truncate(1)
    elif isinstance(under, mmap.mmap):
        yield 'under.mmap.close', under.close


def item_for(arr):
    if len(arr):
        return arr[0]
    return u'x' if arr.typecode in 'uwc' else 0


def what_it_allows(case):
    results = [case.report()] if case.report else []
    for label, action in attempts(case):
        try:
            action()
            results.append(label + ':ok')
        except Exception as error:
            results.append('%s:%s: %s' % (label, type(error).__name__, error))
    return '; '.join(results)


def observe(name, function, nulls=0, preset=False, handling=False):
    """Make the object, call the function; a dict of what there was to see."""
    try:
        case = MAKERS[name]()
    except Exception as error:
        return {'na': 'cannot build: %s: %s' % (type(error).__name__, error)}
    if not isinstance(case, Case):
        case = Case(case)
    if handling:
        try:
            raise LookupError('being handled')
        except LookupError:
            seen = oldbuffer.probe(function, case.obj, nulls, preset, not case.counts)
    else:
        seen = oldbuffer.probe(function, case.obj, nulls, preset, not case.counts)

    result = {'rc': seen['rc'], 'refdelta': seen['refdelta']}
    exception = seen['evalue']
    if seen['etype'] is not None:
        result['exc'] = seen['etype'].__name__
        result['msg'] = without_addresses(str(exception))
    if PY3 and exception is not None:
        result['context'] = exception_text(exception.__context__)
        result['cause'] = exception_text(exception.__cause__)
        result['suppress_context'] = exception.__suppress_context__ or None
    if function in (CHAR, READ, WRITE):
        if seen['buf_untouched']:
            result['ptr'] = 'untouched'
        elif not seen['buf']:
            result['ptr'] = 'NULL'
        else:
            result['ptr'] = name_pointer(seen['buf'], case.addresses_and(seen))
        result['len'] = 'untouched' if seen['len_untouched'] else seen['len']
        content = seen['content']
        if content is not None and seen['len'] != 0:
            if case.pointers and not content.startswith('30313233'):
                content = 'pointers'
            result['content'] = content
    result['after'] = what_it_allows(case)
    return result


def in_one_line(result):
    words = []
    for key in FIELDS:
        value = result.get(key)
        if value is None or (key in ('after', 'content') and value == ''):
            continue
        words.append('%s=%s' % (key, json.dumps(value) if key in QUOTED else value))
    return ' '.join(words)


# --- Several calls in a row --------------------------------------------------

def same(a, b):
    return 'yes' if a['buf'] == b['buf'] else 'no'


def grow_bytearray():
    obj = bytearray(b'A' * 64)
    first = oldbuffer.probe(READ, obj, 0, 0)
    obj.extend(b'B' * 100000)
    second = oldbuffer.probe(READ, obj, 0, 0)
    return [('len1', first['len']), ('len2', second['len']),
            ('same_ptr', same(first, second))]


def close_mmap():
    obj = mapping('anon')
    seen = oldbuffer.probe(WRITE, obj, 0, 0)
    before = oldbuffer.safe_read(seen['buf'], 4)
    obj.close()
    return [('rc', seen['rc']), ('before', before),
            ('after', oldbuffer.safe_read(seen['buf'], 4))]


def grow_array():
    obj = A('i', range(16))
    first = oldbuffer.probe(WRITE, obj, 0, 0)
    obj.extend(A('i', range(100000)))
    second = oldbuffer.probe(WRITE, obj, 0, 0)
    return [('len1', first['len']), ('len2', second['len']),
            ('same_ptr', same(first, second))]


def release_view():
    under = bytearray(b'A' * 64)
    obj = memoryview(under)
    seen = oldbuffer.probe(READ, obj, 0, 0)
    obj.release()
    under.extend(b'B' * 100000)
    return [('rc', seen['rc']), ('resize', 'allowed')]


def write_bytesio():
    under = io.BytesIO(b'A' * 64)
    obj = under.getbuffer()
    first = oldbuffer.probe(WRITE, obj, 0, 0)
    obj.release()
    under.seek(0)
    under.write(b'B' * 100000)
    second = oldbuffer.probe(WRITE, under.getbuffer(), 0, 0)
    return [('rc', first['rc']), ('write', 'allowed'),
            ('same_ptr', same(first, second))]


def encode_unicode():
    obj = u''.join([u'ab', u'cd'])
    first = oldbuffer.probe(CHAR, obj, 0, 0)
    second = oldbuffer.probe(CHAR, obj, 0, 0)
    third = oldbuffer.probe(READ, obj, 0, 0)
    facts = [('rc_char', first['rc']), ('rc_read', third['rc'])]
    if first['rc'] == 0 and third['rc'] == 0:
        facts += [('len_char', first['len']), ('len_read', third['len']),
                  ('char_twice_same_ptr', same(first, second)),
                  ('char_and_read_same_ptr', same(first, third))]
    return facts


def free_bytes():
    obj = b'x' * 50 + b'y' * 50 + os.urandom(1000)
    seen = oldbuffer.probe(READ, obj, 0, 0)
    before = oldbuffer.safe_read(seen['buf'], 64)
    del obj
    reuse = [os.urandom(1050) for _ in range(50)]
    after = oldbuffer.safe_read(seen['buf'], 64)
    del reuse
    return [('still_there', 'yes' if before == after else 'no')]


def write_bytearray():
    obj = bytearray(b'hello')
    seen = oldbuffer.probe(WRITE, obj, 0, 0)
    if seen['rc'] == 0:
        ctypes.memmove(seen['buf'], b'HE', 2)
    return [('rc', seen['rc']), ('object', obj.decode('ascii'))]


SEQUENCES = [
    ('AsRead, resize, AsRead', 'bytearray', grow_bytearray),
    ('AsWrite, close, read pointer', 'mmap', close_mmap),
    ('AsWrite, extend, AsWrite', 'array', grow_array),
    ('AsRead, release, resize underlying', 'memoryview', release_view),
    ('AsWrite, release, write', 'BytesIO.getbuffer', write_bytesio),
    ('AsChar twice, AsRead', 'unicode', encode_unicode),
    ('AsRead, del, read pointer', 'bytes', free_bytes),
    ('AsWrite, write through pointer', 'bytearray', write_bytearray),
]


def run_sequence(steps):
    try:
        facts = steps()
    except AttributeError as error:     # an object of later versions
        facts = [('na', json.dumps(str(error)))]
    except Exception as error:          # a view that is held too long
        facts = [('exc', type(error).__name__), ('msg', json.dumps(str(error)))]
    return ' '.join('%s=%s' % fact for fact in facts)


# --- All calls ---------------------------------------------------------------

def row(name, variant, function, **keywords):
    def run():
        return in_one_line(observe(name, function, **keywords))
    return name, variant, FUNCTIONS[function], run


def plan_refusals():
    for name, _ in PLAIN + WILD:
        for function in (GET_SIMPLE, GET_WRITABLE):
            yield [row(name, '-', function)]
    for name in HANDLING:
        for function in (GET_SIMPLE, GET_WRITABLE):
            yield [row(name, 'handling', function, handling=True)]


def plan():
    """Lists of (object, variant, function, run), each list for one process."""
    yield [row(name, '-', function)
           for name, _ in PLAIN for function in range(4)]
    for name, _ in WILD:
        for function in range(4):
            yield [row(name, '-', function)]

    nulls = [(1, 'obj'), (2, 'buffer'), (4, 'len')]
    for mask in range(1, 8):
        which = '+'.join(word for bit, word in nulls if mask & bit)
        for preset in (False, True):
            variant = 'NULL:' + which + (',preset' if preset else '')
            for name, function in (('bytes_hello', CHAR), ('bytes_hello', READ),
                                   ('none', CHECK), ('ba_hello', WRITE)):
                if function != CHECK or mask == 1:
                    yield [row(name, variant, function, nulls=mask,
                               preset=preset)]
    for name in PRESET:
        for function in range(4):
            yield [row(name, 'preset', function, preset=True)]
    for name in HANDLING:
        for function in range(4):
            yield [row(name, 'handling', function, handling=True)]
    for variant, name, steps in SEQUENCES:
        yield [(name, variant, '-', lambda steps=steps: run_sequence(steps))]


def in_child(rows):
    """Run the rows in a forked process.  Return the lines that it wrote, and
    the name of the signal that ended it, if one did."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reader)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            for _, _, _, run in rows:
                os.write(writer, (run() + '\n').encode('ascii'))
        except BaseException as error:
            os.write(writer, ('battery_error=%s\n' % json.dumps(repr(error)))
                     .encode('ascii'))
        finally:
            os._exit(0)
    os.close(writer)
    with io.open(reader, encoding='ascii') as file:
        lines = file.read().splitlines()
    status = os.waitpid(pid, 0)[1]
    if not os.WIFSIGNALED(status):
        return lines, None
    number = os.WTERMSIG(status)
    names = [name for name in dir(signal)
             if name.startswith('SIG') and getattr(signal, name) == number]
    return lines, names[0] if names else str(number)


def run_rows(rows):
    """Yield a line for each row.  A row that kills its process is run again,
    alone, so that no earlier row is to blame; the others go on after it."""
    while rows:
        lines, ended_by = in_child(rows)
        for row, line in zip(rows, lines):
            if line.startswith('battery_error='):
                raise RuntimeError('%s: %s' % (row[:3], line))
            yield row, line
        rest = rows[len(lines):]
        if rest and ended_by is None:
            raise RuntimeError('%s: the process ended early' % (rest[0][:3],))
        if rest and len(rows) == 1:
            yield rest[0], 'signal=' + ended_by
            return
        if rest:
            for pair in run_rows(rest[:1]):
                yield pair
        rows = rest[1:]


def main(arguments):
    global scratch
    if arguments == ['--provider']:
        print(oldbuffer.provider())
        return 0
    rows_of = plan
    if arguments[:1] == ['--refusals']:
        rows_of = plan_refusals
        del arguments[0]
    if len(arguments) != 1 or arguments[0].startswith('-'):
        sys.stderr.write('usage: battery.py [--refusals] OUTPUT.tsv | battery.py --provider\n')
        return 2
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))    # some rows abort
    oldbuffer.check(b'')    # a first call may change caches, and so reference counts
    scratch = tempfile.mkdtemp(prefix='battery-')
    try:
        with io.open(arguments[0], 'w', encoding='ascii') as output:
            for rows in rows_of():
                for row, line in run_rows(rows):
                    output.write(u'\t'.join(row[:3] + (line,)) + u'\n')
    finally:
        shutil.rmtree(scratch)
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
