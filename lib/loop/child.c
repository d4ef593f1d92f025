/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs that we run; see child.h. Each leads a session of its own, so that a kill reaches what
 * it has started. A timer looks for its end: a signal would be the whole process's, and the end
 * of its output is not the end of it, since those whom it started may hold the pipe open.
 */
#include "loop/child.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

#define CHILD_LOOK_LEAST_MS	1
#define CHILD_LOOK_MOST_MS	50
#define CHILD_GRACE_MS		2000	/* for a killed program to go, before we leave it */

struct child {
	struct loop		*loop;
	pid_t			 pid;		/* and its process group; 0: not, or no longer, ours */
	int			 fd;		/* its output; -1 when closed */
	struct loop_watch	*watch;		/* on fd, until the output ends */
	struct loop_timer	 look;		/* at the program, and when it is gone the turn of `done` */
	struct loop_timer	 deadline;
	int64_t			 look_ms;	/* how long we last waited between two looks */
	int64_t			 timeout_ms;
	struct buf		 output;
	struct err		 err;
	char			*name;		/* for error texts */
	child_done_fn		 done;
	void			*arg;
};

/* ---- its start ---- */

/* The pipe's end comes first: it may have one of the numbers that are opened after it. */
static int
child_prepare(posix_spawn_file_actions_t *files, posix_spawnattr_t *attributes, int out)
{
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	return posix_spawn_file_actions_adddup2(files, out, STDOUT_FILENO) ||
	    posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDONLY, 0) ||
	    posix_spawn_file_actions_addopen(files, STDERR_FILENO, "/dev/null", O_WRONLY, 0) ||
	    posix_spawn_file_actions_addclosefrom_np(files, STDERR_FILENO + 1) ||
	    posix_spawnattr_setsigmask(attributes, &none) ||
	    posix_spawnattr_setsigdefault(attributes, &all) ||
	    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
		POSIX_SPAWN_SETSIGDEF);
}

static int
child_spawn(struct child *child, char *const argv[], int out)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	int status;

	status = posix_spawn_file_actions_init(&files) || posix_spawnattr_init(&attributes) ||
	    child_prepare(&files, &attributes, out);
	assert(status == 0);	/* out of memory */
	status = posix_spawnp(&child->pid, argv[0], &files, &attributes, argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	if (status != 0) {
		child->pid = 0;
		return err_set(&child->err, ERR_FILE, "%s: %s", child->name, strerror(status));
	}
	return 0;
}

static void	child_on_output(void *);
static void	child_on_look(void *);
static void	child_on_deadline(void *);

static int
child_run(struct child *child, char *const argv[])
{
	int ends[2], status;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_set(&child->err, ERR_FILE, "%s: no pipe for its output: %s", child->name,
		    strerror(errno));
	status = child_spawn(child, argv, ends[1]);
	close(ends[1]);
	if (status < 0) {
		close(ends[0]);
		return -1;
	}
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	child->fd = ends[0];
	child->watch = loop_watch_new(child->loop, child->fd, child_on_output, child);
	loop_timer_set(&child->deadline, child->timeout_ms);
	return 0;
}

struct child *
child_start(struct loop *loop, char *const argv[], int64_t timeout_ms, size_t max_bytes,
    child_done_fn done, void *arg)
{
	struct child *child = mem_alloc(1, sizeof(*child));

	assert(argv[0] != NULL && timeout_ms > 0);
	*child = (struct child){ .loop = loop, .fd = -1, .look_ms = CHILD_LOOK_LEAST_MS,
	    .timeout_ms = timeout_ms, .name = mem_strdup(argv[0]), .done = done, .arg = arg };
	/* All of its room at once: output that moved while growing would leave copies behind. */
	buf_init(&child->output, max_bytes);
	buf_reserve(&child->output, max_bytes);
	loop_timer_init(&child->look, loop, child_on_look, child);
	loop_timer_init(&child->deadline, loop, child_on_deadline, child);
	child_run(child, argv);
	loop_timer_set(&child->look, child->pid != 0 ? child->look_ms : 0);
	return child;
}

/* ---- its output ---- */

static void
child_close(struct child *child)
{
	loop_watch_free(child->watch);
	child->watch = NULL;
	if (child->fd >= 0)
		close(child->fd);
	child->fd = -1;
}

/* Kills the whole group. The number is surely still its own: the leader has not been reaped. */
static void
child_kill(struct child *child)
{
	child_close(child);
	if (child->pid == 0)
		return;		/* kill(0) would be for ourselves */
	kill(-child->pid, SIGKILL);
	loop_timer_set(&child->deadline, CHILD_GRACE_MS);
}

/* Reads what there is. */
static void
child_read(struct child *child)
{
	char data[4096];
	ssize_t n;

	while (child->fd >= 0) {
		n = read(child->fd, data, sizeof(data));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (n <= 0) {
			child_close(child);
			break;
		}
		buf_add(&child->output, data, (size_t)n);
		if (child->output.overflowed) {
			err_set(&child->err, ERR_TOO_LARGE, "%s: wrote more than %zu bytes", child->name,
			    child->output.max_bytes);
			child_kill(child);
		}
	}
	explicit_bzero(data, sizeof(data));
}

