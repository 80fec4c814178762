/* What the files of the event loop share: event_loop.c opens the ports and waits for events,
 * event_loop_peer.c reads and writes the sockets, event_loop_report.c reports at the end. */
#ifndef GH_SIM_TERMINAL_EVENT_LOOP_PRIVATE_H
#define GH_SIM_TERMINAL_EVENT_LOOP_PRIVATE_H

#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "sim/terminal/event_loop.h"
#include "sim/terminal/link.h"
#include "sim/terminal/listener.h"

/* What an epoll event is about: a terminal's listener, its UDP socket, or one of its links. */
enum { ON_SIGNAL, ON_TCP, ON_UDP, ON_LINK };

struct peer {
	int fd; /* -1: UDP */
	bool readable, writable;
	struct sockaddr_storage address; /* UDP */
	socklen_t address_n;
};

struct loop_terminal {
	struct term_device device;
	struct term_ports ports;
	bool readable, writable; /* the UDP socket */
	struct peer peer[TERM_LINKS];
};

struct term_loop {
	const struct term_plan *plan;
	uint32_t plans;
	struct term_statistics statistics;
	struct loop_terminal *terminals;
	uint32_t terminals_n; /* that are open */
	int epoll, signals;
	sigset_t before; /* the signals that were blocked before */
	int64_t began_ms, now_ms;
	bool stop, again; /* again: a link has more to do than one turn allows */
	uint8_t *datagram;
};

/* The data of an epoll event: what it is about, which terminal, which of its links. */
uint64_t term_loop_tag(unsigned what, uint32_t terminal, uint32_t link);
/* false: epoll refused the descriptor. */
bool term_loop_watch(struct term_loop *s, int fd, uint32_t events, uint64_t what);

/* Accept the TCP connections that wait at a terminal, a few at a time. */
void term_loop_accept(struct term_loop *s, uint32_t number);
/* Free a link and close its socket. */
void term_loop_link_drop(struct loop_terminal *a, size_t i);
/* Serve every link once; the result is when the next is due. */
int64_t term_loop_serve(struct term_loop *s);

#endif
