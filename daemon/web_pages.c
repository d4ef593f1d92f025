/* SPDX-License-Identifier: Apache-2.0 */
/* What can be asked for, and the pages that are kept; see web_private.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/stamp.h"
#include "daemon/api.h"
#include "daemon/daemon.h"
#include "daemon/metrics.h"
#include "daemon/web_private.h"

#define PAGES_KEEP_MS	1000
#define PAGES_SHARE	20	/* rendering takes one part in so many of the time at most */
#define PAGES_MAX_BYTES	((size_t)256 * 1024 * 1024)

static enum web_status
pages_render_metrics(const struct daemon *d, struct buf *out)
{
	metrics_render(d, out);
	return WEB_OK;
}

static enum web_status
pages_render_findings(const struct daemon *d, struct buf *out)
{
	api_add_findings(d, out);
	return WEB_OK;
}

static enum web_status
pages_render_trails(const struct daemon *d, struct buf *out)
{
	api_add_trails(d, out);
	return WEB_OK;
}

static enum web_status
pages_render_coverage(const struct daemon *d, struct buf *out)
{
	api_add_coverage(d, out);
	return WEB_OK;
}

static enum web_status
pages_render_healthy(const struct daemon *d, struct buf *out)
{
	(void)d;
	buf_adds(out, "trailseal is healthy.\n");
	return WEB_OK;
}

/* Ready, when what the other pages say is about all that is watched. */
static enum web_status
pages_render_ready(const struct daemon *d, struct buf *out)
{
	buf_adds(out, d->has_swept ? "trailseal is ready.\n" :
	    "trailseal has not looked at everything yet.\n");
	return d->has_swept ? WEB_OK : WEB_UNAVAILABLE;
}

static enum web_status	pages_render_front(const struct daemon *, struct buf *);

#define TYPE_JSON	"application/json"
#define TYPE_TEXT	"text/plain; charset=utf-8"

const struct web_route web_routes[WEB_ROUTES] = {
	{ "/", "text/html; charset=utf-8", NULL, false, pages_render_front },
	{ "/metrics", "text/plain; version=0.0.4; charset=utf-8", "metrics for Prometheus", true,
	    pages_render_metrics },
	{ "/api/v1/findings", TYPE_JSON, "findings", true, pages_render_findings },
	{ "/api/v1/trails", TYPE_JSON, "trails and their keys", true, pages_render_trails },
	{ "/api/v1/coverage", TYPE_JSON, "what can be seen", true, pages_render_coverage },
	{ "/-/healthy", TYPE_TEXT, "whether it runs", false, pages_render_healthy },
	{ "/-/ready", TYPE_TEXT, "whether it has looked at everything", false, pages_render_ready },
};

/* Nothing on this page comes from outside. */
static enum web_status
pages_render_front(const struct daemon *d, struct buf *out)
{
	unsigned open[SEVERITY_CRITICAL + 1] = { 0 };
	char since[STAMP_ISO_SIZE];

	for (const struct finding *f = findings_first(d->findings); f != NULL; f = f->hh.next)
		open[f->severity] += finding_is_open(f);
	buf_addf(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">"
	    "<title>trailseal</title></head>\n<body>\n<h1>trailseal %s</h1>\n<p>Watching since %s%s"
	    "</p>\n<table>\n<caption>Open findings</caption>\n", PACKAGE_VERSION,
	    stamp_format_iso(d->started_wall_ms, since),
	    d->has_swept ? "." : "; not everything was looked at yet.");
	for (int severity = SEVERITY_CRITICAL; severity >= SEVERITY_LOW; severity--)
		buf_addf(out, "<tr><th>%s</th><td>%u</td></tr>\n",
		    severity_name((enum severity)severity), open[severity]);
	buf_adds(out, "</table>\n<ul>\n");
	for (size_t i = 0; i < WEB_ROUTES; i++)
		if (web_routes[i].title != NULL)
			buf_addf(out, "<li><a href=\"%s\">%s</a>: %s</li>\n", web_routes[i].path,
			    web_routes[i].path, web_routes[i].title);
	buf_adds(out, "</ul>\n</body>\n</html>\n");
	return WEB_OK;
}

/* ---- pages ---- */

static struct web_page *
page_new(const char *type)
{
	struct web_page *page = mem_alloc(1, sizeof(*page));

	page->users = 1;
	page->type = type;
	buf_init(&page->text, PAGES_MAX_BYTES);
	return page;
}

void
web_page_drop(struct web_page *page)
{
	if (page == NULL || --page->users > 0)
		return;
	buf_done(&page->text);
	free(page);
}

struct web_page *
web_page_of_status(enum web_status status)
{
	struct web_page *page = page_new(TYPE_TEXT);

	page->status = status;
	buf_addf(&page->text, "%d %s\n", web_status_code(status), web_status_name(status));
	return page;
}

static struct web_page *
page_render(const struct web *web, const struct web_route *route)
{
	struct web_page *page = page_new(route->type);

	page->status = route->render(web->daemon, &page->text);
	if (!page->text.overflowed)
		return page;
	web_page_drop(page);
	return web_page_of_status(WEB_INTERNAL_ERROR);
}

static int64_t
pages_clock_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* A page that took long to render is kept longer: whoever asks without end costs little. */
static void
page_renew(struct web *web, const struct web_route *route, struct web_kept *kept)
{
	int64_t begin_us = pages_clock_us(), keep_ms;

	web_page_drop(kept->page);
	kept->page = page_render(web, route);
	keep_ms = (pages_clock_us() - begin_us) * PAGES_SHARE / 1000;
	keep_ms = keep_ms > PAGES_KEEP_MS ? keep_ms : PAGES_KEEP_MS;
	kept->until_mono_ms = loop_mono_ms(web->loop) + keep_ms;
	if (!loop_timer_is_set(&web->forget))
		loop_timer_set(&web->forget, keep_ms);
}

struct web_page *
web_page_find(struct web *web, const char *path)
{
	for (size_t i = 0; i < WEB_ROUTES; i++) {
		struct web_kept *kept = &web->kept[i];

		if (strcmp(web_routes[i].path, path) != 0)
			continue;
		if (!web_routes[i].is_kept)
			return page_render(web, &web_routes[i]);
		if (kept->page == NULL || loop_mono_ms(web->loop) >= kept->until_mono_ms)
			page_renew(web, &web_routes[i], kept);
		kept->page->users++;
		return kept->page;
	}
	return web_page_of_status(WEB_NOT_FOUND);
}

/* A large page is not held for an hour because somebody looked once. */
void
web_pages_forget(struct web *web, bool all)
{
	int64_t now = loop_mono_ms(web->loop), next = INT64_MAX;

	for (size_t i = 0; i < WEB_ROUTES; i++) {
		struct web_kept *kept = &web->kept[i];

		if (kept->page == NULL)
			continue;
		if (all || now >= kept->until_mono_ms) {
			web_page_drop(kept->page);
			kept->page = NULL;
		} else if (kept->until_mono_ms < next) {
			next = kept->until_mono_ms;
		}
	}
	if (next < INT64_MAX)
		loop_timer_set(&web->forget, next - now);
}
