/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the simulated AWS consists of: regions, accounts with their roles and users, trails, keys,
 * aliases, key stores and buckets. Plain data, found by the names that AWS's calls carry; nothing
 * here knows of requests. Accounts, roles and users stay as long as the world does; trails, keys
 * and buckets come and go.
 */
#ifndef AWSSIM_WORLD_H
#define AWSSIM_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include <uthash.h>

#include "base/arena.h"
#include "base/names.h"

#define WORLD_MAX_REGIONS	64		/* a region is a bit in a uint64_t */
#define WORLD_KNOWN_REGIONS	29		/* in the built-in list */
#define WORLD_MANAGEMENT	"111122223333"
#define WORLD_ARN_SIZE		512
#define WORLD_BROKEN_BEFORE_MS	(60LL * 60 * 1000)	/* what never was good has failed for so long */

struct region {
	char		 name[NAME_REGION_MAX];
	bool		 is_opt_in;	/* accounts must enable it first */
	unsigned	 index;		/* in world.regions */
};

/* A list of names, in the world's arena. Actions may end in '*'. */
struct name_list {
	const char	**name;
	size_t		  count;
};

/* What an identity's policies admit; ALLOW_MONITOR is ALLOW_READ and sts:AssumeRole. */
enum allow { ALLOW_NONE = 1, ALLOW_READ, ALLOW_MONITOR, ALLOW_ALL };

struct role {
	struct account		*account;	/* whose it is */
	const char		*name, *arn, *id;
	const char		*external_id;	/* NULL: none is asked for */
	struct name_list	 trust;		/* accounts, ARNs; none: the management */
	struct name_list	 deny;		/* actions */
	int64_t			 max_session_s;
	enum allow		 allow;
	struct role		*next;
};

struct user {
	struct account		*account;
	const char		*name, *arn, *id;
	const char		*access_key, *secret;
	struct name_list	 deny;
	enum allow		 allow;
	struct user		*next;
};

struct alias {
	char		*arn;		/* ours */
	const char	*name;		/* "alias/...", inside arn */
	struct key	*key;		/* never NULL; dies with it */
	int64_t		 created_ms, updated_ms;
	TAILQ_ENTRY(alias) in_key, in_account;
	UT_hash_handle	 by_arn;
};

struct grant {
	char		*id, *name, *grantee, *operations;	/* ours; operations by blanks */
	int64_t		 created_ms;
	struct grant	*next;
};

/* Counts from 1; when the present policy was put. */
struct policy_change {
	unsigned	 version;
	int64_t		 at_ms;
};

struct key {
	struct account	*account;
	const struct region *region;
	char		*arn;			/* ours */
	const char	*id;			/* inside arn */
	char		*description;		/* ours, or NULL */
	char		*policy;		/* ours; NULL: see key_add_policy() */
	struct policy_change policy_change;
	const char	*state;			/* one of the literals of key.h */
	const char	*spec, *usage, *manager, *origin;	/* literals or the arena's */
	const char	*multi_region;		/* "PRIMARY", "REPLICA" or NULL */
	const char	*primary_region;	/* of a replica */
	struct name_list replicas;		/* regions, of a primary */
	const char	*custom_store;		/* its id, or NULL */
	struct name_list admits;		/* foreign accounts that the policy lets in */
	struct grant	*grants;		/* ours */
	bool		 rotates;
	bool		 is_deleted;		/* kept, so that trails know since when */
	int64_t		 rotation_days;
	int64_t		 created_ms;
	int64_t		 deletion_ms, valid_to_ms;	/* STAMP_UNKNOWN: none */
	int64_t		 deletion_window_days;
	int64_t		 broken_ms, mended_ms;	/* begin and end of the last unusable time */
	TAILQ_HEAD(, alias) aliases;
	TAILQ_ENTRY(key) in_account;
	UT_hash_handle	 by_arn;
};

struct key_store {
	const char	*id, *name, *type, *cluster;
	const struct region *region;
	const char	*state;			/* ConnectionState */
	const char	*error;			/* ConnectionErrorCode, or NULL */
	int64_t		 created_ms;
	struct key_store *next;
};

struct bucket {
	struct account	*account;
	const struct region *region;
	char		*name;			/* ours */
	char		*policy;		/* ours, or NULL */
	bool		 has_made_policy;	/* while policy is NULL, see bucket.h */
	struct policy_change policy_change;
	bool		 is_deleted;		/* kept, so that trails know since when */
	int64_t		 broken_ms, mended_ms;
	UT_hash_handle	 by_name;
};

/* What one region's delivery of a trail shows instead of what follows from the world. */
struct delivery_override {
	const struct region *region;		/* NULL: every region */
	char		*error;			/* ours, or NULL */
	int64_t		 stopped_ms;		/* no delivery after it; STAMP_UNKNOWN: goes on */
	struct delivery_override *next;
};

/* What the policy of a key or bucket did with CloudTrail, when it was last judged for a trail. */
struct admission {
	const void	*owner;			/* the key or bucket; NULL: never judged */
	unsigned	 version;		/* of its policy */
	bool		 is_refused;
	int64_t		 broken_ms, mended_ms;	/* begin and end of the last time it was refused */
};

