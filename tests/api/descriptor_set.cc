#include "tests/api/descriptor_set.h"

#include <google/protobuf/descriptor.pb.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include "absl/strings/match.h"

namespace passerelle::api {

DescriptorSet::DescriptorSet(const std::string& path) {
  google::protobuf::FileDescriptorSet set;
  std::ifstream in(path, std::ios::binary);
  bool good = set.ParseFromIstream(&in) && set.file_size() > 0;
  // protoc writes imports before those who import them.
  for (const google::protobuf::FileDescriptorProto& file : set.file()) {
    good = good && pool_.BuildFile(file) != nullptr;
    if (absl::StartsWith(file.package(), "passerelle.")) names_.push_back(file.name());
  }
  if (!good) {
    std::cerr << "no descriptor set: " << path << "\n";
    std::abort();
  }
  std::sort(names_.begin(), names_.end());
}

std::vector<const google::protobuf::FileDescriptor*> DescriptorSet::Files() const {
  std::vector<const google::protobuf::FileDescriptor*> files;
  for (const std::string& name : names_) files.push_back(pool_.FindFileByName(name));
  return files;
}

}  // namespace passerelle::api
