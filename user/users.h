/* SPDX-License-Identifier: GPL-2.0 */
/* Names of users, each looked up once. */
#ifndef RELAYTRAP_USERS_H
#define RELAYTRAP_USERS_H

#include <linux/types.h>

struct users;

/* NULL for want of memory. */
struct users *users_new(void);
void users_free(struct users *users);

/* The name of @uid, or its digits; good until the next call. */
const char *users_name(struct users *users, __u32 uid);

#endif
