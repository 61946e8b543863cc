#include "base/number.h"
#include "base/text.h"
#include "partnership/accounts.h"
#include "protect/missing/choices.h"
#include "protect/missing/mention_store.h"
#include "protect/missing/missing_desk.h"

#include <algorithm>

namespace rowan::protect::missing {

using database::Session;
using partnership::Permission;
using partnership::Sight;

namespace {

constexpr std::size_t kMostWaiting = 500;

base::Error no_interview() { return base::not_found("There is no such interview."); }
base::Error changed() { return base::conflict("Somebody else has changed this since you opened it."); }
base::Error wrong(const std::vector<FieldProblem>& problems) {
    return base::invalid(problems.front().message + ".");
}
base::Error may_not() { return base::refused("Only return interviewers and their managers can do this."); }

bool holds(const Viewer& viewer) { return may(viewer, Permission::hold_return_interviews).allowed; }

std::optional<Instant> instant_from(const std::string& day, const std::string& month, const std::string& year,
                                    const std::string& time) {
    const auto date = people::parse_written_date(day, month, year);
    const auto colon = time.find_first_of(":.");
    if (!date.ok() || colon == std::string::npos) return std::nullopt;
    const auto hour = base::whole_number<int>(std::string_view(time).substr(0, colon)),
               minute = base::whole_number<int>(std::string_view(time).substr(colon + 1, 2));
    if (!hour || !minute || *hour < 0 || *hour > 23 || *minute < 0 || *minute > 59) return std::nullopt;
    return base::from_london(*date, *hour, *minute);
}

}  // namespace

std::optional<Instant> typed_instant(const http::Fields& form, const std::string& prefix) {
    const auto get = [&](const char* part) { return base::tidy_line(form.get(prefix + part)); };
    return instant_from(get("-day"), get("-month"), get("-year"), get("-time"));
}
std::optional<Instant> typed_instant(const Answers& a, const std::string& prefix) {
    return instant_from(a.get(prefix + "-day"), a.get(prefix + "-month"), a.get(prefix + "-year"),
                        a.get(prefix + "-time"));
}

namespace {

template <class Form>
std::vector<Mention> mentions_of(const Form& form, Mention each) {
    each.handling = form.get("handling").empty() ? std::string(kMayBeShared) : form.get("handling");
    each.conditions = each.conditional() ? base::tidy(form.get("conditions")) : "";
    std::vector<Mention> out;
    for (const auto& [field, kind] : {std::pair{"names", "name"}, {"vehicles", "vehicle"}, {"places", "place"}})
        for (const auto& line : base::split(form.get(field), '\n')) {
            each.kind = kind;
            each.text = base::tidy_line(line);
            if (!each.text.empty()) out.push_back(each);
        }
    return out;
}

}  // namespace

std::vector<Mention> mentions_from(const http::Fields& form, const Mention& by) { return mentions_of(form, by); }
std::vector<Mention> mentions_from(const Answers& a, const Mention& by) { return mentions_of(a, by); }

const std::vector<std::string_view>& notes_fields() {
    static const std::vector<std::string> theme_fields = [] {
        std::vector<std::string> out;
        for (const auto& theme : themes())
            for (const char* part : {"action-", "who-", "none-"}) out.push_back(part + std::string(theme.code));
        return out;
    }();
    static const std::vector<std::string_view> all = [] {
        std::vector<std::string_view> out = {"completed_at-day",
                                             "completed_at-month",
                                             "completed_at-year",
                                             "completed_at-time",
                                             "place",
                                             "seen_alone",
                                             "independent",
                                             "independence_reason",
                                             "before",
                                             "during",
                                             "after",
                                             "own_words",
                                             "push",
                                             "pull",
                                             "harm",
                                             "harm_note",
                                             "parent_view",
                                             "themes",
                                             "names",
                                             "vehicles",
                                             "places",
                                             "handling",
                                             "conditions"};
        out.insert(out.end(), theme_fields.begin(), theme_fields.end());
        return out;
    }();
    return all;
}

ReturnInterview interview_from(const Answers& a, ReturnInterview i, const std::string& said_to, Instant now) {
    i.completed_at = typed_instant(a, "completed_at");
    i.seen_alone = a.get("seen_alone") == "yes";
    i.independent = a.get("independent") != "no";
    i.themes = a.all("themes");
    auto& w = i.words;
    w.place = a.get("place");
    w.independence_reason = i.independent ? "" : a.get("independence_reason");
    w.before = a.get("before");
    w.during = a.get("during");
    w.after = a.get("after");
    w.own_words = a.get("own_words");
    w.push = a.all("push");
    w.pull = a.all("pull");
    w.harm = a.all("harm");
    w.harm_note = a.get("harm_note");
    w.parent_view = a.get("parent_view");
    w.actions.clear();
    for (const auto& theme : i.themes)
        w.actions.push_back({theme, a.get("action-" + theme), a.get("who-" + theme), a.get("none-" + theme)});
    w.mentions = mentions_from(
        a, {.kind = "", .text = "", .said_by = "The young person, to " + said_to, .at = now, .agency = i.agency});
    return i;
}

std::vector<Episode> MissingDesk::covered(Session& s, const std::vector<std::string>& ids) const {
    std::vector<Episode> out;
    for (const auto& id : ids)
        if (auto e = store::find_episode(office(), s, id)) out.push_back(std::move(*e));
    return out;
}

// --- what waits -------------------------------------------------------------------------------------------------

Queue MissingDesk::queue(const Viewer& viewer) const {
    Queue out;
    if (!holds(viewer)) return out;
    office().database.read_session([&](Session& s) {
        auto all = store::waiting_for_interview(s, kMostWaiting + 1);
        out.cut = all.size() > kMostWaiting;
        if (out.cut) all.pop_back();
        const auto missing = store::missing_now(s);
        for (const auto& waiting : all) {
            if (!sight_of(viewer, waiting).allowed) continue;
            QueueLine line;
            line.episode = *store::find_episode(office(), s, waiting.id);
            line.child = line.episode.words.child_name;
            line.interview = state_of(s, line.episode);
            line.missing_again = missing.contains(desk_.people().index().root_of(waiting.person));
            out.lines.push_back(std::move(line));
        }
    });
    const auto due = [](const QueueLine& l) { return l.interview.running().due.value_or(Instant::max()); };
    std::stable_sort(out.lines.begin(), out.lines.end(),
                     [&](const auto& a, const auto& b) { return due(a) < due(b); });
    return out;
}

std::vector<Episode> MissingDesk::to_offer(const Viewer& viewer, const std::string& episode) const {
    if (!holds(viewer)) return {};
    return office().database.read([&](Session& s) {
        std::vector<Episode> out;
        const auto chosen = store::find_episode(office(), s, episode);
        if (!chosen || !sight_of(viewer, *chosen).allowed) return out;
        for (auto& e : store::whole_episodes_of(office(), s, desk_.people().index().root_of(chosen->person))) {
            if (!e.counts() || (!e.returned_at && !e.confirmed_at)) continue;
            if (e.id == episode || state_of(s, e).interview.empty()) out.push_back(std::move(e));
        }
        return out;
    });
}

// --- offering ---------------------------------------------------------------------------------------------------

std::vector<FieldProblem> MissingDesk::problems_of(const Viewer& viewer, const Offer& offer) const {
    const auto episodes = office().database.read([&](Session& s) {
        auto out = covered(s, offer.episodes);
        std::erase_if(out, [&](const Episode& e) { return !sight_of(viewer, e).allowed; });
        return out;
    });
    return check_attempt(offer.attempt, offer.declined_reason, episodes, office().clock.now());
}

base::Result<std::string> MissingDesk::offer(const Viewer& viewer, Offer offer, const std::string& key) const {
    if (!holds(viewer)) return may_not();
    const auto now = office().clock.now();
    offer.attempt.by = viewer.name;
    return office().database.write([&](Session& s) -> base::Result<std::string> {
        if (const auto before = partnership::done_before(s, key, viewer.user_id)) return *before;
        auto episodes = covered(s, offer.episodes);
        for (const auto& e : episodes)
            if (!sight_of(viewer, e).allowed) return no_interview();
        if (const auto problems = check_attempt(offer.attempt, offer.declined_reason, episodes, now);
            !problems.empty())
            return wrong(problems);
        const auto root = desk_.people().index().root_of(episodes.front().person);
        for (const auto& e : episodes)
            if (desk_.people().index().root_of(e.person) != root)
                return base::invalid("One interview is with one young person.");
        ReturnInterview i;
        if (!offer.interview.empty()) {
            auto found = store::find_interview(office(), s, offer.interview);
            if (!found) return no_interview();
            i = std::move(*found);
            for (auto& e : covered(s, i.episodes))
                if (std::none_of(episodes.begin(), episodes.end(),
                                 [&](const Episode& each) { return each.id == e.id; }))
                    episodes.push_back(std::move(e));
            if (desk_.people().index().root_of(i.person) != root)
                return base::invalid("One interview is with one young person.");
        } else {
            i.person = root;
            i.interviewer = viewer.user_id;
            i.agency = viewer.agency;
            i.words.child_name = episodes.front().words.child_name;
        }
        i.words.attempts.push_back(offer.attempt);
        if (offer.attempt.with == "child" && offer.attempt.result == "declined")
            i.words.declined_reason = offer.declined_reason;
        if (offer.attempt.with == "child") i.words.not_offered_reason.clear();
        if (offer.scheduled_at) i.scheduled_at = offer.scheduled_at;
        if (i.id.empty())
            store::insert_interview(office(), s, i, episodes, now, viewer.user_id);
        else if (!store::update_interview(office(), s, i, episodes, now, viewer.user_id))
            return changed();
        record(s, viewer, "offer", "return_interview", i.id, "return-interviewer",
               "with=" + offer.attempt.with + " result=" + offer.attempt.result);
        partnership::remember_done(s, key, viewer.user_id, now, i.id);
        return i.id;
    });
}

base::Result<std::string> MissingDesk::do_not_offer(const Viewer& viewer, const std::string& episode,
                                                    const std::string& reason, const std::string& key) const {
    if (!holds(viewer)) return may_not();
    if (base::tidy(reason).empty())
        return base::invalid(
            "Enter why no interview is offered. Every return is offered one, unless there is a reason.");
    const auto now = office().clock.now();
    return office().database.write([&](Session& s) -> base::Result<std::string> {
        if (const auto before = partnership::done_before(s, key, viewer.user_id)) return *before;
        const auto e = store::find_episode(office(), s, episode);
        if (!e || !sight_of(viewer, *e).allowed) return no_interview();
        ReturnInterview i;
        i.person = desk_.people().index().root_of(e->person);
        i.interviewer = viewer.user_id;
        i.agency = viewer.agency;
        i.words.child_name = e->words.child_name;
        i.words.not_offered_reason = base::tidy(reason);
        store::insert_interview(office(), s, i, {*e}, now, viewer.user_id);
        record(s, viewer, "not-offered", "return_interview", i.id, "return-interviewer");
        partnership::remember_done(s, key, viewer.user_id, now, i.id);
        return i.id;
    });
}

// --- the interview ----------------------------------------------------------------------------------------------

std::optional<InterviewView> MissingDesk::interview(const Viewer& viewer, const std::string& id) const {
    return office().database.read([&](Session& s) -> std::optional<InterviewView> {
        auto found = store::find_interview(office(), s, id);
        if (!found) return std::nullopt;
        InterviewView out;
        out.episodes = covered(s, found->episodes);
        if (out.episodes.empty()) return std::nullopt;
        for (const auto& e : out.episodes)
            if (!sight_of(viewer, e).allowed) return std::nullopt;
        // What a young person said goes to those who work with it, and to the agencies it was shared with.
        const auto& shares = found->words.shares;
        const bool shared = std::any_of(shares.begin(), shares.end(),
                                        [&](const Share& each) { return each.agency == viewer.agency; });
        if (viewer.at_front_door())
            out.sight = {true, "front-door", "you work at the front door of the partnership"};
        else if (holds(viewer))
            out.sight = {true, "return-interviewer", "you offer and hold return interviews"};
        else if (shared)
            out.sight = {true, "shared", "this interview was shared with your agency"};
        else
            return std::nullopt;
        for (const auto& e : out.episodes) out.states.push_back(state_of(s, e));
        const auto root = desk_.people().index().root_of(found->person);
        for (auto& e : store::whole_episodes_of(office(), s, root))
            if (e.counts() && (e.returned_at || e.confirmed_at) && state_of(s, e).interview.empty())
                out.also.push_back(std::move(e));
        if (desk_.people().sight(viewer, root).sight == Sight::full) out.person = root;
        out.interviewer = partnership::shown_user(s, found->interviewer).name;
        out.versions = protect::store::versions_of(s, "return_interview", id);
        keep_readable(viewer, found->words.mentions);
        out.interview = std::move(*found);
        return out;
    });
}

base::Result<std::string> MissingDesk::start_notes(const Viewer& viewer, const std::string& id) const {
    if (!holds(viewer)) return may_not();
    const auto view = interview(viewer, id);
    if (!view) return no_interview();
    if (view->interview.completed_at) return base::conflict("This interview has been held already.");
    for (const auto& draft : desk_.drafts(viewer))
        if (draft.kind == kInterviewDraft && draft.subject == id) return draft.id;
    Draft draft;
    draft.user_id = viewer.user_id;
    draft.kind = kInterviewDraft;
    draft.subject = id;
    return office().database.write([&](Session& s) -> base::Result<std::string> {
        protect::store::insert_draft(office(), s, draft);
        record(s, viewer, "create", "draft", draft.id, "return-interviewer", "kind=return_interview");
        return draft.id;
    });
}

std::vector<FieldProblem> MissingDesk::problems_of(const ReturnInterview& i) const {
    const auto episodes = office().database.read([&](Session& s) { return covered(s, i.episodes); });
    return check_completed(i, episodes, office().clock.now());
}

base::Result<std::string> MissingDesk::complete(const Viewer& viewer, const std::string& draft_id) const {
    if (!holds(viewer)) return may_not();
    const auto key = "interview:" + draft_id;
    const auto draft = desk_.draft(viewer, draft_id);
    if (!draft || draft->kind != kInterviewDraft) {
        const auto done =
            office().database.read([&](Session& s) { return partnership::done_before(s, key, viewer.user_id); });
        return done ? base::Result<std::string>(*done) : base::not_found("There is no such draft.");
    }
    const auto view = interview(viewer, draft->subject);
    if (!view) return no_interview();
    const auto now = office().clock.now();
    auto before = view->interview;
    before.interviewer = viewer.user_id;
    before.agency = viewer.agency;
    auto i = interview_from(draft->answers, std::move(before), viewer.name, now);
    if (const auto problems = check_completed(i, view->episodes, now); !problems.empty()) return wrong(problems);
    std::vector<std::string> touched;
    const auto held = office().database.write([&](Session& s) -> base::Result<std::string> {
        if (const auto before = partnership::done_before(s, key, viewer.user_id)) return *before;
        if (!protect::store::delete_draft(s, draft_id, viewer.user_id))
            return base::not_found("There is no such draft.");
        if (!store::update_interview(office(), s, i, covered(s, i.episodes), now, viewer.user_id))
            return changed();
        touched = store::records_to_read_again(s, i.person, view->interview.words.mentions, i.words.mentions);
        desk_.people().note_change(s, touched);
        record(s, viewer, "complete", "return_interview", i.id, "return-interviewer",
               "themes=" + std::to_string(i.themes.size()) + " episodes=" + std::to_string(i.episodes.size()));
        partnership::remember_done(s, key, viewer.user_id, now, i.id);
        return i.id;
    });
    if (held.ok()) desk_.people().refresh(touched);
    return held;
}

base::Result<> MissingDesk::share(const Viewer& viewer, const std::string& id, std::int64_t version,
                                  const std::string& agency, const std::string& key) const {
    if (!holds(viewer)) return may_not();
    if (!office().scheme.find_agency(agency)) return base::invalid("Select an agency.");
    const auto view = interview(viewer, id);
    if (!view) return no_interview();
    if (!view->interview.completed_at) return base::invalid("The interview has not been held yet.");
    const auto now = office().clock.now();
    return office().database.write([&](Session& s) -> base::Result<> {
        if (partnership::done_before(s, key, viewer.user_id)) return base::done();
        // H-111: nothing goes to an agency that is not signed in.
        if (!partnership::protocol_in_force(office(), s, agency))
            return base::refused("That agency has not signed the Information Sharing Protocol.");
        auto found = store::find_interview(office(), s, id);  // whole: of the view only what this viewer may read
        if (!found || found->version != version) return changed();
        auto& i = *found;
        i.words.shares.push_back({agency, viewer.name, now});
        if (!store::update_interview(office(), s, i, view->episodes, now, viewer.user_id)) return changed();
        record(s, viewer, "share", "return_interview", id, "return-interviewer", "agency=" + agency);
        partnership::remember_done(s, key, viewer.user_id, now, id);
        return base::done();
    });
}

// --- my work ----------------------------------------------------------------------------------------------------

std::vector<WorkItem> MissingDesk::work_for(const Viewer& viewer) const {
    std::vector<WorkItem> out;
    if (!may(viewer, Permission::report_missing).allowed) return out;
    const auto now = office().clock.now();
    if (viewer.at_front_door() || viewer.agency_type == partnership::AgencyType::police)
        for (const auto& line : board(viewer).lines) {
            if (line.episode.stage() != Stage::open) continue;
            WorkItem item;
            item.text = "Missing now: " + line.episode.words.child_name;
            item.href = "/missing/" + line.episode.id;
            item.danger = line.episode.risk == "high";
            item.why = "Since " + base::display(line.episode.missing_from) +
                       (line.episode.risk.empty() ? ". The risk is not graded yet"
                                                  : ". Risk: " + text_of(risks(), line.episode.risk));
            item.urgency = Urgency::overdue;
            out.push_back(std::move(item));
        }
    for (auto& item : strategies_to_decide(viewer)) out.push_back(std::move(item));
    const auto has_role = [&](const std::string& code) {
        return std::find(viewer.roles.begin(), viewer.roles.end(), code) != viewer.roles.end();
    };
    const bool interviewer = has_role("return_interviewer");
    const auto& escalate_to = rules().rhi_escalate_to;
    const bool told = std::any_of(escalate_to.begin(), escalate_to.end(), has_role);
    for (const auto& line : queue(viewer).lines) {
        const auto& state = line.interview;
        const auto& clock = state.running();
        const bool escalated = told && clock.presses(now);
        if (!interviewer && !escalated) continue;
        WorkItem item;
        const bool ask_parents = state.response == Response::declined || state.response == Response::no_response;
        item.text = (ask_parents     ? "Ask the parents or carers of " + line.child
                     : state.offered ? "Hold the return interview with " + line.child
                                     : "Offer a return interview to " + line.child);
        item.href = state.interview.empty() ? "/missing/" + line.episode.id + "/offer"
                                            : "/missing/interviews/" + state.interview;
        item.due = clock.due;
        const auto how = clock.state(now);
        item.urgency = how == ClockState::overdue    ? Urgency::overdue
                       : how == ClockState::due_soon ? Urgency::soon
                                                     : Urgency::calm;
        item.why = line.episode.ref + ", back on " + base::display(*line.episode.ended_at()) +
                   (escalated ? ". Escalated to you: its time runs out" : "");
        out.push_back(std::move(item));
    }
    if (holds(viewer))
        for (const auto& draft : desk_.drafts(viewer)) {
            if (draft.kind != kInterviewDraft) continue;
            WorkItem item;
            item.kind = WorkItem::Kind::draft;
            item.text = "Finish your notes of a return interview";
            item.href = "/missing/notes/" + draft.id;
            item.why = "Saved on " + base::display(draft.updated_at);
            out.push_back(std::move(item));
        }
    return out;
}

}  // namespace rowan::protect::missing
