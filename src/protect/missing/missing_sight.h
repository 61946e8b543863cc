// Who may see a missing episode and its interview: pure, default deny, each answer with its rule.
#pragma once
#include "partnership/access.h"
#include "protect/missing/episode.h"

#include <string>
#include <string_view>

namespace rowan::protect::missing {

struct EpisodeFacts {
    std::string reporting_agency, lead_agency;
    partnership::PersonSight person;  // what the viewer may see of the young person
};
struct EpisodeSight {
    bool allowed = false;
    std::string_view rule, sentence;
    bool address = true;  // may read where the young person lives; the desk asks what protects them
};
// The police lead the search and see every episode; return interviewers every one, because every return is offered
// an interview (S-070); others what their agency reported, leads or has to do with.
EpisodeSight may_see_episode(const partnership::Viewer&, const EpisodeFacts&, const partnership::Protocol*);

// Of what came up, what this viewer may read; the rest is not there. Code C is for the agency that wrote it down
// and for those who work with the holding list (DOMAIN.md 2.5).
bool may_read(const partnership::Viewer&, const Mention&);
void keep_readable(const partnership::Viewer&, std::vector<Mention>&);

}  // namespace rowan::protect::missing
