// SPDX-License-Identifier: GPL-2.0
#include "complain.h"

#include <stdio.h>

#include "command.h"

int complain(const struct error *error)
{
	fprintf(stderr, "relaytrap: %s\n", error->text);
	return EXIT_FAILED;
}
