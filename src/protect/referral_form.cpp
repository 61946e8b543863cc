#include "protect/referral_form.h"

#include "base/number.h"
#include "base/text.h"
#include "protect/choices.h"

#include <algorithm>
#include <array>

namespace rowan::protect {

namespace {

struct StepFacts {
    FormStep step;
    std::string_view path;
    std::vector<std::string_view> fields;
};

const std::array<StepFacts, 12>& facts() {
    using S = FormStep;
    static const std::array<StepFacts, 12> all = {{
        {S::about, "about", {"subject_kind"}},
        {S::search, "search", {"q", "person"}},
        {S::details,
         "details",
         {"given_names", "family_name", "known_as", "aliases", "born-day", "born-month", "born-year",
          "age_estimate", "sex", "address", "postcode", "phone", "nhs_number", "upn", "individual_roles"}},
        {S::place, "place", {"place_name", "place_address", "place_postcode"}},
        {S::why, "why", {"reason", "exploitation"}},
        {S::known, "known", {"something_received", "exchange", "contact", "technology", "methods", "who"}},
        {S::worry, "worry", {"narrative", "their_words"}},
        {S::aware, "aware", {"child_aware", "parent_aware"}},
        {S::danger, "danger", {"immediate_danger", "danger_note"}},
        {S::social_care, "social-care", {"csc_question", "csc_ref_now", "csc_ref_open", "csc_reason"}},
        {S::you, "you", {"source_code", "referrer_name", "referrer_post", "referrer_phone", "referrer_email"}},
        {S::check, "check", {}},
    }};
    return all;
}

const StepFacts& facts_of(FormStep step) { return facts()[static_cast<std::size_t>(step)]; }

// Which field of the form a problem of the record is shown at.
std::string_view form_field(std::string_view field, const Answers& answers) {
    if (field == "born") return "born-day";
    if (field == "csc_ref") return answers.get("csc_question") == "already_open" ? "csc_ref_open" : "csc_ref_now";
    return field;
}

class Filler {
public:
    Filler(const Answers& answers, const partnership::Scheme& scheme, Instant at)
        : answers_(answers), scheme_(scheme), today_(base::london_date(at)) {
        out_.referral.received_at = at;
    }

    Filled run() {
        subject();
        reasons();
        words();
        social_care();
        referrer();
        for (auto& problem : check(out_.referral, scheme_, today_)) {
            // A chosen person's part is not on their page but on that of the search.
            problem.field = std::string(form_field(problem.field, answers_));
            out_.problems.push_back(std::move(problem));
        }
        return std::move(out_);
    }

private:
    void problem(std::string field, std::string message) {
        out_.problems.push_back({std::move(field), std::move(message)});
    }
    const std::string& get(std::string_view name) const { return answers_.get(name); }

    void subject() {
        auto& r = out_.referral;
        r.subject_kind = get("subject_kind");
        if (r.subject_kind == kLocation) return place();
        if (r.subject_kind == kIndividual) r.words.individual_roles = answers_.all("individual_roles");
        if (get("person") == kNobodyChosen) return new_person();
        out_.chosen_person = get("person");
        r.person = out_.chosen_person;
        if (!r.subject_kind.empty() && out_.chosen_person.empty())
            problem(get("q").empty() ? "q" : "person", get("q").empty()
                                                           ? "Search for the person first"
                                                           : "Select the person, or that you will describe them");
    }

    void place() {
        auto& words = out_.referral.words;
        words.subject_name = base::tidy_line(get("place_name"));
        words.place_address = get("place_address");
        const auto postcode = base::parse_postcode(get("place_postcode"));
        words.place_postcode = postcode.text;
        out_.referral.area = scheme_.area_of(postcode).code;
    }

    void new_person() {
        auto& who = out_.identity;
        who.given_names = get("given_names");
        who.family_name = get("family_name");
        who.known_as = get("known_as");
        for (const auto& name : base::split(get("aliases"), ','))
            if (auto tidy = base::tidy_line(name); !tidy.empty()) who.aliases.push_back(std::move(tidy));
        who.sex = get("sex");
        who.address = get("address");
        who.postcode = get("postcode");
        who.phone = get("phone");
        who.nhs_number = get("nhs_number");
        who.upn = get("upn");
        date_of_birth();
        for (auto& found : people::check(who, today_))
            problem(std::string(form_field(found.field, answers_)), std::move(found.message));
        out_.referral.words.subject_name = who.display_name();
        out_.referral.area = scheme_.area_of(base::parse_postcode(who.postcode)).code;
        age();
    }

    void date_of_birth() {
        if (!answers_.has("born-day") && !answers_.has("born-month") && !answers_.has("born-year")) return;
        auto born = people::parse_written_date(get("born-day"), get("born-month"), get("born-year"));
        if (born.ok())
            out_.identity.born = *born;
        else
            problem("born-day", born.error().message);
    }

    void age() {
        auto& r = out_.referral;
        if (out_.identity.born && *out_.identity.born <= today_) {
            r.age_at = base::age_on(*out_.identity.born, today_);
        } else if (answers_.has("age_estimate")) {
            const auto age = base::whole_number<int>(get("age_estimate"));
            if (!age || *age < 0 || *age > 120)
                problem("age_estimate", "Enter an age in whole years, such as 15");
            else
                r.age_at = age;
        }
    }

