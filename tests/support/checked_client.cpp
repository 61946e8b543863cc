#include "support/checked_client.h"

#include "base/text.h"
#include "html/assets.h"
#include "html/page.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace rowan::support {

namespace {

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}
bool is_void(std::string_view name) {
    return is_one_of(name, {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source",
                            "track", "wbr"});
}
bool ends_a_paragraph(std::string_view name) {
    return is_one_of(
        name, {"address", "article", "aside", "blockquote", "details", "div",   "dl",     "fieldset", "figure",
               "footer",  "form",    "h1",    "h2",         "h3",      "h4",    "header", "hr",       "main",
               "nav",     "ol",      "p",     "pre",        "section", "table", "ul"});
}
bool space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

std::string squeezed(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (!space(c))
            out += c;
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
    while (out.ends_with(' ')) out.pop_back();
    return out;
}

class Reader {
public:
    explicit Reader(std::string_view html) : html_(html) {}

    Document read() {
        constexpr std::string_view kDoctype = "<!DOCTYPE html>";
        if (html_.starts_with(kDoctype))
            at_ = kDoctype.size();
        else
            fault("doctype: the page does not begin with <!DOCTYPE html>");
        while (at_ < html_.size()) html_[at_] == '<' ? tag() : text();
        for (const int open : open_)
            fault("balance: <" + out_.elements[static_cast<std::size_t>(open)].name + "> is never closed");
        return std::move(out_);
    }

private:
    void fault(std::string sentence) {
        if (out_.faults.size() < 20) out_.faults.push_back(std::move(sentence));
    }
    bool more() const { return at_ < html_.size(); }
    std::string name_here() {
        std::string name;
        while (more() && !space(html_[at_]) && html_[at_] != '>' && html_[at_] != '/' && html_[at_] != '=' &&
               html_[at_] != '"')
            name += html_[at_++];
        return name;
    }
    void skip_space() {
        while (more() && space(html_[at_])) ++at_;
    }

