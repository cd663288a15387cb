// SPDX-License-Identifier: GPL-2.0
/* What the end-to-end cases recorded of real programs, judged again: the highest verdict stays the same. */
#include <dirent.h>
#include <libgen.h>

#include "replay.h"

#include "common.h"

#define FEWEST 5 /* recordings of relays, and of others */

static void ignore(void *context, const struct replay_event *event)
{
	(void)context;
	(void)event;
}

static enum verdict highest(const struct replay *replay)
{
	struct replay_summary summary;
	enum verdict verdict = VERDICT_QUIET;

	replay_summarize(replay, &summary);
	for (int i = 0; i < VERDICTS; i++)
		if (summary.entered[REPLAY_RECORDED][i])
			verdict = i;
	return verdict;
}

static void judge_again(const char *path, enum verdict expected)
{
	struct replay *replay = replay_new(ignore, NULL);
	FILE *file = fopen(path, "r");
	struct error error;
	char *line = NULL;
	size_t size = 0;
	ssize_t length;

	assert_non_null(replay);
	assert_non_null(file);
	while ((length = getline(&line, &size, file)) > 0)
		if (replay_line(replay, line, length - 1, &error))
			fail_msg("%s: %s", path, error.text);
	if (highest(replay) != expected)
		fail_msg("%s is %s now", path, verdict_name(highest(replay)));
	free(line);
	fclose(file);
	replay_free(replay);
}

/* Returns how many there are with this verdict. */
static int judge_all(enum verdict verdict)
{
	char here[] = __FILE__, folder[512], path[1024];
	struct dirent *entry;
	int count = 0;
	DIR *list;

	snprintf(folder, sizeof(folder), "%s/recordings/%s", dirname(here), verdict_name(verdict));
	list = opendir(folder);
	while (list && (entry = readdir(list))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		judge_again(path, verdict);
		count++;
	}
	if (list)
		closedir(list);
	return count;
}

static void relays_stay_relays(void **state)
{
	(void)state;
	assert_true(judge_all(VERDICT_RELAYING) >= FEWEST);
}

static void others_stay_what_they_are(void **state)
{
	int count = 0;

	(void)state;
	for (enum verdict verdict = VERDICT_QUIET; verdict < VERDICT_RELAYING; verdict++)
		count += judge_all(verdict);
	assert_true(count >= FEWEST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(relays_stay_relays),
		cmocka_unit_test(others_stay_what_they_are),
	};

	return cmocka_run_group_tests_name("recorded", tests, NULL, NULL);
}
