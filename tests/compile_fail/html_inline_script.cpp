// EXPECT: (call to consteval function|is not a constant expression)
#include "html/markup.h"

rowan::html::Html page() { return rowan::html::el("script", "alert(1)"); }
