# SPDX-License-Identifier: GPL-2.0
# tables.awk TABLE relaytrap.in: puts what TABLE (relaytrap help table) says in place of @TABLES@, as functions.
BEGIN {
	FS = "\t"
}

FNR == NR && $1 == "command" {
	commands = commands (commands ? " " : "") $2
	command[++command_count] = $2
	next
}

FNR == NR && $1 == "setting" {
	count = split($8, takers, " ")
	pattern = "*\" --" $3 "\""
	for (i = 1; i <= count; i++) {
		if ($7 == "argument")
			argument[takers[i]] = $2
		else
			options[takers[i]] = options[takers[i]] " --" $3
	}
	count = split($9, takers, " ")
	for (i = 1; i <= count; i++) {
		options[takers[i]] = options[takers[i]] " -" $4
		pattern = pattern " | \"" takers[i] " -" $4 "\""
	}
	if ($7 != "argument")
		kinds = kinds "\t" pattern ") echo " $6 ($12 ? " " $12 : "") " ;;\n"
	next
}

/^@TABLES@$/ {
	print "_relaytrap_commands() {\n\techo " commands "\n}\n"
	print "_relaytrap_options() { # command\n\tcase $1 in"
	for (i = 1; i <= command_count; i++)
		print "\t" command[i] ") echo" options[command[i]] " ;;"
	print "\tesac\n}\n"
	print "# What is to be completed of a command's arguments."
	print "_relaytrap_argument() { # command\n\tcase $1 in"
	for (i = 1; i <= command_count; i++)
		if (command[i] in argument)
			print "\t" command[i] ") echo " argument[command[i]] " ;;"
	print "\tesac\n}\n"
	print "# The kind of an option's value, and the words there are to choose from."
	print "_relaytrap_kind() { # command, option\n\tcase \"$1 $2\" in\n" kinds "\tesac\n}"
	next
}

{ print }
