-- How orders reach a device (session/wake.h), and the fifth byte of those about doors.
ALTER TABLE device ADD COLUMN udp_wake bigint;
ALTER TABLE device_access ADD COLUMN operator_byte bigint;
