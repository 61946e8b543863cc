// For whoever may have to do with somebody there is no such person: not in a body, a status, a count, a list, a
// file or a suggestion (SECURITY.md A2, A3, T-ORACLE). The same pages are asked for before the record is there and
// after.
#include "pages/town.h"

#include "base/id.h"
#include "people/person_store.h"
#include "protect/missing/missing_store.h"
#include "protect/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

namespace rowan::pages {
namespace {

using support::Answer, support::CheckedClient;
using testing::HasSubstr, testing::Not;

// What is new on every page: the session's token and the key of a form; the number that boards hear, which grows
// with every change to anybody; and how long ago something was.
std::string lasting(const Answer& answer) {
    static const std::regex kFresh("name=\"(csrf_token|once)\" value=\"[^\"]*\""), kStamp("data-stamp=\"[0-9]*\""),
        kTime("(<time[^>]*>)[^<]*");
    auto body = std::regex_replace(answer.body(), kFresh, "name=\"$1\"");
    body = std::regex_replace(std::regex_replace(body, kStamp, "data-stamp"), kTime, "$1");
    return std::to_string(answer.status()) + "\n" + body;
}

class Seal : public testing::Test {
protected:
    Town town;

    std::vector<std::string> addresses = {"/",
                                          "/people",
                                          "/search?q=Xystus+Quonsett",
                                          "/search?q=Quonsett",
                                          "/search?q=07700+900777",
                                          "/search?q=TA1+1AA",
                                          "/search?q=11%2F02%2F2004",
                                          "/search?q=999+000+0018",
                                          "/referrals",
                                          "/referrals?state=open",
                                          "/referrals?state=open&sort=received",
                                          "/referrals/export",
                                          "/matches",
                                          "/profile",
                                          "/profile/known-to-agencies.csv",
                                          "/profile/known-to-agencies/list",
                                          "/profile/known-to-agencies/list?one-agency=yes",
                                          "/profile/known-to-agencies/list.csv",
                                          "/profile/education-missing",
                                          "/profile/education-missing/list",
                                          "/profile/education-missing/list.csv"};

    std::map<std::string, std::string> all_pages(CheckedClient& client) {
        std::map<std::string, std::string> out;
        for (const auto& address : addresses) out[address] = lasting(client.get(address));
        return out;
    }

    // Missing since this morning, with a vehicle that somebody saw.
    void add_episode(database::Session& s, const std::string& person, const std::string& vehicle) {
        protect::missing::Episode e;
        e.person = person;
        e.context = "home";
        e.kind = "missing";
        e.missing_from = e.reported_at = town.office().clock.now() - std::chrono::hours{3};
        e.reported_by = town.id_of("tomasz");
        e.reporting_agency = e.lead_agency = "ASP";
        e.words.child_name = "Xystus Quonsett";
        e.words.mentions = {{"vehicle", vehicle, "Duty sergeant", e.reported_at}};
        protect::missing::store::insert_episode(town.office(), s, e, e.reported_at, e.reported_by);
    }

