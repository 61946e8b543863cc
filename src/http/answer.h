// The head of an answer, as bytes. Pure.
#pragma once
#include "base/time.h"
#include "http/message.h"

#include <optional>
#include <string>

namespace rowan::http {

// Whether an answer of this status has a body at all (not 1xx, 204, 304).
bool may_have_body(int status);
// "Sat, 21 Nov 2026 09:30:00 GMT" (RFC 9110 5.6.7)
std::string http_date(base::Instant);
// Status line and headers up to the empty line. An answer with a feed has no length: it ends with the connection.
// Content-Length, Connection and Date are the server's own and are dropped when a handler sets them, as are
// Transfer-Encoding and Server. Nothing when a header could break out of its line (header injection) or the status
// is not 200-599.
std::optional<std::string> answer_head(const Response&, bool keep_alive, base::Instant now);

}  // namespace rowan::http
