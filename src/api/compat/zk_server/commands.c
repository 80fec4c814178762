/* Commands that had paths of their own. */
#include "api/call.h"
#include "api/command_queue.h"

void handle_command_reboot(struct call *c)
{
	call_queue_command(c, c->body, GH_LIT("reboot"));
}

void handle_command_delete_user(struct call *c)
{
	call_queue_command(c, c->body, GH_LIT("delete_user"));
}
