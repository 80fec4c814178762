/* All rows of a list as a file, made piece by piece; see api/piece.h. A workbook is put together in
 * a file without a name (render/sheet.h), row by row like the others, and answered when it is whole. */
#ifndef GH_API_LIST_EXPORT_H
#define GH_API_LIST_EXPORT_H

#include "api/list.h"
#include "api/piece.h"
#include "api/workbook_place.h"
#include "render/sheet.h"

struct export
{
	struct piece piece;
	struct api *api;
	struct list_viewer viewer;
	struct arena arena; /* texts of the question */
	struct list_question q;
	struct caller caller; /* its reader */
	int64_t left;	      /* rows still to send */
	int64_t got;	      /* rows of the last piece */
	int64_t fit; /* rows that a piece has room for, as the last one shows; 0: there was none */
	bool many;  /* of store_rows */
	bool over;  /* there are no more rows */
	bool whole; /* nor anything else to be made */
	struct csv csv;
	struct punch
		*held; /* NAMED_ROWS of them, where names are looked up; NULL: they are not */
	struct store_person_name *names; /* of them */
	struct arena held_texts;
	struct sheet *sheet; /* LIST_XLSX; complete when it is sent */
	uint64_t sheet_sent;
	struct workbook_place *place; /* LIST_XLSX */
	uint8_t text[1024];	      /* of the last row's place */
};

/* The next rows, into the piece or the workbook. */
enum gh_err export_rows_make(struct export *e, struct store_reader *reader);
/* Answer with what there is, and what follows. */
void export_start(struct call *c, struct export *e);
/* Answer that there will be none. */
void export_fail(struct call *c, enum gh_err err);
/* One that was not started. */
void export_discard(struct export *e);

/* Defer the request, put the workbook together, and then export_start(), or answer why not. */
void workbook_begin(struct call *c, struct export *e);

#endif
