// The main of fuzz targets that are built without libFuzzer: gives the entry point every file of the files and folders
// that are named, and changes of each, always the same ones.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

namespace fs = std::filesystem;

// Changes of one seed; files of a megabyte get as much work as small ones do in total.
constexpr int kChangesPerSeed = 64;
constexpr size_t kChangedBytesMax = 4u << 20;

void Run(const std::string& input) {
  // A copy of exactly this size, so that the sanitizers see a read behind the end.
  const std::vector<uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

void RunChanges(const std::string& seed, std::mt19937& random) {
  if (seed.empty()) return;
  const size_t rounds = std::clamp<size_t>(kChangedBytesMax / seed.size(), 4, kChangesPerSeed);
  for (size_t round = 0; round < rounds; ++round) {
    std::string input = seed;
    const size_t at = random() % input.size();
    switch (round % 4) {
      case 0:
        input.resize(at);
        break;
      case 1:
        input[at] = static_cast<char>(random());
        break;
      case 2:
        input[at] = static_cast<char>(input[at] ^ (1u << (random() % 8)));
        break;
      default:
        input.erase(at, 1 + random() % 16);
    }
    Run(input);
  }
}

std::vector<fs::path> FilesOf(const fs::path& named) {
  std::vector<fs::path> files;
  if (fs::is_directory(named)) {
    for (const auto& entry : fs::recursive_directory_iterator(named)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  } else if (fs::exists(named)) {
    files.push_back(named);
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

int main(int argc, char** argv) {
  std::mt19937 random(20220616);  // NOLINT(cert-msc51-cpp): the same changes every time
  Run("");
  size_t count = 0;
  for (int i = 1; i < argc; ++i) {
    for (const fs::path& path : FilesOf(argv[i])) {
      std::ifstream in(path, std::ios::binary);
      const std::string seed{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
      Run(seed);
      RunChanges(seed, random);
      ++count;
    }
  }
  std::printf("%zu seeds replayed\n", count);
  return 0;
}
