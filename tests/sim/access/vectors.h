/* The requests of tests/vectors/access_requests.jsonl. */
#ifndef GH_TESTS_SIM_ACCESS_VECTORS_H
#define GH_TESTS_SIM_ACCESS_VECTORS_H

struct vector {
	char *id, *method, *target, *body;
	char *headers; /* "Name: value\n" each, sorted; "": the document leaves them out */
};

/* NULL: there is no such one. The caller frees it. */
struct vector *vector_read(const char *file, const char *id);
void vector_free(struct vector *v);

#endif
