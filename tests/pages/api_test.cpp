// What programs are told about people: what the pages say, no more, and the log knows it.
#include "formats/json.h"
#include "pages/town.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace rowan::pages {
namespace {

using formats::Json;
using support::Answer;
using testing::HasSubstr, testing::Not;

Json told(const Answer& answer) {
    EXPECT_EQ(answer.status(), 200);
    EXPECT_EQ(answer.response.content_type, "application/json");
    auto json = formats::parse_json(answer.body());
    if (!json.ok()) throw std::runtime_error(json.error().message);
    return std::move(*json);
}

TEST(Api, a_glance_is_what_the_page_says_and_one_entry_in_the_log) {
    Town town;
    auto imogen = town.client("imogen");
    const auto person = town.ordinary_person();
    const auto before = town.audit_size();
    const auto glance = told(imogen.get("/api/people/" + person));
    const auto entries = town.audit_since(before);
    ASSERT_EQ(entries.size(), 1u);
    EXPECT_EQ(entries[0].subject_id, person);
    EXPECT_EQ(entries[0].outcome, "allowed");
    EXPECT_EQ(entries[0].detail, "glance");
    EXPECT_EQ(glance["sight"].text(), "full");
    EXPECT_EQ(glance["id"].text(), person);
    EXPECT_EQ(glance["rule"].text(), entries[0].rule);
    EXPECT_FALSE(glance["name"].text().empty());
    const auto page = imogen.get("/people/" + person);
    for (const auto* field : {"ref", "name"}) EXPECT_THAT(page.document.text, HasSubstr(glance[field].text()));
    for (const auto& agency : glance["agencies"].strings()) EXPECT_THAT(page.document.text, HasSubstr(agency));
}

TEST(Api, somebody_whose_records_were_linked_goes_by_one_reference_everywhere) {
    Town town;
    auto imogen = town.client("imogen");
    int linked = 0;
    for (const auto& person :
         town.ids("SELECT root FROM person GROUP BY root HAVING COUNT(*) > 1 ORDER BY root")) {
        const auto answer = imogen.get("/api/people/" + person);
        if (answer.status() != 200) continue;  // protected, and not hers
        const auto ref = told(answer)["ref"].text();
        EXPECT_EQ(ref, town.ids("SELECT ref FROM person WHERE id = $1", person).at(0));
        EXPECT_THAT(imogen.get("/people/" + person).document.text, HasSubstr(ref));
        ++linked;
    }
    EXPECT_GT(linked, 5);
}

TEST(Api, a_search_finds_for_a_program_whom_it_finds_for_a_person) {
    Town town;
    auto imogen = town.client("imogen");
    const auto name = told(imogen.get("/api/people/" + town.ordinary_person()))["name"].text();
    const auto before = town.audit_size();
    const auto found = told(imogen.get("/api/people?q=" + http::url_encode(name)));
    const auto page = imogen.get("/search?q=" + http::url_encode(name));
    ASSERT_FALSE(found["people"].array().empty());
    std::size_t entered = 0;
    for (const auto& line : found["people"].array())
        EXPECT_THAT(page.body(), HasSubstr("/people/" + line["id"].text()));
    for (const auto& entry : town.audit_since(before)) {
        EXPECT_EQ(entry.act, "search");
        EXPECT_THAT(entry.detail, Not(HasSubstr(name)));
        entered += entry.subject_kind == "person";
    }
    EXPECT_EQ(entered, 2 * found["people"].array().size()) << "for the program, and for the page";
}

// S-053: whom to ring, and nothing else.
TEST(Api, S_053_who_is_not_theirs_is_a_signpost_without_a_name) {
    Town town;
    for (const auto& user : personas()) {
        auto client = town.client(user);
        for (const auto& person : town.ids("SELECT DISTINCT root FROM person ORDER BY root")) {
            const auto answer = client.get("/api/people/" + person);
            if (answer.status() != 200) continue;
            const auto glance = told(answer);
            if (glance["sight"].text() != "signpost") continue;
            for (const auto* field : {"id", "ref", "name", "born", "sex", "area", "agencies", "flag_in_force"})
                EXPECT_FALSE(glance.has(field)) << user << " is told " << field;
            ASSERT_FALSE(glance["contacts"].array().empty());
            EXPECT_FALSE(glance["contacts"].array()[0]["agency"].text().empty());
            EXPECT_EQ(town.audit_since(town.audit_size() - 1)[0].detail, "signpost");
            return;
        }
    }
    FAIL() << "nobody was shown a signpost";
}

TEST(Api, a_search_without_words_says_what_to_send) {
    Town town;
    const auto answer = town.client("imogen").get("/api/people?q=");
    EXPECT_EQ(answer.status(), 400);
    EXPECT_THAT(answer.document.text, HasSubstr("?q="));
}

TEST(Api, who_is_not_signed_in_is_told_nothing) {
    Town town;
    auto nobody = town.client();
    for (const auto* address : {"/api/people?q=smith", "/api/people/0000000000000000000000000a"}) {
        const auto answer = nobody.get(address);
        EXPECT_EQ(answer.status(), 303);
        EXPECT_TRUE(answer.body().empty());
    }
}

}  // namespace
}  // namespace rowan::pages
