#include "base/text.h"
#include "partnership/accounts.h"
#include "people/looking_up.h"
#include "protect/pages.h"
#include "protect/referral_form.h"

#include <algorithm>

namespace rowan::protect::pages {

namespace {

constexpr std::size_t kMostFound = 10;

std::string step_address(const std::string& draft, FormStep step) {
    return "/referrals/new/" + draft + "/" + std::string(path_of(step));
}

// What a step's page needs to draw itself.
struct StepPage {
    Visit& visit;
    const ProtectDesk& desk;
    const Draft& draft;
    const Problems& problems;
    const partnership::Scheme& scheme;
    const Date today;

    const Answers& answers() const { return draft.answers; }
    const std::string& get(std::string_view name) const { return draft.answers.get(name); }
    html::ErrorMessage error(std::string_view field) const { return {.text = error_of(problems, field)}; }
    bool about_child() const { return get("subject_kind") == kChild || get("subject_kind").empty(); }

    Html text_input(const char* name, std::string label, std::string hint = "",
                    std::string classes = "govuk-input--width-20") const {
        return html::input({.name = name,
                            .label = {.text = std::move(label)},
                            .hint = {.text = std::move(hint)},
                            .error_message = error(name),
                            .value = get(name),
                            .autocomplete = "off",
                            .spellcheck = false,
                            .classes = std::move(classes)});
    }
    Html text_area(const char* name, std::string label, std::string hint, int rows) const {
        return html::textarea({.name = name,
                               .label = {.text = std::move(label), .classes = "govuk-label--m"},
                               .hint = {.text = std::move(hint)},
                               .error_message = error(name),
                               .value = get(name),
                               .rows = rows});
    }
    Html choose_one(const char* name, std::string question, std::span<const Choice> choices,
                    std::string hint = "") const {
        return html::radios({.name = name,
                             .fieldset = legend(std::move(question)),
                             .hint = {.text = std::move(hint)},
                             .error_message = error(name),
                             .items = radio_items(choices),
                             .value = get(name)});
    }
    Html choose_many(const char* name, std::string question, std::vector<html::CheckboxesItem> items,
                     std::string hint = "Select all that apply") const {
        return html::checkboxes({.name = name,
                                 .fieldset = legend(std::move(question)),
                                 .hint = {.text = std::move(hint)},
                                 .error_message = error(name),
                                 .items = std::move(items),
                                 .values = answers().all(name)});
    }
};

std::string title_of(FormStep step, const Answers& answers, const partnership::Scheme& scheme) {
    const bool individual = answers.get("subject_kind") == kIndividual;
    const auto who = subject_label(scheme, answers.get("subject_kind"));
    switch (step) {
        case FormStep::about:
            return "Who or what are you worried about?";
        case FormStep::search:
            return "Is it one of these?";
        case FormStep::details:
            return individual ? "What do you know about this person?" : "What do you know about the " + who + "?";
        case FormStep::place:
            return "Where is it?";
        case FormStep::why:
            return "Why are you referring?";
        case FormStep::known:
            return "What do you already know?";
        case FormStep::worry:
            return "What worries you?";
        case FormStep::aware:
            return "Who knows about this referral?";
        case FormStep::danger:
            return "Is anybody in immediate danger?";
        case FormStep::social_care:
            return "Has Children’s Social Care been told?";
        case FormStep::you:
            return "Who is referring?";
        case FormStep::check:
            return "Check your answers";
    }
    return "";
}

// --- the questions, one page each -------------------------------------------------------------------------------

Html about_step(const StepPage& p) {
    std::vector<html::RadiosItem> items = {
        {.value = std::string(kChild),
         .text = "A young person",
         .hint = {.text = "Who may be exploited or at risk of it, or who goes missing. A young adult too."}},
        {.value = std::string(kIndividual),
         .text = "A person posing risk",
         .hint = {.text = "Who may exploit, or may arrange, facilitate, organise, encourage or allow it"}},
        {.value = std::string(kLocation),
         .text = "A location",
         .hint = {.text = "Such as a flat, a shop, a hotel, a park or a website"}}};
    return html::radios({.name = "subject_kind",
                         .fieldset = legend("I am worried about"),
                         .error_message = p.error("subject_kind"),
                         .items = items,
                         .value = p.get("subject_kind")});
}

Html signpost_of(const people::PersonLine& line) {
    return html::inset_text({.text = "Somebody who matches is known to " + base::join(line.agencies, ", ") +
                                     ". You cannot see that record. Choose that you will describe them; Rowan "
                                     "will bring the two together."});
}

Html found_people(const StepPage& p) {
    const auto words = base::truncate(p.get("q"), 200);
    const auto found = p.desk.people().find(p.visit.viewer, words, kMostFound);
    p.visit.looked_at(
        "search", "", "role",
        "results=" + std::to_string(found.size()) + " query=" + p.visit.office.audit.digest(base::fold(words)));
    p.visit.looks.back().act = "search";
    std::vector<html::RadiosItem> items;
    std::vector<Html> signposts;
    const auto chosen = p.get("person");
    bool chosen_is_shown = chosen.empty() || chosen == kNobodyChosen;
    const auto add = [&](const people::PersonLine& line) {
        people::enter_found(p.visit, line);
        if (line.person.empty()) return signposts.push_back(signpost_of(line));
        chosen_is_shown |= line.person == chosen;
        items.push_back({.value = line.person,
                         .text = line.name,
                         .hint = {.text = base::join(
                                      {line.born ? "Born " + base::display(*line.born) : "Date of birth not known",
                                       area_name(p.scheme, line.area), line.ref},
                                      ", ")}});
    };
    for (const auto& line : found) add(line);
    if (!chosen_is_shown)
        for (const auto& line : p.desk.people().lines(p.visit.viewer, {chosen})) add(line);
    if (!items.empty()) items.push_back({.divider = "or"});
    items.push_back(
        {.value = std::string(kNobodyChosen),
         .text = items.empty() ? "Nobody found: I will describe them" : "None of these: I will describe them"});
    return join(signposts.empty() ? Html{} : join(signposts),
                html::radios({.name = "person",
                              .fieldset = legend(items.size() == 1 ? "Nobody whom you may see matches"
                                                                   : "People who match"),
                              .error_message = p.error("person"),
                              .items = items,
                              .value = chosen}));
}

Html search_step(const StepPage& p) {
    return join(
        html::para("Look first, so that the same person is not written down twice."),
        p.text_input("q", "Name, date of birth, NHS number, phone or postcode",
                     "If you do not know a name, write what you know, such as a nickname", ""),
        html::button({.text = "Search", .name = "do", .value = "search", .classes = "govuk-button--secondary"}),
        when(!p.get("q").empty(), [&] { return found_people(p); }));
}

Html details_step(const StepPage& p) {
    const bool individual = p.get("subject_kind") == kIndividual;
    const Html roles = when(individual, [&] {
        return p.choose_many("individual_roles", "What do they do, as far as you know?",
                             checkbox_items(individual_roles()));
    });
    if (p.get("person") != kNobodyChosen) return roles;
    return join(html::para("Write what you know. You can leave out the rest."),
                p.text_input("given_names", "First names"), p.text_input("family_name", "Family name"),
                p.text_input("known_as", "What they are known as",
                             individual ? "Or a description, such as “man with a red van”"
                                        : "A nickname, or the name they use"),
                p.text_input("aliases", "Other names", "With a comma between them"),
                html::date_input({.id = "born",
                                  .name_prefix = "born",
                                  .fieldset = legend("Date of birth", "s"),
                                  .hint = {.text = "For example, 27 3 2007"},
                                  .error_message = p.error("born-day"),
                                  .values = {{"day", p.get("born-day")},
                                             {"month", p.get("born-month")},
                                             {"year", p.get("born-year")}}}),
                p.text_input("age_estimate", "If you do not know it: about how old?", "", "govuk-input--width-2"),
                html::radios({.name = "sex",
                              .fieldset = legend("Sex", "s"),
                              .items = {{.value = "F", .text = "Female"},
                                        {.value = "M", .text = "Male"},
                                        {.value = "U", .text = "Not known"}},
                              .value = p.get("sex"),
                              .classes = "govuk-radios--inline"}),
                html::textarea({.name = "address",
                                .label = {.text = "Address"},
                                .error_message = p.error("address"),
                                .value = p.get("address"),
                                .rows = 3}),
                p.text_input("postcode", "Postcode", "", "govuk-input--width-10"),
                p.text_input("phone", "Their phone number"),
                p.text_input("nhs_number", "NHS number", "10 digits", "govuk-input--width-10"),
                p.text_input("upn", "Unique pupil number (UPN)", "13 characters; schools know it"), roles);
}

Html place_step(const StepPage& p) {
    return join(p.text_input("place_name", "What is it called, or how would you describe it?", "", ""),
                html::textarea({.name = "place_address",
                                .label = {.text = "Address, or how to find it"},
                                .value = p.get("place_address"),
                                .rows = 3}),
                p.text_input("place_postcode", "Postcode", "If you know it", "govuk-input--width-10"));
}

Html definitions(const StepPage& p) {
    const auto& current = p.scheme.definition_on(p.today);
    std::vector<Html> parts{
        html::details({.summary = "What we mean by exploitation: " + current.title,
                       .text = join(html::paragraphs(current.text), html::para("Source: ", current.source)),
                       .open = true})};
    for (const auto& other : p.scheme.definitions)
        if (other.version != current.version)
            parts.push_back(
                html::details({.summary = "The definition of " + other.version + ": " + other.title,
                               .text = join(html::paragraphs(other.text), html::para("Source: ", other.source))}));
    return join(parts);
}

Html why_step(const StepPage& p) {
    std::vector<html::RadiosItem> reasons;
    for (const auto& code : p.scheme.list("referral_reasons"))
        if (code.valid_on(p.today)) reasons.push_back({.value = code.code, .text = code.text});
    return join(definitions(p),
                html::radios({.name = "reason",
                              .fieldset = legend("What is it about?"),
                              .error_message = p.error("reason"),
                              .items = reasons,
                              .value = p.get("reason")}),
                p.choose_many("exploitation", "What kinds of exploitation?",
                              checkbox_items(p.scheme.list("exploitation_types"), p.today),
                              "Select all that apply. You can leave this out if it is only about going missing."),
                procedures_notice(p.scheme));
}

Html known_step(const StepPage& p) {
    return join(html::inset_text({.text = "You need not know any of this. Do not question the young person to "
                                          "find out. They never have to give evidence to be kept safe."}),
                p.choose_many("something_received", "Was something given or promised?",
                              checkbox_items(p.scheme.list("something_received"), p.today)),
                p.choose_many("exchange", "Who gains?", checkbox_items(exchange_kinds())),
                p.choose_one("technology", "How does it happen?", technology_kinds()),
                p.choose_one("contact", "Is there physical contact?", contact_kinds()),
                p.choose_many("methods", "What makes the young person go along?", checkbox_items(methods())),
                p.choose_many("who", "Who does it?", checkbox_items(who_kinds())));
}

Html worry_step(const StepPage& p) {
    return join(
        gentle_prompts(p.get("narrative")),
        p.text_area("narrative", "In your own words",
                    "What have you seen or heard, when, and from whom? Keep what you know apart from what you "
                    "feel. Both matter.",
                    10),
        p.text_area("their_words", "What do they say themselves?",
                    "If they have said something, write it as they said it. Leave it out if you do not know.", 4));
}

Html aware_step(const StepPage& p) {
    return join(
        html::para(
            "You do not need anybody’s agreement to refer. It is better when people know, if that is safe."),
        p.choose_one("child_aware", "Does the young person know about this referral?", awareness()),
        p.choose_one("parent_aware", "Does a parent or carer know about it?", awareness()));
}

Html danger_step(const StepPage& p) {
    return html::radios(
        {.name = "immediate_danger",
         .fieldset = legend("Is anybody in danger right now?"),
         .error_message = p.error("immediate_danger"),
         .items =
             {{.value = "yes",
               .text = "Yes",
               .conditional = join(
                   html::warning_text(
                       {.text =
                            "Call 999 now. Then come back and finish this form: what you have written is saved."}),
                   html::textarea({.name = "danger_note",
                                   .label = {.text = "What is the danger, and whom have you called?"},
                                   .value = p.get("danger_note"),
                                   .rows = 4}))},
              {.value = "no", .text = "No"}},
         .value = p.get("immediate_danger")});
}

Html social_care_step(const StepPage& p) {
    const auto reference = [&](const char* name) {
        return html::input({.name = name,
                            .label = {.text = "Their reference"},
                            .hint = {.text = "If you have none, write whom you spoke to and when"},
                            .error_message = p.error(name),
                            .value = p.get(name),
                            .classes = "govuk-input--width-20"});
    };
    auto items = radio_items(csc_answers());
    items[0].conditional = reference("csc_ref_now");
    items[1].conditional = reference("csc_ref_open");
    items[2].conditional = html::textarea({.name = "csc_reason",
                                           .label = {.text = "Why is it not needed?"},
                                           .error_message = p.error("csc_reason"),
                                           .value = p.get("csc_reason"),
                                           .rows = 3});
    return join(html::warning_text(
                    {.text = "This referral does not replace a referral to Children’s Social Care. If a child "
                             "needs support services, protection or somewhere to live, refer to them as well."}),
                html::radios({.name = "csc_question",
                              .fieldset = legend("Have you referred to Children’s Social Care?"),
                              .error_message = p.error("csc_question"),
                              .items = items,
                              .value = p.get("csc_question")}));
}

Html you_step(const StepPage& p) {
    html::Select source{.name = "source_code",
                        .label = {.text = "Where does this referral come from?"},
                        .error_message = p.error("source_code"),
                        .value = p.get("source_code")};
    source.items.push_back({.value = "", .text = "Select one"});
    for (const auto& choice : source_codes())
        source.items.push_back({.value = std::string(choice.code), .text = std::string(choice.text)});
    return join(html::para("If you refer for somebody else, write their details."), html::select(source),
                p.text_input("referrer_name", "Name"),
                p.text_input("referrer_post", "Job, or how they know the young person"),
                p.text_input("referrer_phone", "Phone"), p.text_input("referrer_email", "Email"));
}

// --- check ------------------------------------------------------------------------------------------------------

html::SummaryListRow line(const StepPage& p, FormStep step, std::string key, std::string value) {
    return html::summary_row(
        std::move(key), value.empty() ? html::Content("Not answered") : html::Content(html::paragraphs(value)),
        step_address(p.draft.id, step) + "?return=check");
}

Html check_step(const StepPage& p, const Filled& filled) {
    const auto& r = filled.referral;
    const auto& w = r.words;
    const auto& kind = r.subject_kind;
    html::SummaryList list;
    const auto add = [&](FormStep step, std::string key, std::string value) {
        list.rows.push_back(line(p, step, std::move(key), std::move(value)));
    };
    add(FormStep::about, "About", kind.empty() ? "" : subject_title(p.scheme, kind));
    if (kind == kLocation) {
        add(FormStep::place, "Place", lines({w.subject_name, w.place_address, w.place_postcode}));
    } else if (!filled.chosen_person.empty()) {
        const auto known = p.desk.subject(p.visit.viewer, filled.chosen_person);
        if (known) p.visit.looked_at("person", known->root, "draft");
        add(FormStep::search, "Who", known ? known->name + ", " + known->ref : "");
    } else {
        const auto& who = filled.identity;
        std::string about = who.display_name();
        if (who.born)
            about += "\nBorn " + base::display(*who.born);
        else if (r.age_at)
            about += "\nAbout " + std::to_string(*r.age_at) + " years old";
        for (const auto& each :
             {who.address, who.postcode, who.phone.empty() ? std::string{} : base::display_phone(who.phone),
              who.nhs_number.empty() ? std::string{} : "NHS number " + base::display_nhs_number(who.nhs_number),
              who.upn})
            if (!each.empty()) about += "\n" + each;
        add(FormStep::details, "Who", about);
    }
    if (kind == kIndividual)
        add(FormStep::details, "What they do", texts_of(individual_roles(), w.individual_roles));
    add(FormStep::why, "Reason", r.reason.empty() ? "" : p.scheme.text_of("referral_reasons", r.reason));
    add(FormStep::why, "Kinds of exploitation", texts_of(p.scheme, "exploitation_types", r.exploitation));
    std::vector<std::string> known;
    for (auto text :
         {texts_of(p.scheme, "something_received", w.something_received), texts_of(exchange_kinds(), w.exchange),
          text_of(technology_kinds(), w.technology), text_of(contact_kinds(), w.contact),
          texts_of(methods(), w.methods), texts_of(who_kinds(), w.who)})
        if (!text.empty()) known.push_back(std::move(text));
    add(FormStep::known, "What is known", base::join(known, "\n"));
    add(FormStep::worry, "The worry", w.narrative);
    add(FormStep::worry, "Their own words", w.their_words);
    if (kind == kChild) {
        add(FormStep::aware, "Young person knows", text_of(awareness(), r.child_aware));
        add(FormStep::aware, "Parent or carer knows", text_of(awareness(), r.parent_aware));
    }
    add(FormStep::danger, "Immediate danger",
        p.get("immediate_danger") == "yes"  ? lines({"Yes", w.danger_note})
        : p.get("immediate_danger") == "no" ? "No"
                                            : "");
    add(FormStep::social_care, "Children’s Social Care",
        lines({text_of(csc_answers(), r.csc_question), w.csc_ref + w.csc_reason}));
    add(FormStep::you, "Referrer",
        lines({w.referrer_name, w.referrer_post,
               w.referrer_phone.starts_with("+") ? base::display_phone(w.referrer_phone) : w.referrer_phone,
               w.referrer_email}));

    std::vector<Html> parts;
    if (r.immediate_danger)
        parts.push_back(html::warning_text(
            {.text = "You say that somebody is in immediate danger. Call 999 now, if you have not."}));
    parts.push_back(gentle_prompts(w.narrative));
    if (const auto guidance = age_guidance(r.age_at, r.reason); !guidance.empty())
        parts.push_back(html::inset_text({.text = guidance}));
    parts.push_back(html::summary_list(list));
    return join(parts);
}

// --- the page around a question ---------------------------------------------------------------------------------

Html question(const StepPage& p, FormStep step) {
    switch (step) {
        case FormStep::about:
            return about_step(p);
        case FormStep::search:
            return search_step(p);
        case FormStep::details:
            return details_step(p);
        case FormStep::place:
            return place_step(p);
        case FormStep::why:
            return why_step(p);
        case FormStep::known:
            return known_step(p);
        case FormStep::worry:
            return worry_step(p);
        case FormStep::aware:
            return aware_step(p);
        case FormStep::danger:
            return danger_step(p);
        case FormStep::social_care:
            return social_care_step(p);
        case FormStep::you:
            return you_step(p);
        case FormStep::check:
            return {};
    }
    return {};
}

std::string caption_of(FormStep step, const Answers& answers) {
    const auto steps = steps_for(answers);
    const auto at = std::find(steps.begin(), steps.end(), step) - steps.begin();
    return "Refer: question " + std::to_string(at + 1) + " of " + std::to_string(steps.size() - 1);
}

Html delete_form(Visit& visit, const Draft& draft) {
    return html::details(
        {.summary = "Delete this draft",
         .text = join(
             html::para("Everything you have written in it will be gone for good."),
             partnership::post_form(visit, "/referrals/new/" + draft.id + "/delete",
                                    html::button({.text = "Delete draft", .classes = "govuk-button--warning"})))});
}

http::Response step_page(Visit& visit, const ProtectDesk& desk, const Draft& draft, FormStep step,
                         const Problems& problems, bool returning) {
    const StepPage p{
        visit, desk, draft, problems, visit.office.scheme, base::london_date(visit.office.clock.now())};
    const auto title = title_of(step, draft.answers, p.scheme);
    visit.looked_at("draft", draft.id, "own");
    visit.why = "You can see this because you are writing it. Nobody else can.";
    const auto back = previous_step(step, draft.answers);
    const Html buttons = html::button_group(
        {html::button(
             {.text = "Save and continue", .name = "do", .value = "continue", .prevent_double_click = true}),
         html::button({.text = "Save and come back later",
                       .name = "do",
                       .value = "later",
                       .classes = "govuk-button--secondary"})});
    Html body =
        join(error_summary_of(problems), html::page_heading(title, caption_of(step, draft.answers)),
             partnership::post_form(visit, step_address(draft.id, step),
                                    join(hidden("version", std::to_string(draft.version)),
                                         when(returning, hidden("return", "check")), question(p, step), buttons)),
             delete_form(visit, draft));
    return shown(visit, title, html::two_thirds(body), back ? step_address(draft.id, *back) : "/referrals/new",
                 !problems.empty());
}

http::Response check_page(Visit& visit, const ProtectDesk& desk, const Draft& draft) {
    const auto filled = fill(draft.answers, visit.office.scheme, visit.office.clock.now());
    const StepPage p{visit, desk, draft, {}, visit.office.scheme, base::london_date(visit.office.clock.now())};
    visit.looked_at("draft", draft.id, "own");
    visit.why = "You can see this because you are writing it. Nobody else can.";
    std::vector<Html> parts;
    if (!filled.problems.empty()) {
        html::ErrorSummary summary{.title = "Some answers are missing or need a change"};
        for (const auto step : steps_for(draft.answers))
            for (const auto& problem : problems_of(step, filled))
                summary.error_list.push_back(
                    {.text = problem.message,
                     .href = step_address(draft.id, step) + "?return=check#" + problem.field});
        parts.push_back(html::error_summary(summary));
    }
    parts.push_back(html::page_heading("Check your answers", "Refer"));
    parts.push_back(check_step(p, filled));
    if (filled.problems.empty())
        parts.push_back(
            partnership::post_form(visit, "/referrals/new/" + draft.id + "/send",
                                   join(html::para("When you send this, the front door reads it and decides "
                                                   "in time. You will be told."),
                                        html::button({.text = "Send referral", .prevent_double_click = true}))));
    else
        parts.push_back(html::para(
            "What you have written is saved. ",
            html::anchor(
                step_address(draft.id, first_with_problems(draft.answers, filled).value_or(FormStep::about)) +
                    "?return=check",
                "Go to the first answer that is missing"),
            "."));
    parts.push_back(delete_form(visit, draft));
    const auto back = previous_step(FormStep::check, draft.answers);
    return shown(visit, "Check your answers", html::two_thirds(join(parts)),
                 back ? step_address(draft.id, *back) : "", !filled.problems.empty());
}

std::optional<Draft> own_draft(Visit& visit, const ProtectDesk& desk) {
    auto draft = desk.draft(visit.viewer, visit.parameter("draft"));
    if (draft && draft->kind == kReferralDraft) return draft;
    visit.refused("draft", "", "not-own");
    return std::nullopt;
}

http::Response show_step(Visit& visit, const ProtectDesk& desk) {
    const auto step = step_named(visit.parameter("step"));
    const auto draft = step ? own_draft(visit, desk) : std::nullopt;
    if (!draft) return partnership::not_there(visit);
    if (*step == FormStep::check) return check_page(visit, desk, *draft);
    const bool returning = visit.request.query.get("return") == "check";
    Problems problems;
    if (returning)
        problems = problems_of(*step, fill(draft->answers, visit.office.scheme, visit.office.clock.now()));
    return step_page(visit, desk, *draft, *step, problems, returning);
}

std::string after_saving(const Visit& visit, const Draft& draft, FormStep step) {
    const auto& wanted = visit.form.get("do");
    if (wanted == "later") return "/";
    if (wanted == "search") return step_address(draft.id, step);
    // Somebody who came from the check page goes back to it, unless their way through the form has changed.
    if (visit.form.get("return") == "check" && step != FormStep::about && step != FormStep::search)
        return step_address(draft.id, FormStep::check);
    return step_address(draft.id, next_step(step, draft.answers));
}

http::Response save_step(Visit& visit, const ProtectDesk& desk) {
    const auto step = step_named(visit.parameter("step"));
    auto draft = step ? own_draft(visit, desk) : std::nullopt;
    if (!draft || *step == FormStep::check) return partnership::not_there(visit);
    const bool stale = number_field(visit, "version") != draft->version;
    const bool searching = visit.form.get("do") == "search";
    const auto words_before = draft->answers.get("q");
    draft->answers.take(visit.form, fields_of(*step));
    if (*step == FormStep::search && (searching || draft->answers.get("q") != words_before))
        draft->answers.forget("person");
    const auto& person = draft->answers.get("person");
    draft->subject = person == kNobodyChosen || draft->answers.get("subject_kind") == kLocation ? "" : person;
    if (!draft->subject.empty() && !desk.subject(visit.viewer, draft->subject)) {
        draft->answers.forget("person");
        draft->subject.clear();
    }
    const bool returning = visit.form.get("return") == "check";
    if (stale)
        return step_page(visit, desk, *draft, *step,
                         {{std::string(fields_of(*step).front()),
                           "This draft was saved in another window since you opened this page. Your words are "
                           "below: save again to keep them."}},
                         returning);
    if (const auto saved = desk.save_draft(visit.viewer, *draft); !saved.ok())
        return partnership::problem(visit, saved.error());
    if (visit.form.get("do") != "later") {
        auto problems = problems_of(*step, fill(draft->answers, visit.office.scheme, visit.office.clock.now()));
        if (searching) std::erase_if(problems, [](const auto& problem) { return problem.field != "q"; });
        if (!problems.empty()) return step_page(visit, desk, *draft, *step, problems, returning);
    }
    return http::redirect(after_saving(visit, *draft, *step));
}

// --- beginning and ending ---------------------------------------------------------------------------------------

Html drafts_table(const std::vector<Draft>& drafts) {
    html::Table table;
    table.caption = "Your unfinished referrals";
    table.head = html::columns("Saved", "About", "");
    for (const auto& draft : drafts) {
        if (draft.kind != kReferralDraft) continue;
        const auto& a = draft.answers;
        const auto name =
            base::tidy_line(a.get("given_names") + " " + a.get("family_name") + " " + a.get("place_name"));
        table.rows.push_back(
            html::row(html::time_of(draft.updated_at), name.empty() ? "No name yet" : name,
                      html::anchor(step_address(draft.id, FormStep::check), "Go on", "with this referral")));
    }
    return table.rows.empty() ? Html{} : html::working_table(table);
}

http::Response start_page(Visit& visit, const ProtectDesk& desk) {
    const auto& person = visit.request.query.get("person");
    const auto drafts = desk.drafts(visit.viewer);
    visit.looked_at("draft", "", "own", "drafts=" + std::to_string(drafts.size()));
    visit.why = "You see your own drafts here and nobody else’s.";
    const Html body =
        join(html::page_heading("Make a referral"), danger_notice(),
             html::para("Use this for any worry that somebody is being exploited or may be, that a young person "
                        "goes missing, or that a person or a place puts young people at risk."),
             html::para("No worry is too small. You need no proof and nobody’s agreement. You can stop at any "
                        "time and come back."),
             html::para("This referral does not replace a referral to Children’s Social Care. The form will ask "
                        "you about that."),
             partnership::post_form(
                 visit, "/referrals/new",
                 join(hidden("person", person), html::button({.text = "Start now", .is_start_button = true}))),
             drafts_table(drafts));
    return shown(visit, "Make a referral", html::two_thirds(body), "/referrals");
}

http::Response start(Visit& visit, const ProtectDesk& desk) {
    const auto draft = desk.start_referral(visit.viewer, visit.form.get("person"));
    if (!draft.ok()) return partnership::problem(visit, draft.error());
    return http::redirect(step_address(*draft, FormStep::about));
}

http::Response send(Visit& visit, const ProtectDesk& desk) {
    const auto& id = visit.parameter("draft");
    const auto sent = desk.send(visit.viewer, id);
    if (sent.ok()) return http::redirect("/referrals/" + *sent + "/sent");
    if (sent.error().kind == base::ErrorKind::invalid) return http::redirect(step_address(id, FormStep::check));
    return partnership::problem(visit, sent.error());
}

http::Response sent_page(Visit& visit, const ProtectDesk& desk) {
    const auto view = desk.referral(visit.viewer, visit.parameter("id"));
    if (!view) {
        visit.refused("referral", "", "no-relationship");
        return partnership::not_there(visit);
    }
    const auto& r = view->referral;
    visit.looked_at("referral", r.id, view->sight.rule);
    visit.why = why_sentence(view->sight.sentence);
    const auto due = base::display(view->clock.due);
    std::vector<Html> next = {
        join("The front door reads it and decides by ", due, "."),
        html::text("You will see the answer under My work, in plain words."),
        html::text("If anything new happens, make another referral: the two will be joined.")};
    const Html body = join(
        html::panel({.title = "Referral sent", .text = join("Your reference is", el("br"), el("strong", r.ref))}),
        when(r.immediate_danger,
             html::warning_text(
                 {.text = "You said that somebody is in immediate danger. Call 999 now, if you have not."})),
        when(r.csc_question == "not_needed",
             html::inset_text(
                 {.text =
                      "This did not go to Children’s Social Care. If you change your mind, refer to them too."})),
        html::heading(2, "What happens next"), html::bullets(next),
        html::para(html::anchor("/referrals/" + r.id, "See what you sent"), " or ",
                   html::anchor("/", "go to My work"), "."));
    return shown(visit, "Referral sent", html::two_thirds(body));
}

}  // namespace

void add_form_routes(Routes& routes, const ProtectDesk& desk) {
    using partnership::Access, partnership::AuditClass, partnership::Limits, partnership::Permission;
    const auto refer = Access::needs(Permission::refer);
    routes.get(
        "/referrals/new", refer, AuditClass::look(), Limits::page(),
        [&desk](Visit& v) { return start_page(v, desk); }, "referrals");
    routes.post(
        "/referrals/new", refer, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) { return start(v, desk); }, "referrals");
    routes.post(
        "/referrals/new/{draft}/send", refer, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) { return send(v, desk); }, "referrals");
    routes.post(
        "/referrals/new/{draft}/delete", refer, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) {
            const auto gone = desk.delete_draft(v.viewer, v.parameter("draft"));
            return gone.ok() ? http::redirect("/") : partnership::problem(v, gone.error());
        },
        "referrals");
    routes.get(
        "/referrals/new/{draft}/{step}", refer, AuditClass::look(), Limits::page(),
        [&desk](Visit& v) { return show_step(v, desk); }, "referrals");
    routes.post(
        "/referrals/new/{draft}/{step}", refer, AuditClass::change(), Limits::form(),
        [&desk](Visit& v) { return save_step(v, desk); }, "referrals");
    routes.get(
        "/referrals/{id}/sent", refer, AuditClass::look(), Limits::page(),
        [&desk](Visit& v) { return sent_page(v, desk); }, "referrals");
}

}  // namespace rowan::protect::pages
