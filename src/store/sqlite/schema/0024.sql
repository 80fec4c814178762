-- The latest command about a person of a device: the expression is the PIN ("pin=7").
CREATE INDEX command_person ON command (substr(subject, 5), device, id)
	WHERE kind IN ('update_person', 'delete_person');
