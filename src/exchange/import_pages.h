// The Extracts pages: upload, preview line by line, bring in.
#pragma once
#include "exchange/import_desk.h"
#include "partnership/routes.h"

namespace rowan::exchange {

void add_exchange_routes(partnership::Routes&, const ImportDesk&);
std::string_view in_words(LineOutcome);

}  // namespace rowan::exchange
