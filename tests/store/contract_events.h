/* Access events for the contract of the store. */
#ifndef GH_TESTS_STORE_CONTRACT_EVENTS_H
#define GH_TESTS_STORE_CONTRACT_EVENTS_H

#include "contract.h"

/* An event at 2026-03-01 08:00:00 plus n seconds, with a number of its record. */
struct access_put event_at(int64_t device, int64_t index, int n);
/* In a transaction of their own; how many were new. */
size_t events_store(struct fixture *f, struct access_put *a, size_t n);

#endif
