// EXPECT: (no matching function for call to .*Access|is private within this context)
// There is no access rule by default.
#include "partnership/routes.h"

rowan::partnership::Access rule{};
