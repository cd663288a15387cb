// SPDX-License-Identifier: GPL-2.0
/* Networks that are always served, and no longer. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "complain.h"
#include "instance.h"
#include "kernel_guard.h"

/* More than that are only counted. */
#define TOLD_MAX 20

struct cidrs {
	struct cidr *all;
	size_t count;
};

static int add(struct cidrs *cidrs, const char *text, struct error *error)
{
	struct cidr *all = reallocarray(cidrs->all, cidrs->count + 1, sizeof(*all));

	if (!all)
		return fail(error, "not enough memory for so many networks");
	cidrs->all = all;
	return cidr_parse(&all[cidrs->count++], text, error);
}

/* Without its comment and the blanks around it. */
static char *strip(char *line)
{
	size_t length;

	line[strcspn(line, "#\r\n")] = '\0';
	line += strspn(line, " \t");
	length = strlen(line);
	while (length && strchr(" \t", line[length - 1]))
		line[--length] = '\0';
	return line;
}

static int read_lines(struct cidrs *cidrs, FILE *stream, struct error *error)
{
	struct error reason;
	unsigned long number = 0;
	char *line = NULL;
	size_t size = 0;
	int failed = 0;

	while (!failed && getline(&line, &size, stream) >= 0) {
		char *word = strip(line);

		number++;
		if (*word && add(cidrs, word, &reason))
			failed = fail(error, "standard input, line %lu: %.400s", number, reason.text);
	}
	if (!failed && ferror(stream))
		failed = fail(error, "cannot read standard input: %s", strerror(errno));
	free(line);
	return failed;
}

static int parse(struct cidrs *cidrs, const struct settings *settings, struct error *error)
{
	for (size_t i = 0; i < settings->argument_count; i++) {
		const char *word = settings->arguments[i];

		if (strcmp(word, "-") ? add(cidrs, word, error) : read_lines(cidrs, stdin, error))
			return -1;
	}
	return 0;
}

/* Networks to which the same happened: named if they are few, else only counted. */
struct told {
	const char *what;
	size_t count;
	char text[TOLD_MAX * (CIDR_TEXT + 2)];
};

static void note(struct told *told, const struct cidr *cidr)
{
	size_t used = strlen(told->text);
	char text[CIDR_TEXT];

	cidr_format(text, cidr);
	if (told->count++ < TOLD_MAX)
		snprintf(told->text + used, sizeof(told->text) - used, "%s%s", used ? ", " : "", text);
}

static void tell(const struct told *told)
{
	if (told->count > TOLD_MAX)
		printf("%s: %zu networks\n", told->what, told->count);
	else if (told->count)
		printf("%s: %s\n", told->what, told->text);
}

static int change(const struct settings *settings, struct cidrs *cidrs, enum allowed_edit edit,
		  struct allowed_list *after)
{
	struct kernel *kernel;
	struct error error;
	bool taken;
	int failed;

	if (instance_join(&kernel, settings, &taken, &error))
		return complain(&error);
	failed = kernel_allowed_edit(kernel, edit, cidrs->all, cidrs->count, after, &error);
	kernel_close(kernel);
	return failed ? complain(&error) : EXIT_OK;
}

static int allow(const struct settings *settings, struct cidrs *cidrs)
{
	struct told fresh = {.what = "allowed"}, known = {.what = "allowed before"},
		    renewed = {.what = "allowed by the settings before, now by you"};
	struct allowed_list after;
	int status = change(settings, cidrs, ALLOWED_ALLOW, &after);

	for (size_t i = 0; status == EXIT_OK && i < cidrs->count; i++) {
		const struct allowed *allowed = allowed_find(&after, &cidrs->all[i]);

		if (allowed)
			note(allowed->change == ALLOWED_NEW       ? &fresh
			     : allowed->change == ALLOWED_RENEWED ? &renewed
								  : &known,
			     &cidrs->all[i]);
	}
	tell(&fresh);
	tell(&renewed);
	tell(&known);
	allowed_free(&after);
	return status;
}

static int disallow(const struct settings *settings, struct cidrs *cidrs)
{
	struct told gone = {.what = "no longer allowed"}, unknown = {.what = "not allowed before"},
		    back = {.what = "no longer allowed, until the settings that allow it are read again"};
	struct allowed_list after = {0};
	int status = EXIT_OK;

	if (kernel_is_pinned(settings->pin_dir))
		status = change(settings, cidrs, ALLOWED_DISALLOW, &after);
	for (size_t i = 0; status == EXIT_OK && i < cidrs->count; i++) {
		const struct allowed *allowed = allowed_find(&after, &cidrs->all[i]);

		note(!allowed ? &unknown : allowed->origin == RT_SETTINGS ? &back : &gone, &cidrs->all[i]);
	}
	tell(&gone);
	tell(&back);
	tell(&unknown);
	allowed_free(&after);
	return status;
}

static int run(const struct settings *settings, int (*act)(const struct settings *, struct cidrs *))
{
	struct cidrs cidrs = {0};
	struct error error;
	int status;

	if (parse(&cidrs, settings, &error)) {
		complain(&error);
		status = EXIT_USAGE;
	} else {
		status = act(settings, &cidrs);
	}
	free(cidrs.all);
	return status;
}

int cmd_allow(const struct settings *settings)
{
	return run(settings, allow);
}

int cmd_disallow(const struct settings *settings)
{
	return run(settings, disallow);
}
