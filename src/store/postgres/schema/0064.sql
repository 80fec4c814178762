-- An empty password of a door is from now on one that people removed: it is erased at the unit. What is there was
-- written, too, where a door was set as a whole and no password was named.
UPDATE door_setting SET emergency_password = NULL WHERE emergency_password = '';
UPDATE door_setting SET duress_password = NULL WHERE duress_password = '';
