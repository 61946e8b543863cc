#include "database/database.h"

#include "database/engine.h"

#include <algorithm>

namespace rowan::database {
namespace {

const std::string kEmpty;

template <class T>
const T* as(const Value& v) {
    if (v.index() == 0) return nullptr;
    if (const auto* t = std::get_if<T>(&v)) return t;
    throw std::logic_error("a column was read as another type than it holds");
}

}  // namespace

Database::Then then_ready(std::future<void>& future) {
    const auto promise = std::make_shared<std::promise<void>>();
    future = promise->get_future();
    return [promise](const std::exception_ptr& failure) {
        if (failure)
            promise->set_exception(failure);
        else
            promise->set_value();
    };
}

std::future<void> Database::queue_write(std::function<void(Session&)> f) {
    std::future<void> outcome;
    queue_write(std::move(f), then_ready(outcome));
    return outcome;
}

std::int64_t Row::integer(int column) const {
    const auto* v = as<std::int64_t>(values_.at(column));
    return v ? *v : 0;
}

const std::string& Row::text(int column) const {
    const auto* v = as<std::string>(values_.at(column));
    return v ? *v : kEmpty;
}

const std::string& Row::blob(int column) const {
    const auto* v = as<Blob>(values_.at(column));
    return v ? v->bytes : kEmpty;
}

std::optional<std::int64_t> Row::maybe_integer(int column) const {
    if (null(column)) return std::nullopt;
    return integer(column);
}

std::optional<std::string> Row::maybe_text(int column) const {
    if (null(column)) return std::nullopt;
    return text(column);
}

std::optional<base::Instant> Row::maybe_instant(int column) const {
    if (null(column)) return std::nullopt;
    return instant(column);
}

std::optional<base::Date> Row::maybe_date(int column) const {
    if (null(column)) return std::nullopt;
    return base::parse_iso_date(text(column));
}

void Statement::append(Sql piece, std::vector<Value> values) {
    const auto wanted = std::count(piece.text().begin(), piece.text().end(), '?');
    if (static_cast<std::size_t>(wanted) != values.size())
        throw std::logic_error("a piece of SQL has another number of ? than values: " + std::string(piece.text()));
    auto next = values_.size();
    for (const char c : piece.text()) {
        if (c == '?')
            text_ += '$' + std::to_string(++next);
        else
            text_ += c;
    }
    std::move(values.begin(), values.end(), std::back_inserter(values_));
}

void Statement::append_list(std::vector<Value> values) {
    if (values.empty()) {
        text_ += "NULL";
        return;
    }
    auto next = values_.size();
    for (std::size_t i = 0; i < values.size(); ++i) text_ += (i ? ",$" : "$") + std::to_string(++next);
    std::move(values.begin(), values.end(), std::back_inserter(values_));
}

base::Error to_error(const DatabaseError& e) {
    using Kind = DatabaseError::Kind;
    switch (e.kind()) {
        case Kind::constraint:
            return base::conflict("This does not fit with what is already recorded. Nothing was changed.");
        case Kind::full:
            return base::unavailable("We could not save: the disk is full. Nothing was changed.");
        case Kind::busy:
            return base::unavailable("The database is busy. Nothing was changed; please try again in a moment.");
        case Kind::lost:
            return base::unavailable(
                "The database cannot be reached. Nothing was changed; please try again in a "
                "moment.");
        case Kind::unknown:
            return base::unavailable(
                "The database was lost while we were saving. Please look whether your change is "
                "there before you try again.");
        case Kind::io:
            return base::unavailable(
                "We could not save: the disk reported an error. Rowan must be restarted; please "
                "tell the people who run it.");
        case Kind::corrupt:
            return {
                base::ErrorKind::internal,
                "The database is damaged. Please stop, and tell the people who run Rowan: they need to restore a "
                "backup."};
        case Kind::invalid:
            return base::invalid("Some of the text holds characters that cannot be kept. Please type it again.");
        case Kind::other:
            break;
    }
    return {base::ErrorKind::internal, "The database could not do this. Nothing was changed."};
}

base::Error to_read_error(const DatabaseError& e) {
    using Kind = DatabaseError::Kind;
    switch (e.kind()) {
        case Kind::busy:
            return base::unavailable("The database is busy. Please try again in a moment.");
        case Kind::lost:
        case Kind::unknown:
            return base::unavailable("The database cannot be reached. Please try again in a moment.");
        case Kind::full:
        case Kind::io:
            return base::unavailable(
                "The disk is full or reported an error. Please tell the people who run Rowan.");
        case Kind::corrupt:
        case Kind::invalid:
            return to_error(e);
        case Kind::constraint:
        case Kind::other:
            break;
    }
    return {base::ErrorKind::internal, "The database could not do this."};
}

base::Result<std::unique_ptr<Database>> Database::open(const std::string& url, const OpenOptions& options) {
    if (options.readers == 0 || options.largest_group == 0)
        throw std::logic_error("a database needs a reader and room for a write");
    try {
        if (url.starts_with("sqlite:")) return open_sqlite(url.substr(7), options);
        if (url.starts_with("postgres://") || url.starts_with("postgresql://")) return open_postgres(url, options);
    } catch (const DatabaseError& e) {
        if (e.kind() == DatabaseError::Kind::lost)
            return base::unavailable(
                "The database cannot be reached. Check that it runs and that its address and "
                "password are right.");
        return to_error(e);
    }
    return base::invalid("The database address must begin with sqlite: or postgres://.");
}

}  // namespace rowan::database
