-- Of the waiting commands about the same, written so that no condition of another index follows from it:
-- the planner takes this one also where it has no statistics.
DROP INDEX command_subject;
CREATE INDEX command_waiting ON command (device, subject) WHERE state + 0 = 0 AND subject <> '';
