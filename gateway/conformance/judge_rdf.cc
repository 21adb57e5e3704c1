#include "gateway/conformance/judge_rdf.h"

#include "core/base/jcs.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"
#include "core/rdf/canonical.h"
#include "core/rdf/json_ld.h"
#include "core/rdf/nquads.h"
#include "gateway/conformance/case_parameters.h"
#include "gateway/conformance/suite_contexts.h"

namespace passerelle::gateway {
namespace {

Judgement Invalid(absl::string_view why) { return {"invalid", "reject", std::string(why)}; }

// Compares what was made with the file of the parameter "expect".
absl::StatusOr<Judgement> Compare(const ConformanceCase& row, const CaseParameters& parameters,
                                  absl::string_view made) {
  const std::string expect = parameters.Text("expect");
  if (expect.empty()) return Judgement{"valid", "accept", ""};
  ASSIGN_OR_RETURN(const std::string expected, row.Read(expect));
  return made == expected ? Judgement{"valid", "accept", ""} : Invalid("differs from the expected text");
}

absl::StatusOr<Judgement> MakeCanonicalJson(const ConformanceCase& row, const CaseParameters& parameters) {
  ASSIGN_OR_RETURN(const std::string content, row.Content());
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::Parse(content));
  ASSIGN_OR_RETURN(const std::string made, base::CanonicalJson(document.root()));
  return Compare(row, parameters, made);
}

absl::StatusOr<Judgement> MakeCanonicalRdf(const ConformanceCase& row, const CaseParameters& parameters) {
  ASSIGN_OR_RETURN(const std::string content, row.Content());
  const std::string hash = parameters.Text("hash");
  ASSIGN_OR_RETURN(const rdf::Dataset dataset, rdf::ReadNQuads(content));
  const bool sha384 = hash == "SHA-384" || hash == "SHA384";
  ASSIGN_OR_RETURN(const rdf::CanonicalDataset made,
                   rdf::Canonicalize(dataset, sha384 ? rdf::HashFunction::kSha384 : rdf::HashFunction::kSha256));
  return Compare(row, parameters, made.Text());
}

// The options of a JSON-LD case. Problem: kFormatNotSupported for the processing mode json-ld-1.0.
absl::StatusOr<rdf::JsonLdOptions> ReadOptions(const CaseParameters& parameters, SuiteContexts& contexts) {
  rdf::JsonLdOptions options;
  options.base = parameters.Text("base");
  const auto member = parameters.Find("option");
  const auto option = member.has_value() ? base::AsObject(*member) : std::nullopt;
  if (!option.has_value()) return options;
  const auto text = [&](absl::string_view name) {
    return std::string(base::FindString(*option, name).value_or(absl::string_view()));
  };
  if (text("processingMode") == "json-ld-1.0") return base::Problem(base::Reason::kFormatNotSupported, "json-ld-1.0");
  if (!text("base").empty()) options.base = text("base");
  const std::string direction = text("rdfDirection");
  if (direction == "i18n-datatype") options.direction = rdf::RdfDirection::kI18nDatatype;
  if (direction == "compound-literal") options.direction = rdf::RdfDirection::kCompoundLiteral;
  if (const std::string file = text("expandContext"); !file.empty()) {
    ASSIGN_OR_RETURN(const rdf::LoadedContext* const loaded, contexts.LoadFile(file, options.base));
    options.expand_context = loaded->context;
  }
  return options;
}

// Blank nodes are labelled freely, so both sides are compared in canonical form.
absl::StatusOr<Judgement> MakeRdf(const ConformanceCase& row, const CaseParameters& parameters) {
  ASSIGN_OR_RETURN(const std::string content, row.Content());
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::Parse(content));
  SuiteContexts contexts(row, parameters.Text("base"));
  ASSIGN_OR_RETURN(const rdf::JsonLdOptions options, ReadOptions(parameters, contexts));
  ASSIGN_OR_RETURN(const rdf::JsonLdResult made, rdf::ToRdf(document.root(), contexts, options));
  const std::string expect = parameters.Text("expect");
  if (expect.empty()) return Judgement{"valid", "accept", ""};
  ASSIGN_OR_RETURN(const std::string expected_text, row.Read(expect));
  ASSIGN_OR_RETURN(const rdf::Dataset expected, rdf::ReadNQuads(expected_text));
  ASSIGN_OR_RETURN(const rdf::CanonicalDataset made_form, rdf::Canonicalize(made.dataset));
  ASSIGN_OR_RETURN(const rdf::CanonicalDataset expected_form, rdf::Canonicalize(expected));
  return made_form.lines == expected_form.lines ? Judgement{"valid", "accept", ""} : Invalid("differs in RDF");
}

using Make = absl::StatusOr<Judgement> (*)(const ConformanceCase&, const CaseParameters&);

Judgement JudgeBy(Make make, const ConformanceCase& row) {
  const absl::StatusOr<CaseParameters> parameters = CaseParameters::Of(row);
  if (!parameters.ok()) return {"n/a", "n/a", parameters.status().ToString()};
  const absl::StatusOr<Judgement> judgement = make(row, *parameters);
  return judgement.ok() ? *judgement : Invalid(judgement.status().ToString());
}

}  // namespace

Judgement JudgeJcs(const ConformanceCase& row) { return JudgeBy(MakeCanonicalJson, row); }

Judgement JudgeRdfc(const ConformanceCase& row) { return JudgeBy(MakeCanonicalRdf, row); }

Judgement JudgeToRdf(const ConformanceCase& row) { return JudgeBy(MakeRdf, row); }

}  // namespace passerelle::gateway
