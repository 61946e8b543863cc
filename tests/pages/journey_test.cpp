// What people come for, from beginning to end, through the pages they see: each form is sent as its page holds it,
// and each change leaves exactly the entries in the log that its desk promises.
#include "pages/town.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rowan::pages {
namespace {

using support::Answer, support::CheckedClient, support::Form;
using testing::ElementsAre, testing::HasSubstr, testing::Not, testing::StartsWith;

std::string part(const std::string& address, int n) {
    std::size_t from = 0;
    for (int i = 0; i < n; ++i) from = address.find('/', from) + 1;
    return address.substr(from, address.find_first_of("/?", from) - from);
}

class Journey : public testing::Test {
protected:
    // "act kind" of the changes since the last call; looks are each page's own matter.
    std::vector<std::string> changes() {
        std::vector<std::string> out;
        for (const auto& entry : town.audit_since(seen_)) {
            const bool look = entry.act == "look" || entry.act == "search" || entry.act == "sign-in";
            if (!look)
                out.push_back(entry.act + " " + entry.subject_kind +
                              (entry.outcome == "allowed" ? "" : " " + entry.outcome));
        }
        seen_ = town.audit_size();
        return out;
    }
    // The page at this address, answered and sent; the page that follows.
    Answer answer(CheckedClient& client, const std::string& address, const Form& typed,
                  const std::string& button = "continue") {
        const auto page = client.get(address);
        EXPECT_EQ(page.status(), 200) << address;
        return client.submit(page, address.substr(0, address.find('?')), typed, button);
    }
    std::string next(CheckedClient& client, const std::string& address, const Form& typed,
                     const std::string& button = "continue") {
        const auto out = answer(client, address, typed, button);
        EXPECT_EQ(out.status(), 303) << address << " did not go on";
        return out.location();
    }
    void whole_log() {
        const auto report = town.office().database.read([&](database::Session& s) {
            return partnership::verify_audit(s, town.office().keyring, town.office().audit.log_id());
        });
        EXPECT_THAT(report.problems, testing::IsEmpty());
    }

