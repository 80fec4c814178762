/* What of a person is read from a body, and how it is stored; for /api/people and for imports. */
#ifndef GH_API_ACCESS_PEOPLE_H
#define GH_API_ACCESS_PEOPLE_H

#include "api/access/resource.h"
#include "model/card.h"

/* Of a trial, in which nothing is stored: cards that a person before had, and would not have now. */
struct people_watch {
	/* Whether such a one would be free. */
	bool (*free_card)(struct people_watch *w, gh_slice namespace, gh_slice number);
	void (*card_goes)(struct people_watch *w, gh_slice namespace, gh_slice number);
};

#define PEOPLE_CARDS 20

#define NAMESPACE_BYTES (64 * 4)
#define AREAS_TEXT (100 * 21 + 2)

/* What belongs to a person besides their fields; in the request's arena. */
struct people_more {
	/* The cards of the body, in decimal, one by one. */
	bool cards_given;
	size_t n;
	gh_slice number[PEOPLE_CARDS];
	bool known[PEOPLE_CARDS];   /* they have it already, lost or not */
	gh_slice namespace;	    /* in which the cards are theirs afterwards */
	bool namespace_of_areas;    /* it is that of the areas, as none was given */
	struct people_watch *watch; /* NULL: nothing does */
	struct import_row *row;	    /* of an import (people_import.h); NULL: it is none */
	bool areas_given,
		areas_usual; /* none were, with the whole: the first one, if it fits */
	/* What is stored: numbers of cards as JSON, and the namespace. */
	uint8_t cards_text[PEOPLE_CARDS * (CARD_TEXT + 3) + 2], namespace_text[NAMESPACE_BYTES];
	uint8_t areas_text[AREAS_TEXT], of_areas[NAMESPACE_BYTES];
	size_t cards_n, namespace_n, areas_n;
	size_t drops,
		moves; /* rows of cards that they have no more, and of those that change the namespace */
	int64_t drop[PEOPLE_CARDS], move[PEOPLE_CARDS];
};

/* As struct resource has them: `read` sets change.more to a struct people_more. */
void people_read(struct resource_call *g, const struct body *b);
enum gh_err people_check(struct entity_change *c, const struct store_ops *ops, struct store *s,
			 const void *record);
enum gh_err people_then(struct entity_change *c, const struct store_ops *ops, struct store *s);

#endif
