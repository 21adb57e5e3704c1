// A schedule: three nodes, a network between them, clients, a holder, and whatever may go wrong, all decided by a seed.
// The world first goes wrong, then everything works again until there is nothing left to do; then it is judged.
//
// One thread runs everything. Between two steps of a process others act: what is on the stack then is a process that
// waits, and it may find itself killed when it goes on.
//
// Thread-safety: a world is for one thread; several worlds do not share anything but TheFederation().
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/node.h"
#include "tests/simulation/report.h"

namespace passerelle::simulation {

// How likely things are, in permille, in one schedule.
struct Weather {
  int nested = 0;
  int kill_between = 0;
  int kill_within = 0;
  int store_fault = 0;
  int lose_request = 0;
  int twice = 0;
  int keep_back = 0;
  int change = 0;
  int lose_answer = 0;
  int lie = 0;
  int register_down = 0;
};

// What a holder has authorised.
struct Grant {
  int asked = 0;     // index of the node that has it
  int receiver = 0;  // and of the one that may ask
  std::string id;
  std::string credential_id;
  bool withdrawn = false;
};

// What a client asks its node for; repeated with the same request id until the node has confirmed it.
struct Wish {
  int asker = 0;
  int grant = 0;
  exchange::v1::CreateExchangeRequest request;
  std::string exchange_id;  // empty until it is confirmed
};

struct Carried {
  std::string from;
  std::string to;
  relay::v1::Envelope envelope;
};

class World : public Environment {
 public:
  World(uint64_t seed, Bug bug, bool tell);
  ~World() override;

  // Runs the schedule; once.
  Report Run();

  // For those who judge.
  Node& node(int index) { return *nodes_[index]; }
  int IndexOf(const std::string& id) const;
  const std::vector<Grant>& grants() const { return grants_; }
  const std::vector<Wish>& wishes() const { return wishes_; }
  // Whether the lying peer has given its word on the message, or sent it otherwise than its node has: then what the two
  // sides hold may differ.
  bool LiedAbout(const std::string& message_id) const { return lied_about_.count(message_id) > 0; }
  // Since when everything works.
  absl::Time calm_since() const { return calm_since_; }
  bool IsLiar(const std::string& node) const { return liar_ >= 0 && nodes_[liar_]->id() == node; }
  Report& report() { return report_; }
  void Count(Event event, absl::string_view what = "");

  void Between(Life& life) override;
  void Within(Life& life) override;
  StoreFault NextStoreFault() override;
  bool RegisterAvailable() override;
  absl::StatusOr<relay::v1::Envelope> Carry(Life& life, const std::string& recipient,
                                            const relay::v1::Envelope& envelope) override;
  Bug bug() const override { return bug_; }

 private:
  Weather MakeWeather();
  void SetUp();
  void AddGrant();
  void AddWish();

  // Things that can happen.
  void Act();
  void Ask();
  void Send();
  void Sequence();
  void HandOverLate();
  void KillOrStart();
  void PassTime();
  void Withdraw();
  void LiarSends();
  void Forget();

  // Lets everything work until there is nothing to do. False when it never ends.
  bool ComeToRest();
  bool WorkOnce();
  absl::Time NextDue();
  // What arrives long after: old copies, and the memory of the inboxes is over.
  void AfterRest();

  // Runs a step of a node's process, unless it is down. False also when it was killed meanwhile.
  bool RunOn(Node& node, absl::FunctionRef<void(Process&)> step);
  bool Start(int index);
  void Die(Life& life);
  absl::StatusOr<relay::v1::Envelope> Hand(const std::string& from, Node& to, const relay::v1::Envelope& envelope);
  absl::StatusOr<relay::v1::Envelope> AskPeer(const std::string& from, Node& to, const relay::v1::Envelope& envelope);
  relay::v1::Envelope Lie(const Node& liar, const std::string& asker, const relay::v1::Envelope& request);
  relay::v1::Envelope BoundLie(const Node& liar, relay::Header header, const std::string& message_id);
  relay::v1::Envelope AsForeign(const Node& asked, const std::string& asker, const relay::v1::Envelope& request,
                                const relay::v1::Envelope& answer);
  void Change(relay::v1::Envelope& envelope);

  Node& Any() { return *nodes_[dice_.Below(kNodes)]; }
  bool Roll(int permille, Event event);

  const Bug bug_;
  Dice dice_;
  Report report_;
  absl::Time now_;
  bool calm_ = true;  // nothing goes wrong
  absl::Time calm_since_;
  int depth_ = 0;  // of what happens in between
  int acts_left_ = 0;
  int liar_ = -1;  // index of the node that lies; -1 for none
  Weather weather_;
  std::vector<std::unique_ptr<Node>> nodes_;
  bool starting_[kNodes] = {};
  std::vector<Grant> grants_;
  std::vector<Wish> wishes_;
  testing::FakeRandom random_;  // of clients and of the liar
  std::vector<Carried> kept_back_;
  std::vector<Carried> requests_;  // that were carried, the first ones
  std::vector<Carried> answers_;
  std::set<std::string> lied_about_;
};

// Runs the schedule of a seed.
Report RunSchedule(uint64_t seed, Bug bug = Bug::kNone, bool tell = false);

}  // namespace passerelle::simulation
