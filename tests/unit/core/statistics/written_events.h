// Events for tests.
#pragma once

#include <string>
#include <vector>

#include "passerelle/statistics/v1/event.pb.h"

namespace passerelle::statistics {

// Awards in 2026 of one country, by type of provider and mode; of one provider each, where one is named.
inline std::vector<v1::Event> Awards(int count, const std::string& provider_type, const std::string& mode,
                                     const std::string& provider = "", uint32_t level = 0) {
  std::vector<v1::Event> events;
  for (int i = 0; i < count; ++i) {
    v1::Event event;
    event.set_date("2026-03-01");
    event.mutable_award()->set_provider(provider);
    v1::Learning& learning = *event.mutable_award()->mutable_learning();
    learning.set_country("NO");
    learning.set_provider_type(provider_type);
    learning.set_mode(mode);
    learning.set_eqf_level(level);
    events.push_back(event);
  }
  return events;
}

inline void Append(const std::vector<v1::Event>& more, std::vector<v1::Event>* events) {
  events->insert(events->end(), more.begin(), more.end());
}

}  // namespace passerelle::statistics
