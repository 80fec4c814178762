-- How many rows a device has in the tables whose rows are counted (sql/row_count.h), of templates by
-- their source. Each transaction that adds or removes some writes the difference, once.
CREATE TABLE row_count (
	device bigint NOT NULL,
	name bytea NOT NULL,
	source bytea NOT NULL,
	n bigint NOT NULL,
	PRIMARY KEY (device, name, source)
) WITH (fillfactor = 50);
INSERT INTO row_count SELECT device, 'person', '', count(*) FROM person GROUP BY device;
INSERT INTO row_count SELECT device, 'template', source, count(*) FROM template GROUP BY device, source;
INSERT INTO row_count SELECT device, 'photo', '', count(*) FROM photo GROUP BY device;
INSERT INTO row_count SELECT device, 'oplog', '', count(*) FROM oplog GROUP BY device;
INSERT INTO row_count SELECT device, 'id_card', '', count(*) FROM id_card GROUP BY device;
INSERT INTO row_count SELECT device, 'error_log', '', count(*) FROM error_log GROUP BY device;
INSERT INTO row_count SELECT device, 'work_code', '', count(*) FROM work_code GROUP BY device;
INSERT INTO row_count SELECT device, 'quarantine', '', count(*) FROM quarantine GROUP BY device;
INSERT INTO row_count SELECT device, 'raw_upload', '', count(*) FROM raw_upload GROUP BY device;
