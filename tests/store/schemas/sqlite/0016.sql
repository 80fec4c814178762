-- Rows of schema 16, written by gatehouse 0.1.0 of d8b35c1 (tools/keep-store).
-- migrations 0ea3c8e5074e619a
INSERT INTO area (id, name, parent, namespace) VALUES
	(1, 'default', NULL, 'default'),
	(2, 'Kadıköy', 1, 'default');
INSERT INTO command (id, device, state, tries, created_ms, sent_ms, done_ms, expires_ms, return_code, result, sub_serial, text, kind, arguments, asked_by, subject) VALUES
	(1, 1, 3, 1, 1700000000100, 1700000000100, 1700000000100, 1700604800100, 0, 'ID=1&Return=0&CMD=DATA', '', 'CHECK', 'check', '', 'admin', 'check'),
	(2, 3, 0, 0, 1700000000100, 0, 0, 1700604800100, NULL, '', '', 'CHECK', 'check', '', 'admin', 'check'),
	(3, 2, 3, 1, 1700000000500, 1700000000600, 1700000000600, 1700604800500, 0, 'ID=3&Return=0&CMD=DATA', '', 'DATA UPDATE USERINFO PIN=7	Name=Ann	Pri=14	Passwd=***', 'update_person', 'pin=7
name=Ann
privilege=14
password=4711
', 'admin', 'pin=7'),
	(4, 2, 4, 1, 1700000000700, 1700000000800, 1700000000800, 1700604800700, -1002, 'ID=4&Return=-1002&CMD=DATA', '', 'DATA UPDATE FINGERTMP PIN=7	FID=6	Size=4	Valid=1	TMP=***', 'update_fingerprint', 'pin=7
no=6
valid=1
size=4
data=QUJD
', 'admin', 'pin=7'),
	(5, 2, 3, 1, 1700000000900, 1700000001000, 1700000001000, 1700000030900, 0, 'ID=5&Return=0&CMD=DATA', '', 'AC_UNLOCK', 'open_door', '', 'admin', 'door=1'),
	(6, 2, 2, 1, 1700000001100, 1700000001200, 0, 1700000601100, -5000, 'ID=6&Return=-5000&CMD=DATA', '', 'ENROLL_FP PIN=7	FID=6', 'enroll_fingerprint', 'pin=7
finger=6
', 'admin', 'pin=7'),
	(7, 2, 6, 0, 1700000001300, 0, 1700000001300, 1700086401300, NULL, '', '', 'INFO', 'info', '', 'admin', ''),
	(8, 2, 1, 1, 1700000001400, 1700000001500, 0, 1700604801400, NULL, '', '', 'DATA UPDATE USERINFO PIN=8	Name=Bo', 'update_person', 'pin=8
name=Bo
', 'admin', 'pin=8'),
	(9, 1, 0, 0, 1700000001600, 0, 0, 1700604801600, NULL, '', '', 'DATA UPDATE USERINFO PIN=8	Name=Bo	Passwd=***', 'update_person', 'pin=8
name=Bo
password=8899
', 'admin', 'pin=8'),
	(10, 1, 0, 0, 1700000001700, 0, 0, 1700604801700, NULL, '', '', 'DATA DELETE USERINFO PIN=2', 'delete_person', 'pin=2
', 'admin', 'pin=2'),
	(11, 1, 0, 0, 1700000001800, 0, 0, 1700604801800, NULL, '', '', 'CHECK', 'check', '', 'admin', 'check');
INSERT INTO command_ended (state, n) VALUES
	(3, 3),
	(4, 1),
	(6, 1);
INSERT INTO command_event (id, command, at_ms, state, detail) VALUES
	(1, 1, 1700000000100, 0, ''),
	(2, 1, 1700000000100, 1, ''),
	(3, 1, 1700000000100, 3, ''),
	(4, 2, 1700000000100, 0, ''),
	(5, 3, 1700000000500, 0, ''),
	(6, 3, 1700000000600, 1, ''),
	(7, 3, 1700000000600, 3, ''),
	(8, 4, 1700000000700, 0, ''),
	(9, 4, 1700000000800, 1, ''),
	(10, 4, 1700000000800, 4, ''),
	(11, 5, 1700000000900, 0, ''),
	(12, 5, 1700000001000, 1, ''),
	(13, 5, 1700000001000, 3, ''),
	(14, 6, 1700000001100, 0, ''),
	(15, 6, 1700000001200, 1, ''),
	(16, 6, 1700000001200, 2, ''),
	(17, 7, 1700000001300, 0, ''),
	(18, 7, 1700000001300, 6, ''),
	(19, 8, 1700000001400, 0, ''),
	(20, 8, 1700000001500, 1, ''),
	(21, 9, 1700000001600, 0, ''),
	(22, 10, 1700000001700, 0, ''),
	(23, 11, 1700000001800, 0, '');
INSERT INTO device (id, deleted, sn, name, state, zone, comm_key, device_type, address, firmware, charset, created_ms, seen_ms, area, clock_zone, clock, proven_address) VALUES
	(1, 0, 'KEPT0001', 'Gate', 1, 'Europe/Istanbul', NULL, '', '127.0.0.1', NULL, NULL, 1700000000000, 1700000000400, 2, 'Europe/Istanbul', NULL, NULL),
	(2, 0, 'KEPT0002', NULL, 1, NULL, NULL, '', '127.0.0.1', NULL, NULL, 1700000000000, 1700000001500, 1, 'Etc/UTC', NULL, NULL),
	(3, 0, 'KEPT0003', NULL, 1, NULL, 'secret', '', '127.0.0.1', NULL, NULL, 1700000000000, 1700000000200, 1, 'Etc/UTC', NULL, '127.0.0.1'),
	(4, 1, 'KEPT0004', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	(5, 0, 'KEPT0005', NULL, 0, NULL, NULL, '', '127.0.0.1', NULL, NULL, 1700000000000, 1700000000000, 1, NULL, NULL, NULL),
	(6, 0, 'KEPT0006', NULL, 2, NULL, NULL, '', '127.0.0.1', NULL, NULL, 1700000000000, 1700000000000, 1, NULL, NULL, NULL),
	(7, 0, 'KEPT000001', 'Depot', 1, '', '', NULL, NULL, 'Ver 6.60 Apr 28 2015', NULL, 1700000002100, 1700000002100, 1, 'Etc/UTC', '', NULL);
INSERT INTO device_attendance (device, push_version, language, info, delay_s, error_delay_s, trans_times, trans_interval_min, realtime, told_ms, told_offset_s, told_options, remote_attendance) VALUES
	(1, '2.4.1', '69', NULL, 20, NULL, NULL, NULL, NULL, 1700000000100, 10800, '10800 20 30 1 1 00:00;14:05', NULL),
	(2, '2.4.1', '69', NULL, NULL, NULL, NULL, NULL, NULL, 1700000000100, 0, '0 10 30 1 1 00:00;14:05', NULL),
	(3, '2.4.1', '69', NULL, NULL, NULL, NULL, NULL, 0, 1700000000100, 0, '0 10 30 1 0 00:00;14:05', NULL),
	(5, '2.4.1', '69', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
	(6, '2.4.1', '69', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO device_option (device, key, value) VALUES
	(7, 'FPCount', '0'),
	(7, 'FWVersion', 'Ver 6.60 Apr 28 2015'),
	(7, 'FaceCount', '0'),
	(7, 'FaceFunOn', '1'),
	(7, 'FingerFunOn', '1'),
	(7, 'GATEIPAddress', '192.168.1.1'),
	(7, 'IPAddress', '192.168.1.201'),
	(7, 'MAC', '00:17:61:38:39:42'),
	(7, 'NetMask', '255.255.255.0'),
	(7, 'PhotoFunOn', '1'),
	(7, 'TransactionCount', '3'),
	(7, 'UserCount', '2'),
	(7, 'ZKFaceVersion', '7'),
	(7, '~DeviceName', 'F18'),
	(7, '~MaxAttLogCount', '14000000'),
	(7, '~MaxFingerCount', '655350'),
	(7, '~MaxUserCount', '65535'),
	(7, '~OEMVendor', 'ZKTECO CO.,'),
	(7, '~OS', '1'),
	(7, '~PIN2Width', '9'),
	(7, '~Platform', 'ZMM220_TFT'),
	(7, '~ProductTime', '2018-05-22 17:32:05'),
	(7, '~ZKFPVersion', '10');
INSERT INTO device_stamp (device, key, value) VALUES
	(1, 'ATTLOG', '1006'),
	(1, 'ATTPHOTO', '2001'),
	(1, 'ERRORLOG', '2001'),
	(1, 'IDCARD', '2001'),
	(1, 'OPERLOG', '2001'),
	(2, 'ATTLOG', '1002');
INSERT INTO device_tag (device, tag) VALUES
	(1, 1),
	(1, 2);
INSERT INTO device_terminal (device, call_address, read_interval_s, live, told_serial) VALUES
	(7, '127.0.0.1:43709', 600, 1, NULL);
INSERT INTO error_log (id, device, received_ms, code, message, origin, command_id, additional, extra) VALUES
	(1, 1, 1700000000300, 'D01E0001', '', 'cmd', '1', '', NULL);
INSERT INTO id_card (id, device, received_ms, id_number, pin, serial_number, device_number, name, gender, nation, birthday, valid_info, address, additional_info, issuer, photo, fp_template1, fp_template2, reserve, notice, extra) VALUES
	(1, 1, 1700000000300, '123', '1', NULL, NULL, 'Ann', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO ledger (stream, last, id, uncoded) VALUES
	('punch', 0, 'keptkept', 0);
INSERT INTO oplog (id, device, received_ms, op, admin, time, value1, value2, value3, value4) VALUES
	(1, 1, 1700000000300, 4, '0', 20240601080000, '0', '0', '0', '0'),
	(2, 7, 1700000002100, 0, '0', 20260303160000, '0', '0', '0', '0'),
	(3, 7, 1700000002100, 30, '0', 20260303160000, '1', '0', '0', '0'),
	(4, 7, 1700000002100, 30, '0', 20260303160000, '2', '0', '0', '0');
INSERT INTO person (id, device, received_ms, pin, name, privilege, password, card, group_id, time_zone, verify_mode, vice_card, name_bytes, expires, valid_from, valid_to, extra) VALUES
	(1, 1, 1700000000300, '1', 'Ann', 14, '4711', NULL, NULL, NULL, NULL, NULL, X'', NULL, NULL, NULL, NULL),
	(2, 1, 1700000000300, '2', '李', 0, '', '', '1', '1', NULL, NULL, X'E69D8E', NULL, NULL, NULL, NULL),
	(4, 2, 1700000000600, '7', 'Ann', 14, '4711', NULL, NULL, NULL, NULL, NULL, X'', NULL, NULL, NULL, NULL);
INSERT INTO photo (id, device, received_ms, pin, kind, type, file_name, size, result, id_number, content, extra) VALUES
	(1, 1, 1700000000300, '1', 'attendance', 0, '20240601080000-1.jpg', 4, -1, '', X'FFD8FFD9', ''),
	(2, 1, 1700000000300, '2', 'user', 0, '2.jpg', 4, NULL, NULL, X'FFD8FFD9', NULL),
	(3, 1, 1700000000300, '2', 'comparison', 9, '2.jpg', 4, NULL, NULL, X'FFD8FFD9', NULL);
INSERT INTO punch (seq, device, time, pin, status, verify, work_code, zone, utc, received_ms, flags, source, extra) VALUES
	(1, 1, 20231114080000, '100', 0, 1, '0', 1, 1699938000, 1700000000200, 0, 0, NULL),
	(2, 1, 20231114080100, '101', 1, 1, '0', 1, 1699938060, 1700000000200, 0, 0, NULL),
	(3, 1, 20231114080200, '102', 0, 1, '0', 1, 1699938120, 1700000000200, 0, 0, NULL),
	(4, 1, 20231114080300, '103', 1, 1, '0', 1, 1699938180, 1700000000200, 0, 0, NULL),
	(5, 1, 20231114080400, '104', 0, 1, '0', 1, 1699938240, 1700000000200, 0, 0, NULL),
	(6, 2, 20231114081000, '7', 0, 15, '0', 2, 1699949400, 1700000000200, 0, 0, NULL),
	(7, 2, 20231114081100, 'Ärzte', 1, 1, '0', 2, 1699949460, 1700000000200, 0, 0, NULL),
	(8, 3, 20231114082000, '7', 0, 1, '88', 2, 1699950000, 1700000000200, 0, 0, NULL),
	(9, 4, 20231114083000, '9', 0, 1, '0', 2, 1699950600, 1700000000200, 0, 0, NULL),
	(10, 7, 20260303155828, '2', 1, 15, '', 2, 1772553508, 1700000002100, 0, 2, NULL),
	(11, 7, 20260303155858, '1', 1, 0, '', 2, 1772553538, 1700000002100, 0, 2, NULL),
	(12, 7, 20260303155942, '1', 1, 1, '', 2, 1772553582, 1700000002100, 0, 2, NULL);
INSERT INTO quarantine (id, device, received_ms, source, line, offset, reason, raw, mark) VALUES
	(1, 1, 1700000000400, 'ATTLOG', 1, 0, 'column 2: no readable time', X'31096E6F2074696D6509300931', NULL);
INSERT INTO raw_upload (id, device, received_ms, source, target, body) VALUES
	(1, 1, 1700000000400, 'NEWTABLE', '/iclock/cdata?SN=KEPT0001&table=NEWTABLE', X'413D3109423D320A');
INSERT INTO sqlite_sequence (name, seq) VALUES
	('area', 2),
	('command', 11),
	('error_log', 1),
	('id_card', 1),
	('oplog', 4),
	('person', 4),
	('photo', 3),
	('quarantine', 1),
	('raw_upload', 1),
	('tag', 2),
	('template', 3),
	('token', 3),
	('work_code', 1);
INSERT INTO tag (id, name) VALUES
	(1, 'gate'),
	(2, 'north');
INSERT INTO template (id, device, received_ms, pin, source, type, no, part, valid, duress, major_ver, minor_ver, format, size, data, extra) VALUES
	(1, 1, 1700000000300, '1', 'fp', 1, 1, 0, 1, NULL, NULL, NULL, NULL, 4, 'AAAA', NULL),
	(2, 1, 1700000000300, '1', 'face', 2, 0, 0, 1, NULL, NULL, NULL, NULL, 4, 'BBBB', NULL),
	(3, 1, 1700000000300, '2', 'biodata', 9, 0, 0, 1, 0, 5, 8, '0', NULL, 'QUJD', NULL);
INSERT INTO token (id, name, hash, created_ms, scopes) VALUES
	(1, 'admin', X'DD92095DB02262420772805DDD60BC789933540BD61C6FB7387D2631D7B66DC5', 1699999972400, 'admin'),
	(2, 'payroll', X'06CF2C14A2F0D7FB81D80E93A5852BF1BA92294118BF216D2F731A289DB7FC58', 1700000002000, 'read'),
	(3, 'console', X'27690633B6A8F7DCB8EE80FA44E1E66D40F1C045685E1585DED24A2817140966', 1700000002000, 'read write');
INSERT INTO work_code (id, device, received_ms, code, slot, name, extra) VALUES
	(1, 1, 1700000000300, '3', '1', 'Weld', NULL);
INSERT INTO zone (id, name) VALUES
	(1, 'Europe/Istanbul'),
	(2, 'Etc/UTC');
