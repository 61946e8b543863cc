// What a person can do with referrals, screenings and decisions. One function an action: access decision, one
// transaction, audit entry, history version, and a key that makes a repeated submission happen once.
//
// Ownership: refers to the people desk, which must outlive it, and sets its hook `referred_by`.
// Thread-safety: any thread. Errors: each refusal is one sentence; `conflict` means that somebody else was quicker
// and nothing was changed; what may not be seen is not_found or empty, never "refused".
#pragma once
#include "people/people_desk.h"
#include "protect/referral_form.h"
#include "protect/screening.h"
#include "protect/sight.h"
#include "protect/store.h"

#include <optional>
#include <string>
#include <vector>

namespace rowan::protect {

using partnership::Office;

// A referral as a list shows it to this viewer.
struct ListedReferral {
    store::ReferralLine line;
    std::string subject;   // "Amina Rahman", "The car park"; "Restricted record" when the viewer may not know
    bool openable = true;  // false for a restricted record
    DecisionClock clock;
    std::vector<std::string> alarms;
};
struct ListFilter {
    std::string state = "open";  // open, decided, joined, all
    std::string area, kind;
    bool overdue = false, mine = false;
    std::string sort;  // empty: immediate danger first, then by age; or received, -received, ref, area
    std::size_t page = 1;
};
inline constexpr std::size_t kRowsOfAPage = 50;
struct Listing {
    std::vector<ListedReferral> rows;
    std::size_t total = 0;
    struct Counts {
        std::size_t open = 0, overdue = 0, due_today = 0, danger = 0;
    } counts;
    std::string_view rule, sentence;  // why the viewer sees this list
};

struct ReferralView {
    SightOfReferral sight;
    Referral referral;                 // own: as it was sent; full: all of it
    std::optional<Decision> decision;  // own: only what the referrer was told, once they were
    std::string subject, person;       // person: root id when the viewer may open it
    std::string referrer, referrer_agency, decided_by, acknowledged_by;
    DecisionClock clock;
    std::vector<Screening> screenings;        // full only
    std::vector<store::ReferralLine> others;  // full only: other referrals about the same person
    std::string duplicate_of_ref;
    std::vector<store::Version> versions, decision_versions;  // full only
};

struct ScreeningView {
    SightOfScreening sight;
    Screening screening;
    const Tool* tool = nullptr;  // null when the scheme no longer has it
    Scored scored;
    std::string subject, completed_by, agency_name, reviewed_by, referral_ref;
    bool may_review = false, may_amend = false;
    std::vector<store::Version> versions;
};

// One line of My work; worst first.
struct WorkItem {
    enum class Kind { clock, decision, draft, news } kind = Kind::clock;
    std::string text, href, why;
    std::optional<Instant> due;
    Urgency urgency = Urgency::calm;
    bool danger = false;
};

// Several desks' work as one list.
std::vector<WorkItem> worst_first(std::vector<std::vector<WorkItem>>);

struct SubjectFacts {  // what is known of an existing person
    std::string root, name, ref, area;
    std::optional<Date> born;
};

class ProtectDesk {
public:
    explicit ProtectDesk(people::PeopleDesk&);

    // --- drafts: only their author's ---------------------------------------------------------------------------
    // A new referral draft, prefilled from the viewer; `person` chosen already when not empty.
    base::Result<std::string> start_referral(const Viewer&, const std::string& person = "") const;
    std::optional<Draft> draft(const Viewer&, const std::string& id) const;
    // Brings `draft.version` up to date; conflict when it was saved elsewhere meanwhile.
    base::Result<> save_draft(const Viewer&, Draft& draft) const;
    base::Result<> delete_draft(const Viewer&, const std::string& id) const;
    std::vector<Draft> drafts(const Viewer&) const;

