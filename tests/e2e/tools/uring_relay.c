// SPDX-License-Identifier: GPL-2.0
/* A proxy that accepts, receives and sends by io_uring: "single", "multishot" or "direct" (descriptors). */
// link: -luring
#include <liburing.h>
#include <stdbool.h>

#include "relay.h"

#define LIFETIME 2400 /* seconds; the slowest lab is done by then */
#define WAITING_MAX 1024
#define DIRECT_SLOTS 64
#define CHUNK 65536

enum event {
	EVENT_ACCEPT,
	EVENT_CLIENT,
	EVENT_UPSTREAM,
	EVENT_DONE,
	EVENTS
};

struct relay {
	struct io_uring ring;
	int listener;
	bool multishot;
	bool direct;
	int waiting[WAITING_MAX]; /* accepted, not served yet */
	unsigned int first, count;
	bool completed[EVENTS]; /* of the connection being served */
	int results[EVENTS];
};

static struct io_uring_sqe *new_entry(struct relay *relay)
{
	struct io_uring_sqe *entry = io_uring_get_sqe(&relay->ring);

	if (!entry)
		errx(1, "submission queue full");
	return entry;
}

static void submit(struct relay *relay, struct io_uring_sqe *entry, enum event event, bool on_client)
{
	entry->user_data = event;
	if (on_client && relay->direct)
		entry->flags |= IOSQE_FIXED_FILE;
	io_uring_submit(&relay->ring);
}

static void ask_accept(struct relay *relay)
{
	struct io_uring_sqe *entry = new_entry(relay);

	if (relay->multishot)
		io_uring_prep_multishot_accept(entry, relay->listener, NULL, NULL, 0);
	else
		io_uring_prep_accept(entry, relay->listener, NULL, NULL, 0);
	if (relay->direct) /* by hand: io_uring_prep_accept_direct() of liburing 2.3 gets this wrong */
		entry->file_index = IORING_FILE_INDEX_ALLOC;
	submit(relay, entry, EVENT_ACCEPT, false);
}

static void take_accept(struct relay *relay, int fd, unsigned int flags)
{
	if (fd < 0)
		errx(1, "accept: %s", strerror(-fd));
	if (relay->count == WAITING_MAX)
		errx(1, "too many connections at a time");
	relay->waiting[(relay->first + relay->count++) % WAITING_MAX] = fd;
	if (!relay->multishot || !(flags & IORING_CQE_F_MORE))
		ask_accept(relay);
}

static void take_completion(struct relay *relay)
{
	struct io_uring_cqe *completion;
	unsigned int flags;
	enum event event;
	int result;

	do {
		result = io_uring_wait_cqe(&relay->ring, &completion);
	} while (result == -EINTR);
	if (result < 0)
		errx(1, "wait: %s", strerror(-result));
	event = completion->user_data;
	result = completion->res;
	flags = completion->flags;
	io_uring_cqe_seen(&relay->ring, completion);
	if (event == EVENT_ACCEPT) {
		take_accept(relay, result, flags);
	} else {
		relay->completed[event] = true;
		relay->results[event] = result;
	}
}

static int wait_for(struct relay *relay, enum event event)
{
	while (!relay->completed[event])
		take_completion(relay);
	relay->completed[event] = false;
	return relay->results[event];
}

static void receive(struct relay *relay, enum event from, int fd, char *data, size_t size)
{
	struct io_uring_sqe *entry = new_entry(relay);

	io_uring_prep_recv(entry, fd, data, size, 0);
	submit(relay, entry, from, from == EVENT_CLIENT);
}

static void send_all(struct relay *relay, int fd, const char *data, size_t size, bool to_client)
{
	struct io_uring_sqe *entry = new_entry(relay);

	io_uring_prep_send(entry, fd, data, size, MSG_WAITALL | MSG_NOSIGNAL);
	submit(relay, entry, EVENT_DONE, to_client);
	wait_for(relay, EVENT_DONE);
}

