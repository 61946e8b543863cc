// An identity as the linkage engine reads it.
#pragma once
#include "linkage/record.h"
#include "people/person.h"

namespace rowan::people {

linkage::Record link_record(const std::string& id, const std::string& source, const Identity&);

}  // namespace rowan::people
