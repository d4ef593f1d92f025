/* SPDX-License-Identifier: Apache-2.0 */
/* Three-valued truth: unknown is neither no nor yes. NO < UNKNOWN < YES, so AND is the least. */
#ifndef TRAILSEAL_BASE_TRI_H
#define TRAILSEAL_BASE_TRI_H

#include <stdbool.h>

enum tri { TRI_NO = -1, TRI_UNKNOWN = 0, TRI_YES = 1 };

static inline enum tri
tri_of(bool value)
{
	return value ? TRI_YES : TRI_NO;
}

static inline enum tri
tri_and(enum tri a, enum tri b)
{
	return a < b ? a : b;
}

static inline enum tri
tri_or(enum tri a, enum tri b)
{
	return a > b ? a : b;
}

static inline enum tri
tri_not(enum tri a)
{
	return (enum tri)-(int)a;
}

#endif
