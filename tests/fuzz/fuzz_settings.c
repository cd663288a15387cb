// SPDX-License-Identifier: GPL-2.0
/* Any text as a configuration file, then as values of settings: taken, or refused with a reason. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is refused leaves no trace. */
static void set(struct settings *settings, struct settings *before, char *line)
{
	char *value = strchr(line, '=');
	struct error error;

	if (!value)
		return;
	*value++ = '\0';
	memcpy(before, settings, sizeof(*before));
	error.text[0] = '\0';
	if (!settings_set(settings, line, value, SOURCE_OPTION, &error))
		return;
	assert(error.text[0]);
	assert(!memcmp(before, settings, sizeof(*before)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings *settings = calloc(2, sizeof(*settings));
	char *text = malloc(size + 1), *rest = text, *line;
	struct error error = {""};

	assert(settings && text);
	memcpy(text, data, size);
	text[size] = '\0';
	settings_default(settings);
	if (settings_parse_file(settings, "file", text, &error))
		assert(error.text[0]);
	while ((line = strsep(&rest, "\n")))
		set(settings, settings + 1, line);
	free(text);
	free(settings);
	return 0;
}
