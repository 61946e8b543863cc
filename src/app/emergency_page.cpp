#include "app/emergency_bundle.h"
#include "html/markup.h"
#include "protect/choices.h"
#include "protect/missing/choices.h"

namespace rowan::app {

namespace {

using html::Html, html::Markup, html::attr, html::cls, html::el, html::href, html::id;

// The one style of a page that is no page of the server: dark on white, prints on paper, no colour says anything
// that words do not.
constexpr html::Literal kHead =
    "<!doctype html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"robots\" content=\"noindex\">\n"
    "<style>body{font:1.1rem/1.5 arial,sans-serif;color:#0b0c0c;background:#fff;max-width:62rem;margin:0 auto;"
    "padding:1rem}"
    "h1{font-size:2rem;margin:.5rem 0}h2{border-top:2px solid;padding-top:1rem;margin-top:2.5rem}h3{margin:0 0 "
    ".5rem}"
    "a{color:#1a5fb4}a:focus{outline:3px solid #0b0c0c;background:#fd0}.note{border-left:.5rem solid "
    "#505a5f;padding:.1rem 1rem}"
    ".scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;"
    "padding:.4rem .8rem .4rem 0;border-bottom:1px solid #b1b4b6}"
    "article{border:2px solid #505a5f;padding:1rem;margin:1rem 0;break-inside:avoid}"
    "dl{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:.3rem 1rem;margin:0}dt{font-weight:bold}"
    "dd{margin:0;overflow-wrap:anywhere}"
    "strong.tag{border:2px solid;padding:0 .4rem}"
    "@media(max-width:40rem){dl{display:block}dd{margin-bottom:.5rem}}@media "
    "print{body{font-size:10pt}}</style>\n";

// A row of a list of facts, or nothing when there is nothing to say.
Html fact(std::string_view name, std::string_view value) {
    return value.empty() ? Html{} : el("dt", name) + el("dd", value);
}

std::string anchor_of(const std::string& person) { return "person-" + person; }

Html named(const std::string& name, const std::string& person) {
    return person.empty() ? html::text(name) : el("a", href("#" + anchor_of(person)), name);
}

Html due(const Bundle::Clock& clock, base::Instant now) {
    auto out = html::text(base::display(clock.due));
    if (clock.due < now) out += html::text(" ") + el("strong", cls("tag"), "Overdue");
    return out;
}

Html missing_now(const Bundle& b) {
    auto out = el("h2", id("missing"), "Missing now");
    if (b.missing.empty()) return out + el("p", "Nobody that may be shown here was missing.");
    for (const auto& m : b.missing) {
        const auto risk =
            m.risk.empty() ? std::string("Not graded") : protect::text_of(protect::missing::risks(), m.risk);
        out += el(
            "article", el("h3", named(m.child.empty() ? "Name not known" : m.child, m.person)),
            el("dl", fact("Risk", risk), fact("State", m.stage), fact("Missing from", base::display(m.since)),
               fact("Age", m.age ? std::to_string(*m.age) : ""), fact("Led by", m.lead_agency),
               fact("Police reference", m.police_ref), fact("Last seen", m.last_seen), fact("Wearing", m.wearing),
               fact("What happened", m.circumstances), fact("Lives at", m.home),
               fact("Often missing", m.often ? "Yes: hold a strategy discussion" : ""), fact("Episode", m.ref)));
    }
    return out;
}

Html table(std::initializer_list<std::string_view> heads, const std::vector<Html>& rows) {
    std::vector<Html> cells;
    for (const auto head : heads) cells.push_back(el("th", attr("scope", "col"), head));
    return el("div", cls("scroll"), attr("tabindex", "0"), attr("role", "region"), attr("aria-label", "Table"),
              el("table", el("thead", el("tr", cells)), el("tbody", rows)));
}

Html clocks(const Bundle& b) {
    auto out = el("h2", id("clocks"), "What is due");
    if (b.clocks.empty()) return out + el("p", "Nothing that may be shown here was due.");
    std::vector<Html> rows;
    for (const auto& c : b.clocks) {
        auto about = named(c.about, c.person);
        if (c.danger) about += html::text(" ") + el("strong", cls("tag"), "Immediate danger");
        if (!c.note.empty()) about += el("p", c.note);
        rows.push_back(el("tr", el("td", due(c, b.made_at)), el("td", c.what), el("td", about), el("td", c.ref)));
    }
    return out + table({"Due", "What", "About", "Reference"}, rows);
}

Html whom_to_ring(const partnership::Scheme& scheme) {
    std::vector<Html> rows;
    const auto row = [&](std::string_view who, const partnership::Contact& c) {
        if (c.phone.empty() && c.email.empty()) return;
        rows.push_back(el("tr", el("td", who), el("td", c.role), el("td", c.phone), el("td", c.hours)));
    };
    for (const auto& contact : scheme.contacts) row(scheme.name, contact);
    for (const auto& agency : scheme.agencies) row(agency.name, agency.contact);
    for (const auto& home : scheme.homes) row(home.name, home.contact);
    return el("h2", id("contacts"), "Whom to ring") + table({"Agency", "Who", "Telephone", "When"}, rows);
}

Html person(const Bundle::YoungPerson& y, base::Instant now) {
    auto facts = fact("Reference", y.ref) + fact("Known as", y.known_as) + fact("Born", y.born);
    facts += fact("Level of risk", y.risk.empty() ? "" : y.risk + ", since " + y.risk_since);
    for (const auto& c : y.clocks)
        facts += el("dt", c.what) + el("dd", "Due ", due(c, now), html::text(" (" + c.ref + ")"));
    for (const auto& flag : y.flags) facts += fact("Flag", flag);
    facts += fact("Address", y.address) + fact("Telephone", y.phone);
    if (y.address_kept_back)
        facts += fact("Address", "Kept back: this record is protected. Ask who is named on it.");
    for (const auto& agency : y.agencies) facts += fact("Known to", agency);
    return el("article", id(anchor_of(y.person)), el("h3", y.name), el("dl", facts));
}

}  // namespace

std::string bundle_page(const partnership::Scheme& scheme, const Bundle& b, std::string_view program) {
    const auto made = base::display(b.made_at);
    const auto title = "Emergency bundle of " + made;
    Markup page(1 << 16);
    page.raw(kHead).html(el("title", title + ": " + scheme.name)).raw("\n</head>\n<body>\n<main>\n");
    page.html(el("p", el("strong", scheme.marking), html::text(scheme.marking.empty() ? "" : ". "),
                 html::text(scheme.handling)));
    page.html(el("h1", title));
    page.html(el("p", scheme.name));
    Html readers;
    for (const auto& reader : b.readers) readers += el("li", reader);
    page.html(
        el("div", cls("note"),
           el("p", "This is how it stood on ", el("strong", made),
              ". It does not change: what has happened since is not in it. Write down on paper what you do, and "
              "enter it when Rowan is back."),
           el("p",
              "Young people on protected records are not in it, and of those with a safe address neither the "
              "address nor what was written. Ring the front door about them."),
           el("p", "Made for these people, and nobody else may read it:"), el("ul", readers),
           el("p", "Delete this file, and every print of it, when Rowan is back.")));
    page.html(el("nav", attr("aria-label", "Contents"),
                 el("ul", el("li", el("a", href("#missing"), "Missing now"), " (", b.missing.size(), ")"),
                    el("li", el("a", href("#clocks"), "What is due"), " (", b.clocks.size(), ")"),
                    el("li", el("a", href("#people"), "Young people"), " (", b.people.size(), ")"),
                    el("li", el("a", href("#contacts"), "Whom to ring")))));
    page.html(missing_now(b)).html(clocks(b)).html(el("h2", id("people"), "Young people whose case is open"));
    if (b.people.empty()) page.html(el("p", "There is nobody that may be shown here."));
    for (const auto& young : b.people) page.html(person(young, b.made_at));
    page.html(whom_to_ring(scheme));
    page.html(el("p", "Made by Rowan ", program, ".")).raw("\n</main>\n</body>\n</html>\n");
    return page.take().release();
}

}  // namespace rowan::app
