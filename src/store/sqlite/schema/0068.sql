-- A value that is not known any more has the byte 1 before DEL: a unit may have DEL alone.
UPDATE device_table
SET row = substr(replace(row || char(9), '=' || char(127) || char(9), '=' || char(1, 127) || char(9)), 1,
	length(replace(row || char(9), '=' || char(127) || char(9), '=' || char(1, 127) || char(9))) - 1)
WHERE instr(row, '=' || char(127)) > 0 AND instr(row, char(0)) = 0;
UPDATE device_option SET value = char(1, 127) WHERE value = char(127);
