// SPDX-License-Identifier: GPL-2.0
/* prom_writer FOLDER TIMES: writes the file of metrics again and again, each time of another length. */
// link: user/prom_file.c user/error.c
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "prom_file.h"

#define LINES 400

int main(int argc, char **argv)
{
	static char text[LINES * 32];
	struct error error;
	long times;

	if (argc != 3)
		return 2;
	times = strtol(argv[2], NULL, 10);
	for (long time = 1; time <= times; time++) {
		long lines = 1 + time * 7919 % (LINES - 2);
		size_t length = (size_t)sprintf(text, "%ld %ld\n", time, lines);

		for (long line = 0; line < lines; line++)
			length += (size_t)sprintf(text + length, "%ld %ld\n", time, line);
		if (prom_file_write(argv[1], text, length, &error)) {
			fprintf(stderr, "%s\n", error.text);
			return 1;
		}
		usleep(50); /* let the reader have its turn, on one CPU too */
	}
	return 0;
}
