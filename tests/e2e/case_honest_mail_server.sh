#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
# postfix receives mail for 50 domains and delivers it to their 50 servers.
set -euo pipefail
# shellcheck source=tests/e2e/judge.sh
. "$(dirname "${BASH_SOURCE[0]}")/judge.sh"

need postfix smtp-source
begin
world --mail 25
judge 25
chmod 711 "$RT_TMP"
mkdir postfix queue data
chown postfix data

cat >postfix/main.cf <<-END
	compatibility_level = 3.6
	queue_directory = $RT_TMP/queue
	data_directory = $RT_TMP/data
	maillog_file = /dev/stdout
	myhostname = mail.example
	mydestination =
	mynetworks = 10.77.0.0/16
	inet_protocols = ipv4
	smtp_dns_support_level = disabled
	smtpd_peername_lookup = no
	transport_maps = texthash:$RT_TMP/transport
END
for i in {1..50}; do echo "domain$i.example smtp:[198.18.0.$i]"; done >transport

# name, type, private, wake-up time, most processes, program
while read -r name type private wakeup most program; do
	echo "$name $type $private - n $wakeup $most $program"
done >postfix/master.cf <<-END
	smtp inet n - - smtpd
	pickup unix n 60 1 pickup
	cleanup unix n - 0 cleanup
	qmgr unix n 300 1 qmgr
	rewrite unix - - - trivial-rewrite
	bounce unix - - 0 bounce
	defer unix - - 0 bounce
	trace unix - - 0 bounce
	proxymap unix - - - proxymap
	smtp unix - - - smtp
	relay unix - - - smtp
	error unix - - - error
	retry unix - - - error
	anvil unix - - 1 anvil
	scache unix - - 1 scache
	postlog unix-dgram n - 1 postlogd
END

send() { # mails to each domain
	local domain
	for domain in {1..50}; do
		lab_in client smtp-source -m "$1" -f a@client.example -t "b@domain$domain.example" 10.77.0.254:25
	done
}

SERVER_PORT=25 server postfix postfix -c "$RT_TMP/postfix" start-fg
honest postfix --port 25
send 4
expect --for 20 --port 25 'accepts >= 50' 'sink.targets == 50'
judged