    Town town;

private:
    std::int64_t seen_ = town.audit_size();
};

TEST_F(Journey,
       S_107_H_122_H_239_H_021_a_school_refers_the_front_door_screens_decides_and_tells_and_the_school_reads) {
    auto tomasz = town.client("tomasz");
    changes();
    auto at = tomasz.submit(tomasz.get("/referrals/new"), "/referrals/new").location();
    ASSERT_THAT(at, testing::EndsWith("/about"));
    const auto draft = "/referrals/new/" + part(at, 3);
    EXPECT_THAT(changes(), ElementsAre("create draft"));
    at = next(tomasz, at, {{"subject_kind", "child"}});
    EXPECT_THAT(changes(), ElementsAre("save draft"));
    EXPECT_EQ(next(tomasz, at, {{"q", "Wilhelmina Quennell"}}, "search"), at);
    EXPECT_THAT(tomasz.get(at).body(), HasSubstr("Nobody found"));
    at = next(tomasz, at, {{"person", "none"}});
    ASSERT_EQ(at, draft + "/details");

    // An error keeps every word that was typed, on this page and the next time it is opened.
    const Form typed = {{"given_names", "Wilhelmina"},
                        {"family_name", "Quennell & <Sons>"},
                        {"born-day", "31"},
                        {"born-month", "2"},
                        {"born-year", "2004"},
                        {"phone", "not a phone"}};
    const auto wrong = answer(tomasz, at, typed);
    EXPECT_EQ(wrong.status(), 200);
    EXPECT_THAT(wrong.body(), HasSubstr("There is a problem"));
    for (const auto& [name, value] : typed)
        EXPECT_THAT(support::fields_of_form(wrong.document, at), testing::Contains(testing::Pair(name, value)));
    EXPECT_THAT(support::fields_of_form(tomasz.get(at).document, at),
                testing::Contains(testing::Pair("family_name", "Quennell & <Sons>")));

    at = next(tomasz, at,
              {{"family_name", "Quennell"},
               {"born-day", "1"},
               {"born-month", "3"},
               {"born-year", "2004"},
               {"phone", "07700 900123"},
               {"nhs_number", "999 000 0018"},
               {"postcode", "ta1 1aa"}});
    ASSERT_EQ(at, draft + "/why");
    EXPECT_THAT(tomasz.get(at).body(), HasSubstr("What we mean by exploitation"));
    at = next(tomasz, at, {{"reason", "both"}, {"exploitation", "CSE"}});
    ASSERT_EQ(at, draft + "/known");

    // Left for later: My work leads back to it, with everything in it.
    EXPECT_EQ(next(tomasz, at, {{"something_received", "gifts"}}, "later"), "/");
    const auto work = tomasz.get("/");
    EXPECT_THAT(work.body(), HasSubstr("Finish your referral about Wilhelmina Quennell"));
    EXPECT_THAT(work.body(), HasSubstr(draft + "/check"));
    EXPECT_THAT(support::fields_of_form(tomasz.get(at).document, at),
                testing::Contains(testing::Pair("something_received", "gifts")));
    const auto unfinished = tomasz.get(draft + "/check");
    EXPECT_THAT(unfinished.body(), HasSubstr("Some answers are missing or need a change"));
    EXPECT_THAT(unfinished.body(), Not(HasSubstr("Send referral")));

    at = next(tomasz, at, {});
    at = next(tomasz, at, {{"narrative", "She is met after school by a man in a red van."}});
    at = next(tomasz, at, {{"child_aware", "yes"}, {"parent_aware", "no"}});
    at = next(tomasz, at, {{"immediate_danger", "no"}});
    ASSERT_EQ(at, draft + "/social-care");
    EXPECT_THAT(answer(tomasz, at, {}).body(), HasSubstr("Select whether Children’s Social Care has been told"))
        << "H-122: it cannot be passed over";
    at = next(tomasz, at, {{"csc_question", "referred_now"}, {"csc_ref_now", "CSC-77"}});
    EXPECT_THAT(tomasz.get(at).body(), HasSubstr("Tomasz Wrenfield"));
    at = next(tomasz, at, {{"source_code", "2A"}, {"referrer_email", "tomasz@school.example"}});
    ASSERT_EQ(at, draft + "/check");
    const auto check = tomasz.get(at);
    for (const auto* said : {"Wilhelmina Quennell", "red van", "CSC-77", "999 000 0018"})
        EXPECT_THAT(check.body(), HasSubstr(said));
    changes();
    const auto sent = tomasz.submit(check, draft + "/send").location();
    ASSERT_THAT(sent, testing::EndsWith("/sent"));
    EXPECT_THAT(changes(), ElementsAre("create referral"));
    const auto referral = "/referrals/" + part(sent, 2);
    EXPECT_THAT(tomasz.get(sent).body(), HasSubstr("R-2018-"));
    EXPECT_EQ(tomasz.submit(check, draft + "/send").location(), sent) << "sent twice, made once";
    EXPECT_THAT(changes(), ElementsAre());
    EXPECT_EQ(tomasz.get(referral + "/decide").status(), 404);

    // The front door.
    auto imogen = town.client("imogen");
    EXPECT_THAT(imogen.get("/referrals").body(), HasSubstr(referral));
    EXPECT_THAT(imogen.get("/").body(), HasSubstr("Wilhelmina Quennell"));
    const auto opened = imogen.get(referral);
    EXPECT_THAT(opened.body(), HasSubstr("red van"));
    std::string person;
    for (const auto* a : opened.document.all("a"))
        if (a->get("href").starts_with("/people/")) person = a->get("href").substr(8);
    ASSERT_FALSE(person.empty());
    EXPECT_THAT(imogen.get("/people/" + person).body(), HasSubstr("Wilhelmina Quennell"));
    EXPECT_THAT(imogen.get("/search?q=999+000+0018").body(), HasSubstr("Wilhelmina Quennell"));

    // Screening.
    changes();
    const auto begin = imogen.get("/screenings/new?person=" + person + "&referral=" + part(referral, 2));
    EXPECT_THAT(begin.body(), HasSubstr(" is 14"));
    const auto items = imogen.submit(begin, "/screenings/new").location();
    ASSERT_THAT(items, StartsWith("/screenings/draft/"));
    EXPECT_THAT(changes(), ElementsAre("start-screening referral", "create draft"));
    EXPECT_EQ(next(imogen, items, {{"V01", "yes"}, {"V01-note", "Since the move."}}, "later"), "/");
    EXPECT_THAT(support::fields_of_form(imogen.get(items).document, items),
                testing::Contains(testing::Pair("V01-note", "Since the move.")));
    const auto result = next(imogen, items, {{"V01-when", "current_6m"}, {"V01-evidence", "fact"}}, "result");
    ASSERT_EQ(result, items + "/result");
    const auto unjudged = answer(imogen, result, {{"action", "Ring the school."}}, "complete");
    EXPECT_EQ(unjudged.status(), 200);
    EXPECT_THAT(support::fields_of_form(unjudged.document, result),
                testing::Contains(testing::Pair("action", "Ring the school.")));
    changes();
    const auto screening = next(
        imogen, result,
        {{"professional_outcome", "2"}, {"override_reason", "The man is new and older."}, {"mash_referral", "no"}},
        "complete");
    ASSERT_THAT(screening, StartsWith("/screenings/"));
    EXPECT_THAT(changes(), ElementsAre("complete screening"));
    EXPECT_THAT(imogen.get(screening).body(), HasSubstr("The man is new and older."));

    // Decision: nothing said is nothing lost.
    const auto half = imogen.submit(imogen.get(referral + "/decide"), referral + "/decide",
                                    {{"decision", "assessment_s17"}, {"rationale", "Met by an unknown adult."}});
    EXPECT_EQ(half.status(), 200);
    EXPECT_THAT(half.body(), HasSubstr("There is a problem"));
    EXPECT_THAT(support::fields_of_form(half.document, referral + "/decide"),
                testing::IsSupersetOf({testing::Pair("decision", "assessment_s17"),
                                       testing::Pair("rationale", "Met by an unknown adult.")}));
    EXPECT_THAT(changes(), ElementsAre());
    const auto whole =
        imogen.submit(half, referral + "/decide",
                      {{"risk_level", "2"}, {"best_interests", "She asked for someone to talk to at school."}});
    EXPECT_EQ(whole.location(), referral) << whole.body().substr(0, 2000);
    EXPECT_THAT(changes(), ElementsAre("decide referral"));
    EXPECT_THAT(tomasz.get(referral).body(), HasSubstr("will tell you here")) << "not told yet";
    EXPECT_THAT(tomasz.get(referral).body(), Not(HasSubstr("Met by an unknown adult")));

    EXPECT_EQ(
        imogen.submit(imogen.get(referral + "/tell"), referral + "/tell", {{"note", "Thank you for ringing."}})
            .location(),
        referral);
    EXPECT_THAT(changes(), ElementsAre("acknowledge referral"));
    EXPECT_THAT(tomasz.get("/").body(), HasSubstr("Read the answer to your referral"));
    const auto answered = tomasz.get(referral);
    EXPECT_THAT(answered.body(), HasSubstr("Thank you for ringing."));
    EXPECT_THAT(answered.body(), Not(HasSubstr("Met by an unknown adult")))
        << "the reasons stay with the front door";
    EXPECT_EQ(tomasz.submit(answered, referral + "/read").location(), referral);
    EXPECT_THAT(changes(), ElementsAre("read-answer referral"));
    EXPECT_THAT(tomasz.get(referral).body(), HasSubstr("You read this on"));
    EXPECT_THAT(imogen.get("/people/" + person + "/looks").body(), HasSubstr("Imogen Achterberg"));
    whole_log();
}

TEST_F(Journey, Two_who_decide_at_once_lose_nothing) {
    auto imogen = town.client("imogen"), martha = town.client("martha");
    // Of somebody whom both may see, whichever the random ids put first.
    const auto id =
        town.ids(
                "SELECT r.id FROM referral r JOIN person p ON p.id = r.person WHERE r.state = "
                "'RECEIVED' AND p.root NOT IN ($1, $2, $3, $4) ORDER BY r.id",
                Town::restricted_person(), Town::named_person(), Town::sealed_person(), Town::alike_person())
            .at(0);
    const auto decide = "/referrals/" + id + "/decide";
    const Form said = {{"decision", "early_help"},
                       {"risk_level", "1"},
                       {"best_interests", "Support near home is what she wants."}};
    auto first = said, second = said;
    first.emplace_back("rationale", "The first of the two reasons.");
    second.emplace_back("rationale", "The other of the two reasons.");
    const auto page_of_imogen = imogen.get(decide), page_of_martha = martha.get(decide);
    EXPECT_EQ(imogen.submit(page_of_imogen, decide, first).status(), 303);
    const auto late = martha.submit(page_of_martha, decide, second);
    EXPECT_EQ(late.status(), 200);
    EXPECT_THAT(late.body(), HasSubstr("This record has changed since you opened it"));
    EXPECT_THAT(late.body(), HasSubstr("The first of the two reasons."));
    EXPECT_THAT(support::fields_of_form(late.document, decide),
                testing::Contains(testing::Pair("rationale", "The other of the two reasons.")));
}

TEST_F(Journey, An_extract_is_previewed_brought_in_and_its_pairs_are_decided_undone_and_remembered) {
    auto gwen = town.client("gwen"), imogen = town.client("imogen");
    // Two children of the partnership, told of again by education: the name and date that another agency holds.
    std::vector<Canary> given, family, born;
    std::string person;
    for (const auto& row : town.ids("SELECT r.id FROM agency_record r JOIN person p ON p.id = r.person WHERE "
                                    "r.agency <> 'EDU' AND p.root <> $1 ORDER BY r.id",
                                    Town::restricted_person())) {
        std::string g, f, b;
        for (const auto& c : Town::canaries())
            if (c.of == Canary::Of::record && c.id == row) {
                if (c.field == "given_names") g = c.text;
                if (c.field == "family_name") f = c.text;
                if (c.field == "born" && c.text.size() == 10 && c.text[4] == '-') b = c.text;
            }
        if (g.empty() || f.empty() || b.empty()) continue;
        person = "J-1," + g + "," + f + "," + b + "\n";
        break;
    }
    ASSERT_FALSE(person.empty());

    changes();
    const auto broken =
        gwen.upload("/extracts", {"file", "broken.csv", "Ref,Forename,Surname,DOB\nJ-9,Ada,Quillby,31/02/2017\n"})
            .location();
    const auto refused = gwen.get(broken);
    EXPECT_THAT(refused.body(), HasSubstr("1 line is refused"));
    EXPECT_THAT(refused.body(), Not(HasSubstr("Bring in all")));
    EXPECT_THAT(changes(), ElementsAre("preview extract"));
    EXPECT_EQ(gwen.submit(refused, broken + "/abandon").location(), "/extracts");
    EXPECT_THAT(changes(), ElementsAre("abandon extract"));
    const auto nothing = gwen.upload("/extracts", {"file", "", ""});
    EXPECT_THAT(nothing.body(), HasSubstr("Choose a file that is not empty"));
    EXPECT_THAT(changes(), ElementsAre());

    const auto people_before = town.number("SELECT COUNT(*) FROM agency_record");
    const auto batch =
        gwen.upload("/extracts",
                    {"file", "extract.csv", "Ref,Forename,Surname,DOB\n" + person + "J-2,Bo,Quillby,02/03/2005\n"})
            .location();
    ASSERT_THAT(batch, StartsWith("/extracts/"));
    const auto preview = gwen.get(batch);
    EXPECT_THAT(preview.body(), HasSubstr("Bring in all 2 lines"));
    EXPECT_THAT(preview.body(), HasSubstr("May be known"));
    EXPECT_EQ(town.number("SELECT COUNT(*) FROM agency_record"), people_before) << "a preview stores nobody";
    const auto waiting = town.number("SELECT COUNT(*) FROM link_proposal WHERE decided_at IS NULL");
    changes();
    const auto in = gwen.submit(preview, batch + "/commit");
    EXPECT_THAT(in.body(), HasSubstr("The extract has been brought in"));
    EXPECT_THAT(changes(), ElementsAre("import extract"));
    EXPECT_EQ(town.number("SELECT COUNT(*) FROM agency_record"), people_before + 2);
    EXPECT_GT(town.number("SELECT COUNT(*) FROM link_proposal WHERE decided_at IS NULL"), waiting);
    const auto again = gwen.submit(preview, batch + "/commit");
    EXPECT_THAT(again.status(), testing::AnyOf(200, 409));
    EXPECT_EQ(town.number("SELECT COUNT(*) FROM agency_record"), people_before + 2)
        << "sent twice, brought in once";

    // Same person, undone as different, and never proposed again.
    const auto pair = town.ids(
                              "SELECT l.record_a || '/' || l.record_b FROM link_proposal l JOIN agency_record a "
                              "ON a.id = l.record_a JOIN agency_record b ON b.id = l.record_b "
                              "WHERE l.decided_at IS NULL AND (a.import_id = $1 OR b.import_id = $1)",
                              part(batch, 2))
                          .at(0);
    changes();
    const auto no_answer = imogen.post("/matches/" + pair, {{"verdict", "perhaps"}, {"reason", "I wonder"}});
    EXPECT_THAT(no_answer.body(), HasSubstr("Choose one of the three"));
    EXPECT_THAT(no_answer.body(), HasSubstr("value=\"I wonder\""));
    EXPECT_THAT(changes(), ElementsAre());
    const auto decided = imogen.post("/matches/" + pair, {{"verdict", "same"}, {"reason", "Same name and day"}});
    EXPECT_THAT(decided.location(), StartsWith("/matches?"));
    EXPECT_THAT(changes(), ElementsAre("decide-match record"));
    const auto root =
        town.ids("SELECT p.root FROM agency_record a JOIN person p ON p.id = a.person WHERE a.id = $1",
                 part("/" + pair, 1))
            .at(0);
    EXPECT_EQ(town.ids("SELECT p.root FROM agency_record a JOIN person p ON p.id = a.person WHERE a.id = $1",
                       part("/" + pair, 2))
                  .at(0),
              root);
    EXPECT_EQ(imogen.post("/matches/" + pair, {{"verdict", "same"}}).status(), 200)
        << "already one person, says the page";
    const auto link = town.ids(
                              "SELECT id FROM link_decision WHERE verdict = 'same' AND undone_at IS NULL ORDER BY "
                              "decided_at DESC LIMIT 1")
                          .at(0);
    const auto linked = imogen.get("/people/" + root);
    EXPECT_THAT(linked.body(), HasSubstr("Undo this link"));
    changes();
    EXPECT_EQ(
        imogen.post("/people/" + root + "/undo-link", {{"decision", link}, {"apart", "yes"}, {"reason", "Twins"}})
            .location(),
        "/people/" + root);
    EXPECT_THAT(changes(), ElementsAre("undo-link person"));
    EXPECT_NE(town.ids("SELECT p.root FROM agency_record a JOIN person p ON p.id = a.person WHERE a.id = $1",
                       part("/" + pair, 1))
                  .at(0),
              town.ids("SELECT p.root FROM agency_record a JOIN person p ON p.id = a.person WHERE a.id = $1",
                       part("/" + pair, 2))
                  .at(0));
    EXPECT_EQ(imogen.post("/people/" + root + "/undo-link", {{"decision", link}}).status(), 409) << "undone once";
    const auto resisted = imogen.post("/matches/" + pair, {{"verdict", "same"}});
    EXPECT_THAT(resisted.body(), HasSubstr("are different people"));
    whole_log();
}

TEST_F(Journey, A_draft_saved_in_two_windows_keeps_the_later_words) {
    auto tomasz = town.client("tomasz");
    auto at = tomasz.submit(tomasz.get("/referrals/new"), "/referrals/new").location();
    at = next(tomasz, at, {{"subject_kind", "location"}});
    const auto one = tomasz.get(at), other = tomasz.get(at);
    EXPECT_EQ(tomasz.submit(one, at, {{"place_name", "The car park"}}, "continue").status(), 303);
    const auto late = tomasz.submit(other, at, {{"place_name", "The car park behind the station"}}, "continue");
    EXPECT_EQ(late.status(), 200);
    EXPECT_THAT(late.body(), HasSubstr("saved in another window"));
    EXPECT_EQ(tomasz.submit(late, at, {}, "continue").status(), 303);
    EXPECT_THAT(tomasz.get(at).body(), HasSubstr("The car park behind the station"));
}

}  // namespace
}  // namespace rowan::pages
