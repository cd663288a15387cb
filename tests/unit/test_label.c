// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "label.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789ABCDEF"
#define SHORT "0123456789ab"
#define POD "kubepods-burstable-pod1f2e3d4c_0000_1111_2222_333344445555.slice"

struct sample {
	const char *cgroup;
	const char *label; /* "" = none */
};

static void check(const struct sample *samples, size_t count)
{
	char label[128];

	for (size_t i = 0; i < count; i++) {
		memset(label, 'x', sizeof(label));
		if (label_from_cgroup(label, sizeof(label), samples[i].cgroup) != !!*samples[i].label ||
		    strcmp(label, samples[i].label))
			fail_msg("%s gives \"%s\", not \"%s\"", samples[i].cgroup, label, samples[i].label);
	}
}

#define CHECK(...)                                                    \
	do {                                                          \
		static const struct sample samples[] = {__VA_ARGS__}; \
		(void)state;                                          \
		check(samples, sizeof(samples) / sizeof(samples[0])); \
	} while (0)

static void units(void **state)
{
	CHECK({"/system.slice/nginx.service", "nginx.service"},
	      {"/system.slice/system-tor.slice/tor@default.service", "tor@default.service"},
	      {"/system.slice/run-u12.scope", "run-u12.scope"}, {"/nginx.service", "nginx.service"},
	      {"system.slice/nginx.service/", "nginx.service"},
	      {"/a.slice/b/c/squid.service", "squid.service"});
}

static void user_units(void **state)
{
	CHECK({"/user.slice/user-1000.slice/user@1000.service/app.slice/proxy.service",
	       "user@1000/proxy.service"},
	      {"/user.slice/user-1000.slice/user@1000.service/app.slice/app-firefox-12.scope",
	       "user@1000/app-firefox-12.scope"});
}

static void sessions_are_no_name(void **state)
{
	CHECK({"/user.slice/user-0.slice/session-3.scope", ""},
	      {"/user.slice/user-0.slice/session-c2.scope", ""},
	      {"/user.slice/user-1000.slice/user@1000.service", ""},
	      {"/user.slice/user-1000.slice/user@1000.service/init.scope", ""},
	      {"/user.slice/user-1000.slice/user@1000.service/app.slice/vte-spawn-1-2.scope", ""},
	      {"/init.scope", ""}, {"/system.slice", ""}, {"/", ""}, {"", ""}, {"/../..", ""},
	      {"/.service/.scope", ""});
}

static void containers(void **state)
{
	CHECK({"/system.slice/docker-" ID ".scope", "docker:" SHORT}, {"/docker/" ID, "docker:" SHORT},
	      {"/machine.slice/libpod-" ID ".scope/container", "libpod:" SHORT},
	      {"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" ID ".scope/container",
	       "user@1000/libpod:" SHORT},
	      {"/kubepods.slice/kubepods-burstable.slice/" POD "/cri-containerd-" ID ".scope",
	       "cri-containerd:" SHORT},
	      {"/kubepods/besteffort/pod1f2e3d4c-0000/" ID, "kubepods:" SHORT}, {"/lxc/web", "lxc:web"},
	      {"/lxc.payload/web", "lxc:web"}, {"/lxc.payload.web/init.scope", "lxc:web"},
	      {"/machine.slice/machine-debian.scope", "machine:debian"},
	      {"/machine.slice/machine-qemu\\x2d1\\x2dvm.scope", "machine:qemu-1-vm"},
	      {"/machine.slice/systemd-nspawn@web.service/payload", "machine:web"});
}

static void units_in_containers(void **state)
{
	CHECK({"/lxc/web/system.slice/nginx.service", "lxc:web/nginx.service"},
	      {"/lxc/web/ns/user.slice/user-0.slice/session-3.scope", "lxc:web"},
	      {"/lxc/web/user.slice/user-1000.slice/user@1000.service/init.scope", "lxc:web"},
	      {"/machine.slice/systemd-nspawn@web.service/payload/system.slice/squid.service",
	       "machine:web/squid.service"},
	      {"/lxc/web/docker/" ID, "lxc:web/docker:" SHORT});
}

/* What is below a unit was made by its processes. */
static void no_borrowed_names(void **state)
{
	CHECK({"/system.slice/evil.service/ssh.service", "evil.service"},
	      {"/system.slice/evil.service/docker-" ID ".scope", "evil.service"},
	      {"/user.slice/user-1000.slice/user@1000.service/system.slice/ssh.service",
	       "user@1000/ssh.service"},
	      {"/user.slice/user-1000.slice/session-3.scope/ssh.service", ""});
}

static void almost_an_id(void **state)
{
	CHECK({"/docker/0123456789abcdef", ""}, {"/docker/" ID "0", ""},
	      {"/system.slice/docker-g123456789abcdef0123456789abcdef0123456789abcdef0123456789ABCDEF.scope",
	       "docker-g123456789abcdef0123456789abcdef0123456789abcdef0123456789ABCDEF.scope"},
	      {"/system.slice/machine-.scope", "machine-.scope"},
	      {"/machine.slice/machine-a\\x2.scope", "machine:a\\x2"});
}

static void cut_to_size(void **state)
{
	char label[8], nested[8192] = "";

	(void)state;
	assert_true(label_from_cgroup(label, sizeof(label), "/system.slice/nginx.service"));
	assert_string_equal(label, "nginx.s");
	assert_false(label_from_cgroup(label, 1, "/system.slice/nginx.service"));
	assert_false(label_from_cgroup(NULL, 0, "/system.slice/nginx.service"));
	for (int i = 0; i < 100; i++)
		strcat(nested, "/docker/" ID);
	assert_true(label_from_cgroup(label, sizeof(label), nested));
	assert_string_equal(label, "docker:");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(units),
		cmocka_unit_test(user_units),
		cmocka_unit_test(sessions_are_no_name),
		cmocka_unit_test(containers),
		cmocka_unit_test(units_in_containers),
		cmocka_unit_test(no_borrowed_names),
		cmocka_unit_test(almost_an_id),
		cmocka_unit_test(cut_to_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
