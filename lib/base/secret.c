/* SPDX-License-Identifier: Apache-2.0 */
/* Secret texts; see secret.h. */
#include "base/secret.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto.h"

int
secret_set(struct secret *s, const char *text, size_t len, struct err *err)
{
	char *data;

	if (len > SECRET_MAX_BYTES)
		return err_set(err, ERR_TOO_LARGE, "a secret of more than %d bytes", SECRET_MAX_BYTES);
	data = crypto_secure_alloc(len + 1);
	memcpy(data, text, len);
	secret_wipe(s);
	*s = (struct secret){ data, len };
	return 0;
}

/* Reads up to `size` bytes; -1 with errno on failure. */
static ssize_t
secret_read_fd(int fd, char *data, size_t size)
{
	size_t len = 0;

	while (len < size) {
		ssize_t n = read(fd, data + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

static int
secret_check_file(int fd, const char *path, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_set(err, ERR_FILE, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_FILE, "%s: not a regular file", path);
	if (st.st_mode & S_IRWXO)
		return err_set(err, ERR_FILE, "%s: a secret that everybody may read (mode %03o); "
		    "chmod o-rwx it", path, (unsigned)st.st_mode & 0777);
	return 0;
}

int
secret_read(struct secret *s, const char *path, struct err *err)
{
	char *data = NULL;
	ssize_t len;
	int fd, ret = -1;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return err_set(err, ERR_FILE, "%s: %s", path, strerror(errno));
	if (secret_check_file(fd, path, err) < 0)
		goto out;
	data = crypto_secure_alloc(SECRET_MAX_BYTES + 1);
	len = secret_read_fd(fd, data, SECRET_MAX_BYTES + 1);
	if (len < 0) {
		err_set(err, ERR_FILE, "%s: %s", path, strerror(errno));
		goto out;
	}
	if (len <= SECRET_MAX_BYTES)
		while (len > 0 && isspace((unsigned char)data[len - 1]))
			len--;
	if (len == 0) {
		err_set(err, ERR_FILE, "%s: empty", path);
		goto out;
	}
	if (secret_set(s, data, (size_t)len, err) < 0) {
		err_prefix(err, "%s", path);
		goto out;
	}
	ret = 0;
out:
	crypto_secure_free(data, SECRET_MAX_BYTES + 1);
	close(fd);
	return ret;
}

void
secret_move(struct secret *to, struct secret *from)
{
	secret_wipe(to);
	*to = *from;
	*from = (struct secret){ NULL, 0 };
}

void
secret_copy(struct secret *to, const struct secret *from)
{
	struct secret copy = { NULL, 0 };

	if (from->data != NULL) {
		copy.data = crypto_secure_alloc(from->len + 1);
		memcpy(copy.data, from->data, from->len);
		copy.len = from->len;
	}
	secret_move(to, &copy);
}

void
secret_wipe(struct secret *s)
{
	crypto_secure_free(s->data, s->len + 1);
	*s = (struct secret){ NULL, 0 };
}

bool
secret_is_set(const struct secret *s)
{
	return s->data != NULL && s->len > 0;
}

const char *
secret_text(const struct secret *s)
{
	return s->data != NULL ? s->data : "";
}

void
secret_protect_process(void)
{
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}
