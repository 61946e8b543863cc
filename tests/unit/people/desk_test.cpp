// Linking, keeping apart, undoing; and who finds whom.
#include "support/people.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace rowan::people {
namespace {

using namespace support;
using Stored = PeopleDesk::Stored;

class Desk : public ::testing::Test {
protected:
    TemporaryDatabase temporary;
    TestPeople house{temporary.db()};

    std::vector<partnership::AuditEntry> entries;  // of links that the scheme's rule makes

    Stored put(const std::string& agency, const std::string& given, const std::string& family,
               const char* born = "2004-05-06") {
        return house.put(agency, somebody(given, family, born));
    }
    std::vector<std::string> names_found(const partnership::Viewer& viewer, const char* words) {
        std::vector<std::string> out;
        for (const auto& line : house.desk.find(viewer, words, 10))
            out.push_back(line.sight.sight == Sight::full ? line.name : "signpost");
        return out;
    }
};
using Names = std::vector<std::string>;

TEST_F(Desk, a_link_and_its_undoing_leave_everything_as_it_was) {
    const auto a = put(house.council, "Amina", "Rahman"), b = put(house.police, "Amina", "Rehman"),
               c = put(house.school, "Carl", "Voss");
    const auto before = house.tree();
    house.link(a, b);
    EXPECT_NE(before, house.tree());
    EXPECT_EQ(house.root_of(a), house.root_of(b));
    EXPECT_TRUE(house.index_agrees());
    EXPECT_EQ(2u, house.desk.view(house.coordinator, b.person)->records.size());
    must(house.desk.undo_link(house.coordinator, house.decision_over(b.person), false, "wrong"));
    EXPECT_EQ(before, house.tree());
    EXPECT_TRUE(house.index_agrees());
    (void)c;
}

TEST_F(Desk, a_link_is_made_and_undone_once_and_audited) {
    const auto a = put(house.council, "Amina", "Rahman"), b = put(house.police, "Amina", "Rehman");
    house.link(a, b);
    EXPECT_EQ(base::ErrorKind::conflict, house.decide(a, b, Verdict::same).error().kind);
    EXPECT_EQ(base::ErrorKind::conflict, house.decide(a, b, Verdict::different).error().kind)
        << "undo the link instead";
    const auto decision = house.decision_over(b.person);
    must(house.desk.undo_link(house.coordinator, decision, false, ""));
    EXPECT_EQ(base::ErrorKind::conflict,
              house.desk.undo_link(house.coordinator, decision, false, "").error().kind);
    EXPECT_EQ(base::ErrorKind::not_found, house.desk.undo_link(house.coordinator, "none", false, "").error().kind);
    EXPECT_EQ(1, house.office.number("SELECT COUNT(*) FROM audit_entry WHERE act = 'decide-match'"));
    EXPECT_EQ(1, house.office.number("SELECT COUNT(*) FROM audit_entry WHERE act = 'undo-link'"));
}

TEST_F(Desk, only_who_reviews_matches_links_and_undoes) {
    const auto a = put(house.council, "Amina", "Rahman"), b = put(house.police, "Amina", "Rehman");
    EXPECT_EQ(base::ErrorKind::refused,
              house.desk.decide_pair(house.officer, a.record, b.record, Verdict::same, "").error().kind);
    EXPECT_FALSE(house.desk.pair(house.officer, a.record, b.record));
    house.link(a, b);
    EXPECT_EQ(base::ErrorKind::refused,
              house.desk.undo_link(house.officer, house.decision_over(b.person), false, "").error().kind);
    EXPECT_EQ(house.root_of(a), house.root_of(b));
}

TEST_F(Desk, different_is_never_proposed_again) {
    const auto a = put(house.council, "Amina", "Rahman"), b = put(house.police, "Amina", "Rahman");
    house.propose(a.record, b.record);
    EXPECT_EQ(1, house.desk.pairs_waiting());
    must(house.decide(a, b, Verdict::different));
    EXPECT_EQ(0, house.desk.pairs_waiting());
    house.office.write([&](Session& s) -> base::Result<> {
        const auto proposed =
            house.desk.propose_links(s, b.record, {{a.record, 9, 0.99, true}}, "test", house.council, entries);
        EXPECT_EQ(0, proposed.proposals + proposed.links);
        return base::done();
    });
    EXPECT_EQ(0, house.desk.pairs_waiting());
    EXPECT_EQ(base::ErrorKind::conflict, house.decide(a, b, Verdict::same).error().kind);
}

TEST_F(Desk, undone_and_found_different_is_never_proposed_again_either) {
    const auto a = put(house.council, "Amina", "Rahman"), b = put(house.police, "Amina", "Rahman");
    house.propose(a.record, b.record);
    house.link(a, b);
    EXPECT_EQ(0, house.desk.pairs_waiting());
    must(house.desk.undo_link(house.coordinator, house.decision_over(b.person), true, "two cousins"));
    EXPECT_EQ(0, house.desk.pairs_waiting());
    EXPECT_EQ(base::ErrorKind::conflict, house.decide(a, b, Verdict::same).error().kind);
}

TEST_F(Desk, undoing_puts_back_what_still_waits) {
    const auto a = put(house.council, "Amina", "Rahman"), b = put(house.police, "Amina", "Rahman"),
               c = put(house.school, "Amina", "Rahman");
    house.propose(a.record, b.record);
    house.propose(a.record, c.record);
    house.propose(b.record, c.record);
    must(house.decide(a, c, Verdict::unsure));
    EXPECT_EQ(3, house.desk.pairs_waiting()) << "not sure leaves it open";
    house.link(a, b);
    EXPECT_EQ(2, house.desk.pairs_waiting());
    house.link(a, c);
    EXPECT_EQ(0, house.desk.pairs_waiting()) << "all three are one";
    must(house.desk.undo_link(house.coordinator, house.decision_over(c.person), false, ""));
    EXPECT_EQ(2, house.desk.pairs_waiting()) << "a with c, b with c";
    must(house.desk.undo_link(house.coordinator, house.decision_over(b.person), false, ""));
    EXPECT_EQ(3, house.desk.pairs_waiting());
}

// --- undoing "different" ----------------------------------------------------------------------------------------

TEST_F(Desk, different_that_was_wrong_is_undone_and_the_pair_is_proposed_again) {
    const auto a = put(house.council, "Amina", "Rahman"), b = put(house.police, "Amina", "Rahman");
    house.propose(a.record, b.record);
    const auto before = house.tree();
    must(house.decide(a, b, Verdict::different));
    const auto decision = house.desk.apart_between(house.coordinator, b.record, a.record);
    ASSERT_TRUE(decision);
    const auto shown = house.desk.apart(house.coordinator, *decision);
    ASSERT_TRUE(shown);
    EXPECT_EQ("because", shown->reason);
    EXPECT_EQ(house.coordinator.user_id, shown->decided_by);
    ASSERT_EQ(1u, house.desk.view(house.coordinator, a.person)->apart.size());
    EXPECT_EQ(base::ErrorKind::invalid, house.desk.undo_apart(house.coordinator, *decision, "  ").error().kind)
        << "a reason is needed";
    must(house.desk.undo_apart(house.coordinator, *decision, "One number was mistyped"));
    EXPECT_EQ(1, house.desk.pairs_waiting());
    EXPECT_EQ(before, house.tree()) << "neither person changes";
    EXPECT_FALSE(house.desk.apart(house.coordinator, *decision));
    EXPECT_FALSE(house.desk.apart_between(house.coordinator, a.record, b.record));
    EXPECT_EQ(base::ErrorKind::conflict,
              house.desk.undo_apart(house.coordinator, *decision, "again").error().kind);
    EXPECT_EQ(1, house.office.number("SELECT COUNT(*) FROM audit_entry WHERE act = 'undo-apart'"));
    EXPECT_EQ(1, house.office.number("SELECT COUNT(*) FROM link_decision WHERE verdict = 'different' AND "
                                     "undone_at IS NOT NULL AND undone_reason IS NOT NULL"))
        << "what was decided stays on record";
    must(house.decide(a, b, Verdict::same));
    EXPECT_EQ(house.root_of(a), house.root_of(b));
}

TEST_F(Desk, undoing_different_proposes_only_what_the_evidence_supports) {
    const auto a = put(house.council, "Amina", "Rahman"), b = put(house.police, "Zebedee", "Oxley", "1999-12-01");
    must(house.decide(a, b, Verdict::different));
    must(house.desk.undo_apart(house.coordinator, *house.desk.apart_between(house.coordinator, a.record, b.record),
                               "No matter"));
    EXPECT_EQ(0, house.desk.pairs_waiting());
}

TEST_F(Desk, two_decisions_stand_between_two_people_until_both_are_undone) {
    const auto a1 = put(house.council, "Amina", "Rahman"), a2 = put(house.police, "Amina", "Rahman"),
               b = put(house.school, "Amina", "Rahman");
    must(house.decide(a1, b, Verdict::different));
    must(house.decide(a2, b, Verdict::different));
    house.link(a1, a2);
    ASSERT_EQ(2u, house.desk.view(house.coordinator, b.person)->apart.size());
    must(house.desk.undo_apart(house.coordinator,
                               *house.desk.apart_between(house.coordinator, a1.record, b.record), "one"));
    EXPECT_EQ(0, house.desk.pairs_waiting());
    EXPECT_EQ(base::ErrorKind::conflict, house.decide(a1, b, Verdict::same).error().kind);
    must(house.desk.undo_apart(house.coordinator,
                               *house.desk.apart_between(house.coordinator, a1.record, b.record), "two"));
    EXPECT_EQ(1, house.desk.pairs_waiting());
    must(house.decide(a1, b, Verdict::same));
}

TEST_F(Desk, only_who_reviews_matches_and_sees_both_undoes_different) {
    const auto a = put(house.council, "Amina", "Rahman"), b = put(house.police, "Amina", "Rahman");
    must(house.decide(a, b, Verdict::different));
    const auto decision = *house.desk.apart_between(house.coordinator, a.record, b.record);
    EXPECT_EQ(base::ErrorKind::refused, house.desk.undo_apart(house.officer, decision, "why").error().kind);
    EXPECT_FALSE(house.desk.apart(house.officer, decision));
    EXPECT_EQ(base::ErrorKind::not_found, house.desk.undo_apart(house.coordinator, "none", "why").error().kind);
    house.office.write([&](Session& s) -> base::Result<> {
        s.execute("UPDATE person SET sensitivity = 'restricted' WHERE id = $1", b.person);
        return base::done();
    });
    house.desk.refresh({b.record});
    EXPECT_FALSE(house.desk.apart(house.coordinator, decision)) << "the other is restricted";
    EXPECT_EQ(base::ErrorKind::not_found, house.desk.undo_apart(house.coordinator, decision, "why").error().kind);
    EXPECT_TRUE(house.desk.view(house.coordinator, a.person)->apart.empty()) << "a page must not tell of it";
}

// Deciding "different" and undoing it, in any order with links, leaves every pair where its decisions in force put
// it.
TEST_F(Desk, different_and_its_undoing_in_any_order) {
    EXPECT_TRUE(rc::check([&] {
        std::vector<Stored> all;
        for (int i = 0; i < 4; ++i) all.push_back(put(i % 2 ? house.council : house.police, "Amina", "Rahman"));
        for (const auto& each : all) house.flag(each, house.council, {}, "CSE_risk", "2018-01-01");
        const auto steps = *rc::gen::container<std::vector<std::pair<unsigned, unsigned>>>(
            10, rc::gen::pair(rc::gen::inRange(0u, 4u), rc::gen::inRange(0u, 4u)));
        for (const auto& [i, j] : steps) {
            if (i == j || house.root_of(all[i]) == house.root_of(all[j])) continue;
            if (const auto decision = house.desk.apart_between(house.coordinator, all[i].record, all[j].record)) {
                RC_ASSERT(!house.decide(all[i], all[j], Verdict::same).ok());
                must(house.desk.undo_apart(house.coordinator, *decision, "wrong"));
            } else if (*rc::gen::arbitrary<bool>()) {
                must(house.decide(all[i], all[j], Verdict::different));
                RC_ASSERT(house.desk.apart_between(house.coordinator, all[j].record, all[i].record).has_value());
            } else {
                must(house.decide(all[i], all[j], Verdict::same));
            }
            RC_ASSERT(house.index_agrees());
        }
        // Undone to the last, any two can be linked again.
        for (std::size_t i = 0; i < all.size(); ++i)
            for (std::size_t j = i + 1; j < all.size(); ++j) {
                while (const auto decision =
                           house.desk.apart_between(house.coordinator, all[i].record, all[j].record))
                    must(house.desk.undo_apart(house.coordinator, *decision, "wrong"));
                if (house.root_of(all[i]) != house.root_of(all[j]))
                    must(house.decide(all[i], all[j], Verdict::same));
            }
        RC_ASSERT(house.root_of(all[0]) == house.root_of(all[3]));
    }));
}

TEST_F(Desk, clusters_with_a_different_between_them_are_not_linked) {
    const auto a1 = put(house.council, "Amina", "Rahman"), a2 = put(house.police, "Amina", "Rahman");
    const auto b1 = put(house.council, "Amina", "Rehman"), b2 = put(house.police, "Amina", "Rehman");
    must(house.decide(a1, b1, Verdict::different));
    house.link(a1, a2);
    house.link(b1, b2);
    EXPECT_EQ(base::ErrorKind::conflict, house.decide(a2, b2, Verdict::same).error().kind);
    EXPECT_NE(house.root_of(a1), house.root_of(b1));
    house.office.write([&](Session& s) -> base::Result<> {
        EXPECT_EQ(
            0,
            house.desk.propose_links(s, a2.record, {{b2.record, 9, 0.99, false}}, "test", house.council, entries)
                .proposals);
        return base::done();
    });
}

TEST_F(Desk, undoing_an_inner_link_takes_its_followers_along) {
    // a ← b ← c ← d: each linked because of the one before.
    const auto a = put(house.council, "Amina", "Rahman"), b = put(house.police, "Amina", "Rahman"),
               c = put(house.school, "Amina", "Rahman"), d = put(house.council, "Mina", "Rahman");
    house.link(a, b);
    house.link(b, c);
    house.link(c, d);
    EXPECT_EQ(4u, house.desk.view(house.coordinator, a.person)->records.size());
    must(house.desk.undo_link(house.coordinator, house.decision_over(c.person), false, ""));
    EXPECT_EQ(house.root_of(a), house.root_of(b));
    EXPECT_EQ(house.root_of(c), house.root_of(d));
    EXPECT_NE(house.root_of(a), house.root_of(c));
    EXPECT_TRUE(house.index_agrees());
    house.link(b, c);
    must(house.desk.undo_link(house.coordinator, house.decision_over(b.person), false, ""));
    EXPECT_NE(house.root_of(a), house.root_of(b));
    EXPECT_EQ(house.root_of(b), house.root_of(d));
    EXPECT_TRUE(house.index_agrees());
}

// Any links in any order, undone in any order, end where they began; and the index always says what the table
// says.
TEST_F(Desk, links_in_any_order_undone_in_any_order) {
    std::vector<Stored> all;
    for (int i = 0; i < 6; ++i) all.push_back(put(i % 2 ? house.council : house.police, "Amina", "Rahman"));
    for (const auto& each : all) house.flag(each, house.council, {}, "CSE_risk", "2018-01-01");
    const auto before = house.tree();
    EXPECT_TRUE(rc::check([&] {
        std::vector<std::string> decisions;
        const auto steps = *rc::gen::container<std::vector<std::pair<unsigned, unsigned>>>(
            8, rc::gen::pair(rc::gen::inRange(0u, 6u), rc::gen::inRange(0u, 6u)));
        for (const auto& [i, j] : steps) {
            if (i == j) continue;
            const auto absorbed = house.root_of(all[j]);
            const bool apart = house.root_of(all[i]) != absorbed;
            RC_ASSERT(house.decide(all[i], all[j], Verdict::same).ok() == apart);
            if (apart) decisions.push_back(house.decision_over(absorbed));
            RC_ASSERT(house.index_agrees());
        }
        while (!decisions.empty()) {
            const auto at = *rc::gen::inRange<std::size_t>(0, decisions.size());
            must(house.desk.undo_link(house.coordinator, decisions[at], false, ""));
            decisions.erase(decisions.begin() + static_cast<std::ptrdiff_t>(at));
            RC_ASSERT(house.index_agrees());
        }
        RC_ASSERT(house.tree() == before);
    }));
}

TEST_F(Desk, a_certain_link_by_the_schemes_rule_settles_what_waits_between_the_two) {
    house.office.scheme().certain_links = partnership::CertainLinks::link;
    const auto a = put(house.council, "Amina", "Rahman"), b = put(house.police, "Amina", "Rahman"),
               c = put(house.school, "Amina", "Rahman");
    house.link(a, b);
    house.office.write([&](Session& s) -> base::Result<> {
        const auto proposed = house.desk.propose_links(
            s, c.record, {{a.record, 4, 0.9, false}, {b.record, 20, 0.999, true}}, "test", house.council, entries);
        EXPECT_EQ(1, proposed.links);
        return base::done();
    });
    ASSERT_EQ(1u, entries.size()) << "each such link has an entry of its own";
    EXPECT_EQ("link-by-rule", entries[0].act);
    EXPECT_EQ(c.person, entries[0].subject_id);
    EXPECT_EQ("certain-links", entries[0].rule);
    EXPECT_EQ("test", entries[0].user_id);
    EXPECT_EQ("kept=" + b.person + " decision=" + house.decision_over(c.person), entries[0].detail);
    house.desk.refresh({c.record});
    EXPECT_EQ(house.root_of(a), house.root_of(c));
    EXPECT_EQ(0, house.desk.pairs_waiting()) << "nobody is asked whether one person is one person";
    EXPECT_TRUE(house.index_agrees());
    must(house.desk.undo_link(house.coordinator, house.decision_over(c.person), false, ""));
    EXPECT_NE(house.root_of(a), house.root_of(c));
}

TEST_F(Desk, certain_is_only_proposed_when_the_scheme_says_so) {
    ASSERT_EQ(partnership::CertainLinks::propose, house.office.scheme().certain_links);
    const auto a = put(house.council, "Amina", "Rahman"), b = put(house.police, "Amina", "Rahman");
    house.office.write([&](Session& s) -> base::Result<> {
        const auto proposed =
            house.desk.propose_links(s, b.record, {{a.record, 20, 0.999, true}}, "test", house.council, entries);
        EXPECT_EQ(1, proposed.proposals);
        EXPECT_EQ(0, proposed.links);
        return base::done();
    });
    EXPECT_NE(house.root_of(a), house.root_of(b));
}

TEST_F(Desk, pairs_come_strongest_first_and_not_sure_does_not_come_round_at_once) {
    const auto a = put(house.council, "Amina", "Rahman"), b = put(house.police, "Amina", "Rahman"),
               c = put(house.school, "Amina", "Rahman");
    house.office.write([&](Session& s) -> base::Result<> {
        store::propose(s, a.record, b.record, 3, house.office.clock().now());
        store::propose(s, c.record, a.record, 8, house.office.clock().now());
        return base::done();
    });
    const auto first = house.desk.next_pair(house.coordinator, "", "");
    ASSERT_TRUE(first);
    EXPECT_EQ(2, first->waiting);
    EXPECT_TRUE(first->a.id == c.record || first->b.id == c.record);
    const auto second = house.desk.next_pair(house.coordinator, first->a.id, first->b.id);
    ASSERT_TRUE(second);
    EXPECT_TRUE(second->a.id == b.record || second->b.id == b.record);
    EXPECT_FALSE(house.desk.next_pair(house.officer, "", ""));
}

TEST_F(Desk, the_same_reference_of_an_agency_is_the_same_record) {
    auto who = somebody("Amina", "Rahman", "2004-05-06", "C-17");
    const auto first = house.put(house.council, who);
    who.family_name = "Begum";
    const auto again = house.put(house.council, who);
    EXPECT_TRUE(first.created);
    EXPECT_FALSE(again.created);
    EXPECT_EQ(first.record, again.record);
    EXPECT_EQ("Amina Begum", house.desk.view(house.coordinator, first.person)->identity.display_name());
    EXPECT_EQ(2, house.office.number("SELECT COUNT(*) FROM history WHERE kind = 'agency_record'"))
        << "what was said before is kept";
    const auto elsewhere = house.put(house.police, who);
    EXPECT_NE(first.record, elsewhere.record) << "another agency's C-17 is somebody else's number";
    const auto unnumbered = house.put(house.council, somebody("Amina", "Begum")),
               unnumbered2 = house.put(house.council, somebody("Amina", "Begum"));
    EXPECT_NE(unnumbered.record, unnumbered2.record);
}

// --- who finds whom ---------------------------------------------------------------------------------------------

TEST_F(Desk, S_053_the_front_door_sees_all_others_their_own) {
    put(house.council, "Amina", "Rahman");
    EXPECT_EQ(Names{"Amina Rahman"}, names_found(house.coordinator, "Amina Rahman"));
    EXPECT_EQ(Names{}, names_found(house.officer, "Amina Rahman"));
    put(house.police, "Amina", "Rahman");
    EXPECT_EQ(Names{"Amina Rahman"}, names_found(house.officer, "Amina Rahman"));
}

TEST_F(Desk, S_053_a_signpost_only_for_somebody_at_risk_and_words_that_name_one_person) {
    const auto who = somebody("Amina", "Rahman", "2004-05-06");
    const auto stored = house.put(house.council, who);
    EXPECT_EQ(Names{}, names_found(house.officer, "Amina 06/05/2004")) << "not at risk";
    house.flag(stored, house.council, who, "CSE_risk", "2018-01-01");
    EXPECT_EQ(Names{"signpost"}, names_found(house.officer, "Amina 06/05/2004"));
    EXPECT_EQ(Names{}, names_found(house.officer, "Amina Rahman")) << "a name alone is no such search";
    EXPECT_EQ(Names{}, names_found(house.officer, "06/05/2004"));
    const auto line = house.desk.find(house.officer, "Amina 06/05/2004", 5).at(0);
    EXPECT_EQ("", line.person + line.ref + line.name + line.area) << "whom to ring, and nothing else";
    EXPECT_FALSE(line.born);
    ASSERT_EQ(1u, line.agencies.size());
    const auto view = house.desk.view(house.officer, stored.person);
    ASSERT_TRUE(view);
    EXPECT_TRUE(view->id.empty() && view->records.empty() && view->flags.empty() &&
                view->identity.given_names.empty());
    EXPECT_EQ(1u, view->contacts.size());
    house.flag(stored, house.council, who, "CSE_risk", "2018-01-01", "2018-02-01");
    EXPECT_EQ(Names{}, names_found(house.officer, "Amina 06/05/2004")) << "the flag has been cleared";
}

TEST_F(Desk, a_restricted_record_is_not_found_without_a_name_on_it) {
    const auto stored = put(house.council, "Amina", "Rahman");
    house.office.write([&](Session& s) -> base::Result<> {
        s.execute("UPDATE person SET sensitivity = 'restricted' WHERE id = $1", stored.person);
        return base::done();
    });
    house.desk.refresh({stored.record});
    for (const auto* viewer : {&house.coordinator, &house.officer}) {
        EXPECT_EQ(Names{}, names_found(*viewer, "Amina Rahman"));
        EXPECT_FALSE(house.desk.view(*viewer, stored.person));
        EXPECT_TRUE(house.desk.lines(*viewer, {stored.person}).empty());
    }
    // Nobody whom it does not name says whether it is somebody else.
    const auto other = put(house.police, "Mina", "Rahman");
    EXPECT_FALSE(house.desk.pair(house.coordinator, other.record, stored.record));
    EXPECT_EQ(
        base::ErrorKind::not_found,
        house.desk.decide_pair(house.coordinator, other.record, stored.record, Verdict::same, "").error().kind);
}

TEST_F(Desk, a_cluster_is_as_restricted_as_its_most_restricted_member) {
    const auto stored = put(house.council, "Amina", "Rahman"), other = put(house.police, "Mina", "Rahman");
    house.link(other, stored);
    EXPECT_NE(Names{}, names_found(house.officer, "Mina Rahman"));
    house.office.write([&](Session& s) -> base::Result<> {
        s.execute("UPDATE person SET sensitivity = 'restricted' WHERE id = $1", stored.person);
        return base::done();
    });
    house.desk.refresh({stored.record});
    EXPECT_EQ(Names{}, names_found(house.officer, "Mina Rahman"));
}

TEST_F(Desk, H_111_without_a_signature_nobody_is_found) {
    const auto stored = put(house.police, "Amina", "Rahman");
    auto lapsed = house.officer;
    lapsed.protocol_in_force = false;
    EXPECT_EQ(Names{}, names_found(lapsed, "Amina Rahman"));
    EXPECT_FALSE(house.desk.view(lapsed, stored.person));
    house.office.scheme().protocols.clear();
    EXPECT_EQ(Names{}, names_found(house.officer, "Amina Rahman"));
}

TEST_F(Desk, H_025_another_agencys_words_are_read_only_where_the_protocol_says_so) {
    const auto council = house.put(house.council, somebody("Amina", "Rahman", "2004-05-06"));
    const auto school = house.put(house.school, somebody("Mina", "R", "2004-05-06"));
    house.link(council, school);
    const auto view = house.desk.view(house.teacher, school.person);
    ASSERT_TRUE(view);
    EXPECT_EQ("Mina R", view->identity.display_name());
    for (const auto& record : view->records)
        EXPECT_EQ(record.agency == house.school, !record.identity.given_names.empty());
    EXPECT_EQ(2u, view->agencies.size()) << "that another agency holds a record is known";
}

TEST_F(Desk, H_025_a_referrer_reads_no_more_than_the_protocol_lets_them) {
    const auto stored = put(house.council, "Amina", "Rahman");
    house.desk.hooks.referred_by = [](Session&, const std::string&, const std::string& user) {
        return !user.empty();
    };
    const auto view = house.desk.view(house.teacher, stored.person);
    ASSERT_TRUE(view);
    EXPECT_EQ("referrer", view->sight.rule);
    EXPECT_EQ("Name not known", view->identity.display_name()) << "a school is only told whom to ring";
    EXPECT_EQ("Name not known", house.desk.lines(house.teacher, {stored.person}).at(0).name);
    EXPECT_EQ("Amina Rahman", house.desk.view(house.officer, stored.person)->identity.display_name())
        << "the police may read";
}

TEST_F(Desk, one_smith_of_a_hundred_is_found_by_the_agency_that_knows_them) {
    for (int i = 0; i < 120; ++i) put(house.council, "Alex", "Smith");
    put(house.police, "Jordan", "Smith");
    EXPECT_EQ(Names{"Jordan Smith"}, names_found(house.officer, "Smith"));
}

TEST_F(Desk, S_028_a_flag_keeps_the_age_on_the_day_it_was_set) {
    const auto who = somebody("Amina", "Rahman", "2000-05-06");
    const auto stored = house.put(house.council, who);
    house.flag(stored, house.council, who, "CSE_risk", "2018-05-05");
    house.flag(stored, house.council, who, "CSE_victim", "2018-05-06");
    EXPECT_EQ(17, house.office.number("SELECT age_at FROM agency_flag WHERE flag = 'CSE_risk'"));
    EXPECT_EQ(18, house.office.number("SELECT age_at FROM agency_flag WHERE flag = 'CSE_victim'"));
    house.flag(stored, house.council, somebody("Amina", "Rahman"), "missing", "2018-05-06");
    EXPECT_EQ(1,
              house.office.number("SELECT COUNT(*) FROM agency_flag WHERE flag = 'missing' AND age_at IS NULL"));
}

TEST_F(Desk, the_index_read_at_start_is_the_index_kept_in_step) {
    const auto a = put(house.council, "Amina", "Rahman"), b = put(house.police, "Amina", "Rahman"),
               c = put(house.school, "Carl", "Voss");
    house.link(a, b);
    house.flag(c, house.school, somebody("Carl", "Voss"), "CSE_risk", "2018-01-01");
    PeopleIndex fresh;
    PeopleDesk again(house.office.office(), fresh);
    EXPECT_EQ(3u, *again.open_index());
    EXPECT_EQ(2u, fresh.people());
    for (const auto& who : {a, b, c}) {
        EXPECT_EQ(house.index.root_of(who.person), fresh.root_of(who.person));
        EXPECT_EQ(house.index.record(who.record)->at_risk, fresh.record(who.record)->at_risk);
        EXPECT_EQ(to_json(house.index.record(who.record)->identity), to_json(fresh.record(who.record)->identity));
    }
}

}  // namespace
}  // namespace rowan::people
