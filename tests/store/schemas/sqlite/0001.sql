-- Rows of schema 1, written by gatehouse 0.1.0 of 3662409 (tools/keep-store).
-- migrations f1b7e4274abd5dcd
INSERT INTO command (id, device, state, tries, created_ms, sent_ms, done_ms, expires_ms, return_code, result, sub_serial, text) VALUES
	(1, 2, 3, 1, 1700000000500, 1700000000600, 1700000000600, 1700604800500, 0, 'ID=1&Return=0&CMD=DATA', '', 'DATA UPDATE USERINFO PIN=7	Name=Ann	Pri=14	Passwd=4711'),
	(2, 2, 4, 1, 1700000000700, 1700000000800, 1700000000800, 1700604800700, -1002, 'ID=2&Return=-1002&CMD=DATA', '', 'DATA UPDATE FINGERTMP PIN=7	FID=6	Size=4	Valid=1	TMP=QUJD'),
	(3, 2, 3, 1, 1700000000900, 1700000001000, 1700000001000, 1700604800900, 0, 'ID=3&Return=0&CMD=DATA', '', 'AC_UNLOCK'),
	(4, 2, 2, 1, 1700000001100, 1700000001200, 0, 1700604801100, -5000, 'ID=4&Return=-5000&CMD=DATA', '', 'ENROLL_FP PIN=7	FID=6'),
	(5, 2, 6, 0, 1700000001300, 0, 1700000001300, 1700604801300, NULL, '', '', 'INFO'),
	(6, 2, 1, 1, 1700000001400, 1700000001500, 0, 1700604801400, NULL, '', '', 'DATA UPDATE USERINFO PIN=8	Name=Bo'),
	(7, 1, 0, 0, 1700000001600, 0, 0, 1700604801600, NULL, '', '', 'DATA UPDATE USERINFO PIN=8	Name=Bo	Passwd=8899'),
	(8, 1, 0, 0, 1700000001700, 0, 0, 1700604801700, NULL, '', '', 'DATA DELETE USERINFO PIN=2'),
	(9, 1, 0, 0, 1700000001800, 0, 0, 1700604801800, NULL, '', '', 'CHECK');
INSERT INTO command_event (id, command, at_ms, state, detail) VALUES
	(1, 1, 1700000000500, 0, ''),
	(2, 1, 1700000000600, 1, ''),
	(3, 1, 1700000000600, 3, ''),
	(4, 2, 1700000000700, 0, ''),
	(5, 2, 1700000000800, 1, ''),
	(6, 2, 1700000000800, 4, ''),
	(7, 3, 1700000000900, 0, ''),
	(8, 3, 1700000001000, 1, ''),
	(9, 3, 1700000001000, 3, ''),
	(10, 4, 1700000001100, 0, ''),
	(11, 4, 1700000001200, 1, ''),
	(12, 4, 1700000001200, 2, ''),
	(13, 5, 1700000001300, 0, ''),
	(14, 5, 1700000001300, 6, ''),
	(15, 6, 1700000001400, 0, ''),
	(16, 6, 1700000001500, 1, ''),
	(17, 7, 1700000001600, 0, ''),
	(18, 8, 1700000001700, 0, ''),
	(19, 9, 1700000001800, 0, '');
