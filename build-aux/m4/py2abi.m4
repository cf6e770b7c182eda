# py2abi.m4 - the checks that Autoconf has no macro for.

# PY2ABI_CC_FLAGS(VARIABLE, FLAGS...)
# Append to VARIABLE each flag that the C compiler takes without a word.
AC_DEFUN([PY2ABI_CC_FLAGS], [
  for py2abi_flag in m4_normalize([$2]); do
    AS_VAR_PUSHDEF([cache], [py2abi_cv_cc_flag_$py2abi_flag])
    AC_CACHE_CHECK([whether $CC takes $py2abi_flag], [cache], [
      py2abi_save=$CFLAGS
      # clang only warns of what it does not know.
      CFLAGS="$CFLAGS -Werror $py2abi_flag"
      AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])], [AS_VAR_SET([cache], [yes])],
                     [AS_VAR_SET([cache], [no])])
      CFLAGS=$py2abi_save
    ])
    AS_VAR_IF([cache], [yes], [$1="$$1 $py2abi_flag"])
    AS_VAR_POPDEF([cache])
  done
])
