/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The main() of a fuzz target that is not built with libFuzzer: it runs the target once on
 * every file given, and on every file of every folder given. Without arguments it replays
 * the corpus in the source tree, tests/fuzz/corpus/WHAT for the program fuzz_WHAT, so that
 * whatever the fuzzer once found is tried again by each `make check`.
 */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz/fuzz.h"

static int
replay_file(const char *path, size_t size)
{
	/* Exactly as large as the input, so that a read behind its end is seen. */
	uint8_t *data = malloc(size > 0 ? size : 1);
	FILE *f = fopen(path, "rb");

	if (data == NULL || f == NULL || fread(data, 1, size, f) != size)
		err(1, "%s", path);
	fclose(f);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	return 1;
}

static int
replay(const char *path)
{
	struct stat st;
	struct dirent **names;
	int count, files = 0;

	if (stat(path, &st) != 0)
		err(1, "%s", path);
	if (!S_ISDIR(st.st_mode))
		return replay_file(path, (size_t)st.st_size);

	count = scandir(path, &names, NULL, alphasort);
	if (count < 0)
		err(1, "%s", path);
	for (int i = 0; i < count; i++) {
		char *inner;

		if (names[i]->d_name[0] != '.') {
			if (asprintf(&inner, "%s/%s", path, names[i]->d_name) < 0)
				err(1, NULL);
			files += replay(inner);
			free(inner);
		}
		free(names[i]);
	}
	free(names);
	return files;
}

static char *
own_corpus(void)
{
	const char *what = strchr(program_invocation_short_name, '_');
	const char *top = getenv("top_srcdir");
	char *path;

	if (what == NULL)
		errx(2, "usage: %s FILE|FOLDER...", program_invocation_short_name);
	if (asprintf(&path, "%s/tests/fuzz/corpus/%s", top != NULL ? top : ".", what + 1) < 0)
		err(1, NULL);
	return path;
}

int
main(int argc, char **argv)
{
	int files = 0;

	for (int i = 1; i < argc; i++)
		files += replay(argv[i]);
	if (argc < 2) {
		char *path = own_corpus();

		files = replay(path);
		free(path);
	}
	if (files == 0)
		errx(1, "nothing to replay");
	printf("%d inputs replayed\n", files);
	return 0;
}