static void end_sending(struct relay *relay, int fd, bool to_client)
{
	struct io_uring_sqe *entry = new_entry(relay);

	io_uring_prep_shutdown(entry, fd, SHUT_WR);
	submit(relay, entry, EVENT_DONE, to_client);
	wait_for(relay, EVENT_DONE);
}

static void close_client(struct relay *relay, int client)
{
	struct io_uring_sqe *entry = new_entry(relay);

	if (relay->direct)
		io_uring_prep_close_direct(entry, client);
	else
		io_uring_prep_close(entry, client);
	submit(relay, entry, EVENT_DONE, false);
	wait_for(relay, EVENT_DONE);
}

/* Hands on what came on one side; true when that side goes on. */
static bool hand_on(struct relay *relay, enum event from, int to, const char *data)
{
	int size = wait_for(relay, from);

	if (size > 0)
		send_all(relay, to, data, size, from == EVENT_UPSTREAM);
	else
		end_sending(relay, to, from == EVENT_UPSTREAM);
	return size > 0;
}

static void pump(struct relay *relay, int client, int upstream)
{
	static char from_client[CHUNK], from_upstream[CHUNK];
	bool client_open = true, upstream_open = true;

	receive(relay, EVENT_CLIENT, client, from_client, CHUNK);
	receive(relay, EVENT_UPSTREAM, upstream, from_upstream, CHUNK);
	while (client_open || upstream_open) {
		while (!relay->completed[EVENT_CLIENT] && !relay->completed[EVENT_UPSTREAM])
			take_completion(relay);
		if (relay->completed[EVENT_CLIENT]) {
			client_open = hand_on(relay, EVENT_CLIENT, upstream, from_client);
			if (client_open)
				receive(relay, EVENT_CLIENT, client, from_client, CHUNK);
		}
		if (relay->completed[EVENT_UPSTREAM]) {
			upstream_open = hand_on(relay, EVENT_UPSTREAM, client, from_upstream);
			if (upstream_open)
				receive(relay, EVENT_UPSTREAM, upstream, from_upstream, CHUNK);
		}
	}
}

static bool read_request(struct relay *relay, int client, char *request)
{
	size_t size = 0;

	while (size < LAB_REQUEST_MAX - 1) {
		receive(relay, EVENT_CLIENT, client, request + size, 1);
		if (wait_for(relay, EVENT_CLIENT) != 1)
			return false;
		request[++size] = '\0';
		if (size >= 4 && !strcmp(request + size - 4, "\r\n\r\n"))
			return true;
	}
	return false;
}

static void serve(struct relay *relay, int client)
{
	char request[LAB_REQUEST_MAX];
	int upstream = read_request(relay, client, request) ? lab_connect_request(request) : -1;

	if (upstream < 0) {
		send_all(relay, client, LAB_FAILED, strlen(LAB_FAILED), true);
	} else {
		send_all(relay, client, LAB_OK, strlen(LAB_OK), true);
		pump(relay, client, upstream);
		close(upstream);
	}
	close_client(relay, client);
}

int main(int argc, char **argv)
{
	static struct relay relay;
	int result = io_uring_queue_init(64, &relay.ring, 0);

	alarm(LIFETIME);
	if (argc != 2)
		errx(2, "usage: uring_relay single|multishot|direct");
	if (result < 0)
		errx(1, "io_uring: %s", strerror(-result));
	relay.multishot = !strcmp(argv[1], "multishot");
	relay.direct = !strcmp(argv[1], "direct");
	if (relay.direct && io_uring_register_files_sparse(&relay.ring, DIRECT_SLOTS) < 0)
		errx(1, "no direct descriptors here");
	relay.listener = lab_listen("0.0.0.0", "6515");
	ask_accept(&relay);
	puts("ready");
	fflush(stdout);
	for (;;) {
		while (!relay.count)
			take_completion(&relay);
		serve(&relay, relay.waiting[relay.first]);
		relay.first = (relay.first + 1) % WAITING_MAX;
		relay.count--;
	}
}