/* A program ends soon after its output. */
static void
child_on_output(void *arg)
{
	struct child *child = arg;

	child_read(child);
	if (child->fd < 0) {
		child->look_ms = CHILD_LOOK_LEAST_MS;
		loop_timer_set(&child->look, 0);
	}
}

/* ---- its end ---- */

static void
child_free(struct child *child)
{
	child_close(child);
	loop_timer_stop(&child->look);
	loop_timer_stop(&child->deadline);
	buf_wipe(&child->output);
	free(child->name);
	free(child);
}

static void
child_finish(struct child *child)
{
	struct err *err = child->err.kind != ERR_NONE ? &child->err : NULL;

	child_close(child);
	loop_timer_stop(&child->deadline);
	child->done(child->arg, err == NULL ? &child->output : NULL, err);
	child_free(child);
}

static void
child_judge(struct child *child, const siginfo_t *end)
{
	if (child->err.kind != ERR_NONE || (end->si_code == CLD_EXITED && end->si_status == 0))
		return;
	if (end->si_status < 0)
		err_set(&child->err, ERR_FILE, "%s: its exit code is lost, SIGCHLD is ignored here",
		    child->name);
	else if (end->si_code == CLD_EXITED)
		err_set(&child->err, ERR_FILE, "%s: failed with exit code %d", child->name,
		    end->si_status);
	else
		err_set(&child->err, ERR_FILE, "%s: ended by signal %d", child->name, end->si_status);
}

/*
 * True when the program has ended. What it left running in its group goes too, before it is
 * reaped: afterwards its number could be another's.
 */
static bool
child_reap(struct child *child)
{
	siginfo_t end = { .si_pid = 0 };

	if (waitid(P_PID, (id_t)child->pid, &end, WEXITED | WNOHANG | WNOWAIT) < 0) {
		/* Whoever started us had SIGCHLD ignored: then children are reaped unseen. */
		end.si_code = CLD_EXITED;
		end.si_status = -1;
	} else if (end.si_pid == 0) {
		return false;
	} else {
		kill(-child->pid, SIGKILL);
		waitpid(child->pid, NULL, 0);
	}
	child->pid = 0;
	child_judge(child, &end);
	return true;
}

static void
child_on_look(void *arg)
{
	struct child *child = arg;

	if (child->pid == 0 || child_reap(child)) {
		child_read(child);
		child_finish(child);
		return;
	}
	child->look_ms *= 2;
	if (child->look_ms > CHILD_LOOK_MOST_MS)
		child->look_ms = CHILD_LOOK_MOST_MS;
	loop_timer_set(&child->look, child->look_ms);
}

/* The second time the program outlived its killing: it belongs to another user, or hangs. */
static void
child_on_deadline(void *arg)
{
	struct child *child = arg;

	if (child->err.kind != ERR_NONE) {
		child_finish(child);
		return;
	}
	err_set(&child->err, ERR_TIMEOUT, "%s: did not end within %" PRId64 " ms", child->name,
	    child->timeout_ms);
	child_kill(child);
	child->look_ms = CHILD_LOOK_LEAST_MS;
	loop_timer_set(&child->look, 0);
}

void
child_cancel(struct child *child)
{
	struct timespec pause = { 0, 1000000 };

	if (child->pid != 0)
		child_kill(child);
	for (int ms = 0; child->pid != 0 && ms < CHILD_GRACE_MS && !child_reap(child); ms++)
		nanosleep(&pause, NULL);
	child_free(child);
}

/* ---- command lines ---- */

/* Where one word ends, its quotes undone into `out`; NULL when a quote is not closed. */
static const char *
child_take_word(const char *p, char *out)
{
	char quote = '\0';

	for (; *p != '\0' && (quote != '\0' || strchr(" \t\n", *p) == NULL); p++) {
		if (*p == quote)
			quote = '\0';
		else if (quote == '\0' && (*p == '\'' || *p == '"'))
			quote = *p;
		else if (*p == '\\' && quote != '\'' && p[1] == '\n')
			p++;
		else if (*p == '\\' && quote == '\0' && p[1] != '\0')
			*out++ = *++p;
		else if (*p == '\\' && quote == '"' && p[1] != '\0' && strchr("$`\"\\", p[1]) != NULL)
			*out++ = *++p;
		else
			*out++ = *p;
	}
	*out = '\0';
	return quote == '\0' ? p : NULL;
}

char **
child_split_words(const char *command, struct err *err)
{
	char **words = NULL, *word = mem_alloc(strlen(command) + 1, 1);
	size_t count = 0, cap = 0;
	const char *p = command;

	while (p != NULL && *(p += strspn(p, " \t\n")) != '\0') {
		p = child_take_word(p, word);
		if (p == NULL)
			break;
		words = mem_grow(words, count, &cap, sizeof(*words));
		words[count++] = mem_strdup(word);
	}
	free(word);
	words = mem_grow(words, count, &cap, sizeof(*words));
	words[count] = NULL;
	if (p != NULL && count > 0)
		return words;
	child_free_words(words);
	err_set(err, ERR_CONFIG, p == NULL ? "a quote in the command is not closed" :
	    "an empty command");
	return NULL;
}

void
child_free_words(char **words)
{
	for (char **w = words; w != NULL && *w != NULL; w++)
		free(*w);
	free(words);
}
