/* SPDX-License-Identifier: Apache-2.0 */
/* The metrics that every process has, by their standard names. What cannot be read is absent. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "daemon/daemon.h"
#include "daemon/metrics_page.h"

/* The fields of /proc/self/stat behind the program's name, as proc(5) numbers them. */
enum { STAT_FIRST = 3, STAT_VIRTUAL_BYTES = 23, STAT_RESIDENT_PAGES = 24 };

static bool
process_read_file(const char *path, char *out, size_t size)
{
	FILE *file = fopen(path, "re");
	size_t len;

	if (file == NULL)
		return false;
	len = fread(out, 1, size - 1, file);
	fclose(file);
	out[len] = '\0';
	return len > 0;
}

/* The name may hold anything, so the fields begin behind the last bracket. */
static bool
process_read_stat(int field, double *ret)
{
	char text[1024], *p;

	if (!process_read_file("/proc/self/stat", text, sizeof(text)))
		return false;
	p = strrchr(text, ')');
	for (int i = STAT_FIRST - 1; p != NULL && i < field; i++)
		p = strchr(p + 1, ' ');
	if (p == NULL)
		return false;
	*ret = strtod(p + 1, NULL);
	return true;
}

static void
process_write_cpu(struct metrics_page *p, const struct metrics_source *s)
{
	struct rusage usage;

	(void)s;
	if (getrusage(RUSAGE_SELF, &usage) == 0)
		metrics_add(p, (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
		    (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6, NULL);
}

/* Less ".", ".." and the folder's own. */
static void
process_write_open_fds(struct metrics_page *p, const struct metrics_source *s)
{
	DIR *folder = opendir("/proc/self/fd");
	unsigned count = 0;

	(void)s;
	if (folder == NULL)
		return;
	while (readdir(folder) != NULL)
		count++;
	closedir(folder);
	metrics_add_count(p, count > 3 ? count - 3 : 0, NULL);
}

static void
process_write_limit(struct metrics_page *p, __rlimit_resource_t which)
{
	struct rlimit limit;

	if (getrlimit(which, &limit) == 0)
		metrics_add(p, limit.rlim_cur == RLIM_INFINITY ? -1 : (double)limit.rlim_cur, NULL);
}

static void
process_write_max_fds(struct metrics_page *p, const struct metrics_source *s)
{
	(void)s;
	process_write_limit(p, RLIMIT_NOFILE);
}

static void
process_write_virtual_max(struct metrics_page *p, const struct metrics_source *s)
{
	(void)s;
	process_write_limit(p, RLIMIT_AS);
}

static void
process_write_virtual(struct metrics_page *p, const struct metrics_source *s)
{
	double bytes;

	(void)s;
	if (process_read_stat(STAT_VIRTUAL_BYTES, &bytes))
		metrics_add(p, bytes, NULL);
}

static void
process_write_resident(struct metrics_page *p, const struct metrics_source *s)
{
	double pages;

	(void)s;
	if (process_read_stat(STAT_RESIDENT_PAGES, &pages))
		metrics_add(p, pages * (double)sysconf(_SC_PAGESIZE), NULL);
}

/* As the daemon noted it: the kernel's own count leads through the time of the boot. */
static void
process_write_start(struct metrics_page *p, const struct metrics_source *s)
{
	metrics_add_time(p, s->daemon->started_wall_ms, NULL);
}

const struct metric metrics_process[] = {
	{ "process_cpu_seconds_total", METRIC_COUNTER,
	    "Total user and system CPU time spent in seconds.", .write = process_write_cpu },
	{ "process_open_fds", METRIC_GAUGE, "Number of open file descriptors.",
	    .write = process_write_open_fds },
	{ "process_max_fds", METRIC_GAUGE, "Maximum number of open file descriptors.",
	    .write = process_write_max_fds },
	{ "process_virtual_memory_bytes", METRIC_GAUGE, "Virtual memory size in bytes.",
	    .write = process_write_virtual },
	{ "process_virtual_memory_max_bytes", METRIC_GAUGE,
	    "Maximum amount of virtual memory available in bytes; -1 for no limit.",
	    .write = process_write_virtual_max },
	{ "process_resident_memory_bytes", METRIC_GAUGE, "Resident memory size in bytes.",
	    .write = process_write_resident },
	{ "process_start_time_seconds", METRIC_GAUGE,
	    "Start time of the process since unix epoch in seconds.", .write = process_write_start },
	{ .name = NULL },
};
