// The pages, driven as a browser without scripts would: addresses, forms and redirects.
#include "protect/protect_pages.h"

#include "base/text.h"
#include "house.h"
#include "partnership/front.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rowan::protect {
namespace {

using sample::House;
using testing::HasSubstr;
using testing::Not;
using Form = std::vector<std::pair<std::string, std::string>>;

std::size_t count(const std::string& text, std::string_view what) {
    std::size_t n = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size())) ++n;
    return n;
}

class Pages : public testing::Test {
protected:
    Pages() { add_protect_routes(routes, house.desk()); }

    http::Response ask(const Viewer& viewer, http::Method method, const std::string& address,
                       const Form& form = {}) {
        http::Request request;
        request.method = method;
        const auto mark = address.find('?');
        request.path = address.substr(0, mark);
        if (mark != std::string::npos)
            for (const auto& pair : base::split(address.substr(mark + 1), '&')) {
                const auto equals = pair.find('=');
                request.query.add(pair.substr(0, equals),
                                  equals == std::string::npos ? "" : pair.substr(equals + 1));
            }
        const auto found = routes.find(method, request.path);
        if (!found.route) throw std::runtime_error("no route for " + address);
        partnership::Visit visit{house.office(), request, viewer, "csrf", found.parameters, {}, {}, ""};
        for (const auto& [name, value] : form) visit.form.add(name, value);
        auto out = found.route->page(visit);
        looks = visit.looks;
        if (out.status == 200 && out.content_type.starts_with("text/html")) {
            EXPECT_EQ(count(out.body, "<h1"), 1u) << address;
            EXPECT_FALSE(visit.looks.empty()) << address << ": a page that shows people records a look";
        }
        return out;
    }
    std::string get(const Viewer& viewer, const std::string& address) {
        const auto out = ask(viewer, http::Method::get, address);
        EXPECT_EQ(out.status, 200) << address << out.body.substr(0, 0);
        return out.body;
    }
    int status(const Viewer& viewer, const std::string& address) {
        return ask(viewer, http::Method::get, address).status;
    }
    // Where a post leads to; the body when it leads nowhere.
    std::string post(const Viewer& viewer, const std::string& address, const Form& form) {
        auto out = ask(viewer, http::Method::post, address, form);
        for (const auto& [name, value] : out.headers)
            if (name == "Location") return value;
        return out.body;
    }
    static std::string version_in(const std::string& page, const std::string& name = "version") {
        const auto at = page.find("name=\"" + name + "\" value=\"");
        if (at == std::string::npos) return "";
        const auto from = at + name.size() + 15;
        return page.substr(from, page.find('"', from) - from);
    }
    // Answers the page at this address and goes on.
    std::string answer(const Viewer& viewer, const std::string& address, Form form) {
        form.emplace_back("version", version_in(get(viewer, address)));
        return post(viewer, address, form);
    }

    sample::TemporaryDatabase database_;
    House house{database_.db()};
    partnership::Routes routes;
    std::vector<partnership::AuditEntry> looks;
};

