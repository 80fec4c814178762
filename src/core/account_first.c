/* An administrator that is made in a store which no server has open. */
#include <pthread.h>

#include "core/accounts.h"
#include "core/audit.h"
#include "core/commands.h"
#include "model/record.h"

struct account_making {
	struct store_job job;
	struct password_job password;
	pthread_mutex_t lock;
	pthread_cond_t made;
	bool done;
	enum gh_err err;
	int64_t id;
	struct account row;
	struct audit_row audit;
};

static void account_making_end(struct account_making *m, enum gh_err err)
{
	pthread_mutex_lock(&m->lock);
	m->err = err;
	m->done = true;
	pthread_cond_signal(&m->made);
	pthread_mutex_unlock(&m->lock);
}

static enum gh_err account_making_wait(struct account_making *m)
{
	pthread_mutex_lock(&m->lock);
	while (!m->done)
		pthread_cond_wait(&m->made, &m->lock);
	m->done = false;
	pthread_mutex_unlock(&m->lock);
	return m->err;
}

static void account_making_hashed(struct password_job *job)
{
	account_making_end(job->ctx, job->err);
}

static enum gh_err account_making_run(struct store_job *job, const struct store_ops *ops,
				      struct store *s)
{
	struct account_making *m = (struct account_making *)job;
	enum gh_err err;

	m->id = 0;
	err = ops->entity_put(s, ENTITY_ACCOUNT, &m->id, &m->row);
	return err ? err : audit_put(ops, s, &m->audit);
}

static void account_making_stored(struct store_job *job, enum gh_err err)
{
	account_making_end((struct account_making *)job, err);
}

/* An administrator who is limited to nothing. */
static enum gh_err account_making_store(struct account_making *m, struct server *server)
{
	enum gh_err err;

	m->row.role = ROLE_ADMINISTRATOR;
	m->row.areas = GH_LIT("[]");
	m->row.password = gh_slice_of(m->password.made);
	m->row.created_ms = m->row.password_ms = server->now_ms();
	m->row.version = 1;
	for (size_t i = 0; i < ACCOUNT_FIELDS; i++)
		model_mark(&m->row, i);
	m->audit = (struct audit_row){ .at_ms = server->now_ms(),
				       .actor = AUDIT_CLI,
				       .action = GH_LIT("create_account"),
				       .subject = GH_LIT("account:"),
				       .subject_at = &m->id,
				       .outcome = AUDIT_DONE };
	m->job = (struct store_job){ .run = account_making_run, .done = account_making_stored };
	err = store_put(server->queue, &m->job);
	return err ? err : account_making_wait(m);
}

static enum gh_err account_making_do(struct account_making *m, struct server *server,
				     struct arena *a, const char *name, const char *password)
{
	struct accounts *as;
	enum gh_err err = accounts_open(server, &as);

	if (err)
		return err;
	m->row.folded = account_name_fold(gh_slice_of(name), a, &m->row.name);
	if (m->row.folded.n == 0 || m->row.folded.n > ACCOUNT_NAME ||
	    gh_slice_trim(m->row.name).n != m->row.name.n ||
	    command_author_is_server(m->row.name))
		err = GH_EINVALID;
	if (err == GH_OK)
		err = password_take(&m->password, gh_slice_of(password));
	m->password.done = account_making_hashed;
	m->password.ctx = m;
	if (err == GH_OK)
		err = password_put(accounts_passwords(as), &m->password);
	if (err == GH_OK)
		err = account_making_wait(m);
	if (err == GH_OK)
		err = account_making_store(m, server);
	accounts_close(as);
	return err;
}

enum gh_err account_administrator_make(struct server *server, const char *name,
				       const char *password, int64_t *id)
{
	struct account_making m = { .lock = PTHREAD_MUTEX_INITIALIZER,
				    .made = PTHREAD_COND_INITIALIZER };
	struct arena a = ghi_arena_with_limit(65536);
	enum gh_err err = account_making_do(&m, server, &a, name, password);

	ghi_arena_clear(&a);
	*id = m.id;
	return err;
}
