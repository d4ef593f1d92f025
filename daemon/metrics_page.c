/* SPDX-License-Identifier: Apache-2.0 */
/* Families of samples in Prometheus's text format; see metrics_page.h. */
#include "daemon/metrics_page.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "base/text.h"

static const char *const metric_type_names[] = {
	[METRIC_GAUGE] = "gauge", [METRIC_COUNTER] = "counter", [METRIC_HISTOGRAM] = "histogram",
};

static void
page_add_name(struct metrics_page *p)
{
	if (!text_has_prefix(p->family->name, "process_"))
		buf_adds(p->out, "trailseal_");
	buf_adds(p->out, p->family->name);
}

void
metrics_page_begin(struct metrics_page *p, const struct metric *family)
{
	p->family = family;
	p->begin = p->out->len;
	p->samples = 0;
}

size_t
metrics_page_end(struct metrics_page *p)
{
	if (p->series + p->samples <= p->max_series && p->out->len <= METRICS_PAGE_BYTES) {
		p->series += p->samples;
		return 0;
	}
	buf_cut(p->out, p->begin);
	return p->samples;
}

static bool
page_has_room(const struct metrics_page *p)
{
	return p->series + p->samples <= p->max_series && p->out->len <= METRICS_PAGE_BYTES;
}

/* HELP and TYPE stand in front of the first sample: a family without one is not there. */
static void
page_add_heading(struct metrics_page *p)
{
	assert(strpbrk(p->family->help, "\\\n") == NULL);
	buf_adds(p->out, "# HELP ");
	page_add_name(p);
	buf_addf(p->out, " %s\n# TYPE ", p->family->help);
	page_add_name(p);
	buf_addf(p->out, " %s\n", metric_type_names[p->family->type]);
}

/* One byte that is not UTF-8 would cost the whole page. */
static void
page_add_value(struct buf *out, const char *text)
{
	while (*text != '\0') {
		size_t plain = strcspn(text, "\\\"\n"), good = text_utf8_prefix(text, plain);

		buf_add(out, text, good);
		text += good;
		if (good < plain) {
			buf_adds(out, "\xef\xbf\xbd");
			text++;
		} else if (*text != '\0') {
			buf_addc(out, '\\');
			buf_addc(out, *text == '\n' ? 'n' : *text);
			text++;
		}
	}
}

static void
page_add_labels(struct buf *out, va_list ap)
{
	char before = '{';
	const char *name;

	while ((name = va_arg(ap, const char *)) != NULL) {
		const char *value = va_arg(ap, const char *);

		assert(value != NULL);
		buf_addc(out, before);
		buf_adds(out, name);
		buf_add(out, "=\"", 2);
		page_add_value(out, value);
		buf_addc(out, '"');
		before = ',';
	}
	if (before == ',')
		buf_addc(out, '}');
}

/* False when the sample is only counted. */
static bool
page_begin_sample(struct metrics_page *p, const char *part, va_list ap)
{
	p->samples++;
	if (!page_has_room(p))
		return false;
	if (p->samples == 1)
		page_add_heading(p);
	page_add_name(p);
	buf_adds(p->out, part);
	page_add_labels(p->out, ap);
	return true;
}

static void
page_end_sample(struct metrics_page *p, double value)
{
	if (isinf(value))
		buf_adds(p->out, value < 0 ? " -Inf\n" : " +Inf\n");
	else if (value == floor(value) && fabs(value) < 1e15)
		buf_addf(p->out, " %.0f\n", value);
	else
		buf_addf(p->out, " %.6g\n", value);
}

void
metrics_add(struct metrics_page *p, double value, ...)
{
	va_list ap;

	va_start(ap, value);
	if (page_begin_sample(p, "", ap))
		page_end_sample(p, value);
	va_end(ap);
}

void
metrics_add_part(struct metrics_page *p, const char *part, double value, ...)
{
	va_list ap;

	va_start(ap, value);
	if (page_begin_sample(p, part, ap))
		page_end_sample(p, value);
	va_end(ap);
}

void
metrics_add_count(struct metrics_page *p, uint64_t value, ...)
{
	va_list ap;

	va_start(ap, value);
	if (page_begin_sample(p, "", ap))
		buf_addf(p->out, " %" PRIu64 "\n", value);
	va_end(ap);
}

/* Seconds with the milliseconds that there are: a double would lose some of them in print. */
void
metrics_add_time(struct metrics_page *p, int64_t wall_ms, ...)
{
	int64_t seconds = wall_ms / 1000, ms = wall_ms % 1000;
	va_list ap;

	va_start(ap, wall_ms);
	if (page_begin_sample(p, "", ap)) {
		buf_addf(p->out, " %s%" PRId64, wall_ms < 0 && seconds == 0 ? "-" : "", seconds);
		if (ms != 0)
			buf_addf(p->out, ".%03d", (int)(ms < 0 ? -ms : ms));
		buf_addc(p->out, '\n');
	}
	va_end(ap);
}
