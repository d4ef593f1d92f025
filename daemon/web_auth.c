/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Basic authentication; see web_auth.h. The loop hands the thread one job at a time and hears
 * through an event descriptor that it is done; all other members are the loop's alone.
 */
#include "daemon/web_auth.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/queue.h>
#include <unistd.h>

#include <crypt.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/mem.h"
#include "base/secret.h"

#define AUTH_WAITING_MAX	16
#define AUTH_REMEMBERED		64
#define AUTH_HASH_SIZE		61	/* of bcrypt, with a NUL */
#define AUTH_TEXT_MAX		1024	/* user and password */

/* A salt for users that do not exist; nothing is compared with what comes out. */
#define AUTH_NO_SALT		"abcdefghijklmnopqrstuu"

struct web_auth_user {
	char	*name;
	char	 hash[AUTH_HASH_SIZE];
};

struct web_auth_job {
	struct web_auth		*auth;
	char			 hash[AUTH_HASH_SIZE];
	bool			 is_known;	/* the user */
	bool			 is_good;
	struct secret		 password;
	unsigned char		 digest[CRYPTO_SHA256_BYTES];	/* to remember it by */
	web_auth_done_fn	 done;		/* NULL: cancelled */
	void			*arg;
	TAILQ_ENTRY(web_auth_job) link;
};

TAILQ_HEAD(web_auth_jobs, web_auth_job);

struct web_auth {
	struct loop		*loop;
	struct web_auth_user	*users;		/* ours */
	size_t			 user_count;
	unsigned char		 key[CRYPTO_SHA256_BYTES];	/* of the digests; made anew at each start */
	unsigned char		 good[AUTH_REMEMBERED][CRYPTO_SHA256_BYTES];
	size_t			 good_count, good_next;
	struct web_auth_jobs	 waiting;
	size_t			 waiting_count;
	struct web_auth_job	*at_work;	/* with the thread */
	uint64_t		 comparisons;
	bool			 has_thread;
	pthread_t		 thread;
	int			 done_fd;
	struct loop_watch	*watch;
	pthread_mutex_t		 lock;		/* of the two below */
	pthread_cond_t		 wake;
	struct web_auth_job	*next;
	bool			 is_ending;
};

/* ---- the thread ---- */

/* Not crypt_r(), which answers a salt that it cannot use with a text, and which AddressSanitizer
 * takes for its own. */
static void
auth_compare(struct web_auth_job *job, struct crypt_data *data)
{
	const char *hash = crypt_rn(secret_text(&job->password), job->hash, data, sizeof(*data));

	job->is_good = hash != NULL && strlen(hash) == strlen(job->hash) && job->is_known &&
	    crypto_same(hash, job->hash, strlen(hash));
	explicit_bzero(data, sizeof(*data));
}

static struct web_auth_job *
auth_take(struct web_auth *a)
{
	struct web_auth_job *job;

	pthread_mutex_lock(&a->lock);
	while (a->next == NULL && !a->is_ending)
		pthread_cond_wait(&a->wake, &a->lock);
	job = a->is_ending ? NULL : a->next;
	a->next = NULL;
	pthread_mutex_unlock(&a->lock);
	return job;
}

static void *
auth_run(void *arg)
{
	struct web_auth *a = arg;
	struct crypt_data *data = mem_alloc(1, sizeof(*data));
	struct web_auth_job *job;
	uint64_t one = 1;

	while ((job = auth_take(a)) != NULL) {
		auth_compare(job, data);
		if (write(a->done_fd, &one, sizeof(one)) != sizeof(one))
			abort();
	}
	free(data);
	return NULL;
}

/* Signals are the loop's. */
static void
auth_start_thread(struct web_auth *a)
{
	sigset_t all, before;
	int failure;

	if (a->has_thread)
		return;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	failure = pthread_create(&a->thread, NULL, auth_run, a);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	assert(failure == 0);
	a->has_thread = true;
}

