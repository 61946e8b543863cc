// A partnership with a person index and a few workers, for tests of the rooms from `people` upwards. Everybody in
// it is invented; NHS numbers are from the range that is never given out.
#pragma once
#include "people/people_desk.h"
#include "people/person_store.h"
#include "support/office.h"

namespace rowan::support {

using people::Identity;

inline base::Date day(const char* iso) { return base::parse_iso_date(iso).value(); }

inline Identity somebody(const std::string& given, const std::string& family, const char* born = nullptr,
                         const std::string& local_ref = "") {
    Identity who;
    who.given_names = given;
    who.family_name = family;
    if (born) who.born = day(born);
    who.local_ref = local_ref;
    return who;
}

class TestPeople {
public:
    explicit TestPeople(database::Database& db, const std::string& scheme = "solihull")
        : office(db, scheme), desk(office.office(), index) {
        office.all_sign();
        council = office.agency_of(partnership::AgencyType::la_children);
        police = office.agency_of(partnership::AgencyType::police);
        school = office.agency_of(partnership::AgencyType::school);
        coordinator = office.worker("coordinator", council, "coordinator");
        officer = office.worker("officer", police, "practitioner");
        teacher = office.worker("teacher", school, "practitioner");
    }

    TestOffice office;
    people::PeopleIndex index;
    people::PeopleDesk desk;
    std::string council, police, school;
    partnership::Viewer coordinator, officer, teacher;

    // What one agency says of somebody, stored and searchable.
    people::PeopleDesk::Stored put(const std::string& agency, const Identity& who) {
        people::PeopleDesk::Stored stored;
        office.write([&](Session& s) -> base::Result<> {
            stored = desk.store_record(s, agency, who, "", "test");
            return base::done();
        });
        desk.refresh({stored.record});
        return stored;
    }
    void flag(const people::PeopleDesk::Stored& whom, const std::string& agency, const Identity& who,
              const std::string& code, const char* set_on, const char* cleared_on = nullptr,
              const std::string& area = "") {
        office.write([&](Session& s) -> base::Result<> {
            desk.store_flag(s, whom, agency, who, area, code, day(set_on),
                            cleared_on ? std::optional{day(cleared_on)} : std::nullopt);
            return base::done();
        });
        desk.refresh({whom.record});
    }
    // Puts two records before a person, as an import would.
    void propose(const std::string& a, const std::string& b) {
        office.write([&](Session& s) -> base::Result<> {
            people::store::propose(s, a, b, 5, office.clock().now());
            return base::done();
        });
    }
    base::Result<> decide(const people::PeopleDesk::Stored& a, const people::PeopleDesk::Stored& b,
                          people::Verdict verdict) {
        return desk.decide_pair(coordinator, a.record, b.record, verdict, "because");
    }
    void link(const people::PeopleDesk::Stored& a, const people::PeopleDesk::Stored& b) {
        must(decide(a, b, people::Verdict::same));
    }
    // The link in force that put `absorbed` under somebody.
    std::string decision_over(const std::string& absorbed) {
        return office.db().read([&](Session& s) {
            const auto row = s.one(
                "SELECT id FROM link_decision WHERE absorbed = $1 AND verdict = 'same' AND undone_at IS NULL",
                absorbed);
            return row ? row->text(0) : std::string{};
        });
    }
    std::string root_of(const people::PeopleDesk::Stored& who) {
        return office.db().read([&](Session& s) { return people::store::find_person(s, who.person)->root; });
    }
    // Everything that links between people are made of, without the versions, which only grow.
    std::string tree() {
        return office.db().read([&](Session& s) {
            std::string out;
            for (const auto& row :
                 s.query("SELECT id, ref, merged_into, root, sensitivity FROM person ORDER BY id"))
                out += row.text(0) + " " + row.text(1) + " " + (row.null(2) ? "-" : row.text(2)) + " " +
                       row.text(3) + " " + row.text(4) + "\n";
            return out;
        });
    }
    // The index in memory, the flags and the table say the same of everybody.
    bool index_agrees() {
        return office.db().read([&](Session& s) {
            if (s.one("SELECT 1 FROM agency_flag f JOIN agency_record r ON r.id = f.record JOIN person p ON p.id "
                      "= r.person WHERE f.root <> p.root LIMIT 1"))
                return false;
            for (const auto& row :
                 s.query("SELECT r.id, p.id, p.root FROM agency_record r JOIN person p ON p.id = r.person")) {
                if (index.root_of(row.text(1)) != row.text(2)) return false;
                bool found = false;
                for (const auto& record : index.records_of(row.text(2))) found |= record.id == row.text(0);
                if (!found) return false;
            }
            return true;
        });
    }
};

}  // namespace rowan::support
