# SPDX-License-Identifier: GPL-2.0
# Builds, tests and installs relaytrap. `make help` lists the targets and the variables.

VERSION := 0.1.0
PREFIX ?= /usr/local
SBINDIR ?= $(PREFIX)/sbin
DATADIR ?= $(PREFIX)/share
UNITDIR ?= $(PREFIX)/lib/systemd/system
SYSCONFDIR := /etc
CC := gcc
CLANG ?= clang
LIBRARIES := libbpf libelf zlib json-c inih ncursesw libcap-ng

# Files of user/ without I/O, clock or globals: the unit tests link with these alone, and `make lint` checks them.
PURE := allowed cidr commands_list contain engine error event_guard event_json event_line events findings \
	flow frame guard history interface_choice interface_words json json_guard json_writer judge label ledger \
	list list_json nearest ports proc_text prom prom_guard reasons reclaim recording remedies replay \
	session_text settings settings_file settings_help settings_options settings_ports settings_value sketch \
	snapshot spare spark summary table table_columns table_lines text thresholds top top_draw top_head top_help top_keys \
	top_pane top_prompt top_rows top_table units verdict verify view view_guard view_links view_pids words

# On Debian, bpftool is not in the path of an ordinary user.
export PATH := $(PATH):/usr/sbin:/sbin

# Asked for what stands in the man pages and the completion; where one builds for another machine, name a native one.
NATIVE ?= $(B)/relaytrap

comma := ,
B := build$(if $(SAN),/$(subst $(comma),-,$(SAN)))
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-8s %s\n' $(1) $@)
jobs = -j$(shell nproc)

ARCH := $(shell uname -m | sed -e s/x86_64/x86/ -e s/aarch64/arm64/ -e s/s390x/s390/ \
	-e s/ppc64.*/powerpc/ -e s/riscv64/riscv/)
WARNINGS := -Wall -Wextra -Werror
CFLAGS ?= -O2 -g
FLAGS = -std=c17 -D_GNU_SOURCE -DRELAYTRAP_VERSION='"$(VERSION)"' -Iinclude -Iuser -isystem $(B) \
	$(shell pkg-config --cflags $(LIBRARIES)) $(WARNINGS)
COMPILE = $(CC) $(FLAGS) $(CPPFLAGS) $(CFLAGS) -MMD -MP
SANITIZE = -fsanitize=$(1) -fno-sanitize-recover=all -fno-omit-frame-pointer
BPF_COMPILE = $(CLANG) -target bpf -mcpu=v3 -D__TARGET_ARCH_$(ARCH) -Iinclude -I$(B) -Ibpf \
	$(WARNINGS) -Wno-unused-parameter -g -O2 -MMD -MP

