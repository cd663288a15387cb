/* SPDX-License-Identifier: GPL-2.0 */
/* Making JSON objects without a check after each value. Pure. */
#ifndef RELAYTRAP_JSON_WRITER_H
#define RELAYTRAP_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>

#include <json-c/json.h>
#include <linux/types.h>

/* Knows whether a value could not be made. */
struct json_writer {
	bool failed;
};

/* Both take @value over. */
void json_put(struct json_writer *w, struct json_object *object, const char *name, struct json_object *value);
void json_append(struct json_writer *w, struct json_object *array, struct json_object *value);

void json_put_count(struct json_writer *w, struct json_object *object, const char *name, __u64 value);
void json_put_seconds(struct json_writer *w, struct json_object *object, const char *name, double value);

/* Up to @size bytes, or to the first NUL, made fit to print. */
void json_put_text(struct json_writer *w, struct json_object *object, const char *name, const char *bytes,
		   size_t size);

/* An array or object that is already part of @object when it gets its elements; NULL on failure. */
struct json_object *json_put_empty(struct json_writer *w, struct json_object *object, const char *name,
				   struct json_object *empty);

#endif
