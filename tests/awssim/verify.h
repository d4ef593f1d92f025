/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures of version 4, checked from AWS's side: over the path, query, headers and body as
 * they came. Written apart from trailseal's signer, so that the two can judge each other.
 */
#ifndef AWSSIM_VERIFY_H
#define AWSSIM_VERIFY_H

#include "awssim/call.h"

#define VERIFY_SKEW_MS	(15 * 60 * 1000)

/* Signing keys of late, so that they are not derived anew for every call. */
struct verifier;

struct verifier	*verifier_new(void);
void		 verifier_free(struct verifier *);

/* The service that the Authorization header names, or NULL. */
const char	*verify_scope_service(struct call *);

/* Sets the call's identity, account and region; false when the call was answered. */
bool	verify_call(struct call *);

/* What a service says about a time that is too far from its own. */
const char	*verify_skew_text(struct call *, int64_t signed_ms, int64_t now_ms);

#endif
