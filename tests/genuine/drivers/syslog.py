# syslog: priorities, masks, messages, the identity that the C library keeps an address of.
import gc
import sys

S = module
for name in ("EMERG ALERT CRIT ERR WARNING NOTICE INFO DEBUG KERN USER MAIL DAEMON AUTH LPR NEWS UUCP "
             "CRON SYSLOG LOCAL0 LOCAL1 LOCAL2 LOCAL3 LOCAL4 LOCAL5 LOCAL6 LOCAL7 PID CONS NDELAY "
             "NOWAIT PERROR").split():
    show(name, getattr, S, "LOG_" + name)
show("AUTHPRIV", getattr, S, "LOG_AUTHPRIV", 80)

# Masks.
for priority in (S.LOG_EMERG, S.LOG_ERR, S.LOG_DEBUG):
    show("LOG_MASK(%d)" % priority, S.LOG_MASK, priority)
    show("LOG_UPTO(%d)" % priority, S.LOG_UPTO, priority)
show("first mask", S.setlogmask, S.LOG_UPTO(S.LOG_ERR))
show("mask before", S.setlogmask, 0)
show("mask 0 leaves it", S.setlogmask, S.LOG_UPTO(S.LOG_DEBUG))
for f in (S.LOG_MASK, S.LOG_UPTO, S.setlogmask):
    for bad in (None, b("1"), u("1"), [], 2 ** 80):
        kind("%s(%s)" % (f.__name__, name_of(bad)), f, bad)
    show("%s()" % f.__name__, f)
    show("%s(1, 2)" % f.__name__, f, 1, 2)
    kind("%s(1.5)" % f.__name__, f, 1.5)

# Messages, which nobody need listen to.
show("syslog", S.syslog, b("py2abi tries Python 2.7's syslog"))
show("with priority", S.syslog, S.LOG_DEBUG, b("py2abi tries a priority"))
show("of text", S.syslog, u("py2abi tries text"))
show("percent", S.syslog, S.LOG_DEBUG, b("%s %n %d"))
show("empty", S.syslog, S.LOG_DEBUG, b(""))
kind("zero in it", S.syslog, S.LOG_DEBUG, b("a\0b"))
show("beyond ASCII", S.syslog, S.LOG_DEBUG, b("\xff\xfe"))
show("long", S.syslog, S.LOG_DEBUG, b("x") * 5000)
show("unknown priority", S.syslog, S.LOG_LOCAL7 | S.LOG_DEBUG, b("py2abi tries LOCAL7"))
for bad in ((), (1,), (None,), (b("a"), b("b")), (1, None), (1, 5), (1, b("a"), 3), (None, b("a")),
            ([], b("a")), (2 ** 80, b("a"))):
    kind("syslog of %s" % ", ".join(map(name_of, bad)), S.syslog, *bad)

# openlog: with an identity, of which the C library keeps the address.
show("openlog()", S.openlog)
show("openlog", S.openlog, b("py2abi"))
show("openlog with options", S.openlog, b("py2abi"), S.LOG_PID, S.LOG_LOCAL0)
show("keywords", lambda: S.openlog(ident=b("py2abi"), logoption=S.LOG_PID, facility=S.LOG_USER))
for n in range(50):
    S.openlog(b("py2abi-%d" % n))
    S.syslog(S.LOG_DEBUG, b("again"))
gc.collect()
show("identity outlives the call", S.syslog, S.LOG_DEBUG, b("after a collection"))
kind("openlog of number", S.openlog, 5)
kind("openlog of None", S.openlog, None)
kind("openlog option text", S.openlog, b("x"), b("y"))
kind("openlog facility None", S.openlog, b("x"), 1, None)
kind("openlog of four", S.openlog, b("x"), 1, 8, 9)
kind("no such keyword", lambda: S.openlog(identity=b("x")))
show("closelog", S.closelog)
show("closelog again", S.closelog)
kind("closelog(1)", S.closelog, 1)
argv = sys.argv
for other in (["/path/to/program"], [], ["py2abi/"], ["py2abi"]):
    sys.argv = other
    show("identity from %d argv" % len(other), S.syslog, S.LOG_DEBUG, b("of argv"))
    S.closelog()
del sys.argv
show("without argv", S.syslog, S.LOG_DEBUG, b("none"))
sys.argv = argv
S.closelog()
syslog = S.syslog
del S, module
gc.collect()
show("function outlives", syslog, 7, b("outlives"))
