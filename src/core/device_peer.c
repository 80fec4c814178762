/* Where a device's requests come from: whether its comm key was shown from there, and whether its
 * serial number is used from elsewhere too. */
#include "core/device_private.h"

#include <stdio.h>

bool device_address_fits(gh_slice at, gh_slice peer, enum key_proof proof)
{
	struct ip_address here, there;

	if (at.n == 0 || proof == KEY_PROOF_ANYWHERE || gh_slice_eq(at, peer))
		return at.n > 0;
	if (!ghi_ip_address_parse(at, &there) || !ghi_ip_address_parse(peer, &here))
		return false;
	if (proof == KEY_PROOF_NETWORK) {
		here = ghi_ip_address_network(&here);
		there = ghi_ip_address_network(&there);
	}
	return ghi_ip_address_equal(&here, &there);
}

bool device_proven(struct device *d, gh_slice peer, enum key_proof proof)
{
	pthread_mutex_lock(&d->lock);
	bool proven = device_address_fits(d->row.proven_address, peer, proof);

	pthread_mutex_unlock(&d->lock);
	return proven;
}

bool device_registered_from(struct device *d, gh_slice peer)
{
	pthread_mutex_lock(&d->lock);
	bool same = device_address_fits(d->row.address, peer, KEY_PROOF_ADDRESS);

	pthread_mutex_unlock(&d->lock);
	return same;
}

enum device_home device_home(struct device *d, gh_slice peer, enum key_proof proof,
			     int64_t now_ms)
{
	uint64_t hash = device_text_hash(peer);
	enum device_home found = DEVICE_ELSEWHERE;

	/* Nearly always: the address is the one it was. */
	if (atomic_load_explicit(&d->home_hash, memory_order_relaxed) == hash) {
		atomic_store_explicit(&d->home_ms, now_ms, memory_order_relaxed);
		return DEVICE_AT_HOME;
	}
	pthread_mutex_lock(&d->lock);
	if (device_address_fits(d->row.address, peer, proof))
		found = DEVICE_AT_HOME;
	else if (d->row.address.n == 0 || (d->home_ms && now_ms - d->home_ms >= DEVICE_HOME_MS))
		found = DEVICE_MOVED;
	if (found != DEVICE_ELSEWHERE)
		d->home_hash = hash;
	/* After a start of the server that time begins with the first request from elsewhere. */
	if (found != DEVICE_ELSEWHERE || d->home_ms == 0)
		d->home_ms = now_ms ? now_ms : 1;
	pthread_mutex_unlock(&d->lock);
	return found;
}

/* FNV-1a. */
uint64_t device_text_hash(gh_slice peer)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < peer.n; i++)
		hash = (hash ^ peer.p[i]) * UINT64_C(1099511628211);
	return hash ? hash : 1;
}

bool device_peer_changed(struct device *d, gh_slice peer, int64_t now_ms,
			 char before[IP_ADDRESS_TEXT])
{
	uint64_t hash = device_text_hash(peer);
	int64_t before_ms = atomic_load_explicit(&d->peer_ms, memory_order_relaxed);

	atomic_store_explicit(&d->peer_ms, now_ms, memory_order_relaxed);
	/* Nearly always: the address is the one it was. */
	if (atomic_load_explicit(&d->peer_hash, memory_order_relaxed) == hash)
		return false;
	pthread_mutex_lock(&d->lock);
	memcpy(before, d->peer, IP_ADDRESS_TEXT);
	snprintf(d->peer, sizeof(d->peer), "%.*s", GH_FMT(peer));
	atomic_store_explicit(&d->peer_hash, hash, memory_order_relaxed);
	pthread_mutex_unlock(&d->lock);
	return before[0] && now_ms - before_ms < DEVICE_PEER_MS;
}

void device_polled(struct device *d, gh_slice peer)
{
	uint64_t hash = device_text_hash(peer);

	atomic_fetch_add_explicit(&d->erasure.polls, 1, memory_order_relaxed);
	/* Nearly always: the address is the one it was. */
	if (atomic_load_explicit(&d->polled_hash, memory_order_relaxed) == hash)
		return;
	pthread_mutex_lock(&d->lock);
	snprintf(d->polled, sizeof(d->polled), "%.*s", GH_FMT(peer));
	atomic_store_explicit(&d->polled_hash, hash, memory_order_relaxed);
	pthread_mutex_unlock(&d->lock);
}

bool device_polled_from(struct device *d, char out[IP_ADDRESS_TEXT])
{
	pthread_mutex_lock(&d->lock);
	memcpy(out, d->polled, IP_ADDRESS_TEXT);
	pthread_mutex_unlock(&d->lock);
	return out[0] != 0;
}

/* --- refusals --- */

bool device_refusal_note(struct device *d, gh_slice why)
{
	uint64_t hash = device_text_hash(why);

	return atomic_exchange_explicit(&d->refusal, hash, memory_order_relaxed) != hash;
}

void device_refusal_end(struct device *d)
{
	if (atomic_load_explicit(&d->refusal, memory_order_relaxed))
		atomic_store_explicit(&d->refusal, 0, memory_order_relaxed);
}
