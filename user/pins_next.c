// SPDX-License-Identifier: GPL-2.0
#include "pins_next.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool pins_next(char path[PIN_PATH], const char *pin_dir, unsigned int generation)
{
	/* No program or map has a name with a dash. */
	snprintf(path, PIN_PATH, "%s/next-%u", pin_dir, generation);
	return access(path, F_OK) == 0;
}

int pins_each(const char *directory, pins_visit *visit, void *context, struct error *error)
{
	DIR *opened = opendir(directory);
	char path[PIN_PATH + NAME_MAX];
	struct dirent *entry;
	int failed = 0;

	if (!opened)
		return fail(error, "cannot read %s: %s", directory, strerror(errno));
	while (!failed && (entry = readdir(opened))) {
		if (entry->d_type == DT_DIR)
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		failed = visit(context, path, entry->d_name, error);
	}
	closedir(opened);
	return failed;
}

static int remove_pin(void *context, const char *path, const char *name, struct error *error)
{
	(void)context, (void)name;
	return unlink(path) && errno != ENOENT ? fail(error, "cannot remove %s: %s", path, strerror(errno))
					       : 0;
}

int pins_next_begin(const char *path, struct error *error)
{
	if (!mkdir(path, 0700))
		return 0;
	if (errno != EEXIST)
		return fail(error, "cannot make %s: %s", path, strerror(errno));
	return pins_each(path, remove_pin, NULL, error);
}

static int put_pin(void *context, const char *path, const char *name, struct error *error)
{
	const char *pin_dir = context;
	char final[PIN_PATH + NAME_MAX];

	snprintf(final, sizeof(final), "%s/%s", pin_dir, name);
	return rename(path, final) ? fail(error, "cannot rename %s to %s: %s", path, final, strerror(errno))
				   : 0;
}

int pins_next_put(const char *path, const char *pin_dir, struct error *error)
{
	return pins_each(path, put_pin, (void *)pin_dir, error);
}

int pins_next_end(const char *path, struct error *error)
{
	if (pins_each(path, remove_pin, NULL, error))
		return -1;
	return rmdir(path) ? fail(error, "cannot remove %s: %s", path, strerror(errno)) : 0;
}
