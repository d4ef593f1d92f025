/* SPDX-License-Identifier: Apache-2.0 */
/* Who comes next when places are few; see turns.h. */
#include "aws/turns.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "base/mem.h"

TAILQ_HEAD(turn_queue, turn);

/* Lives while one of its members waits or runs. */
struct turns_owner {
	char				*name;		/* ours */
	struct turn_queue		 waiting;
	unsigned			 running;
	bool				 is_ready;	/* stands in the list of those to be served */
	TAILQ_ENTRY(turns_owner)	 in_ready;
	UT_hash_handle			 hh;
};

struct turns {
	unsigned			 places, places_each, running;
	struct turns_owner		*owners;
	TAILQ_HEAD(, turns_owner)	 ready;		/* next one first */
};

struct turns *
turns_new(unsigned places)
{
	struct turns *t = mem_alloc(1, sizeof(*t));

	assert(places > 0);
	t->places = places;
	t->places_each = (places + 3) / 4;
	TAILQ_INIT(&t->ready);
	return t;
}

void
turns_free(struct turns *t)
{
	if (t == NULL)
		return;
	assert(t->owners == NULL && t->running == 0);
	free(t);
}

/* To be served are those who have somebody waiting and a place left of their share. */
static void
turns_settle(struct turns *t, struct turns_owner *o)
{
	bool is_ready = !TAILQ_EMPTY(&o->waiting) && o->running < t->places_each;

	if (is_ready && !o->is_ready)
		TAILQ_INSERT_TAIL(&t->ready, o, in_ready);
	else if (!is_ready && o->is_ready)
		TAILQ_REMOVE(&t->ready, o, in_ready);
	o->is_ready = is_ready;
	if (TAILQ_EMPTY(&o->waiting) && o->running == 0) {
		HASH_DEL(t->owners, o);
		free(o->name);
		free(o);
	}
}

void
turns_wait(struct turns *t, struct turn *turn, const char *owner)
{
	struct turns_owner *o;

	assert(turn->owner == NULL);
	HASH_FIND_STR(t->owners, owner, o);
	if (o == NULL) {
		o = mem_alloc(1, sizeof(*o));
		o->name = mem_strdup(owner);
		TAILQ_INIT(&o->waiting);
		HASH_ADD_KEYPTR(hh, t->owners, o->name, strlen(o->name), o);
	}
	turn->owner = o;
	turn->is_running = false;
	TAILQ_INSERT_TAIL(&o->waiting, turn, in_queue);
	turns_settle(t, o);
}

struct turn *
turns_next(struct turns *t)
{
	struct turns_owner *o = TAILQ_FIRST(&t->ready);
	struct turn *turn;

	if (o == NULL || t->running == t->places)
		return NULL;
	TAILQ_REMOVE(&t->ready, o, in_ready);
	o->is_ready = false;
	turn = TAILQ_FIRST(&o->waiting);
	TAILQ_REMOVE(&o->waiting, turn, in_queue);
	turn->is_running = true;
	o->running++;
	t->running++;
	turns_settle(t, o);
	return turn;
}

void
turns_leave(struct turns *t, struct turn *turn)
{
	struct turns_owner *o = turn->owner;

	if (o == NULL)
		return;
	turn->owner = NULL;
	if (turn->is_running) {
		o->running--;
		t->running--;
	} else {
		TAILQ_REMOVE(&o->waiting, turn, in_queue);
	}
	turns_settle(t, o);
}
