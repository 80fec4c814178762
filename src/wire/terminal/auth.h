/* The comm key as it goes over the wire (terminal digest 4.1). It proves 24 bits and can be
 * readable on the network: no protection. */
#ifndef GH_WIRE_TERMINAL_AUTH_H
#define GH_WIRE_TERMINAL_AUTH_H

#include <stdbool.h>
#include <stdint.h>

#define GHI_TERMINAL_TICK 50 /* what the vendor's software sends */

/* The four bytes of the AUTH request. */
void ghi_terminal_auth_write(uint32_t comm_key, uint16_t session, uint8_t tick, uint8_t out[4]);

/* The device's side: whether the bytes were made from this key and session. */
bool ghi_terminal_auth_fits(const uint8_t in[4], uint32_t comm_key, uint16_t session);

#endif
