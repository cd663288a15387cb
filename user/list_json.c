// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "json.h"
#include "json_guard.h"
#include "list.h"
#include "view_guard.h"

static struct json_object *allowed_object(struct json_writer *w, const struct view *view,
					  const struct allowed *allowed)
{
	struct json_object *object = json_object_new_object();
	const char *origin = origin_name(allowed->origin);
	char text[CIDR_TEXT];

	cidr_format(text, &allowed->cidr);
	json_put_text(w, object, "network", text, strlen(text));
	json_put_text(w, object, "origin", origin, strlen(origin));
	json_put_seconds(w, object, "since", view->time - (double)(view->now - allowed->since) / 1e9);
	return object;
}

void json_put_allowed(struct json_writer *w, struct json_object *object, const struct view *view,
		      const struct allowed_list *allowed)
{
	struct json_object *list = json_put_empty(w, object, "allow", json_object_new_array());

	for (size_t i = 0; allowed && i < allowed->count && !w->failed; i++)
		json_append(w, list, allowed_object(w, view, &allowed->all[i]));
}

int list_print_json(FILE *stream, const struct view *view, const struct allowed_list *allowed,
		    struct error *error)
{
	struct json_object *object = json_object_new_object(), *list, *contained;
	struct json_writer w = {0};

	json_put_text(&w, object, "version", RELAYTRAP_VERSION, sizeof(RELAYTRAP_VERSION));
	json_put_count(&w, object, "schema", JSON_SCHEMA);
	json_put_text(&w, object, "mode", mode_name(view->mode), strlen(mode_name(view->mode)));
	json_put_guard(&w, object, view);
	json_put_allowed(&w, object, view, allowed);
	list = json_put_empty(&w, object, "containments", json_object_new_array());
	for (size_t i = 0; i < view->service_count && !w.failed; i++) {
		const struct view_service *service = &view->services[i];

		if (!service->containment.in_force)
			continue;
		contained = json_containment(&w, &service->containment);
		json_put_text(&w, contained, "label", service->label, sizeof(service->label));
		json_append(&w, list, contained);
	}
	return json_print(stream, object, !w.failed, error);
}
