// What is asked for, in the words of the Digital Credentials Query Language (OpenID4VP 1.0, 6), and which claims of a
// credential a path leads to (7).
//
// Thread-safety: free functions on values.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/json.h"
#include "passerelle/wallet/v1/presentation.pb.h"

namespace passerelle::wallet {

using Queries = google::protobuf::RepeatedPtrField<v1::CredentialQuery>;
using ClaimPath = google::protobuf::RepeatedPtrField<v1::PathStep>;

// What one request can ask for. A recognition case takes a handful of credentials, with a few claims each.
inline constexpr int kQueriesMax = 8;
inline constexpr int kTypesMax = 16;  // of a query, and of a set
inline constexpr int kClaimsMax = 64;
inline constexpr int kPathStepsMax = 16;
// Elements that one path may lead to: every element of an array, and that at every step.
inline constexpr size_t kSelectedMax = 1024;

// The format's name, such as "dc+sd-jwt".
absl::string_view FormatName(v1::CredentialFormat format);

// Problems, with the field: kFieldMissing, kFieldInvalid, kInputTooLarge.
absl::Status CheckQueries(const Queries& queries);

// The value of "dcql_query".
std::string DcqlJson(const Queries& queries);

// JSON pointers to what the path leads to within `root`. kPresentationIncomplete when that is nothing, also where the
// credential is made otherwise than the path supposes; kInputTooLarge for more than kSelectedMax.
absl::StatusOr<std::vector<std::string>> Select(const ClaimPath& path, simdjson::dom::element root);

// The path as JSON, for problems.
std::string PathJson(const ClaimPath& path);

}  // namespace passerelle::wallet