TEST_F(Pages, S_107_H_122_H_239_a_teacher_refers_page_by_page) {
    const auto& t = house.teacher;
    EXPECT_THAT(get(t, "/referrals/new"), HasSubstr("does not replace a referral to Children’s Social Care"));
    auto at = post(t, "/referrals/new", {});
    ASSERT_THAT(at, HasSubstr("/about"));
    EXPECT_THAT(post(t, at, {{"version", "1"}}), HasSubstr("Select who or what you are worried about"));
    at = answer(t, at, {{"subject_kind", "child"}});
    ASSERT_THAT(at, HasSubstr("/search"));
    EXPECT_EQ(answer(t, at, {{"q", "Amina Rahman"}, {"do", "search"}}), at);
    EXPECT_THAT(get(t, at), HasSubstr("Nobody found: I will describe them"));
    at = answer(t, at, {{"q", "Amina Rahman"}, {"person", "none"}});
    ASSERT_THAT(at, HasSubstr("/details"));
    const auto wrong =
        answer(t, at, {{"given_names", "Amina"}, {"born-day", "31"}, {"born-month", "2"}, {"born-year", "2004"}});
    EXPECT_THAT(wrong, HasSubstr("There is a problem"));
    EXPECT_THAT(wrong, HasSubstr("Error: "));
    EXPECT_THAT(wrong, HasSubstr("value=\"31\"")) << "what was typed is still there";
    at = answer(t, at,
                {{"given_names", "Amina"},
                 {"family_name", "Rahman"},
                 {"born-day", "1"},
                 {"born-month", "march"},
                 {"born-year", "2004"},
                 {"postcode", "b913qb"}});
    ASSERT_THAT(at, HasSubstr("/why"));
    const auto why = get(t, at);
    EXPECT_THAT(why, HasSubstr("definition"));
    EXPECT_THAT(why, HasSubstr("child protection procedures"));
    at = answer(t, at, {{"reason", "both"}, {"exploitation", "CSE"}, {"exploitation", "online"}});
    at = answer(t, at, {{"something_received", "gifts"}, {"who", "adults"}});
    ASSERT_THAT(at, HasSubstr("/worry"));
    at = answer(t, at, {{"narrative", "She keeps putting herself at risk with an older man in a car."}});
    at = answer(t, at, {{"child_aware", "yes"}, {"parent_aware", "unsafe_to_tell"}});
    at = answer(t, at, {{"immediate_danger", "no"}});
    ASSERT_THAT(at, HasSubstr("/social-care"));
    EXPECT_THAT(answer(t, at, {}), HasSubstr("Select whether Children’s Social Care has been told"));
    at = answer(t, at, {{"csc_question", "referred_now"}, {"csc_ref_now", "CSC-77"}});
    const auto you = get(t, at);
    EXPECT_THAT(you, HasSubstr("Tess Marlow")) << "prefilled from who is signed in";
    at = answer(t, at,
                {{"source_code", "2A"},
                 {"referrer_name", "Tess Marlow"},
                 {"referrer_post", "Teacher"},
                 {"referrer_email", "tess@example.org"}});
    ASSERT_THAT(at, HasSubstr("/check"));
    const auto check = get(t, at);
    EXPECT_THAT(check, HasSubstr("Send referral"));
    EXPECT_THAT(check, HasSubstr("1 March 2004"));
    EXPECT_THAT(check, HasSubstr("B91 3QB"));
    EXPECT_THAT(check, HasSubstr("putting herself at risk”")) << "a gentle prompt that does not block";
    const auto draft_address = at.substr(0, at.rfind('/'));
    const auto sent = post(t, draft_address + "/send", {});
    ASSERT_THAT(sent, HasSubstr("/sent"));
    EXPECT_EQ(post(t, draft_address + "/send", {}), sent) << "sending twice";
    const auto confirmation = get(t, sent);
    EXPECT_THAT(confirmation, HasSubstr("R-2018-0001"));
    EXPECT_THAT(confirmation, HasSubstr("27 March 2018 at 5:00pm"));
}

TEST_F(Pages, a_page_that_comes_back_from_check_goes_back_to_check) {
    const auto draft = house.draft(house.teacher, House::answers());
    const auto address = "/referrals/new/" + draft + "/worry";
    EXPECT_EQ(
        answer(house.teacher, address, {{"narrative", "Something else worries me now."}, {"return", "check"}}),
        "/referrals/new/" + draft + "/check");
    EXPECT_EQ(answer(house.teacher, address, {{"narrative", "short"}, {"do", "later"}}), "/")
        << "unfinished words are saved too";
    EXPECT_EQ(house.desk().draft(house.teacher, draft)->answers.get("narrative"), "short");
}

