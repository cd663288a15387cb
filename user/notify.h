/* SPDX-License-Identifier: GPL-2.0 */
/* Tells the service manager how the daemon is, as sd_notify(3) documents it. */
#ifndef RELAYTRAP_NOTIFY_H
#define RELAYTRAP_NOTIFY_H

#include <sys/socket.h>
#include <sys/un.h>

#include "error.h"

struct notify {
	int socket; /* -1: nobody asked to be told */
	int timer;  /* to be read by notify_alive() whenever it can be; -1: there is no watchdog */
	struct sockaddr_un address;
	socklen_t length;
};

/* Takes what the manager asks for from the environment, out of it: children are not asked. */
int notify_open(struct notify *notify, struct error *error);

/* @state is one or more lines NAME=VALUE. What cannot be sent is lost: nobody else is there to be told. */
void notify_send(const struct notify *notify, const char *state);

/* For people: one line. */
void notify_status(const struct notify *notify, const char *text);

/* READY=1 has to follow. */
void notify_reloading(const struct notify *notify);

/* Keeps the watchdog quiet. @context is a struct notify; as a loop calls it. */
void notify_alive(void *context);

void notify_close(struct notify *notify);

#endif
