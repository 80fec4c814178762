/* Commands that had paths of their own. */
#include "api/call.h"
#include "api/command_queue.h"
#include "api/compat/zk_server/body.h"

void handle_command_reboot(struct call *c)
{
	call_queue_command(c, c->body, GH_LIT("reboot"));
}

static void user_command(struct call *c, const struct body *b, const char *type)
{
	if (b)
		call_queue_command(c, b, gh_slice_of(type));
	else
		call_fail_err(c, GH_ENOMEM);
}

void handle_command_delete_user(struct call *c)
{
	struct made_body m = made_body(c);

	made_text(&m, "deviceSerial", body_find(c->body, GH_LIT("deviceSerial"))->s);
	made_text(&m, "pin", body_member_scalar(c, c->body, GH_LIT("pin")));
	user_command(c, made_object(&m), "delete_user");
}

void handle_command_add_user(struct call *c)
{
	const struct body *info = body_find(c->body, GH_LIT("userInfo"));

	user_command(c,
		     person_order_body(c, body_find(c->body, GH_LIT("deviceSerial"))->s, info),
		     "update_person");
}