TEST_F(Pages, a_page_open_in_two_windows_does_not_lose_either_words) {
    const auto draft = house.draft(house.teacher, House::answers());
    const auto address = "/referrals/new/" + draft + "/worry";
    const auto page = get(house.teacher, address);
    post(house.teacher, address,
         {{"version", version_in(page)}, {"narrative", "First window: a worry of enough letters"}});
    const auto second =
        post(house.teacher, address,
             {{"version", version_in(page)}, {"narrative", "Second window: other words of enough letters"}});
    EXPECT_THAT(second, HasSubstr("saved in another window"));
    EXPECT_THAT(second, HasSubstr("Second window: other words"));
}

TEST_F(Pages, nobody_opens_anothers_draft_and_absent_and_forbidden_look_alike) {
    const auto draft = house.draft(house.teacher, House::answers());
    const auto mine = ask(house.nurse, http::Method::get, "/referrals/new/" + draft + "/check");
    const auto none = ask(house.nurse, http::Method::get, "/referrals/new/00000000000000000000000000/check");
    EXPECT_EQ(mine.status, 404);
    EXPECT_EQ(mine.body, none.body);
    const auto id = house.refer(house.teacher);
    EXPECT_EQ(ask(house.nurse, http::Method::get, "/referrals/" + id).body,
              ask(house.nurse, http::Method::get, "/referrals/00000000000000000000000000").body);
    EXPECT_EQ(looks.back().outcome, "denied");
}

TEST_F(Pages, the_list_says_why_each_is_there_and_exports) {
    house.refer(house.teacher);
    house.clock().set(sample::at("2018-03-27T22:30:00.000Z"));
    const auto list = get(house.front_door, "/referrals?overdue=yes");
    EXPECT_THAT(list, HasSubstr("Decision overdue by 6 hours"));
    EXPECT_THAT(list, HasSubstr("Amina Rahman"));
    EXPECT_THAT(get(house.nurse, "/referrals"), Not(HasSubstr("Amina")));
    EXPECT_EQ(ask(house.front_door, http::Method::get, "/referrals/export?overdue=yes").status, 403)
        << "a file of people goes only to a session with a security key";
    auto keyed = house.front_door;
    keyed.keyed = true;
    const auto csv = ask(keyed, http::Method::get, "/referrals/export?overdue=yes");
    EXPECT_THAT(csv.content_type, HasSubstr("text/csv"));
    EXPECT_THAT(csv.body, HasSubstr("R-2018-0001"));
    EXPECT_THAT(csv.body, HasSubstr("Amina Rahman"));
    EXPECT_EQ(looks.front().act, "export");
    EXPECT_THAT(get(house.front_door, "/referrals?state=nonsense&sort=nonsense&page=99"),
                HasSubstr("No referral"));
}

TEST_F(Pages, names_with_markup_stay_text) {
    auto answers = House::answers("<script>alert(1)</script>");
    answers.set("narrative", "<img src=x onerror=alert(1)> is what somebody typed here");
    const auto id = house.refer(house.teacher, answers);
    for (const auto& page : {get(house.front_door, "/referrals"), get(house.front_door, "/referrals/" + id),
                             get(house.teacher, "/referrals/" + id)}) {
        EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
        EXPECT_THAT(page, Not(HasSubstr("<img src=x")));
    }
}

