#include "gateway/cli/changes.h"

#include "core/base/one_line.h"

namespace passerelle::gateway {

void PrintChanges(const std::vector<base::MessageChange>& changes, const Console& console) {
  for (const base::MessageChange& change : changes) {
    console.out << base::ChangeWord(change.kind) << "  " << base::OneLine(change.place);
    if (change.kind == base::MessageChange::Kind::kChanged) {
      console.out << ": " << change.before << " -> " << change.after;
    } else if (!change.before.empty() || !change.after.empty()) {
      console.out << ": " << change.before << change.after;
    }
    console.out << "\n";
  }
}

}  // namespace passerelle::gateway