bpf_objects := $(patsubst bpf/%.bpf.c,$(B)/bpf/%.bpf.o,$(wildcard bpf/*.bpf.c))
objects := $(patsubst user/%.c,$(B)/user/%.o,$(wildcard user/*.c))
pure_objects := $(PURE:%=build/unit/user/%.o)
unit_tests := $(patsubst tests/unit/%.c,build/unit/%,$(wildcard tests/unit/test_*.c))
manuals := $(B)/share/relaytrap.8 $(B)/share/relaytrap.conf.5
shared := $(manuals) $(B)/share/completion/relaytrap $(B)/share/relaytrap.conf
fuzz_targets := $(patsubst tests/fuzz/%.c,build/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
tools := $(patsubst %.c,build/tools/%,$(notdir $(wildcard tests/e2e/tools/*.c tests/bench/*.c)))

.DELETE_ON_ERROR:
.SECONDARY: $(pure_objects) $(PURE:%=build/fuzz/user/%.o)
.PHONY: all run test unit unit-tests e2e matrix tools fuzz guard-packets lint fmt bench demo install uninstall deb clean help

all: $(B)/relaytrap $(shared) ## build relaytrap (the default)

run: ## install what the build lacks, build, and show this host's traffic live (as root)
	$(Q)scripts/install-deps.sh build
	$(Q)$(MAKE) --no-print-directory -s $(jobs) all
	$(Q)chown -hR --reference=. build
	$(Q)exec $(B)/relaytrap top $(ARGS)

test: ## install what the tests lack, build, and run lint, unit, e2e and matrix (as root)
	$(Q)scripts/install-deps.sh build test lint vm
	$(Q)$(MAKE) --no-print-directory -s $(jobs) all tools unit-tests
	$(Q)status=0; tests/all.sh || status=$$?; chown -hR --reference=. build; exit $$status

unit: unit-tests ## run the unit tests, under the address and undefined-behaviour sanitizers
	$(Q)tests/unit/run.sh $(unit_tests)

e2e: all tools ## run the end-to-end cases (as root)
	$(Q)RT_NO_BUILD=1 tests/run.sh

matrix: all tools ## run the cases marked for it on stock kernels, under QEMU; LONG=1: the slow ones, too
	$(Q)scripts/matrix.sh

fuzz: $(fuzz_targets) ## fuzz the parsers and the engine, FUZZ_SECONDS (60) each
	$(Q)tests/fuzz/run.sh $^

guard-packets: all tools ## hold the guard against its reference with 10 million packets (as root)
	$(Q)RT_PACKETS=$${RT_PACKETS:-10000000} RT_SEED=$${RT_SEED:-$$(date +%s)} tests/e2e/case_guard_reference.sh

lint: all unit-tests ## check style, includes and purity; look for faults
	$(Q)scripts/lint.sh $(PURE) -- $(FLAGS)

fmt: ## format all C sources
	$(Q)clang-format -i $(wildcard include/*.h bpf/*.[ch] user/*.[ch] tests/*/*.[ch] tests/*/*/*.[ch])

bench: all tools ## measure what watching and the guard cost (as root)
	$(Q)tests/bench/run.sh
	$(Q)tests/bench/guard.sh

demo: all ## replay the incident in network namespaces (as root)
	$(Q)scripts/demo.sh

install: all ## install below PREFIX (/usr/local), within DESTDIR
	install -D -m 755 $(B)/relaytrap $(DESTDIR)$(SBINDIR)/relaytrap
	install -D -m 644 $(B)/share/relaytrap.8 $(DESTDIR)$(DATADIR)/man/man8/relaytrap.8
	install -D -m 644 $(B)/share/relaytrap.conf.5 $(DESTDIR)$(DATADIR)/man/man5/relaytrap.conf.5
	install -D -m 644 $(B)/share/completion/relaytrap $(DESTDIR)$(DATADIR)/bash-completion/completions/relaytrap
	install -d $(DESTDIR)$(UNITDIR) $(DESTDIR)$(DATADIR)/relaytrap
	sed 's|@SBINDIR@|$(SBINDIR)|' packaging/relaytrap.service.in >$(DESTDIR)$(UNITDIR)/relaytrap.service
	cp -R docs/json.schema.json $(wildcard packaging/prometheus) $(DESTDIR)$(DATADIR)/relaytrap
	[ -e $(DESTDIR)$(SYSCONFDIR)/relaytrap.conf ] || \
		install -D -m 644 $(B)/share/relaytrap.conf $(DESTDIR)$(SYSCONFDIR)/relaytrap.conf

deb: all ## build a Debian package, in build/deb
	$(Q)scripts/make-deb.sh $(VERSION) VMLINUX_H=$(abspath $(B)/vmlinux.h)

uninstall: ## remove what install put there; a changed configuration stays
	rm -f $(DESTDIR)$(SBINDIR)/relaytrap $(DESTDIR)$(UNITDIR)/relaytrap.service \
		$(DESTDIR)$(DATADIR)/man/man8/relaytrap.8 $(DESTDIR)$(DATADIR)/man/man5/relaytrap.conf.5 \
		$(DESTDIR)$(DATADIR)/bash-completion/completions/relaytrap
	rm -rf $(DESTDIR)$(DATADIR)/relaytrap
	! cmp -s $(B)/share/relaytrap.conf $(DESTDIR)$(SYSCONFDIR)/relaytrap.conf || \
		rm $(DESTDIR)$(SYSCONFDIR)/relaytrap.conf

clean: ## remove all that was built
	rm -rf build

help: ## print this
	@sed -En 's/^([a-z0-9-]+):.*## (.*)/\1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 12
	@echo
	@echo 'V=1                     print the commands'
	@echo 'T=name                  run only the tests with this in their name'
	@echo 'ARGS="-b -n 3"          arguments for make run'
	@echo 'SAN=address,undefined   build with sanitizers, into a folder of its own'
	@echo 'NATIVE=file             cross-building: a relaytrap that runs here, to make the man pages'
	@echo 'VMLINUX_H=file          take kernel types from here, not from the running kernel'

# The kernel side: one object for each file, linked into one, embedded by the skeleton.
$(B)/vmlinux.h: $(VMLINUX_H) | $(B)/ready
	$(call say,BTF)
	$(Q)$(if $(VMLINUX_H),cp $< $@,bpftool btf dump file /sys/kernel/btf/vmlinux format c >$@)

$(B)/bpf/%.bpf.o: bpf/%.bpf.c $(B)/vmlinux.h Makefile
	$(call say,BPF)
	$(Q)mkdir -p $(@D)
	$(Q)$(BPF_COMPILE) -c $< -o $@

$(B)/relaytrap.bpf.o: $(bpf_objects)
	$(call say,BPFLINK)
	$(Q)bpftool gen object $@ $^

$(B)/relaytrap.skel.h: $(B)/relaytrap.bpf.o
	$(call say,SKELETON)
	$(Q){ echo '// NOLINTBEGIN'; bpftool gen skeleton $< name relaytrap_bpf; echo '// NOLINTEND'; } >$@

# The user side.
$(filter $(B)/user/kernel%.o,$(objects)): $(B)/relaytrap.skel.h

$(B)/user/%.o: user/%.c Makefile | $(B)/ready
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) $(if $(SAN),$(call SANITIZE,$(SAN))) -c $< -o $@