struct trail {
	struct account	*account;		/* owner */
	const struct region *home;
	char		*arn;			/* ours */
	const char	*name;			/* inside arn */
	char		*bucket, *prefix, *key_arn;		/* ours or NULL */
	char		*sns_topic, *cw_group, *cw_role;	/* ours or NULL */
	char		*selectors;		/* ours: JSON array; NULL: the default */
	bool		 selectors_are_advanced;
	bool		 is_multi_region, is_organization, validates, has_global_events;
	bool		 is_logging;
	int64_t		 start_ms, stop_ms;	/* last StartLogging and StopLogging */
	int64_t		 delivered_ms, digested_ms;	/* last before the present start */
	struct admission by_key, by_bucket;
	struct delivery_override *overrides;	/* ours */
	TAILQ_ENTRY(trail) in_account, in_organization;
	UT_hash_handle	 by_arn;
};

struct event_log;
struct queue;

struct account {
	const char	*id, *name, *email;
	const char	*state, *status;	/* of Organizations; status may be NULL */
	bool		 is_member;		/* of the organization, as its head is */
	uint64_t	 regions;		/* enabled ones, a bit each */
	int64_t		 joined_ms;
	struct name_list deny;			/* actions that nobody here may do */
	struct role	*roles;
	struct user	*users;
	struct key_store *stores;
	TAILQ_HEAD(, trail) trails;
	TAILQ_HEAD(, key) keys;
	TAILQ_HEAD(, alias) aliases;
	struct event_log *events;		/* a hash by region, see events.h */
	UT_hash_handle	 by_id;
};

enum style { STYLE_AWS = 1, STYLE_EMULATOR };

struct world {
	struct arena	*arena;
	enum style	 style;
	int64_t		 began_ms;		/* the clock when the world was made */

	struct region	 regions[WORLD_MAX_REGIONS];
	unsigned	 region_count;

	const char	*organization_id;	/* NULL: there is none */
	const char	*management;		/* account id, also without an organization */
	bool		 has_empty_pages;	/* ListAccounts begins with an empty page */
	const char	*external_id;		/* that default roles ask for, or NULL */
	const char	*web_identity_token;	/* NULL: none is accepted */
	const char	*instance_role;		/* ARN behind the metadata service, or NULL */
	const char	*container_token;	/* what the container credentials' path asks for */
	bool		 records_reads;

	struct account	*accounts;		/* hash by id, in the order of their making */
	struct trail	*trails;		/* hash by ARN */
	struct key	*keys;			/* hash by ARN */
	struct alias	*aliases;		/* hash by ARN */
	struct bucket	*buckets;		/* hash by name */
	LIST_HEAD(, queue) queues;		/* see queue.h */
	TAILQ_HEAD(, trail) organization_trails;
	size_t		 account_count;
	struct account	**account_order;	/* for paging; ours */
	size_t		 account_cap;
};

struct world	*world_new(int64_t now_ms);
void		 world_free(struct world *);

/* Regions. The count must be below WORLD_MAX_REGIONS. */
const struct region	*world_add_region(struct world *, const char *name, bool is_opt_in);
const struct region	*world_region(const struct world *, const char *name, size_t len);
const struct region	*world_home(const struct world *);	/* the first one */

/* The first `count` regions of the built-in list; 0 takes those that are enabled by default. */
void	world_add_known_regions(struct world *, unsigned count);

/* A new account with all regions that need no opting in, and nothing else. */
struct account	*world_add_account(struct world *, const char *id);
struct account	*world_account(const struct world *, const char *id, size_t len);
void		 account_opt_in(const struct world *, struct account *);	/* to all regions */
bool		 account_has_region(const struct account *, const struct region *);
bool		 account_is_management(const struct world *, const struct account *);

/* A role or user with its ARN and unique id made from its name. */
struct role	*account_add_role(struct world *, struct account *, const char *name, enum allow);
struct user	*account_add_user(struct world *, struct account *, const char *name, enum allow);
struct role	*world_role(const struct world *, const char *arn);

/* The role `trailseal`; in the management account also trailseal-management and -monitor. */
void	account_add_default_roles(struct world *, struct account *);

/* Users, with the documented example keys, who may do everything. */
void	account_add_operator(struct world *, struct account *);

/* A name is taken when NULL comes back. */
struct trail	*world_add_trail(struct world *, struct account *, const struct region *home,
		    const char *name);
struct trail	*world_trail(const struct world *, const char *arn);
void		 world_remove_trail(struct world *, struct trail *);
void		 trail_set_organization(struct world *, struct trail *, bool);

struct bucket	*world_add_bucket(struct world *, struct account *, const struct region *,
		    const char *name);
struct bucket	*world_bucket(const struct world *, const char *name);	/* deleted ones too */

/* Notes that a policy was put. */
void	policy_change(struct policy_change *, int64_t now_ms);

/* Replaces a text that is owned by malloc; "" and NULL both make it NULL. */
void	text_replace(char **slot, const char *text);

#endif