/* ---- the loop's side ---- */

static void
auth_free_job(struct web_auth_job *job)
{
	secret_wipe(&job->password);
	explicit_bzero(job->digest, sizeof(job->digest));
	free(job);
}

static void
auth_give(struct web_auth *a)
{
	struct web_auth_job *job = TAILQ_FIRST(&a->waiting);

	if (a->at_work != NULL || job == NULL)
		return;
	TAILQ_REMOVE(&a->waiting, job, link);
	a->waiting_count--;
	a->at_work = job;
	a->comparisons++;
	pthread_mutex_lock(&a->lock);
	a->next = job;
	pthread_cond_signal(&a->wake);
	pthread_mutex_unlock(&a->lock);
}

static void
auth_remember(struct web_auth *a, const unsigned char digest[CRYPTO_SHA256_BYTES])
{
	memcpy(a->good[a->good_next], digest, CRYPTO_SHA256_BYTES);
	a->good_next = (a->good_next + 1) % AUTH_REMEMBERED;
	if (a->good_count < AUTH_REMEMBERED)
		a->good_count++;
}

static bool
auth_remembers(const struct web_auth *a, const unsigned char digest[CRYPTO_SHA256_BYTES])
{
	for (size_t i = 0; i < a->good_count; i++)
		if (crypto_same(a->good[i], digest, CRYPTO_SHA256_BYTES))
			return true;
	return false;
}

static void
auth_on_done(void *arg)
{
	struct web_auth *a = arg;
	struct web_auth_job *job = a->at_work;
	uint64_t times;

	if (read(a->done_fd, &times, sizeof(times)) != sizeof(times))
		return;
	assert(job != NULL);
	a->at_work = NULL;
	if (job->is_good)
		auth_remember(a, job->digest);
	auth_give(a);
	if (job->done != NULL)
		job->done(job->arg, job->is_good);
	auth_free_job(job);
}

struct web_auth *
web_auth_new(struct loop *loop)
{
	struct web_auth *a = mem_alloc(1, sizeof(*a));

	a->loop = loop;
	TAILQ_INIT(&a->waiting);
	crypto_random(a->key, sizeof(a->key));
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->wake, NULL);
	a->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	assert(a->done_fd >= 0);
	return a;
}

void
web_auth_free(struct web_auth *a)
{
	if (a == NULL)
		return;
	assert(TAILQ_EMPTY(&a->waiting));
	pthread_mutex_lock(&a->lock);
	a->is_ending = true;
	pthread_cond_signal(&a->wake);
	pthread_mutex_unlock(&a->lock);
	if (a->has_thread)
		pthread_join(a->thread, NULL);
	if (a->at_work != NULL)
		auth_free_job(a->at_work);
	loop_watch_free(a->watch);
	close(a->done_fd);
	web_auth_set_users(a, NULL, 0);
	pthread_cond_destroy(&a->wake);
	pthread_mutex_destroy(&a->lock);
	explicit_bzero(a, sizeof(*a));
	free(a);
}

void
web_auth_set_users(struct web_auth *a, const struct config_pair *pairs, size_t count)
{
	for (size_t i = 0; i < a->user_count; i++)
		free(a->users[i].name);
	free(a->users);
	a->users = count > 0 ? mem_alloc(count, sizeof(*a->users)) : NULL;
	a->user_count = count;
	for (size_t i = 0; i < count; i++) {
		a->users[i].name = mem_strdup(pairs[i].name);
		snprintf(a->users[i].hash, AUTH_HASH_SIZE, "%s", pairs[i].text);
	}
	if (count == 0)
		return;
	auth_start_thread(a);
	if (a->watch == NULL)
		a->watch = loop_watch_new(a->loop, a->done_fd, auth_on_done, a);
}

