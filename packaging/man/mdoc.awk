# SPDX-License-Identifier: GPL-2.0
# mdoc.awk TABLE PAGE.in: puts what TABLE (relaytrap help table) says in place of @COMMANDS@, @OPTIONS@ and
# @SETTINGS@, lines of their own in PAGE.in.
BEGIN {
	FS = "\t"
}

FNR == NR && $1 == "command" {
	commands[++command_count] = $2
	summary[$2] = $3
	next
}

FNR == NR && $1 == "setting" {
	name[++count] = $2
	option[count] = $3
	letter[count] = $4
	value[count] = $5
	place[count] = $7
	takers[count] = $8
	letter_takers[count] = $9
	fallback[count] = $10
	range[count] = $11
	choices[count] = $12
	help[count] = $13
	next
}

/^@COMMANDS@$/ { print_commands(); next }
/^@OPTIONS@$/ { print_options(); next }
/^@SETTINGS@$/ { print_settings(); next }
{ print }

# Text in lines of their own: a sentence begins one, and a hyphen is one that can be typed.
function say(text,    words, n, i, line) {
	gsub(/\\/, "\\e", text)
	n = split(text, words, " ")
	for (i = 1; i <= n; i++) {
		if (line && (length(line " " words[i]) > 72 || words[i - 1] ~ /\.$/)) {
			say_line(line)
			line = ""
		}
		line = line (line ? " " : "") words[i]
	}
	say_line(line)
}

function say_line(line) {
	gsub(/-/, "\\-", line)
	print (line ~ /^[.']/ ? "\\&" : "") line
}

function takes(i, command) {
	return index(" " takers[i] " ", " " command " ")
}

# A command, what it is for, and what it takes.
function print_command(command,    i, argument, list) {
	for (i = 1; i <= count; i++) {
		if (!takes(i, command))
			continue
		if (place[i] == "argument")
			argument = value[i]
		else
			list = list (list ? " ,\n.Fl -" : ".Fl -") option[i]
	}
	print ".It Cm " command " Oo Ar option ... Oc" (argument ? " Ar " argument : "")
	say(summary[command] ".")
	print "Options:"
	print list " ."
}

function print_commands(    i) {
	for (i = 1; i <= command_count; i++)
		print_command(commands[i])
}

# What may stand there, and what holds if nothing does.
function print_bounds(i) {
	if (choices[i]) {
		gsub(/ /, ", ", choices[i])
		say("One of " choices[i] ".")
	}
	if (range[i])
		say("From " range[i] ".")
	if (fallback[i])
		say("Default: " fallback[i] ".")
}

function print_takers(before, list) {
	gsub(/ /, " , ", list)
	print before
	print ".Cm " list " ."
}

function print_option(i) {
	if (place[i] == "argument" || !takers[i])
		return
	printf ".It %sFl -%s%s\n", letter[i] ? "Fl " letter[i] " , " : "", option[i], value[i] ? " Ar " value[i] : ""
	say(help[i])
	print_bounds(i)
	print_takers("Of", takers[i])
	if (letter[i] && letter_takers[i] != takers[i])
		print_takers("The letter: of", letter_takers[i])
	if (place[i] == "anywhere")
		print "In the file:\n.Va " name[i] " ."
}

function print_options(    i) {
	for (i = 1; i <= count; i++)
		print_option(i)
}

function print_settings(    i) {
	for (i = 1; i <= count; i++) {
		if (place[i] != "anywhere")
			continue
		print ".It Va " name[i] " = Ar " value[i]
		say(help[i])
		print_bounds(i)
	}
}
