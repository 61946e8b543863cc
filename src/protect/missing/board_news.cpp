#include "protect/missing/board_news.h"

#include "base/log.h"

#include <chrono>
#include <optional>

namespace rowan::protect::missing {

namespace {

using namespace std::chrono_literals;

constexpr auto kLook = 100ms;  // one indexed row; nobody is looked for while no board is open
constexpr auto kAfterFailure = 5s;

}  // namespace

BoardNews::BoardNews(const MissingDesk& desk) : desk_(desk), thread_([this] { watch(); }) {}

BoardNews::~BoardNews() {
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void BoardNews::watch() {
    std::optional<std::int64_t> told;
    std::chrono::milliseconds pause = kLook;
    while (true) {
        {
            std::unique_lock lock(mutex_);
            if (changed_.wait_for(lock, pause, [this] { return stopped_; })) return;
        }
        pause = kLook;
        if (feed_->listeners() == 0) continue;
        try {
            const auto stamp = desk_.stamp();
            if (told != stamp) feed_->publish(std::to_string(stamp));
            told = stamp;
        } catch (const std::exception& failure) {
            base::log(base::LogLevel::error, "board.no_news", {{"reason", std::string_view(failure.what())}});
            pause = kAfterFailure;
        }
    }
}

}  // namespace rowan::protect::missing
