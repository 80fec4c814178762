-- A value that is not known any more has a line end before DEL, which no unit can send: a unit may have DEL itself.
UPDATE device_table
SET row = substr(replace(row || char(9), '=' || char(127) || char(9), '=' || char(10, 127) || char(9)), 1,
	length(replace(row || char(9), '=' || char(127) || char(9), '=' || char(10, 127) || char(9))) - 1)
WHERE instr(row, '=' || char(127)) > 0;
UPDATE device_option SET value = char(10, 127) WHERE value = char(127);
