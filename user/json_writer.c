// SPDX-License-Identifier: GPL-2.0
#include "json_writer.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

void json_put(struct json_writer *w, struct json_object *object, const char *name, struct json_object *value)
{
	if (object && value && !json_object_object_add(object, name, value))
		return;
	json_object_put(value);
	w->failed = true;
}

void json_append(struct json_writer *w, struct json_object *array, struct json_object *value)
{
	if (array && value && !json_object_array_add(array, value))
		return;
	json_object_put(value);
	w->failed = true;
}

void json_put_count(struct json_writer *w, struct json_object *object, const char *name, __u64 value)
{
	json_put(w, object, name, json_object_new_uint64(value));
}

void json_put_seconds(struct json_writer *w, struct json_object *object, const char *name, double value)
{
	char digits[32];

	snprintf(digits, sizeof(digits), "%.3f", value);
	json_put(w, object, name, json_object_new_double_s(value, digits));
}

void json_put_text(struct json_writer *w, struct json_object *object, const char *name, const char *bytes,
		   size_t size)
{
	char text[4 * 256 + 1];
	size_t length = text_printable(text, sizeof(text), bytes, strnlen(bytes, size), true);

	json_put(w, object, name, json_object_new_string_len(text, (int)length));
}

struct json_object *json_put_empty(struct json_writer *w, struct json_object *object, const char *name,
				   struct json_object *empty)
{
	json_put(w, object, name, empty);
	return w->failed ? NULL : empty;
}
