/* What a device has of its comparison. */
#include "core/comparisons_private.h"

void device_comparison(struct device *d, struct comparison *out)
{
	pthread_mutex_lock(&d->lock);
	*out = d->comparison.present ? d->comparison : comparison_new();
	pthread_mutex_unlock(&d->lock);
}

bool device_comparison_waits(const struct device *d)
{
	return atomic_load(&d->compare_wanted);
}

void device_comparison_open(struct device *d, const struct comparison *c)
{
	pthread_mutex_lock(&d->lock);
	d->comparison = *c;
	d->comparison.present = (UINT64_C(1) << COMPARISON_FIELDS) - 1;
	pthread_mutex_unlock(&d->lock);
	atomic_store(&d->comparing, c->step != COMPARISON_IDLE);
	atomic_fetch_add(&d->version, 1);
}
