#include "app/sealing.h"

#include "app/offline_key.h"
#include "base/text.h"

namespace rowan::app {

using database::Session;
using partnership::Office;

base::Result<SealedHeader> sealed_header(const Office& office, Session& s, std::string_view kind,
                                         std::vector<std::string> recipients) {
    SealedHeader out;
    out.kind = kind;
    out.made_at = office.clock.now();
    out.program = ROWAN_VERSION;
    out.log_key = office.keyring.audit_key().public_key();
    out.recipients = std::move(recipients);
    out.about = formats::Json::object({});
    crypto::Frontier frontier;
    if (const auto state = s.one("SELECT frontier FROM audit_state WHERE id = 1")) {
        auto parsed = crypto::Frontier::parse(state->blob(0));
        if (!parsed.ok())
            return base::refused(
                "The audit log is damaged, so nothing is written. Run rowan audit verify, and keep the last good "
                "backup.");
        frontier = std::move(*parsed);
    }
    out.head = crypto::sign_head(office.keyring.audit_key(), office.audit.log_id(), frontier.size(),
                                 frontier.root(), out.made_at);
    return out;
}

base::Result<> record_sealing(const Office& office, std::string_view act, std::string_view kind,
                              const std::vector<std::string>& recipients, const std::string& detail) {
    return office.database.write([&](Session& s) -> base::Result<> {
        office.audit.append(
            s, {.user_id = "system",
                .act = std::string(act),
                .subject_kind = std::string(kind),
                .rule = "command-line",
                .detail = "keys=" + names_of_keys(recipients) + (detail.empty() ? "" : " ") + detail});
        return base::done();
    });
}

std::string names_of_keys(const std::vector<std::string>& public_keys) {
    std::vector<std::string> names;
    for (const auto& key : public_keys) names.push_back(name_of_key(key));
    return base::join(names, ",");
}

base::Result<> fits_witness(const SealedHeader& header, const KeptHeads& heads) {
    const auto size = static_cast<std::int64_t>(header.head.size);
    for (const auto& [kept, root] : heads)
        if (kept == size && root != crypto::to_hex(header.head.root))
            return base::refused("The file tells another history than the head of " + std::to_string(kept) +
                                 " entries that was kept: it is not of this partnership's log, or that was "
                                 "rewritten.");
    if (const auto newest = newest_kept(heads); newest > size)
        return base::refused("The file is older than what was seen: it holds " + std::to_string(size) +
                             " entries of the audit log, and a head of " + std::to_string(newest) +
                             " was kept. Take a newer one, or accept the loss with --older.");
    return base::done();
}

}  // namespace rowan::app
