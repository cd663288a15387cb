/* SPDX-License-Identifier: GPL-2.0 */
/* Comparing the bytes of the client side with those of the upstream side. Pure. */
#ifndef RELAYTRAP_FLOW_H
#define RELAYTRAP_FLOW_H

#include "findings.h"

/* Fills in what @findings say about bytes, from its sums and shares. */
void flow_measure(struct findings *findings, const struct thresholds *thresholds);

#endif