    // --- referrals ----------------------------------------------------------------------------------------------
    // Sends a draft; sending it again gives the same referral's id. invalid when an answer is wrong or missing.
    base::Result<std::string> send(const Viewer&, const std::string& draft) const;
    Listing listing(const Viewer&, const ListFilter&, bool all_pages = false) const;
    std::optional<ReferralView> referral(const Viewer&, const std::string& id) const;
    // The front door marks immediate danger.
    base::Result<> mark_danger(const Viewer&, const std::string& id, std::int64_t version,
                               const std::string& note) const;
    base::Result<> link_duplicate(const Viewer&, const std::string& id, std::int64_t version,
                                  const std::string& earlier_ref) const;
    base::Result<> unlink(const Viewer&, const std::string& id, std::int64_t version) const;

    // --- screenings ---------------------------------------------------------------------------------------------
    // A draft with the tool for this age. invalid when the age is not known and no estimate is given.
    base::Result<std::string> start_screening(const Viewer&, const std::string& person,
                                              const std::string& referral, std::optional<int> estimated_age) const;
    // The tool that a screening draft uses; null when it is no screening draft.
    const Tool* tool_of(const Draft&) const;
    base::Result<std::string> complete_screening(const Viewer&, const std::string& draft) const;
    // The same with the answers as they are here, which need not have been saved. conflict when the draft was
    // saved elsewhere meanwhile.
    base::Result<std::string> complete_screening(const Viewer&, const Draft& draft) const;
    // A draft with the answers of a completed screening; completing it makes the next version.
    base::Result<std::string> amend_screening(const Viewer&, const std::string& id) const;
    // 4.2: a safeguarding lead of the agency, or the front door, who did not complete it.
    base::Result<> review_screening(const Viewer&, const std::string& id, std::int64_t version,
                                    const std::string& outcome) const;
    std::optional<ScreeningView> screening(const Viewer&, const std::string& id) const;
    // Those of a person that the viewer may see, newest first.
    std::vector<Screening> screenings_of(const Viewer&, const std::string& person) const;
    std::vector<store::ReferralLine> referrals_of(const Viewer&, const std::string& person) const;
    // What is known of a person whom the viewer may see in full.
    std::optional<SubjectFacts> subject(const Viewer&, const std::string& person) const;

    // --- decisions ----------------------------------------------------------------------------------------------
    // Makes (version 0) or revises the decision. `referral_version`: the one that the page showed.
    base::Result<> decide(const Viewer&, Decision proposed, std::int64_t referral_version,
                          const std::string& key) const;
    // Tells the referrer, with a note of one's own.
    base::Result<> acknowledge(const Viewer&, const std::string& referral, std::int64_t decision_version,
                               const std::string& note) const;
    // The referrer has read it.
    base::Result<> mark_read(const Viewer&, const std::string& referral) const;

    std::vector<WorkItem> work_for(const Viewer&) const;

    const Office& office() const { return people_.office(); }
    people::PeopleDesk& people() const { return people_; }
    DecisionClock clock_of(const Referral&, const std::optional<Decision>&) const;

private:
    SightOfReferral sight_of(const Viewer&, const Referral&) const;
    base::Result<Referral> referral_to_change(database::Session&, const Viewer&, const std::string& id,
                                              std::int64_t version) const;
    std::string subject_of(const Viewer&, database::Session&, const Referral&) const;
    ListedReferral listed(const Viewer&, database::Session&, store::ReferralLine) const;
    SubjectFacts facts_of(const std::string& root, const std::string& agency) const;
    SightOfScreening sight_of(const Viewer&, const Screening&) const;
    bool may_review(const Viewer&, const Screening&) const;
    void add_front_door_work(const Viewer&, database::Session&, std::vector<WorkItem>&) const;
    void add_own_work(const Viewer&, database::Session&, std::vector<WorkItem>&) const;
    void record(database::Session&, const Viewer&, std::string_view act, std::string_view kind,
                const std::string& id, std::string_view rule, std::string_view detail = "") const;
    const partnership::Protocol* protocol() const;

    people::PeopleDesk& people_;
};

}  // namespace rowan::protect
