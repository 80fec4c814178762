-- Programs of the first schemas made databases without this function, which appending has needed since.
CREATE OR REPLACE FUNCTION gh_mark(mark bigint, grp bigint, first bigint, last bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	UPDATE node_mark SET last_group = grp, first_seq = first, last_seq = last WHERE id = mark;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'the connection of this transaction was given up'
			USING ERRCODE = 'GH410';
	END IF;
END $$;

-- They also gave the first event of a command its own number in place of that of the command, which is
-- the one that was made in the same millisecond and has no such event; of several, in their order.
WITH lost AS (
	SELECT e.id, e.at_ms, row_number() OVER (PARTITION BY e.at_ms ORDER BY e.id) AS place
	FROM command_event e
	WHERE e.state = 0 AND e.command = e.id AND NOT EXISTS (
		SELECT FROM command c WHERE c.id = e.command AND c.created_ms = e.at_ms)
), bare AS (
	SELECT c.id, c.created_ms, row_number() OVER (PARTITION BY c.created_ms ORDER BY c.id) AS place
	FROM command c
	WHERE NOT EXISTS (
		SELECT FROM command_event e
		WHERE e.command = c.id AND e.state = 0 AND e.at_ms = c.created_ms)
)
UPDATE command_event e SET command = bare.id
FROM lost JOIN bare ON bare.created_ms = lost.at_ms AND bare.place = lost.place
WHERE e.id = lost.id;
