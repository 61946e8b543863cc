#include "linkage/labels.h"

#include "linkage/report.h"
#include "people.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace rowan::linkage {
namespace {

struct Town {
    Dataset data =
        Dataset::parse({{"children.csv", test::children(400).text()}}, {"record_id", "agency", "person"}).value();
    Model start = fitting(Model::children(), data.population);
    Blocks blocks{data.population, default_rules(), {0}};
    Training learn(std::vector<Label> labels) const {
        TrainOptions options;
        options.labels = std::move(labels);
        return train(data, blocks, start, options);
    }
    // Every third pair that is compared, answered by `answer`.
    template <class Answer>
    std::vector<Label> labels(Answer answer) const {
        std::vector<Label> out;
        const Scorer scorer(start);
        for (const Pair& p : predict(data, blocks, scorer, -20))
            if ((p.left + p.right) % 3 == 0) out.push_back({p.left, p.right, answer(p)});
        return out;
    }
    bool one_person(const Pair& p) const { return data.truth[p.left] == data.truth[p.right]; }
};

TEST(Labels, What_people_said_is_learned_and_the_likelihood_never_falls) {
    const Town town;
    const auto true_labels = town.labels([&](const Pair& p) { return town.one_person(p); });
    ASSERT_GT(true_labels.size(), 100U);
    const Training plain = town.learn({}), right = town.learn(true_labels),
                   never = town.learn(town.labels([](const Pair&) { return false; }));
    for (const auto& run : right.likelihood)
        for (std::size_t i = 1; i < run.size(); ++i) EXPECT_GE(run[i], run[i - 1] - 1e-9 * std::abs(run[i])) << i;
    EXPECT_LT(std::abs(plain.expected_matches - right.expected_matches), 0.1 * plain.expected_matches);
    EXPECT_LT(never.expected_matches, 0.8 * plain.expected_matches);
    EXPECT_NE(plain.model.text(), right.model.text());
}

TEST(Labels, Their_order_and_their_sides_do_not_matter_and_of_two_answers_the_last_holds) {
    const Town town;
    auto labels = town.labels([&](const Pair& p) { return town.one_person(p); });
    const std::string model = town.learn(labels).model.text();
    auto turned = labels;
    std::reverse(turned.begin(), turned.end());
    for (Label& l : turned) std::swap(l.left, l.right);
    EXPECT_EQ(town.learn(turned).model.text(), model);
    auto corrected = labels;
    corrected.insert(corrected.begin(), {labels[0].left, labels[0].right, !labels[0].same});
    corrected.push_back({7, 7, true});  // a record and itself teach nothing
    EXPECT_EQ(town.learn(corrected).model.text(), model);
}

TEST(Labels, Precision_and_recall_stand_against_them_at_each_threshold) {
    const Town town;
    const Scorer scorer(town.learn({}).model);
    const auto labels = town.labels([&](const Pair& p) { return town.one_person(p); });
    const AgainstLabels seen = against_labels(labels, town.data, town.blocks, scorer);
    EXPECT_EQ(seen.same + seen.different, labels.size());
    ASSERT_EQ(seen.cuts.size(), kThresholds.size());
    for (const LabelCut& c : seen.cuts) {
        std::uint64_t right = 0, wrong = 0;
        for (const Label& l : labels)
            if (scorer.score(town.data.population.view(l.left), town.data.population.view(l.right)).probability >=
                c.threshold)
                ++(l.same ? right : wrong);
        EXPECT_EQ(c.right, right);
        EXPECT_EQ(c.wrong, wrong);
    }
    EXPECT_GT(seen.precision(seen.cuts[2]), 0.95);
    EXPECT_GT(seen.recall(seen.cuts[2]), 0.95);
}

TEST(Labels, A_pair_that_no_rule_brings_together_is_missed_and_said_so) {
    const auto data = Dataset::parse({{"x.csv",
                                       "record_id,given_name,surname,date_of_birth\n1,Anna,Smith,2010-02-03\n"
                                       "2,Anna,Smith,2010-02-03\n3,Olu,Khan,2011-05-06\n"}},
                                     {})
                          .value();
    const Scorer scorer(fitting(Model::children(), data.population));
    const Blocks blocks(data.population, default_rules(), {0});
    const std::uint32_t a = data.find("1"), b = data.find("2"), c = data.find("3");
    const AgainstLabels seen = against_labels({{a, b, true}, {b, c, true}}, data, blocks, scorer);
    EXPECT_EQ(seen.not_compared, 1U);
    EXPECT_EQ(seen.cuts.front().right, 1U);
    EXPECT_EQ(seen.recall(seen.cuts.front()), 0.5);
    linkage::Run run{&data, &blocks, &scorer};
    const PairList pairs;
    const Clusters clusters = cluster(data, scorer, pairs).value();
    run.pairs = &pairs, run.clusters = &clusters, run.labels = seen;
    EXPECT_NE(text_report(run).find("Against the 2 pairs people looked at"), std::string::npos);
    EXPECT_NE(json_report(run).find("\"not_compared\":1"), std::string::npos);
    EXPECT_NE(html_report(run).find("Precision and recall"), std::string::npos);
}

}  // namespace
}  // namespace rowan::linkage
