#include "core/document/profile.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "core/elm/vocabulary.h"

namespace passerelle::document {

void ClaimProfile(absl::string_view name, absl::string_view credential_type,
                  elm::v3::EuropeanDigitalCredential* credential) {
  credential->clear_credential_schema();
  auto* const schema = credential->add_credential_schema();
  schema->set_id(absl::StrCat("http://data.europa.eu/snb/model/ap/", name));
  schema->add_type("ShaclValidator2017");
  credential->clear_credential_profiles();
  const std::optional<elm::v3::Concept> kind = elm::ConceptOf(elm::Vocabulary::kCredentialType, credential_type);
  if (kind.has_value()) *credential->add_credential_profiles() = *kind;
}

}  // namespace passerelle::document