    // Somebody with a flag, a referral in danger, a pair that waits and days out of school.
    std::string add_subject(const std::string& vehicle = "") {
        people::Identity who;
        who.given_names = "Xystus";
        who.family_name = "Quonsett";
        who.born = base::Date{std::chrono::year{2004} / 2 / 11};
        who.nhs_number = "9990000018";
        who.phone = "+447700900777";
        who.postcode = "TA1 1AA";
        const auto other =
            town.ids(
                    "SELECT a.id FROM agency_record a JOIN person p ON p.id = a.person WHERE p.root NOT IN ($1, "
                    "$2, $3, $4) ORDER BY a.id",
                    Town::restricted_person(), Town::named_person(), Town::safe_person(), Town::sealed_person())
                .at(0);
        std::string record, person;
        const auto& desk = town.program().people();
        const auto& office = town.office();
        const auto done = office.database.write([&](database::Session& s) -> base::Result<> {
            const auto stored = desk.store_record(s, "ASP", who, "", "test");
            record = stored.record;
            person = stored.person;
            desk.store_flag(s, stored, "ASP", who, "", "CSE_risk", base::Date{std::chrono::year{2018} / 3 / 1},
                            std::nullopt);
            protect::Referral r;
            r.received_at = office.clock.now() - std::chrono::hours{30};
            r.subject_kind = "child";
            r.person = stored.person;
            r.reason = "SE";
            r.source_code = "2A";
            r.referrer_user = town.id_of("tomasz");
            r.referrer_agency = "EDU";
            r.csc_question = "already_open";
            r.immediate_danger = true;
            r.definition_version = "2017";
            r.state = "RECEIVED";
            protect::store::insert_referral(office, s, r, r.referrer_user);
            people::store::propose(s, std::min(record, other), std::max(record, other), 3, office.clock.now());
            s.execute(
                "INSERT INTO education_missing (id, record, person, area, started_on, ended_on, points) VALUES "
                "($1, $2, $3, 'TWS', '2018-01-08', NULL, '')",
                base::new_id(), record, stored.person);
            if (!vehicle.empty()) add_episode(s, person, vehicle);
            return base::done();
        });
        if (!done.ok()) throw std::runtime_error(done.error().message);
        desk.refresh({record});
        return person;
    }
};

TEST_F(Seal, S_053_pages_lists_counts_and_files_are_the_same_bytes_with_and_without_the_record) {
    auto dev = town.client("dev"), imogen = town.client("imogen");
    ASSERT_EQ(dev.post("/account/interests", {{"kind", "phone"}, {"phone", "07700 900777"}}).status(), 303);
    const auto before = all_pages(dev), others_before = all_pages(imogen);
    const auto person = add_subject();
    const auto after = all_pages(dev), others_after = all_pages(imogen);
    int changed = 0;
    for (const auto& address : addresses) {
        EXPECT_EQ(before.at(address), after.at(address)) << address;
        changed += others_before.at(address) != others_after.at(address);
    }
    // The record does show, to somebody else in the same role: the pages would have told of it.
    EXPECT_GE(changed, 18);
    EXPECT_EQ(imogen.get("/people/" + person).status(), 200);
    const auto absent = dev.get("/people/" + base::new_id()), denied = dev.get("/people/" + person);
    EXPECT_EQ(denied.status(), 404);
    EXPECT_EQ(lasting(denied), lasting(absent));
    EXPECT_EQ(denied.response.headers, absent.response.headers);
    const auto referral = town.ids("SELECT id FROM referral WHERE person = $1", person).at(0);
    EXPECT_EQ(imogen.get("/referrals/" + referral).status(), 200);
    EXPECT_EQ(lasting(dev.get("/referrals/" + referral)), lasting(absent));
    EXPECT_EQ(lasting(dev.get("/people/" + person + "/protection")), lasting(absent));
    EXPECT_EQ(lasting(dev.get("/people/" + person + "/looks")), lasting(absent));
    // Tomasz referred, and does not know that he is sealed out: what he sent is not there either.
    auto tomasz = town.client("tomasz");
    EXPECT_EQ(tomasz.get("/referrals/" + referral).status(), 200);
    ASSERT_EQ(tomasz.post("/account/interests", {{"kind", "name"}, {"name", "Xystus Quonsett"}}).status(), 303);
    EXPECT_EQ(tomasz.get("/referrals/" + referral).status(), 404);
}

TEST_F(Seal, S_053_a_vehicle_that_came_up_leaves_the_same_bytes_too_and_the_officers_read_why) {
    auto dev = town.client("dev"), imogen = town.client("imogen"), petra = town.client("petra");
    const auto again = dev.post("/account/interests", {{"kind", "vehicle"}, {"vehicle", "AB1? CDE"}});
    EXPECT_THAT(again.body(), HasSubstr("Enter a whole registration"));
    ASSERT_EQ(dev.post("/account/interests", {{"kind", "vehicle"}, {"vehicle", "ab12 cde"}}).status(), 303);
    EXPECT_THAT(dev.get("/account/interests").body(), HasSubstr("AB12CDE, since"));
    for (const auto* more : {"/missing", "/missing/intelligence", "/missing/interviews", "/profile/missing"})
        addresses.emplace_back(more);
    const auto before = all_pages(dev), others_before = all_pages(imogen);
    const auto person = add_subject("a dark hatchback, AB12 CDE, twice");
    const auto after = all_pages(dev), others_after = all_pages(imogen);
    int changed = 0;
    for (const auto& address : addresses) {
        EXPECT_EQ(before.at(address), after.at(address)) << address;
        changed += others_before.at(address) != others_after.at(address);
    }
    EXPECT_GE(changed, 20);
    const auto episode = town.ids("SELECT id FROM missing_episode WHERE person = $1", person).at(0),
               mention = town.ids("SELECT id FROM mention WHERE person = $1", person).at(0);
    const auto absent = lasting(dev.get("/people/" + base::new_id()));
    for (const auto& address : {"/people/" + person, "/missing/" + episode, "/missing/children/" + person,
                                "/missing/intelligence/" + mention}) {
        EXPECT_EQ(imogen.get(address).status(), 200) << address;
        EXPECT_EQ(lasting(dev.get(address)), absent) << address;
    }
    const auto officers = petra.get("/conflicts");
    EXPECT_THAT(officers.body(), HasSubstr("Dev Raithatha"));
    EXPECT_THAT(officers.body(), HasSubstr(">vehicle<"));
    EXPECT_THAT(officers.body(), Not(HasSubstr("AB12")));
}

TEST_F(Seal, two_officers_read_of_it_and_two_lift_it) {
    auto petra = town.client("petra"), piers = town.client("piers"), martha = town.client("martha");
    EXPECT_EQ(martha.get("/people/" + Town::sealed_person()).status(), 404);
    EXPECT_THAT(petra.get("/").body(), HasSubstr("conflict of interest"));
    const auto page = petra.get("/conflicts");
    EXPECT_THAT(page.body(), HasSubstr("Martha Quillfeather"));
    EXPECT_THAT(page.body(), Not(HasSubstr("07700 900003"))) << "what was declared is not shown";
    const auto at = "/conflicts/" + town.id_of("martha") + "/" + Town::sealed_person();
    EXPECT_EQ(petra.submit(page, at + "/read", {}).location(), "/conflicts");
    EXPECT_THAT(petra.get("/").body(), Not(HasSubstr("conflict of interest")));
    EXPECT_THAT(piers.get("/").body(), HasSubstr("conflict of interest"));
    // Petra has asked for it to be lifted (town.cpp); her own agreement is not a second one.
    const auto lift = at + "/lifts/" + town.ids("SELECT id FROM conflict_lift").at(0);
    EXPECT_EQ(petra.post(lift, {{"answer", "lift"}}).status(), 403);
    EXPECT_EQ(martha.get("/people/" + Town::sealed_person()).status(), 404);
    EXPECT_THAT(piers.get("/conflicts").body(), HasSubstr(lift));
    EXPECT_EQ(piers.post(lift, {{"answer", "lift"}}).location(), "/conflicts");
    EXPECT_EQ(martha.get("/people/" + Town::sealed_person()).status(), 200) << "with the next request";
    EXPECT_EQ(piers.post(lift, {{"answer", "lift"}}).status(), 409);
}

TEST_F(Seal, an_emergency_on_a_page_is_told_without_a_name_and_reviewed) {
    auto june = town.client("june"), petra = town.client("petra"), piers = town.client("piers");
    const auto waiting = town.number("SELECT COUNT(*) FROM emergency_look WHERE reviewed_at IS NULL");
    const auto ref = town.ids("SELECT ref FROM person WHERE id = $1", Town::sealed_person()).at(0);
    ASSERT_THAT(june.get("/people/" + Town::sealed_person()).body(), HasSubstr("Known to another agency"))
        << "no more than a signpost";
    const auto form = june.get("/emergency");
    EXPECT_THAT(
        june.submit(form, "/emergency", {{"words", ref}, {"category", "medical"}, {"reason", "soon"}}).body(),
        HasSubstr("at least 20 characters"));
    const auto opened =
        june.submit(form, "/emergency",
                    {{"words", ref}, {"category", "medical"}, {"reason", "Found in the road and not awake"}});
    EXPECT_EQ(opened.location(), "/people/" + Town::sealed_person());
    const auto record = june.get(opened.location());
    EXPECT_EQ(record.status(), 200);
    EXPECT_THAT(record.body(),
                HasSubstr("You can see this because you opened this record in an emergency. Rule: break-glass."));
    EXPECT_EQ(town.number("SELECT COUNT(*) FROM emergency_look WHERE reviewed_at IS NULL"), waiting + 1);
    // Who is sealed out hears what somebody hears who asks for nobody.
    auto martha = town.client("martha");
    const auto sealed = martha.post(
                   "/emergency",
                   {{"words", ref}, {"category", "medical"}, {"reason", "Found in the road and not awake"}}),
               absent = martha.post("/emergency", {{"words", "P-999999"},
                                                   {"category", "medical"},
                                                   {"reason", "Found in the road and not awake"}});
    EXPECT_EQ(std::regex_replace(lasting(sealed), std::regex(ref), ""),
              std::regex_replace(lasting(absent), std::regex("P-999999"), ""));
    EXPECT_THAT(sealed.body(), HasSubstr("Rowan cannot say whom you mean"));

    const auto name = town.ids("SELECT display_name FROM user_account WHERE user_name = 'june'").at(0);
    EXPECT_THAT(petra.get("/").body(), HasSubstr("emergency looks"));
    EXPECT_THAT(petra.get("/").body(), Not(HasSubstr(name)));
    const auto queue = petra.get("/emergencies");
    EXPECT_THAT(queue.body(), HasSubstr(name));
    const auto look = town.ids("SELECT id FROM emergency_look WHERE person = $1", Town::sealed_person()).at(0);
    EXPECT_THAT(petra.submit(queue, "/emergencies/" + look + "/review", {{"note", "x"}}).body(),
                HasSubstr("Select whether it was justified"));
    EXPECT_EQ(petra
                  .submit(queue, "/emergencies/" + look + "/review",
                          {{"outcome", "justified"}, {"note", "The hospital confirms it"}})
                  .location(),
              "/emergencies");
    EXPECT_EQ(piers.post("/emergencies/" + look + "/review", {{"outcome", "justified"}}).status(), 409);
}

TEST_F(Seal, looks_to_ask_about_wait_for_somebody_else_and_are_reviewed_once) {
    auto petra = town.client("petra"), piers = town.client("piers"), imogen = town.client("imogen");
    EXPECT_THAT(petra.get("/").body(), HasSubstr("to ask about"));
    const auto page = petra.get("/odd-looks");
    EXPECT_THAT(page.body(), HasSubstr("Hugh Merriweather"));
    EXPECT_THAT(page.body(), HasSubstr("searched for themselves, 1 search"));
    const auto at = "/odd-looks/" + town.id_of("hugh") + "/themselves/2018-03-26";
    EXPECT_THAT(petra.submit(page, at, {{"outcome", "explained"}}).body(), HasSubstr("Enter what you found"));
    EXPECT_EQ(petra.submit(page, at, {{"outcome", "explained"}, {"note", "He tried the search box at a training"}})
                  .location(),
              "/odd-looks?week=2018-03-26");
    EXPECT_THAT(piers.get("/odd-looks").body(), HasSubstr("He tried the search box at a training"));
    EXPECT_EQ(piers.post(at, {{"outcome", "explained"}, {"note", "x"}}).status(), 409);
    EXPECT_EQ(imogen.get("/odd-looks").status(), 404);
    // Petra searches for herself: piers is asked to ask her, and she reads nothing of it.
    auto entry = partnership::AuditEntry{
        .user_id = town.id_of("petra"),
        .act = "search",
        .subject_kind = "search",
        .detail = "results=0 full=0 query=" + town.office().audit.digest("songhurst petra")};
    ASSERT_TRUE(town.office()
                    .database
                    .write([&](database::Session& s) -> base::Result<> {
                        town.office().audit.append(s, entry);
                        return base::done();
                    })
                    .ok());
    EXPECT_THAT(piers.get("/odd-looks").body(), HasSubstr("<h2 class=\"govuk-heading-m\">Petra Songhurst"));
    EXPECT_THAT(petra.get("/odd-looks").body(), Not(HasSubstr("<h2 class=\"govuk-heading-m\">Petra Songhurst")));
}

// SECURITY.md A7, and the account that was given what nobody had agreed to.
TEST_F(Seal, a_role_works_only_when_somebody_else_has_agreed) {
    auto alan = town.client("alan"), petra = town.client("petra"), june = town.client("june");
    const auto at = "/accounts/" + town.id_of("june") + "/roles";
    EXPECT_EQ(june.get("/extracts").status(), 404);
    EXPECT_EQ(alan.submit(alan.get("/accounts"), at, {{"role", "data_officer"}}).location(), "/accounts");
    EXPECT_EQ(june.get("/extracts").status(), 404) << "asking gives nothing";
    EXPECT_EQ(alan.post("/accounts/" + town.id_of("alan") + "/roles", {{"role", "front_door"}}).status(), 403);
    EXPECT_THAT(petra.get("/").body(), HasSubstr("asked for"));
    const auto request =
        "/roles/" + town.ids("SELECT id FROM role_request WHERE user_id = $1", town.id_of("june")).at(0);
    EXPECT_THAT(petra.get("/roles").body(), HasSubstr("June Okonjo-Hale"));
    EXPECT_EQ(alan.post(request, {{"answer", "agree"}}).status(), 404);
    EXPECT_EQ(petra.post(request, {{"answer", "agree"}}).location(), "/roles");
    EXPECT_EQ(june.get("/extracts").status(), 200) << "with the next request";
    EXPECT_EQ(alan.post(at + "/end", {{"role", "data_officer"}}).location(), "/accounts");
    EXPECT_EQ(june.get("/extracts").status(), 404);
}

}  // namespace
}  // namespace rowan::pages
