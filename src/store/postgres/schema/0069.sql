-- A value that is not known any more has a line end before DEL, which no unit can send: a unit may have DEL itself.
UPDATE device_table
SET row = convert_to(regexp_replace(convert_from(row, 'LATIN1'), '=' || chr(127) || '(?=' || chr(9) || '|$)',
	'=' || chr(10) || chr(127), 'g'), 'LATIN1')
WHERE position('\x3d7f'::bytea IN row) > 0;
UPDATE device_option SET value = '\x0a7f'::bytea WHERE value = '\x7f'::bytea;
