// Html: markup that is safe by construction.
//
// An Html value can only come from escaping a string, from the builder below, or from a literal in the source
// (trusted_constant, checked at compile time). There is no way to turn a string that arrived at run time into
// markup, so a name, a note or a query typed by anybody can never become a tag, an attribute or a script.
//
//   el("p", cls("govuk-body"), "Hello ", name, when(missing, tag({.text = "Missing"})))
//
// Strings are escaped, Html is not. Attribute values are escaped; `href`, `action`, `src` and `formaction` that
// carry any scheme but http, https, mailto or tel become "#". Elements `script` and `style` and attributes
// `style` and `on…` are refused: the pages are served without unsafe-inline.
// Ownership: plain values. Thread-safety: values; share nothing. Errors: a forbidden attribute name in a run-time
// attribute list is a bug and throws std::logic_error.
#pragma once
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace rowan::html {

// A string literal, and nothing else: the constructor runs at compile time only.
class Literal {
public:
    template <std::size_t N>
    consteval Literal(const char (&text)[N]) : view_(text, N - 1) {}  // NOLINT: meant to be implicit
    constexpr std::string_view view() const { return view_; }

private:
    std::string_view view_;
};

// Letters, digits and -_:. only; not `style`, not an event handler.
constexpr bool is_safe_attribute_name(std::string_view name) {
    if (name.empty() || name == "style") return false;
    if (name.size() > 2 && (name[0] | 32) == 'o' && (name[1] | 32) == 'n') return false;
    for (char c : name) {
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '_' && c != ':' && c != '.') return false;
    }
    return true;
}

