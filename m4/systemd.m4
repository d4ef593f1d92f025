dnl SPDX-License-Identifier: Apache-2.0

dnl TS_SYSTEMD_DIR(VARIABLE, DEFAULT, WHAT)
dnl --with-VARIABLE=DIR: where files for systemd go; by default where systemd.pc of this machine
dnl says, or else DEFAULT.
AC_DEFUN([TS_SYSTEMD_DIR], [
	AC_ARG_WITH([$1], [AS_HELP_STRING([--with-$1=DIR], [where $3 are installed])],
		[$1=$withval],
		[PKG_CHECK_VAR([$1], [systemd], [$1], [], [$1='$2'])])
	AC_SUBST([$1])
])
