// `passerelle keys` on the files of a node: what it holds, and every step of replacing its message key, by the clock.
#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "core/base/json.h"
#include "core/base/proto_time.h"
#include "core/proof/key.h"
#include "gateway/cli/local_federation.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/cli/run_program.h"

namespace passerelle::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string TimeText(absl::Time time) { return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone()); }

// The files of a node NO, which has run once.
class KeysCommandTest : public ::testing::Test {
 protected:
  KeysCommandTest() {
    gateway::LocalFederation::Options options;
    options.program = Passerelle();
    gateway::LocalNode norway;
    norway.id = norway.country = "NO";
    norway.competent_authority = "Authority NO of the test";
    options.nodes = {norway};
    federation_ = gateway::LocalFederation::Make(options).value();
    EXPECT_TRUE(federation_->Start().ok());
    EXPECT_EQ(federation_->StopNode("NO"), 0);
    config_ = federation_->ConfigPath("NO");
    folder_ = federation_->NodeFolder("NO");
  }

  Outcome Keys(std::vector<std::string> words, const std::string& at = "") const {
    words.insert(words.begin(), {Passerelle(), "keys"});
    if (words[2] != "generate") words.insert(words.end(), {"--config", config_});
    if (!at.empty()) words.insert(words.end(), {"--at", at});
    return RunProgram(words);
  }

  // The step that comes next, and the key that it is about.
  std::string Step(absl::Time at = absl::Now()) const {
    const Outcome rotated = Keys({"rotate", "--json"}, TimeText(at));
    EXPECT_EQ(rotated.exit_code, 0) << rotated.out << rotated.err;
    return absl::StrCat(At(rotated.out, "/made") == "true" ? "made, " : "", At(rotated.out, "/step"), " ",
                        At(rotated.out, "/key/kid"));
  }

  std::unique_ptr<gateway::LocalFederation> federation_;
  std::string config_;
  std::string folder_;
};

TEST_F(KeysCommandTest, GenerateWritesAKeyForItsOwnerOnlyAndNeverOverAnother) {
  const std::string path = folder_ + "/new.pem";
  const Outcome made = Keys({"generate", "--out", path, "--algorithm", "ES256"});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_THAT(made.out, StartsWith("-----BEGIN PUBLIC KEY-----\n"));
  struct stat info = {};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  const auto key = proof::SigningKey::FromPem(ReadAll(path));
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->verification_key().algorithm(), proof::KeyAlgorithm::kEs256);
  EXPECT_THAT(made.err, HasSubstr(key->verification_key().thumbprint()));

  const std::string before = ReadAll(path);
  const Outcome again = Keys({"generate", "--out", path});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.err, HasSubstr("OUTPUT_EXISTS"));
  EXPECT_EQ(ReadAll(path), before);
}

TEST_F(KeysCommandTest, ShowSaysWhatTheNodeMapSaysOfThem) {
  const Outcome shown = Keys({"show", "--json"});
  ASSERT_EQ(shown.exit_code, 0) << shown.out << shown.err;
  EXPECT_EQ(At(shown.out, "/node"), "NO");
  EXPECT_EQ(At(shown.out, "/message_keys/0/kid"), federation_->KeyIdOf("NO"));
  EXPECT_EQ(At(shown.out, "/message_keys/0/standing"), "active");
  EXPECT_EQ(At(shown.out, "/certificates/0/purpose"), "peers");
  EXPECT_EQ(At(shown.out, "/certificates/0/in_node_map"), "true");
  EXPECT_EQ(At(shown.out, "/certificates/1/purpose"), "clients");
  EXPECT_EQ(At(shown.out, "/certificates/1/days_to_expiry"), "13");
}

TEST_F(KeysCommandTest, RotateLeadsThroughAnnouncementOverlapAndEnd) {
  const Outcome refused = Keys({"rotate", "--json"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_EQ(At(refused.out, "/reason"), "CONFIG_INVALID") << "one file has no room for a second key";
  EXPECT_EQ(At(refused.out, "/place"), "message_key");

  std::filesystem::create_directory(folder_ + "/keys");
  std::filesystem::rename(folder_ + "/message.key.pem", folder_ + "/keys/1.pem");
  WriteAll(config_, absl::StrReplaceAll(ReadAll(config_), {{"message.key.pem", "keys"}}));
  const std::string former = federation_->KeyIdOf("NO");
  const Outcome made = Keys({"rotate", "--json"});
  const std::string next = At(made.out, "/key/kid");
  EXPECT_EQ(At(made.out, "/made"), "true") << made.out << made.err;
  EXPECT_EQ(At(made.out, "/step"), "announce");
  EXPECT_NE(next, former);
  EXPECT_THAT(ReadAll(At(made.out, "/key/file") + ".pub"), StartsWith("-----BEGIN PUBLIC KEY-----\n"));
  EXPECT_EQ(Step(), "announce " + next) << "no third key, however often it is asked for";

  const absl::Time now = absl::Now();
  const absl::Status changed = federation_->ChangeNodeMap([&](federation::v1::NodeMap& map) {
    federation::v1::Node& node = *map.mutable_nodes(0);
    *node.mutable_message_keys(0)->mutable_not_after() = base::ToProto(now + absl::Hours(72));
    federation::v1::MessageKey& key = *node.add_message_keys();
    key.set_kid(next);
    key.set_jwk(At(made.out, "/key/jwk"));
    *key.mutable_not_before() = base::ToProto(now + absl::Hours(24));
  });
  ASSERT_TRUE(changed.ok()) << changed;
  EXPECT_EQ(Step(now), "wait " + next);
  EXPECT_EQ(Step(now + absl::Hours(48)), "overlap absent");
  EXPECT_EQ(Step(now + absl::Hours(96)), "retire " + former);
  std::filesystem::remove(folder_ + "/keys/1.pem");
  EXPECT_THAT(Step(now + absl::Hours(96)), StartsWith("made, announce ")) << "the next replacement begins";
}

}  // namespace
}  // namespace passerelle::tests
