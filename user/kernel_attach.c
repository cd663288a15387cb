// SPDX-License-Identifier: GPL-2.0
/* Putting the guard where it belongs, and nowhere else. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "interface_words.h"
#include "interfaces.h"
#include "kernel_guard.h"
#include "kernel_guard_links.h"
#include "netns.h"

struct placement {
	struct kernel *kernel;
	struct rt_guard guard;
	struct rt_interface before[RT_INTERFACES]; /* as map `interfaces` has them */
	struct rt_interface after[RT_INTERFACES];  /* as it is to have them */
	size_t count;                              /* of those, and of what had no room */
	bool wanted;                               /* anywhere at all */
	struct guard_links links;
	struct interface_list interfaces;
};

static int read_placement(struct placement *placement, struct error *error)
{
	struct rt_config config;
	__u32 zero = 0;
	int failed = kernel_lookup(placement->kernel, MAP_GUARD, &zero, &placement->guard) ||
		     kernel_lookup(placement->kernel, MAP_SETTINGS, &zero, &config);

	for (__u32 i = 0; !failed && i < RT_INTERFACES; i++)
		failed = kernel_lookup(placement->kernel, MAP_INTERFACES, &i, &placement->before[i]);
	if (failed)
		return fail(error, "cannot read where the guard stands: %s", strerror(errno));
	placement->wanted = config.mode != RT_OBSERVE || placement->guard.blocked;
	return 0;
}

static int write_interfaces(const struct placement *placement, struct error *error)
{
	for (__u32 i = 0; i < RT_INTERFACES; i++)
		if (memcmp(&placement->before[i], &placement->after[i], sizeof(placement->after[i])) &&
		    kernel_update(placement->kernel, MAP_INTERFACES, &i, &placement->after[i]))
			return fail(error, "cannot write where the guard stands: %s", strerror(errno));
	return 0;
}

static void add(struct placement *placement, const struct rt_interface *entry)
{
	if (placement->count < RT_INTERFACES)
		placement->after[placement->count] = *entry;
	placement->count++;
}

static void attach(struct placement *placement, struct rt_interface *entry, enum interface_choice choice)
{
	bool native = choice != INTERFACE_GENERIC;
	int failed = links_attach(&placement->links, placement->kernel, entry->netns, entry->index, native);

	/* EBUSY, EEXIST: a program of somebody else has come in between. */
	if (failed && choice == INTERFACE_EITHER && failed != EBUSY && failed != EEXIST) {
		native = false;
		entry->error = failed;
		failed = links_attach(&placement->links, placement->kernel, entry->netns, entry->index,
				      native);
	}
	if (!failed) {
		entry->state = native ? RT_INTERFACE_NATIVE : RT_INTERFACE_GENERIC;
	} else {
		entry->state = failed == EBUSY || failed == EEXIST ? RT_INTERFACE_FOREIGN
								   : RT_INTERFACE_FAILED;
		entry->error = entry->state == RT_INTERFACE_FAILED ? failed : 0;
	}
}

/* What was known of the interface at the last look; NULL: nothing. */
static const struct rt_interface *as_before(const struct placement *placement,
					    const struct rt_interface *entry)
{
	for (size_t i = 0; i < RT_INTERFACES; i++) {
		const struct rt_interface *before = &placement->before[i];

		if (before->index == entry->index && before->netns == entry->netns)
			return before;
	}
	return NULL;
}

/* Why the driver did not do it, as it was found when the link was made. */
static __u32 known_refusal(const struct placement *placement, const struct rt_interface *entry)
{
	const struct rt_interface *before = as_before(placement, entry);

	return before && before->state == RT_INTERFACE_GENERIC ? before->error : 0;
}

/* This time included. */
static __u32 count_detached(const struct placement *placement, const struct rt_interface *entry)
{
	const struct rt_interface *before = as_before(placement, entry);

	if (!before || !interface_is_guarded(before) ||
	    memcmp(before->name, entry->name, sizeof(entry->name)) != 0)
		return 0;
	return before->detached + links_was_detached(&placement->links, entry->netns, entry->index);
}

/* Leaves the link as it is, but for an older program; false if it has to be made anew. */
static bool keep(struct placement *placement, struct rt_interface *entry, struct guard_link *link,
		 const struct interface *interface)
{
	if (interface->program != link->program || !interface_suits(interface->xdp, placement->guard.choice))
		return false;
	if (link->program != placement->links.program_id && links_renew(&placement->links, link))
		return false;
	link->kept = true;
	entry->state = interface->xdp == INTERFACE_XDP_NATIVE ? RT_INTERFACE_NATIVE : RT_INTERFACE_GENERIC;
	if (entry->state == RT_INTERFACE_GENERIC && placement->guard.choice == XDP_AUTO)
		entry->error = known_refusal(placement, entry);
	return true;
}

static void place(struct placement *placement, const struct interface *interface,
		  enum interface_choice choice)
{
	struct guard_link *link = links_find(&placement->links, placement->guard.netns, interface->index);
	struct rt_interface entry = {.index = interface->index, .netns = placement->guard.netns};

	memcpy(entry.name, interface->name, sizeof(entry.name));
	if (choice == INTERFACE_UNFIT) {
		entry.state = RT_INTERFACE_UNFIT;
	} else if (!link && interface->program) {
		entry.state = RT_INTERFACE_FOREIGN;
		entry.error = interface->program;
		links_program_name(entry.foreign, interface->program);
	} else if (!link || !keep(placement, &entry, link, interface)) {
		if (link)
			links_detach(link, placement->kernel);
		attach(placement, &entry, choice);
		if (link)
			link->kept = true; /* it is gone already, and its pin is another's now */
	}
	if (interface_is_guarded(&entry))
		entry.detached = count_detached(placement, &entry);
	add(placement, &entry);
}

