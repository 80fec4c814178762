/* The data commands that Security PUSH 3.1.2 prints in 5, 9.1 and 9.2, as they stand on the wire; ids are
 * those of our reading notes. Templates are shortened where they are longer than a line. */
static const struct {
	const char *id, *text;
} example[] = {
	{ "sec-028",
	  "DATA UPDATE user CardNo=\tPin=1\tPassword=234\tGroup=0\tStartTime=0\tEndTime=0\tName"
	  "=\tPrivilege=0" },
	{ "sec-029",
	  "DATA UPDATE extuser Pin=1\tFunSwitch=1\tFirstName=\tLastName=\tPersonalVS=0" },
	{ "sec-030",
	  "DATA UPDATE mulcarduser Pin=1\tCardNo=CC9932DD\tLossCardFlag=0\tCardType=0" },
	{ "sec-031",
	  "DATA UPDATE mulcarduser Pin=1\tCardNo=CC9932DD\tLossCardFlag=0\tCardType=0\tCardBit="
	  "26\tSiteCode=10010\tIMIE=356591106" },
	{ "sec-032",
	  "DATA UPDATE identitycard Pin=1\tSN_Num=26121292460088826975\tID_Num=210102199212182x"
	  "xxx\tDN_Num=\tName=Zhang San\tGender=1\tNation=1\tBirthday=19911218\tValid_Info=2013"
	  "091220230912\tAddress=xxxxx, Tangxia Town, Dongguan, Guangdong\tAdditional_Info=\tIs"
	  "suer=xxx Public Security Bureau\tPhoto=V0xmAH4AMgAA/apmyEd8\tPhotoJPG=Y0tKqWNPzyEd8P"
	  "n0EhRsgAAjeWPxiUzLaPU1w=\tFP_Template1=QwGIEgELUQAAAAAAAAAAAAAAACgBmnIcAf///////0wZq"
	  "fwuJK78PzJg/lw\tFP_Template2=QwGIEgEQUAAAAAAAAAAAAAAAADIBmkbyAP///////3UYCPxXQs38qEV"
	  "W/rpLovwyUBv8WV8\tReserve=\tNotice=" },
	{ "sec-033", "DATA UPDATE userauthorize "
		     "Pin=1\tAuthorizeTimezoneId=1\tAuthorizeDoorId=1\tDevID=1" },
	{ "sec-034", "DATA UPDATE holiday Holiday=20100101\tHolidayType=1\tLoop=1" },
	{ "sec-035",
	  "DATA UPDATE timezone TimezoneId=2\tSunTime1=0\tSunTime2=0\tSunTime3=0\tMonTime1=6553"
	  "9\tMonTime2=65537100\tMonTime3=0\tTueTime1=0\tTueTime2=0\tTueTime3=0\tWedTime1=0\tWe"
	  "dTime2=0\tWedTime3=0\tThuTime1=0\tThuTime2=0\tThuTime3=0\tFriTime1=0\tFriTime2=0\tFr"
	  "iTime3=0\tSatTime1=0\tSatTime2=0\tSatTime3=0\tHol1Time1=0\tHol1Time2=0\tHol1Time3=0"
	  "\tHol2Time1=0\tHol2Time2=0\tHol2Time3=0\tHol3Time1=0\tHol3Time2=0\tHol3Time3=0" },
	{ "sec-036",
	  "DATA UPDATE templatev10 Pin=1\tFingerID=6\tValid=1\tTemplate=Si9TUzIxAAADbG8E" },
	{ "sec-037", "DATA UPDATE firstcard DoorID=1\tTimezoneID=1\tPin=1\tDevID=1" },
	{ "sec-038",
	  "DATA UPDATE multimcard Index=1\tDoorId=1\tGroup1=1\tGroup2=3\tGroup3=\tGroup4=\tGrou"
	  "p5=\tDevID=1" },
	{ "sec-039",
	  "DATA UPDATE inoutfun Index=1\tEventType=204\tInAddr=0\tOutType=0\tOutAddr=1\tOutTime"
	  "=0\tReserved=0\tInDevID=14\tOutDevID=14" },
	{ "sec-040", "DATA UPDATE outrelaysetting "
		     "Num=1\tOutType=1\tActionType=0\tTimezoneId=1\tDevID=14" },
	{ "sec-041",
	  "DATA UPDATE DSTSetting Year=2018\tStartTime=03020517\tEndTime=08020508\tLoop=1" },
	{ "sec-042",
	  "DATA UPDATE DevProperty ID=14\tType=0\tBusType=0\tMachineType=28\tAddress=0\tMac=\tI"
	  "PAddress=192.168.223.222\tSN=DDG7050067042500078\tIsMaster=0" },
	{ "sec-043", "DATA UPDATE DevParameters ID=14\tName=IsSupportReaderEncrypt\tValue=0" },
	{ "sec-044", "DATA UPDATE DoorProperty ID=1\tDevID=14\tAddress=1\tDisable=0" },
	{ "sec-045", "DATA UPDATE DoorParameters ID=1\tName=MaskFlag\tValue=0\tDevID=14" },
	{ "sec-046",
	  "DATA UPDATE ReaderProperty ID=1\tDoorID=1\tType=2\tAddress=1\tIPAddress=\tPort=4376"
	  "\tMAC=\tInOut=0\tDisable=0\tVerifyType=0\tMulticast=\tDevID=14\tOfflineRefuse=0" },
	{ "sec-047", "DATA UPDATE ReaderParameters ID=1\tDevID=1\tName=MaskFlag\tValue=1" },
	{ "sec-048",
	  "DATA UPDATE AuxIn ID=1\tDevID=14\tAddress=1\tDisable=0\tExtBoardID=1\tInputType=1\tI"
	  "nputMode=0\tSupervisedResistor=4" },
	{ "sec-049", "DATA UPDATE AuxOut ID=1\tDevID=14\tAddress=1\tDisable=0" },
	{ "sec-050",
	  "DATA UPDATE DefaultWGFormat ID=2\tCardBit=26\tSiteCode=0\tFormatName=Wiegand 26\tCar"
	  "dFormat=pccccccccccccccccccccccccp:eeeeeeeeeeeeeooooooooooooo" },
	{ "sec-051",
	  "DATA UPDATE WGFormat ID=2\tCardBit=26\tSiteCode=0\tFormatName=Wiegand 26\tCardFormat"
	  "=pccccccccccccccccccccccccp:eeeeeeeeeeeeeooooooooooooo" },
	{ "sec-052",
	  "DATA UPDATE ReaderWGFormat ReaderID=1\tDevID=14\tWGFormatID=2\tParityVerifyDisable=0"
	  "\tReversalType=0" },
	{ "sec-053", "DATA UPDATE InputIOSetting Number=1\tInType=0\tTimeZoneId=1\tDevID=14" },
	{ "sec-054",
	  "DATA UPDATE DiffTimezoneVS TimezoneID=1\tSunTime1=2359\tSunTime1VSUser=255\tSunTime1"
	  "VSDoor=255\tSunTime2=0\tSunTime2VSUser=255\tSunTime2VSDoor=255\tSunTime3=0\tSunTime3"
	  "VSUser=255\tSunTime3VSDoor=255\tMonTime1=2359\tMonTime1VSUser=7\tMonTime1VSDoor=5\tM"
	  "onTime2=0\tMonTime2VSUser=255\tMonTime2VSDoor=255\tMonTime3=0\tMonTime3VSUser=255\tM"
	  "onTime3VSDoor=255\tTueTime1=2359\tTueTime1VSUser=255\tTueTime1VSDoor=255\tTueTime2=0"
	  "\tTueTime2VSUser=255\tTueTime2VSDoor=255\tTueTime3=0\tTueTime3VSUser=255\tTueTime3VS"
	  "Door=255\tWedTime1=2359\tWedTime1VSUser=255\tWedTime1VSDoor=255\tWedTime2=0\tWedTime"
	  "2VSUser=255\tWedTime2VSDoor=255\tWedTime3=0\tWedTime3VSUser=255\tWedTime3VSDoor=255"
	  "\tThuTime1=2359\tThuTime1VSUser=255\tThuTime1VSDoor=255\tThuTime2=0\tThuTime2VSUser="
	  "255\tThuTime2VSDoor=255\tThuTime3=0\tThuTime3VSUser=255\tThuTime3VSDoor=255\tFriTime"
	  "1=2359\tFriTime1VSUser=255\tFriTime1VSDoor=255\tFriTime2=0\tFriTime2VSUser=255\tFriT"
	  "ime2VSDoor=255\tFriTime3=0\tFriTime3VSUser=255\tFriTime3VSDoor=255\tSatTime1=2359\tS"
	  "atTime1VSUser=255\tSatTime1VSDoor=255\tSatTime2=0\tSatTime2VSUser=255\tSatTime2VSDoo"
	  "r=255\tSatTime3=0\tSatTime3VSUser=255\tSatTime3VSDoor=255\tHol1Time1=2359\tHol1Time1"
	  "VSUser=255\tHol1Time1VSDoor=255\tHol1Time2=0\tHol1Time2VSUser=255\tHol1Time2VSDoor=2"
	  "55\tHol1Time3=0\tHol1Time3VSUser=255\tHol1Time3VSDoor=255\tHol2Time1=2359\tHol2Time1"
	  "VSUser=255\tHol2Time1VSDoor=255\tHol2Time2=0\tHol2Time2VSUser=255\tHol2Time2VSDoor=2"
	  "55\tHol2Time3=0\tHol2Time3VSUser=255\tHol2Time3VSDoor=255\tHol3Time1=2359\tHol3Time1"
	  "VSUser=255\tHol3Time1VSDoor=255\tHol3Time2=0\tHol3Time2VSUser=255\tHol3Time2VSDoor=2"
	  "55\tHol3Time3=0\tHol3Time3VSUser=255\tHol3Time3VSDoor=255" },
	{ "sec-055", "DATA UPDATE DoorVSTimezone DoorID=4\tTimezoneID=1\tDevID=14" },
	{ "sec-056", "DATA UPDATE PersonalVSTimezone PIN=1\tDoorID=4\tTimezoneID=1\tDevID=14" },
	{ "sec-057", "DATA UPDATE SuperAuthorize Pin=1\tDoorID=4\tDevID=14" },
	{ "sec-058", "DATA UPDATE userpic pin=2\tsize=138620\tcontent=/9j/4AAQSkZJRgAB" },
	{ "sec-059",
	  "DATA UPDATE biodata Pin=2\tNo=0\tIndex=0\tValid=1\tDuress=0\tType=9\tMajorVer=5\tMin"
	  "orVer=8\tFormat=0\tTmp=AAAAAAAA" },
	{ "sec-061",
	  "DATA UPDATE usereleauthorize Pin=2\tAuthorizeTimezoneId=1\tAuthorizeFloorId=1\tAutho"
	  "rizeFloors=180" },
	{ "sec-062",
	  "DATA UPDATE ExtBoardID=1\tDevID=1\tDevType=101\tBusType=0\tAddress=4\tDisabl"
	  "e=0" },
	{ "sec-063", "DATA UPDATE ExtBoardID=1\tReactType=1\tEntityID=1\tSeqNo=1" },
	{ "sec-064",
	  "DATA UPDATE WGFormat ID=2\tCardBit=26\tSiteCode=0\tFormatName=Wiegand26\tCardFormat="
	  "pccccccccccccccccccccccccp:eeeeeeeeeeeeeooooooooooooo" },
	{ "sec-065",
	  "DATA UPDATE WGFormat ID=2\tCardBit=26\tSiteCode=0\tFormatName=Wiegand26\tCardFormat="
	  "pccccccccccccccccccccccccp:eeeeeeeeeeeeeooooooooooooo\tExtSiteCode=1000;2000\tExtPar"
	  "ityFormat=xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeex;xooooooooooooooooooooooooooooooooxo\tI"
	  "sDefault=0" },
	{ "sec-066",
	  "DATA UPDATE contact_info ContactID=1\tPin=1000\tGroupName=1#101\tDisplayName=Alfred"
	  "\tPassCode=123456" },
	{ "sec-067",
	  "DATA UPDATE contact_number_list ContactID=1\tNumType=1\tNumber=15865742356\tPriority"
	  "=1\tPatternID=1" },
	{ "sec-068",
	  "DATA UPDATE contact_number_pattern_list PatternID=1\tPattern=9[1-9]\tStrip=2\tPrepen"
	  "d=" },
	{ "sec-069",
	  "DATA UPDATE ReaderProperty ReaderID=1\tDoorID=1\tBusType=1\tInOut=0\tAddress=1\tDisa"
	  "ble=0" },
	{ "sec-070",
	  "DATA UPDATE ReaderParameter ReaderID=1\tName=readerChannelSecureType\tValue=1" },
	{ "sec-071", "DATA UPDATE cambindinfo TargetType=0\tTargetID=1\tChn=1\tDevID=1" },
	{ "sec-072", "DATA UPDATE TriggerList TriggerListID=0\tType=0\tDevID=1\tTriggerID=1" },
	{ "sec-073",
	  "DATA UPDATE AntiPassBack AntiPassBackID=1\tPTriggerListID=1\tTTriggerListID=1" },
	{ "sec-074",
	  "DATA UPDATE InterLock InterLockID=1\tPTriggerListID=1\tTTriggerListID=1" },
	{ "sec-075", "DATA DELETE userauthorize Pin=1" },
	{ "sec-076", "DATA DELETE templatev10 Pin=1" },
	{ "sec-077", "DATA DELETE user Pin=1" },
	{ "sec-078", "DATA DELETE extuser Pin=1" },
	{ "sec-079", "DATA DELETE mulcarduser Pin=1" },
	{ "sec-080", "DATA DELETE userauthorize Pin=1" },
	{ "sec-081", "DATA DELETE transaction *" },
	{ "sec-082", "DATA DELETE templatev10 Pin=1\tFingerID=6" },
	{ "sec-083", "DATA DELETE holiday *" },
	{ "sec-084", "DATA DELETE timezone TimezoneId=1" },
	{ "sec-085", "DATA DELETE firstcard DoorID=1" },
	{ "sec-086", "DATA DELETE firstcard Pin=1" },
	{ "sec-087", "DATA DELETE multimcard Index=1" },
	{ "sec-088", "DATA DELETE inoutfun Index=1" },
	{ "sec-089", "DATA DELETE outrelaysetting Num=1" },
	{ "sec-090", "DATA DELETE DSTSetting *" },
	{ "sec-091", "DATA DELETE DevProperty *" },
	{ "sec-092", "DATA DELETE DevParameters *" },
	{ "sec-093", "DATA DELETE DoorProperty *" },
	{ "sec-094", "DATA DELETE DoorParameters *" },
	{ "sec-095", "DATA DELETE ReaderProperty *" },
	{ "sec-096", "DATA DELETE ReaderParameters *" },
	{ "sec-097", "DATA DELETE AuxIn *" },
	{ "sec-098", "DATA DELETE AuxOut *" },
	{ "sec-099", "DATA DELETE DefaultWGFormat ID=1" },
	{ "sec-100", "DATA DELETE DefaultWGFormat CardBit=26" },
	{ "sec-101", "DATA DELETE WGFormat ID=1" },
	{ "sec-102", "DATA DELETE WGFormat CardBit=26" },
	{ "sec-103", "DATA DELETE ReaderWGFormat ReaderID=1" },
	{ "sec-104", "DATA DELETE ReaderWGFormat DevID=24" },
	{ "sec-105", "DATA DELETE InputIOSetting *" },
	{ "sec-106", "DATA DELETE DiffTimezoneVS TimezoneID=1" },
	{ "sec-107", "DATA DELETE DoorVSTimezone DoorID=1" },
	{ "sec-108", "DATA DELETE PersonalVSTimezone PIN=1" },
	{ "sec-109", "DATA DELETE PersonalVSTimezone PIN=1\tDoorID=1" },
	{ "sec-110", "DATA DELETE SuperAuthorize Pin=1" },
	{ "sec-111", "DATA DELETE contact_info ContactID=1" },
	{ "sec-112", "DATA DELETE contact_number_list ContactID=1" },
	{ "sec-113", "DATA DELETE contact_number_list ContactID=1\tNumType=1" },
	{ "sec-114", "DATA DELETE contact_number_pattern_list PatternID=1" },
	{ "sec-115", "DATA DELETE ReaderProperty ReaderID=1" },
	{ "sec-116", "DATA DELETE ReaderParameter ReaderID=1" },
	{ "sec-117", "DATA DELETE ReaderParameter ReaderID=1\tName=readerChannelSecureType" },
	{ "sec-118", "DATA DELETE cambindinfo TargetType=0\tTargetID=1" },
	{ "sec-119", "DATA DELETE cambindinfo TargetType=0\tTargetID=1\tChn=1" },
	{ "sec-120", "DATA DELETE TriggerList TriggerListID=1" },
	{ "sec-121", "DATA DELETE TriggerList Type=0" },
	{ "sec-122", "DATA DELETE AntiPassBack AntiPassBackID=1" },
	{ "sec-123", "DATA DELETE InterLock InterLockID=1" },
	{ "sec-124", "DATA COUNT user" },
	{ "sec-126", "DATA COUNT biophoto" },
	{ "sec-127", "DATA COUNT biophoto Type=9" },
	{ "sec-129", "DATA COUNT biodata Type=9" },
	{ "sec-131", "DATA QUERY tablename=user,fielddesc=*,filter=*" },
	{ "sec-133", "DATA QUERY tablename=transaction,fielddesc=*,filter=*" },
	{ "sec-135", "DATA QUERY tablename=[APList],fielddesc=*,filter=*" },
	{ "sec-137", "DATA QUERY tablename=biophoto,fielddesc=*,filter=*" },
	{ "sec-140", "DATA QUERY tablename=biodata,fielddesc=*,filter=Type=9" },
	{ "sec-143", "DATA QUERY tablename=biodata,fielddesc=*,filter=Type=9\tPin=1" },
	{ "sec-144", "DATA QUERY tablename=biodata,fielddesc=*,filter=Type=1\tPin=1\tNo=6" },
};
