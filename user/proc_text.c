// SPDX-License-Identifier: GPL-2.0
#include "proc_text.h"

#include <stdio.h>
#include <string.h>

bool proc_text_stat(struct proc_stat *stat, const char *text)
{
	/* No field behind the name can hold a parenthesis; the name can. */
	const char *rest = strrchr(text, ')');

	return rest &&
	       sscanf(rest,
		      ") %c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu %*s %llu",
		      &stat->state, &stat->threads, &stat->start) == 3;
}

/* What follows @prefix in the line at @text, its length in *@length; NULL if it does not start so. */
static const char *line_behind(const char *prefix, const char *text, size_t *length)
{
	static const char gone[] = " (deleted)";
	const size_t suffix = sizeof(gone) - 1;

	if (strncmp(text, prefix, strlen(prefix)))
		return NULL;
	text += strlen(prefix);
	*length = strcspn(text, "\n");
	if (*length >= suffix && !memcmp(text + *length - suffix, gone, suffix))
		*length -= suffix;
	return text;
}

void proc_text_cgroup(char *path, size_t size, const char *text)
{
	const char *unified = NULL, *named = NULL;
	size_t unified_length = 0, named_length = 0;

	while (*text) {
		const char *colon = text + strcspn(text, ":\n");

		if (!unified)
			unified = line_behind("0::", text, &unified_length);
		if (!named)
			named = line_behind(":name=systemd:", colon, &named_length);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	if (named && (!unified || unified_length <= 1)) {
		unified = named;
		unified_length = named_length;
	}
	if (size)
		snprintf(path, size, "%.*s", (int)unified_length, unified ? unified : "");
}
