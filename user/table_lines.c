// SPDX-License-Identifier: GPL-2.0
#include "table_lines.h"

#include <stdlib.h>
#include <string.h>

void table_text_put(struct table_text *line, const char *text)
{
	size_t length = strnlen(text, sizeof(line->text) - 1 - line->used);

	memcpy(line->text + line->used, text, length);
	line->used += length;
	line->text[line->used] = '\0';
}

void table_text_fit(struct table_text *line, size_t width)
{
	if (width > sizeof(line->text) - 1)
		width = sizeof(line->text) - 1;
	if (line->used < width)
		memset(line->text + line->used, ' ', width - line->used);
	line->used = width;
	line->text[width] = '\0';
}

void table_add(struct table_writer *writer, enum table_kind kind, const char *text)
{
	struct table *table = writer->table;
	size_t length = writer->width ? strnlen(text, writer->width) : strlen(text);
	struct table_line *lines;

	if (table->count == table->room) {
		size_t room = table->room ? 2 * table->room : 64;

		lines = reallocarray(table->lines, room, sizeof(*lines));
		if (!lines) {
			writer->failed = true;
			return;
		}
		table->lines = lines;
		table->room = room;
	}
	while (length && text[length - 1] == ' ')
		length--;
	table->lines[table->count].kind = kind;
	table->lines[table->count].text = strndup(text, length);
	if (table->lines[table->count].text)
		table->count++;
	else
		writer->failed = true;
}

void table_flow_end(struct table_flow *flow)
{
	if (flow->line.used > flow->indent)
		table_add(flow->writer, flow->kind, flow->line.text);
	flow->line.used = 0;
}

void table_flow_add(struct table_flow *flow, const char *piece)
{
	unsigned int width = flow->writer->width;

	/* With a comma before and one behind. */
	if (width && flow->line.used &&
	    flow->line.used + strlen(", ") + strlen(piece) + strlen(",") > width) {
		table_text_put(&flow->line, ",");
		table_flow_end(flow);
	}
	if (flow->line.used)
		table_text_put(&flow->line, ", ");
	else
		table_text_fit(&flow->line, flow->indent);
	table_text_put(&flow->line, piece);
}
