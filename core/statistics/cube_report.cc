#include "core/statistics/cube_report.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/json.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::statistics {
namespace {

// Codes have no such character (facts.h); the bands of credits have.
std::string Csv(absl::string_view text) {
  if (text.find_first_of(",\"\n") == absl::string_view::npos) return std::string(text);
  return absl::StrCat("\"", text, "\"");
}

absl::Status Invalid(absl::string_view place) {
  return base::Problem(base::Reason::kFieldInvalid, place, "the file is no cube");
}

absl::StatusOr<std::vector<std::string>> Texts(simdjson::dom::object object, absl::string_view name) {
  const auto member = base::Find(object, name);
  const auto array = member.has_value() ? base::AsArray(*member) : std::nullopt;
  if (!array.has_value()) return Invalid(name);
  std::vector<std::string> texts;
  for (const simdjson::dom::element element : *array) {
    const auto text = base::AsString(element);
    if (!text.has_value()) return Invalid(name);
    texts.emplace_back(*text);
  }
  return texts;
}

absl::StatusOr<v1::Cell> ReadCell(simdjson::dom::element element, size_t dimensions) {
  const auto object = base::AsObject(element);
  if (!object.has_value()) return Invalid("cells");
  v1::Cell cell;
  ASSIGN_OR_RETURN(const std::vector<std::string> values, Texts(*object, "values"));
  if (values.size() != dimensions) return Invalid("cells");
  for (const std::string& value : values) cell.add_values(value);
  const auto count = base::Find(*object, "count");
  uint64_t number = 0;
  cell.set_confidential(!count.has_value());
  if (count.has_value() && count->get(number) != simdjson::SUCCESS) return Invalid("cells");
  cell.set_count(number);
  return cell;
}

}  // namespace

std::string CubeCsv(const v1::Cube& cube) {
  std::string text = "DATAFLOW,FREQ,REF_AREA";
  for (const std::string& dimension : cube.dimensions()) absl::StrAppend(&text, ",", absl::AsciiStrToUpper(dimension));
  absl::StrAppend(&text, ",TIME_PERIOD,OBS_VALUE,OBS_STATUS,CONF_STATUS\n");
  for (const v1::Cell& cell : cube.cells()) {
    absl::StrAppend(&text, "PASSERELLE:", cube.indicator(), "(1.0),A,", Csv(cube.node()));
    for (const std::string& value : cell.values()) absl::StrAppend(&text, ",", Csv(value));
    absl::StrAppend(&text, ",", cube.period(), ",", cell.confidential() ? "" : absl::StrCat(cell.count()), ",",
                    cell.confidential() ? "Q,C" : "A,F", "\n");
  }
  return text;
}

std::string CubeJson(const v1::Cube& cube) {
  std::string text;
  base::JsonWriter json(text);
  json.BeginObject();
  json.Member("indicator", cube.indicator());
  json.Member("title", cube.title());
  json.Member("node", cube.node());
  json.Member("period", cube.period());
  json.Member("rounded", cube.rounded());
  json.Key("dimensions");
  json.BeginArray();
  for (const std::string& dimension : cube.dimensions()) json.String(dimension);
  json.EndArray();
  json.Key("cells");
  json.BeginArray();
  for (const v1::Cell& cell : cube.cells()) {
    json.BeginObject();
    json.Key("values");
    json.BeginArray();
    for (const std::string& value : cell.values()) json.String(value);
    json.EndArray();
    if (cell.confidential()) {
      json.Member("confidential", true);
    } else {
      json.Member("count", static_cast<int64_t>(cell.count()));
    }
    json.EndObject();
  }
  json.EndArray();
  json.Key("derived");
  json.BeginArray();
  for (const Derived& derived : DerivedFigures(cube)) {
    json.BeginObject();
    json.Member("name", derived.name);
    json.Member("of", derived.of);
    json.Member("value", derived.value);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return text;
}

absl::StatusOr<v1::Cube> ReadCubeJson(absl::string_view json) {
  ASSIGN_OR_RETURN(const base::JsonDocument document, base::JsonDocument::Parse(json));
  const auto root = base::AsObject(document.root());
  if (!root.has_value()) return Invalid("document");
  v1::Cube cube;
  cube.set_indicator(std::string(base::FindString(*root, "indicator").value_or("")));
  cube.set_title(std::string(base::FindString(*root, "title").value_or("")));
  cube.set_node(std::string(base::FindString(*root, "node").value_or("")));
  cube.set_period(std::string(base::FindString(*root, "period").value_or("")));
  bool rounded = false;
  const auto flag = base::Find(*root, "rounded");
  if (!flag.has_value() || flag->get(rounded) != simdjson::SUCCESS) return Invalid("rounded");
  cube.set_rounded(rounded);
  ASSIGN_OR_RETURN(const std::vector<std::string> dimensions, Texts(*root, "dimensions"));
  for (const std::string& dimension : dimensions) cube.add_dimensions(dimension);
  const auto member = base::Find(*root, "cells");
  const auto cells = member.has_value() ? base::AsArray(*member) : std::nullopt;
  if (!cells.has_value()) return Invalid("cells");
  for (const simdjson::dom::element element : *cells) {
    ASSIGN_OR_RETURN(*cube.add_cells(), ReadCell(element, dimensions.size()));
  }
  return cube;
}

}  // namespace passerelle::statistics