static void place_all(struct placement *placement)
{
	for (size_t i = 0; i < placement->interfaces.count; i++) {
		const struct interface *interface = &placement->interfaces.all[i];
		enum interface_choice choice =
			interface_choose(&placement->interfaces, interface, placement->guard.choice);

		if (choice != INTERFACE_PASSED_OVER)
			place(placement, interface, choice);
	}
}

/* The names stay in the map while the guard stands nowhere, or there is no such interface. */
static void place_chosen(struct placement *placement)
{
	for (size_t i = 0; i < RT_INTERFACES; i++) {
		const struct rt_interface *before = &placement->before[i];
		struct rt_interface missing = {.netns = placement->guard.netns};
		const struct interface *interface;

		if (!*before->name)
			continue;
		interface = interface_by_name(&placement->interfaces, before->name);
		if (interface && placement->wanted) {
			place(placement, interface,
			      interface_choose_named(interface, placement->guard.choice));
			continue;
		}
		memcpy(missing.name, before->name, sizeof(missing.name));
		if (placement->wanted) {
			missing.state = RT_INTERFACE_FAILED;
			missing.error = ENODEV;
		}
		add(placement, &missing);
	}
}

/* Pins of interfaces that are gone first, as their numbers may be in use again. */
static int remove_links(const struct placement *placement, bool gone, struct error *error)
{
	for (size_t i = 0; i < placement->links.count; i++) {
		const struct guard_link *link = &placement->links.all[i];

		if (!link->kept && !link->now == gone && links_detach(link, placement->kernel))
			return fail(error, "cannot detach the guard from interface %u: %s", link->index,
				    strerror(errno));
	}
	return 0;
}

static int put(struct placement *placement, struct error *error)
{
	if (links_open(&placement->links, placement->kernel, error) || remove_links(placement, true, error) ||
	    interfaces_list(&placement->interfaces, error))
		return -1;
	if (placement->guard.chosen)
		place_chosen(placement);
	else if (placement->wanted)
		place_all(placement);
	if (remove_links(placement, false, error) || write_interfaces(placement, error))
		return -1;
	if (placement->count > RT_INTERFACES)
		return fail(error,
			    "%zu interfaces are guarded or should be, and only %d of them can be shown",
			    placement->count, RT_INTERFACES);
	return 0;
}

/* In the namespace that the guard belongs to, and alone. */
static int visit(struct placement *placement, const char *netns, struct error *error)
{
	struct netns_visit there;
	int failed;

	if (netns_enter(&there, netns, error))
		return -1;
	if (there.inode != placement->guard.netns)
		failed = fail(error,
			      "the guard of this instance stands in another network namespace than this; "
			      "name it with --netns");
	else
		failed = put(placement, error);
	netns_leave(&there);
	return failed;
}

int kernel_guard_attach(struct kernel *kernel, const char *netns, struct error *error)
{
	struct placement *placement = calloc(1, sizeof(*placement));
	int lock, failed;

	if (!placement)
		return fail(error, "not enough memory");
	placement->kernel = kernel;
	placement->links.program = -1;
	lock = kernel_guard_lock(kernel, error);
	failed = lock < 0 || read_placement(placement, error) || visit(placement, netns, error);
	if (lock >= 0)
		close(lock);
	links_close(&placement->links);
	interfaces_free(&placement->interfaces);
	free(placement);
	return failed ? -1 : 0;
}

static int choose_names(struct placement *placement, const struct words *names, struct error *error)
{
	if (names->count > RT_INTERFACES)
		return fail(error, "%d interfaces at most can be named", RT_INTERFACES);
	for (const char *name = words_next(names, NULL); name; name = words_next(names, name)) {
		struct rt_interface entry = {.netns = placement->guard.netns};

		memcpy(entry.name, name, strnlen(name, sizeof(entry.name) - 1));
		for (size_t i = 0; placement->guard.chosen && i < RT_INTERFACES; i++)
			if (!strncmp(placement->before[i].name, name, sizeof(entry.name)))
				entry = placement->before[i];
		add(placement, &entry);
	}
	return 0;
}

static int configure(struct placement *placement, const struct settings *settings, struct error *error)
{
	struct rt_guard *guard = &placement->guard;
	__u32 zero = 0;

	if (read_placement(placement, error))
		return -1;
	guard->netns = netns_inode(settings->netns, error);
	if (!guard->netns || choose_names(placement, &settings->interface, error))
		return -1;
	guard->dry_run = settings->mode == RT_DRY_RUN;
	guard->choice = settings->xdp;
	guard->chosen = settings->interface.count != 0;
	if (guard->chosen && write_interfaces(placement, error))
		return -1;
	if (kernel_update(placement->kernel, MAP_GUARD, &zero, guard))
		return fail(error, "cannot write what the guard is to do: %s", strerror(errno));
	return 0;
}

int kernel_guard_configure(struct kernel *kernel, const struct settings *settings, struct error *error)
{
	struct placement *placement = calloc(1, sizeof(*placement));
	int lock, failed;

	if (!placement)
		return fail(error, "not enough memory");
	placement->kernel = kernel;
	lock = kernel_guard_lock(kernel, error);
	failed = lock < 0 || configure(placement, settings, error);
	if (lock >= 0)
		close(lock);
	free(placement);
	return failed ? -1 : 0;
}
