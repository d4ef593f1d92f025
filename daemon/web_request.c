/* SPDX-License-Identifier: Apache-2.0 */
/* One HTTP request; see web_request.h. The rules are those of RFC 9112, without its leniencies. */
#include "daemon/web_request.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

static const struct web_status_row {
	int		 code;
	const char	*name;
} web_statuses[WEB_STATUSES] = {
	[WEB_OK]                    = { 200, "OK" },
	[WEB_BAD_REQUEST]           = { 400, "Bad Request" },
	[WEB_UNAUTHORIZED]          = { 401, "Unauthorized" },
	[WEB_NOT_FOUND]             = { 404, "Not Found" },
	[WEB_METHOD_NOT_ALLOWED]    = { 405, "Method Not Allowed" },
	[WEB_BODY_TOO_LARGE]        = { 413, "Content Too Large" },
	[WEB_EXPECTATION_FAILED]    = { 417, "Expectation Failed" },
	[WEB_TOO_MANY_REQUESTS]     = { 429, "Too Many Requests" },
	[WEB_HEAD_TOO_LARGE]        = { 431, "Request Header Fields Too Large" },
	[WEB_INTERNAL_ERROR]        = { 500, "Internal Server Error" },
	[WEB_NOT_IMPLEMENTED]       = { 501, "Not Implemented" },
	[WEB_UNAVAILABLE]           = { 503, "Service Unavailable" },
	[WEB_VERSION_NOT_SUPPORTED] = { 505, "HTTP Version Not Supported" },
};

int
web_status_code(enum web_status status)
{
	assert((unsigned)status < WEB_STATUSES);
	return web_statuses[status].code;
}

const char *
web_status_name(enum web_status status)
{
	assert((unsigned)status < WEB_STATUSES);
	return web_statuses[status].name;
}

/* What is gathered while reading. */
struct request_reader {
	struct web_request	*request;
	bool			 is_1_1;
	unsigned		 hosts, lengths, authorizations;
};

/* ---- the request line ---- */

