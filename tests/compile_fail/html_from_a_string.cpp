// EXPECT: (could not convert|cannot convert|no matching function)
#include "html/markup.h"

rowan::html::Html page(const std::string& note) { return note; }
