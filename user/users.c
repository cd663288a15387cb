// SPDX-License-Identifier: GPL-2.0
#include "users.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct user {
	__u32 uid;
	char name[33];
};

struct users {
	struct user *all; /* sorted by uid */
	size_t count;
	size_t room;
	struct user unkept; /* the answer when memory lacks */
};

struct users *users_new(void)
{
	return calloc(1, sizeof(struct users));
}

void users_free(struct users *users)
{
	if (!users)
		return;
	free(users->all);
	free(users);
}

static void look_up(struct user *user, __u32 uid)
{
	struct passwd entry, *found = NULL;
	char text[16384];

	user->uid = uid;
	if (!getpwuid_r(uid, &entry, text, sizeof(text), &found) && found && *found->pw_name &&
	    strlen(found->pw_name) < sizeof(user->name))
		snprintf(user->name, sizeof(user->name), "%s", found->pw_name);
	else
		snprintf(user->name, sizeof(user->name), "%u", uid);
}

/* Where @uid stands, or would stand. */
static size_t position(const struct users *users, __u32 uid)
{
	size_t low = 0, high = users->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (users->all[middle].uid < uid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Makes room for one more at @at; NULL for want of memory. */
static struct user *insert(struct users *users, size_t at)
{
	if (users->count == users->room) {
		size_t room = users->room ? 2 * users->room : 16;
		struct user *all = reallocarray(users->all, room, sizeof(*all));

		if (!all)
			return NULL;
		users->all = all;
		users->room = room;
	}
	memmove(&users->all[at + 1], &users->all[at], (users->count - at) * sizeof(*users->all));
	users->count++;
	return &users->all[at];
}

const char *users_name(struct users *users, __u32 uid)
{
	size_t at = position(users, uid);
	struct user *user;

	if (at < users->count && users->all[at].uid == uid)
		return users->all[at].name;
	user = insert(users, at);
	if (!user)
		user = &users->unkept;
	look_up(user, uid);
	return user->name;
}