/* All users are looked at, whether found or not. */
static const struct web_auth_user *
auth_find_user(const struct web_auth *a, const char *name)
{
	const struct web_auth_user *found = NULL;

	for (size_t i = 0; i < a->user_count; i++)
		if (strcmp(a->users[i].name, name) == 0)
			found = &a->users[i];
	return found;
}

/* The same name and password under another hash is another pair. */
static void
auth_digest(const struct web_auth *a, const char *hash, const struct buf *pair,
    unsigned char out[CRYPTO_SHA256_BYTES])
{
	struct buf text;

	buf_init(&text, AUTH_TEXT_MAX + AUTH_HASH_SIZE);
	buf_adds(&text, hash);
	buf_add(&text, pair->data, pair->len);
	assert(!text.overflowed);
	crypto_hmac_sha256(a->key, sizeof(a->key), buf_text(&text), text.len, out);
	buf_wipe(&text);
}

static void
auth_fill_job(struct web_auth *a, struct web_auth_job *job, struct buf *pair)
{
	char *colon = strchr(pair->data, ':');
	const struct web_auth_user *user;
	struct err err;
	int status;

	*colon = '\0';
	user = auth_find_user(a, pair->data);
	job->is_known = user != NULL;
	if (user != NULL)
		memcpy(job->hash, user->hash, sizeof(job->hash));
	else
		snprintf(job->hash, sizeof(job->hash), "%.7s" AUTH_NO_SALT, a->users[0].hash);
	*colon = ':';
	auth_digest(a, job->hash, pair, job->digest);
	status = secret_set(&job->password, colon + 1, strlen(colon + 1), &err);
	assert(status == 0);
}

/* "Basic " and base64 of NAME:PASSWORD. */
static bool
auth_decode(const char *authorization, struct buf *out)
{
	const char *text;

	if (authorization == NULL || strncasecmp(authorization, "Basic ", 6) != 0)
		return false;
	text = authorization + 6 + strspn(authorization + 6, " ");
	return crypto_add_unbase64(out, text, strlen(text)) && !out->overflowed && out->len > 0 &&
	    memchr(out->data, '\0', out->len) == NULL && strchr(out->data, ':') != NULL;
}

static enum web_auth_answer
auth_judge_pair(struct web_auth *a, struct buf *pair, web_auth_done_fn done, void *arg,
    struct web_auth_job **ret_job)
{
	struct web_auth_job *job = mem_alloc(1, sizeof(*job));
	bool is_good;

	auth_fill_job(a, job, pair);
	is_good = auth_remembers(a, job->digest);
	if (is_good || a->waiting_count >= AUTH_WAITING_MAX) {
		auth_free_job(job);
		return is_good ? WEB_AUTH_GOOD : WEB_AUTH_BUSY;
	}
	job->auth = a;
	job->done = done;
	job->arg = arg;
	TAILQ_INSERT_TAIL(&a->waiting, job, link);
	a->waiting_count++;
	auth_give(a);
	*ret_job = job;
	return WEB_AUTH_LATER;
}

enum web_auth_answer
web_auth_judge(struct web_auth *a, const char *authorization, web_auth_done_fn done, void *arg,
    struct web_auth_job **ret_job)
{
	enum web_auth_answer answer = WEB_AUTH_BAD;
	struct buf pair;

	if (a->user_count == 0)
		return WEB_AUTH_GOOD;
	buf_init(&pair, AUTH_TEXT_MAX);
	if (auth_decode(authorization, &pair))
		answer = auth_judge_pair(a, &pair, done, arg, ret_job);
	buf_wipe(&pair);
	return answer;
}

/* What the thread has is freed when it comes back. */
void
web_auth_cancel(struct web_auth_job *job)
{
	struct web_auth *a = job->auth;

	job->done = NULL;
	if (job == a->at_work)
		return;
	TAILQ_REMOVE(&a->waiting, job, link);
	a->waiting_count--;
	auth_free_job(job);
}

uint64_t
web_auth_comparisons(const struct web_auth *a)
{
	return a->comparisons;
}
