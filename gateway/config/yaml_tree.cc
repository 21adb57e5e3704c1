#include "gateway/config/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <istream>
#include <streambuf>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/limits.h"
#include "core/base/problem.h"
#include "core/base/status_macros.h"

namespace passerelle::gateway {
namespace {

using base::Problem;
using base::Reason;

// Builds the tree from the parser's events. After the first problem the rest is only read past.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(absl::string_view name) : name_(name) {}

  absl::StatusOr<YamlNode> Result() && {
    RETURN_IF_ERROR(status_);
    return std::move(root_);
  }
  void Refuse(const YAML::Mark& mark, absl::string_view detail) {
    if (status_.ok()) status_ = Problem(Reason::kConfigInvalid, absl::StrCat(name_, ":", mark.line + 1), detail);
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) Refuse(mark, "one document is expected");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { Value(mark, anchor, YamlNode()); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    Refuse(mark, "aliases are not taken; write the value out");
    Value(mark, YAML::NullAnchor, YamlNode());
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (!tag.empty() && tag != "?" && tag != "!") Refuse(mark, "tags are not taken");
    YamlNode node;
    node.kind = YamlNode::Kind::kScalar;
    node.quoted = tag == "!";
    node.scalar = value;
    Value(mark, anchor, std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(mark, tag, anchor, YamlNode::Kind::kSequence);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(mark, tag, anchor, YamlNode::Kind::kMapping);
  }
  void OnMapEnd() override { Close(); }

 private:
  struct Frame {
    YamlNode node;
    bool has_key = false;
    std::string key;
    int key_line = 0;
  };

  void Open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YamlNode::Kind kind) {
    if (!tag.empty() && tag != "?" && tag != "!") Refuse(mark, "tags are not taken");
    if (anchor != YAML::NullAnchor) Refuse(mark, "anchors are not taken");
    if (frames_.size() >= base::kNestingMax) Refuse(mark, "nested too deep");
    if (!status_.ok()) return;
    frames_.emplace_back();
    frames_.back().node.kind = kind;
    frames_.back().node.line = mark.line + 1;
  }

  void Close() {
    if (!status_.ok()) return;
    YamlNode node = std::move(frames_.back().node);
    frames_.pop_back();
    Attach(std::move(node));
  }

  void Value(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode node) {
    if (anchor != YAML::NullAnchor) Refuse(mark, "anchors are not taken");
    node.line = mark.line + 1;
    Attach(std::move(node));
  }

  void Attach(YamlNode node) {
    if (!status_.ok()) return;
    if (frames_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = frames_.back();
    if (frame.node.kind == YamlNode::Kind::kSequence) {
      frame.node.items.push_back(std::move(node));
    } else if (frame.has_key) {
      frame.has_key = false;
      // The parser finds out that a value is missing only at what follows it.
      if (node.kind == YamlNode::Kind::kNull) node.line = frame.key_line;
      frame.node.members.push_back({std::move(frame.key), std::move(node)});
    } else {
      TakeKey(frame, std::move(node));
    }
  }

  void TakeKey(Frame& frame, YamlNode key) {
    YAML::Mark mark;
    mark.line = key.line - 1;
    if (key.kind != YamlNode::Kind::kScalar) return Refuse(mark, "a key must be a word");
    for (const auto& [present, value] : frame.node.members) {
      if (present == key.scalar) return Refuse(mark, absl::StrCat("key \"", key.scalar, "\" stands twice"));
    }
    // Keys of messages are few; a mapping with more than any message has fields is refused before the check above
    // becomes slow.
    if (frame.node.members.size() >= kMembersMax) return Refuse(mark, "too many keys");
    frame.has_key = true;
    frame.key_line = key.line;
    frame.key = std::move(key.scalar);
  }

  static constexpr size_t kMembersMax = 256;
  const std::string name_;
  absl::Status status_;
  std::vector<Frame> frames_;
  int documents_ = 0;
  YamlNode root_;
};

// Reads the bytes where they are.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(absl::string_view bytes) {
    char* begin = const_cast<char*>(bytes.data());  // streambuf wants it so; nothing writes
    setg(begin, begin, begin + bytes.size());
  }
};

}  // namespace

absl::StatusOr<YamlNode> ParseYaml(absl::string_view bytes, absl::string_view name) {
  if (bytes.size() > base::kConfigBytesMax) {
    return Problem(Reason::kConfigInvalid, name, absl::StrCat("larger than ", base::kConfigBytesMax, " bytes"));
  }
  TreeBuilder builder(name);
  try {
    ViewBuffer buffer(bytes);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& exception) {
    builder.Refuse(exception.mark, exception.msg);
  }
  return std::move(builder).Result();
}

}  // namespace passerelle::gateway