constexpr bool is_void_element(std::string_view name) {
    for (std::string_view v : {"br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
        if (name == v) return true;
    return false;
}

// The name of an attribute, checked at compile time.
class AttributeName {
public:
    template <std::size_t N>
    consteval AttributeName(const char (&text)[N]) : view_(text, N - 1) {  // NOLINT: meant to be implicit
        if (!is_safe_attribute_name(view_)) throw "this attribute is not allowed in Rowan's pages";
    }
    constexpr std::string_view view() const { return view_; }

private:
    std::string_view view_;
};

// The name of an element, checked at compile time.
class ElementName {
public:
    template <std::size_t N>
    consteval ElementName(const char (&text)[N]) : view_(text, N - 1), void_(is_void_element(view_)) {  // NOLINT
        if (view_ == "script" || view_ == "style") throw "no inline script or style: put it in assets/";
        if (!is_safe_attribute_name(view_)) throw "this is not the name of an element";
    }
    constexpr std::string_view view() const { return view_; }
    constexpr bool is_void() const { return void_; }

private:
    std::string_view view_;
    bool void_;
};

class Html {
public:
    Html() = default;
    bool empty() const { return text_.empty(); }
    std::size_t size() const { return text_.size(); }
    std::string_view view() const { return text_; }
    // The bytes to send.
    std::string release() && { return std::move(text_); }

    Html& operator+=(const Html& more) {
        text_ += more.text_;
        return *this;
    }
    friend Html operator+(Html left, const Html& right) {
        left += right;
        return left;
    }
    friend bool operator==(const Html&, const Html&) = default;

private:
    friend class Markup;
    friend struct HtmlTestPeer;  // defined only in tests: the fixtures of govuk-frontend carry raw HTML
    std::string text_;
};

// Text or Html, for the options of components: strings are escaped when they are written, Html is not.
class Content {
public:
    Content() = default;
    Content(const char* text) : text_(text ? text : "") {}  // NOLINT: all of these are meant to be implicit
    Content(std::string text) : text_(std::move(text)) {}   // NOLINT
    Content(std::string_view text) : text_(text) {}         // NOLINT
    Content(Html html) : html_(std::move(html)) {}          // NOLINT
    template <std::integral T>
        requires(!std::same_as<T, bool> && !std::same_as<T, char>)
    Content(T number) : text_(std::to_string(number)) {}  // NOLINT
    Content(bool) = delete;

    bool empty() const { return text_.empty() && html_.empty(); }
    bool is_html() const { return !html_.empty(); }
    const std::string& text() const { return text_; }
    const Html& html() const { return html_; }

private:
    std::string text_;
    Html html_;
};

// One attribute in the options of a component; without a value it is a boolean attribute.
struct Attribute {
    std::string name;
    std::optional<std::string> value;
};
using Attributes = std::vector<Attribute>;

// Appends text with & < > " ' escaped.
void escape_to(std::string& out, std::string_view text);
// The address itself, or "#" when its scheme is not http, https, mailto or tel (javascript:, data:, …).
std::string_view safe_address(std::string_view url);

// The one place where markup is put together: everything goes into one string.
class Markup {
public:
    explicit Markup(std::size_t reserve = 256) { out_.text_.reserve(reserve); }

    Markup& raw(Literal markup) { return bytes(markup.view()); }
    Markup& text(std::string_view text) {
        escape_to(out_.text_, text);
        return *this;
    }
    Markup& number(std::int64_t n) { return bytes(std::to_string(n)); }
    Markup& html(const Html& html) { return bytes(html.view()); }
    Markup& content(const Content& content) {
        return content.is_html() ? html(content.html()) : text(content.text());
    }
    // ` name="value"`; attribute_if only when the value is not empty.
    Markup& attribute(AttributeName name, std::string_view value) { return write(name.view(), value); }
    Markup& attribute_if(AttributeName name, std::string_view value) {
        return value.empty() ? *this : write(name.view(), value);
    }
    Markup& attribute(AttributeName name, std::int64_t value) { return write(name.view(), std::to_string(value)); }
    Markup& flag(AttributeName name, bool on) {
        if (on) bytes(" ").bytes(name.view());
        return *this;
    }
    Markup& attributes(const Attributes& more);
    // ` class="fixed extra"`
    Markup& classes(Literal fixed, std::string_view extra = {}, std::string_view more = {});

    Html take() { return std::exchange(out_, Html{}); }

    // For el(): names that ElementName and AttributeName have checked.
    Markup& open(ElementName name) { return bytes("<").bytes(name.view()); }
    Markup& open_end() { return bytes(">"); }
    Markup& close(ElementName name) { return bytes("</").bytes(name.view()).bytes(">"); }

private:
    Markup& bytes(std::string_view s) {
        out_.text_ += s;
        return *this;
    }
    Markup& write(std::string_view name, std::string_view value);
    Html out_;
};

// Attributes for el().
struct Attr {
    AttributeName name;
    std::optional<std::string> value;  // none: boolean
    bool present = true;
};
inline Attr attr(AttributeName name, std::string_view value) { return {name, std::string(value)}; }
inline Attr attr(AttributeName name, std::integral auto value) { return {name, std::to_string(value)}; }
inline Attr attr_if(bool on, AttributeName name, std::string_view value) { return {name, std::string(value), on}; }
inline Attr flag(AttributeName name, bool on = true) { return {name, std::nullopt, on}; }
inline Attr id(std::string_view value) { return attr("id", value); }
inline Attr href(std::string_view value) { return attr("href", value); }
// Empty class names are left out, so cls("a", urgent ? "b" : "") is fine.
Attr cls(std::initializer_list<std::string_view> names);
template <class... S>
Attr cls(const S&... names) {
    return cls({std::string_view(names)...});
}

namespace detail {
inline void put_attribute(Markup& out, const Attr& a) {
    if (!a.present) return;
    if (a.value)
        out.attribute(a.name, *a.value);
    else
        out.flag(a.name, true);
}
inline void put(Markup&, const Attr&) {}
inline void put(Markup& out, const Html& html) { out.html(html); }
inline void put(Markup& out, const Content& content) { out.content(content); }
inline void put(Markup& out, const std::vector<Html>& list) {
    for (const Html& html : list) out.html(html);
}
template <class T>
    requires std::convertible_to<const T&, std::string_view>
void put(Markup& out, const T& text) {
    out.text(text);
}
template <std::integral T>
    requires(!std::same_as<T, bool> && !std::same_as<T, char>)
void put(Markup& out, T number) {
    out.number(static_cast<std::int64_t>(number));
}
void refuse_children_of_void_element(ElementName);
}  // namespace detail

// An element: attributes (anywhere in the list) and children (in order).
template <class... Part>
Html el(ElementName name, const Part&... parts) {
    Markup out;
    out.open(name);
    [[maybe_unused]] auto attribute = [&]<class T>(const T& part) {
        if constexpr (std::same_as<T, Attr>) detail::put_attribute(out, part);
    };
    (attribute(parts), ...);
    out.open_end();
    if (name.is_void()) {
        if constexpr (((!std::same_as<Part, Attr>) || ...)) detail::refuse_children_of_void_element(name);
        return out.take();
    }
    (detail::put(out, parts), ...);
    out.close(name);
    return out.take();
}

// Text, escaped.
inline Html text(std::string_view value) { return Markup(value.size() + 16).text(value).take(); }
// Several pieces one after the other: strings escaped, Html as it is.
template <class... Part>
Html join(const Part&... parts) {
    Markup out;
    (detail::put(out, parts), ...);
    return out.take();
}
// The items with something between them: join_with(", ", {…}).
Html join_with(const Content& between, const std::vector<Html>& items);
inline Html when(bool condition, Html html) { return condition ? std::move(html) : Html{}; }
// Lazy: the function is called only when the condition holds.
template <std::invocable F>
Html when(bool condition, F&& make) {
    return condition ? std::forward<F>(make)() : Html{};
}
// One piece of markup for every item of a range.
template <class Range, class F>
Html each(const Range& range, F&& make) {
    Markup out;
    for (const auto& item : range) detail::put(out, make(item));
    return out.take();
}
// Markup written in the source itself. Takes a literal and nothing else.
inline Html trusted_constant(Literal markup) { return Markup(markup.view().size()).raw(markup).take(); }

// Paragraphs of what somebody typed: an empty line starts a new one, a line break stays one.
Html paragraphs(std::string_view typed, std::string_view classes = "govuk-body");

}  // namespace rowan::html
