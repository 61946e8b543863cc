#include "html/markup.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace rowan::html {

namespace {

constexpr auto kSpecial = [] {
    std::array<bool, 256> special{};
    for (unsigned char c : {'&', '<', '>', '"', '\''}) special[c] = true;
    return special;
}();

std::string_view entity(char c) {
    switch (c) {
        case '&':
            return "&amp;";
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        case '"':
            return "&quot;";
        default:
            return "&#39;";
    }
}

bool takes_address(std::string_view name) {
    return name == "href" || name == "action" || name == "src" || name == "formaction" || name == "xlink:href";
}

}  // namespace

void escape_to(std::string& out, std::string_view text) {
    std::size_t from = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!kSpecial[static_cast<unsigned char>(text[i])]) continue;
        out.append(text, from, i - from);
        out += entity(text[i]);
        from = i + 1;
    }
    out.append(text, from, text.size() - from);
}

std::string_view safe_address(std::string_view url) {
    // Browsers skip leading control characters and spaces, and tabs and line breaks anywhere, before they read
    // the scheme; so do we.
    std::string scheme;
    bool leading = true;
    for (char c : url) {
        auto byte = static_cast<unsigned char>(c);
        if (leading && byte <= 0x20) continue;
        leading = false;
        if (c == '\t' || c == '\n' || c == '\r') continue;
        if (c == '/' || c == '?' || c == '#') return url;
        if (c == ':')
            return scheme == "http" || scheme == "https" || scheme == "mailto" || scheme == "tel" ? url : "#";
        scheme += (c >= 'A' && c <= 'Z') ? static_cast<char>(c | 32) : c;
    }
    return url;
}

Markup& Markup::write(std::string_view name, std::string_view value) {
    bytes(" ").bytes(name).bytes("=\"");
    text(takes_address(name) ? safe_address(value) : value);
    return bytes("\"");
}

Markup& Markup::attributes(const Attributes& more) {
    for (const Attribute& a : more) {
        if (!is_safe_attribute_name(a.name)) throw std::logic_error("attribute not allowed in a page: " + a.name);
        if (a.value)
            write(a.name, *a.value);
        else
            bytes(" ").bytes(a.name);
    }
    return *this;
}

Markup& Markup::classes(Literal fixed, std::string_view extra, std::string_view more) {
    bytes(" class=\"").bytes(fixed.view());
    for (std::string_view name : {extra, more})
        if (!name.empty()) bytes(" ").text(name);
    return bytes("\"");
}

Attr cls(std::initializer_list<std::string_view> names) {
    std::string joined;
    for (std::string_view name : names) {
        if (name.empty()) continue;
        if (!joined.empty()) joined += ' ';
        joined += name;
    }
    bool any = !joined.empty();
    return {"class", std::move(joined), any};
}

namespace detail {
void refuse_children_of_void_element(ElementName name) {
    throw std::logic_error("nothing can stand inside <" + std::string(name.view()) + ">");
}
}  // namespace detail

Html join_with(const Content& between, const std::vector<Html>& items) {
    Markup out;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (i) out.content(between);
        out.html(items[i]);
    }
    return out.take();
}

Html paragraphs(std::string_view typed, std::string_view classes) {
    Markup out(typed.size() + 64);
    bool open = false;
    int breaks = 0;
    std::size_t at = 0;
    while (at <= typed.size()) {
        std::size_t end = std::min(typed.find('\n', at), typed.size());
        std::string_view line = typed.substr(at, end - at);
        at = end + 1;
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        if (line.find_first_not_of(" \t") == std::string_view::npos) {
            ++breaks;
            continue;
        }
        if (open && breaks > 0) {
            out.raw("</p>");
            open = false;
        }
        if (open)
            out.raw("<br>");
        else
            out.raw("<p").attribute_if("class", classes).raw(">");
        out.text(line);
        open = true;
        breaks = 0;
    }
    if (open) out.raw("</p>");
    return out.take();
}

}  // namespace rowan::html
