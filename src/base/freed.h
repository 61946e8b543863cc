// What C libraries hand out, given back by their own function: std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>.
#pragma once

namespace rowan::base {

template <auto F>
struct Freed {
    template <class T>
    void operator()(T* p) const {
        F(p);
    }
};

}  // namespace rowan::base