    void reasons() {
        auto& r = out_.referral;
        r.reason = get("reason");
        r.exploitation = r.reason == "missing" ? std::vector<std::string>{} : answers_.all("exploitation");
        r.definition_version = scheme_.definition_on(today_).version;
        r.words.something_received = answers_.all("something_received");
        r.words.exchange = answers_.all("exchange");
        r.words.methods = answers_.all("methods");
        r.words.who = answers_.all("who");
        r.words.contact = get("contact");
        r.words.technology = get("technology");
    }

    void words() {
        auto& r = out_.referral;
        r.words.narrative = get("narrative");
        r.words.their_words = get("their_words");
        if (r.subject_kind == kChild) {
            r.child_aware = get("child_aware");
            r.parent_aware = get("parent_aware");
        }
        const auto& danger = get("immediate_danger");
        if (danger != "yes" && danger != "no")
            problem("immediate_danger", "Select whether anybody is in immediate danger");
        r.immediate_danger = danger == "yes";
        if (r.immediate_danger) r.words.danger_note = get("danger_note");
    }

    void social_care() {
        auto& r = out_.referral;
        r.csc_question = get("csc_question");
        if (r.csc_question == "referred_now") r.words.csc_ref = base::tidy_line(get("csc_ref_now"));
        if (r.csc_question == "already_open") r.words.csc_ref = base::tidy_line(get("csc_ref_open"));
        if (r.csc_question == "not_needed") r.words.csc_reason = get("csc_reason");
    }

    void referrer() {
        auto& words = out_.referral.words;
        out_.referral.source_code = get("source_code");
        words.referrer_name = base::tidy_line(get("referrer_name"));
        words.referrer_post = base::tidy_line(get("referrer_post"));
        words.referrer_phone = get("referrer_phone");
        words.referrer_email = get("referrer_email");
        if (auto phone = base::parse_phone(words.referrer_phone); phone.ok()) words.referrer_phone = *phone;
        if (auto email = base::parse_email(words.referrer_email); email.ok()) words.referrer_email = *email;
    }

    const Answers& answers_;
    const partnership::Scheme& scheme_;
    const Date today_;
    Filled out_;
};

}  // namespace

std::string_view path_of(FormStep step) { return facts_of(step).path; }

std::optional<FormStep> step_named(std::string_view path) {
    for (const auto& each : facts())
        if (each.path == path) return each.step;
    return std::nullopt;
}

const std::vector<std::string_view>& fields_of(FormStep step) { return facts_of(step).fields; }

std::vector<FormStep> steps_for(const Answers& answers) {
    using S = FormStep;
    const auto& kind = answers.get("subject_kind");
    const bool place = kind == kLocation;
    const bool known = !place && answers.has("person") && answers.get("person") != kNobodyChosen;
    // What a person posing risk does is asked with their details, so a known one passes that page too.
    const bool details = !place && (!known || kind == kIndividual);
    std::vector<FormStep> out = {S::about};
    if (place) out.push_back(S::place);
    if (!place) out.push_back(S::search);
    if (details) out.push_back(S::details);
    out.insert(out.end(), {S::why, S::known, S::worry});
    if (kind == kChild || kind.empty()) out.push_back(S::aware);
    out.insert(out.end(), {S::danger, S::social_care, S::you, S::check});
    return out;
}

FormStep next_step(FormStep step, const Answers& answers) {
    const auto steps = steps_for(answers);
    const auto found = std::find(steps.begin(), steps.end(), step);
    if (found == steps.end()) return steps.front();
    return found + 1 == steps.end() ? *found : *(found + 1);
}

std::optional<FormStep> previous_step(FormStep step, const Answers& answers) {
    const auto steps = steps_for(answers);
    const auto found = std::find(steps.begin(), steps.end(), step);
    if (found == steps.begin() || found == steps.end()) return std::nullopt;
    return *(found - 1);
}

Filled fill(const Answers& answers, const partnership::Scheme& scheme, Instant received_at) {
    return Filler(answers, scheme, received_at).run();
}

std::vector<FieldProblem> problems_of(FormStep step, const Filled& filled) {
    // In the order in which the page asks, not in which they were found.
    std::vector<FieldProblem> out;
    for (const auto field : fields_of(step))
        for (const auto& problem : filled.problems)
            if (problem.field == field) out.push_back(problem);
    return out;
}

std::optional<FormStep> first_with_problems(const Answers& answers, const Filled& filled) {
    for (const auto step : steps_for(answers))
        if (!problems_of(step, filled).empty()) return step;
    return std::nullopt;
}

void prefill_referrer(Answers& answers, std::string_view name, std::string_view post,
                      partnership::AgencyType type) {
    const auto put = [&](std::string_view field, std::string_view value) {
        if (!value.empty()) answers.set(std::string(field), std::string(value));
    };
    put("referrer_name", name);
    put("referrer_post", post);
    put("source_code", usual_source(type));
}

}  // namespace rowan::protect
