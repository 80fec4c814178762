#include "api/listener_registry.h"

#include <pthread.h>
#include <stdlib.h>

#define LISTENERS 4

struct listener_registry {
	pthread_mutex_t lock;
	size_t n;
	struct {
		const char *name;
		struct http_listener *l;
	} row[LISTENERS];
};

struct listener_registry *listener_registry_new(void)
{
	struct listener_registry *reg = calloc(1, sizeof(*reg));

	if (reg)
		pthread_mutex_init(&reg->lock, NULL);
	return reg;
}

void listener_registry_free(struct listener_registry *reg)
{
	if (reg == NULL)
		return;
	pthread_mutex_destroy(&reg->lock);
	free(reg);
}

void listener_registry_add(struct listener_registry *reg, const char *name,
			   struct http_listener *l)
{
	pthread_mutex_lock(&reg->lock);
	if (reg->n < LISTENERS) {
		reg->row[reg->n].name = name;
		reg->row[reg->n++].l = l;
	}
	pthread_mutex_unlock(&reg->lock);
}

void listener_registry_remove(struct listener_registry *reg, struct http_listener *l)
{
	pthread_mutex_lock(&reg->lock);
	for (size_t i = 0; i < reg->n; i++) {
		if (reg->row[i].l == l) {
			reg->row[i] = reg->row[--reg->n];
			break;
		}
	}
	pthread_mutex_unlock(&reg->lock);
}

void listener_registry_each(struct listener_registry *reg,
			    void (*fn)(void *ctx, const char *name, struct http_listener *l),
			    void *ctx)
{
	pthread_mutex_lock(&reg->lock);
	for (size_t i = 0; i < reg->n; i++)
		fn(ctx, reg->row[i].name, reg->row[i].l);
	pthread_mutex_unlock(&reg->lock);
}
