#include <string>

#include "adapters/elmo/mapping.h"

namespace passerelle::adapters::elmo {

void MapActivity(Source* source, const xml_node& instance, elm::v3::LearningAchievement* achievement) {
  elm::v3::LearningActivity activity;
  const xml_node term = source->Child(instance, "academicTerm");
  elm::v3::PeriodOfTime period;
  Notes further;
  TakeTexts(source, source->Children(term, "title"), period.mutable_pref_label(), &further);
  period.set_start_date(TakeDate(source, source->Child(term, "start")));
  period.set_end_date(TakeDate(source, source->Child(term, "end")));
  if (period.pref_label_size() > 0 || !period.start_date().empty() || !period.end_date().empty()) {
    *activity.add_temporal() = period;
  }
  const std::string start = TakeDate(source, source->Child(instance, "start"));
  if (!start.empty()) activity.add_temporal()->set_start_date(start);
  if (activity.temporal().empty()) return;
  *activity.mutable_additional_note() = further;
  activity.set_id(source->NextId("activity"));
  *activity.mutable_title() = achievement->title();
  activity.mutable_awarded_by()->set_id(achievement->awarded_by().id());
  *achievement->add_influenced_by() = activity;
}

}  // namespace passerelle::adapters::elmo
