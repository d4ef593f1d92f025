/* SPDX-License-Identifier: Apache-2.0 */
/* Families of samples in Prometheus's text format; see metrics_page.h. */
#include "daemon/metrics_page.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const char *const metric_type_names[] = {
	[METRIC_GAUGE] = "gauge", [METRIC_COUNTER] = "counter", [METRIC_HISTOGRAM] = "histogram",
};

void
metrics_page_begin(struct metrics_page *p, const struct metric *family)
{
	bool is_standard = text_has_prefix(family->name, "process_");
	int n = snprintf(p->name, sizeof(p->name), "%s%s", is_standard ? "" : "trailseal_",
	    family->name);

	assert(n > 0 && (size_t)n < sizeof(p->name));
	p->name_len = (size_t)n;
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

size_t
metrics_page_add(struct metrics_page *p, const struct metric *family,
    const struct metrics_source *source)
{
	size_t most = family->count != NULL ? family->count(source) : 0;

	if (p->series + most > p->max_series)
		return most;
	metrics_page_begin(p, family);
	family->write(p, source);
	return metrics_page_end(p);
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
	buf_addf(p->out, "# HELP %s %s\n# TYPE %s %s\n", p->name, p->family->help, p->name,
	    metric_type_names[p->family->type]);
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
	buf_add(p->out, p->name, p->name_len);
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

/* Most samples are small whole numbers, and there may be a hundred thousand of them. */
static void
page_end_count(struct metrics_page *p, uint64_t value, const char *end)
{
	char digits[24], *at = digits + sizeof(digits);

	do
		*--at = (char)('0' + value % 10);
	while ((value /= 10) > 0);
	*--at = ' ';
	buf_add(p->out, at, (size_t)(digits + sizeof(digits) - at));
	buf_adds(p->out, end);
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
		page_end_count(p, value, "\n");
	va_end(ap);
}

/*
 * Seconds with the milliseconds that there are: a double would lose some of them in print. Times
 * before 1970 are what somebody wrote, and rare.
 */
void
metrics_add_time(struct metrics_page *p, int64_t wall_ms, ...)
{
	char fraction[16] = "\n";
	va_list ap;

	if (wall_ms % 1000 != 0)
		snprintf(fraction, sizeof(fraction), ".%03d\n", (int)(wall_ms % 1000));
	va_start(ap, wall_ms);
	if (page_begin_sample(p, "", ap)) {
		if (wall_ms >= 0)
			page_end_count(p, (uint64_t)wall_ms / 1000, fraction);
		else
			page_end_sample(p, (double)wall_ms / 1000);
	}
	va_end(ap);
}
