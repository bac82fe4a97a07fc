#pragma once
#if !__has_include(<cmark-gfm.h>) || !__has_include(<cmark-gfm-core-extensions.h>)
#error "cmark-gfm headers not found: apt-get install libcmark-gfm-dev libcmark-gfm-extensions-dev"
#endif
#include <cmark-gfm.h>
#include <cmark-gfm-core-extensions.h>
#include <string.h>

// Node types of the core and of its extensions under one set of constants.
enum markdown_kind {
  MARKDOWN_OTHER = 0,
  MARKDOWN_DOCUMENT,
  MARKDOWN_BLOCK_QUOTE,
  MARKDOWN_LIST,
  MARKDOWN_ITEM,
  MARKDOWN_CODE_BLOCK,
  MARKDOWN_HTML_BLOCK,
  MARKDOWN_PARAGRAPH,
  MARKDOWN_HEADING,
  MARKDOWN_THEMATIC_BREAK,
  MARKDOWN_FOOTNOTE_DEFINITION,
  MARKDOWN_TABLE,
  MARKDOWN_TABLE_ROW,
  MARKDOWN_TABLE_CELL,
  MARKDOWN_TEXT,
  MARKDOWN_SOFT_BREAK,
  MARKDOWN_LINE_BREAK,
  MARKDOWN_CODE,
  MARKDOWN_HTML_INLINE,
  MARKDOWN_EMPHASIS,
  MARKDOWN_STRONG,
  MARKDOWN_LINK,
  MARKDOWN_IMAGE,
};

static inline int markdown_kind_of(cmark_node *node) {
  cmark_node_type type = cmark_node_get_type(node);
  switch (type) {
    case CMARK_NODE_DOCUMENT: return MARKDOWN_DOCUMENT;
    case CMARK_NODE_BLOCK_QUOTE: return MARKDOWN_BLOCK_QUOTE;
    case CMARK_NODE_LIST: return MARKDOWN_LIST;
    case CMARK_NODE_ITEM: return MARKDOWN_ITEM;
    case CMARK_NODE_CODE_BLOCK: return MARKDOWN_CODE_BLOCK;
    case CMARK_NODE_HTML_BLOCK: return MARKDOWN_HTML_BLOCK;
    case CMARK_NODE_PARAGRAPH: return MARKDOWN_PARAGRAPH;
    case CMARK_NODE_HEADING: return MARKDOWN_HEADING;
    case CMARK_NODE_THEMATIC_BREAK: return MARKDOWN_THEMATIC_BREAK;
    case CMARK_NODE_FOOTNOTE_DEFINITION: return MARKDOWN_FOOTNOTE_DEFINITION;
    case CMARK_NODE_TEXT: return MARKDOWN_TEXT;
    case CMARK_NODE_SOFTBREAK: return MARKDOWN_SOFT_BREAK;
    case CMARK_NODE_LINEBREAK: return MARKDOWN_LINE_BREAK;
    case CMARK_NODE_CODE: return MARKDOWN_CODE;
    case CMARK_NODE_HTML_INLINE: return MARKDOWN_HTML_INLINE;
    case CMARK_NODE_EMPH: return MARKDOWN_EMPHASIS;
    case CMARK_NODE_STRONG: return MARKDOWN_STRONG;
    case CMARK_NODE_LINK: return MARKDOWN_LINK;
    case CMARK_NODE_IMAGE: return MARKDOWN_IMAGE;
    default: break;
  }
  // Types that extensions register have no public constants in this version, only names.
  const char *name = cmark_node_get_type_string(node);
  if (strcmp(name, "table_cell") == 0) return MARKDOWN_TABLE_CELL;
  if (strcmp(name, "table_row") == 0 || strcmp(name, "table_header") == 0) return MARKDOWN_TABLE_ROW;
  if (strcmp(name, "table") == 0) return MARKDOWN_TABLE;
  return MARKDOWN_OTHER;
}