TEST_F(Pages, H_021_S_031_the_front_door_decides_and_tells_and_the_teacher_reads) {
    const auto id = house.refer(house.teacher);
    const auto address = "/referrals/" + id + "/decide";
    const auto page = get(house.front_door, address);
    EXPECT_THAT(page, HasSubstr("best interests?"));
    const Form base{{"referral_version", version_in(page, "referral_version")},
                    {"decision_version", "0"},
                    {"once", "01234567890123456789abcdef"}};
    auto form = base;
    EXPECT_THAT(post(house.front_door, address, form), HasSubstr("Say how this serves"));
    for (const auto& field : Form{{"decision", "assessment_s17"},
                                  {"risk_level", "2"},
                                  {"rationale", "They say that it was consensual."},
                                  {"best_interests", "She is heard."}})
        form.push_back(field);
    const auto prompted = post(house.front_door, address, form);
    EXPECT_THAT(prompted, HasSubstr("Nothing has been recorded yet"));
    EXPECT_THAT(prompted, HasSubstr("appears consensual"));
    form.emplace_back("prompted", "yes");
    EXPECT_EQ(post(house.front_door, address, form), "/referrals/" + id) << "a prompt, never a block";
    EXPECT_THAT(get(house.front_door, "/referrals/" + id), HasSubstr("Decided in time"));
    EXPECT_THAT(get(house.teacher, "/referrals/" + id), HasSubstr("has decided and will tell you"));
    const auto tell = get(house.front_door, "/referrals/" + id + "/tell");
    EXPECT_EQ(post(house.front_door, "/referrals/" + id + "/tell",
                   {{"version", version_in(tell)}, {"note", "Ring us."}}),
              "/referrals/" + id);
    const auto own = get(house.teacher, "/referrals/" + id);
    EXPECT_THAT(own, HasSubstr("A social worker will make an assessment."));
    EXPECT_THAT(own, Not(HasSubstr("consensual")));
    EXPECT_EQ(post(house.teacher, "/referrals/" + id + "/read", {}), "/referrals/" + id);
    EXPECT_THAT(get(house.teacher, "/referrals/" + id), HasSubstr("You read this on"));
    EXPECT_THAT(get(house.front_door, "/referrals/" + id + "/looks"), HasSubstr("Tess Marlow"));
}

TEST_F(Pages, a_stale_decision_shows_both_side_by_side) {
    const auto id = house.refer(house.teacher);
    const auto address = "/referrals/" + id + "/decide";
    const auto page = get(house.manager, address);
    House::must(house.decide(id));
    const auto conflict = post(house.manager, address,
                               {{"referral_version", version_in(page, "referral_version")},
                                {"decision_version", version_in(page, "decision_version")},
                                {"decision", "early_help"},
                                {"risk_level", "1"},
                                {"rationale", "Mine is another view of this."},
                                {"best_interests", "Close to home."},
                                {"once", "0123456789abcdefghjkmnpqrs"}});
    EXPECT_THAT(conflict, HasSubstr("Yours and theirs are below"));
    EXPECT_THAT(conflict, HasSubstr("Mine is another view of this."));
    EXPECT_THAT(conflict, HasSubstr("Grooming is likely"));
    EXPECT_EQ(house.desk().referral(house.front_door, id)->decision->decision, "assessment_s17");
}

TEST_F(Pages, level_3_says_strategy_discussion_and_danger_is_said_in_words) {
    auto answers = House::answers();
    answers.set("immediate_danger", "yes");
    const auto id = house.refer(house.teacher, answers);
    EXPECT_THAT(get(house.front_door, "/referrals"), HasSubstr("Immediate danger"));
    EXPECT_THAT(get(house.front_door, "/referrals/" + id), HasSubstr("strategy discussion today"));
    House::must(
        house.desk().decide(house.front_door, house.proposal(id, "strategy_s47", "3"), house.version(id), ""));
    EXPECT_THAT(get(house.front_door, "/referrals/" + id), HasSubstr("strategy discussion immediately"));
}

