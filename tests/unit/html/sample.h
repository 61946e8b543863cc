// A page that uses most of what this room has, for the rules of the frame and for looking at
// (set ROWAN_SAMPLE_DIR and run test_html: the page and its assets are written there).
#pragma once
#include "html/page.h"

namespace rowan::html::sample {

PageFrame frame();
Html record();     // a young person's page
Html list();       // a list with its filter
Html form_page();  // a form that came back with errors
Html figures();    // headline numbers and charts

}  // namespace rowan::html::sample
