#include "linkage/pair_list.h"

#include "linkage/disk.h"

#include <oneapi/tbb/parallel_sort.h>

#include <algorithm>
#include <cerrno>
#include <queue>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace rowan::linkage {
namespace {

bool by_records(const Pair& a, const Pair& b) { return a.left != b.left ? a.left < b.left : a.right < b.right; }
auto before(PairList::Order order) { return order == PairList::Order::by_records ? by_records : stronger; }

}  // namespace

bool stronger(const Pair& a, const Pair& b) {
    return a.weight != b.weight ? a.weight > b.weight : by_records(a, b);
}

class PairList::File {
public:
    explicit File(const std::string& folder) : file_(nameless_file(folder)), why_(file_ < 0 ? errno : 0) {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        if (file_ >= 0) ::close(file_);
    }
    int why_not() const { return why_; }

    void append(const std::vector<Pair>& sorted) {
        const auto* bytes = reinterpret_cast<const char*>(sorted.data());
        for (std::size_t left = sorted.size() * sizeof(Pair); left > 0 && why_ == 0;) {
            const ssize_t n = ::write(file_, bytes, left);
            if (n < 0 && errno == EINTR) continue;
            if (n <= 0) {
                why_ = n < 0 ? errno : ENOSPC;
                return;
            }
            bytes += n, left -= static_cast<std::size_t>(n);
        }
        ends_.push_back((ends_.empty() ? 0 : ends_.back()) + sorted.size());
    }

    void merged(bool (*less)(const Pair&, const Pair&), std::size_t in_memory,
                const std::function<void(std::span<const Pair>)>& f) const {
        const std::size_t share = std::clamp<std::size_t>(in_memory / 2 / ends_.size(), 256, 1 << 16);
        std::vector<Part> parts(ends_.size());
        for (std::size_t k = 0; k < parts.size(); ++k) {
            parts[k].from = k == 0 ? 0 : ends_[k - 1], parts[k].to = ends_[k];
            refill(parts[k], share);
        }
        const auto later = [&](std::size_t a, std::size_t b) { return less(parts[b].front(), parts[a].front()); };
        std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> next(later);
        for (std::size_t k = 0; k < parts.size(); ++k) next.push(k);
        std::vector<Pair> out;
        out.reserve(4096);
        while (!next.empty()) {
            const std::size_t k = next.top();
            next.pop();
            out.push_back(parts[k].front());
            if (++parts[k].at == parts[k].some.size()) refill(parts[k], share);
            if (!parts[k].some.empty()) next.push(k);
            if (out.size() == out.capacity()) f(out), out.clear();
        }
        f(out);
    }

private:
    struct Part {
        std::uint64_t from = 0, to = 0;
        std::vector<Pair> some;
        std::size_t at = 0;
        const Pair& front() const { return some[at]; }
    };
    void refill(Part& part, std::size_t share) const {
        part.some.resize(std::min<std::uint64_t>(share, part.to - part.from));
        part.at = 0;
        auto* bytes = reinterpret_cast<char*>(part.some.data());
        auto place = static_cast<off_t>(part.from * sizeof(Pair));
        for (std::size_t left = part.some.size() * sizeof(Pair); left > 0;) {
            const ssize_t n = ::pread(file_, bytes, left, place);
            if (n < 0 && errno == EINTR) continue;
            if (n <= 0)
                throw std::system_error(n < 0 ? errno : EIO, std::generic_category(),
                                        "pairs that were written to disk cannot be read");
            bytes += n, place += n, left -= static_cast<std::size_t>(n);
        }
        part.from += part.some.size();
    }

    int file_, why_;
    std::vector<std::uint64_t> ends_;  // of the parts, in pairs
};

PairList::PairList(Room room, Order order) : room_(std::move(room)), order_(order) {}
PairList::PairList(const std::vector<Pair>& pairs) : pairs_(pairs), size_(pairs.size()) {}
PairList::PairList(PairList&&) noexcept = default;
PairList& PairList::operator=(PairList&&) noexcept = default;
PairList::~PairList() = default;

void PairList::put_away() {
    tbb::parallel_sort(pairs_.begin(), pairs_.end(), before(order_));
    if (file_ == nullptr) file_ = std::make_unique<File>(room_.folder);
    file_->append(pairs_);
    pairs_.clear();
}

void PairList::add(std::span<const Pair> some) {
    size_ += some.size();
    const bool bounded = room_.pairs != Room{}.pairs;
    if (bounded && pairs_.capacity() == 0) pairs_.reserve(room_.pairs);  // growing would hold two copies
    while (some.size() > room_.pairs - pairs_.size()) {
        const std::size_t fit = room_.pairs - pairs_.size();
        pairs_.insert(pairs_.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(fit));
        some = some.subspan(fit);
        put_away();
    }
    pairs_.insert(pairs_.end(), some.begin(), some.end());
}

base::Result<> PairList::sort() {
    if (file_ == nullptr) {
        tbb::parallel_sort(pairs_.begin(), pairs_.end(), before(order_));
        return base::done();
    }
    if (!pairs_.empty()) put_away();
    pairs_ = {};
    if (file_->why_not() == 0) return base::done();
    return base::unavailable("The folder " + room_.folder +
                             " does not hold the pairs that memory has no room for: " +
                             std::generic_category().message(file_->why_not()) + ".");
}

void PairList::parts(const std::function<void(std::span<const Pair>)>& f, std::size_t readers) const {
    if (file_ != nullptr)
        file_->merged(before(order_), room_.pairs / readers, f);
    else
        f(pairs_);
}

}  // namespace rowan::linkage
