# _locale: categories, conventions, comparison, message catalogues; in the locale C.
import gc


def names(d):
    """The same keys, whichever kind of text they are."""
    return dict((k if type(k) is bytes else k.encode("ascii"), v) for k, v in d.items())


print("error", issubclass(module.Error, Exception), module.Error.__name__)
print("categories", module.LC_CTYPE, module.LC_NUMERIC, module.LC_TIME, module.LC_COLLATE,
      module.LC_MONETARY, module.LC_MESSAGES, module.LC_ALL, module.CHAR_MAX)
show("set", module.setlocale, module.LC_ALL, b("C"))
show("get", module.setlocale, module.LC_ALL)
show("get None", module.setlocale, module.LC_NUMERIC, None)
show("set again", module.setlocale, module.LC_COLLATE, b("POSIX"))
show("set missing", module.setlocale, module.LC_ALL, b("no_SUCH.locale"))
show("set category", module.setlocale, 1000, b("C"))
show("get category", module.setlocale, 1000)
show("set text category", module.setlocale, b("x"), b("C"))
show("set number", module.setlocale, module.LC_ALL, 5)
show("set nothing", module.setlocale)
show("set three", module.setlocale, 1, b("C"), 3)
show("set unicode", module.setlocale, module.LC_ALL, u("C"))
show("set zero", module.setlocale, module.LC_ALL, b("C\0x"))
conventions = names(module.localeconv())
show("localeconv", lambda: conventions)
kind("localeconv argument", module.localeconv, 1)
conventions[b("decimal_point")] = 5
show("localeconv is new", lambda: names(module.localeconv())[b("decimal_point")])
show("strcoll", lambda: (module.strcoll(b("a"), b("b")) < 0, module.strcoll(b("b"), b("a")) > 0,
                         module.strcoll(b("a"), b("a"))))
show("strcoll unicode", lambda: (module.strcoll(u("a"), u("b")) < 0,
        module.strcoll(u("\xe9"), b("e")) > 0))
show("strcoll number", module.strcoll, 1, b("a"))
show("strcoll None", module.strcoll, u("a"), None)
show("strcoll one", module.strcoll, b("a"))
show("strxfrm", module.strxfrm, b("abc"))
show("strxfrm empty", module.strxfrm, b(""))
show("strxfrm long", lambda: len(module.strxfrm(b("x") * 5000)))
show("strxfrm number", module.strxfrm, 5)
show("langinfo", lambda: (module.nl_langinfo(module.CODESET), module.nl_langinfo(module.RADIXCHAR),
                          module.nl_langinfo(module.DAY_1), module.nl_langinfo(module.MON_12),
                          module.nl_langinfo(module.D_T_FMT), module.nl_langinfo(module.YESEXPR)))
show("langinfo bad", module.nl_langinfo, -5)
show("langinfo text", module.nl_langinfo, b("x"))
show("gettext", module.gettext, b("message"))
show("gettext unicode", module.gettext, u("message"))
show("gettext number", module.gettext, 5)
show("dgettext", module.dgettext, b("domain"), b("message"))
show("dgettext None", module.dgettext, None, b("message"))
show("dgettext one", module.dgettext, b("domain"))
show("dcgettext", module.dcgettext, b("domain"), b("message"), module.LC_MESSAGES)
show("dcgettext text", module.dcgettext, b("domain"), b("message"), b("x"))
show("textdomain", lambda: (module.textdomain(None), module.textdomain(b("own")),
        module.textdomain(None)))
show("textdomain number", module.textdomain, 5)
show("bindtextdomain", lambda: (module.bindtextdomain(b("own"), b("/nowhere")),
        module.bindtextdomain(b("own"), None)))
show("bindtextdomain empty", module.bindtextdomain, b(""), None)
show("bindtextdomain one", module.bindtextdomain, b("own"))
show("bind_textdomain_codeset", lambda: (module.bind_textdomain_codeset(b("own"), b("UTF-8")),
                                         module.bind_textdomain_codeset(b("own"), None)))
show("gettext in own", module.gettext, b("a message\n"))
try:
    module.setlocale(module.LC_ALL, b("no_SUCH.locale"))
except module.Error as error:
    kept = error
gc.collect()
print("caught", kept.args[0], isinstance(kept, module.Error))
kind("raised", lambda: (_ for _ in ()).throw(module.Error("x")))


class Own(module.Error):
    pass


try:
    raise Own("own")
except module.Error as error:
    print("subclass", type(error) is Own, error)
