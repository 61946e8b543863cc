#include "app/link_company.h"

#include "app/mpi/mpi_module.h"

#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <string_view>
#include <utility>

namespace rowan::app {
namespace {

class MpiCompany final : public linkage::Company {
public:
    explicit MpiCompany(const RowanMpi& mpi) : mpi_(mpi) { mpi_.open(&rank_, &size_); }
    MpiCompany(const MpiCompany&) = delete;
    MpiCompany& operator=(const MpiCompany&) = delete;
    ~MpiCompany() override { mpi_.close(); }
    std::size_t size() const override { return size_; }
    std::size_t rank() const override { return rank_; }

    std::vector<std::string> tell_first(std::string text) override {
        if (rank_ != 0) {
            send(0, text);
            return {};
        }
        std::vector<std::string> all{std::move(text)};
        for (std::size_t from = 1; from < size_; ++from) all.push_back(receive(from));
        return all;
    }
    // By way of the first: what is told to all is small.
    std::vector<std::string> tell_all(std::string text) override {
        std::vector<std::string> all = tell_first(std::move(text));
        for (std::size_t to = 1; rank_ == 0 && to < size_; ++to)
            for (const std::string& each : all) send(to, each);
        for (std::size_t k = 0; rank_ != 0 && k < size_; ++k) all.push_back(receive(0));
        return all;
    }

private:
    void send(std::size_t to, const std::string& text) const { mpi_.send(to, text.data(), text.size()); }
    std::string receive(std::size_t from) const {
        std::string text(mpi_.expect(from), '\0');
        mpi_.receive(from, text.data(), text.size());
        return text;
    }
    const RowanMpi& mpi_;
    std::size_t rank_ = 0, size_ = 1;
};

}  // namespace

base::Result<std::unique_ptr<linkage::Company>> company_of_mpirun() {
    const char* size = std::getenv("OMPI_COMM_WORLD_SIZE");  // NOLINT(concurrency-mt-unsafe): nothing sets it
    if (size == nullptr || std::string_view(size) == "1") return std::unique_ptr<linkage::Company>{};
    std::error_code none;
    const auto beside = std::filesystem::read_symlink("/proc/self/exe", none).replace_filename("rowan_mpi.so");
    // Never unloaded: Open MPI does not bear it. RTLD_GLOBAL: its own plugins look for its symbols.
    void* module =
        std::filesystem::exists(beside, none) ? ::dlopen(beside.c_str(), RTLD_NOW | RTLD_GLOBAL) : nullptr;
    const void* found = module == nullptr ? nullptr : ::dlsym(module, "rowan_mpi");
    if (found == nullptr)
        return base::unavailable(
            "This rowan was built without Open MPI (or it is not installed here), so it cannot share the work out "
            "over "
            "processes: start it without mpirun.");
    return std::unique_ptr<linkage::Company>(std::make_unique<MpiCompany>(*static_cast<const RowanMpi*>(found)));
}

}  // namespace rowan::app
