// A geography for the demonstration's county: it lies nowhere, but its areas have neighbours, its homes and places
// have a spot, and maps can be drawn of it. The same scheme gives the same county.
#pragma once
#include "exchange/postcode_directory.h"

namespace rowan::app {

std::vector<exchange::PostcodePlace> invented_geography(const partnership::Scheme&);

}  // namespace rowan::app
