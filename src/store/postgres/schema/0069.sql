-- A value that is not known any more has the byte 1 before DEL: a unit may have DEL alone. A row has no NUL; one that had
-- could not be read as text.
UPDATE device_table
SET row = convert_to(regexp_replace(convert_from(row, 'LATIN1'), '=' || chr(127) || '(?=' || chr(9) || '|$)',
	'=' || chr(1) || chr(127), 'g'), 'LATIN1')
WHERE position('\x3d7f'::bytea IN row) > 0 AND position('\x00'::bytea IN row) = 0;
UPDATE device_option SET value = '\x017f'::bytea WHERE value = '\x7f'::bytea;
