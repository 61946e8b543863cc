// A person as one agency knows them: what is accepted, how it is written down, and the vault that keeps it.
#include "support/people.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace rowan::people {
namespace {

using namespace support;

const base::Date kToday = day("2018-03-26");

std::string repeated(const std::string& text, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += text;
    return out;
}
bool accepted(Identity who) { return check(who, kToday).empty(); }

TEST(Person, names_of_1_to_80_characters_of_any_script) {
    EXPECT_TRUE(accepted(somebody("A", "")));
    EXPECT_TRUE(accepted(somebody("", "B")));
    EXPECT_TRUE(accepted(somebody(repeated("é", 80), "")));
    EXPECT_FALSE(accepted(somebody(repeated("é", 81), "")));
    EXPECT_FALSE(accepted(somebody(repeated("x", 300), "")));
    EXPECT_TRUE(accepted(somebody("😀", "نور")));
    EXPECT_FALSE(accepted(somebody("", "")));
    EXPECT_FALSE(accepted(somebody("  ", "\t")));
}

TEST(Person, dates_of_birth_between_1900_and_today) {
    EXPECT_TRUE(accepted(somebody("A", "B", "2018-03-26")));
    EXPECT_FALSE(accepted(somebody("A", "B", "2018-03-27")));
    EXPECT_TRUE(accepted(somebody("A", "B", "1900-01-01")));
    EXPECT_FALSE(accepted(somebody("A", "B", "1899-12-31")));
}

TEST(Person, identifiers_are_tidied_or_refused) {
    auto who = somebody("A", "B");
    who.nhs_number = "999 000 0018";
    who.phone = "07700 900123";
    who.postcode = "b913qb";
    who.sex = "male";
    EXPECT_TRUE(check(who, kToday).empty());
    EXPECT_EQ("9990000018", who.nhs_number);
    EXPECT_EQ("+447700900123", who.phone);
    EXPECT_EQ("B91 3QB", who.postcode);
    EXPECT_EQ("U", who.sex);
    who.nhs_number = "9990000019";
    const auto problems = check(who, kToday);
    ASSERT_EQ(1u, problems.size());
    EXPECT_EQ("nhs_number", problems[0].field);
    who.nhs_number.clear();
    who.postcode = "not known";
    EXPECT_TRUE(check(who, kToday).empty()) << "a postcode that cannot be read is kept, not refused (trap 6)";
    EXPECT_EQ("not known", who.postcode);
}

TEST(Person, dates_written_in_three_fields) {
    EXPECT_EQ(day("2007-03-27"), *parse_written_date("27", "3", "2007"));
    EXPECT_EQ(day("2007-03-27"), *parse_written_date(" 27 ", "March", "2007"));
    EXPECT_EQ(day("2007-03-01"), *parse_written_date("01", "mar", "2007"));
    EXPECT_EQ(day("2016-02-29"), *parse_written_date("29", "2", "2016"));
    struct Wrong {
        const char *d, *m, *y;
    };
    for (const auto& w : {Wrong{"31", "2", "2017"},
                          {"29", "2", "2017"},
                          {"0", "1", "2017"},
                          {"1", "13", "2017"},
                          {"1", "0", "2017"},
                          {"", "1", "2017"},
                          {"1", "", "2017"},
                          {"1", "1", ""},
                          {"1", "1", "17"},
                          {"1", "1", "20017"},
                          {"x", "1", "2017"},
                          {"-1", "1", "2017"},
                          {"1", "ma", "2017"},
                          {"1", "1", "abcd"},
                          {"257", "1", "2017"},
                          {"1", "257", "2017"}})
        EXPECT_FALSE(parse_written_date(w.d, w.m, w.y).ok()) << w.d << "/" << w.m << "/" << w.y;
}

TEST(Person, everything_said_comes_back_from_the_sealed_form) {
    EXPECT_TRUE(rc::check([](const std::string& a, const std::string& b, const std::vector<std::string>& aliases) {
        Identity who;
        auto plain = [](std::string text) {
            std::erase_if(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
            return text;
        };
        who.given_names = plain(a);
        who.address = plain(b);
        for (const auto& alias : aliases) who.aliases.push_back(plain(alias));
        who.born = day("2004-02-29");
        const auto back = identity_from_json(to_json(who));
        RC_ASSERT(back.ok());
        RC_ASSERT(to_json(*back) == to_json(who));
        RC_ASSERT(back->given_names == who.given_names && back->aliases == who.aliases && back->born == who.born);
    }));
    EXPECT_FALSE(identity_from_json("{").ok());
    EXPECT_FALSE(identity_from_json("").ok());
}

TEST(Person, a_flag_is_in_force_from_its_day_to_the_day_before_it_is_cleared) {
    Flag flag;
    flag.set_on = day("2018-04-01");
    EXPECT_FALSE(flag.active_on(day("2018-03-31")));
    EXPECT_TRUE(flag.active_on(day("2018-04-01")));
    EXPECT_TRUE(flag.active_on(day("2030-01-01")));
    flag.cleared_on = day("2018-05-01");
    EXPECT_TRUE(flag.active_on(day("2018-04-30")));
    EXPECT_FALSE(flag.active_on(day("2018-05-01")));
}

class VaultTest : public ::testing::Test {
protected:
    TemporaryDatabase temporary;
    TestOffice house{temporary.db()};
    OwnerKey key_of(const std::string& owner) {
        std::optional<OwnerKey> out;
        house.write([&](Session& s) -> base::Result<> {
            out.emplace(new_owner_key(house.office(), s, owner));
            return base::done();
        });
        return *out;
    }
};

TEST_F(VaultTest, moved_ciphertext_does_not_open) {
    const auto key = key_of("alice"), other = key_of("bob");
    const Place place{"agency_record", "r1", "identity"};
    const auto sealed = key.seal(place, "Amina Rahman");
    EXPECT_EQ(std::string::npos, sealed.find("Amina"));
    EXPECT_EQ("Amina Rahman", *key.open(place, sealed));
    EXPECT_FALSE(key.open({"agency_record", "r2", "identity"}, sealed).ok()) << "another row";
    EXPECT_FALSE(key.open({"referral", "r1", "identity"}, sealed).ok()) << "another table";
    EXPECT_FALSE(key.open({"agency_record", "r1", "content"}, sealed).ok()) << "another column";
    EXPECT_FALSE(key.open({"agency_record", "r1", "identity", "restricted"}, sealed).ok()) << "another class";
    EXPECT_FALSE(other.open(place, sealed).ok()) << "another person's key";
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        auto altered = sealed;
        altered[i] ^= 1;
        EXPECT_FALSE(key.open(place, altered).ok()) << i;
    }
    EXPECT_FALSE(key.open(place, "").ok());
}

TEST_F(VaultTest, a_key_moved_to_another_owner_does_not_open_and_an_erased_one_is_gone) {
    key_of("alice");
    key_of("bob");
    house.write([&](Session& s) -> base::Result<> {
        EXPECT_TRUE(owner_key(house.office(), s, "alice").ok());
        s.execute(
            "UPDATE record_key SET wrapped = (SELECT wrapped FROM record_key WHERE owner = 'bob') WHERE owner = "
            "'alice'");
        EXPECT_FALSE(owner_key(house.office(), s, "alice").ok());
        s.execute("DELETE FROM record_key WHERE owner = 'bob'");
        EXPECT_EQ(base::ErrorKind::not_found, owner_key(house.office(), s, "bob").error().kind);
        EXPECT_FALSE(unwrap_owner_key(house.office(), "alice", "no colon").ok());
        EXPECT_FALSE(unwrap_owner_key(house.office(), "alice", "").ok());
        return base::done();
    });
}

}  // namespace
}  // namespace rowan::people
