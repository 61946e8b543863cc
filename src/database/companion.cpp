#include "database/companion.h"

#include <utility>

namespace rowan::database {
namespace {

thread_local std::function<void(Session&)> waiting;

}  // namespace

Companion::Companion(std::function<void(Session&)> f) { waiting = std::move(f); }
Companion::~Companion() { waiting = nullptr; }
std::function<void(Session&)> Companion::take() { return std::exchange(waiting, nullptr); }

}  // namespace rowan::database
