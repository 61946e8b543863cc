#include "partnership/routes.h"

#include <stdexcept>

namespace rowan::partnership {

namespace {

// One segment of a path at a time; returns false at the end.
bool next_segment(std::string_view& rest, std::string_view& segment) {
    if (rest.empty()) return false;
    rest.remove_prefix(1);  // the '/'
    const auto end = rest.find('/');
    segment = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end);
    return true;
}

bool matches(std::string_view pattern, std::string_view path,
             std::map<std::string, std::string, std::less<>>& out) {
    std::string_view p, s;
    while (true) {
        const bool more_pattern = next_segment(pattern, p), more_path = next_segment(path, s);
        if (!more_pattern || !more_path) return more_pattern == more_path;
        if (p.size() > 2 && p.front() == '{') {
            if (s.empty()) return false;
            out.insert_or_assign(std::string(p.substr(1, p.size() - 2)), std::string(s));
        } else if (p != s) {
            return false;
        }
    }
}

}  // namespace

const std::string& Visit::parameter(std::string_view name) const {
    const auto found = parameters.find(name);
    if (found == parameters.end()) throw std::logic_error("no such parameter in the route's pattern");
    return found->second;
}

void Visit::looked_at(std::string_view kind, std::string_view id, std::string_view rule, std::string_view detail) {
    looks.push_back({.user_id = viewer.user_id,
                     .agency = viewer.agency,
                     .act = "look",
                     .subject_kind = std::string(kind),
                     .subject_id = std::string(id),
                     .rule = std::string(rule),
                     .detail = std::string(detail)});
}

void Visit::refused(std::string_view kind, std::string_view id, std::string_view rule) {
    looked_at(kind, id, rule);
    looks.back().outcome = "denied";
}

void Routes::add(Route route) {
    if (route.pattern.empty() || route.pattern.front() != '/') throw std::logic_error("a route begins with /");
    for (const auto& known : routes_)
        if (known.method == route.method && known.pattern == route.pattern)
            throw std::logic_error("two routes for " + route.pattern);
    routes_.push_back(std::move(route));
}

void Routes::get(std::string pattern, Access access, AuditClass audit, Limits limits, PageFunction page,
                 std::string_view navigation) {
    add({http::Method::get, std::move(pattern), access, audit, limits, std::move(page), navigation});
}

void Routes::post(std::string pattern, Access access, AuditClass audit, Limits limits, PageFunction page,
                  std::string_view navigation) {
    add({http::Method::post, std::move(pattern), access, audit, limits, std::move(page), navigation});
}

Routes::Found Routes::find(http::Method method, std::string_view path) const {
    const auto wanted = method == http::Method::head ? http::Method::get : method;
    Found found;
    if (path.empty() || path.front() != '/') return found;
    // A literal pattern wins over one with a parameter ("/referrals/new" over "/referrals/{id}").
    for (const bool literal : {true, false}) {
        for (const auto& route : routes_) {
            if ((route.pattern.find('{') == std::string::npos) != literal) continue;
            std::map<std::string, std::string, std::less<>> parameters;
            if (!matches(route.pattern, path, parameters)) continue;
            found.path_known = true;
            if (route.method != wanted) continue;
            found.route = &route;
            found.parameters = std::move(parameters);
            return found;
        }
    }
    return found;
}

}  // namespace rowan::partnership
