/* SPDX-License-Identifier: GPL-2.0 */
/* The name that a mistyped one was meant to be. Pure. */
#ifndef RELAYTRAP_NEAREST_H
#define RELAYTRAP_NEAREST_H

struct nearest {
	const char *typed;
	const char *name;  /* best so far; NULL = nothing comes close */
	unsigned int cost; /* of turning typed into name */
};

/* Starts a search for what @typed may have meant; both strings must outlive it. */
void nearest_start(struct nearest *nearest, const char *typed);

/*
 * Considers @name. Letters inserted, dropped, changed or swapped with their neighbour cost 1 each
 * (case, '-' and '_' nothing); more than a third of the name's length is too much.
 */
void nearest_offer(struct nearest *nearest, const char *name);

#endif
