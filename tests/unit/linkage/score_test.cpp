#include "linkage/score.h"
#include "linkage/distance.h"
#include "linkage/index.h"
#include "linkage/sheet.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <atomic>
#include <cmath>
#include <thread>

namespace rowan::linkage {
namespace {

const Scorer& scorer() {
    static const Scorer s(Model::children());
    return s;
}

Record child(std::string id = "1") {
    Record r;
    r.id = std::move(id);
    r.given_names = "Saoirse Marie";
    r.family_name = "Okonkwo-Price";
    r.date_of_birth = {2012, 5, 17};
    r.sex = "F";
    r.postcode = "TA1 1AA";
    r.address = "12 Rowan Lane";
    return r;
}

// So many records that hold nothing but these names; the number of the last.
std::uint32_t add_named(Population& p, const char* given, const char* family, int times) {
    Record r;
    r.given_names = given, r.family_name = family;
    for (int i = 1; i < times; ++i) p.add(p.pack(normalise(r)));
    return p.add(p.pack(normalise(r)));
}

std::string level(const Waterfall& w, std::string_view field) {
    for (const Step& s : w.steps)
        if (s.field == field) return s.says;
    return "missing";
}

TEST(Model, The_built_in_one_reads_and_writes_itself_exactly) {
    const Model& m = Model::children();
    const Model again = Model::parse(m.text()).value();
    EXPECT_EQ(again.text(), m.text());
    ASSERT_EQ(again.fields.size(), kFields);
    for (const FieldModel& f : m.fields) {
        double sum_m = 0, sum_u = 0;
        for (const Level& l : f.levels) sum_m += l.m, sum_u += l.u;
        EXPECT_NEAR(sum_m, 1, 1e-6) << field_key(f.field);
        EXPECT_NEAR(sum_u, 1, 1e-6) << field_key(f.field);
    }
}

TEST(Model, Bad_files_are_refused_with_a_sentence) {
    for (const char* text :
         {"", "format = 1\nprior = \xCD\x9A-5", "format = 2", "format = 1", "format = 1\nprior = 2.0", "x = [",
          "format = 1\n[[field]]\nfield = \"shoe\"", "format = 1\n[[field]]\nfield = \"sex\"\nlevels = [1, 2]",
          "format = 1\n[[field]]\nfield = \"sex\"\nlevels = "
          "[{test=\"same\",m=0.5,u=0.5},{test=\"same\",m=0.5,u=0.5}]",
          "format = 1\n[[field]]\nfield = \"sex\"\nlevels = "
          "[{test=\"same\",m=1.5,u=0.5},{test=\"different\",m=0.5,u=0.5}]"}) {
        const auto model = Model::parse(text);
        ASSERT_FALSE(model.ok()) << text;
        EXPECT_TRUE(model.error().message.ends_with(".")) << model.error().message;
    }
}

TEST(Model, Rules_of_blocking_and_plain_frequency_are_read_and_written) {
    Model m = Model::children();
    m.plain_frequency = true;
    m.fields[0].right = 0.9, m.sibling_namesakes = 0.25, m.names_together = 2.5;
    m.sibling_pairs_same_source = 7;
    m.rules = {{"surname and date", {Part::family, Part::exact_birth}, Part::given_initial},
               {"number", {Part::nhs_number}}};
    const Model again = Model::parse(m.text()).value();
    EXPECT_EQ(again.text(), m.text());
    EXPECT_EQ(again.fields[0].right, 0.9);
    EXPECT_EQ(again.sibling_namesakes, 0.25);
    EXPECT_EQ(again.names_together, 2.5);
    ASSERT_EQ(again.rules.size(), 2U);
    EXPECT_EQ(again.rules[0].parts, m.rules[0].parts);
    EXPECT_EQ(again.rules[0].closer, Part::given_initial);
    EXPECT_FALSE(again.rules[1].closer);
    for (const char* bad : {"[[rule]]\nparts = []\n", "[[rule]]\nparts = [\"shoe\"]\n", "[[rule]]\nname = \"x\"\n",
                            "[[rule]]\nparts = [\"birth\"]\ncloser = \"shoe\"\n",
                            "[[rule]]\nparts = [\"birth\"]\ncloser = [\"given\"]\n"})
        EXPECT_FALSE(Model::parse(m.text() + bad).ok()) << bad;
}

TEST(Model, Refuses_what_exchanged_names_and_shares_cannot_be) {
    Model late = Model::children();
    std::swap(late.fields[0].levels[1], late.fields[0].levels[2]);
    EXPECT_FALSE(Model::parse(late.text()).ok());
    Model dates = Model::children();
    dates.fields[3].levels[1].test = linkage::Test::exchanged;
    EXPECT_FALSE(Model::parse(dates.text()).ok());
    for (const double share : {0.0, -1.0, 1.5}) {
        Model m = Model::children();
        m.fields[0].right = share;
        EXPECT_FALSE(Model::parse(m.text()).ok()) << share;
        m = Model::children();
        m.sibling_namesakes = share;
        EXPECT_FALSE(Model::parse(m.text()).ok()) << share;
    }
}

TEST(Score, Is_the_sum_of_its_explanation) {
    Record other = child("2");
    other.given_names = "Sersha";
    other.postcode = "TA1 1AB";
    other.date_of_birth = {2012, 5, 18};
    const Waterfall w = explain(scorer(), child(), other);
    double sum = w.prior;
    for (const Step& s : w.steps) sum += s.weight;
    EXPECT_NEAR(sum, w.score.weight, 1e-12);
    EXPECT_DOUBLE_EQ(w.score.probability, probability(w.score.weight));
    EXPECT_EQ(w.score, compare(scorer(), child(), other).score);
    EXPECT_EQ(level(w, "given name"), "another form of the same given name");
    EXPECT_EQ(level(w, "date of birth"), "dates of birth one digit apart");
    EXPECT_NE(w.text().find("times likelier"), std::string::npos);
}

TEST(Score, Every_level_of_a_name_is_reached) {
    const auto given = [](const char* a, const char* b) {
        Record x = child(), y = child("2");
        x.given_names = a, y.given_names = b;
        return level(explain(scorer(), x, y), "given name");
    };
    EXPECT_EQ(given("Anna", "ANNA"), "same given name");
    EXPECT_EQ(given("Mary Ann", "Maryann"), "same given name, spaced differently");
    EXPECT_EQ(given("Mohammed Ali", "Ali"), "one given name in common");
    EXPECT_EQ(given("Robert", "Bob"), "another form of the same given name");
    EXPECT_EQ(given("Jayden", "Jaydon"), "given names one letter apart");
    EXPECT_EQ(given("Marguerita", "Margueritexa"), "given names spelt much alike");
    EXPECT_EQ(given("Shayne", "Shaun"), "given names that sound alike");
    EXPECT_EQ(given("R", "Robert"), "only an initial, and it fits");
    EXPECT_EQ(given("Shivaun", "Siobhan"), "given names that sound alike, spelt otherwise");
    EXPECT_EQ(given("Olu", "Grace"), "different given names");
    EXPECT_EQ(given("", "Grace"), "missing");
}

TEST(Score, Names_in_the_wrong_boxes_are_seen) {
    Record a = child(), b = child("2");
    a.given_names = "Tomasz", a.family_name = "Nowak";
    b.given_names = "Nowak", b.family_name = "Tomas";
    const Waterfall w = explain(scorer(), a, b);
    EXPECT_EQ(level(w, "given name"), "given and family name exchanged, nearly");
    EXPECT_EQ(level(w, "surname"), "missing") << "one finding counts once";
    b.family_name = "Tomasz";
    const Waterfall exact = explain(scorer(), a, b);
    EXPECT_EQ(level(exact, "given name"), "given and family name exchanged");
    EXPECT_EQ(level(exact, "surname"), "missing");
    a.given_names = a.family_name = b.given_names = b.family_name = "Thomas";
    EXPECT_EQ(level(explain(scorer(), a, b), "given name"), "same given name") << "nothing to exchange";
}

TEST(Score, Every_level_of_a_middle_name_is_reached) {
    const auto middle = [](const char* a, const char* b) {
        Record x = child(), y = child("2");
        x.middle_names = a, y.middle_names = b;
        return level(explain(scorer(), x, y), "middle name");
    };
    EXPECT_EQ(middle("Rose", "ROSE"), "same middle name");
    EXPECT_EQ(middle("Anne Marie", "Marie"), "one middle name in common");
    EXPECT_EQ(middle("Robert", "Bob"), "another form of the same middle name");
    EXPECT_EQ(middle("Louise", "Lousie"), "middle names one letter apart");
    EXPECT_EQ(middle("Marguerita", "Margueritexa"), "middle names spelt much alike");
    EXPECT_EQ(middle("R", "Rose"), "only the initial of a middle name, and it fits");
    EXPECT_EQ(middle("Rose", "James"), "different middle names");
    EXPECT_EQ(middle("", "Rose"), "missing");
}

TEST(Score, Who_goes_by_a_middle_name_is_seen) {
    Record a = child(), b = child("2");
    a.given_names = "Oliver", a.middle_names = "James", b.given_names = "James";
    const Waterfall w = explain(scorer(), a, b);
    EXPECT_EQ(level(w, "given name"), "goes by a middle name");
    EXPECT_EQ(level(explain(scorer(), b, a), "given name"), "goes by a middle name");
    EXPECT_GT(w.score.probability, 0.99) << "no brother: parents seldom use a name twice";
    b.middle_names = "Oliver";
    const Waterfall turned = explain(scorer(), a, b);
    EXPECT_EQ(level(turned, "given name"), "goes by a middle name");
    EXPECT_EQ(level(turned, "middle name"), "missing") << "one finding counts once";
    b.given_names = "Oliver";
    EXPECT_EQ(level(explain(scorer(), a, b), "given name"), "same given name");
    a.middle_names = "J", b.given_names = "J", b.middle_names = "";
    EXPECT_EQ(level(explain(scorer(), a, b), "given name"), "different given names") << "an initial fits too many";
}

TEST(Score, Who_goes_by_a_rare_middle_name_is_rather_one_person) {
    Population p;
    const auto add = [&](const char* given, const char* middle, int times) {
        Record r;
        r.given_names = given, r.middle_names = middle, r.family_name = "Okafor";
        for (int i = 1; i < times; ++i) p.add(p.pack(normalise(r)));
        return p.add(p.pack(normalise(r)));
    };
    const std::uint32_t common = add("Ian", "James", 1), james = add("James", "", 80);
    const std::uint32_t rare = add("Ian", "Zebedee", 1), zebedee = add("Zebedee", "", 1);
    add("Grace", "", 2000);
    const auto weight = [&](std::uint32_t x, std::uint32_t y) {
        return scorer().score(p.view(x), p.view(y)).weight;
    };
    EXPECT_GT(weight(rare, zebedee), weight(common, james) + 2);
    EXPECT_EQ(weight(rare, zebedee), weight(zebedee, rare));
}

TEST(Score, Names_that_go_together_say_less_where_both_agree_whichever_stands_first) {
    Model communities = Model::children();
    communities.names_together = 8;
    const Scorer careful(communities);
    Record a = child(), b = child("2"), turned = child("3"), other = child("4");
    for (Record* r : {&b, &turned, &other})  // or brothers and sisters come into it
        r->postcode = "BS1 1AA", r->address = "3 Elm Walk";
    std::swap(turned.given_names, turned.family_name);
    other.given_names = "Zebedee";
    const auto less = [&](const Record& x, const Record& y) {
        return compare(scorer(), x, y).score.weight - compare(careful, x, y).score.weight;
    };
    EXPECT_NEAR(less(a, b), 3, 1e-9);
    EXPECT_NEAR(less(a, turned), 3, 1e-9);
    EXPECT_EQ(less(a, other), 0);
    const Waterfall w = explain(careful, a, b);
    EXPECT_EQ(level(w, "both names"), "these names go together in a community");
    double sum = w.prior;
    for (const Step& s : w.steps) sum += s.weight;
    EXPECT_NEAR(sum, w.score.weight, 1e-9);
    for (const double wrong : {0.5, 0.0, -1.0, 2e6}) {
        communities.names_together = wrong;
        EXPECT_FALSE(Model::parse(communities.text()).ok()) << wrong;
    }
}

TEST(Score, Names_go_together_as_far_as_they_are_seen_to) {
    Model communities = Model::children();
    communities.names_together = 2;
    const Scorer s(communities);
    Population p;
    const auto add = [&](auto... named) { return add_named(p, named...); };
    const std::uint32_t often = add("Tariq", "Hussain", 40), seldom = add("Alan", "Reed", 2);
    add("Alan", "Stone", 38), add("Moira", "Reed", 38), add("Zoe", "Lamb", 2000);
    const auto weight = [&](std::uint32_t who) { return s.score(p.view(who), p.view(who - 1)).weight; };
    const double often_on_average = weight(often), seldom_on_average = weight(seldom);
    p.count_both_names();
    const double by_chance = 40.0 * 40 / 2118;
    EXPECT_NEAR(weight(often), often_on_average + 1 - std::log2(39 / (0.5 + by_chance)), 1e-9);
    EXPECT_NEAR(weight(seldom), seldom_on_average + 1, 1e-9) << "seen less than chance would have it: nothing";
    // What changes is counted.
    p.erase(add("Tariq", "Hussain", 1));
    p.replace(often - 2, p[seldom]);
    EXPECT_EQ(p.count_both(p[often][Column::given], p[often][Column::family]), 39U);
    EXPECT_EQ(p.count_both(p[seldom][Column::given], p[seldom][Column::family]), 3U);
}

// A clerk exchanges the names of one person's records as often as those of two people.
TEST(Score, Names_exactly_exchanged_say_what_both_names_say_unless_people_bear_them_both_ways) {
    Population p;
    const auto add = [&](auto... named) { return add_named(p, named...); };
    const std::uint32_t right = add("Tomasz", "Nowak", 20), turned = add("Nowak", "Tomasz", 1);
    const std::uint32_t rarer = add("Agata", "Wrona", 3), turned_rarer = add("Wrona", "Agata", 1);
    const std::uint32_t james = add("James", "Thomas", 20), thomas = add("Thomas", "James", 20);
    add("Grace", "Hall", 2000);
    const auto weight = [&](std::uint32_t a, std::uint32_t b) {
        return scorer().score(p.view(a), p.view(b)).weight;
    };
    EXPECT_NEAR(weight(right, turned), weight(right, right), 1);
    EXPECT_GT(weight(rarer, turned_rarer), weight(right, turned) + 3);
    EXPECT_LT(weight(james, thomas), weight(james, james) - 5);
    EXPECT_EQ(weight(right, turned), weight(turned, right));
    LevelCache cache;
    EXPECT_EQ(scorer().weight(p.view(right), p.view(turned), &cache, -5), weight(right, turned));
    // Asked about, they are counted as if they had been added.
    const std::uint32_t again = add("Nowak", "Tomasz", 1);
    const double added = weight(right, again);
    p.erase(again);
    Record asked;
    asked.given_names = "Nowak", asked.family_name = "Tomasz";
    const Query q(p, normalise(asked));
    EXPECT_EQ(scorer().score(p.view(right), p.view(q)).weight, added);
}

// Of those who agree, both have the name right, so it is commoner among them than among all that is written.
TEST(Score, Names_seldom_written_right_say_more_where_they_agree) {
    Population p;
    Record r = child();
    for (int i = 0; i < 50; ++i) p.add(p.pack(normalise(r)));
    r.given_names = "Grace", r.family_name = "Hall";
    for (int i = 0; i < 50; ++i) p.add(p.pack(normalise(r)));
    Model m = Model::children();
    m.fields[0].right = 0.5;
    const Scorer careless(m);
    EXPECT_NEAR(careless.score(p.view(0), p.view(1)).weight, scorer().score(p.view(0), p.view(1)).weight + 1,
                1e-9);
    EXPECT_EQ(careless.score(p.view(0), p.view(50)), scorer().score(p.view(0), p.view(50)));
}

TEST(Score, Brothers_and_sisters_seldom_bear_one_name) {
    Record a = child(), b = child("2");
    b.date_of_birth = {2009, 11, 28};
    Model m = Model::children();
    const double seldom = compare(scorer(), a, b).score.weight;
    m.sibling_namesakes = 1;
    EXPECT_GT(seldom, compare(Scorer(m), a, b).score.weight + 1);
    b.given_names = "Olu";
    EXPECT_EQ(compare(scorer(), a, b).score, compare(Scorer(m), a, b).score);
}

TEST(Score, Every_level_of_a_date_is_reached) {
    const auto born = [](PartialDate a, PartialDate b) {
        Record x = child(), y = child("2");
        x.date_of_birth = a, y.date_of_birth = b;
        return level(explain(scorer(), x, y), "date of birth");
    };
    EXPECT_EQ(born({2012, 5, 17}, {2012, 5, 17}), "same date of birth");
    EXPECT_EQ(born({2012, 5, 17}, {2012, 5, 0}), "dates of birth agree as far as known");
    EXPECT_EQ(born({2012, 5, 7}, {2012, 7, 5}), "day and month of birth exchanged");
    EXPECT_EQ(born({2012, 5, 17}, {2012, 5, 71}), "dates of birth one digit apart");
    EXPECT_EQ(born({2012, 5, 17}, {2012, 1, 1}), "same year, one is 1 January");
    EXPECT_EQ(born({2012, 5, 17}, {2009, 5, 17}), "same birthday, another year");
    EXPECT_EQ(born({2012, 5, 17}, {2012, 5, 28}), "same month and year of birth");
    EXPECT_EQ(born({2012, 5, 31}, {2012, 6, 12}), "born within a month");
    EXPECT_EQ(born({2012, 5, 31}, {2012, 11, 12}), "same year of birth");
    EXPECT_EQ(born({2012, 5, 31}, {2004, 11, 12}), "different dates of birth");
    EXPECT_EQ(born({2012, 5, 31}, {}), "missing");
}

// The quick ways of the batch engine against the plain ones: postcodes in a word, dates by their digits.
RC_GTEST_PROP(Compare, Postcodes_in_a_word_reach_the_levels_of_the_texts, ()) {
    Model m = Model::children();
    for (FieldModel& f : m.fields)
        if (f.field == Field::postcode)
            f.levels.insert(f.levels.end() - 1, {Test::area, 0, "same area", 0.1, 0.2});
    const Scorer s(m);
    const auto code = [] {
        const auto one_of = [](std::vector<std::string> v) { return *rc::gen::elementOf(v); };
        return one_of({"ta", "t", "tb", "bs", "b"}) + one_of({"1", "2", "12", "21", "1a"}) + one_of({"1", "2"}) +
               one_of({"ab", "ba", "aa", "bb", "bd"});
    };
    Population p;
    Record a, b;
    a.given_names = b.given_names = "Anna";
    a.postcode = code(), b.postcode = code();
    p.add(p.pack(normalise(a)));
    p.add(p.pack(normalise(b)));
    const Sheet sheet(p, s);
    LevelCache cache;
    RC_ASSERT(sheet.pattern({sheet.row(0), 0}, {sheet.row(1), 1}, cache) ==
              s.comparator().compare(p.view(0), p.view(1)));
    RC_ASSERT(sheet.weight({sheet.row(0), 0}, {sheet.row(1), 1}, cache, -1000) ==
              s.score(p.view(0), p.view(1)).weight);
}

RC_GTEST_PROP(Compare, A_digit_wrong_in_a_date_is_one_edit_of_its_text, ()) {
    Model m = Model::children();
    for (FieldModel& f : m.fields)
        if (f.field == Field::date_of_birth)
            f.levels = {{Test::same, 0, "", 0.9, 0.1},
                        {Test::typing_error, 1, "", 0.05, 0.1},
                        {Test::different, 0, "", 0.05, 0.8}};
    const Comparator compare(m);
    const auto date = [] {
        return PartialDate{
            static_cast<std::uint16_t>(*rc::gen::elementOf(std::vector<int>{2011, 2012, 2021, 2101, 0})),
            static_cast<std::uint8_t>(*rc::gen::elementOf(std::vector<int>{1, 2, 10, 12, 21, 0})),
            static_cast<std::uint8_t>(*rc::gen::elementOf(std::vector<int>{1, 2, 10, 12, 21, 0}))};
    };
    const PartialDate a = date(), b = date();
    RC_PRE(a.complete() && b.complete());
    const std::size_t at = 3;  // the date's place in the built-in model
    RC_ASSERT(m.fields[at].field == Field::date_of_birth);
    RC_ASSERT((compare.date_level(at, Birth(a.packed()), Birth(b.packed())) <= 2) ==
              (osa(a.text(), b.text(), 1) <= 1));
}

TEST(Score, Twins_are_never_likely_to_be_one_child) {
    Record a = child(), twin = child("2");
    a.given_names = "Leo", twin.given_names = "Grace";
    const Comparison c = compare(scorer(), a, twin);
    EXPECT_TRUE(c.contradictions & kSiblingOrTwin);
    EXPECT_LT(c.score.probability, 0.2);
    twin.given_names = "Leonard";
    EXPECT_FALSE(compare(scorer(), a, twin).contradictions & kSiblingOrTwin);
    EXPECT_GT(compare(scorer(), a, twin).score.probability, 0.99);
}

TEST(Score, The_same_valid_number_is_certain_unless_something_contradicts_it) {
    Record a = child(), b = child("2");
    a.nhs_number = b.nhs_number = "999 765 4323";
    EXPECT_TRUE(compare(scorer(), a, b).certain);
    b.nhs_number = "9997654329";  // a wrong check digit is no certainty, and no contradiction either
    EXPECT_FALSE(compare(scorer(), a, b).certain);
    EXPECT_FALSE(compare(scorer(), a, b).contradictions & kNhsNumbersDiffer);
    b.nhs_number = "9990000018";
    EXPECT_TRUE(compare(scorer(), a, b).contradictions & kNhsNumbersDiffer);
    b = child("2");
    b.nhs_number = a.nhs_number;
    b.given_names = "Kofi", b.family_name = "Adeyemi", b.date_of_birth = {2003, 11, 2};
    EXPECT_TRUE(compare(scorer(), a, b).contradictions & kNothingElseFits);
    EXPECT_FALSE(compare(scorer(), a, b).certain);
}

TEST(Score, An_alias_counts_as_a_name) {
    Record a = child(), b = child("2");
    b.given_names = "Annie", b.family_name = "Smith";
    const double without = compare(scorer(), a, b).score.weight;
    b.aliases = {"Saoirse Okonkwo-Price"};
    EXPECT_GT(compare(scorer(), a, b).score.weight, without + 4);
}

rc::Gen<Record> someone() {
    return rc::gen::exec([] {
        Record r;
        const auto one_of = [](std::vector<std::string> v) { return *rc::gen::elementOf(v); };
        r.given_names = one_of({"", "Robert", "Bob", "Mary Ann", "Maryann", "Ann", "R", "Jayden", "Jaydon",
                                "Smith", "M\xC3\xA9lanie"});
        r.middle_names = one_of({"", "", "Ann", "Robert", "R", "Ann Marie", "Smith"});
        r.family_name = one_of({"", "Smith", "Smyth", "Smith-Jones", "Jones", "Robert", "O'Neill", "Khan"});
        r.date_of_birth = {static_cast<std::uint16_t>(*rc::gen::inRange(2008, 2012)),
                           static_cast<std::uint8_t>(*rc::gen::inRange(0, 13)),
                           static_cast<std::uint8_t>(*rc::gen::inRange(0, 32))};
        r.sex = one_of({"", "f", "m"});
        r.postcode = one_of({"", "TA1 1AA", "TA1 1AB", "TA2 7XX", "4011"});
        r.address = one_of({"", "1 High Street", "1 High St", "22 Low Road"});
        r.nhs_number = one_of({"", "", "9997654323", "9997654329", "9990000018"});
        r.phone = one_of({"", "07700 900123", "07700 900132"});
        r.email = one_of({"", "a.smith@example.org", "a.smith@example.com", "asmith@example.org"});
        if (*rc::gen::inRange(0, 4) == 0) r.aliases = {one_of({"Bob Jones", "Maryann Smith", "Khan"})};
        return r;
    });
}

RC_GTEST_PROP(Score, Does_not_depend_on_which_record_comes_first, ()) {
    const Record a = *someone(), b = *someone();
    const Comparison x = compare(scorer(), a, b), y = compare(scorer(), b, a);
    RC_ASSERT(x.pattern == y.pattern);
    RC_ASSERT(x.score == y.score);
    RC_ASSERT(x.contradictions == y.contradictions);
    RC_ASSERT(std::isfinite(x.score.weight));
}

RC_GTEST_PROP(Index, A_lookup_scores_as_the_population_would, ()) {
    auto people = *rc::gen::container<std::vector<Record>>(30, someone());
    Model model = Model::children();
    if (*rc::gen::arbitrary<bool>()) model.names_together = 3;
    const Scorer scorer(model);
    Index index(model);
    for (std::size_t i = 0; i < people.size(); ++i) {
        people[i].id = "p" + std::to_string(i);
        people[i].source = std::vector<std::string>{"", "police", "health"}[i % 3];
        if (i + 1 < people.size()) index.insert(people[i]);
    }
    // Asked before it is added, and after: the same figures.
    const auto before = index.candidates(people.back(), 100, -1000);
    index.insert(people.back());
    const auto after = index.candidates_of(people.back().id, 100, -1000);
    RC_ASSERT(before.size() == after.size());
    for (std::size_t i = 0; i < before.size(); ++i) {
        RC_ASSERT(before[i].id == after[i].id);
        RC_ASSERT(before[i].score == after[i].score);
        RC_ASSERT(index.compare(people.back().id, after[i].id)->score == after[i].score);
        RC_ASSERT(index.explain(people.back().id, after[i].id)->score == after[i].score);
    }
    // A level cache changes nothing.
    Population population;
    for (const Record& r : people) population.add(population.pack(normalise(r)));
    if (model.names_together > 1) population.count_both_names();
    LevelCache cache;
    const Sheet sheet(population, scorer);
    for (std::uint32_t i = 0; i < population.slots(); ++i)
        for (std::uint32_t j = i + 1; j < population.slots(); ++j) {
            const double exact = scorer.score(population.view(i), population.view(j)).weight;
            RC_ASSERT(sheet.weight({sheet.row(i), i}, {sheet.row(j), j}, cache, -1000) == exact);
            const double hurried = sheet.weight({sheet.row(i), i}, {sheet.row(j), j}, cache, 0);
            RC_ASSERT((exact >= 0 ? hurried == exact : hurried < 0));
        }
    for (std::uint32_t i = 0; i < population.slots(); ++i)
        for (std::uint32_t j = 0; j < population.slots(); ++j)
            RC_ASSERT(scorer.score(population.view(i), population.view(j), &cache) ==
                      scorer.score(population.view(i), population.view(j)));
}

TEST(Index, Finds_updates_and_forgets) {
    Index index;
    for (int i = 0; i < 3000; ++i) {
        Record r = child("c" + std::to_string(i));
        r.given_names =
            "Name" + std::string(1, static_cast<char>('a' + i % 26)) + static_cast<char>('a' + i / 26 % 26);
        r.family_name =
            "Family" + std::string(1, static_cast<char>('a' + i % 23)) + static_cast<char>('a' + i / 23 % 26);
        r.date_of_birth = {static_cast<std::uint16_t>(2005 + i % 15), static_cast<std::uint8_t>(1 + i % 12),
                           static_cast<std::uint8_t>(1 + i % 28)};
        r.postcode = "";
        r.address = "";
        index.insert(r);
    }
    EXPECT_EQ(index.size(), 3000U);
    Record asked = child("new");
    EXPECT_TRUE(index.candidates(asked, 5, 0).empty());
    index.insert(child("she"));
    auto found = index.candidates(asked, 5, 0);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].id, "she");
    EXPECT_GT(found[0].score.probability, 0.999);
    Record moved = child("she");
    moved.family_name = "Adeyemi";
    moved.postcode = "BA1 1AA";
    index.update(moved);
    EXPECT_EQ(index.size(), 3001U);
    EXPECT_LT(index.candidates(asked, 5, -50).at(0).score.weight, found[0].score.weight);
    EXPECT_TRUE(index.erase("she"));
    EXPECT_FALSE(index.erase("she"));
    EXPECT_FALSE(index.contains("she"));
    EXPECT_TRUE(index.candidates(asked, 5, 0).empty());
    for (int i = 0; i < 3000; ++i) EXPECT_TRUE(index.erase("c" + std::to_string(i)));
    EXPECT_EQ(index.size(), 0U);
}

TEST(Index, Is_read_by_many_while_one_writes) {
    Index index;
    std::atomic<bool> stop = false;
    std::atomic<int> wrong = 0;
    std::atomic<std::uint64_t> asked = 0;
    index.insert(child("she"));
    std::vector<std::thread> readers;
    for (int t = 0; t < 3; ++t)
        readers.emplace_back([&] {
            while (!stop) {
                const auto found = index.candidates(child("asked"), 1, 0);
                ++asked;
                if (found.size() != 1 || found[0].score.probability < 0.99) ++wrong;
            }
        });
    while (asked < 100) std::this_thread::yield();
    for (int i = 0; i < 2000; ++i) {
        Record r = child("x" + std::to_string(i % 50));
        r.given_names = "Person" + std::to_string(i);
        r.date_of_birth = {2010, 1, static_cast<std::uint8_t>(1 + i % 28)};
        i % 3 == 0 ? static_cast<void>(index.erase(r.id)) : index.insert(r);
    }
    stop = true;
    for (std::thread& t : readers) t.join();
    EXPECT_EQ(wrong, 0);
    // One to three for each write. Where readers do not let in who writes, 1,700.
    EXPECT_LT(asked, 500 * 2000U);
}

}  // namespace
}  // namespace rowan::linkage
