// The contracts as descriptors with comments, as the build leaves them in passerelle.binpb.
//
// Thread-safety: immutable after construction.
#pragma once

#include <google/protobuf/descriptor.h>

#include <memory>
#include <string>
#include <vector>

namespace passerelle::api {

class DescriptorSet {
 public:
  // Aborts when the file cannot be read: only programs of the build use it.
  explicit DescriptorSet(const std::string& path);

  const google::protobuf::DescriptorPool& pool() const { return pool_; }
  // Files of passerelle.*, by name.
  std::vector<const google::protobuf::FileDescriptor*> Files() const;

 private:
  google::protobuf::DescriptorPool pool_;
  std::vector<std::string> names_;
};

// The comment before an element, its lines joined by blanks; empty when there is none. `Element` is any descriptor.
template <typename Element>
std::string CommentOf(const Element& element) {
  google::protobuf::SourceLocation location;
  if (!element.GetSourceLocation(&location)) return "";
  std::string comment;
  bool blank = true;
  for (const char c : location.leading_comments) {
    const bool space = c == '\n' || c == ' ';
    if (space && !blank) comment.push_back(' ');
    if (!space) comment.push_back(c);
    blank = space;
  }
  if (!comment.empty() && comment.back() == ' ') comment.pop_back();
  return comment;
}

}  // namespace passerelle::api
