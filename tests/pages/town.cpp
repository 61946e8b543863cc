#include "pages/town.h"

#include "app/demonstration.h"
#include "base/id.h"
#include "partnership/accounts.h"
#include "partnership/interests.h"
#include "people/conflict_store.h"
#include "people/person_store.h"
#include "people/protection_store.h"
#include "people/relations_store.h"
#include "protect/missing/missing_store.h"
#include "protect/screening.h"
#include "protect/store.h"

#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace rowan::pages {

namespace fs = std::filesystem;
using database::Session;

namespace {

template <class T>
T must(base::Result<T> result) {
    if (!result.ok()) throw std::runtime_error(result.error().message);
    return std::move(*result);
}
void must(const base::Result<>& result) {
    if (!result.ok()) throw std::runtime_error(result.error().message);
}

fs::path new_folder() {
    std::string name = (fs::temp_directory_path() / "rowan-town-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("cannot make a temporary folder");
    return name;
}

app::HouseOptions options_for(const fs::path& folder, base::Instant at) {
    app::HouseOptions out;
    out.data = folder / "data";
    out.clock = at;
    return out;
}

// "Zqabcdewyrm": letters that stand in no name and no text of Rowan's, and too many to stand in a random id by
// chance.
std::string new_word() {
    static unsigned last = 0;
    std::string out = "Zq";
    for (unsigned n = ++last, i = 0; i < 5; ++i, n /= 26) out += static_cast<char>('a' + n % 26);
    return out + "wyrm";
}

// Sixty children are too few for every kind of work to wait: each of those who refer has one referral that waits,
// one that was answered, one about a place and one screening, none of them about the restricted person; and then a
// screening of that person too.
void add_work(const partnership::Office& office, Session& s, const std::string& restricted) {
    const auto now = office.clock.now();
    const auto decider = s.one("SELECT id FROM user_account WHERE user_name = 'imogen'").value().text(0);
    for (const char* const user : {"tomasz", "june", "safiya", "owen", "bea", "ravi"}) {
        const auto who = s.one("SELECT id, agency FROM user_account WHERE user_name = $1", user).value();
        std::vector<std::string> people;
        for (const auto& row : s.query("SELECT p.root FROM agency_record r JOIN person p ON p.id = r.person WHERE "
                                       "r.agency = $1 AND p.root <> $2 ORDER BY r.local_ref_index",
                                       who.text(1), restricted))
            people.push_back(row.text(0));
        for (int i = 0; i < 3; ++i) {
            protect::Referral r;
            r.received_at = now - std::chrono::hours{24 * i + 1};
            r.subject_kind = i == 2 ? "location" : "child";
            if (i < 2) r.person = people.at(static_cast<std::size_t>(i) % people.size());
            r.reason = "SE";
            r.exploitation = {"CSE"};
            r.source_code = "2A";
            r.referrer_user = who.text(0);
            r.referrer_agency = who.text(1);
            r.csc_question = "already_open";
            r.immediate_danger = i == 0;
            r.definition_version = "2017";
            r.state = i == 1 ? "DECISION_MADE" : "RECEIVED";
            protect::store::insert_referral(office, s, r, r.referrer_user);
            if (i != 1) continue;
            protect::Decision d;
            d.referral = r.id;
            d.decision = "early_help";
            d.risk_level = "1";
            d.decided_at = d.acknowledged_at.emplace(now);
            d.decided_by = d.acknowledged_by = decider;
            protect::store::insert_decision(office, s, d, decider);
        }
        for (const auto& person : {people.front(), restricted}) {
            protect::Screening c;
            c.person = person;
            const auto* tool = protect::tool_for(office.scheme, 14, base::london_date(now));
            c.tool = tool->code;
            c.completed_at = now - std::chrono::hours{2};
            c.completed_by = who.text(0);
            c.agency = who.text(1);
            c.age_at = 14;
            c.words.answers = {{.item = tool->items.front().code,
                                .present = "yes",
                                .windows = {"current_6m"},
                                .evidence = "fact"}};
            c.professional_outcome = "2";
            protect::settle(c, *tool);
            protect::store::insert_screening(office, s, c, c.completed_by);
        }
        protect::Draft draft;
        draft.user_id = who.text(0);
        draft.kind = protect::kReferralDraft;
        draft.updated_at = now;
        draft.subject = people.back();
        draft.answers.set("subject_kind", "child");
        draft.answers.set("person", people.back());
        protect::store::insert_draft(office, s, draft);
    }
}

std::string user_id(Session& s, const char* name) {
    return s.one("SELECT id FROM user_account WHERE user_name = $1", name).value().text(0);
}

// Somebody whom only education knows.
std::string add_somebody(const partnership::Office& office, Session& s, const char* number) {
    people::Identity who;
    who.given_names = "Somebody";
    who.family_name = "Else";
    who.born = base::Date{std::chrono::year{2004} / 2 / 9};
    who.postcode = "TA1 1AA";
    who.phone = number;
    return people::store::insert_record(office, s, "EDU", who, "", "demonstration").person;
}

// Each of these was missing two nights ago and is back; every other one has accepted an interview that is still to
// be held.
void add_missing(const partnership::Office& office, Session& s, const std::vector<std::string>& people) {
    namespace missing = protect::missing;
    const auto now = office.clock.now();
    const auto bea = s.one("SELECT id, agency FROM user_account WHERE user_name = 'bea'").value();
    for (std::size_t n = 0; n < people.size(); ++n) {
        missing::Episode e;
        e.person = people[n];
        e.context = "care";
        e.kind = "missing";
        e.looked_after = true;
        e.responsible_la = office.scheme.la_code;
        e.missing_from = e.reported_at = now - std::chrono::hours{52};
        e.found_at = e.returned_at = e.confirmed_at = now - std::chrono::hours{40};
        e.reported_by = bea.text(0);
        e.reporting_agency = e.lead_agency = "ASP";
        e.home_area = e.placement_area = office.scheme.area_of(base::Postcode{}).code;
        e.words.placement_postcode = "TA1 1AA";
        missing::regrade(e, {e.reported_at, "high", "Duty sergeant", ""});
        e.words.mentions = {{"vehicle", "", "Duty sergeant", e.reported_at},
                            {"name", "", "Duty sergeant", e.reported_at, "C", "Ask first", "ASP"}};
        missing::store::insert_episode(office, s, e, now, e.reported_by);
        auto open = e;
        open.id.clear();
        open.ref.clear();
        open.missing_from = open.reported_at = now - std::chrono::hours{2};
        open.found_at = open.returned_at = open.confirmed_at = std::nullopt;
        if (n % 3 == 0) missing::store::insert_episode(office, s, open, now, open.reported_by);
        if (n % 2 == 0) continue;
        missing::ReturnInterview i;
        i.person = e.person;
        i.interviewer = bea.text(0);
        i.agency = bea.text(1);
        i.words.attempts = {{now - std::chrono::hours{30}, "child", "phone", "accepted", "", "Bea"}};
        missing::store::insert_interview(office, s, i, {e}, now, i.interviewer);
    }
}

// Replaces all that people wrote by canaries and remembers them.
class Planting {
public:
    Planting(const partnership::Office& office, std::vector<Canary>& out) : office_(office), out_(out) {}

    void plant(Session& s) {
        records(s);
        referrals(s);
        screenings(s);
        episodes(s);
        interviews(s);
        drafts(s);
    }

private:
    std::string word(Canary canary, std::string field) {
        canary.text = new_word();
        canary.field = std::move(field);
        out_.push_back(canary);
        return canary.text;
    }
    void known(Canary canary, std::string field, std::string text, bool date = false) {
        if (text.empty()) return;
        canary.field = std::move(field);
        canary.text = std::move(text);
        canary.clear_dates = date;
        out_.push_back(std::move(canary));
    }

public:
    // The record becomes what `level` says; who is named, and why, is written there.
    void protect(Session& s, const std::string& person, partnership::Sensitivity level,
                 std::initializer_list<const char*> named) {
        Canary c;
        c.of = Canary::Of::protection;
        c.id = c.person = person;
        const auto by = user_id(s, *named.begin());
        people::store::set_sensitivity(office_, s, person, level, by, word(c, "why_protected"));
        for (const auto* name : named)
            people::store::put_name(office_, s, person, user_id(s, name), by, word(c, "why_named"));
    }
    // A look that is over, and a wish to lift the seal between martha and this person.
    void oversee(Session& s, const std::string& opened, const std::string& sealed) {
        Canary c;
        c.of = Canary::Of::oversight;
        people::store::EmergencyRow look;
        look.id = c.id = base::new_id();
        look.user = user_id(s, "june");
        look.person = c.person = opened;
        look.category = "medical";
        look.opened_at = office_.clock.now() - std::chrono::hours{6};
        look.ends_at = look.opened_at + std::chrono::hours{4};
        look.reason = word(c, "why_opened");
        people::store::open_emergency(office_, s, look);
        c.id = c.person = sealed;
        people::store::ask_to_lift(office_, s, user_id(s, "martha"), sealed, people::kTiePhone,
                                   user_id(s, "petra"), word(c, "why_lifted"));
    }
    // Somebody who has the case, one who is asked to a meeting, and one to whom the record is disclosed.
    void relate(Session& s, const std::string& person) {
        struct Line {
            partnership::Work work;
            const char *user, *by, *field;
        };
        const auto now = office_.clock.now();
        for (const auto& line : {Line{partnership::Work::allocated, "spare", "martha", "why_allocated"},
                                 Line{partnership::Work::meeting, "june", "dev", "why_meeting"},
                                 Line{partnership::Work::disclosure, "ravi", "owen", "why_disclosed"}}) {
            people::store::WorkRow row;
            row.work = line.work;
            row.person = person;
            row.user = user_id(s, line.user);
            row.by = user_id(s, line.by);
            row.from = row.given_at = now;
            if (row.work != partnership::Work::allocated) row.until = now + std::chrono::days{14};
            if (row.work == partnership::Work::meeting) row.meeting_on = base::london_date(now);
            Canary c;
            c.of = Canary::Of::work;
            row.id = c.id = base::new_id();
            c.person = person;
            c.user = row.user;
            row.purpose = word(c, line.field);
            people::store::give_work(office_, s, row);
        }
    }
    void decide_different(Session& s, const std::string& record_a, const std::string& record_b,
                          const std::string& person) {
        people::store::DecisionRow decision;
        decision.id = base::new_id();
        decision.record_a = record_a;
        decision.record_b = record_b;
        decision.verdict = "different";
        decision.at = office_.clock.now();
        decision.decided_by = user_id(s, "imogen");
        Canary c;
        c.of = Canary::Of::apart;
        c.id = decision.id;
        c.person = person;
        decision.reason = word(c, "why_different");
        people::store::insert_decision(office_, s, decision, 1);
    }

private:
    void records(Session& s) {
        std::vector<people::store::RecordRow> rows;
        people::store::each_record(office_, s,
                                   [&](people::store::RecordRow&& row) { rows.push_back(std::move(row)); });
        for (auto& row : rows) {
            Canary c;
            c.of = Canary::Of::record;
            c.id = row.record.id;
            c.person = row.root;
            c.agency = row.record.agency;
            auto who = row.record.identity;
            who.given_names = word(c, "given_names");
            who.family_name = word(c, "family_name");
            who.known_as = word(c, "known_as");
            who.aliases = {word(c, "alias")};
            who.address = word(c, "address") + " Lane";
            known(c, "nhs_number", who.nhs_number);
            known(c, "nhs_number", who.nhs_number.empty() ? "" : base::display_nhs_number(who.nhs_number));
            known(c, "upn", who.upn);
            known(c, "phone", who.phone);
            known(c, "phone", who.phone.empty() ? "" : base::display_phone(who.phone));
            known(c, "local_ref",
                  who.local_ref.size() >= 10 ? who.local_ref : "");  // shorter ones may stand in an id by chance
            if (who.born) {
                known(c, "born", base::display(*who.born), true);
                known(c, "born", base::to_iso(*who.born), true);
            }
            people::store::update_record(office_, s, row.record, who, row.record.import_id, "demonstration");
        }
    }

    void referrals(Session& s) {
        for (const auto& row : s.query("SELECT id FROM referral")) {
            auto r = *protect::store::find_referral(office_, s, row.text(0));
            Canary c;
            c.of = Canary::Of::referral;
            c.id = r.id;
            if (!r.person.empty()) c.person = s.one("SELECT root FROM person WHERE id = $1", r.person)->text(0);
            c.agency = r.referrer_agency;
            c.user = r.referrer_user;
            r.words.narrative = word(c, "narrative");
            r.words.their_words = word(c, "their_words");
            r.words.csc_reason = word(c, "csc_reason");
            r.words.referrer_phone = word(c, "referrer_phone");
            if (r.person.empty()) r.words.subject_name = word(c, "subject_name");
            if (r.immediate_danger) r.words.danger_note = word(c, "danger_note");
            if (!protect::store::update_referral(office_, s, r, office_.clock.now(), r.referrer_user))
                throw std::runtime_error("a referral changed");
            auto d = protect::store::decision_of(office_, s, r.id);
            if (!d) continue;
            c.of = Canary::Of::decision;
            d->words.rationale = word(c, "rationale");
            d->words.best_interests = word(c, "best_interests");
            c.of = Canary::Of::answer;
            if (d->acknowledged_at) d->words.told = word(c, "told");
            if (!protect::store::update_decision(office_, s, *d, office_.clock.now(), d->decided_by))
                throw std::runtime_error("a decision changed");
        }
    }

    void screenings(Session& s) {
        for (const auto& row : s.query("SELECT id FROM screening")) {
            auto screening = *protect::store::find_screening(office_, s, row.text(0));
            Canary c;
            c.of = Canary::Of::screening;
            c.id = screening.id;
            c.person = s.one("SELECT root FROM person WHERE id = $1", screening.person)->text(0);
            c.agency = screening.agency;
            c.user = screening.completed_by;
            screening.words.action = word(c, "action");
            screening.words.other = word(c, "other");
            screening.words.their_words = word(c, "their_words");
            for (auto& answer : screening.words.answers) answer.note = word(c, "note");
            if (!protect::store::update_screening(office_, s, screening, office_.clock.now(),
                                                  screening.completed_by))
                throw std::runtime_error("a screening changed");
        }
    }

    void episodes(Session& s) {
        for (const auto& row : s.query("SELECT id FROM missing_episode ORDER BY id")) {
            auto e = *protect::missing::store::find_episode(office_, s, row.text(0));
            Canary c;
            c.of = Canary::Of::episode;
            c.id = e.id;
            c.person = s.one("SELECT root FROM person WHERE id = $1", e.person)->text(0);
            c.agency = e.reporting_agency;
            c.user = e.reported_by;
            auto& w = e.words;
            for (auto* words : {&w.child_name, &w.police_ref, &w.last_seen, &w.wearing, &w.circumstances,
                                &w.found_where, &w.found_with, &w.harm_note, &w.safe_and_well})
                *words = word(c, "episode");
            w.placement = word(c, "placement");
            for (auto& grade : w.grades) grade.reason = word(c, "grade");
            for (auto& mention : w.mentions) {
                auto of = c;
                if (mention.conditional()) {
                    of.of = Canary::Of::on_conditions;
                    of.agency = mention.agency;
                    mention.conditions = word(of, "conditions");
                }
                mention.text = word(of, "mention");
            }
            if (!protect::missing::store::update_episode(office_, s, e, office_.clock.now(), e.reported_by))
                throw std::runtime_error("an episode changed");
        }
    }

    void interviews(Session& s) {
        for (const auto& row : s.query("SELECT id FROM return_interview ORDER BY id")) {
            auto i = *protect::missing::store::find_interview(office_, s, row.text(0));
            Canary c;
            c.of = Canary::Of::interview;
            c.id = i.id;
            c.person = s.one("SELECT root FROM person WHERE id = $1", i.person)->text(0);
            c.agency = i.agency;
            c.user = i.interviewer;
            auto& w = i.words;
            for (auto* words : {&w.child_name, &w.own_words, &w.before, &w.during, &w.after, &w.parent_view})
                *words = word(c, "interview");
            if (!w.declined_reason.empty()) w.declined_reason = word(c, "declined_reason");
            for (auto& attempt : w.attempts) attempt.note = word(c, "note");
            for (auto& action : w.actions)
                (action.action.empty() ? action.no_action_reason : action.action) = word(c, "action");
            std::vector<protect::missing::Episode> covered;
            for (const auto& id : i.episodes)
                covered.push_back(*protect::missing::store::find_episode(office_, s, id));
            if (!protect::missing::store::update_interview(office_, s, i, covered, office_.clock.now(),
                                                           i.interviewer))
                throw std::runtime_error("an interview changed");
        }
    }

    void drafts(Session& s) {
        for (const auto& row : s.query("SELECT id, user_id FROM draft")) {
            auto draft = *protect::store::find_draft(office_, s, row.text(0), row.text(1));
            Canary c;
            c.of = Canary::Of::draft;
            c.id = draft.id;
            c.user = draft.user_id;
            draft.answers.set("narrative", word(c, "narrative"));
            if (!protect::store::update_draft(office_, s, draft)) throw std::runtime_error("a draft changed");
        }
    }

    const partnership::Office& office_;
    std::vector<Canary>& out_;
};

// The first town, closed again; the others are copies of its folder.
class Mould {
public:
    Mould() : folder_(new_folder()) {
        app::DemonstrationOptions wanted;
        wanted.children = 60;
        // An hour before: the clock of a house runs on, and what was stored must not lie ahead of the copies.
        auto house = must(
            app::make_demonstration(options_for(folder_, morning() - std::chrono::hours{1}), "somerset", wanted));
        const auto& office = house->office();
        must(office.database.write([&](Session& s) -> base::Result<> {
            // Somebody who searched for himself this morning.
            office.audit.append(s, partnership::AuditEntry{.user_id = user_id(s, "hugh"),
                                                           .act = "search",
                                                           .subject_kind = "search",
                                                           .detail = "results=0 full=0 query=" +
                                                                     office.audit.digest("hugh merriweather")});
            s.execute(
                "INSERT INTO role_request (id, user_id, role, asked_at, asked_by) VALUES ($1, $2, 'analyst', $3, "
                "$4)",
                base::new_id(), user_id(s, "hugh"), office.clock.now(), user_id(s, "alan"));
            s.execute("INSERT INTO recovery_request (id, user_id, asked_at, asked_by) VALUES ($1, $2, $3, $4)",
                      base::new_id(), user_id(s, "hugh"), office.clock.now(), user_id(s, "alan"));
            const std::string vera[] = {"practitioner", "safeguarding_lead",   "team_manager",
                                        "front_door",   "coordinator",         "return_interviewer",
                                        "panel_chair",  "panel_administrator", "data_officer",
                                        "analyst",      "board_member"};
            must(partnership::add_account(office, s,
                                          {"vera",
                                           "Vera Stonecroft",
                                           "Does everything",
                                           "CSENET",
                                           "",
                                           {std::begin(vera), std::end(vera)},
                                           "",
                                           ""},
                                          "system"));
            must(partnership::add_account(
                office, s, {"spare", "Sol Pareford", "Has left", "SCC", "", {"practitioner"}, "", ""}, "system"));
            // Somebody about whom there is as much as possible, on a restricted record that names nobody.
            restricted_ =
                s.one(
                     "SELECT p.root FROM person p JOIN referral r ON r.person = p.id JOIN person q ON q.root = "
                     "p.root GROUP BY p.root ORDER BY COUNT(DISTINCT q.id) DESC, p.root LIMIT 1")
                    .value()
                    .text(0);
            add_work(office, s, restricted_);
            named_ = add_somebody(office, s, "+447700900001");
            safe_ = add_somebody(office, s, "+447700900002");
            sealed_ = add_somebody(office, s, "+447700900003");
            alike_ = add_somebody(office, s, "+447700900004");
            must(partnership::declare_interest(office, s, user_id(s, "martha"), partnership::InterestKind::phone,
                                               "07700 900003", ""));
            protect::Referral about_sealed;
            about_sealed.received_at = office.clock.now() - std::chrono::hours{3};
            about_sealed.subject_kind = "child";
            about_sealed.person = sealed_;
            about_sealed.reason = "SE";
            about_sealed.exploitation = {"CSE"};
            about_sealed.source_code = "2A";
            about_sealed.referrer_user = user_id(s, "tomasz");
            about_sealed.referrer_agency =
                s.one("SELECT agency FROM user_account WHERE user_name = 'tomasz'").value().text(0);
            about_sealed.csc_question = "already_open";
            about_sealed.definition_version = "2017";
            about_sealed.state = "RECEIVED";
            protect::store::insert_referral(office, s, about_sealed, about_sealed.referrer_user);
            std::vector<std::string> missing{restricted_, named_, safe_};
            for (const auto& row :
                 s.query("SELECT MIN(p.root) FROM agency_record r JOIN person p ON p.id = r.person WHERE p.root "
                         "NOT IN ($1, $2, $3, $4) GROUP BY r.agency ORDER BY r.agency",
                         restricted_, named_, safe_, sealed_))
                if (std::find(missing.begin(), missing.end(), row.text(0)) == missing.end())
                    missing.push_back(row.text(0));
            add_missing(office, s, missing);
            Planting planting(office, canaries_);
            planting.plant(s);
            planting.protect(s, named_, partnership::Sensitivity::restricted, {"imogen", "martha", "tomasz"});
            planting.protect(s, safe_, partnership::Sensitivity::safe_address, {"dev"});
            planting.oversee(s, safe_, sealed_);
            planting.relate(s, safe_);
            // One of their records waits to be matched with somebody else's; and so do two others' for each who
            // decides.
            const auto theirs = s.one(
                                     "SELECT a.id FROM agency_record a JOIN person p ON p.id = a.person WHERE "
                                     "p.root = $1 ORDER BY a.id LIMIT 1",
                                     restricted_)
                                    .value()
                                    .text(0);
            std::vector<std::string> others;
            for (const auto& row :
                 s.query("SELECT MIN(a.id) FROM agency_record a JOIN person p ON p.id = a.person WHERE p.root NOT "
                         "IN ($1, $2, $3, $4, $5) GROUP BY p.root ORDER BY 1 LIMIT 7",
                         restricted_, named_, safe_, sealed_, alike_))
                others.push_back(row.text(0));
            s.execute(
                "UPDATE link_proposal SET decided_at = $1 WHERE decided_at IS NULL AND (record_a IN (SELECT a.id "
                "FROM agency_record a JOIN person p ON p.id = a.person WHERE p.root = $2) OR "
                "record_b IN (SELECT a.id FROM agency_record a JOIN person p ON p.id = a.person WHERE p.root = "
                "$2))",
                office.clock.now(), restricted_);
            people::store::propose(s, theirs,
                                   s.one("SELECT id FROM agency_record WHERE person = $1", alike_).value().text(0),
                                   9, office.clock.now());
            for (const std::size_t i : {1, 3, 5})
                people::store::propose(s, others.at(i), others.at(i + 1), 3, office.clock.now());
            // Kept apart: two ordinary records, and one of the restricted person's from a third.
            planting.decide_different(s, others.at(0), others.at(2), "");
            planting.decide_different(s, theirs, others.at(4), restricted_);
            s.execute("UPDATE person SET sensitivity = 'restricted' WHERE root = $1", restricted_);
            return base::done();
        }));
        house.reset();
    }
    ~Mould() {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    const fs::path& folder() const { return folder_; }
    const std::vector<Canary>& canaries() const { return canaries_; }
    const std::string& restricted() const { return restricted_; }
    const std::string& named() const { return named_; }
    const std::string& safe() const { return safe_; }
    const std::string& sealed() const { return sealed_; }
    const std::string& alike() const { return alike_; }

private:
    fs::path folder_;
    std::vector<Canary> canaries_;
    std::string restricted_, named_, safe_, sealed_, alike_;
};

const Mould& mould() {
    static const Mould made;
    return made;
}

}  // namespace

base::Instant morning() { return *base::parse_instant("2018-03-26T09:30:00.000Z"); }

const std::vector<std::string>& personas() {
    static const std::vector<std::string> all = {"imogen", "dev",   "martha", "owen",  "safiya", "june",
                                                 "tomasz", "bea",   "ravi",   "gwen",  "noor",   "hugh",
                                                 "petra",  "piers", "alan",   "clara", "vera"};
    return all;
}

std::string Town::ordinary_person() const {
    return ids("SELECT root FROM person WHERE sensitivity = 'ordinary' AND root NOT IN ($1, $2) ORDER BY root",
               alike_person(), sealed_person())
        .at(0);
}
const std::string& Town::restricted_person() { return mould().restricted(); }
const std::string& Town::named_person() { return mould().named(); }
const std::string& Town::safe_person() { return mould().safe(); }
const std::string& Town::sealed_person() { return mould().sealed(); }
const std::string& Town::alike_person() { return mould().alike(); }
const std::vector<Canary>& Town::canaries() { return mould().canaries(); }

Town::Town() : folder_(new_folder()) {
    fs::copy(mould().folder(), folder_, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    house_ = must(app::House::open(options_for(folder_, morning())));
    program_ = std::make_unique<app::Program>(*house_);
    office().database.read([&](Session& s) {
        for (const auto& account : partnership::all_accounts(s)) users_[account.user_name] = account.id;
    });
}

Town::~Town() {
    program_.reset();
    house_.reset();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

support::CheckedClient Town::client() {
    return {program_->service(), program_->routes(), office().scheme.marking};
}

support::CheckedClient Town::client(const std::string& user_name) {
    auto out = client();
    if (!out.sign_in(users_.at(user_name))) throw std::runtime_error(user_name + " cannot sign in");
    return out;
}

std::vector<std::string> Town::ids_of(database::Sql sql, std::vector<database::Value> parameters) const {
    return office().database.read([&](Session& s) {
        std::vector<std::string> out;
        for (const auto& row : s.query_values(sql, std::move(parameters))) out.push_back(row.text(0));
        return out;
    });
}

std::int64_t Town::number(database::Sql sql, const std::string& parameter) const {
    return office().read_log(
        [&](Session& s) { return (parameter.empty() ? s.one(sql) : s.one(sql, parameter)).value().integer(0); });
}

std::string Town::key_of(const std::string& user_name) {
    const auto user = id_of(user_name);
    const auto there = ids("SELECT id FROM security_key WHERE user_id = $1 AND removed_at IS NULL", user);
    if (!there.empty()) return there.front();
    const auto id = base::new_id();
    must(office().database.write([&](database::Session& s) -> base::Result<> {
        s.execute(
            "INSERT INTO security_key (id, user_id, credential, public_key, name, sign_count, added_at) VALUES "
            "($1, $2, $1, $3, 'Blue key', 0, $4)",
            id, user, database::Blob{"nothing"}, office().clock.now());
        return base::done();
    }));
    return id;
}

std::map<std::string, std::int64_t> Town::rows_of_all_tables() const {
    // The last lines: what changes a row without adding one.
    struct Count {
        const char* name;
        database::Sql sql;
    };
    static const Count kCounts[] = {
        {"protocol_signature", "SELECT COUNT(*) FROM protocol_signature"},
        {"user_account", "SELECT COUNT(*) FROM user_account"},
        {"role_grant", "SELECT COUNT(*) FROM role_grant"},
        {"session", "SELECT COUNT(*) FROM session"},
        {"audit_entry", "SELECT COUNT(*) FROM audit_entry"},
        {"idempotency", "SELECT COUNT(*) FROM idempotency"},
        {"history", "SELECT COUNT(*) FROM history"},
        {"record_key", "SELECT COUNT(*) FROM record_key"},
        {"reference_counter", "SELECT COALESCE(SUM(last), 0) FROM reference_counter"},
        {"person", "SELECT COUNT(*) FROM person"},
        {"agency_record", "SELECT COUNT(*) FROM agency_record"},
        {"agency_flag", "SELECT COUNT(*) FROM agency_flag"},
        {"link_decision", "SELECT COUNT(*) FROM link_decision"},
        {"link_proposal", "SELECT COUNT(*) FROM link_proposal"},
        {"education_missing", "SELECT COUNT(*) FROM education_missing"},
        {"exclusion_count", "SELECT COUNT(*) FROM exclusion_count"},
        {"import_batch", "SELECT COUNT(*) FROM import_batch"},
        {"referral", "SELECT COUNT(*) FROM referral"},
        {"draft", "SELECT COUNT(*) FROM draft"},
        {"screening", "SELECT COUNT(*) FROM screening"},
        {"missing_episode", "SELECT COUNT(*) FROM missing_episode"},
        {"mention", "SELECT COUNT(*) FROM mention"},
        {"person_vehicle", "SELECT COUNT(*) FROM person_vehicle"},
        {"strategy_decision", "SELECT COUNT(*) FROM strategy_decision"},
        {"mentions that wait", "SELECT COUNT(*) FROM mention WHERE state = 'held'"},
        {"return_interview", "SELECT COUNT(*) FROM return_interview"},
        {"interview_episode", "SELECT COUNT(*) FROM interview_episode"},
        {"versions of episodes", "SELECT COALESCE(SUM(version), 0) FROM missing_episode"},
        {"versions of interviews", "SELECT COALESCE(SUM(version), 0) FROM return_interview"},
        {"front_door_decision", "SELECT COUNT(*) FROM front_door_decision"},
        {"declared_interest", "SELECT COUNT(*) FROM declared_interest"},
        {"conflict_read", "SELECT COUNT(*) FROM conflict_read"},
        {"conflict_lift", "SELECT COUNT(*) FROM conflict_lift"},
        {"emergency_look", "SELECT COUNT(*) FROM emergency_look"},
        {"works_with", "SELECT COUNT(*) FROM works_with"},
        {"works ended", "SELECT COUNT(*) FROM works_with WHERE ended_at IS NOT NULL"},
        {"people in a team", "SELECT COUNT(*) FROM user_account WHERE team <> ''"},
        {"odd_look_review", "SELECT COUNT(*) FROM odd_look_review"},
        {"role_request", "SELECT COUNT(*) FROM role_request"},
        {"roles answered",
         "SELECT COUNT(*) FROM role_request WHERE agreed_at IS NOT NULL OR refused_at IS NOT NULL"},
        {"recovery_request", "SELECT COUNT(*) FROM recovery_request"},
        {"recoveries answered",
         "SELECT COUNT(*) FROM recovery_request WHERE agreed_at IS NOT NULL OR refused_at IS NOT NULL"},
        {"agency_shut", "SELECT COUNT(*) FROM agency_shut"},
        {"agencies opened", "SELECT COUNT(*) FROM agency_shut WHERE opened_at IS NOT NULL"},
        {"security_key", "SELECT COUNT(*) FROM security_key"},
        {"keys removed", "SELECT COUNT(*) FROM security_key WHERE removed_at IS NOT NULL"},
        {"roles ended", "SELECT COUNT(*) FROM role_grant WHERE ended_at IS NOT NULL"},
        {"lifts answered",
         "SELECT COUNT(*) FROM conflict_lift WHERE agreed_at IS NOT NULL OR refused_at IS NOT NULL"},
        {"emergencies reviewed", "SELECT COUNT(*) FROM emergency_look WHERE reviewed_at IS NOT NULL"},
        {"versions of people", "SELECT COALESCE(SUM(version), 0) FROM person"},
        {"versions of records", "SELECT COALESCE(SUM(version), 0) FROM agency_record"},
        {"versions of referrals", "SELECT COALESCE(SUM(version), 0) FROM referral"},
        {"versions of decisions", "SELECT COALESCE(SUM(version), 0) FROM front_door_decision"},
        {"versions of screenings", "SELECT COALESCE(SUM(version), 0) FROM screening"},
        {"versions of drafts", "SELECT COALESCE(SUM(version), 0) FROM draft"},
        {"open proposals", "SELECT COUNT(*) FROM link_proposal WHERE decided_at IS NULL"},
        {"links undone", "SELECT COUNT(*) FROM link_decision WHERE undone_at IS NOT NULL"},
        {"sessions ended", "SELECT COUNT(*) FROM session WHERE ended_at IS NOT NULL"},
        {"signatures withdrawn", "SELECT COUNT(*) FROM protocol_signature WHERE withdrawn_at IS NOT NULL"},
        {"accounts closed", "SELECT COUNT(*) FROM user_account WHERE status <> 'active'"},
        {"decisions undone", "SELECT COUNT(*) FROM link_decision WHERE undone_at IS NOT NULL"},
        {"people protected", "SELECT COUNT(*) FROM person WHERE sensitivity <> 'ordinary'"},
        {"names taken off", "SELECT COUNT(*) FROM restricted_access WHERE removed_at IS NOT NULL"},
        {"extracts waiting", "SELECT COUNT(*) FROM import_batch WHERE state = 'preview'"},
    };
    std::map<std::string, std::int64_t> out;
    for (const auto& [name, sql] : kCounts) out[name] = number(sql);
    return out;
}

std::int64_t Town::audit_size() const { return number("SELECT COUNT(*) FROM audit_entry"); }

std::vector<partnership::AuditEntry> Town::audit_since(std::int64_t seq) const {
    return office().read_log([&](Session& s) {
        std::vector<partnership::AuditEntry> out;
        for (const auto& row : s.query("SELECT user_id, agency, act, subject_kind, subject_id, outcome, rule, "
                                       "detail FROM audit_entry WHERE seq >= $1 ORDER BY seq",
                                       seq)) {
            partnership::AuditEntry entry;
            entry.user_id = row.text(0);
            entry.agency = row.text(1);
            entry.act = row.text(2);
            entry.subject_kind = row.text(3);
            entry.subject_id = row.text(4);
            entry.outcome = row.text(5);
            entry.rule = row.text(6);
            entry.detail = row.text(7);
            out.push_back(std::move(entry));
        }
        return out;
    });
}

}  // namespace rowan::pages
