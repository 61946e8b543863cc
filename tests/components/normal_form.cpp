#include "components/normal_form.h"

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

namespace rowan::tests {

namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f'; }

std::string utf8(std::uint32_t code) {
    std::string out;
    auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0 | code >> 6);
        put(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        put(0xE0 | code >> 12);
        put(0x80 | (code >> 6 & 0x3F));
        put(0x80 | (code & 0x3F));
    } else {
        put(0xF0 | code >> 18);
        put(0x80 | (code >> 12 & 0x3F));
        put(0x80 | (code >> 6 & 0x3F));
        put(0x80 | (code & 0x3F));
    }
    return out;
}

// Runs of white space become one space; a run at either end is dropped when it holds a line break.
std::string tidy_text(std::string_view text) {
    std::size_t first = 0, last = text.size();
    while (first < last && is_space(text[first])) ++first;
    while (last > first && is_space(text[last - 1])) --last;
    auto meant = [](std::string_view run) { return !run.empty() && run.find('\n') == std::string_view::npos; };
    std::string out;
    if (meant(text.substr(0, first))) out += ' ';
    bool gap = false;
    for (char c : text.substr(first, last - first)) {
        if (is_space(c)) {
            gap = true;
            continue;
        }
        if (gap) out += ' ';
        gap = false;
        out += c;
    }
    if (first < last && meant(text.substr(last))) out += ' ';
    return out;
}

std::string tidy_classes(std::string_view classes) {
    std::string out;
    for (char c : classes) {
        if (!is_space(c))
            out += c;
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

class Reader {
public:
    explicit Reader(std::string_view html) : html_(html) {}

    std::string run() {
        while (at_ < html_.size()) {
            if (html_.substr(at_, 4) == "<!--")
                at_ = std::min(html_.find("-->", at_), html_.size() - 3) + 3;
            else if (starts_tag())
                tag();
            else
                text();
        }
        return std::move(out_);
    }

private:
    bool starts_tag() const {
        if (html_[at_] != '<' || at_ + 1 >= html_.size()) return false;
        char next = html_[at_ + 1];
        return next == '/' || next == '!' || (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z');
    }

    void text() {
        std::size_t from = at_++;
        while (at_ < html_.size() && !starts_tag() && html_.substr(at_, 4) != "<!--") ++at_;
        std::string said = tidy_text(html_.substr(from, at_ - from));
        if (!said.empty()) out_ += "text: " + decode_entities(said) + "\n";
    }

    void skip_space() {
        while (at_ < html_.size() && is_space(html_[at_])) ++at_;
    }

    std::string word(std::string_view until) {
        std::size_t from = at_;
        while (at_ < html_.size() && !is_space(html_[at_]) && until.find(html_[at_]) == std::string_view::npos)
            ++at_;
        return std::string(html_.substr(from, at_ - from));
    }

    std::string value() {
        char quote = html_[at_];
        if (quote != '"' && quote != '\'') return word(">");
        std::size_t end = html_.find(quote, at_ + 1);
        if (end == std::string_view::npos) throw std::runtime_error("an attribute is never closed");
        std::string found(html_.substr(at_ + 1, end - at_ - 1));
        at_ = end + 1;
        return found;
    }

    void tag() {
        ++at_;
        std::string name = word(">/ ");
        if (name.empty() && html_[at_] == '/') {
            ++at_;
            out_ += "</" + word(">") + ">\n";
            at_ = std::min(html_.find('>', at_), html_.size() - 1) + 1;
            return;
        }
        std::vector<std::string> attributes;
        bool closed = false;
        for (skip_space(); at_ < html_.size() && html_[at_] != '>'; skip_space()) {
            if (html_[at_] == '/') {
                closed = true;
                ++at_;
                continue;
            }
            std::string attribute = word("=>/");
            if (at_ < html_.size() && html_[at_] == '=') {
                ++at_;
                std::string given = decode_entities(value());
                if (attribute == "class") given = tidy_classes(given);
                attribute += "=[" + given + "]";
            }
            attributes.push_back(std::move(attribute));
        }
        ++at_;
        std::sort(attributes.begin(), attributes.end());
        out_ += "<" + name;
        for (const std::string& attribute : attributes) out_ += " " + attribute;
        out_ += ">\n";
        if (closed && name != "br" && name != "hr" && name != "img" && name != "input" && name != "meta")
            out_ += "</" + name + ">\n";
    }

    std::string_view html_;
    std::size_t at_ = 0;
    std::string out_;
};

}  // namespace

std::string decode_entities(std::string_view text) {
    static const std::vector<std::pair<std::string_view, std::string_view>> kNamed = {
        {"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"ctdot", "⋯"}, {"nbsp", "\u00a0"}};
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::size_t end = text[i] == '&' ? text.find(';', i) : std::string_view::npos;
        if (end == std::string_view::npos || end - i > 10) {
            out += text[i];
            continue;
        }
        std::string_view name = text.substr(i + 1, end - i - 1);
        std::string found;
        if (name.starts_with("#x") || name.starts_with("#X"))
            found = utf8(static_cast<std::uint32_t>(std::stoul(std::string(name.substr(2)), nullptr, 16)));
        else if (name.starts_with('#'))
            found = utf8(static_cast<std::uint32_t>(std::stoul(std::string(name.substr(1)))));
        else
            for (auto [known, means] : kNamed)
                if (name == known) found = means;
        if (found.empty()) {
            out += text[i];
        } else {
            out += found;
            i = end;
        }
    }
    return out;
}

std::string normal_form(std::string_view html) { return Reader(html).run(); }

}  // namespace rowan::tests
