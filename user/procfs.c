// SPDX-License-Identifier: GPL-2.0
#include "procfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proc_text.h"
#include "ssh_server.h"
#include "units.h"
#include "users.h"

/* A process may become another program, or move to another group, that soon at most before we see it. */
#define FRESH (10 * NS_PER_S)
/* Between fork and exec the program is the parent's. */
#define SETTLED NS_PER_S

enum outcome {
	OUTCOME_READ,
	OUTCOME_GONE,   /* exited; its pid may be another's */
	OUTCOME_DENIED, /* there, but not all of it can be read */
};

/* What was read of a process, and what it must still look like for that to hold. */
struct known {
	struct rt_process_key key;
	__u64 read_at;
	__u64 cgroup;
	__u32 uid;
	enum outcome outcome;
	char comm[RT_COMM_LEN];
	size_t facts; /* index */
};

struct procfs_cache {
	struct known *known; /* sorted by key */
	struct process_facts *facts;
	size_t count;
	struct users *users;
	__u64 tick; /* ns */
};

struct procfs_cache *procfs_cache_new(void)
{
	struct procfs_cache *cache = calloc(1, sizeof(*cache));
	long ticks = sysconf(_SC_CLK_TCK);

	if (!cache)
		return NULL;
	cache->tick = NS_PER_S / (ticks > 0 ? ticks : 100);
	cache->users = users_new();
	if (!cache->users) {
		free(cache);
		return NULL;
	}
	return cache;
}

void procfs_cache_free(struct procfs_cache *cache)
{
	if (!cache)
		return;
	users_free(cache->users);
	free(cache->known);
	free(cache->facts);
	free(cache);
}

/* What it means that something of a process could not be read. */
static enum outcome outcome_of(int cause)
{
	return cause == ENOENT || cause == ESRCH ? OUTCOME_GONE : OUTCOME_DENIED;
}

static enum outcome read_text(int directory, const char *name, char *text, size_t size)
{
	int file = openat(directory, name, O_RDONLY | O_CLOEXEC);
	enum outcome outcome = OUTCOME_READ;
	size_t used = 0;
	ssize_t got;

	if (file < 0)
		return outcome_of(errno);
	while (used < size - 1) {
		got = read(file, text + used, size - 1 - used);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			outcome = outcome_of(errno);
		if (got <= 0)
			break;
		used += got;
	}
	text[used] = '\0';
	close(file);
	return outcome;
}

static enum outcome read_exe(int directory, const char *name, char *exe, size_t size)
{
	ssize_t length = readlinkat(directory, name, exe, size - 1);

	exe[length > 0 ? length : 0] = '\0';
	return length < 0 ? outcome_of(errno) : OUTCOME_READ;
}

/* The first thread has exited and taken its view of the program along; the others still have theirs. */
static enum outcome read_exe_of_threads(int directory, char *exe, size_t size)
{
	int file = openat(directory, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *tasks = file < 0 ? NULL : fdopendir(file);
	enum outcome outcome = OUTCOME_GONE;
	struct dirent *task;

	if (!tasks) {
		outcome = outcome_of(errno);
		if (file >= 0)
			close(file);
		return outcome;
	}
	while (outcome == OUTCOME_GONE && (task = readdir(tasks))) {
		char name[sizeof(task->d_name) + sizeof("/exe")];

		snprintf(name, sizeof(name), "%s/exe", task->d_name);
		if (task->d_name[0] != '.')
			outcome = read_exe(dirfd(tasks), name, exe, size);
	}
	closedir(tasks);
	return outcome;
}

/* @directory, once open, stays with this process whoever gets its pid next. */
static enum outcome read_from(int directory, struct process_facts *facts, const struct rt_process_key *key,
			      __u64 tick)
{
	struct proc_stat stat;
	char text[16384];
	enum outcome outcome = read_text(directory, "stat", text, sizeof(text)), exe;
	__u64 start = key->start / tick;

	if (outcome != OUTCOME_READ)
		return outcome;
	if (!proc_text_stat(&stat, text) || stat.start > start + 1 || stat.start + 1 < start)
		return OUTCOME_GONE;
	exe = read_exe(directory, "exe", facts->exe, sizeof(facts->exe));
	if (exe == OUTCOME_GONE && stat.state == 'Z' && stat.threads > 1)
		exe = read_exe_of_threads(directory, facts->exe, sizeof(facts->exe));
	facts->ssh_server = exe == OUTCOME_READ && ssh_server_runs(directory, facts->exe);
	facts->gone = exe == OUTCOME_GONE;
	outcome = read_text(directory, "cgroup", text, sizeof(text));
	if (outcome == OUTCOME_READ)
		proc_text_cgroup(facts->cgroup, sizeof(facts->cgroup), text);
	return exe == OUTCOME_DENIED ? exe : outcome;
}

static enum outcome read_process(struct process_facts *facts, const struct rt_process_key *key, __u64 tick)
{
	enum outcome outcome;
	char path[32];
	int directory;