$(B)/relaytrap: $(objects)
	$(call say,LINK)
	$(Q)$(CC) $(if $(SAN),$(call SANITIZE,$(SAN))) $(LDFLAGS) $^ -o $@ $(shell pkg-config --libs $(LIBRARIES)) -lm

# What is made from the tables of commands and settings.
$(B)/share/table: $(NATIVE)
	$(call say,TABLE)
	$(Q)mkdir -p $(@D)/completion
	$(Q)$(NATIVE) help table >$@

$(manuals): $(B)/share/%: packaging/man/mdoc.awk $(B)/share/table packaging/man/%.in
	$(call say,MAN)
	$(Q)awk -f $^ >$@

$(B)/share/completion/relaytrap: packaging/completion/tables.awk $(B)/share/table packaging/completion/relaytrap.in
	$(call say,SHELL)
	$(Q)awk -f $^ >$@

$(B)/share/relaytrap.conf: $(B)/share/table
	$(call say,CONF)
	$(Q)$(NATIVE) help config >$@

# Unit tests: one program for each file.
unit-tests: $(unit_tests)

build/unit/user/%.o: user/%.c Makefile | build/ready
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) $(call SANITIZE,address$(comma)undefined) -c $< -o $@

build/unit/%: tests/unit/%.c $(pure_objects) Makefile | build/ready
	$(call say,UNIT)
	$(Q)$(COMPILE) $(call SANITIZE,address$(comma)undefined) $< $(pure_objects) -o $@ \
		-Wl,--as-needed $(shell pkg-config --libs json-c inih cmocka) -lm

# Fuzz targets: the pure part, compiled by clang for libFuzzer.
build/fuzz/user/%.o: user/%.c Makefile | build/ready
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(FLAGS) $(CFLAGS) -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -MMD -MP -c $< -o $@

build/fuzz/%: tests/fuzz/%.c $(PURE:%=build/fuzz/user/%.o) Makefile
	$(call say,FUZZ)
	$(Q)$(CLANG) $(FLAGS) $(CFLAGS) -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all $< \
		$(PURE:%=build/fuzz/user/%.o) -o $@ $(shell pkg-config --libs json-c inih) -lm

# Programs that the end-to-end cases use; a line "// link: -lfoo" in a source names its libraries.
tools: $(tools)

vpath %.c tests/e2e/tools tests/bench

build/tools/%: %.c Makefile | build/ready
	$(call say,TOOL)
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) $< -o $@ $$(sed -n 's|^// link: ||p' $<)

%/ready: scripts/install-deps.sh
	@mkdir -p $(@D)
	@missing=; \
	for i in $(CC) $(CLANG) bpftool pkg-config; do command -v $$i >/dev/null || missing="$$missing $$i"; done; \
	for i in $(LIBRARIES); do pkg-config --exists $$i 2>/dev/null || missing="$$missing $$i"; done; \
	[ -z "$$missing" ] || { echo "missing:$$missing; as root, run: scripts/install-deps.sh build" >&2; exit 1; }
	@touch $@

-include $(wildcard $(B)/bpf/*.d $(B)/user/*.d build/unit/*.d build/unit/user/*.d build/tools/*.d)