    // Decodes from `at_` until `end`; what is not an entity is a fault.
    std::string decoded(std::string_view raw) {
        static const std::map<std::string_view, std::string_view> kNamed = {
            {"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"nbsp", " "}, {"apos", "'"}};
        std::string out;
        for (std::size_t i = 0; i < raw.size();) {
            if (raw[i] != '&') {
                out += raw[i++];
                continue;
            }
            const auto end = raw.find(';', i);
            const auto name = end == std::string_view::npos || end - i > 10 ? std::string_view{}
                                                                            : raw.substr(i + 1, end - i - 1);
            if (const auto known = kNamed.find(name); known != kNamed.end()) {
                out += known->second;
            } else if (name.size() > 1 && name[0] == '#') {
                const bool hex = name[1] == 'x';
                const auto code =
                    std::strtoul(std::string(name.substr(hex ? 2 : 1)).c_str(), nullptr, hex ? 16 : 10);
                if (code > 0 && code < 128) out += static_cast<char>(code);
            } else {
                fault("entity: a bare ampersand in \"" + std::string(raw.substr(i, 20)) + "\"");
                out += raw[i++];
                continue;
            }
            i = end + 1;
        }
        return out;
    }

    void text() {
        const auto end = std::min(html_.find('<', at_), html_.size());
        const auto said = decoded(html_.substr(at_, end - at_));
        if (open_.empty() && !squeezed(said).empty())
            fault("balance: text outside the page: " + squeezed(said).substr(0, 40));
        out_.text += said;
        at_ = end;
    }

    void tag() {
        if (html_.substr(at_, 2) == "</") return closing();
        if (at_ + 1 >= html_.size() || !std::isalpha(static_cast<unsigned char>(html_[at_ + 1]))) {
            fault("balance: a \"<\" that opens no tag: " + std::string(html_.substr(at_, 20)));
            out_.text += html_[at_++];
            return;
        }
        ++at_;
        Element element;
        element.name = name_here();
        element.parent = open_.empty() ? -1 : open_.back();
        const bool closed = attributes(element);
        placed(element);
        // A word on each side of a tag that breaks the line is two words.
        if (is_one_of(element.name, {"br", "p", "div", "li", "dt", "dd", "td", "th", "tr"})) out_.text += ' ';
        element.text_from = element.text_to = out_.text.size();
        const auto name = element.name;
        out_.elements.push_back(std::move(element));
        const int index = static_cast<int>(out_.elements.size()) - 1;
        if (is_void(name)) return;
        if (closed) {
            if (!in("svg") && name != "svg") fault("balance: <" + name + "/> closes nothing in HTML");
            return;
        }
        open_.push_back(index);
        if (name == "script" || name == "style") {
            const auto end = std::min(html_.find("</" + name, at_), html_.size());
            out_.text += html_.substr(at_, end - at_);
            at_ = end;
        }
    }

    // True when it ends with "/>".
    bool attributes(Element& element) {
        while (true) {
            const auto before = at_;
            skip_space();
            if (!more()) return fault("balance: <" + element.name + " never ends"), false;
            if (html_[at_] == '>') return ++at_, false;
            if (html_.substr(at_, 2) == "/>") return at_ += 2, true;
            if (before == at_)
                fault("attribute: no space before \"" + std::string(html_.substr(at_, 20)) + "\" in <" +
                      element.name + ">");
            const auto name = name_here();
            if (name.empty()) {
                fault("attribute: cannot read \"" + std::string(html_.substr(at_, 20)) + "\" in <" + element.name +
                      ">");
                ++at_;
                continue;
            }
            std::string value;
            if (more() && html_[at_] == '=') {
                ++at_;
                if (more() && html_[at_] == '"') {
                    const auto end = std::min(html_.find('"', at_ + 1), html_.size());
                    value = decoded(html_.substr(at_ + 1, end - at_ - 1));
                    at_ = std::min(end + 1, html_.size());
                } else {
                    fault("attribute: " + name + " of <" + element.name + "> is not quoted");
                    while (more() && !space(html_[at_]) && html_[at_] != '>') value += html_[at_++];
                }
            }
            if (element.attribute(name)) fault("attribute: <" + element.name + "> has " + name + " twice");
            element.attributes.emplace_back(name, std::move(value));
        }
    }

    void closing() {
        at_ += 2;
        const auto name = name_here();
        skip_space();
        if (more() && html_[at_] == '>') ++at_;
        if (open_.empty() || out_.elements[static_cast<std::size_t>(open_.back())].name != name) {
            fault("balance: </" + name + "> where " +
                  (open_.empty() ? std::string("nothing")
                                 : "<" + out_.elements[static_cast<std::size_t>(open_.back())].name + ">") +
                  " is open");
            const auto found = std::find_if(open_.rbegin(), open_.rend(), [&](int i) {
                return out_.elements[static_cast<std::size_t>(i)].name == name;
            });
            if (found == open_.rend()) return;
            open_.erase(found.base(), open_.end());
        }
        if (is_one_of(name, {"p", "div", "li", "dt", "dd", "td", "th", "h1", "h2", "h3", "label", "legend"}))
            out_.text += ' ';
        out_.elements[static_cast<std::size_t>(open_.back())].text_to = out_.text.size();
        open_.pop_back();
    }

    bool in(std::string_view name) const {
        return std::any_of(open_.begin(), open_.end(),
                           [&](int i) { return out_.elements[static_cast<std::size_t>(i)].name == name; });
    }
    // What a parser would move elsewhere.
    void placed(const Element& element) {
        const std::string parent = open_.empty() ? "" : out_.elements[static_cast<std::size_t>(open_.back())].name;
        if (ends_a_paragraph(element.name) && in("p")) fault("nesting: <" + element.name + "> inside <p>");
        if (element.name == "form" && in("form")) fault("nesting: a form inside a form");
        if (is_one_of(element.name, {"a", "button", "input", "select", "textarea"}) && (in("a") || in("button")))
            fault("nesting: <" + element.name + "> inside a link or a button");
        if (element.name == "li" && parent != "ul" && parent != "ol")
            fault("nesting: <li> inside <" + parent + ">");
        if (is_one_of(element.name, {"td", "th"}) && parent != "tr")
            fault("nesting: <" + element.name + "> inside <" + parent + ">");
        if (element.name == "tr" && !is_one_of(parent, {"thead", "tbody", "tfoot"}))
            fault("nesting: <tr> inside <" + parent + ">");
        if ((parent == "ul" || parent == "ol") && element.name != "li")
            fault("nesting: <" + element.name + "> right inside <" + parent + ">");
        if (is_one_of(element.name, {"dt", "dd"}) && parent != "dl" && parent != "div")
            fault("nesting: <" + element.name + "> inside <" + parent + ">");
    }

    std::string_view html_;
    std::size_t at_ = 0;
    std::vector<int> open_;
    Document out_;
};

bool typed_by_people(const Element& e) {
    if (e.name == "select" || e.name == "textarea") return true;
    return e.name == "input" && !is_one_of(e.get("type"), {"hidden", "submit", "button", "image", "reset"});
}

class PageCheck {
public:
    PageCheck(const http::Response& response, const PageContext& context)
        : response_(response), context_(context), page_(read_html(response.body)), out_(page_.faults) {}

    std::vector<std::string> run() {
        headings();
        ids();
        labels();
        forms();
        scripts();
        links();
        images_and_tables();
        frame();
        for (auto& each : header_faults(response_)) out_.push_back(std::move(each));
        return std::move(out_);
    }

private:
    void fault(std::string sentence) { out_.push_back(std::move(sentence)); }

    void headings() {
        const auto html = page_.all("html");
        if (html.size() != 1 || html.front()->get("lang") != "en")
            fault("lang: the page does not say that it is in English");
        const auto h1 = page_.all("h1");
        if (h1.size() != 1) return fault("h1: " + std::to_string(h1.size()) + " first headings");
        const auto heading = page_.text_of(*h1.front());
        if (heading.empty()) fault("h1: the first heading is empty");
        const auto titles = page_.all("title");
        const auto title = titles.empty() ? "" : page_.text_of(*titles.front());
        if (!title.starts_with(heading) && !title.starts_with("Error: " + heading))
            fault("title: \"" + title + "\" does not begin with the heading \"" + heading + "\"");
        int last = 1;
        for (const auto& e : page_.elements)
            if (e.name.size() == 2 && e.name[0] == 'h' && e.name[1] >= '1' && e.name[1] <= '6') {
                if (e.name[1] - '0' > last + 1)
                    fault("headings: <" + e.name + "> after <h" + std::to_string(last) + ">: \"" +
                          page_.text_of(e) + "\"");
                last = e.name[1] - '0';
            }
        if (page_.all("main").size() != 1) fault("main: not exactly one main part");
    }

    void ids() {
        std::set<std::string> seen;
        for (const auto& e : page_.elements)
            if (const auto* id = e.attribute("id")) {
                if (id->empty() || std::any_of(id->begin(), id->end(), space))
                    fault("id: \"" + *id + "\" is no id");
                if (!seen.insert(*id).second) fault("id: \"" + *id + "\" twice");
            }
        for (const auto& e : page_.elements)
            for (const auto* name : {"aria-describedby", "aria-labelledby", "aria-controls"})
                for (const auto& id : base::split(e.get(name), ' '))
                    if (!id.empty() && !seen.contains(id))
                        fault("aria: " + std::string(name) + " points to \"" + id + "\", which is not there");
    }

    void labels() {
        std::set<std::string> labelled;
        for (const auto* label : page_.all("label")) {
            const auto& wanted = label->get("for");
            const auto* target = page_.by_id(wanted);
            if (!target || !typed_by_people(*target)) fault("label: for \"" + wanted + "\", which is no field");
            if (page_.text_of(*label).empty()) fault("label: empty, for \"" + wanted + "\"");
            labelled.insert(wanted);
        }
        for (const auto& e : page_.elements) {
            if (!typed_by_people(e)) continue;
            if (!labelled.contains(e.get("id")) && e.get("aria-label").empty() && e.get("aria-labelledby").empty())
                fault("label: nothing says what \"" + e.get("name") + "\" is");
            if (e.get("name").empty()) fault("label: a field without a name");
        }
        for (const auto* fieldset : page_.all("fieldset")) {
            const bool legend = std::any_of(page_.elements.begin(), page_.elements.end(), [&](const Element& e) {
                return e.name == "legend" && page_.inside(e, *fieldset);
            });
            if (!legend && fieldset->get("aria-label").empty() && fieldset->get("aria-labelledby").empty())
                fault("legend: a group of fields without a legend");
        }
    }

    bool known(http::Method method, std::string_view address) const {
        const auto path = address.substr(0, address.find_first_of("?#"));
        if (path.starts_with("/assets/")) return html::find_asset(path) != nullptr;
        return !context_.routes || context_.routes->find(method, path).route;
    }

    void forms() {
        for (const auto* form : page_.all("form")) {
            const auto& action = form->get("action");
            const bool post = form->get("method") == "post";
            if (action.empty() || action[0] != '/')
                fault("form: action \"" + action + "\"");
            else if (!known(post ? http::Method::post : http::Method::get, action))
                fault("route: a form goes to " + action + ", which nothing answers");
            int tokens = 0;
            bool button = false;
            for (const auto& e : page_.elements) {
                if (!page_.inside(e, *form)) continue;
                tokens += e.name == "input" && e.get("name") == html::kCsrfField && e.get("type") == "hidden" &&
                          (!e.get("value").empty() || !context_.signed_in);
                button |= (e.name == "button" || e.name == "input") && e.get("type") == "submit";
            }
            if (post && tokens != 1)
                fault("csrf: the form to " + action + " holds " + std::to_string(tokens) + " tokens");
            if (!post && tokens > 0) fault("csrf: the form to " + action + " puts the token into the address");
            if (!button) fault("form: nothing to send " + action + " with");
        }
        for (const auto* button : page_.all("button"))
            if (page_.text_of(*button).empty() && button->get("aria-label").empty())
                fault("button: a button without words");
    }

    void scripts() {
        for (const auto& e : page_.elements) {
            if (e.name == "style") fault("inline: a style element");
            if (e.name == "script" && (!e.attribute("src") || !page_.text_of(e).empty()))
                fault("inline: a script in the page");
            for (const auto& [name, value] : e.attributes) {
                if (name == "style") fault("inline: style=\"" + value.substr(0, 40) + "\"");
                if (name.starts_with("on")) fault("inline: " + name);
                if (is_one_of(name, {"href", "src", "action"}) && base::fold(value).starts_with("javascript"))
                    fault("inline: a script in an address");
            }
        }
    }

    void links() {
        for (const auto& e : page_.elements) {
            for (const auto* name : {"href", "src"}) {
                const auto* address = e.attribute(name);
                if (!address) continue;
                if (address->starts_with("#")) {
                    if (address->size() < 2 || !page_.by_id(std::string_view(*address).substr(1)))
                        fault("link: " + *address + " points to nothing on this page");
                } else if (address->starts_with("//") || !address->starts_with("/")) {
                    // A way out of Rowan is a choice, and tells nobody where the reader came from.
                    const bool way_out =
                        e.name == "a" && address->starts_with("https://") && e.get("rel") == "noreferrer";
                    if (way_out) continue;
                    if (!address->starts_with("mailto:") && !address->starts_with("tel:"))
                        fault("link: \"" + *address + "\" leads elsewhere or nowhere");
                } else if (!known(http::Method::get, *address)) {
                    fault("route: " + *address + ", which nothing answers");
                }
            }
            if (e.name == "a" && page_.text_of(e).empty() && e.get("aria-label").empty())
                fault("link: without words, to " + e.get("href"));
        }
    }

    void images_and_tables() {
        for (const auto* img : page_.all("img"))
            if (!img->attribute("alt")) fault("alt: an image without alt");
        for (const auto* table : page_.all("table")) {
            const auto has = [&](std::string_view name) {
                return std::any_of(page_.elements.begin(), page_.elements.end(), [&](const Element& e) {
                    return e.name == name && page_.inside(e, *table) &&
                           (name == "th" || !page_.text_of(e).empty());
                });
            };
            if (!has("caption") && table->get("aria-label").empty() && table->get("aria-labelledby").empty())
                fault("table: without a caption");
            if (!has("th")) fault("table: without a heading");
        }
    }

    void frame() {
        if (!context_.signed_in) return;
        const auto footers = page_.all("footer");
        const auto footer = footers.empty() ? "" : page_.text_of(*footers.front());
        const bool marked = std::any_of(page_.elements.begin(), page_.elements.end(), [&](const Element& e) {
            return page_.has_class(e, "rowan-marking") && page_.text_of(e) == context_.marking;
        });
        if (!marked) fault("marking: " + context_.marking + " is not at the foot");
        if (!context_.shows_people) return;
        if (footer.find("This look has been recorded.") == std::string::npos)
            fault("why: the foot does not say that this look was recorded");
        if (!footer.starts_with("You ") && !footer.starts_with("This is your own work"))
            fault("why: the foot does not say why the viewer may see this");
    }

    const http::Response& response_;
    const PageContext& context_;
    Document page_;
    std::vector<std::string> out_;
};

std::string hex_value(const Document& page, std::string_view field) {
    for (const auto& e : page.elements)
        if (e.name == "input" && e.get("name") == field) return e.get("value");
    return "";
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            out += static_cast<char>(std::strtoul(std::string(text.substr(i + 1, 2)).c_str(), nullptr, 16));
            i += 2;
        } else {
            out += text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

}  // namespace

const std::string* Element::attribute(std::string_view wanted) const {
    for (const auto& [name, value] : attributes)
        if (name == wanted) return &value;
    return nullptr;
}

const std::string& Element::get(std::string_view wanted) const {
    static const std::string none;
    const auto* found = attribute(wanted);
    return found ? *found : none;
}

std::string Document::text_of(const Element& e) const {
    auto out = squeezed(std::string_view(text).substr(e.text_from, e.text_to - e.text_from));
    return out.starts_with(' ') ? out.substr(1) : out;
}

const Element* Document::by_id(std::string_view id) const {
    const auto found = std::find_if(elements.begin(), elements.end(),
                                    [&](const Element& e) { return !id.empty() && e.get("id") == id; });
    return found == elements.end() ? nullptr : &*found;
}

bool Document::inside(const Element& e, const Element& ancestor) const {
    for (int at = e.parent; at >= 0; at = elements[static_cast<std::size_t>(at)].parent)
        if (&elements[static_cast<std::size_t>(at)] == &ancestor) return true;
    return false;
}

std::vector<const Element*> Document::all(std::string_view name) const {
    std::vector<const Element*> out;
    for (const auto& e : elements)
        if (e.name == name) out.push_back(&e);
    return out;
}

bool Document::has_class(const Element& e, std::string_view wanted) const {
    const auto names = base::split(e.get("class"), ' ');
    return std::find(names.begin(), names.end(), wanted) != names.end();
}

Document read_html(std::string_view html) { return Reader(html).read(); }

std::vector<std::string> header_faults(const http::Response& response, bool asset) {
    std::vector<std::string> out;
    const auto only = [&](std::string_view name) {
        std::vector<std::string> found;
        for (const auto& [key, value] : response.headers)
            if (base::fold(key) == base::fold(name)) found.push_back(value);
        if (found.size() != 1)
            out.push_back("header: " + std::string(name) + " comes " + std::to_string(found.size()) + " times");
        return found.empty() ? std::string{} : found.front();
    };
    const auto must_be = [&](std::string_view name, std::string_view value) {
        if (const auto found = only(name); !found.empty() && found != value)
            out.push_back("header: " + std::string(name) + " is " + found);
    };
    const auto csp = only("Content-Security-Policy");
    for (const auto* part : {"default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'",
                             "frame-ancestors 'none'", "base-uri 'none'"})
        if (csp.find(part) == std::string::npos)
            out.push_back("header: Content-Security-Policy lacks " + std::string(part));
    for (const auto* part : {"unsafe", "http:", "https:", "data:", "*"})
        if (csp.find(part) != std::string::npos)
            out.push_back("header: Content-Security-Policy allows " + std::string(part));
    must_be("X-Content-Type-Options", "nosniff");
    must_be("Referrer-Policy", "same-origin");
    must_be("Cross-Origin-Opener-Policy", "same-origin");
    must_be("Cross-Origin-Resource-Policy", "same-origin");
    must_be("X-Robots-Tag", "noindex, nofollow");
    only("Permissions-Policy");
    if (!asset) must_be("Cache-Control", "no-store");
    return out;
}

std::vector<std::string> faults_of(const http::Response& response, const PageContext& context) {
    return PageCheck(response, context).run();
}

std::string Answer::header(std::string_view name) const {
    for (const auto& [key, value] : response.headers)
        if (base::fold(key) == base::fold(name)) return value;
    return "";
}

http::Request CheckedClient::request(http::Method method, const std::string& address, const Form& form) {
    http::Request out;
    out.method = method;
    const auto mark = address.find('?');
    out.path = percent_decoded(address.substr(0, mark));
    if (mark != std::string::npos)
        for (const auto& pair : base::split(address.substr(mark + 1, address.find('#') - mark - 1), '&')) {
            if (pair.empty()) continue;
            const auto equals = pair.find('=');
            out.query.add(percent_decoded(pair.substr(0, equals)),
                          equals == std::string::npos ? "" : percent_decoded(pair.substr(equals + 1)));
        }
    out.headers.add("host", "rowan.example");
    if (method == http::Method::post) {
        out.headers.add("content-type", "application/x-www-form-urlencoded");
        out.body = http::query_string(form);
    }
    out.id = "test";
    return out;
}

Answer CheckedClient::send(http::Request request) {
    if (!cookie_.empty()) request.cookies.add("rowan", cookie_);
    Answer out;
    out.response = service_.handle(request);
    const auto address = std::string(http::to_string(request.method)) + " " + request.path;
    std::vector<std::string> faults;
    if (out.response.content_type.starts_with("text/html")) {
        out.document = read_html(out.response.body);
        PageContext context;
        context.routes = &routes_;
        context.path = request.path;
        // The pages that answer for the server itself (400, 405, 503) know of nobody.
        context.signed_in = !hex_value(out.document, html::kCsrfField).empty() && signed_in();
        const auto found = routes_.find(request.method, request.path);
        using Kind = partnership::AuditClass::Kind;
        context.shows_people =
            out.status() == 200 && found.route &&
            (found.route->audit.kind() == Kind::look || found.route->audit.kind() == Kind::aggregate) &&
            request.path != "/matches";
        context.marking = marking_;
        faults = faults_of(out.response, context);
        if (context.signed_in && out.status() == 200) csrf_ = hex_value(out.document, html::kCsrfField);
    } else {
        faults = header_faults(out.response, request.path.starts_with("/assets/"));
    }
    for (const auto& fault : faults) ADD_FAILURE() << address << " (" << out.status() << "): " << fault;
    return out;
}

bool CheckedClient::sign_in(const std::string& user_id) {
    cookie_.clear();
    csrf_.clear();
    const auto answer = send(request(http::Method::post, "/sign-in/demonstration", {{"user", user_id}}));
    const auto cookie = answer.header("Set-Cookie");
    if (answer.status() != 303 || !cookie.starts_with("rowan=")) return false;
    cookie_ = cookie.substr(6, cookie.find(';') - 6);
    csrf_ = hex_value(get("/account").document, html::kCsrfField);
    return !csrf_.empty();
}

Answer CheckedClient::get(const std::string& address) { return send(request(http::Method::get, address)); }

Answer CheckedClient::post(const std::string& address, Form form) {
    form.emplace_back(html::kCsrfField, csrf_);
    return send(request(http::Method::post, address, form));
}

Form fields_of_form(const Document& page, const std::string& action) {
    const Element* form = nullptr;
    for (const auto* each : page.all("form"))
        if (each->get("action") == action) form = each;
    Form out;
    if (!form) return out;
    for (const auto& e : page.elements) {
        if (!page.inside(e, *form) || e.get("name").empty()) continue;
        if (e.name == "textarea")
            out.emplace_back(e.get("name"), page.text.substr(e.text_from, e.text_to - e.text_from));
        if (e.name == "select")
            for (const auto& option : page.elements)
                if (option.name == "option" && page.inside(option, e) && option.attribute("selected"))
                    out.emplace_back(e.get("name"), option.get("value"));
        if (e.name != "input" || e.get("type") == "file") continue;
        const bool ticked = e.get("type") == "radio" || e.get("type") == "checkbox";
        if (!ticked || e.attribute("checked")) out.emplace_back(e.get("name"), e.get("value"));
    }
    return out;
}

Answer CheckedClient::submit(const Answer& page, const std::string& action, const Form& typed,
                             const std::string& button) {
    auto form = fields_of_form(page.document, action);
    EXPECT_FALSE(form.empty()) << "no form to " << action;
    for (const auto& [name, value] : typed)
        std::erase_if(form, [&, key = name](const auto& field) { return field.first == key; });
    form.insert(form.end(), typed.begin(), typed.end());
    if (!button.empty()) form.emplace_back("do", button);
    return send(request(http::Method::post, action, form));
}

Answer CheckedClient::upload(const std::string& address, const Upload& file) {
    auto out = request(http::Method::post, address);
    const std::string boundary = "----rowan-test-boundary";
    http::Fields headers;
    headers.add("host", out.headers.get("host"));
    headers.add("content-type", "multipart/form-data; boundary=" + boundary);
    out.headers = headers;
    out.body = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + std::string(html::kCsrfField) +
               "\"\r\n\r\n" + csrf_ + "\r\n--" + boundary + "\r\nContent-Disposition: form-data; name=\"" +
               file.field + "\"; filename=\"" + file.file_name + "\"\r\nContent-Type: text/csv\r\n\r\n" +
               file.content + "\r\n--" + boundary + "--\r\n";
    return send(out);
}

}  // namespace rowan::support
