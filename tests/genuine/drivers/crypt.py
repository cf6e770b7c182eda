# crypt: one function.
import gc


class Text(bytes if PY3 else str):
    pass


crypt = module.crypt
for word, salt in (("secret", "ab"), ("", "ab"), ("longer than eight", "zz"), ("longer t", "zz"),
        ("a\xe9", "./"),
                   ("secret", "$1$salt$"), ("secret", "$5$salt$"),
                       ("secret", "$6$rounds=1000$salt$"),
                   ("other", "$6$salt"), ("x" * 200, "$5$a"), ("word", "$1$")):
    show("crypt " + salt, crypt, b(word), b(salt))
show("unicode", crypt, u("secret"), u("ab"))
show("bad salt", lambda: crypt(b("secret"), b("!")) in (None, b("*0"), b("*1")))
show("empty salt", lambda: crypt(b("secret"), b("")) in (None, b("*0"), b("*1")))
show("unknown", lambda: crypt(b("secret"), b("$9$x")) in (None, b("*0"), b("*1")))
show("zero in word", crypt, b("a\0b"), b("ab"))
show("zero in salt", crypt, b("a"), b("a\0b"))
show("number", crypt, 5, b("ab"))
show("number salt", crypt, b("a"), 5)
show("None", crypt, None, b("ab"))
show("None salt", crypt, b("a"), None)
show("list", crypt, [b("a")], b("ab"))
show("bytearray", crypt, bytearray(b("a")), b("ab"))
show("one", crypt, b("a"))
show("three", crypt, b("a"), b("b"), b("c"))
show("nothing", crypt)
show("subclass", crypt, Text(b("secret")), Text(b("ab")))
one, two = crypt(b("a"), b("ab")), crypt(b("b"), b("ab"))
gc.collect()
print("results are their own", one != two, value(one), value(two))
show("verify", lambda: crypt(b("a"), one) == one)
print("doc", module.__doc__ is None, type(crypt.__doc__) is str, crypt.__name__)
f = crypt
del crypt, module
gc.collect()
show("function outlives", f, b("x"), b("yy"))