static bool
request_is_token(const char *text)
{
	return text[0] != '\0' && text[strspn(text, "!#$%&'*+-.^_`|~0123456789"
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")] == '\0';
}

static enum web_status
request_read_version(struct request_reader *r, const char *version)
{
	if (strncmp(version, "HTTP/", 5) != 0 || strlen(version) != 8)
		return WEB_BAD_REQUEST;
	if (strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0)
		return WEB_VERSION_NOT_SUPPORTED;
	r->is_1_1 = version[7] == '1';
	r->request->keeps = r->is_1_1;
	return WEB_OK;
}

/* "/path?query", or the same behind "http://host", as proxies are asked. */
static enum web_status
request_read_target(struct request_reader *r, char *target)
{
	for (const char *p = target; *p != '\0'; p++)
		if ((unsigned char)*p <= 0x20 || (unsigned char)*p >= 0x7f)
			return WEB_BAD_REQUEST;
	if (strncasecmp(target, "http://", 7) == 0 || strncasecmp(target, "https://", 8) == 0) {
		target = strchr(target, ':') + 3;
		target += strcspn(target, "/?");
	}
	if (target[0] != '/')
		return WEB_BAD_REQUEST;
	target[strcspn(target, "?")] = '\0';
	r->request->path = target;
	return WEB_OK;
}

static enum web_status
request_read_line(struct request_reader *r, char *line)
{
	char *target = strchr(line, ' '), *version = target ? strchr(target + 1, ' ') : NULL;
	enum web_status status;

	if (version == NULL)
		return WEB_BAD_REQUEST;
	*target++ = *version++ = '\0';
	if (!request_is_token(line))
		return WEB_BAD_REQUEST;
	status = request_read_version(r, version);
	if (status == WEB_OK)
		status = request_read_target(r, target);
	r->request->is_head = strcmp(line, "HEAD") == 0;
	if (status == WEB_OK && !r->request->is_head && strcmp(line, "GET") != 0)
		status = WEB_METHOD_NOT_ALLOWED;
	return status;
}

/* ---- headers ---- */

static enum web_status
request_take_host(struct request_reader *r, const char *value)
{
	return r->hosts++ == 0 && value[strcspn(value, " \t/@,")] == '\0' ? WEB_OK :
	    WEB_BAD_REQUEST;
}

static enum web_status
request_take_length(struct request_reader *r, const char *value)
{
	int64_t bytes;

	if (r->lengths++ > 0 || value[0] == '\0' || value[strspn(value, "0123456789")] != '\0')
		return WEB_BAD_REQUEST;
	if (!text_to_i64(value, &bytes) || bytes > WEB_BODY_BYTES)
		return WEB_BODY_TOO_LARGE;
	r->request->body_bytes = (size_t)bytes;
	return WEB_OK;
}

/* Nobody who only reads pages sends chunks, and there is no second way to say where a body ends. */
static enum web_status
request_take_encoding(struct request_reader *r, const char *value)
{
	(void)r;
	(void)value;
	return WEB_NOT_IMPLEMENTED;
}

static enum web_status
request_take_expect(struct request_reader *r, const char *value)
{
	(void)r;
	(void)value;
	return WEB_EXPECTATION_FAILED;
}

static enum web_status
request_take_connection(struct request_reader *r, const char *value)
{
	while (*value != '\0') {
		size_t len;

		value += strspn(value, ", \t");
		len = strcspn(value, ", \t");
		if (len == 5 && strncasecmp(value, "close", len) == 0)
			r->request->keeps = false;
		value += len;
	}
	return WEB_OK;
}

static enum web_status
request_take_authorization(struct request_reader *r, const char *value)
{
	r->request->authorization = value;
	return r->authorizations++ == 0 ? WEB_OK : WEB_BAD_REQUEST;
}

/* All other headers are passed over. */
static const struct request_header {
	const char	*name;
	enum web_status	(*take)(struct request_reader *, const char *value);
} request_headers[] = {
	{ "Authorization", request_take_authorization },
	{ "Connection", request_take_connection },
	{ "Content-Length", request_take_length },
	{ "Expect", request_take_expect },
	{ "Host", request_take_host },
	{ "Transfer-Encoding", request_take_encoding },
};

/* Cuts blanks off both ends. False on control bytes. */
static bool
request_trim(char **value)
{
	char *end;

	*value += strspn(*value, " \t");
	end = *value + strlen(*value);
	while (end > *value && (end[-1] == ' ' || end[-1] == '\t'))
		*--end = '\0';
	for (const char *p = *value; *p != '\0'; p++)
		if (((unsigned char)*p < 0x20 && *p != '\t') || *p == 0x7f)
			return false;
	return true;
}

/* A name with blanks around it, as in a folded line, is none. */
static enum web_status
request_read_header(struct request_reader *r, char *line)
{
	char *value = strchr(line, ':');

	if (value == NULL)
		return WEB_BAD_REQUEST;
	*value++ = '\0';
	if (!request_is_token(line) || !request_trim(&value))
		return WEB_BAD_REQUEST;
	for (size_t i = 0; i < sizeof(request_headers) / sizeof(request_headers[0]); i++)
		if (strcasecmp(request_headers[i].name, line) == 0)
			return request_headers[i].take(r, value);
	return WEB_OK;
}

/* Ends the line at `text` and returns the next one; NULL when it is not ended by CR LF. */
static char *
request_end_line(char *text)
{
	size_t len = strcspn(text, "\r\n");

	if (text[len] != '\r' || text[len + 1] != '\n')
		return NULL;
	text[len] = '\0';
	return text + len + 2;
}

enum web_status
web_request_read(char *head, size_t len, struct web_request *ret)
{
	struct web_request request = { .path = NULL };
	struct request_reader r = { .request = &request };
	enum web_status status = WEB_BAD_REQUEST;
	char *line = head, *next;

	assert(len >= 4 && memcmp(head + len - 4, "\r\n\r\n", 4) == 0);
	if (memchr(head, '\0', len) != NULL)
		return WEB_BAD_REQUEST;
	head[len - 1] = '\0';	/* of the empty line: its CR is the end of all */
	next = request_end_line(line);
	if (next != NULL)
		status = request_read_line(&r, line);
	for (line = next; status == WEB_OK && line[0] != '\r'; line = next) {
		next = request_end_line(line);
		status = next != NULL ? request_read_header(&r, line) : WEB_BAD_REQUEST;
	}
	if (status == WEB_OK && r.is_1_1 && r.hosts != 1)
		status = WEB_BAD_REQUEST;
	if (status == WEB_OK)
		*ret = request;
	return status;
}
