// Staff among whom somebody is chosen: to be named on a record, or to work with a person. Thread-safety: any; not
// within a session, because it reads by itself.
#pragma once
#include "partnership/access.h"
#include "partnership/office.h"

#include <functional>
#include <string>
#include <vector>

namespace rowan::people {

struct Choice {
    std::string user, name, post, agency, agency_name;
};
// Those who may sign in and whom `can` takes, by name.
std::vector<Choice> choices_among_staff(const partnership::Office&,
                                        const std::function<bool(const partnership::Viewer&)>& can);

}  // namespace rowan::people