TEST_F(Pages, H_171_H_209_a_screening_from_start_to_lock) {
    const auto id = house.refer(house.teacher);
    const auto person = house.desk().referral(house.front_door, id)->person;
    const auto& t = house.teacher;
    EXPECT_THAT(get(t, "/screenings/new?person=" + person), HasSubstr("12 and over"));
    auto at = post(t, "/screenings/new", {{"person", person}});
    ASSERT_THAT(at, HasSubstr("/screenings/draft/"));
    EXPECT_THAT(answer(t, at, {{"I01", "yes"}}), HasSubstr("select when"));
    const auto result = answer(t, at,
                               {{"I01", "yes"},
                                {"I01-when", "current_6m"},
                                {"I01-when", "6_12m"},
                                {"I01-evidence", "fact"},
                                {"V01", "possible"},
                                {"V02", "yes"},
                                {"V02-evidence", "gut_feeling"}});
    ASSERT_THAT(result, HasSubstr("/result"));
    const auto page = get(t, result);
    EXPECT_THAT(page, HasSubstr("add up to 7"));
    EXPECT_THAT(page, HasSubstr("a low sum is not a sign of safety"));
    EXPECT_THAT(page, HasSubstr("1 of the points rest on a gut feeling alone"));
    EXPECT_THAT(answer(t, result, {{"professional_outcome", "3"}, {"mash_referral", "yes"}}),
                HasSubstr("Say why your judgement differs"));
    const auto done =
        answer(t, result,
               {{"professional_outcome", "3"}, {"override_reason", "I saw the car."}, {"mash_referral", "yes"}});
    ASSERT_THAT(done, HasSubstr("/screenings/"));
    const auto complete = get(t, done);
    EXPECT_THAT(complete, HasSubstr("Completed and locked, version 1"));
    EXPECT_THAT(complete, HasSubstr("I saw the car."));
    EXPECT_THAT(complete, HasSubstr("Make the referral"));
    EXPECT_EQ(status(house.nurse, done), 404);
    EXPECT_EQ(post(house.colleague, done + "/review", {{"version", "1"}, {"outcome", "REFERRED_MASH"}}), done);
    EXPECT_THAT(get(house.colleague, done), HasSubstr("Reviewed"));
    const auto again = post(t, done + "/amend", {});
    EXPECT_THAT(get(t, again), HasSubstr("Missing from home or care"));
}

TEST_F(Pages, an_unknown_age_is_asked_for_on_the_page) {
    auto answers = House::answers();
    for (const char* name : {"born-day", "born-month", "born-year"}) answers.forget(name);
    const auto person = house.desk().referral(house.front_door, house.refer(house.teacher, answers))->person;
    EXPECT_THAT(get(house.teacher, "/screenings/new?person=" + person),
                HasSubstr("About how old is the young person?"));
    EXPECT_THAT(post(house.teacher, "/screenings/new", {{"person", person}, {"age", "eleven"}}),
                HasSubstr("Enter about how old"));
    const auto at = post(house.teacher, "/screenings/new", {{"person", person}, {"age", "11"}});
    EXPECT_THAT(get(house.teacher, at), HasSubstr("(estimated)"));
}

TEST_F(Pages, a_duplicate_is_joined_and_parted_by_form) {
    house.refer(house.teacher);
    const auto second = house.refer(house.teacher);
    const auto page = get(house.front_door, "/referrals/" + second);
    EXPECT_EQ(post(house.front_door, "/referrals/" + second + "/join",
                   {{"version", version_in(page)}, {"ref", "R-2018-0001"}}),
              "/referrals/" + second);
    EXPECT_THAT(get(house.front_door, "/referrals/" + second), HasSubstr("R-2018-0001"));
    EXPECT_THAT(get(house.teacher, "/referrals/" + second), HasSubstr("joined this to an earlier referral"));
    EXPECT_EQ(post(house.front_door, "/referrals/" + second + "/part",
                   {{"version", version_in(get(house.front_door, "/referrals/" + second))}}),
              "/referrals/" + second);
    EXPECT_THAT(get(house.front_door, "/referrals/" + second), Not(HasSubstr("Part these two")));
}

TEST_F(Pages, my_work_is_shown_with_its_clock_and_its_reason) {
    house.refer(house.teacher);
    const auto lines = work_lines(house.desk().work_for(house.front_door), house.clock().now());
    const std::string list{html::work_list(lines, "Nothing needs you now.").view()};
    EXPECT_THAT(list, HasSubstr("Decide on R-2018-0001: Amina Rahman"));
    EXPECT_THAT(list, HasSubstr("Decision due tomorrow at 5pm"));
}

}  // namespace
}  // namespace rowan::protect