INSERT INTO device (id, deleted, sn, name, state, zone, comm_key, push_version, language, device_type, address, firmware, info, charset, delay_s, error_delay_s, trans_times, trans_interval_min, realtime, created_ms, seen_ms) VALUES
	(1, 0, 'KEPT0001', 'Gate', 1, 'Europe/Istanbul', NULL, '2.4.1', '69', '', '127.0.0.1', NULL, NULL, NULL, 20, NULL, NULL, NULL, NULL, 1700000000000, 1700000000400),
	(2, 0, 'KEPT0002', NULL, 1, NULL, NULL, '2.4.1', '69', '', '127.0.0.1', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1700000000000, 1700000001500),
	(3, 0, 'KEPT0003', NULL, 1, NULL, 'secret', '2.4.1', '69', '', '127.0.0.1', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1700000000000, 1700000000200),
	(4, 1, 'KEPT0004', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	(5, 0, 'KEPT0005', NULL, 0, NULL, NULL, '2.4.1', '69', '', '127.0.0.1', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1700000000000, 1700000000000),
	(6, 0, 'KEPT0006', NULL, 2, NULL, NULL, '2.4.1', '69', '', '127.0.0.1', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1700000000000, 1700000000000);
INSERT INTO device_stamp (device, key, value) VALUES
	(1, 'ATTLOG', '1006'),
	(1, 'ATTPHOTO', '2001'),
	(1, 'ERRORLOG', '2001'),
	(1, 'IDCARD', '2001'),
	(1, 'OPERLOG', '2001'),
	(2, 'ATTLOG', '1002');
INSERT INTO error_log (id, device, received_ms, code, message, origin, command_id, additional) VALUES
	(1, 1, 1700000000300, 'D01E0001', '', 'cmd', '1', '');
INSERT INTO id_card (id, device, received_ms, id_number, pin, serial_number, device_number, name, gender, nation, birthday, valid_info, address, additional_info, issuer, photo, fp_template1, fp_template2, reserve, notice) VALUES
	(1, 1, 1700000000300, '123', '1', NULL, NULL, 'Ann', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO oplog (id, device, received_ms, op, admin, time, value1, value2, value3, value4) VALUES
	(1, 1, 1700000000300, 4, '0', 20240601080000, '0', '0', '0', '0');
INSERT INTO person (id, device, received_ms, pin, name, privilege, password, card, group_id, time_zone, verify_mode, vice_card) VALUES
	(1, 1, 1700000000300, '1', 'Ann', 14, '4711', NULL, NULL, NULL, NULL, NULL),
	(2, 1, 1700000000300, '2', '李', 0, '', '', '1', '1', NULL, NULL);
INSERT INTO photo (id, device, received_ms, pin, kind, type, file_name, size, result, id_number, content) VALUES
	(1, 1, 1700000000300, '1', 'attendance', 0, '20240601080000-1.jpg', 4, -1, '', X'FFD8FFD9'),
	(2, 1, 1700000000300, '2', 'user', 0, '2.jpg', 4, NULL, NULL, X'FFD8FFD9'),
	(3, 1, 1700000000300, '2', 'comparison', 9, '2.jpg', 4, NULL, NULL, X'FFD8FFD9');
INSERT INTO punch (seq, device, time, pin, status, verify, work_code, zone, utc, received_ms, flags, source, extra) VALUES
	(1, 1, 20231114080000, '100', 0, 1, '0', 1, 1699938000, 1700000000200, 0, 0, NULL),
	(2, 1, 20231114080100, '101', 1, 1, '0', 1, 1699938060, 1700000000200, 0, 0, NULL),
	(3, 1, 20231114080200, '102', 0, 1, '0', 1, 1699938120, 1700000000200, 0, 0, NULL),
	(4, 1, 20231114080300, '103', 1, 1, '0', 1, 1699938180, 1700000000200, 0, 0, NULL),
	(5, 1, 20231114080400, '104', 0, 1, '0', 1, 1699938240, 1700000000200, 0, 0, NULL),
	(6, 2, 20231114081000, '7', 0, 15, '0', 2, 1699949400, 1700000000200, 0, 0, NULL),
	(7, 2, 20231114081100, 'Ärzte', 1, 1, '0', 2, 1699949460, 1700000000200, 0, 0, NULL),
	(8, 3, 20231114082000, '7', 0, 1, '88', 2, 1699950000, 1700000000200, 0, 0, NULL),
	(9, 4, 20231114083000, '9', 0, 1, '0', 2, 1699950600, 1700000000200, 0, 0, NULL);
INSERT INTO quarantine (id, device, received_ms, source, line, offset, reason, raw) VALUES
	(1, 1, 1700000000400, 'ATTLOG', 1, 0, 'column 2: no readable time', X'31096E6F2074696D6509300931');
INSERT INTO raw_upload (id, device, received_ms, source, target, body) VALUES
	(1, 1, 1700000000400, 'NEWTABLE', '/iclock/cdata?SN=KEPT0001&table=NEWTABLE', X'413D3109423D320A');
INSERT INTO sqlite_sequence (name, seq) VALUES
	('command', 9),
	('error_log', 1),
	('id_card', 1),
	('oplog', 1),
	('person', 3),
	('photo', 3),
	('quarantine', 1),
	('raw_upload', 1),
	('template', 3),
	('token', 3),
	('work_code', 1);
INSERT INTO template (id, device, received_ms, pin, source, type, no, part, valid, duress, major_ver, minor_ver, format, size, data) VALUES
	(1, 1, 1700000000300, '1', 'fp', 1, 1, 0, 1, NULL, NULL, NULL, NULL, 4, 'AAAA'),
	(2, 1, 1700000000300, '1', 'face', 2, 0, 0, 1, NULL, NULL, NULL, NULL, 4, 'BBBB'),
	(3, 1, 1700000000300, '2', 'biodata', 9, 0, 0, 1, 0, 5, 8, '0', NULL, 'QUJD');
INSERT INTO token (id, name, hash, scope, created_ms) VALUES
	(1, 'admin', X'DD92095DB02262420772805DDD60BC789933540BD61C6FB7387D2631D7B66DC5', 2, 1699999972400),
	(2, 'payroll', X'06CF2C14A2F0D7FB81D80E93A5852BF1BA92294118BF216D2F731A289DB7FC58', 0, 1700000002000),
	(3, 'console', X'27690633B6A8F7DCB8EE80FA44E1E66D40F1C045685E1585DED24A2817140966', 1, 1700000002000);
INSERT INTO work_code (id, device, received_ms, code, slot, name) VALUES
	(1, 1, 1700000000300, '3', '1', 'Weld');
INSERT INTO zone (id, name) VALUES
	(1, 'Europe/Istanbul'),
	(2, 'Etc/UTC');
