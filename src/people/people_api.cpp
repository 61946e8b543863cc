// People for programs: what a search and a glance show, as JSON (docs/formats/people-json.md). The same decisions,
// the same limits and the same entries in the log as the pages.
#include "base/id.h"
#include "formats/json.h"
#include "partnership/front.h"
#include "people/looking_up.h"

namespace rowan::people {

namespace {

using formats::Json;
using partnership::Visit;

Json contact(const Signpost& post) {
    return Json::object({{"agency", post.agency_name},
                         {"role", post.contact.role},
                         {"phone", post.contact.phone},
                         {"email", post.contact.email},
                         {"hours", post.contact.hours}});
}

Json glance(const Visit& visit, const PeopleDesk& desk, const PersonLine& line) {
    Json out = Json::object({{"sight", line.person.empty() ? "signpost" : "full"},
                             {"rule", line.sight.rule},
                             {"because", line.sight.sentence}});
    if (line.person.empty()) {
        Json contacts = Json::Array{};
        for (const auto& post : desk.signposts(visit.viewer, line.subject, line.sight))
            contacts.push(contact(post));
        return std::move(out.set("contacts", std::move(contacts)));
    }
    out.set("id", line.person);
    out.set("ref", line.ref);
    out.set("name", line.name);
    out.set("born", line.born ? Json(base::to_iso(*line.born)) : Json());
    out.set("sex", line.sex);
    out.set("area", line.area);
    out.set("agencies", Json::strings(line.agencies));
    out.set("flag_in_force", line.at_risk);
    return out;
}

http::Response person_at_a_glance(Visit& visit, const PeopleDesk& desk) {
    const auto& id = visit.parameter("id");
    const auto lines = desk.lines(visit.viewer, {id});
    if (lines.empty()) {
        visit.refused("person", base::is_id(id) ? id : "", "no-relationship");
        return partnership::not_there(visit);
    }
    const auto& line = lines.front();
    const bool signpost = line.person.empty();
    if (signpost && !may_be_signposted(visit, id)) return partnership::not_there(visit);
    visit.looked_at("person", line.subject, line.sight.rule, signpost ? "signpost" : "glance");
    return partnership::json_answer(glance(visit, desk, line).write());
}

http::Response people_found(Visit& visit, const PeopleDesk& desk) {
    const auto words = searched_words(visit);
    if (words.empty()) return partnership::problem(visit, base::invalid("Say in ?q= whom you are looking for."));
    const auto found = search(visit, desk, words);
    Json people = Json::Array{};
    for (const auto& line : found.lines) people.push(glance(visit, desk, line));
    return partnership::json_answer(
        Json::object({{"people", std::move(people)}, {"signposts_spent", found.signposts_spent}}).write());
}

}  // namespace

void add_people_api(partnership::Routes& routes, const PeopleDesk& desk) {
    using partnership::Access, partnership::AuditClass, partnership::Limits;
    const auto may = Access::needs(partnership::Permission::search_people);
    routes.get("/api/people", may, AuditClass::search(), Limits::page(),
               [&desk](Visit& v) { return people_found(v, desk); });
    routes.get("/api/people/{id}", may, AuditClass::look(), Limits::page(),
               [&desk](Visit& v) { return person_at_a_glance(v, desk); });
}

}  // namespace rowan::people
