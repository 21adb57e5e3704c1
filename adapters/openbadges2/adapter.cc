#include "adapters/openbadges2/adapter.h"

#include "adapters/families/badge2.h"
#include "adapters/families/names.h"

namespace passerelle::adapters::openbadges2 {
namespace {

class OpenBadges2Adapter : public document::Adapter {
 public:
  const FormatInfo& Info() const override { return info_; }

  Confidence Detect(absl::string_view bytes) const override {
    const families::Badge2Look look = families::LookForBadge2(bytes);
    if (!look.is_badge || look.is_edubadge) return Confidence::kNone;
    return look.is_certain ? Confidence::kCertain : Confidence::kPossible;
  }

  std::optional<std::string> SignedWithin(absl::string_view bytes) const override {
    return families::UnbakeBadge2(bytes);
  }

  absl::StatusOr<Imported> Import(absl::string_view bytes, const ImportOptions& options) const override {
    return families::ImportBadge2(bytes, options, {});
  }

 private:
  const FormatInfo info_ = {"openbadges2", "Open Badges 2.0",     {"2.0", "2.1"}, {"read"},
                            "beta",        "application/ld+json", "openbadges2-5"};
};

}  // namespace

std::unique_ptr<const document::Adapter> MakeAdapter() { return std::make_unique<OpenBadges2Adapter>(); }

}  // namespace passerelle::adapters::openbadges2