	snprintf(path, sizeof(path), "/proc/%u", key->tgid);
	directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return outcome_of(errno);
	outcome = read_from(directory, facts, key, tick);
	close(directory);
	return outcome;
}

static int by_key(const void *a, const void *b)
{
	const struct rt_process_key *one = &((const struct known *)a)->key,
				    *other = &((const struct known *)b)->key;

	if (one->tgid != other->tgid)
		return one->tgid < other->tgid ? -1 : 1;
	return (one->start > other->start) - (one->start < other->start);
}

static bool still_holds(const struct known *known, const struct rt_process *process, __u64 now)
{
	return known->outcome == OUTCOME_READ && now - known->read_at < FRESH &&
	       known->read_at - known->key.start > SETTLED && known->uid == process->uid &&
	       known->cgroup == process->cgroup && !memcmp(known->comm, process->comm, RT_COMM_LEN);
}

/* Fills @known and @facts for one process, from @cache or from /proc. */
static void look_up(struct procfs_cache *cache, struct known *known, struct process_facts *facts,
		    const struct process_record *record, __u64 now)
{
	struct known wanted = {.key = record->key};
	const struct known *before = NULL;
	struct process_facts fresh = {0};

	if (cache->count)
		before = bsearch(&wanted, cache->known, cache->count, sizeof(wanted), by_key);
	if (before)
		*facts = cache->facts[before->facts];
	if (before && still_holds(before, &record->value, now)) {
		known->read_at = before->read_at;
		known->outcome = before->outcome;
	} else {
		known->read_at = now;
		known->outcome = read_process(&fresh, &record->key, cache->tick);
		if (known->outcome != OUTCOME_GONE)
			*facts = fresh;
		else
			facts->gone = true;
	}
	known->key = record->key;
	known->cgroup = record->value.cgroup;
	known->uid = record->value.uid;
	memcpy(known->comm, record->value.comm, RT_COMM_LEN);
	snprintf(facts->user, sizeof(facts->user), "%s", users_name(cache->users, record->value.uid));
}

const struct process_facts *procfs_read(struct procfs_cache *cache, struct snapshot *snapshot,
					struct error *error)
{
	size_t count = snapshot->process_count;
	struct known *known = calloc(count + 1, sizeof(*known));
	struct process_facts *facts = calloc(count + 1, sizeof(*facts));

	if (!known || !facts) {
		free(known);
		free(facts);
		fail(error, "not enough memory for the facts of %zu processes", count);
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		look_up(cache, &known[i], &facts[i], &snapshot->processes[i], snapshot->now);
		known[i].facts = i;
		snapshot->lost[LOST_UNREADABLE_PROCESSES] += known[i].outcome == OUTCOME_DENIED;
	}
	if (count)
		qsort(known, count, sizeof(*known), by_key);
	free(cache->known);
	free(cache->facts);
	cache->known = known;
	cache->facts = facts;
	cache->count = count;
	return facts;
}
