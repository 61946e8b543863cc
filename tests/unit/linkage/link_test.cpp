#include "base/text.h"
#include "linkage/cluster.h"
#include "linkage/report.h"
#include "people.h"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/connected_components.hpp>
#include <gtest/gtest.h>
#include <oneapi/tbb/global_control.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

namespace rowan::linkage {
namespace {

const LoadOptions kOptions{"record_id", "agency", "person"};

Dataset read(const std::string& text, const LoadOptions& options = kOptions) {
    auto data = Dataset::parse({{"children.csv", text}}, options);
    if (!data) throw std::runtime_error(data.error().message);
    return std::move(*data);
}

struct Linked {
    Dataset data;
    Training training;
    std::vector<Pair> pairs;
    Clusters clusters;
    Quality quality;
    // Labels instead of numbers, so that runs can be compared.
    std::string picture() const {
        std::set<std::string> lines;
        for (const Pair& p : pairs) {
            std::string a = data.label(p.left), b = data.label(p.right);
            if (b < a) std::swap(a, b);
            char bits[40];
            std::snprintf(bits, sizeof bits, " %a", p.weight);
            lines.insert(a + " " + b + bits);
        }
        for (std::uint32_t i = 0; i < data.size(); ++i)
            lines.insert(data.label(i) + " in " + data.label(clusters.of[i]));
        std::string out = training.model.text();
        for (const std::string& l : lines) out += l + "\n";
        return out;
    }
};

Linked link(const std::string& text, BlockingLimits limits = {}, const LoadOptions& options = kOptions) {
    Linked l{read(text, options), {}, {}, {}, {}};
    const Blocks blocks(l.data.population, default_rules(), limits);
    l.training = train(l.data, blocks, fitting(Model::children(), l.data.population));
    const Scorer scorer(l.training.model);
    l.pairs = predict(l.data, blocks, scorer, 0);
    l.clusters = cluster(l.data, scorer, l.pairs).value();
    if (!l.data.truth.empty()) l.quality = judge(l.clusters.of, l.data.truth, blocks, l.data.population);
    return l;
}

TEST(Link, Finds_the_persons_without_being_told) {
    for (std::uint64_t every : {0ULL, 25'000'000ULL}) {
        const Linked l = link(test::children(400).text(), {every});
        EXPECT_GT(l.quality.precision(), 0.99);
        EXPECT_GT(l.quality.recall(), 0.95);
        EXPECT_GT(l.quality.blocking_recall, 0.97);
        EXPECT_NEAR(l.training.expected_matches, static_cast<double>(l.quality.there),
                    0.05 * static_cast<double>(l.quality.there));
    }
}

enum class Known { birth_and_home, year, year_and_sex };
// Children of so many communities, each with names of its own, in two agencies.
std::string children_of(unsigned communities, Known known = Known::birth_and_home, unsigned children = 6000) {
    std::mt19937 dice(11);
    const auto below = [&](unsigned n) { return static_cast<unsigned>(dice() % n); };
    const auto name = [&](unsigned community, unsigned kind) {
        static const char* kOn[] = {"ba", "ki", "mo", "ra", "te", "lu", "sa", "ne", "do", "fi", "ga", "hu"};
        unsigned nth = 0;
        while (nth < 39 && below(8) != 0) ++nth;  // a few names are common, most are rare
        const unsigned all = (kind * 6 + community) * 40 + nth;
        return std::string(kOn[all % 12]) + kOn[all * 5 / 12 % 12] + kOn[(all * 7 + kind) / 144 % 12] +
               kOn[all / 12 % 12];
    };
    const auto home = [&] {
        return "TA" + std::to_string(1 + below(24)) + " " + std::to_string(1 + below(9)) + "ABDEF"[below(5)] +
               "ABDEFGHJ"[below(8)];
    };
    const bool whole = known == Known::birth_and_home;
    std::string text = "record_id,agency,first_name,family_name,date_of_birth,";
    text += whole ? "postcode,person\n" : known == Known::year ? "person\n" : "sex,person\n";
    for (unsigned person = 1; person <= children; ++person) {
        const unsigned community = below(communities), year = 2000 + below(18), month = 1 + below(12),
                       day = 1 + below(28);
        const std::string given = name(community, 0), family = name(community, 1), postcode = home();
        for (const char* agency : {"health", "school"}) {
            char born[16];
            std::snprintf(born, sizeof born, whole ? "%u-%02u-%02u" : "%u", year, month,
                          below(20) == 0 ? 1 + below(28) : day);
            const std::string number = std::to_string(person);
            text += agency + number + "," + agency + "," +
                    (below(10) == 0 ? given.substr(0, given.size() - 1) : given) + "," + family + "," + born + ",";
            if (whole) text += (below(5) == 0 ? home() : postcode) + ",";
            if (known == Known::year_and_sex) text += given[0] < 'l' ? "F," : "M,";  // as the name says
            text += number + "\n";
        }
    }
    return text;
}

// Two children who share both names are far commoner than chance between the names would have it, and there are
// many more such pairs than children. Learned from all pairs at once, m says that children change their date of
// birth, and everybody of one name becomes one child (F1 .15).
TEST(Link, A_name_that_many_children_of_a_community_share_is_not_one_child) {
    LoadOptions options;
    options.truth_column = "person";
    const Linked l = link(children_of(6), {0}, options);
    EXPECT_GT(l.quality.precision(), 0.98);
    EXPECT_GT(l.quality.recall(), 0.98);
    EXPECT_NEAR(l.training.expected_matches, static_cast<double>(l.quality.there),
                0.1 * static_cast<double>(l.quality.there));
}

// How much oftener two people share both names than each by itself would have it, seen with the answers.
double names_together(const Dataset& data) {
    double pairs = 0, given = 0, family = 0, both = 0;
    for (std::uint32_t a = 0; a < data.size(); ++a)
        for (std::uint32_t b = a + 1; b < data.size(); ++b) {
            if (data.truth[a] == data.truth[b]) continue;
            const bool g = data.population[a][Column::given] == data.population[b][Column::given],
                       f = data.population[a][Column::family] == data.population[b][Column::family];
            pairs += 1, given += g, family += f, both += g && f;
        }
    return both * pairs / (given * family);
}

TEST(Link, How_much_names_go_together_is_learned_and_taken_away_where_both_agree) {
    LoadOptions options;
    options.truth_column = "person";
    for (const unsigned communities : {6U, 3U}) {
        const Linked l = link(children_of(communities), {0}, options);
        const double right = names_together(l.data);
        EXPECT_GT(right, 0.7 * communities) << "they do go together";
        EXPECT_NEAR(std::log2(l.training.model.names_together), std::log2(right), 0.3);
        TrainOptions few;
        few.name_records = 4000;
        const Blocks blocks(l.data.population, default_rules(), {0});
        const Model some = train(l.data, blocks, fitting(Model::children(), l.data.population), few).model;
        EXPECT_NEAR(std::log2(some.names_together), std::log2(right), 0.4) << "from a third of the records";
    }
    const Linked one = link(children_of(1), {0}, options);
    EXPECT_EQ(one.training.model.names_together, 1) << "by chance alone: " << names_together(one.data);
}

const Level& level_of(const Model& model, Field field, linkage::Test test) {
    const auto& levels = model.find(field)->levels;
    return *std::find_if(levels.begin(), levels.end(), [&](const Level& l) { return l.test == test; });
}

TEST(Link, A_year_of_birth_is_worth_what_it_says) {
    LoadOptions options;
    options.truth_column = "person";
    const Linked l = link(children_of(6, Known::year), {0}, options);
    EXPECT_GT(level_of(l.training.model, Field::date_of_birth, linkage::Test::part).m, 0.95);
    EXPECT_TRUE(Model::parse(l.training.model.text()).ok()) << "it can be written down and read again";
    EXPECT_GT(l.quality.precision(), 0.95);
    EXPECT_GT(l.quality.recall(), 0.8);
}

// Two girls of one name are both girls: taken for evidence, it made one child of all who share a name (P .11).
TEST(Link, What_a_given_name_says_of_sex_is_not_counted_again) {
    LoadOptions options;
    options.truth_column = "person";
    const Linked l = link(children_of(6, Known::year_and_sex), {0}, options);
    EXPECT_LT(level_of(l.training.model, Field::sex, linkage::Test::same).weight(), 0.1);
    EXPECT_LE(level_of(l.training.model, Field::sex, linkage::Test::different).weight(), 0);
    EXPECT_GT(l.quality.precision(), 0.95);
    EXPECT_GT(l.quality.recall(), 0.8);
}

// Two communities, each with its own given names, middle names and surnames. Of one given name, one in four bears
// the other's middle name; of any two, one in eight.
TEST(Link, What_a_given_name_says_of_middle_names_is_not_counted_again) {
    std::mt19937 dice(3);
    const auto below = [&](unsigned n) { return static_cast<unsigned>(dice() % n); };
    const auto letter = [](unsigned n) { return static_cast<char>('a' + n); };
    std::string text = "record_id,agency,first_name,middle_names,family_name,date_of_birth,person\n";
    for (int person = 0; person < 3000; ++person) {
        const std::string of = below(2) == 0 ? "ba" : "ul";
        const std::string names = of + letter(below(20)) + "on," + of + letter(below(4)) + "ire," + of +
                                  letter(below(20)) + letter(below(4)) + "ett,";
        char born[16];
        std::snprintf(born, sizeof born, "%u-%02u-%02u", 2004 + below(14), 1 + below(12), 1 + below(28));
        for (const char* agency : {"health", "school"})
            text += agency + std::to_string(person) + "," + agency + "," + names + born + "," +
                    std::to_string(person) + "\n";
    }
    LoadOptions options;
    options.truth_column = "person";
    const Linked l = link(text, {0}, options);
    EXPECT_NEAR(level_of(l.training.model, Field::middle_name, linkage::Test::same).u, 0.25, 0.04);
    EXPECT_GT(l.quality.precision(), 0.99);
    EXPECT_GT(l.quality.recall(), 0.99);
}

// Families in two agencies. One child in ten is twins, or goes by another name at school.
std::string twins_or_renamed(bool twins) {
    std::mt19937 dice(5);
    const auto below = [&](unsigned n) { return static_cast<unsigned>(dice() % n); };
    const auto name = [&](const char* begins) {
        static const char* kOn[] = {"ba", "ki", "mo", "ra", "te", "lu", "sa", "ne", "do", "fi", "ga", "hu"};
        return begins + std::string(kOn[below(12)]) + kOn[below(12)] + kOn[below(12)] + kOn[below(12)];
    };
    std::string text = "record_id,agency,first_name,family_name,date_of_birth,address,person\n";
    unsigned person = 0;
    for (unsigned home = 0; home < 1500; ++home) {
        const std::string family = name("os");
        for (unsigned births = 1 + below(3); births > 0; --births) {
            char born[16];
            std::snprintf(born, sizeof born, "%u-%02u-%02u", 2000 + below(18), 1 + below(12), 1 + below(28));
            const bool odd = below(10) == 0;
            for (unsigned child = odd && twins ? 2 : 1; child > 0; --child) {
                const std::string given = name("al"), other = name("ev"), number = std::to_string(++person);
                for (const char* agency : {"health", "school"})
                    text += agency + number + "," + agency + "," +
                            (odd && !twins && agency[0] == 's' ? other : given) + "," + family + "," + born + "," +
                            std::to_string(home) + " High Street," + number + "\n";
            }
        }
    }
    return text;
}

// No agency holds two of them: so they are not two.
TEST(Link, Who_goes_by_another_name_in_one_agency_is_no_twin) {
    LoadOptions options;
    options.source_column = "agency", options.truth_column = "person";
    const Linked renamed = link(twins_or_renamed(false), {0}, options);
    EXPECT_GT(renamed.quality.recall(), 0.98);
    EXPECT_GT(renamed.quality.precision(), 0.99);
    const Linked twins = link(twins_or_renamed(true), {0}, options);
    EXPECT_GT(twins.quality.precision(), 0.998);
    EXPECT_EQ(twins.quality.with_sibling, 0U);
    // Where nobody says which agency a record is of, they stay twins.
    std::string text = twins_or_renamed(false);
    text.replace(text.find("agency"), 6, "x");
    options.source_column = "";
    EXPECT_LT(link(text, {0}, options).quality.recall(), 0.92);
}

// Children of whom no more is known than names and a home, in two agencies; a fifth of the homes are others. Some
// names are common and many rare, as names are.
std::string names_and_homes(unsigned communities, unsigned children = 6000) {
    std::mt19937 dice(12);
    std::uniform_real_distribution<double> chance(0, 1);
    const auto below = [&](unsigned n) { return static_cast<unsigned>(dice() % n); };
    const auto name = [&](double names, unsigned kind, unsigned community) {
        static const char* kOn[] = {"ba", "ki", "mo", "ra", "te", "lu", "sa", "ne", "do", "fi", "ga", "hu"};
        const auto nth = static_cast<unsigned>(std::pow(names, chance(dice)) - 1) * 7 + 5;  // the n-th: 1 of n
        return std::string(kind == 0 ? "al" : "os") + kOn[community] + kOn[nth % 12] + kOn[nth / 12 % 12] +
               kOn[nth / 144 % 12] + kOn[nth / 1728 % 12];
    };
    const auto home = [&] {
        return "TA" + std::to_string(1 + below(24)) + " " + std::to_string(1 + below(9)) + "ABDEF"[below(5)] +
               "ABDEFGHJ"[below(8)];
    };
    std::string text = "record_id,agency,first_name,family_name,postcode,person\n";
    for (unsigned person = 1; person <= children; ++person) {
        // Three in four are of the largest; the others have few names, all of them rare among so many.
        const unsigned community = below(4) != 0 ? 0 : below(communities), few = community == 0 ? 1 : 20;
        const std::string given = name(600.0 / few, 0, community), family = name(2000.0 / few, 1, community),
                          postcode = home();
        for (const char* agency : {"health", "school"}) {
            const std::string number = std::to_string(person);
            text += agency + number + "," + agency + "," + given + "," + family + "," +
                    (below(5) == 0 ? home() : postcode) + "," + number + "\n";
        }
    }
    return text;
}

// Among those who share both names, whether a home that differs is somebody else's is told by nothing but how rare
// the names are. It was learned that a child never moves, and one in three was not found.
TEST(Link, How_often_children_move_is_learned_from_those_with_rare_names) {
    LoadOptions options;
    options.truth_column = "person";
    for (const unsigned communities : {1U, 6U}) {
        const Linked l = link(names_and_homes(communities), {0}, options);
        const double moved = level_of(l.training.model, Field::postcode, linkage::Test::different).m;
        EXPECT_NEAR(moved, 1 - 0.8 * 0.8, 0.05) << communities;
        EXPECT_NEAR(l.training.expected_matches, static_cast<double>(l.quality.there),
                    0.1 * static_cast<double>(l.quality.there))
            << communities;
    }
}

// Of one name, only those of one year are compared: that they agree in it says nothing.
TEST(Link, What_was_left_out_teaches_nothing) {
    LoadOptions options;
    options.truth_column = "person";
    const BlockingLimits tight{0, 40'000'000, 0};
    const Linked l = link(children_of(1), tight, options);
    const Blocks blocks(l.data.population, default_rules(), tight);
    ASSERT_TRUE(std::any_of(blocks.counts().begin(), blocks.counts().end(),
                            [](const RuleCount& c) { return c.left_out > 0; }));
    EXPECT_LT(level_of(l.training.model, Field::date_of_birth, linkage::Test::same_year).m, 0.01);
    EXPECT_NEAR(l.training.expected_matches, static_cast<double>(l.quality.there),
                0.05 * static_cast<double>(l.quality.there));
}

TEST(Link, What_no_pass_can_show_stays_as_it_was_believed) {
    const Linked l = link(children_of(6, Known::year_and_sex), {0});
    const Model& start = Model::children();
    for (const auto test : {linkage::Test::exchanged, linkage::Test::swapped})
        EXPECT_DOUBLE_EQ(level_of(l.training.model, Field::given_name, test).m,
                         level_of(start, Field::given_name, test).m)
            << "every rule holds one of the names";
}

TEST(Link, Nothing_learned_is_certain) {
    const Linked l = link(children_of(6), {0});
    for (const FieldModel& f : l.training.model.fields)
        for (std::size_t k = 0; k < f.levels.size(); ++k)
            EXPECT_GE(f.levels[k].m, 0.015 * Model::children().find(f.field)->levels[k].m) << f.levels[k].says;
}

TEST(Link, Is_the_same_to_the_last_bit_for_any_threads_and_any_order_of_rows) {
    test::Sheet sheet = test::children(250);
    const std::string text = sheet.text();
    for (std::uint64_t every : {0ULL, 25'000'000ULL}) {
        std::string first;
        for (std::size_t threads : {1U, 2U, 5U}) {
            const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
            const std::string picture = link(text, {every}).picture();
            if (first.empty()) first = picture;
            EXPECT_EQ(picture, first) << threads;
        }
        std::mt19937 dice(7);
        std::shuffle(sheet.rows.begin(), sheet.rows.end(), dice);
        EXPECT_EQ(link(sheet.text(), {every}).picture(), first);
    }
}

TEST(Link, Hands_pairs_over_in_one_order_whoever_weighed_them) {
    const Dataset data = read(test::children(700).text());
    const Scorer scorer(fitting(Model::children(), data.population));
    for (const std::uint64_t every : {0ULL, 25'000'000ULL}) {
        const Blocks blocks(data.population, default_rules(), {every});
        std::vector<Pair> first;
        for (const std::size_t threads : {1U, 2U, 3U}) {
            const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
            std::vector<Pair> pairs;
            std::uint64_t compared = 0;
            predict(
                data, blocks, scorer, -1000,
                [&](std::span<const Pair> some) { pairs.insert(pairs.end(), some.begin(), some.end()); },
                &compared);
            EXPECT_EQ(pairs.size(), compared);
            if (first.empty()) first = pairs;
            EXPECT_TRUE(pairs == first) << threads;
        }
        EXPECT_GE(blocks.runs(), every == 0 ? 1U : 8U);
    }
}

TEST(Link, Names_exchanged_and_names_right_follow_from_what_is_learned_of_each_name) {
    const Linked l = link(test::children(400).text());
    const FieldModel &given = *l.training.model.find(Field::given_name),
                     &family = *l.training.model.find(Field::family_name);
    ASSERT_EQ(given.levels[1].test, linkage::Test::exchanged);
    const double both_names = given.levels[0].u * family.levels[0].u;
    EXPECT_GE(given.levels[1].u, 0.2 * given.levels[1].m * both_names);  // m has moved a little since
    EXPECT_LT(given.levels[1].u, both_names) << "rarer than agreement in both names";
    for (const FieldModel* f : {&given, &family}) {
        EXPECT_GT(f->right, std::sqrt(f->levels[0].m) - 1e-12);
        EXPECT_LT(f->right, 1);
    }
    EXPECT_EQ(l.training.model.find(Field::date_of_birth)->right, 1);
}

TEST(Link, The_likelihood_never_falls_while_learning) {
    const Linked l = link(test::children(300, 5).text());
    ASSERT_FALSE(l.training.likelihood.empty());
    EXPECT_GT(l.training.likelihood[0].size(), 3U);
    for (const auto& round : l.training.likelihood)
        for (std::size_t i = 1; i < round.size(); ++i)
            EXPECT_GE(round[i], round[i - 1] - 1e-9 * std::abs(round[i])) << i;
}

// What is learned from large data comes from some of their records (ADR 0043), and what children's homes hold from
// some of the homes.
TEST(Link, Pairs_of_some_records_teach_what_all_pairs_teach) {
    const Dataset data = read(test::children(3000).text());
    const Blocks blocks(data.population, default_rules(), {0});
    const Model start = fitting(Model::children(), data.population);
    TrainOptions few;
    few.blocked_pairs = blocks.pairs() / 5;
    const Training all = train(data, blocks, start), some = train(data, blocks, start, few);
    EXPECT_NEAR(static_cast<double>(some.blocked_pairs), 0.2 * static_cast<double>(all.blocked_pairs),
                0.03 * static_cast<double>(all.blocked_pairs));
    EXPECT_NEAR(some.expected_matches, all.expected_matches, 0.05 * all.expected_matches);
    for (std::size_t f = 0; f < start.fields.size(); ++f)
        for (std::size_t l = 0; l < start.fields[f].levels.size(); ++l)
            EXPECT_NEAR(some.model.fields[f].levels[l].m, all.model.fields[f].levels[l].m, 0.03) << f << " " << l;
}

TEST(Link, A_share_of_the_blocks_is_a_sample_of_whole_blocks) {
    const Dataset data = read(test::children(3000).text());
    const std::vector<Rule> rules{{"name", {Part::family}}};
    BlockingLimits limits{0};
    limits.share = 0.3;
    const Blocks all(data.population, rules, {0}), some(data.population, rules, limits);
    std::map<std::uint32_t, std::set<bool>> seen;  // by surname
    std::uint64_t shared = 0;
    for (std::uint32_t a = 0; a < data.size(); ++a)
        for (std::uint32_t b = a + 1; b < data.size(); ++b) {
            const bool taken = some.share(a, b);
            ASSERT_LE(taken, all.share(a, b));
            if (all.share(a, b)) seen[data.population[a][Column::family]].insert(taken);
            shared += taken;
        }
    EXPECT_EQ(shared, some.pairs());
    std::size_t taken = 0;
    for (const auto& [name, answers] : seen) {
        ASSERT_EQ(answers.size(), 1U) << "a block is whole or left out";
        taken += answers.contains(true);
    }
    EXPECT_NEAR(static_cast<double>(taken), 0.3 * static_cast<double>(seen.size()),
                0.1 * static_cast<double>(seen.size()));
}

TEST(Link, Weights_are_those_of_the_scorer_and_rules_lose_no_pair_they_name) {
    const Dataset data = read(test::children(150).text());
    const Scorer scorer(fitting(Model::children(), data.population));
    const Blocks blocks(data.population, default_rules(), {0});
    std::set<std::pair<std::uint32_t, std::uint32_t>> expected;
    for (std::uint32_t a = 0; a < data.size(); ++a)
        for (std::uint32_t b = a + 1; b < data.size(); ++b) {
            bool shared = false;
            for (const Rule& r : default_rules()) {
                const auto k = block_key(r, data.population.view(a));
                shared = shared || (k != 0 && k == block_key(r, data.population.view(b)));
            }
            EXPECT_EQ(blocks.share(a, b), shared);
            if (shared && scorer.score(data.population.view(a), data.population.view(b)).weight >= -3)
                expected.emplace(a, b);
        }
    std::set<std::pair<std::uint32_t, std::uint32_t>> found;
    for (const Pair& p : predict(data, blocks, scorer, -3)) {
        EXPECT_TRUE(found.emplace(p.left, p.right).second) << "a pair came twice";
        EXPECT_EQ(p.weight, scorer.score(data.population.view(p.left), data.population.view(p.right)).weight);
    }
    EXPECT_EQ(found, expected);
}

TEST(Link, Who_shares_an_address_is_compared_by_surname_or_year_whatever_the_given_name) {
    const Dataset data = read(
        "record_id,given_name,surname,date_of_birth,address\n"
        "1,Ronald,Taylor,1945-10-23,2 Hazel Drive\n2,Ron,Tailor,,2 Hazel Drive\n"
        "3,,Price,1945-11-02,2 Hazel Drive\n4,Ron,Tailor,,3 Hazel Drive\n",
        {"record_id", "", ""});
    const Blocks blocks(data.population, default_rules(), {0});
    EXPECT_TRUE(blocks.share(0, 1)) << "one surname";
    EXPECT_TRUE(blocks.share(0, 2)) << "one year";
    EXPECT_FALSE(blocks.share(1, 2));
    EXPECT_FALSE(blocks.share(0, 3)) << "another house";
}

TEST(Link, Twins_whose_home_was_written_down_wrongly_are_two_children) {
    const Dataset data = read(
        "record_id,agency,first_name,family_name,date_of_birth,postcode,person\n"
        "a,health,Jeadail,Stiewur,2018-09-14,BS9 5PX,1\nb,school,Brien,Stiewur,2018-09-14,BS9 5PG,2\n");
    const Scorer scorer(fitting(Model::children(), data.population));
    const auto pairs = predict(data, Blocks(data.population, default_rules(), {0}), scorer, -30);
    ASSERT_EQ(pairs.size(), 1U);
    EXPECT_LT(pairs[0].weight, -2);
    EXPECT_EQ(pairs[0].weight, scorer.score(data.population.view(0), data.population.view(1)).weight);
}

// Runa and Muna, one letter apart, of one home and one day: where many children bear both names, they are twins;
// where nobody else is called Muna, it is a slip of the pen. Names that sound alike are let off.
TEST(Link, A_slip_of_the_pen_that_makes_a_common_name_is_rather_a_twin) {
    const auto weight = [](const std::string& other, bool common) {
        std::string text = "record_id,agency,first_name,family_name,date_of_birth,postcode\n";
        for (int i = 0; i < 400; ++i) {
            const std::string n = std::to_string(i);
            text += "r" + n + ",health," +
                    (i % 8 == 0             ? "Runa"
                     : i % 8 == 1 && common ? other
                                            : "Name" + n) +
                    ",Family" + n + ",201" + std::to_string(i % 10) + "-03-0" + std::to_string(1 + i % 9) +
                    ",TA1 " + std::to_string(i % 10) + "AA\n";
        }
        text += "a,health,Runa,Smith,2012-05-06,BS1 1AA\nb,school," + other + ",Smith,2012-05-06,BS1 1AA\n";
        const Dataset data = read(text, {});
        const Scorer scorer(fitting(Model::children(), data.population));
        const View a = data.population.view(data.find("a")), b = data.population.view(data.find("b"));
        const double w = scorer.score(a, b).weight;
        double sum = 0;
        const Waterfall explained = scorer.explain(a, b);
        for (const Step& s : explained.steps) sum += s.weight;
        EXPECT_NEAR(explained.prior + sum, w, 1e-9);
        for (const Pair& p : predict(data, Blocks(data.population, default_rules(), {0}), scorer, -50))
            if (p.left == std::min(data.find("a"), data.find("b")) &&
                p.right == std::max(data.find("a"), data.find("b"))) {
                EXPECT_EQ(p.weight, w);
            }
        return w;
    };
    EXPECT_LT(weight("Muna", true), weight("Muna", false) - 2);
    EXPECT_NEAR(weight("Rune", true), weight("Rune", false), 1e-9);
}

TEST(Link, A_block_that_would_explode_is_left_to_the_other_rules) {
    std::string text = "record_id,surname,given_name\n";
    for (int i = 0; i < 3000; ++i) text += std::to_string(i) + ",Smith,Anna\n";
    const Dataset data = read(text, {});
    const Blocks blocks(data.population, default_rules(), {0, 100});
    EXPECT_EQ(blocks.pairs(), 0U);
    std::uint64_t left_out = 0;
    for (const RuleCount& c : blocks.counts()) left_out += c.left_out;
    EXPECT_EQ(left_out, 3000U * 2999 / 2);
}

// Where a thousand share a name, those of one year are compared; where two do, their years may differ.
TEST(Link, Of_a_block_that_would_explode_the_closer_ones_are_compared) {
    std::string text = "record_id,given_name,surname,date_of_birth\n";
    const auto add = [&](int id, const std::string& name, int year) {
        text += std::to_string(id) + "," + name + ",Smith," + std::to_string(year) + "-01-01\n";
    };
    for (int i = 0; i < 1000; ++i) add(i, "Anna", 1980 + i % 20);
    add(1000, "Bela", 1980);
    add(1001, "Bela", 1981);
    text += "1002,Anna,Smith,\n1003,Anna,Smith,\n";  // the year is missing: left to the other rules
    const Dataset data = read(text, {});
    const std::vector<Rule> names{{"names", {Part::both_names}, Part::birth_year}};
    const auto record = [&](int id) { return data.find(std::to_string(id)); };
    const std::uint64_t all = 1002U * 1001 / 2 + 1, closer = 20U * (50 * 49 / 2) + 1;

    const Blocks blocks(data.population, names, {0, 0, 30'000});
    EXPECT_EQ(blocks.counts()[0].pairs, all);
    EXPECT_EQ(blocks.counts()[0].left_out, all - closer);
    EXPECT_EQ(blocks.pairs(), closer);
    EXPECT_TRUE(blocks.share(record(0), record(20)));
    EXPECT_FALSE(blocks.share(record(0), record(1)));
    EXPECT_TRUE(blocks.share(record(1000), record(1001)));
    EXPECT_FALSE(blocks.share(record(1002), record(1003)));

    std::uint64_t compared = 0;
    predict(data, blocks, Scorer(fitting(Model::children(), data.population)), -100, &compared);
    EXPECT_EQ(compared, closer);

    // Three a record are always compared; those that stand closer may still be too many.
    EXPECT_EQ(Blocks(data.population, names, {0, 0, 0}).pairs(), 1U);
    EXPECT_EQ(Blocks(data.population, names, {0, 0, all}).counts()[0].left_out, 0U);
}

TEST(Cluster, Equals_the_components_of_boost_graph_when_guards_are_off) {
    const Linked l = link(test::children(300, 3).text());
    boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS> graph(l.data.size());
    for (const Pair& p : l.pairs) add_edge(p.left, p.right, graph);
    std::vector<int> component(l.data.size());
    boost::connected_components(graph, component.data());
    const Scorer scorer(l.training.model);
    const Clusters plain = cluster(l.data, scorer, l.pairs, {}, {0, false}).value();
    for (std::uint32_t a = 0; a < l.data.size(); ++a)
        for (std::uint32_t b = a + 1; b < l.data.size(); ++b)
            ASSERT_EQ(plain.of[a] == plain.of[b], component[a] == component[b]);
}

TEST(Cluster, What_people_decided_always_wins) {
    const Linked l = link(test::children(100).text());
    const Scorer scorer(l.training.model);
    std::uint32_t a = 0, b = 0;
    for (const Pair& p : l.pairs)
        if (l.clusters.of[p.left] == l.clusters.of[p.right]) a = p.left, b = p.right;
    ASSERT_NE(a, b);
    const Clusters apart = cluster(l.data, scorer, l.pairs, {{a, b, false}}).value();
    EXPECT_NE(apart.of[a], apart.of[b]);
    std::uint32_t stranger = 0;
    while (l.clusters.of[stranger] == l.clusters.of[a]) ++stranger;
    const Clusters together = cluster(l.data, scorer, l.pairs, {{a, stranger, true}}).value();
    EXPECT_EQ(together.of[a], together.of[stranger]);
    const Clusters both = cluster(l.data, scorer, l.pairs, {{a, stranger, true}, {stranger, a, false}}).value();
    EXPECT_EQ(both.unkept.size(), 1U);
    EXPECT_NE(both.of[a], both.of[stranger]);
}

TEST(Cluster, A_twin_between_two_strong_records_is_not_swallowed) {
    std::string text = "record_id,given_name,surname,date_of_birth,postcode,person\n";
    text += "1,Leo,Okonkwo,2012-05-17,TA1 1AA,a\n2,Leo,Okonkwo,2012-05-17,TA1 1AA,a\n";
    text +=
        "3,Grace,Okonkwo,2012-05-17,TA1 1AA,b\n4,Grace,Okonkwo,2012-05-17,TA1 1AA,b\n5,L,Okonkwo,2012-05-17,TA1 "
        "1AA,a\n";
    const Dataset data = read(text, {"record_id", "", "person"});
    const Scorer scorer(fitting(Model::children(), data.population));
    const Blocks blocks(data.population, default_rules());
    const auto pairs = predict(data, blocks, scorer, 0);
    const Quality q = judge(cluster(data, scorer, pairs).value().of, data.truth, blocks, data.population);
    EXPECT_EQ(q.precision(), 1);
    EXPECT_EQ(q.recall(), 1);
}

// Records "agency,given_name,date_of_birth,postcode" of one surname among others; how many persons they become.
std::size_t persons_among_others(const std::vector<std::string>& records) {
    std::string text = test::children(300).text();
    for (std::size_t i = 0; i < records.size(); ++i) {
        const auto words = base::split(records[i], ',');
        text += "x" + std::to_string(i) + "," + words[0] + "," + words[1] + ",Bewison," + words[2] + ",F," +
                words[3] + ",\n";
    }
    const Dataset data = read(text);
    const Scorer scorer(fitting(Model::children(), data.population));
    const Blocks blocks(data.population, default_rules());
    const auto clusters = cluster(data, scorer, predict(data, blocks, scorer, 0)).value();
    std::set<std::uint32_t> found;
    for (std::size_t i = 0; i < records.size(); ++i) found.insert(clusters.of[data.find("x" + std::to_string(i))]);
    return found.size();
}

TEST(Cluster, An_agency_that_holds_both_speaks_against_one_child_once_for_itself) {
    const std::vector<std::string> one{"health,Runa,2012-04-15,BS22 9NJ", "school,Runa,2012-04-15,BS22 9NJ",
                                       "care,Runa,2012-04-15,BS22 9NJ"};
    const auto with = [&](const std::vector<std::string>& others) {
        std::vector<std::string> all = one;
        for (const std::string& agency : others) all.push_back(agency + ",Runa,2012-04-15,DT8 1NQ");
        return persons_among_others(all);
    };
    EXPECT_EQ(with({"police", "housing", "charity"}), 1U) << "three agencies know one address, three another";
    EXPECT_EQ(with({"health"}), 1U) << "one agency may have a child twice";
    EXPECT_EQ(with({"health", "school", "care"}), 2U) << "not all of them";
}

TEST(Cluster, A_slip_that_many_records_share_is_no_slip) {
    const auto of = [](const std::vector<std::string>& names) {
        std::vector<std::string> all;
        const std::vector<std::string> agencies{"health", "school", "care", "police", "housing", "charity"};
        for (std::size_t i = 0; i < names.size(); ++i)
            all.push_back(agencies[i] + "," + names[i] + ",2012-04-15,BS22 9NJ");
        return persons_among_others(all);
    };
    EXPECT_EQ(of({"Leeton", "Leeton", "Leeton", "Liton"}), 1U);
    EXPECT_EQ(of({"Leeton", "Leeton", "Leeton", "Liton", "Liton", "Liton"}), 2U);
}

TEST(Quality, Counts_siblings_who_stand_together_and_how_sure_pairs_turned_out) {
    const Linked l = link(
        "record_id,given_name,surname,date_of_birth,postcode,person\n1,Anna,Smith,2010-02-03,TA1 1AA,a\n"
        "2,Grace,Smith,2010-02-03,TA1 1AA,b\n3,Olu,Khan,2011-05-06,TA2 2BB,c\n",
        {}, {"", "", "person"});
    const Blocks blocks(l.data.population, default_rules());
    std::vector<std::uint32_t> together(3, 0);  // all three in one cluster
    const Quality q = judge(together, l.data.truth, blocks, l.data.population);
    EXPECT_EQ(q.persons, 3U);
    EXPECT_EQ(q.with_sibling, 2U);
    EXPECT_EQ(q.of_one_home, 2U);
    EXPECT_EQ(judge(l.clusters.of, l.data.truth, blocks, l.data.population).with_sibling, 0U);
    const auto tenths = calibration(std::vector<Pair>{{0, 1, 0.0}, {0, 2, 20.0}}, {1, 2, 1});
    EXPECT_EQ(tenths[5].pairs, 1U);
    EXPECT_EQ(tenths[5].right, 0U);
    EXPECT_EQ(tenths[9].right, 1U);
    EXPECT_NEAR(tenths[5].expected, 0.5, 1e-12);
}

TEST(Dataset, Finds_its_columns_by_heading_and_by_content) {
    std::string text = "Unique ID;Forename;Last Name;D.O.B;Gender;contact;where;x\n";
    for (int i = 0; i < 9; ++i)
        text += std::to_string(i) + ";A;B;1/2/2010;F;a" + std::to_string(i) + "@example.org;TA1 1A" +
                static_cast<char>('A' + i) + ";7\n";
    const Dataset data = read(text, {});
    std::vector<Role> roles;
    for (const auto& c : data.columns) roles.push_back(c.role);
    EXPECT_EQ(roles, (std::vector<Role>{Role::id, Role::given, Role::family, Role::birth, Role::sex, Role::email,
                                        Role::postcode, Role::ignored}));
}

TEST(Dataset, Another_surname_is_another_name) {
    const Dataset data = read(
        "id,first_name,surname,maiden_name,dob\n"
        "1,Anna,Price,Okonkwo-Smith,2004-05-06\n2,Anna,Okonkwo "
        "Smith,,2004-05-06\n3,Anna,Price,unknown,2004-05-06\n",
        {});
    EXPECT_EQ(data.columns[3].role, Role::other_family);
    const Population& p = data.population;
    const auto with_id = [&](const char* id) { return data.find(id); };
    EXPECT_EQ(p.view(with_id("1")).aliases(),
              (AliasList{{p.names().find("anna"), p.names().find("okonkwo smith")}}));
    const Scorer scorer(fitting(Model::children(), p));
    const Waterfall w = scorer.explain(p.view(with_id("1")), p.view(with_id("2")));
    const auto surname =
        std::find_if(w.steps.begin(), w.steps.end(), [](const Step& s) { return s.field == "surname"; });
    ASSERT_NE(surname, w.steps.end());
    EXPECT_EQ(surname->says, "same surname");
    EXPECT_LT(scorer.score(p.view(with_id("3")), p.view(with_id("2"))).weight, w.score.weight - 5);
}

TEST(Dataset, Reads_dates_with_the_month_first_where_they_cannot_be_british) {
    const auto born = [](const std::string& dates) {
        std::string text = "id,surname,dob\n";
        std::size_t id = 0;
        for (const std::string& date : base::split(dates, ' '))
            text += std::to_string(id++) + ",Price," + date + "\n";
        const Dataset data = read(text, {});
        return PartialDate::unpack(data.population[static_cast<std::uint32_t>(data.find("0"))].birth).text() +
               (data.columns[2].month_first ? " month first" : "");
    };
    EXPECT_EQ(born("05/06/2004 05/16/2004 11/30/2003 2/28/2001"), "2004-05-06 month first");
    EXPECT_EQ(born("05/06/2004 16/05/2004 11/30/2003 28/2/2001"), "2004-06-05");
    EXPECT_EQ(born("05/06/2004 05/16/2004 11/30/2003"), "2004-06-05") << "two may be mistakes";
    EXPECT_EQ(born("05062004 05162004 11302003 02282001"), "2004-05-06 month first");
}

TEST(Dataset, Keeps_middle_names_apart_unless_they_are_all_there_is) {
    const Dataset data = read("id,First name,Middle initial,Surname\n1,Baby,J,Child\n2,Anne-Marie,,Price\n", {});
    const Population& p = data.population;
    EXPECT_EQ(p[0][Column::given], 0U) << "has no name yet";
    EXPECT_EQ(p.names().text(p[0][Column::middle]), "j");
    EXPECT_EQ(p.names().text(p[0][Column::family]), "child");
    EXPECT_EQ(p.names().text(p[1][Column::given]), "anne marie");
    EXPECT_EQ(p[1][Column::middle], 0U);
    EXPECT_TRUE(p.holds(Field::middle_name));
    const Dataset alone = read("id,middle names,surname\n1,Rose,Price\n", {});
    EXPECT_EQ(alone.population.names().text(alone.population[0][Column::given]), "rose");
    EXPECT_FALSE(alone.population.holds(Field::middle_name));
}

TEST(Dataset, Reads_quotation_marks_line_ends_and_several_files) {
    auto data = Dataset::parse(
        {{"a/police.csv",
          "\xEF\xBB\xBFid,surname,address\r\n1,\"O\"\"Neill, Jr\",\"1 High\nStreet\"\r\n\r\n2,Sm\"ith,\n"},
         {"health.csv", "surname,id\nJones,1\n"}},
        {});
    ASSERT_TRUE(data.ok()) << data.error().message;
    EXPECT_EQ(data->size(), 3U);
    std::set<std::string> labels;
    for (std::uint32_t i = 0; i < 3; ++i) labels.insert(data->label(i));
    EXPECT_EQ(labels, (std::set<std::string>{"police/1", "police/2", "health/1"}));
    const std::uint32_t first = data->find("police/1");
    ASSERT_LT(first, 3U);
    EXPECT_EQ(data->population.names().text(data->population[first][Column::family]), "o neill jr");
    EXPECT_EQ(data->population.texts(Column::address).text(data->population[first][Column::address]),
              "1 high street");
    EXPECT_EQ(data->find("nobody"), 3U);
}

TEST(Dataset, Many_rows_are_read_alike_by_one_thread_and_by_many) {
    const auto letters = [](unsigned n) {
        std::string out;
        for (; n != 0; n /= 26) out += static_cast<char>('a' + n % 26);
        return out + "x";
    };
    std::string text = "record_id,agency,given_name,surname,alias,postcode\n";
    for (unsigned i = 0; i < 60'000; ++i)
        text += std::to_string(i) + "," + (i % 2 == 0 ? "health" : "school") + "," + letters(i * 7) + "," +
                letters(i * 13 % 9000) + "," + letters(i * 3) + " " + letters(i * 5) + ",TA" +
                std::to_string(i % 90) + " 1AA\n";
    const auto picture = [&] {
        const Dataset data = read(text, {});
        std::string out;
        for (std::uint32_t i = 0; i < data.size(); ++i) {
            const View v = data.population.view(i);
            const Packed& p = *v.packed;
            out += data.label(i) + data.sources[p.source];
            for (const Column c : {Column::given, Column::family, Column::postcode}) out += v.text(c, p[c]);
            for (const auto& [given, family] : v.aliases()) out += v.name(given).text, out += v.name(family).text;
        }
        return out;
    };
    std::string alone;
    {
        const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
        alone = picture();
    }
    for (int again = 0; again < 5; ++again) ASSERT_TRUE(picture() == alone);
}

TEST(Dataset, Bad_input_is_answered_with_a_sentence) {
    const auto said = [](std::string text, LoadOptions options = {}) {
        const auto data = Dataset::parse({{"x.csv", text}}, options);
        return data ? std::string("(read)") : data.error().message;
    };
    EXPECT_EQ(said(""), "The file x.csv is empty: it needs a row of headings and records below it.");
    EXPECT_EQ(said("id,surname\n"), "There are no records below the headings.");
    EXPECT_EQ(said("id,surname\n1,a\n1,b\n"), "The id 1 stands twice in the file; every record needs its own.");
    EXPECT_EQ(said("id,surname\n1,a\n", {"key", "", ""}),
              "The file x.csv has no column “key”. Its columns are: id, surname.");
    EXPECT_EQ(said("id,surname\n1,a,b\n"), "Line 2 of x.csv has more cells than there are headings.");
    EXPECT_EQ(said("id,surname\n1," + std::string(10'000'000, 'a') + "\n"),
              "A cell in line 2 of x.csv is over 64 KB long; is a quotation mark missing?");
    EXPECT_EQ(said("id,surname\n1,\"" + std::string(100'000, 'a') + "\n2,b\n"),
              "A cell in line 2 of x.csv is over 64 KB long; is a quotation mark missing?");
    EXPECT_EQ(said("id,surname\n1,a\n"), "(read)");
    EXPECT_FALSE(Dataset::load({"/nowhere/at/all.csv"}, {}).ok());
}

TEST(Link, One_record_and_records_that_say_nothing_are_no_trouble) {
    EXPECT_EQ(link("record_id,surname\n1,Smith\n", {}, {}).clusters.count(), 1U);
    const Linked nothing = link("record_id,surname,given_name\n1,,\n2,,\n3,unknown,\n", {}, {});
    EXPECT_EQ(nothing.clusters.count(), 3U);
}

RC_GTEST_PROP(Dataset, Any_bytes_are_read_or_refused, (const std::string& noise)) {
    static_cast<void>(Dataset::parse({{"x.csv", "id,surname,dob\n" + noise}}, {}));
    static_cast<void>(Dataset::parse({{"x.csv", noise}}, {}));
}

TEST(Report, Stands_alone_and_escapes_what_it_shows) {
    const Linked l = link(
        "record_id,surname,given_name,date_of_birth,<b>x\n<i>1,Smith,Anna,2010-02-03,\n2,Smith,Anna,2010-02-03,\n",
        {}, {});
    const Blocks blocks(l.data.population, default_rules());
    const Scorer scorer(Model::children());
    const PairList pairs = predict(l.data, blocks, scorer, -10);
    linkage::Run run{&l.data, &blocks, &scorer, nullptr, &pairs, &l.clusters};
    const std::string html = html_report(run);
    EXPECT_EQ(html.find("<i>1"), std::string::npos);
    EXPECT_NE(html.find("&lt;i&gt;1"), std::string::npos);
    for (const char* outside : {"http://", "https://", "src=", "href=", "<script"})
        EXPECT_EQ(html.find(outside), std::string::npos) << outside;
    EXPECT_EQ(html.find("Anna"), std::string::npos);
    EXPECT_EQ(json_report(run).front(), '{');
    EXPECT_NE(text_report(run).find("2 records"), std::string::npos);
}

// The public data sets with truth. One fixed default for all: nothing is fitted to them.
std::string febrl_with_truth(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::string line, out;
    std::getline(in, line);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    out = line + ",person\n";
    while (std::getline(in, line)) {
        while (!line.empty() && line.back() == '\r') line.pop_back();
        if (line.empty()) continue;
        const auto dash = line.find('-');
        out += line + "," + line.substr(dash + 1, line.find('-', dash + 1) - dash - 1) + "\n";
    }
    return out;
}

TEST(Link, Reaches_its_figures_on_the_public_data_sets) {
    const char* given = std::getenv("ROWAN_TEST_DATA");
    const std::filesystem::path folder =
        std::filesystem::path(given != nullptr ? given : ROWAN_SOURCE_DIR "/../shared/data") / "linkage";
    if (!std::filesystem::exists(folder / "fake_1000.csv")) GTEST_SKIP() << "skipped: not at hand";
    const auto f1 = [](const Linked& l) { return Quality::f1(l.quality.precision(), l.quality.recall()); };
    std::ifstream in(folder / "fake_1000.csv");
    std::stringstream fake;
    fake << in.rdbuf();
    EXPECT_GT(f1(link(fake.str(), {}, {"", "", "cluster"})), 0.93);
    EXPECT_GT(f1(link(febrl_with_truth(folder / "febrl1.csv"), {}, {"", "", "person"})), 0.998);
    EXPECT_GT(f1(link(febrl_with_truth(folder / "febrl3.csv"), {0}, {"", "", "person"})), 0.9965);
}

}  // namespace
}  // namespace rowan::linkage
