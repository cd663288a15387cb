// SPDX-License-Identifier: GPL-2.0
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "judge.h"
#include "recording.h"

/* What the file says of the service in a slot. */
struct introduced {
	__u64 birth;
	struct thresholds thresholds;
};

struct record {
	int file;
	off_t size; /* whole lines */
	struct introduced *slots;
	size_t slot_count;
	char *text; /* of one view */
	size_t used;
	size_t room;
};

/* So much of a path goes into an error. */
#define PATH_SHOWN "recording %.200s"

static int check_file(const struct record *record, const char *path, struct stat *status, struct error *error)
{
	if (fstat(record->file, status))
		return fail(error, PATH_SHOWN ": %s", path, strerror(errno));
	if (!S_ISREG(status->st_mode))
		return fail(error, PATH_SHOWN ": not a regular file; name another", path);
	/* Prepared by somebody who may write to that folder. */
	if (status->st_uid != geteuid() || status->st_nlink != 1)
		return fail(error, PATH_SHOWN ": that file is not %s's alone; name another", path,
			    geteuid() ? "this user" : "root");
	if (flock(record->file, LOCK_EX | LOCK_NB))
		return fail(error, PATH_SHOWN ": another process records there; name another file", path);
	return 0;
}

static int check_header(const struct record *record, const char *path, struct error *error)
{
	struct recording_line parsed;
	char line[RECORDING_LINE];
	struct error reason;
	ssize_t got = pread(record->file, line, sizeof(line), 0);
	const char *end = got > 0 ? memchr(line, '\n', got) : NULL;

	if (got < 0)
		return fail(error, PATH_SHOWN ": %s", path, strerror(errno));
	if (!end)
		return fail(error, PATH_SHOWN ": this is not a recording; name another file", path);
	if (recording_parse_line(&parsed, line, end - line, 1, &reason))
		return fail(error, PATH_SHOWN ": %.200s; name another file", path, reason.text);
	return 0;
}

/* A machine that lost power may have left half a line: it goes. */
static int find_end(struct record *record, const char *path, off_t size, struct error *error)
{
	char tail[RECORDING_LINE];
	off_t from = size > (off_t)sizeof(tail) ? size - (off_t)sizeof(tail) : 0;
	ssize_t got = pread(record->file, tail, sizeof(tail), from);
	const char *end = got > 0 ? memrchr(tail, '\n', got) : NULL;

	if (!end)
		return fail(error, PATH_SHOWN ": it does not end with a line; name another file", path);
	record->size = from + (end + 1 - tail);
	if (record->size < size && ftruncate(record->file, record->size))
		return fail(error, PATH_SHOWN ": %s", path, strerror(errno));
	return 0;
}

/* All that was collected, or nothing. */
static int write_out(struct record *record, struct error *error)
{
	ssize_t written = write(record->file, record->text, record->used);
	int cause = written < 0 ? errno : ENOSPC;

	if (written == (ssize_t)record->used) {
		record->size += written;
		return 0;
	}
	if (written > 0 && ftruncate(record->file, record->size))
		cause = errno;
	/* Whoever was to be introduced just now must be next time. */
	memset(record->slots, 0, record->slot_count * sizeof(*record->slots));
	return fail(error, "cannot record: %s", strerror(cause));
}

static int begin_file(struct record *record, const struct settings *settings, struct error *error)
{
	const char *path = settings->record;
	char line[RECORDING_LINE];
	struct stat status;
	size_t length;

	if (check_file(record, path, &status, error))
		return -1;
	if (status.st_size)
		return check_header(record, path, error) || find_end(record, path, status.st_size, error) ? -1
													  : 0;
	length = recording_write_header(line, &settings->thresholds);
	if (write(record->file, line, length) != (ssize_t)length)
		return fail(error, PATH_SHOWN ": cannot write it: %s", path, strerror(errno));
	record->size = length;
	return 0;
}

struct record *record_open(const struct settings *settings, struct error *error)
{
	struct record *record = calloc(1, sizeof(*record));

	if (!record) {
		fail(error, "not enough memory to record");
		return NULL;
	}
	/* O_NONBLOCK: opening a FIFO must not wait for its reader. */
	record->file = open(settings->record,
			    O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
			    0600);
	if (record->file < 0)
		fail(error, PATH_SHOWN ": %s", settings->record,
		     errno == ELOOP ? "a symbolic link is not followed; name the file itself"
				    : strerror(errno));
	else if (!begin_file(record, settings, error))
		return record;
	record_close(record);
	return NULL;
}

/* NULL for want of memory. */
static char *next_line(struct record *record)
{
	if (record->room - record->used < RECORDING_LINE) {
		size_t room = 2 * record->room + 16 * RECORDING_LINE;
		char *text = realloc(record->text, room);

		if (!text)
			return NULL;
		record->text = text;
		record->room = room;
	}
	return record->text + record->used;
}

static struct introduced *slot_of(struct record *record, __u32 slot)
{
	if (slot >= record->slot_count) {
		size_t count = 2 * (size_t)slot + 1;
		struct introduced *slots = reallocarray(record->slots, count, sizeof(*slots));

		if (!slots)
			return NULL;
		memset(slots + record->slot_count, 0, (count - record->slot_count) * sizeof(*slots));
		record->slots = slots;
		record->slot_count = count;
	}
	return &record->slots[slot];
}

/* Who it is, once; its thresholds, whenever they change. False for want of memory. */
static bool introduce(struct record *record, const struct view_service *service,
		      const struct thresholds *thresholds)
{
	struct introduced *known = slot_of(record, service->slot);
	bool is_new = known && known->birth != service->birth;
	char *line, label[sizeof(service->label) + 1] = "";

	if (!known)
		return false;
	if (is_new) {
		line = next_line(record);
		if (!line)
			return false;
		memcpy(label, service->label, strnlen(service->label, sizeof(service->label)));
		record->used += recording_write_service(line, service->slot, service->birth,
							service->port_count ? service->ports[0] : 0, label);
	}
	if (!is_new && !memcmp(&known->thresholds, thresholds, sizeof(*thresholds)))
		return true;
	line = next_line(record);
	if (!line)
		return false;
	record->used += recording_write_thresholds(line, service->slot, service->birth, thresholds);
	*known = (struct introduced){service->birth, *thresholds};
	return true;
}

int record_view(struct record *record, const struct view *view, const struct settings *settings,
		struct error *error)
{
	record->used = 0;
	for (size_t i = 0; i < view->service_count; i++) {
		const struct view_service *service = &view->services[i];
		struct thresholds thresholds;
		struct evidence evidence;
		char *line;

		settings_thresholds(&thresholds, settings, service->ports, service->port_count);
		line = introduce(record, service, &thresholds) ? next_line(record) : NULL;
		if (!line) {
			memset(record->slots, 0, record->slot_count * sizeof(*record->slots));
			return fail(error, "cannot record: not enough memory");
		}
		judge_evidence(&evidence, view, service);
		record->used += recording_write_evidence(line, &evidence);
	}
	return record->used ? write_out(record, error) : 0;
}

void record_close(struct record *record)
{
	if (!record)
		return;
	if (record->file >= 0)
		close(record->file);
	free(record->slots);
	free(record->text);
	free(record);
}
