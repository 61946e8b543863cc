// A small partnership for the tests of this room: Solihull's scheme, a few invented users of three agencies, a
// clock that stands still, and the desks, over whatever database it is given.
#pragma once
#include "crypto/keyring.h"
#include "database/migrations.h"
#include "partnership/migrations.h"
#include "protect/protect_desk.h"
#include "sample.h"

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <stdexcept>

namespace rowan::protect::sample {

class House {
public:
    explicit House(database::Database& db)
        : db_(db),
          keyring_(crypto::Keyring::create(at("2018-01-01T00:00:00.000Z"))),
          clock_(at("2018-03-26T10:00:00.000Z")),
          audit_(keyring_, clock_, "test"),
          office_{db, keyring_, clock_, scheme(), audit_, base::WorkingDays{}, false},
          people_(office_, index_),
          desk_(people_) {
        must(db.write([&](database::Session& s) -> base::Result<> {
            for (const auto& agency : scheme().agencies)
                s.execute("INSERT INTO agency (code, name, kind) VALUES ($1, $2, $3)", agency.code, agency.name,
                          partnership::name_of(agency.type));
            return base::done();
        }));
        teacher = user("teacher", "Tess Marlow", "Teacher", "practitioner", partnership::AgencyType::school);
        colleague =
            user("colleague", "Cal Winter", "Head of year", "safeguarding_lead", partnership::AgencyType::school);
        nurse = user("nurse", "Nia Holt", "School nurse", "practitioner", partnership::AgencyType::health_trust);
        front_door =
            user("frontdoor", "Fern Doyle", "Front door", "front_door", partnership::AgencyType::la_children);
        manager =
            user("manager", "Mo Archer", "Team manager", "team_manager", partnership::AgencyType::la_children);
        analyst = user("analyst", "Ana Brook", "Analyst", "analyst", partnership::AgencyType::la_children);
    }

    Viewer teacher, colleague, nurse, front_door, manager, analyst;

    ProtectDesk& desk() { return desk_; }
    people::PeopleDesk& people() { return people_; }
    base::TestClock& clock() { return clock_; }
    database::Database& db() { return db_; }
    const partnership::Office& office() const { return office_; }

    static Answers answers(const std::string& family_name = "Rahman") {
        Answers a;
        for (const auto& [name, value] : std::initializer_list<std::pair<const char*, std::string>>{
                 {"subject_kind", "child"},
                 {"q", "Amina " + family_name},
                 {"person", "none"},
                 {"given_names", "Amina"},
                 {"family_name", family_name},
                 {"born-day", "1"},
                 {"born-month", "3"},
                 {"born-year", "2004"},
                 {"sex", "F"},
                 {"postcode", "b91 3qb"},
                 {"reason", "both"},
                 {"exploitation", "CSE"},
                 {"narrative", "An older man waits for her after school in a car."},
                 {"child_aware", "yes"},
                 {"parent_aware", "no"},
                 {"immediate_danger", "no"},
                 {"csc_question", "referred_now"},
                 {"csc_ref_now", "CSC-1"},
                 {"referrer_phone", "07700 900123"},
                 {"source_code", "2A"},
                 {"referrer_name", "Tess Marlow"},
                 {"referrer_post", "Teacher"}})
            a.set(name, value);
        return a;
    }

    // A draft of this viewer with these answers.
    std::string draft(const Viewer& viewer, const Answers& answers) {
        const auto id = value(desk_.start_referral(viewer));
        auto draft = desk_.draft(viewer, id);
        draft->answers = answers;
        must(desk_.save_draft(viewer, *draft));
        return id;
    }
    std::string refer(const Viewer& viewer, const Answers& answers) {
        return value(desk_.send(viewer, draft(viewer, answers)));
    }
    std::string refer(const Viewer& viewer) { return refer(viewer, answers()); }

    // A decision that this front door could take, on the versions stored now.
    Decision proposal(const std::string& referral, const std::string& decision = "assessment_s17",
                      const std::string& level = "2") {
        const auto view = desk_.referral(front_door, referral);
        Decision d;
        d.referral = referral;
        d.version = view->decision ? view->decision->version : 0;
        d.decision = decision;
        d.risk_level = level;
        d.words.rationale = "Grooming is likely and she needs a social worker.";
        d.words.best_interests = "She asked for somebody who listens.";
        return d;
    }
    std::int64_t version(const std::string& referral) {
        return desk_.referral(front_door, referral)->referral.version;
    }
    base::Result<> decide(const std::string& referral, const std::string& key = "") {
        return desk_.decide(front_door, proposal(referral), version(referral), key);
    }

    std::int64_t count(database::Sql sql) {
        return db_.read([&](database::Session& s) { return s.one(sql)->integer(0); });
    }

    template <class T>
    static T value(base::Result<T> result) {
        if (!result.ok()) throw std::runtime_error(result.error().message);
        return std::move(result).value();
    }
    static void must(const base::Result<>& result) {
        if (!result.ok()) throw std::runtime_error(result.error().message);
    }

private:
    Viewer user(const std::string& id, const std::string& name, const std::string& post, const std::string& role,
                partnership::AgencyType type) {
        Viewer viewer;
        for (const auto& agency : scheme().agencies)
            if (agency.type == type && viewer.agency.empty()) {
                viewer.agency = agency.code;
                viewer.agency_name = agency.name;
            }
        if (viewer.agency.empty()) throw std::runtime_error("the scheme has no such agency");
        viewer.agency_type = type;
        viewer.user_id = viewer.user_name = id;
        viewer.name = name;
        viewer.post = post;
        viewer.roles = {role};
        viewer.protocol_in_force = true;
        must(db_.write([&](database::Session& s) -> base::Result<> {
            s.execute(
                "INSERT INTO user_account (id, user_name, display_name, post, agency, email, status, "
                "totp_last_step, "
                "failures, not_before, created_at, version) VALUES ($1, $1, $2, $3, $4, '', 'active', 0, 0, 0, 0, "
                "1)",
                id, name, post, viewer.agency);
            return base::done();
        }));
        return viewer;
    }

    database::Database& db_;
    crypto::Keyring keyring_;
    base::TestClock clock_;
    partnership::AuditLog audit_;
    partnership::Office office_;
    people::PeopleIndex index_;
    people::PeopleDesk people_;
    ProtectDesk desk_;
};

// An empty SQLite database with the whole schema, gone after the test.
class TemporaryDatabase {
public:
    TemporaryDatabase() {
        std::string name = (std::filesystem::temp_directory_path() / "rowan-protect-XXXXXX").string();
        if (!::mkdtemp(name.data())) throw std::runtime_error("cannot make a temporary folder");
        folder_ = name;
        database::OpenOptions options;
        options.create = true;
        auto opened = database::Database::open("sqlite:" + folder_ + "/rowan.db", options);
        if (!opened.ok()) throw std::runtime_error(opened.error().message);
        db_ = std::move(opened).value();
        House::must(database::migrate(*db_, partnership::migrations()));
    }
    TemporaryDatabase(const TemporaryDatabase&) = delete;
    TemporaryDatabase& operator=(const TemporaryDatabase&) = delete;
    ~TemporaryDatabase() {
        db_.reset();
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    database::Database& db() { return *db_; }

private:
    std::string folder_;
    std::unique_ptr<database::Database> db_;
};

}  // namespace rowan::protect::sample
