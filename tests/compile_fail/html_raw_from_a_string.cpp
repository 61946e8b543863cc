// EXPECT: (no matching function for call to|cannot convert|no known conversion)
// Nothing that was typed by anybody can become a tag.
#include "html/markup.h"

void page(rowan::html::Markup& out, const std::string& note) { out.raw(note); }
