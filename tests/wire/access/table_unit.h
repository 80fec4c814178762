/* A unit that has every table, for tests: doors as a mask, and several forms of everything. */
#ifndef GH_TESTS_WIRE_ACCESS_TABLE_UNIT_H
#define GH_TESTS_WIRE_ACCESS_TABLE_UNIT_H

#include "wire/access/table.h"

#define UNIT_OPTIONS                                                                          \
	"LockCount=4,MaxPackageSize=2048000,DateFmtFunOn=1,DisableUserFunOn=1,WGRuleVer=2.0," \
	"MulCardUserFunOn=1,OutRelaySetFunOn=1,BioPhotoFun=1,BioDataFun=1,PhotoFunOn=1,"      \
	"UserPicURLFunOn=1,TZPassModeOn=1,NewVFStyles=0000111111111110,"

/* Positions 0 to 66, without 15 and 64. */
#define UNIT_FUNCTIONS       \
	"AccSupportFunList=" \
	"1111111111111110111111111111111111111111111111111111111111111111011"
/* The same with 15 and 64, without 18. */
#define UNIT_FUNCTIONS_64    \
	"AccSupportFunList=" \
	"1111111111111111110111111111111111111111111111111111111111111111111"

static inline struct ghi_table_unit unit_with_everything(void)
{
	return ghi_table_unit_of(GH_LIT(UNIT_OPTIONS UNIT_FUNCTIONS));
}

static inline struct ghi_table_unit unit_with_readers_64(void)
{
	return ghi_table_unit_of(GH_LIT(UNIT_OPTIONS UNIT_FUNCTIONS_64));
}

#endif
