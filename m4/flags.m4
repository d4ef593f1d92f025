# SPDX-License-Identifier: Apache-2.0
#
# TS_ADD_FLAGS(VARIABLE, FLAGS, [WITH])
#
# Adds to VARIABLE each of FLAGS with which a program can be compiled and linked without
# a warning. WITH holds flags that the test needs besides, and that are not added.

AC_DEFUN([TS_ADD_FLAGS], [
	for ts_flag in $2; do
		AC_MSG_CHECKING([whether $CC takes $ts_flag])
		ts_saved_CFLAGS=$CFLAGS
		CFLAGS="$CFLAGS $3 -Werror $ts_flag"
		AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <string.h>]], [[]])],
			[AC_MSG_RESULT([yes])
			 AS_VAR_APPEND([$1], [" $ts_flag"])],
			[AC_MSG_RESULT([no])])
		CFLAGS=$ts_saved_CFLAGS
	done
])
