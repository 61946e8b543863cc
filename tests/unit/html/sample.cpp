#include "unit/html/sample.h"

#include "html/casework.h"
#include "html/charts.h"

namespace rowan::html::sample {

namespace {
const base::Instant kNow =
    base::from_london(base::Date{std::chrono::year{2026}, std::chrono::November, std::chrono::day{21}}, 14, 30);
base::Instant in_hours(int hours) { return kNow + std::chrono::hours(hours); }
}  // namespace

PageFrame frame() {
    return {.title = "My work",
            .partnership = "Solihull Safeguarding Children Partnership",
            .demonstration = "This is a demonstration. Everyone in it is invented.",
            .person = WhoAmI{.name = "Amira Hussain",
                             .role = "Exploitation coordinator",
                             .agency = "Children's social care",
                             .csrf_token = "t0ken"},
            .navigation = {{"My work", "/"},
                           {"People", "/people", true},
                           {"Referrals", "/referrals"},
                           {"Missing", "/missing"},
                           {"Panels", "/panels"},
                           {"Intelligence", "/intelligence"},
                           {"Prevention", "/prevention"},
                           {"Performance", "/performance"},
                           {"Administration", "/admin"}},
            .why = "You may see this because you are in the team around Bee.",
            .look_recorded = true,
            .marking = "OFFICIAL-SENSITIVE"};
}

Html record() {
    Html bar = identity_bar({.name = "Beatrice Example",
                             .facts = {"Known as Bee", "15 years", "she/her", "RWN-0042-7", "Castle Bromwich"},
                             .tags = {tag({.text = "High risk", .classes = "rowan-tag--berry"}),
                                      tag({.text = "Missing now", .classes = "rowan-tag--berry"}),
                                      tag({.text = "Looked after", .classes = "rowan-tag--leaf"}),
                                      tag({.text = "Child protection plan", .classes = "rowan-tag--leaf"})},
                             .actions = {button({.text = "Review the risk", .href = "/people/42/review"})}});
    Html side = side_navigation({.sections = {{"",
                                               {{"Overview", "#", true},
                                                {"Chronology", "#", false, 48},
                                                {"Risk", "#"},
                                                {"Missing", "#", false, 3},
                                                {"Plan", "#"},
                                                {"Meetings and actions", "#"},
                                                {"People and places", "#"},
                                                {"Their voice", "#"},
                                                {"Records held by agencies", "#"},
                                                {"Who has looked", "#"}}}}});
    Html work = work_list({{clock_tag({.due = in_hours(-6), .now = kNow}), "Return interview", "/interviews/7",
                            "Bee came home on Friday at 9:15am; the 72 hours ended this morning"},
                           {clock_tag({.due = in_hours(5), .now = kNow}), "Strategy discussion", "/meetings/9",
                            "Police asked for it today"},
                           {clock_tag({.due = in_hours(24 * 9), .now = kNow}), "Risk review", "/reviews/3",
                            "Every 12 weeks while the risk is high"}},
                          "Nothing is waiting for you.");
    Html summary =
        summary_list({.rows = {summary_row("Trusted person", "Callum, youth worker, 07700 900123", "/x"),
                               summary_row("Lead", "Amira Hussain, social care", "/y"),
                               summary_row("NHS number", "999 000 0018", "/z")}});
    Html story = timeline(
        {.items = {{.title = "Seen at Chelmsley Wood",
                    .byline = "by PC Daniel Okafor, Police",
                    .at = in_hours(-30),
                    .description = "With two older boys.\nShe said she was fine."},
                   {.title = "School absence",
                    .byline = "by Holly Marsh, Education",
                    .on = base::Date{std::chrono::year{2026}, std::chrono::November, std::chrono::day{18}},
                    .description = "Whole day; no reason given."}}});
    return join(
        bar, alerts({"Do not visit 4 Elm Close.", "Her father must not be told of this referral."}),
        record_layout(side, join(heading(2, "What happens next"), work, heading(2, "Who is with her"), summary,
                                 heading(2, "What happened"), story,
                                 details({.summary = "What do the risk levels mean?",
                                          .text = "High: there is evidence that harm is happening now."}))));
}

Html list() {
    Sorting sorting{.column = "due", .descending = false, .base = "/referrals?risk=high"};
    Table made{.caption = "Referrals",
               .head = {sort_head("Young person", "name", sorting),
                        sort_head("From", "agency", sorting),
                        sort_head("Age", "age", sorting, true),
                        sort_head("Screening due", "due", sorting),
                        {.text = "Status"}},
               .first_cell_is_header = true};
    const char* names[] = {"Aiden Sample",   "Beatrice Example", "Chidi Specimen", "Dana Placeholder",
                           "Ewa Fictitious", "Farid Invented",   "Gwen Madeup",    "Hana Pretend",
                           "Idris Notional", "Jo Imaginary",     "Kemi Supposed",  "Lewis Assumed"};
    int n = 0;
    for (const char* name : names) {
        ++n;
        made.rows.push_back(row(anchor("/people/" + std::to_string(n), name),
                                n % 3 ? "Arden Academy" : "West Midlands Police", numeric(11 + n % 7),
                                clock_tag({.due = in_hours(n * 9 - 30), .now = kNow}),
                                tag({.text = n % 2 ? "Waiting for screening" : "Screened",
                                     .classes = n % 2 ? "rowan-tag--amber" : "rowan-tag--leaf"})));
    }
    Html side =
        filter({.action = "/referrals",
                .selected = {{"Risk", "High", "/referrals"}},
                .clear_href = "/referrals",
                .options = join(
                    input({.name = "q", .label = {.text = "Name or reference"}}),
                    checkboxes({.name = "status",
                                .fieldset = {{.legend = {.text = "Status"}}},
                                .items = {{.value = "new", .text = "Waiting for screening"},
                                          {.value = "done", .text = "Screened"}},
                                .values = {"new"},
                                .classes = "govuk-checkboxes--small"}),
                    html::select({.name = "agency",
                                  .label = {.text = "Agency"},
                                  .items = {{.value = "", .text = "All"}, {.value = "wmp", .text = "Police"}}})),
                .keep = {{"sort", "due"}}});
    return join(page_heading("Referrals"),
                list_layout(side, join(list_count(1, 12, 2031, "referrals"), working_table(made),
                                       page_links(1, 41, "/referrals?risk=high"))));
}

Html form_page() {
    Html fields = join(
        radios({.name = "now",
                .fieldset = {{.legend = {.text = "Is she safe now?", .classes = "govuk-fieldset__legend--m"}}},
                .error_message = {.text = "Say whether she is safe now"},
                .items = {{.value = "yes", .text = "Yes"},
                          {.value = "no",
                           .text = "No",
                           .conditional =
                               textarea({.name = "why", .label = {.text = "What is the danger?"}, .rows = 3})},
                          {.divider = "or"},
                          {.value = "unknown", .text = "I do not know"}}}),
        date_input({.id = "dob",
                    .name_prefix = "dob",
                    .fieldset = {{.legend = {.text = "Date of birth", .classes = "govuk-fieldset__legend--m"}}},
                    .hint = {.text = "For example, 27 3 2011"},
                    .error_message = {.text = "The date of birth must be in the past"},
                    .year = DateInputItem{.value = "2041", .classes = "govuk-input--width-4", .error = true},
                    .values = {{"day", "3"}, {"month", "4"}}}),
        input({.name = "phone",
               .label = {.text = "Phone number of the carer"},
               .value = "07700 900 123",
               .inputmode = "tel",
               .classes = "govuk-input--width-20"}),
        character_count({.name = "worry", .label = {.text = "What are you worried about?"}, .maxlength = 2000}),
        file_upload({.name = "papers", .label = {.text = "Anything in writing"}}),
        button_group({button({.text = "Send referral", .prevent_double_click = true}),
                      anchor("/referrals", "Save and come back later")}));
    return two_thirds(join(error_summary({.error_list = {{"Say whether she is safe now", "#now"},
                                                         {"The date of birth must be in the past", "#dob-year"}}}),
                           page_heading("Refer a young person"),
                           form({.action = "/referrals/new", .csrf_token = "t0ken", .files = true}, fields)));
}

Html figures() {
    Html numbers = stats({{.number = "412",
                           .label = "young people open today",
                           .href = "/people?open=1",
                           .known = 380,
                           .of = 412,
                           .note = "12 more than last quarter",
                           .how_href = "/how/open"},
                          {.number = "84%", .label = "known to one agency only", .href = "/people?agencies=1"},
                          {.number = "3", .label = "return interviews overdue", .href = "/clocks?overdue=1"}});
    Html upset =
        upset_chart({.id = "known",
                     .title = "Who knows the young people at risk",
                     .count_heading = "Young people",
                     .sets = {"Police", "Social care", "Health", "Education", "Housing"},
                     .columns = {{.members = {0}, .count = 171, .href = "/people?known=police", .marked = true},
                                 {.members = {1}, .count = 104, .href = "/people?known=care", .marked = true},
                                 {.members = {3}, .count = 71, .href = "/people?known=edu", .marked = true},
                                 {.members = {0, 1}, .count = 38, .href = "/people?known=police,care"},
                                 {.members = {0, 1, 3}, .count = 19, .href = "/x"},
                                 {.members = {1, 2}, .count = 9, .href = "/y"}}});
    Html match = waterfall({.caption = "Why these two may be the same person",
                            .start = -12.5,
                            .steps = {{.label = "Date of birth", .found = "The same", .weight = 11.5},
                                      {.label = "Surname", .found = "The same, and rare", .weight = 9.2},
                                      {.label = "First name", .found = "Different: Bee, Beatrice", .weight = -3},
                                      {.label = "Postcode", .found = "The same district", .weight = 4.1}},
                            .total_words = "998 in 1,000 pairs like this are one person"});
    Html pair = comparison({.caption = "The two records",
                            .left_heading = "Police, 3 March",
                            .right_heading = "School, 9 May",
                            .rows = {{"Name", "Bee Example", "Beatrice Example", Likeness::similar},
                                     {"Date of birth", "3 April 2011", "3 April 2011", Likeness::same},
                                     {"Phone", "07700 900123", "", Likeness::missing},
                                     {"Address", "4 Elm Close", "19 Oak Road", Likeness::different}}});
    Html keys =
        form({.action = "/pairs/7", .csrf_token = "t0ken"},
             button_group({key_button({.text = "Same person", .name = "answer", .value = "same", .key = "1"}),
                           key_button({.text = "Different people",
                                       .name = "answer",
                                       .value = "different",
                                       .key = "2",
                                       .classes = "govuk-button--secondary"}),
                           key_button({.text = "Not sure",
                                       .name = "answer",
                                       .value = "unsure",
                                       .key = "3",
                                       .classes = "govuk-button--secondary"})}));
    Html trend =
        trend_chart({.id = "missing",
                     .title = "Missing episodes a month",
                     .value_heading = "Episodes",
                     .points = {{"May", 41}, {"Jun", 38}, {"Jul", 55}, {"Aug", 61}, {"Sep", 44}, {"Oct", 72}},
                     .mean = 50,
                     .lower_limit = 31,
                     .upper_limit = 69});
    Html areas =
        bar_list({.caption = "Where they live",
                  .label_heading = "Area",
                  .value_heading = "Young people",
                  .items = {{"Chelmsley Wood", 88, "", "/people?area=cw"}, {"Shirley", 41}, {"Knowle", 9}}});
    return join(
        page_heading("Problem profile", "April to September 2026"), numbers, upset, trend, areas,
        heading(2, "Same person?"), pair, match, keys,
        notification_banner({.text = "The pair has been linked.", .type = "success", .disable_auto_focus = true}),
        task_list({.items = {{.title = {.text = "About the young person"}, .status = "Completed", .href = "#a"},
                             {.title = {.text = "What worries you"},
                              .hint = "About five minutes",
                              .status_tag = Tag{.text = "Not started", .classes = "govuk-tag--blue"},
                              .href = "#b"}}}));
}

}  // namespace rowan::html::sample
