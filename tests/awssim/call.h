/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One call to the simulated AWS, from the request as it came to the answer as it will go, and the
 * tables of services and operations. A call lives for one turn of the loop; its memory is the
 * simulator's scratch arena.
 */
#ifndef AWSSIM_CALL_H
#define AWSSIM_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "awssim/world.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "wire/json.h"
#include "wire/json_write.h"

#define CALL_MAX_HEADERS	6	/* an answer's own headers */
#define CALL_MAX_RESOURCES	2	/* that an event names */
#define CALL_MAX_FIELDS		256	/* parameters in a query or form */
#define CALL_MAX_ANSWER		(16 << 20)

struct call;
struct evhttp_request;
struct fault;
struct identity;
struct sim;

enum protocol { PROTOCOL_JSON = 1, PROTOCOL_QUERY, PROTOCOL_EC2, PROTOCOL_REST_JSON, PROTOCOL_S3,
	PROTOCOL_PLAIN, PROTOCOLS };

typedef void (*operation_fn)(struct call *);

struct operation {
	const char	*name;		/* as AWS calls it; NULL ends a table */
	operation_fn	 handle;
	bool		 is_read;	/* else it is recorded as an event */
	const char	*action;	/* what IAM asks for; NULL: nothing */
	const char	*resource;	/* the parameter that names the resource, or NULL */
	bool		 is_unsigned;	/* it carries its own proof */
	bool		 is_extra;	/* a read that trailseal's role has no leave for */
	bool		 is_data;	/* no management event, however it ends */
};

/* Rows whose IAM action is called like the operation; `parameter` names the resource, or NULL. */
#define OPERATION_READS(service, name, handle, parameter) \
	{ #name, handle, .is_read = true, .action = service ":" #name, .resource = parameter }
#define OPERATION_CHANGES(service, name, handle, parameter) \
	{ #name, handle, .action = service ":" #name, .resource = parameter }

struct service {
	const char		*name;		/* as the signature's scope calls it */
	enum protocol		 protocol;
	const char		*target;	/* X-Amz-Target up to the operation, with its dot */
	const char		*content_type;
	const char		*xmlns;		/* of XML answers */
	const char		*throttled;	/* another code than the protocol's, or NULL */
	const char		*only_region;	/* of a global service, or NULL */
	const struct operation	*operations;
};

/*
 * The rest of an answer that waits for something. `take` is asked again and again: true when the
 * body stands. When the time is over the body that it wrote last goes out. `drop` frees it.
 */
struct later {
	bool	(*take)(struct later *, struct sim *, struct buf *body);
	void	(*drop)(struct later *);
	int64_t	 wait_ms;
};

/* A parameter of a query or form, unescaped. */
struct field {
	const char	*name, *value;
	struct field	*next;
};

struct call_header {
	const char	*name, *value;
};

struct answer {
	int			 status;
	const char		*content_type;
	const char		*code;		/* AWS's error code; NULL: a success */
	const char		*message;
	const char		*extra;		/* XML inside S3's <Error>, or NULL */
	bool			 is_written;	/* the body stands; nothing is to be added */
	struct buf		*body;		/* the simulator's */
	struct json_writer	*json;		/* while a JSON answer is being written */
	struct later		*later;		/* NULL: it is all there */
	struct call_header	 header[CALL_MAX_HEADERS];
	unsigned		 headers;
	int64_t			 date_ms;	/* of the Date header */
	char			 request_id[CRYPTO_UUID_SIZE];
};

/* What the event of a call is about, beside its parameters. */
struct call_resource {
	const char	*type, *name;
};

struct call {
	struct sim		*sim;
	struct world		*world;
	struct arena		*arena;
	struct evhttp_request	*http;
	int64_t			 now_ms;

	const char		*method;
	const char		*path, *query;	/* as they came; query may be NULL */
	const char		*body;
	size_t			 body_len;

	const struct service	*service;	/* NULL until it is known */
	const struct operation	*operation;
	const char		*region_name;	/* as the signature's scope says, or "" */
	const struct region	*region;	/* NULL: the world has none of this name */
	struct identity		*who;		/* NULL: not signed */
	struct account		*account;	/* the caller's, NULL: not signed */
	bool			 is_verified;	/* the signature was right */
	const struct json	*params;	/* of JSON services: an object */
	const struct field	*fields;	/* of the query and, for forms, of the body */
	const char		*bucket;	/* of S3 */

	struct call_resource	 resource[CALL_MAX_RESOURCES];
	unsigned		 resources;

	struct answer		 answer;
};

/*
 * Runs a call whose HTTP part is filled in: finds service and operation, checks signature and
 * permission, handles, records, counts. Ends with a finished answer, and returns the fault that
 * is to spoil it, or NULL.
 */
const struct fault	*call_run(struct call *);

/* The first header of this name (in any case), or NULL. */
const char	*call_header(const struct call *, const char *name);
const char	*call_peer(const struct call *);	/* its address as text */

/* The field, or NULL. */
const char	*call_field(const struct call *, const char *name);

/* Adds the fields of "a=b&c=d" to the call; false on a broken escape. */
bool	call_take_fields(struct call *, const char *text, size_t len, bool plus_is_space);

/*
 * Parameters of JSON services. A wrong type answers with SerializationException and gives false,
 * as does, for the second, a missing one with ValidationException: the handler only returns.
 */
bool	call_string(struct call *, const char *name, const char **ret);
bool	call_required(struct call *, const char *name, const char **ret);
bool	call_bool(struct call *, const char *name, bool *ret);
bool	call_number(struct call *, const char *name, int64_t least, int64_t most, int64_t *ret);
bool	call_time(struct call *, const char *name, int64_t *ret_wall_ms);

/* Says what the call's event is about. Texts live as long as the call. */
void	call_about(struct call *, const char *type, const char *name);

/* A paging token made by call_make_token() for the same purpose; false, answered, on another. */
bool	call_take_token(struct call *, const char *name, const char *error_code, uint64_t purpose,
	    uint64_t *ret_at);
const char	*call_make_token(struct call *, uint64_t purpose, uint64_t at);

/* S3 names bucket and operation by method, host, path and query. */
/* Also says x-amz-bucket-region, which S3 tells to anybody. */
void	s3_take_request(struct call *, const char **ret_operation);

/* The table of all services, ended by one without name. */
extern const struct service services[];

/* The rows, each in the file of its service. */
extern const struct operation cloudtrail_operations[], kms_operations[], sts_operations[],
    organizations_operations[], account_operations[], ec2_operations[], s3_operations[],
    sqs_operations[], metadata_operations[], container_operations[];

#endif
