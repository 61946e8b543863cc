// Result<T>: the value, or an Error with one sentence for the person in front of the screen.
//
// Expected failures (bad input, a refusal, something not found) are returned; exceptions are for bugs and for
// the machine (out of memory, disk full) and are caught once, at the edge of a request or a command.
// Thread-safety: values; share nothing.
#pragma once
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

namespace rowan::base {

// Protocol-neutral: `http` maps kinds to a status, `app` to an exit code, in one place each.
enum class ErrorKind { invalid, not_found, refused, conflict, too_large, unavailable, internal };

struct Error {
    ErrorKind kind = ErrorKind::internal;
    std::string message;  // one plain sentence that says what to do; never personal data
};

inline Error invalid(std::string message) { return {ErrorKind::invalid, std::move(message)}; }
inline Error not_found(std::string message) { return {ErrorKind::not_found, std::move(message)}; }
inline Error refused(std::string message) { return {ErrorKind::refused, std::move(message)}; }
inline Error conflict(std::string message) { return {ErrorKind::conflict, std::move(message)}; }
inline Error too_large(std::string message) { return {ErrorKind::too_large, std::move(message)}; }
inline Error unavailable(std::string message) { return {ErrorKind::unavailable, std::move(message)}; }

struct Unit {};

template <class T = Unit>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::move(value)) {}  // NOLINT(google-explicit-constructor): reads as `return value;`
    Result(Error error) : state_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

    bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }

    // Precondition: ok(). Asking a failed result for its value is a bug and throws.
    const T& value() const& {
        check();
        return std::get<0>(state_);
    }
    T& value() & {
        check();
        return std::get<0>(state_);
    }
    T&& value() && {
        check();
        return std::get<0>(std::move(state_));
    }
    const T& operator*() const& { return value(); }
    T& operator*() & { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    const T* operator->() const { return &value(); }
    T* operator->() { return &value(); }

    // Precondition: !ok().
    const Error& error() const { return std::get<1>(state_); }

private:
    void check() const {
        if (!ok()) throw std::logic_error("Result without a value: " + std::get<1>(state_).message);
    }
    std::variant<T, Error> state_;
};

inline Result<> done() { return Unit{}; }

}  // namespace rowan::base
